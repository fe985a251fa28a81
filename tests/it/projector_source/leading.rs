//! Who leads, who takes over, and who works together.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use projector::ProjectorSettings;
use tokio::sync::{Notify, Semaphore};

use super::toy::{
    LIMIT, Toy, Writer, epoch, kill, posities, start, start_with, toy, until, until_delivered,
};
use crate::support;

/// How long a take-over may take.
const TAKEOVER: Duration = Duration::from_secs(5);

#[tokio::test]
async fn the_second_projector_takes_over_when_the_first_dies() {
    let database = support::database().await;
    let pool = database.pool();
    let first = start(pool, toy("eerste")).await;
    let mut writer = Writer::connect(pool).await;
    let mut expected = vec![writer.record(1).await];
    until_delivered(pool, &expected).await;
    let second_toy = toy("tweede");
    let second = start(pool, second_toy.clone()).await;
    until("the second waits for the lead", LIMIT, async || {
        let sql = "SELECT EXISTS (SELECT FROM pg_stat_activity
                   WHERE application_name = 'tweede' AND query LIKE '%pg_try_advisory_lock%')";
        sqlx::query_scalar(sql).fetch_one(pool).await.expect("activity")
    })
    .await;
    expected.push(writer.record(1).await);
    until_delivered(pool, &expected).await;
    assert_eq!(second_toy.calls.load(Ordering::SeqCst), 0, "it waits");

    first.task.abort();
    kill(pool, "eerste").await;
    expected.push(writer.record(1).await);
    until("a take-over", TAKEOVER, async || posities(pool).await == expected).await;
    assert_eq!(second_toy.calls.load(Ordering::SeqCst), 1);
    second.finish().await.expect("stopped");
}

#[tokio::test]
async fn a_stale_leader_cannot_commit() {
    let database = support::database().await;
    let pool = database.pool();
    let mut held = toy("oud");
    let gate = Arc::new(Semaphore::new(0));
    held.gate = Some(gate.clone());
    let running = start(pool, held.clone()).await;
    let positie = Writer::connect(pool).await.record(1).await;
    until("a batch under way", LIMIT, async || held.calls.load(Ordering::SeqCst) == 1).await;
    let led = epoch(pool).await;
    // What another leader does first when it takes over.
    sqlx::query("UPDATE projector.checkpoints SET epoch = epoch + 1 WHERE product = 'proef'")
        .execute(pool)
        .await
        .expect("not held up by the old leader's batch");
    gate.add_permits(1);
    until("a second attempt", LIMIT, async || held.calls.load(Ordering::SeqCst) == 2).await;
    assert_eq!(posities(pool).await, [0; 0], "the first attempt left nothing");
    assert_eq!(epoch(pool).await, led + 2, "it stood down, and led again");
    gate.add_permits(1);
    until_delivered(pool, &[positie]).await;
    running.finish().await.expect("stopped");
}

#[tokio::test]
async fn a_product_that_is_added_later_catches_up_and_joins() {
    let database = support::database().await;
    let pool = database.pool();
    let mut writer = Writer::connect(pool).await;
    let running = start(pool, toy("een")).await;
    let mut expected = vec![writer.record(1).await, writer.record(2).await, writer.record(1).await];
    until_delivered(pool, &expected).await;
    running.finish().await.expect("stopped");
    let later = Toy { name: "later", ..toy("twee") };
    let settings = ProjectorSettings { max_batch: 2, ..ProjectorSettings::default() };
    let running = start_with(pool, &[toy("een"), later], settings).await;
    expected.push(writer.record(2).await);
    until_delivered(pool, &expected).await;
    until("both at one cursor", LIMIT, async || {
        let sql = "SELECT count(DISTINCT cursor) = 1 FROM projector.checkpoints
                   WHERE product IN ('proef', 'later')";
        sqlx::query_scalar(sql).fetch_one(pool).await.expect("cursors")
    })
    .await;
    let sql = "SELECT positie FROM read_side.regels_later ORDER BY volgnummer";
    let caught_up: Vec<i64> = sqlx::query_scalar(sql).fetch_all(pool).await.expect("rows");
    assert_eq!(caught_up, expected);
    running.finish().await.expect("stopped");
}

#[tokio::test]
async fn the_hint_of_the_write_side_wakes_an_idle_projector() {
    let database = support::database().await;
    let pool = database.pool();
    let wake = Arc::new(Notify::new());
    let settings = ProjectorSettings {
        max_idle: Duration::from_secs(600),
        wake: Some(wake.clone()),
        ..ProjectorSettings::default()
    };
    let running = start_with(pool, &[toy("een")], settings).await;
    let mut writer = Writer::connect(pool).await;
    let mut expected = Vec::new();
    for _ in 0..3 {
        expected.push(writer.record(1).await);
        wake.notify_one();
        until_delivered(pool, &expected).await;
    }
    running.finish().await.expect("stopped while it waits");
}
