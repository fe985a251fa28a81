//! The way of a notification when nothing fails.

use serde_json::Value;
use write_side::uitgaand::{RelayStatus, status};

use crate::notificaties::published;
use crate::support::until;

use super::broker::Broker;
use super::reader::Received;
use super::support::{ID, Scene, afzender};

#[tokio::test]
async fn every_notification_arrives_in_order_per_object() {
    let scene = Scene::with(Broker::any()).await;
    let relay = scene.relay();
    let partijen = scene.partijen(8).await;
    scene.change(&partijen, 5).await;
    let published = scene.carried().await;
    assert_eq!(published.len(), 48);
    let received = scene.assert_complete(&published).await;
    assert_eq!(received.len(), published.len(), "nothing is sent twice when nothing fails");
    for id in &partijen {
        let mut partitions: Vec<i32> = received
            .iter()
            .filter(|message| message.key == id.to_string())
            .map(|message| message.partition)
            .collect();
        partitions.dedup();
        assert_eq!(partitions.len(), 1, "a key is in one partition");
    }
    relay.stop().await;
}

#[tokio::test]
async fn the_message_is_a_cloudevent_in_binary_mode() {
    let scene = Scene::with(Broker::any()).await;
    let relay = scene.relay();
    scene.partijen(1).await;
    let published = scene.carried().await;
    let received = scene.assert_complete(&published).await;
    relay.stop().await;

    let [Received { key, headers, value, .. }] = received.as_slice() else {
        panic!("one message expected: {received:?}");
    };
    let event = afzender().event(&published[0]);
    assert_eq!(*key, published[0].object.id.to_string());
    let data: Value = serde_json::from_slice(value).expect("JSON");
    assert_eq!(data, event["data"]);
    let text = |text: &str| text.to_owned();
    let mut expected = vec![
        (text("ce_specversion"), text("1.0")),
        (text(ID), published[0].handeling_id.to_string()),
        (text("ce_source"), text("urn:nld:oin:00000001823288444000:systeem:klantbeeld")),
        (text("ce_type"), text("nl.klantinteracties.organisatie-geregistreerd.v1")),
        (text("ce_subject"), key.clone()),
        (text("ce_time"), event["time"].as_str().expect("a time").to_owned()),
        (text("content-type"), text("application/json")),
        (
            text("ce_dataschema"),
            text("https://klantbeeld.example.nl/bijhouding/v1/schemas/organisatie-geregistreerd"),
        ),
        (text("ce_dataref"), format!("https://klantbeeld.example.nl/bijhouding/v1/partijen/{key}")),
        (text("ce_sequence"), text("00000000000000000001")),
        (text("ce_sequencetype"), text("volgnummer")),
        (text("ce_partitionkey"), key.clone()),
        (text("ce_authtype"), text("app_user")),
        (text("ce_correlationid"), published[0].handeling_id.to_string()),
    ];
    let mut headers = headers.clone();
    headers.sort();
    expected.sort();
    assert_eq!(headers, expected);
}

#[tokio::test]
async fn a_relay_that_starts_later_begins_at_the_first_notification() {
    let scene = Scene::with(Broker::any()).await;
    // More than four rounds.
    let published = scene.fill(2_300, 40).await;
    let relay = scene.relay();
    let received = scene.assert_complete(&published).await;
    assert_eq!(received.len(), published.len());
    relay.stop().await;
}

#[tokio::test]
async fn two_relays_at_once_send_each_notification_once() {
    let scene = Scene::with(Broker::any()).await;
    let published = scene.fill(2_300, 40).await;
    let relays = [scene.relay(), scene.relay()];
    let received = scene.assert_complete(&published).await;
    assert_eq!(received.len(), published.len());
    for relay in relays {
        relay.stop().await;
    }
}

#[tokio::test]
async fn the_status_tells_what_waits() {
    let scene = Scene::with(Broker::any()).await;
    let told = async |naam: &str| -> RelayStatus {
        until("the part to have progress", || async {
            let rows = status(scene.app.pool(), &*scene.app.clock).await.expect("the status");
            rows.into_iter().find(|row| row.naam == naam)
        })
        .await
    };
    let first = told("publicatie").await;
    assert_eq!((first.positie, first.laatste, first.achterstand), (0, 0, 0));
    let relay = scene.relay();
    scene.partijen(2).await;
    scene.carried().await;
    told("kafka-intern").await;
    relay.stop().await;
    let done = told("kafka").await;
    assert_eq!((done.positie, done.laatste, done.achterstand, done.oudste), (2, 2, 0, None));
    assert!(done.bijgewerkt.is_some());

    scene.partijen(3).await;
    published(&scene.app).await;
    let behind = told("kafka").await;
    assert_eq!((behind.positie, behind.laatste, behind.achterstand), (2, 5, 3));
    assert!(behind.oudste.is_some());
    let intern = told("kafka-intern").await;
    assert_eq!((intern.laatste, intern.positie + intern.achterstand), (5, 5));
}
