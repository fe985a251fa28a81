//! What leaves is poor in information: every kind of event is caused with a canary in every field that
//! says something of somebody, and none of them is in what others are told.

mod spel;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::contract::operations;
use crate::logboek::in_logboek;
use crate::notificaties::ontvanger::{Gedrag, Ontvanger};
use crate::notificaties::webhooks::abonneer;
use crate::notificaties::{all_events, published, start_relay};
use crate::support::App;

pub use spel::{Kanaries, speel};

/// Fields that need no canary: a code of a reference list is told, and a huisnummer is too short to be
/// told from other numbers.
const WITHOUT: [&str; 14] = [
    "categorie",
    "code",
    "codeObjecttype",
    "codeRegister",
    "codeSoortObjectId",
    "externRegister",
    "huisnummer",
    "kanaal",
    "land",
    "landcode",
    "soortDigitaalAdres",
    "soortObject",
    "taal",
    "voorkeurstaal",
];

/// All that stands in the log now: the kinds of events, and what they say, with who did it.
pub async fn log(app: &App) -> Vec<(String, String)> {
    sqlx::query_as(
        "SELECT g.soort, concat_ws(' ', g.data, h.door, h.toepassing, h.doelbinding)
         FROM write_side.gebeurtenissen g JOIN write_side.handelingen h USING (handeling_id)",
    )
    .fetch_all(app.pool())
    .await
    .expect("the log")
}

/// Asserts that every kind of event was caused, and that every canary can be found where it belongs.
pub fn assert_caused(log: &[(String, String)], kanaries: &Kanaries) {
    let caused: BTreeSet<&str> = log.iter().map(|(soort, _)| soort.as_str()).collect();
    let all: BTreeSet<&str> = events::Gebeurtenis::SOORTEN.iter().copied().collect();
    assert_eq!(&all - &caused, BTreeSet::new(), "kinds of events that were not caused");
    let text: String = log.iter().map(|(_, said)| said.as_str()).collect();
    let lost = &kanaries.all() - &kanaries.in_text(&text);
    assert_eq!(lost, BTreeSet::new(), "canaries that the log does not have");
}

/// The fields of a schema that take free text.
fn text_fields(document: &Value, schema: &Value, found: &mut BTreeSet<String>) {
    if let Some(place) = schema["$ref"].as_str() {
        let named = document.pointer(place.trim_start_matches('#')).expect("a schema");
        return text_fields(document, named, found);
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let kinds = &field["type"];
        // What may be an object too only says that the field is filled.
        let or_null = json!(["string", "null"]);
        let text = kinds == "string" || *kinds == or_null;
        let format = field["format"].as_str().unwrap_or("email");
        if text && field["enum"].is_null() && format == "email" {
            found.insert(name.clone());
        }
    }
    let inner: Vec<&Value> = match schema {
        Value::Object(fields) => fields.values().collect(),
        Value::Array(items) => items.iter().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    inner.into_iter().for_each(|value| text_fields(document, value, found));
}

/// Asserts that every field of a handeling that takes free text got a canary.
fn assert_every_field(kanaries: &Kanaries) {
    let document = operations::document();
    let mut fields = BTreeSet::new();
    let handelingen = operations::all().into_iter().filter(|operation| {
        let path = operation.path.as_str();
        operation.method == "POST" && !path.ends_with("_zoek") && path != "/abonnementen"
    });
    for operation in handelingen {
        text_fields(&document, &operation.object["requestBody"], &mut fields);
    }
    let codes: BTreeSet<String> = WITHOUT.iter().map(|name| (*name).to_owned()).collect();
    let without: BTreeSet<_> = &(&fields - &kanaries.velden()) - &codes;
    assert_eq!(without, BTreeSet::new(), "fields without a canary");
}

#[tokio::test]
async fn no_canary_leaves_whatever_happens() {
    let app = App::start_without_projector().await;
    let ontvanger = Ontvanger::start(Gedrag::Aanvaard).await;
    abonneer(&app, &ontvanger).await;
    let _relay = start_relay(&app);
    let (kanaries, log) = speel(&app).await;
    assert_caused(&log, &kanaries);
    assert_every_field(&kanaries);

    let kept = in_logboek(&app).await;
    // Who did it, with what and for what purpose: what the audit log is for.
    let own = ["door", "toepassing", "doelbinding"];
    let said = kanaries.in_text(&kept);
    let said = said.iter().filter(|one| !own.iter().any(|veld| one.starts_with(veld)));
    assert_eq!(said.collect::<Vec<_>>(), Vec::<&String>::new(), "in the logbook");

    published(&app).await;
    let events = all_events(&app, 1000).await;
    assert!(!events.is_empty());
    assert_eq!(kanaries.in_text(&Value::from(events.clone()).to_string()), BTreeSet::new());
    let told = ontvanger.wacht(events.len()).await;
    assert_eq!(told.len(), events.len());
    for (headers, body) in ontvanger.bodies() {
        // A signature is noise, in which anything may seem to stand.
        let shown: Vec<_> =
            headers.iter().filter(|(name, _)| *name != "webhook-signature").collect();
        assert_eq!(kanaries.in_text(&format!("{shown:?} {body}")), BTreeSet::new());
    }
}
