//! The answer to a handeling that was done: its ids, versions and position.

use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::BASE;
use crate::idempotentie::Antwoord;
use crate::uitvoering::{Gedaan, Handeling, Uitkomst};

/// Tells that an answer is the repeated first one.
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Wat een handeling heeft gedaan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Handelingsantwoord {
    /// Kenmerk van de handeling.
    handeling_id: Uuid,
    /// Naam van de handeling.
    handeling: &'static str,
    /// Wanneer de handeling is gedaan.
    #[schema(format = DateTime)]
    tijdstip: String,
    /// Plaats in het logboek; null als er niets veranderde.
    #[schema(required)]
    positie: Option<i64>,
    /// Wat is geregistreerd of gewijzigd; het eerste is het hoofdobject.
    objecten: Vec<Objectantwoord>,
}

/// Een object dat is geregistreerd of gewijzigd.
#[derive(Debug, Serialize, ToSchema)]
struct Objectantwoord {
    /// Soort object, zoals klantcontact of betrokkene.
    soort: &'static str,
    /// Sleutel van het object.
    id: Uuid,
    /// Nummer om het object in gesprek te noemen; null als het er geen heeft.
    #[schema(required)]
    nummer: Option<String>,
    /// Versie van het object waartoe het hoort: geef die met de sleutel mee om je eigen wijziging
    /// terug te lezen.
    #[schema(required)]
    versie: Option<i64>,
}

/// A moment as every answer writes it: UTC.
pub(super) fn utc(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The answer to a handeling: 201 with the place of what was registered, or 200.
pub(super) fn of<H: Handeling>(uitkomst: Uitkomst) -> Result<Antwoord, serde_json::Error> {
    let hoofd = uitkomst.onderdelen.first();
    let versie = hoofd.and_then(|hoofd| uitkomst.versies.get(&hoofd.object));
    let etag = versie.map(|versie| format!("\"{versie}\""));
    let location = hoofd
        .filter(|_| H::REGISTREERT)
        .map(|hoofd| format!("{BASE}{}", super::raadpleeg::place(hoofd.object)));
    let objecten = uitkomst
        .onderdelen
        .into_iter()
        .map(|onderdeel| Objectantwoord {
            soort: onderdeel.soort,
            id: onderdeel.id,
            nummer: onderdeel.nummer,
            versie: uitkomst.versies.get(&onderdeel.object).copied(),
        })
        .collect();
    let antwoord = Handelingsantwoord {
        handeling_id: uitkomst.handeling_id,
        handeling: H::OPERATION_ID,
        tijdstip: utc(uitkomst.tijdstip),
        positie: uitkomst.positie,
        objecten,
    };
    let status = if H::REGISTREERT { StatusCode::CREATED } else { StatusCode::OK };
    let body = serde_json::to_string(&antwoord)?;
    Ok(Antwoord { status: status.as_u16(), body, etag, location })
}

/// The answer over HTTP; a repeated one says so.
pub(super) fn response(gedaan: Gedaan) -> Response {
    let (antwoord, replayed) = match gedaan {
        Gedaan::Nu(antwoord) => (antwoord, false),
        Gedaan::Eerder(antwoord) => (antwoord, true),
    };
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [(ETAG, &antwoord.etag), (LOCATION, &antwoord.location)] {
        let value = value.as_deref().and_then(|text| HeaderValue::from_str(text).ok());
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
    if replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    let status = StatusCode::from_u16(antwoord.status).unwrap_or(StatusCode::OK);
    (status, headers, antwoord.body).into_response()
}
