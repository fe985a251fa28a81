//! Brokers that are away, projectors that were overtaken, and messages that cannot be right.

use events::Envelope;
use log_source::{Bounds, Cursor, PostgresLog, Source as _};
use projector::{KafkaSourceError, ProjectorError};
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer as _, ThreadedProducer};
use sqlx::{PgExecutor, PgPool, Postgres, Transaction};

use crate::kafka::broker::Broker;
use crate::kafka::reader::plain;
use crate::kafka::support::Scene;
use crate::projection::tables::assert_as_log;
use crate::rebuild::command::{klantbeeld, served};
use crate::support::{settled, until};

use super::owned;
use super::running::{follow, source};

/// The one broker in process.
const BROKER: i32 = 1;
/// First half of the key under which a generation is written.
const WRITING: i32 = 0x7072_6f6a;

#[tokio::test]
async fn a_broker_that_was_away_is_read_on_when_it_is_back() {
    let scene = Scene::with(Broker::mock()).await;
    let pool = scene.app.pool();
    let relay = scene.relay();
    let projector = follow(&scene, &source(&scene), 100);
    let partijen = scene.partijen(4).await;
    settled(pool).await;
    for _ in 0..2 {
        scene.broker.controls().broker_down(BROKER).expect("down");
        scene.change(&partijen, 3).await;
        scene.broker.controls().broker_up(BROKER).expect("up");
        scene.change(&partijen, 3).await;
        settled(pool).await;
    }
    projector.stop().await.expect("no error");
    assert_as_log(pool).await;
    relay.stop().await;
}

#[tokio::test]
async fn a_projector_starts_without_a_broker() {
    let scene = Scene::with(Broker::mock()).await;
    scene.broker.controls().broker_down(BROKER).expect("down");
    let projector = follow(&scene, &source(&scene), 100);
    let relay = scene.relay();
    scene.partijen(3).await;
    scene.broker.controls().broker_up(BROKER).expect("up");
    settled(scene.app.pool()).await;
    projector.stop().await.expect("no error");
    relay.stop().await;
}

/// Takes the turn to write the served generation of klantbeeld, so that a batch waits in the middle.
pub async fn hold_batches(pool: &PgPool) -> Transaction<'static, Postgres> {
    let mut other = pool.begin().await.expect("a transaction");
    sqlx::query("SELECT pg_advisory_xact_lock($1, hashtext('klantbeeld_g1'))")
        .bind(WRITING)
        .execute(&mut *other)
        .await
        .expect("locked");
    other
}

/// Waits until a batch waits for its turn to write a generation.
pub async fn batch_waits(pool: &PgPool) {
    let sql = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database()
               AND wait_event_type = 'Lock' AND wait_event = 'advisory'";
    until("the batch to wait", || async {
        let waits: bool = sqlx::query_scalar(sql).fetch_one(pool).await.expect("sessions");
        waits.then_some(())
    })
    .await;
}

/// The sum of the epochs of one product, which grows whenever somebody takes a partition.
async fn epochs(conn: impl PgExecutor<'_>) -> i64 {
    let sql = "SELECT sum(epoch)::bigint FROM projector.partities WHERE product = 'klantbeeld'";
    sqlx::query_scalar(sql).fetch_one(conn).await.expect("epochs")
}

#[tokio::test]
async fn whoever_was_overtaken_in_the_middle_of_a_batch_cannot_commit_it() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let relay = scene.relay();
    let projector = follow(&scene, &source(&scene), 100);
    let partijen = scene.partijen(4).await;
    settled(pool).await;
    until("every partition to have an owner", || owned(pool)).await;

    // Its next batch waits in the middle, for one that writes to the same product.
    let mut other = hold_batches(pool).await;
    scene.change(&partijen, 1).await;
    batch_waits(pool).await;
    // Another takes its partitions over.
    sqlx::query("UPDATE projector.partities SET epoch = epoch + 1 WHERE product = 'klantbeeld'")
        .execute(&mut *other)
        .await
        .expect("taken over");
    let before = epochs(&mut *other).await;
    other.commit().await.expect("committed");

    // It may only go on after it has taken them itself: had it committed, it would not have to.
    until("it to begin anew", || async { (epochs(pool).await > before).then_some(()) }).await;
    settled(pool).await;
    projector.stop().await.expect("no error");
    assert_as_log(pool).await;
    relay.stop().await;
}

/// Puts a message in the topic, by the side of the relay.
pub(super) fn put(scene: &Scene, key: &str, value: &[u8]) {
    let topic = scene.settings.intern_topic.as_deref().expect("a topic");
    // As the relay does: an object has one partition.
    let producer: ThreadedProducer<DefaultProducerContext> = plain(&scene.broker.bootstrap)
        .set("partitioner", "murmur2_random")
        .create()
        .expect("a producer");
    producer
        .send(BaseRecord::to(topic).key(key).payload(value))
        .map_err(|(error, _)| error)
        .expect("sent");
    producer.flush(std::time::Duration::from_secs(10)).expect("arrived");
}

/// The first event of the log, as another version.
pub(super) async fn first_event(scene: &Scene, versie: i64) -> Envelope {
    let mut log = PostgresLog::open(scene.app.pool()).await.expect("the log");
    let bounds = Bounds { max: 1, until: i64::MAX };
    let batch = log.poll(&Cursor::default(), bounds).await.expect("a batch");
    Envelope { versie, ..batch.events[0].clone() }
}

#[tokio::test]
async fn what_comes_again_changes_nothing_and_what_skips_a_version_is_mended_from_the_log() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let relay = scene.relay();
    let projector = follow(&scene, &source(&scene), 100);
    let partijen = scene.partijen(1).await;
    scene.change(&partijen, 1).await;
    settled(pool).await;
    let again = first_event(&scene, 1).await;
    let key = again.object.id.to_string();
    put(&scene, &key, again.to_bericht().expect("a message").as_bytes());
    scene.change(&partijen, 1).await;
    settled(pool).await;
    assert_as_log(pool).await;

    // As if two messages had been lost.
    let ahead = first_event(&scene, 6).await;
    put(&scene, &key, ahead.to_bericht().expect("a message").as_bytes());
    until("the object to be parked", || async {
        let sql = "SELECT oorzaak FROM projector.geparkeerd WHERE product = 'klantbeeld'";
        let cause: Option<String> =
            sqlx::query_scalar(sql).fetch_optional(pool).await.expect("rows");
        cause.filter(|cause| cause.contains("version 6 does not follow version 3"))
    })
    .await;
    scene.change(&partijen, 3).await;
    settled(pool).await;
    for product in served(&scene.app).await.keys() {
        let done = klantbeeld(&scene.app, &["parked", "retry", product, &key]).await;
        assert!(done.code == 0 || done.code == 4, "{done:?}");
    }
    scene.change(&partijen, 1).await;
    settled(pool).await;
    assert_as_log(pool).await;
    projector.stop().await.expect("no error");
    relay.stop().await;
}

#[tokio::test]
async fn a_message_that_cannot_be_read_stops_it_and_is_named() {
    let scene = Scene::with(Broker::any()).await;
    let projector = follow(&scene, &source(&scene), 100);
    until("every partition to have an owner", || owned(scene.app.pool())).await;
    put(&scene, "een", b"{\"vorm\": 2}");
    let error = projector.ended().await.expect_err("no event");
    let ProjectorError::Kafka(error) = error else { panic!("{error:?}") };
    assert!(matches!(error, KafkaSourceError::Unreadable { offset: 0, .. }), "{error}");
}
