//! The full events of the log on the internal topic.

use std::collections::BTreeMap;

use events::Envelope;
use log_source::{Bounds, Cursor, PostgresLog, Source as _};
use serde_json::json;

use crate::support::{App, until};

use super::broker::Broker;
use super::reader::{first_seen, read_ids};
use super::support::Scene;

/// The header with the id of an event.
const ID: &str = "gebeurtenis-id";

async fn log(app: &App) -> Vec<Envelope> {
    let mut log = PostgresLog::open(app.pool()).await.expect("the log");
    let bounds = Bounds { max: 10_000, until: i64::MAX };
    log.poll(&Cursor::default(), bounds).await.expect("a batch").events
}

#[tokio::test]
async fn the_topic_holds_the_log_in_order_per_object() {
    let scene = Scene::with(Broker::any()).await;
    let relay = scene.relay();
    let team = scene.app.post("/organisatorische-eenheden", json!({ "naam": "KCC" })).await.id();
    for number in 0..20 {
        let body = json!({
            "kanaal": "telefoon", "onderwerp": format!("Vraag {number}"), "taal": "nld",
            "indicatieContactGelukt": "ja", "actoren": [team],
            "betrokkenen": [{ "rol": "klant", "initiator": true,
                "contactnaam": { "voornaam": "Jan", "achternaam": "de Vries" } }],
            "interneTaken": [{ "gevraagdeHandeling": "Bel", "toegewezenAanActoren": [team] }],
        });
        scene.app.post("/klantcontacten", body).await;
    }
    let log = log(&scene.app).await;
    let ids: Vec<String> = log.iter().map(|event| event.gebeurtenis_id.to_string()).collect();
    let topic = scene.settings.intern_topic.as_deref().expect("a topic");
    let received = read_ids(&scene.broker.bootstrap, topic, ID, &ids).await;
    relay.stop().await;

    let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in &log {
        let ids = expected.entry(event.object.id.to_string()).or_default();
        ids.push(event.gebeurtenis_id.to_string());
    }
    assert_eq!(first_seen(&received, ID), expected);

    let read = |value: &[u8]| Envelope::from_bericht(value).expect("an event");
    let mut events: Vec<Envelope> = received.iter().map(|message| read(&message.value)).collect();
    events.sort_by_key(|event| event.positie);
    assert_eq!(events, log, "whoever reads the topic has the log");
    let first = received.iter().find(|message| message.key == team.to_string()).expect("the team");
    assert_eq!(first.header("content-type"), "application/json");
    assert_eq!(first.header("objectsoort"), "actor");
    assert_eq!(first.header("soort"), "OrganisatorischeEenheidGeregistreerd");
    assert_eq!(first.header("vorm"), "1");
}

#[tokio::test]
async fn full_events_go_nowhere_unless_a_topic_is_named() {
    let mut scene = Scene::with(Broker::any()).await;
    scene.settings.intern_topic = None;
    let relay = scene.relay();
    scene.partijen(3).await;
    scene.carried().await;
    let sql = "SELECT count(*) FROM write_side.relay_voortgang WHERE naam = 'kafka-intern'";
    let rows: i64 = sqlx::query_scalar(sql).fetch_one(scene.app.pool()).await.expect("a count");
    assert_eq!(rows, 0);
    relay.stop().await;
}

#[tokio::test]
async fn its_progress_is_its_own() {
    let scene = Scene::with(Broker::any()).await;
    let relay = scene.relay();
    scene.partijen(3).await;
    until("both streams to arrive", || async {
        let sql = "SELECT count(*) FROM write_side.relay_voortgang
                   WHERE (naam = 'kafka' AND cursor->>'volgnummer' = '3')
                      OR (naam = 'kafka-intern' AND cursor->>'low' = '3')";
        let done: i64 = sqlx::query_scalar(sql).fetch_one(scene.app.pool()).await.expect("rows");
        (done == 2).then_some(())
    })
    .await;
    relay.stop().await;
}
