//! The answer to a handeling that was done: its ids, versions and position.

use axum::Json;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::BASE;
use crate::uitvoering::Uitkomst;

/// Wat een handeling heeft gedaan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Handelingsantwoord {
    /// Kenmerk van de handeling.
    handeling_id: Uuid,
    /// Naam van de handeling.
    handeling: &'static str,
    /// Wanneer de handeling is gedaan.
    tijdstip: String,
    /// Plaats in het logboek; ontbreekt als er niets veranderde.
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
    /// Nummer om het object in gesprek te noemen.
    nummer: Option<String>,
    /// Versie van het object waartoe het hoort: geef die met de sleutel mee om je eigen wijziging
    /// terug te lezen.
    versie: Option<i64>,
}

/// A moment as every answer writes it: UTC.
fn utc(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The answer to a handeling: 201 with the place of what was registered, or 200.
pub(super) fn response(handeling: &'static str, registreert: bool, uitkomst: Uitkomst) -> Response {
    let mut headers = HeaderMap::new();
    if let Some(hoofd) = uitkomst.onderdelen.first() {
        if let Some(versie) = uitkomst.versies.get(&hoofd.object)
            && let Ok(etag) = HeaderValue::from_str(&format!("\"{versie}\""))
        {
            headers.insert(ETAG, etag);
        }
        let place = super::raadpleeg::place(hoofd.object);
        if registreert && let Ok(location) = HeaderValue::from_str(&format!("{BASE}{place}")) {
            headers.insert(LOCATION, location);
        }
    }
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
        handeling,
        tijdstip: utc(uitkomst.tijdstip),
        positie: uitkomst.positie,
        objecten,
    };
    let status = if registreert { StatusCode::CREATED } else { StatusCode::OK };
    (status, headers, Json(antwoord)).into_response()
}
