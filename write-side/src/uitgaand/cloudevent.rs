//! A notification as a CloudEvent 1.0 in the Dutch government's profile (NL GOV): attributes that name
//! nobody, and data poor in information.

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::notificatie::Notificatie;
use crate::http::{BASE, place};
use crate::register::weergave::Objectsoortcode;

/// The media type of one event.
pub(crate) const MEDIA_TYPE: &str = "application/cloudevents+json; charset=UTF-8";

/// Who tells, and where what it tells of can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Afzender {
    /// `source` of every event: `urn:nld:oin:<20 digits>:systeem:<name>`; not a place.
    pub bron: String,
    /// Where this service is reached from outside, without a slash at its end; empty = not known,
    /// and references are relative.
    pub basis_url: String,
}

impl Default for Afzender {
    fn default() -> Self {
        Self {
            bron: "urn:nld:ontwikkeling:systeem:klantbeeld".to_owned(),
            basis_url: String::new(),
        }
    }
}

/// Een gebeurtenis volgens CloudEvents 1.0 en het NL GOV-profiel, arm aan informatie.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "the schema of what is written field by field below")]
pub(crate) struct CloudEvent {
    /// Altijd 1.0.
    #[schema(pattern = "^1\\.0$", examples("1.0"))]
    specversion: String,
    /// Kenmerk van de gebeurtenis, dat van de handeling; bij herhaling hetzelfde.
    id: uuid::Uuid,
    /// Wie het meldt.
    source: String,
    /// Wat er gebeurde.
    #[schema(
        pattern = "^nl\\.klantinteracties\\.[a-z-]+\\.v1$",
        examples("nl.klantinteracties.klantcontact-geregistreerd.v1")
    )]
    r#type: String,
    /// Sleutel van het object waarmee het gebeurde.
    subject: uuid::Uuid,
    /// Wanneer het is vastgelegd.
    time: chrono::DateTime<chrono::Utc>,
    /// Vorm van data.
    datacontenttype: String,
    /// Waar staat beschreven hoe data eruitziet.
    dataschema: String,
    /// Waar het object te lezen is, voor wie dat mag.
    dataref: String,
    /// Volgnummer in 20 cijfers.
    #[schema(pattern = "^[0-9]{20}$", examples("00000000000000184213"))]
    sequence: String,
    /// Altijd volgnummer.
    sequencetype: String,
    /// Gebeurtenissen met dezelfde sleutel komen in volgorde.
    partitionkey: uuid::Uuid,
    /// Kenmerk van de handeling.
    correlationid: uuid::Uuid,
    /// Soort actor die het deed; nooit wie.
    authtype: String,
    /// Codes, sleutels en aantallen; nooit persoonsgegevens.
    data: Gebeurtenisgegevens,
}

/// Wat een gebeurtenis vertelt. Er staan nog andere velden in, naargelang de soort; zie dataschema.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "the schema of what a notification is made of")]
struct Gebeurtenisgegevens {
    /// Naam van de handeling, zoals RegistreerKlantcontact.
    handeling: String,
    /// De objecten die zijn geraakt, elk met de versie die het sindsdien heeft.
    #[schema(min_items = 1)]
    objecten: Vec<Objectversie>,
    #[serde(flatten)]
    overig: BTreeMap<String, Value>,
}

/// Een object dat is geraakt.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "the schema of what a notification is made of")]
struct Objectversie {
    /// Soort object.
    soort: Objectsoortcode,
    /// Sleutel van het object.
    id: uuid::Uuid,
    /// Versie van het object.
    #[schema(minimum = 1)]
    versie: i64,
}

impl Afzender {
    /// The event as structured JSON.
    #[must_use]
    pub fn event(&self, notificatie: &Notificatie) -> Value {
        let mut event: Map<String, Value> = self
            .attributes(notificatie)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::String(value)))
            .collect();
        event.insert("data".to_owned(), notificatie.data.clone());
        Value::Object(event)
    }

    /// Every attribute of the event, also for a binary form; never one of a person.
    #[must_use]
    pub fn attributes(&self, notificatie: &Notificatie) -> Vec<(&'static str, String)> {
        let Notificatie { volgnummer, handeling_id, soort, object, tijdstip, .. } = notificatie;
        let basis = &self.basis_url;
        let schema = if basis.is_empty() {
            format!("urn:nld:klantbeeld:schema:{soort}:v1")
        } else {
            format!("{basis}{BASE}/schemas/{soort}")
        };
        vec![
            ("specversion", "1.0".to_owned()),
            ("id", handeling_id.to_string()),
            ("source", self.bron.clone()),
            ("type", event_type(soort)),
            ("subject", object.id.to_string()),
            ("time", tijdstip.to_rfc3339_opts(SecondsFormat::Micros, true)),
            ("datacontenttype", "application/json".to_owned()),
            ("dataschema", schema),
            ("dataref", format!("{basis}{BASE}{}", place(*object))),
            ("sequence", format!("{volgnummer:020}")),
            ("sequencetype", "volgnummer".to_owned()),
            ("partitionkey", object.id.to_string()),
            ("correlationid", handeling_id.to_string()),
            ("authtype", "app_user".to_owned()),
        ]
    }
}

/// The type of an event with this word.
pub(crate) fn event_type(soort: &str) -> String {
    format!("nl.klantinteracties.{soort}.v1")
}

/// The JSON Schema of the data of an event with this word.
pub(crate) fn data_schema(soort: &str) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event_type(soort),
        "description": "Codes, sleutels en aantallen; nooit persoonsgegevens.",
        "type": "object",
        "required": ["handeling", "objecten"],
        "properties": {
            "handeling": { "type": "string" },
            "objecten": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["soort", "id", "versie"],
                    "properties": {
                        "soort": { "type": "string" },
                        "id": { "type": "string", "format": "uuid" },
                        "versie": { "type": "integer", "minimum": 1 },
                    },
                },
            },
        },
    })
}
