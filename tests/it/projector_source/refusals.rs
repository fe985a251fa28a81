//! What the projector refuses, making generations, and what it tells of itself.

use std::sync::atomic::Ordering;

use clock::SystemClock;
use log_source::{AssumptionError, SourceError};
use projector::{ProjectorError, ProjectorSettings, migrate, status};
use sqlx::PgPool;

use super::toy::{
    LIMIT, Running, Toy, Writer, epoch, products, start, start_with, toy, until, until_delivered,
};
use crate::support;

async fn refused(running: Running) -> ProjectorError {
    let ended = tokio::time::timeout(LIMIT, running.task).await.expect("it stops");
    ended.expect("no panic").expect_err("it refuses")
}

/// What is parked: position, event type, cause, and how many events wait.
async fn parked(pool: &PgPool) -> Vec<(i64, String, String, i64)> {
    let sql = "SELECT positie, gebeurtenis, oorzaak, wachtend FROM projector.geparkeerd
               WHERE product = 'proef' ORDER BY positie";
    sqlx::query_as(sql).fetch_all(pool).await.expect("parked")
}

#[tokio::test]
async fn an_event_that_cannot_be_folded_parks_its_object_and_the_others_go_on() {
    let database = support::database().await;
    let pool = database.pool();
    let picky = toy("een");
    let running = start(pool, picky.clone()).await;
    let mut writer = Writer::connect(pool).await;
    let good = writer.record(1).await;
    until_delivered(pool, &[good]).await;
    picky.poison.store(good + 1, Ordering::SeqCst);
    let bad = writer.record(1).await;
    let other = writer.record(2).await;
    writer.record(1).await;
    let last = writer.record(2).await;
    until_delivered(pool, &[good, other, last]).await;
    let cause = "the toy does not like it".to_owned();
    assert_eq!(parked(pool).await, [(bad, "MedewerkerGeregistreerd".to_owned(), cause, 2)]);
    running.finish().await.expect("stopped");
}

#[tokio::test]
async fn rows_that_the_database_refuses_are_traced_to_their_event() {
    let database = support::database().await;
    let pool = database.pool();
    start(pool, toy("een")).await.finish().await.expect("stopped");
    let mut writer = Writer::connect(pool).await;
    let mut all = Vec::new();
    for object in [1, 2, 3, 1, 2, 3, 1, 2] {
        all.push(writer.record(object).await);
    }
    let sql =
        format!("ALTER TABLE proef_g1.regels ADD CONSTRAINT nooit CHECK (positie <> {})", all[4]);
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(pool).await.expect("a constraint");
    let running = start(pool, toy("een")).await;
    let expected: Vec<i64> = [0, 1, 2, 3, 5, 6].map(|place| all[place]).to_vec();
    until_delivered(pool, &expected).await;
    let parked = parked(pool).await;
    assert_eq!((parked.len(), parked[0].0, parked[0].3), (1, all[4], 2), "{parked:?}");
    assert!(parked[0].2.contains("23514") && parked[0].2.contains("nooit"), "{parked:?}");
    running.finish().await.expect("stopped");
}

#[tokio::test]
async fn an_event_of_an_unknown_type_parks_its_object() {
    let database = support::database().await;
    let pool = database.pool();
    let running = start(pool, toy("een")).await;
    let mut writer = Writer::connect(pool).await;
    writer.begin(1).await;
    let strange = writer.append_as("KlantVerdwenen").await;
    writer.sql("COMMIT").await;
    let other = writer.record(2).await;
    until_delivered(pool, &[other]).await;
    let parked = parked(pool).await;
    assert_eq!((parked.len(), parked[0].0), (1, strange), "{parked:?}");
    assert_eq!((parked[0].1.as_str(), parked[0].3), ("KlantVerdwenen", 1), "{parked:?}");
    running.finish().await.expect("stopped");
}

