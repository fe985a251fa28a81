//! Events in Kafka that cannot be folded: the same as those of the log.

use log_source::{Bounds, Cursor, PostgresLog, Source as _};
use projector::{ProjectorError, ProjectorSettings};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::kafka::broker::Broker;
use crate::kafka::support::Scene;
use crate::projection::tables::assert_as_log;
use crate::rebuild::command::klantbeeld;
use crate::support::{settled, until};

use super::faults::put;
use super::owned;
use super::running::{follow, follow_with, source, stop_all};

/// Products that are made of partijen.
const WITH_PARTIJEN: usize = 5;

/// Puts the events of the log in the topic, with those that `spoil` names of a shape that this program
/// does not know: as a relay of a later version may send.
async fn send_spoilt(scene: &Scene, spoil: impl Fn(Uuid, i64) -> bool) {
    let mut log = PostgresLog::open(scene.app.pool()).await.expect("the log");
    let bounds = Bounds { max: 10_000, until: i64::MAX };
    let batch = log.poll(&Cursor::default(), bounds).await.expect("a batch");
    for event in &batch.events {
        let text = event.to_bericht().expect("a message");
        let mut message: Value = serde_json::from_str(&text).expect("JSON");
        if spoil(event.object.id, event.versie) {
            message["schemaversie"] = json!(99);
        }
        put(scene, &event.object.id.to_string(), message.to_string().as_bytes());
    }
}

/// Product, object, version of the event, and events that wait.
type Parked = (String, Uuid, i64, i64);

/// Whether so many events wait in every product that is made of partijen.
fn all_wait(rows: &[Parked], events: i64) -> bool {
    rows.len() == WITH_PARTIJEN && rows.iter().all(|row| row.3 == events)
}

async fn parked(pool: &PgPool) -> Vec<Parked> {
    let sql = "SELECT product, object_id, versie, wachtend FROM projector.geparkeerd ORDER BY 1, 2";
    sqlx::query_as(sql).fetch_all(pool).await.expect("parked")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_event_holds_up_its_object_only_and_what_waits_is_folded_from_the_log() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let source = source(&scene);
    let partijen = scene.partijen(4).await;
    scene.change(&partijen, 2).await;
    // What comes from Kafka begins here: the log is not read any more.
    let empty = "DELETE FROM projector.partities";
    sqlx::query(empty).execute(pool).await.expect("no places");
    let (bad, after) = (partijen[1], 6);
    let projectors = [follow(&scene, &source, 3), follow(&scene, &source, 3)];
    until("every partition to have an owner", || owned(pool)).await;
    let later = scene.partijen(3).await;
    scene.change(&partijen, 4).await;
    send_spoilt(&scene, |object, versie| object == bad && versie == after).await;
    let first = until("the object to be parked", || async {
        Some(parked(pool).await).filter(|rows| all_wait(rows, 2))
    })
    .await;
    assert!(first.iter().all(|row| (row.1, row.2) == (bad, after)), "{first:?}");
    // Everything comes again, and readable: the object waits nevertheless, and counts once.
    let relay = scene.relay();
    scene.change(&partijen, 1).await;
    scene.change(&later, 1).await;
    settled(pool).await;
    let again = parked(pool).await;
    assert!(again.iter().all(|row| (row.1, row.2, row.3) == (bad, after, 3)), "{again:?}");
    assert_eq!(again.len(), first.len());
    let shown = "SELECT count(*) FROM read_side.actualiteit WHERE geparkeerd = 1";
    let shown: i64 = sqlx::query_scalar(shown).fetch_one(pool).await.expect("a count");
    assert_eq!(usize::try_from(shown), Ok(first.len()));

    for (product, ..) in &first {
        let done = klantbeeld(&scene.app, &["parked", "retry", product, &bad.to_string()]).await;
        assert_eq!(done.code, 0, "{done:?}");
    }
    scene.change(&partijen, 2).await;
    settled(pool).await;
    assert_eq!(parked(pool).await, []);
    assert_as_log(pool).await;
    // Nobody had to begin anew for it.
    stop_all(projectors).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_skipped_is_passed_when_it_comes_from_kafka_again() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let projector = follow(&scene, &source(&scene), 100);
    until("every partition to have an owner", || owned(pool)).await;
    let partijen = scene.partijen(2).await;
    scene.change(&partijen, 3).await;
    let bad = partijen[0];
    let spoil = |object, versie| object == bad && versie == 2;
    send_spoilt(&scene, spoil).await;
    let rows = until("the object to be parked", || async {
        Some(parked(pool).await).filter(|rows| all_wait(rows, 3))
    })
    .await;
    let id = bad.to_string();
    let reason = ["--reason", "proef", "--door", "J. Beheer"];
    for (product, ..) in &rows {
        let args = [["parked", "skip", product, &id].as_slice(), &reason].concat();
        let done = klantbeeld(&scene.app, &args).await;
        assert_eq!(done.code, 0, "{done:?}");
    }
    send_spoilt(&scene, spoil).await;
    let relay = scene.relay();
    scene.change(&partijen, 1).await;
    settled(pool).await;
    assert_eq!(parked(pool).await, []);
    let sql = "SELECT versie FROM klantbeeld_g1.bronnen WHERE object_id = $1";
    let versie: i64 = sqlx::query_scalar(sql).bind(bad).fetch_one(pool).await.expect("a state");
    assert_eq!(versie, 5);
    let check = klantbeeld(&scene.app, &["drift", "check", "--all"]).await;
    assert_eq!(check.code, 0, "{check:?}");
    projector.stop().await.expect("no error");
    relay.stop().await;
}

#[tokio::test]
async fn more_than_may_be_parked_stops_it_and_nothing_of_that_batch_is_kept() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let settings = ProjectorSettings { parked_max: 1, ..ProjectorSettings::default() };
    let projector = follow_with(&scene, settings);
    until("every partition to have an owner", || owned(pool)).await;
    let partijen = scene.partijen(3).await;
    scene.change(&partijen, 1).await;
    send_spoilt(&scene, |_, versie| versie == 2).await;
    let error = projector.ended().await.expect_err("too many");
    assert!(matches!(error, ProjectorError::TooManyParked { max: 1, .. }), "{error:?}");
    let most = "SELECT COALESCE(max(n), 0) FROM (SELECT count(*) AS n FROM projector.geparkeerd
                GROUP BY product) AS counts";
    let most: i64 = sqlx::query_scalar(most).fetch_one(pool).await.expect("a count");
    assert!(most <= 1, "{most}");
}
