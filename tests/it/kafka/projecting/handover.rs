//! From the log to Kafka, back, and when Kafka no longer has what is needed.

use std::time::Duration;

use projector::{KafkaSourceError, ProjectorError};
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer as _, ThreadedProducer};
use rdkafka::{Offset, TopicPartitionList};

use crate::history::Player;
use crate::kafka::broker::{Broker, PARTITIONS};
use crate::kafka::reader::plain;
use crate::kafka::support::Scene;
use crate::projection::tables::assert_as_log;
use crate::register::history;
use crate::support::settled;

use super::running::{KafkaProjector, follow, follow_log, source};
use super::{STEPS, owned, until};

/// Larger than what the broker in process keeps of a partition, in messages of a megabyte.
const MORE_THAN_KEPT: usize = 7;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn going_over_to_kafka_and_back_loses_and_doubles_nothing() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let relay = scene.relay();
    let player = Player::new(&scene.app).await;
    let mut running = follow_log(&scene);
    for turn in 0..4_u8 {
        let steps = history(30 + turn, STEPS, false);
        // Written to while the one goes and the other comes.
        let (played, ()) = tokio::join!(player.play(&steps, 4), async {
            let next = match turn % 2 {
                0 => follow(&scene, &source(&scene), 100),
                _ => follow_log(&scene),
            };
            let before = std::mem::replace(&mut running, next);
            before.stop().await.expect("no error");
        });
        let () = played;
        settled(pool).await;
        // Who follows the log has no place in Kafka; who goes over has followed the log until then.
        until("a place in Kafka for who follows Kafka only", || async {
            let sql = "SELECT count(*) FROM projector.partities";
            let rows: i64 = sqlx::query_scalar(sql).fetch_one(pool).await.expect("a count");
            ((rows > 0) == (turn % 2 == 0)).then_some(())
        })
        .await;
    }
    running.stop().await.expect("no error");
    assert_as_log(pool).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_that_is_gone_is_told_with_what_to_do_and_that_helps() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let relay = scene.relay();
    let source = source(&scene);
    let projector = follow(&scene, &source, 100);
    let partijen = scene.partijen(6).await;
    until("every partition to have an owner", || owned(pool)).await;
    settled(pool).await;
    projector.stop().await.expect("no error");
    // It was away, and Kafka kept less than that.
    scene.change(&partijen, 2).await;
    until("the relay to have carried everything", || async {
        let sql = "SELECT (cursor->>'low')::bigint = (SELECT max(positie)
                   FROM write_side.gebeurtenissen) FROM write_side.relay_voortgang
                   WHERE naam = 'kafka-intern'";
        let all: Option<bool> = sqlx::query_scalar(sql).fetch_optional(pool).await.expect("rows");
        all.filter(|all| *all)
    })
    .await;
    relay.stop().await;
    remove_all(&scene.broker, &source.topic).await;

    let error = follow(&scene, &source, 100).ended().await.expect_err("history is gone");
    let gone =
        KafkaSourceError::HistoryGone { topic: String::new(), partitie: 0, volgende: 0, begin: 0 };
    let ProjectorError::Kafka(error) = error else { panic!("{error:?}") };
    assert_eq!(std::mem::discriminant(&error), std::mem::discriminant(&gone), "{error}");
    let mut process = KafkaProjector::start(&scene);
    assert_eq!(process.ended().await, Some(1));
    let told = process.told();
    assert!(told.contains(&source.topic) && told.contains("--project-from log"), "{told}");

    let log = follow_log(&scene);
    settled(pool).await;
    log.stop().await.expect("no error");
    let projector = follow(&scene, &source, 100);
    let relay = scene.relay();
    until("every partition to have an owner", || owned(pool)).await;
    scene.change(&partijen, 2).await;
    settled(pool).await;
    projector.stop().await.expect("no error");
    relay.stop().await;
    assert_as_log(pool).await;
}

/// Makes Kafka forget every message of a topic: a real one by request, the one in process because it
/// keeps no more than some megabytes.
async fn remove_all(broker: &Broker, topic: &str) {
    if broker.mock.is_none() {
        let admin: AdminClient<DefaultClientContext> =
            plain(&broker.bootstrap).create().expect("an admin client");
        let mut all = TopicPartitionList::new();
        for partition in 0..PARTITIONS {
            all.add_partition_offset(topic, partition, Offset::End).expect("added");
        }
        admin.delete_records(&all, &AdminOptions::new()).await.expect("removed");
        return;
    }
    let producer: ThreadedProducer<DefaultProducerContext> =
        plain(&broker.bootstrap).set("message.max.bytes", "2000000").create().expect("a producer");
    let filling = "x".repeat(1_000_000);
    for partition in 0..PARTITIONS {
        for _ in 0..MORE_THAN_KEPT {
            let record = BaseRecord::<(), str>::to(topic).partition(partition).payload(&filling);
            producer.send(record).map_err(|(error, _)| error).expect("sent");
        }
    }
    producer.flush(Duration::from_secs(20)).expect("arrived");
}
