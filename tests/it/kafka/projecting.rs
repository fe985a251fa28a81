//! Projectors that take their events from Kafka: processes that share its partitions, come, go and are
//! killed, and what they leave in the tables.

mod drift;
mod faults;
mod generations;
mod group;
mod handover;
mod parked;
pub mod running;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sqlx::PgPool;

use crate::history::Player;
use crate::projection::tables::assert_as_log;
use crate::register::history;
use crate::support::{settled, settled_now, until, until_within};

use super::broker::Broker;
use super::support::Scene;
use running::{KafkaProjector, distinct_owners, follow, source, stop_all};

/// Steps of a history between two events in the life of a projector.
const STEPS: usize = 40;
/// How often projectors come, go and are killed.
const ROUNDS: u8 = 4;
/// Longest time until the partitions of a process that is gone are in other hands, and all is read, on a
/// machine that is busy.
const TAKE_OVER: Duration = Duration::from_secs(20);

/// Waits until so many processes have partitions.
async fn shared_by(pool: &PgPool, count: i64) {
    until_within(TAKE_OVER, "the partitions to be shared", || async {
        (distinct_owners(pool).await == count).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn projectors_that_come_go_and_are_killed_leave_what_the_log_says() {
    let scene = Scene::with(Broker::any()).await;
    let relay = scene.relay();
    let pool = scene.app.pool();
    let player = Player::new(&scene.app).await;
    let mut first = KafkaProjector::start(&scene);
    for round in 0..ROUNDS {
        let second = KafkaProjector::start(&scene);
        player.play(&history(60 + round, STEPS, false), 4).await;
        shared_by(pool, 2).await;
        player.play(&history(80 + round, STEPS, false), 4).await;
        if round % 2 == 0 {
            first.kill();
        } else {
            first.stop().await;
        }
        let gone = Instant::now();
        player.play(&history(90 + round, STEPS, false), 4).await;
        shared_by(pool, 1).await;
        until_within(TAKE_OVER, "the other to take over", || settled_now(pool)).await;
        assert!(gone.elapsed() < TAKE_OVER, "took over after {:?}", gone.elapsed());
        first = second;
    }
    settled(pool).await;
    assert_as_log(pool).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_that_read_the_whole_topic_at_once_make_the_same_rows() {
    // The log is played first, and only then is there anything in Kafka: both work without a pause,
    // on rows that are made of objects in the partitions of both.
    for seed in 0..3 {
        let scene = Scene::with(Broker::any()).await;
        let source = source(&scene);
        let projectors = [follow(&scene, &source, 7), follow(&scene, &source, 7)];
        until("every partition to have an owner", || owned(scene.app.pool())).await;
        let player = Player::new(&scene.app).await;
        player.play(&history(20 + seed, 3 * STEPS, false), 4).await;
        let relay = scene.relay();
        settled(scene.app.pool()).await;
        stop_all(projectors).await;
        assert_as_log(scene.app.pool()).await;
        relay.stop().await;
    }
}

/// Whether somebody has every partition.
async fn owned(pool: &PgPool) -> Option<()> {
    let sql = "SELECT count(*) > 0 AND bool_and(eigenaar IS NOT NULL) FROM projector.partities";
    let owned: Option<bool> = sqlx::query_scalar(sql).fetch_one(pool).await.expect("partitions");
    owned.filter(|owned| *owned).map(drop)
}

#[tokio::test]
async fn what_is_said_of_how_up_to_date_it_is_does_not_run_ahead_of_the_relay() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let projector = follow(&scene, &source(&scene), 100);
    let relay = scene.relay();
    let partijen = scene.partijen(4).await;
    settled(pool).await;
    relay.stop().await;
    scene.change(&partijen, 1).await;
    let beats = "SELECT sum(xmin::text::bigint)::text FROM projector.partities";
    let seen = RefCell::new(BTreeSet::<String>::new());
    until("the projector to look some times", || async {
        let now = sqlx::query_scalar(beats).fetch_one(pool).await.expect("rows");
        seen.borrow_mut().insert(now);
        (seen.borrow().len() > 3).then_some(())
    })
    .await;
    let sql = "SELECT bool_and(c.bijgewerkt_tot <= later.first AND c.positie < later.positie)
               FROM projector.checkpoints c,
                    (SELECT min(tijdstip) AS first, min(positie) AS positie
                     FROM write_side.gebeurtenissen WHERE versie = 2) AS later";
    let honest: Option<bool> = sqlx::query_scalar(sql).fetch_one(pool).await.expect("an answer");
    assert_eq!(honest, Some(true));
    let relay = scene.relay();
    settled(pool).await;
    until("it to be up to date again", || async {
        let sql = "SELECT bool_and(c.bijgewerkt_tot > last.tijdstip) FROM projector.checkpoints c,
                   (SELECT max(tijdstip) AS tijdstip FROM write_side.gebeurtenissen) AS last";
        let fresh: Option<bool> = sqlx::query_scalar(sql).fetch_one(pool).await.expect("an answer");
        fresh.filter(|fresh| *fresh)
    })
    .await;
    relay.stop().await;
    projector.stop().await.expect("no error");
}
