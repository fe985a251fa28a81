//! Relays in processes of their own, killed at random moments.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::support::{Process, until};

use super::broker::Broker;
use super::reader::read_ids;
use super::support::Scene;

/// How often a relay is killed.
const KILLS: u64 = 12;

/// Starts a relay that publishes to Kafka.
fn relay_process(scene: &Scene) -> Process {
    let settings = &scene.settings;
    let args = [
        ["--kafka-brokers", &settings.brokers],
        ["--kafka-topic", &settings.topic],
        ["--kafka-internal-topic", settings.intern_topic.as_deref().expect("a topic")],
    ];
    let args = [args.as_flattened(), &["--kafka-internal"]].concat();
    Process::start(&scene.app.database, &scene.app.issuer, "relay", &args)
}

/// A pause that differs each time, from nothing to a bit more than a round takes.
fn moment(kill: u64) -> Duration {
    Duration::from_millis(kill * 7919 % 41)
}

#[tokio::test]
async fn relays_that_are_killed_lose_nothing_and_keep_the_order() {
    let scene = Scene::with(Broker::any()).await;
    let partijen = scene.partijen(6).await;
    let writing = async {
        let start = Instant::now();
        let mut turns = 0;
        while turns < 40 || start.elapsed() < Duration::from_secs(8) {
            scene.change(&partijen, 1).await;
            turns += 1;
        }
    };
    let killing = async {
        for kill in 0..KILLS {
            let mut relay = relay_process(&scene);
            let before = scene.volgnummer().await;
            until("the relay to carry something", || async {
                (scene.volgnummer().await > before).then_some(())
            })
            .await;
            // Not to wait for something, but to die anywhere in the rounds that follow.
            sleep(moment(kill)).await;
            relay.kill();
            scene.change(&partijen, 1).await;
        }
    };
    tokio::join!(writing, killing);
    let last = relay_process(&scene);
    let published = scene.carried().await;
    let received = scene.assert_complete(&published).await;
    assert!(received.len() >= published.len());
    drop(last);
}

#[tokio::test]
async fn a_relay_that_dies_after_sending_sends_the_same_ids_again() {
    let scene = Scene::with(Broker::any()).await;
    scene.partijen(5).await;
    let relay = scene.relay();
    let published = scene.carried().await;
    relay.stop().await;
    // As if it had died between the last acknowledgement and the commit.
    let sql = "UPDATE write_side.relay_voortgang SET cursor = '{\"volgnummer\": 2}'
               WHERE naam = 'kafka'";
    sqlx::query(sql).execute(scene.app.pool()).await.expect("set back");
    let again = scene.relay();
    scene.carried().await;
    again.stop().await;
    let ids: Vec<String> = published.iter().map(|row| row.handeling_id.to_string()).collect();
    let (topic, twice) = (scene.settings.topic.clone(), ids[2].clone());
    let received = super::reader::read_until(
        &super::reader::plain(&scene.broker.bootstrap),
        &topic,
        |received| received.len() == 8,
    )
    .await;
    let same: Vec<_> = received
        .iter()
        .filter(|message| message.header("ce_id") == twice)
        .map(|message| (&message.key, &message.headers, &message.value))
        .collect();
    assert_eq!(same.len(), 2);
    assert_eq!(same[0], same[1], "to the letter");
    read_ids(&scene.broker.bootstrap, &topic, "ce_id", &ids).await;
}
