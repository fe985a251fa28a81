//! `klantbeeld kafka init`.

use std::collections::BTreeMap;
use std::process::Command;

use clock::{Clock as _, SystemClock};
use rdkafka::ClientConfig;
use rdkafka::admin::{
    AdminClient, AdminOptions, NewPartitions, NewTopic, ResourceSpecifier, TopicReplication,
};
use rdkafka::client::DefaultClientContext;

use crate::kafka::broker::{Broker, PARTITIONS, REAL};
use crate::kafka::projecting::running::{follow, source};
use crate::kafka::support::Scene;
use crate::projection::tables::assert_as_log;
use crate::support::{settled, until};

use super::given;

/// Longest time that the broker may take to answer.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(20);

fn init(topic: &str, more: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_klantbeeld"))
        .args(["kafka", "init", "--kafka-brokers", &given(REAL), "--kafka-topic", topic])
        .args(["--kafka-internal", "--kafka-internal-topic", &format!("{topic}.intern")])
        .args(["--kafka-partitions", "4", "--kafka-retention", "48"])
        .args(more)
        .output()
        .expect("the program runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).expect("UTF-8"))
}

/// For a cluster of one broker.
const ALONE: [&str; 2] = ["--kafka-replication-factor=1", "--kafka-min-insync-replicas=1"];

fn admin() -> AdminClient<DefaultClientContext> {
    ClientConfig::new().set("bootstrap.servers", given(REAL)).create().expect("an admin client")
}

fn partitions(topic: &str) -> usize {
    let metadata = admin().inner().fetch_metadata(None, LIMIT).expect("metadata");
    let found = metadata.topics().iter().find(|found| found.name() == topic);
    found.map_or(0, |topic| topic.partitions().len())
}

async fn settings(topic: &str) -> BTreeMap<String, String> {
    let read = admin()
        .describe_configs([&ResourceSpecifier::Topic(topic)], &AdminOptions::new())
        .await
        .expect("an answer");
    let config = read.into_iter().next().expect("a topic").expect("its settings");
    config.entries.into_iter().filter_map(|one| Some((one.name, one.value?))).collect()
}

#[tokio::test]
async fn topics_are_made_once_and_as_they_should_be() {
    let topic = format!("test.{}", SystemClock.new_id());
    let dry_run = [ALONE.as_slice(), &["--dry-run"]].concat();
    let (code, told) = init(&topic, &dry_run);
    assert_eq!((code, partitions(&topic)), (Some(3), 0), "{told}");
    assert!(told.contains("would be made"), "{told}");

    let (code, told) = init(&topic, &ALONE);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(told.matches(": made").count(), 2, "{told}");
    // Brokers hear of a new topic a moment later.
    let seen =
        until("the topic to be seen", || async { Some(partitions(&topic)).filter(|n| *n > 0) });
    assert_eq!(seen.await, 4);
    let intern = format!("{topic}.intern");
    for (topic, hours) in [(&topic, 48_i64), (&intern, 30 * 24)] {
        let settings = settings(topic).await;
        assert_eq!(settings["cleanup.policy"], "delete");
        assert_eq!(settings["retention.ms"], (hours * 3_600_000).to_string());
        assert_eq!(settings["min.insync.replicas"], "1");
        assert_eq!(partitions(topic), 4);
    }

    let (code, told) = init(&topic, &ALONE);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(told.matches("as it should be").count(), 2, "{told}");
    assert_eq!(init(&topic, &dry_run).0, Some(0));
}

#[tokio::test]
async fn a_topic_that_differs_is_told_and_left_alone() {
    let topic = format!("test.{}", SystemClock.new_id());
    let other = NewTopic::new(&topic, 1, TopicReplication::Fixed(1)).set("retention.ms", "-1");
    let made = admin().create_topics([&other], &AdminOptions::new()).await.expect("an answer");
    assert!(made.iter().all(Result::is_ok), "{made:?}");

    until("the topic to be seen", || async { (partitions(&topic) == 1).then_some(()) }).await;
    let (code, told) = init(&topic, &ALONE);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("partitions is 1, should be 4"), "{told}");
    assert!(told.contains("retention.ms is -1, should be 172800000"), "{told}");
    assert_eq!(partitions(&topic), 1);
    assert_eq!(settings(&topic).await["retention.ms"], "-1");
}

#[tokio::test]
async fn what_the_cluster_cannot_do_is_told() {
    let topic = format!("test.{}", SystemClock.new_id());
    let (code, told) = init(&topic, &[]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains(&topic) && told.contains("3 brokers"), "{told}");
    assert_eq!(partitions(&topic), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partitions_that_are_added_are_read_too() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let source = source(&scene);
    let projector = follow(&scene, &source, 100);
    let relay = scene.relay();
    scene.partijen(6).await;
    settled(pool).await;
    relay.stop().await;
    let more = usize::try_from(PARTITIONS).expect("a number") + 2;
    let added = NewPartitions::new(&source.topic, more);
    let made = admin().create_partitions([&added], &AdminOptions::new()).await.expect("an answer");
    assert!(made.iter().all(Result::is_ok), "{made:?}");
    until("a place in all of them", || async {
        let sql = "SELECT count(DISTINCT partitie) FROM projector.partities";
        let count: i64 = sqlx::query_scalar(sql).fetch_one(pool).await.expect("a count");
        (usize::try_from(count) == Ok(more)).then_some(())
    })
    .await;
    let relay = scene.relay();
    scene.partijen(20).await;
    settled(pool).await;
    let read = "SELECT count(DISTINCT partitie) FROM projector.partities WHERE volgende > 0";
    let read: i64 = sqlx::query_scalar(read).fetch_one(pool).await.expect("a count");
    assert_eq!(usize::try_from(read), Ok(more));
    projector.stop().await.expect("no error");
    assert_as_log(pool).await;
    relay.stop().await;
}
