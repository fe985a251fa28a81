//! Reading the log against a real PostgreSQL: nothing lost, nothing twice, per object in order,
//! whatever writers and projectors do.

mod leading;
mod refusals;
mod toy;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use projector::ProjectorSettings;
use sqlx::PgPool;

use self::toy::{
    LIMIT, Writer, delivered, kill, log, open_gaps, posities, start, start_with, toy, until,
    until_delivered, until_settled,
};
use crate::support;

#[tokio::test]
async fn an_event_that_commits_late_is_delivered_late_and_never_lost() {
    let database = support::database().await;
    let pool = database.pool();
    let running = start(pool, toy("een")).await;
    let (mut slow, mut fast) = (Writer::connect(pool).await, Writer::connect(pool).await);
    slow.begin(1).await;
    let late = slow.append().await;
    let early = fast.record(2).await;
    until_delivered(pool, &[early]).await;
    assert_eq!(open_gaps(pool).await, 1);
    slow.sql("COMMIT").await;
    until_delivered(pool, &[early, late]).await;
    until_settled(pool).await;
    running.finish().await.expect("stopped");
}

#[tokio::test]
async fn gaps_of_a_rollback_a_savepoint_and_a_killed_writer_close() {
    let database = support::database().await;
    let pool = database.pool();
    let running = start(pool, toy("een")).await;
    let (mut first, mut other) = (Writer::connect(pool).await, Writer::connect(pool).await);
    first.begin(1).await;
    first.append().await;
    let mut expected = vec![other.record(2).await];
    until_delivered(pool, &expected).await;
    first.sql("ROLLBACK").await;
    until_settled(pool).await;

    first.begin(1).await;
    first.sql("SAVEPOINT hier").await;
    first.append().await;
    first.sql("ROLLBACK TO hier").await;
    let kept = first.append().await;
    expected.push(other.record(2).await);
    until_delivered(pool, &expected).await;
    assert!(open_gaps(pool).await >= 1, "the writer still runs");
    first.sql("COMMIT").await;
    expected.push(kept);
    until_delivered(pool, &expected).await;
    until_settled(pool).await;

    first.begin(1).await;
    first.append().await;
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut first.conn)
        .await
        .expect("a pid");
    expected.push(other.record(2).await);
    until_delivered(pool, &expected).await;
    sqlx::query("SELECT pg_terminate_backend($1)").bind(pid).execute(pool).await.expect("killed");
    until_settled(pool).await;
    assert_eq!(posities(pool).await, expected);
    expected.sort_unstable();
    assert_eq!(log(pool).await, expected);
    running.finish().await.expect("stopped");
}

#[tokio::test]
async fn a_long_transaction_that_does_not_write_to_the_log_stalls_nothing() {
    let database = support::database().await;
    let pool = database.pool();
    let running = start(pool, toy("een")).await;
    let mut unrelated = Writer::connect(pool).await;
    // It has a transaction id, rows in a table of the write side, and a snapshot.
    unrelated.begin(9).await;
    unrelated.sql("SELECT count(*) FROM write_side.gebeurtenissen").await;
    let mut writer = Writer::connect(pool).await;
    let first = writer.record(1).await;
    writer.begin(1).await;
    writer.append().await;
    writer.sql("ROLLBACK").await;
    let second = writer.record(1).await;
    until_delivered(pool, &[first, second]).await;
    until_settled(pool).await;
    unrelated.sql("ROLLBACK").await;
    running.finish().await.expect("stopped");
}

/// A number that looks random, the same in every run.
fn draw(state: &mut u64, below: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % below
}

/// Writes until the end: commits, rolls back, returns to savepoints, is slow, or is killed.
async fn write_anything(pool: PgPool, seed: u64, end: Instant) {
    let mut state = seed;
    let mut writer = Writer::connect(&pool).await;
    while Instant::now() < end {
        writer.begin(u128::from(draw(&mut state, 8))).await;
        for _ in 0..=draw(&mut state, 3) {
            writer.append().await;
        }
        match draw(&mut state, 20) {
            0 => writer.sql("ROLLBACK").await,
            1 => {
                writer.sql("SAVEPOINT hier").await;
                writer.append().await;
                writer.sql("ROLLBACK TO hier; COMMIT").await;
            }
            // Not to wait for anything: slow writers are the load.
            2 => {
                tokio::time::sleep(Duration::from_millis(draw(&mut state, 80))).await;
                writer.sql("COMMIT").await;
            }
            // Its session breaks off in the middle of the transaction.
            3 => writer = Writer::connect(&pool).await,
            _ => writer.sql("COMMIT").await,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_writers_and_projectors_suffer_the_projection_equals_the_log() {
    let database = support::database().await;
    let pool = database.pool();
    let settings = ProjectorSettings { max_batch: 50, ..ProjectorSettings::default() };
    let first = start_with(pool, &[toy("eerste")], settings.clone()).await;
    let second = start_with(pool, &[toy("tweede")], settings).await;
    let end = Instant::now() + Duration::from_secs(4);
    let writers: Vec<_> =
        (1..=6).map(|seed| tokio::spawn(write_anything(pool.clone(), seed, end))).collect();
    for round in 0.. {
        if Instant::now() >= end {
            break;
        }
        tokio::time::sleep(Duration::from_millis(400)).await;
        kill(pool, if round % 2 == 0 { "eerste" } else { "tweede" }).await;
    }
    for writer in writers {
        writer.await.expect("a writer");
    }
    let log = log(pool).await;
    assert!(log.len() > 100, "only {} events", log.len());
    until("as many as in the log", LIMIT, async || delivered(pool).await.len() >= log.len()).await;
    until_settled(pool).await;
    first.finish().await.expect("stopped");
    second.finish().await.expect("stopped");

    let rows = delivered(pool).await;
    let mut versions = BTreeMap::new();
    for (positie, object, versie) in &rows {
        let last = versions.entry(object).or_insert(0);
        assert_eq!(*versie, *last + 1, "order at positie {positie}");
        *last = *versie;
    }
    let mut all: Vec<i64> = rows.into_iter().map(|row| row.0).collect();
    all.sort_unstable();
    assert_eq!(all, log);
}
