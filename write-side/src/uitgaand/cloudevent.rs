//! A notification in the form in which others get it: a CloudEvent 1.0 in the NL GOV profile.

use chrono::SecondsFormat;
use events::Objectsoort;
use serde::Serialize;
use serde_json::Value;

use super::notificatie::Notificatie;
use crate::http;

/// Where this installation says that its events come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Herkomst {
    /// The `source` of every event: `urn:nld:oin:<20 digits>:systeem:<naam>`.
    pub source: String,
    /// The address at which others reach this installation, without a slash behind it.
    pub base_url: String,
}

/// What stands before the word in a type, and the version behind it.
const TYPE_PREFIX: &str = "nl.klantinteracties.";
const TYPE_VERSION: &str = ".v1";

/// The type of the events of a soort.
#[must_use]
pub fn event_type(soort: &str) -> String {
    format!("{TYPE_PREFIX}{soort}{TYPE_VERSION}")
}

/// The path at which the JSON Schema of the data of a soort is served.
#[must_use]
pub fn schema_path(soort: &str) -> String {
    format!("/schemas/{soort}/v1.json")
}

/// The media type of one event.
pub const CLOUDEVENT_JSON: &str = "application/cloudevents+json; charset=UTF-8";

/// An event as others get it. Serialised it is the JSON form (structured mode).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CloudEvent {
    /// Version of CloudEvents.
    pub specversion: &'static str,
    /// Key of the handeling: the same however often the event is sent.
    pub id: String,
    /// The installation.
    pub source: String,
    /// What happened, and in which version it is told.
    pub r#type: String,
    /// Key of the main object.
    pub subject: String,
    /// When it was recorded.
    pub time: String,
    /// The form of the data.
    pub datacontenttype: &'static str,
    /// Where the form of the data is described.
    pub dataschema: String,
    /// Where the main object can be read, by whoever may.
    pub dataref: String,
    /// The number of the notification in 20 digits, so that it sorts as text.
    pub sequence: String,
    /// How to read the sequence: numbers without holes.
    pub sequencetype: &'static str,
    /// What must stay in order together: the main object.
    pub partitionkey: String,
    /// The kind of actor that did it; never who.
    pub authtype: &'static str,
    /// The handeling, for whoever relates events.
    pub correlationid: String,
    /// Keys, versions, codes, flags and counts.
    pub data: Value,
}

impl CloudEvent {
    /// The event of a notification.
    #[must_use]
    pub fn new(notificatie: &Notificatie, herkomst: &Herkomst) -> Self {
        let Notificatie { soort, object_id, .. } = notificatie;
        let base = &herkomst.base_url;
        let id = notificatie.handeling_id.to_string();
        let subject = object_id.to_string();
        let collection =
            Objectsoort::from_code(&notificatie.objectsoort).map_or("", http::collection);
        Self {
            specversion: "1.0",
            correlationid: id.clone(),
            id,
            source: herkomst.source.clone(),
            r#type: event_type(soort),
            time: notificatie.tijdstip.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            datacontenttype: "application/json",
            dataschema: format!("{base}{}", schema_path(soort)),
            dataref: format!("{base}{}{collection}/{subject}", http::BASE),
            sequence: format!("{:020}", notificatie.volgnummer),
            sequencetype: "volgnummer",
            partitionkey: subject.clone(),
            subject,
            authtype: if notificatie.door_programma { "service_account" } else { "app_user" },
            data: notificatie.data.clone(),
        }
    }

    /// Every attribute with its value as text, in the order of the JSON form, without the data: what
    /// becomes headers in binary mode.
    #[must_use]
    pub fn attributes(&self) -> [(&'static str, &str); 14] {
        [
            ("specversion", self.specversion),
            ("id", &self.id),
            ("source", &self.source),
            ("type", &self.r#type),
            ("subject", &self.subject),
            ("time", &self.time),
            ("datacontenttype", self.datacontenttype),
            ("dataschema", &self.dataschema),
            ("dataref", &self.dataref),
            ("sequence", &self.sequence),
            ("sequencetype", self.sequencetype),
            ("partitionkey", &self.partitionkey),
            ("authtype", self.authtype),
            ("correlationid", &self.correlationid),
        ]
    }
}