#[tokio::test]
async fn more_than_may_be_parked_stop_the_projector_and_nothing_of_the_batch_is_kept() {
    let database = support::database().await;
    let pool = database.pool();
    start(pool, toy("een")).await.finish().await.expect("stopped");
    let mut writer = Writer::connect(pool).await;
    for object in 1..=3 {
        writer.begin(object).await;
        writer.append_as("KlantVerdwenen").await;
        writer.sql("COMMIT").await;
    }
    let settings = ProjectorSettings { parked_max: 2, ..ProjectorSettings::default() };
    match refused(start_with(pool, &[toy("een")], settings).await).await {
        ProjectorError::TooManyParked { product, nieuw, max, .. } => {
            assert_eq!((product, nieuw, max), ("proef", 3, 2));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(parked(pool).await, []);
    let settings = ProjectorSettings { parked_max: 3, ..ProjectorSettings::default() };
    let running = start_with(pool, &[toy("een")], settings).await;
    until("all three to be parked", LIMIT, async || parked(pool).await.len() == 3).await;
    running.finish().await.expect("stopped");
}

#[tokio::test]
async fn another_version_of_a_product_is_refused_and_reported() {
    let database = support::database().await;
    let pool = database.pool();
    start(pool, toy("een")).await.finish().await.expect("stopped");
    let newer = Toy { version: 2, ..toy("een") };
    let refusal = refused(start(pool, newer.clone()).await).await;
    assert!(
        matches!(refusal, ProjectorError::OtherVersion { in_code: 2, in_table: 1, .. }),
        "{refusal:?}"
    );
    let all = status(pool, &products(&[newer]), &SystemClock).await.expect("a status");
    let one = all.iter().find(|one| one.product == "proef").expect("the toy");
    assert_eq!((one.versie_in_code, one.versie_in_tabel), (Some(2), Some(1)));
    assert!(one.must_be_rebuilt());
}

#[tokio::test]
async fn a_log_that_hands_out_positions_in_advance_is_refused() {
    let database = support::database().await;
    let pool = database.pool();
    let alter = "ALTER TABLE write_side.gebeurtenissen ALTER COLUMN positie SET CACHE 20";
    sqlx::raw_sql(alter).execute(pool).await.expect("altered");
    let refusal = refused(start(pool, toy("een")).await).await;
    assert!(
        matches!(
            refusal,
            ProjectorError::Open(SourceError::Assumption(AssumptionError::Sequence {
                cache: 20,
                ..
            }))
        ),
        "{refusal:?}"
    );
}

async fn count(pool: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(pool).await.expect(sql)
}

#[tokio::test]
async fn generations_are_made_once_however_many_start_at_once() {
    let database = support::database().await;
    let pool = database.pool();
    let toys = products(&[toy("een"), Toy { name: "later", ..toy("een") }]);
    let (a, b, c) = tokio::join!(migrate(pool, &toys), migrate(pool, &toys), migrate(pool, &toys));
    for made in [a, b, c] {
        made.expect("migrated");
    }
    let of_ours = "SELECT count(*) FROM projector.checkpoints WHERE product IN ('proef', 'later')";
    assert_eq!(count(pool, of_ours).await, 2);
    assert_eq!(count(pool, "SELECT count(*) FROM read_side.regels").await, 0);
    assert_eq!(count(pool, "SELECT count(*) FROM read_side.proef_bronnen").await, 0);
    assert_eq!(count(pool, "SELECT count(*) FROM later_g1.bronnen").await, 0);
    let clash = products(&[Toy { name: "botst", ..toy("een") }]);
    let refusal = migrate(pool, &clash).await.expect_err("its table has the name of another's");
    assert!(matches!(refusal, ProjectorError::Create { product: "botst", .. }), "{refusal:?}");
    let left = "SELECT count(*) FROM pg_namespace WHERE nspname = 'botst_g1'";
    assert_eq!(count(pool, left).await, 0, "nothing is left of it");
    let twins = products(&[toy("een"), toy("twee")]);
    let refusal = migrate(pool, &twins).await.expect_err("twins");
    assert!(matches!(refusal, ProjectorError::Twice { product: "proef" }), "{refusal:?}");
}

#[tokio::test]
async fn the_status_tells_what_is_behind_and_how_old_it_is() {
    let database = support::database().await;
    let pool = database.pool();
    let toys = products(&[toy("een")]);
    let running = start(pool, toy("een")).await;
    let mut writer = Writer::connect(pool).await;
    let first = writer.record(1).await;
    until_delivered(pool, &[first]).await;
    until("complete up to a moment after the event", LIMIT, async || {
        let sql = "SELECT bijgewerkt_tot > tijdstip FROM projector.checkpoints,
                       write_side.gebeurtenissen WHERE product = 'proef'";
        sqlx::query_scalar(sql).fetch_one(pool).await.expect("a moment")
    })
    .await;
    running.finish().await.expect("stopped");
    assert_eq!(epoch(pool).await, 1);
    let last = writer.record(1).await;
    let all = status(pool, &toys, &SystemClock).await.expect("a status");
    let one = all.iter().find(|one| one.product == "proef").expect("the toy");
    assert_eq!((one.positie, one.laatste_positie, one.achterstand), (first, last, 1));
    assert_eq!((one.gebeurtenissen, one.open_gaten, one.generatie), (1, 0, Some(1)));
    assert!(one.actief && one.oud.is_some_and(|oud| oud.num_seconds() < 60));
}
