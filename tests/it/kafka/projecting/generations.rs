//! Rebuilding, switching and going back while Kafka is followed.

use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::PgPool;

use crate::history::Player;
use crate::kafka::broker::Broker;
use crate::kafka::support::Scene;
use crate::projection::tables::{assert_as_log, tables};
use crate::rebuild::command::{klantbeeld, rebuild, served};
use crate::register::history;
use crate::support::{settled, until};

use super::faults::{batch_waits, hold_batches};
use super::running::{follow, source, stop_all};
use super::{STEPS, owned};

/// How many generations of klantbeeld have a place in Kafka, and whether all are at the same places.
async fn together(pool: &PgPool) -> (i64, bool) {
    let sql = "SELECT count(DISTINCT generatie), bool_and(lowest = highest) FROM (
                   SELECT generatie, min(volgende) OVER w AS lowest, max(volgende) OVER w AS highest
                   FROM projector.partities WHERE product = 'klantbeeld'
                   WINDOW w AS (PARTITION BY partitie)) AS places";
    sqlx::query_as(sql).fetch_one(pool).await.expect("places")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_product_is_rebuilt_switched_and_switched_back_under_writes() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let relay = scene.relay();
    let source = source(&scene);
    let projectors = [follow(&scene, &source, 200), follow(&scene, &source, 200)];
    let player = Player::new(&scene.app).await;
    player.play(&history(11, 3 * STEPS, false), 4).await;
    until("every partition to have an owner", || owned(pool)).await;

    let busy = AtomicBool::new(true);
    let commands = async {
        let done = rebuild(&scene.app, &["--all", "--batch", "20"]).await;
        assert_eq!(done.code, 0, "{done:?}");
        assert!(served(&scene.app).await.values().all(|generatie| *generatie == 2));
        for round in 0..4 {
            let done = klantbeeld(&scene.app, &["rollback", "klantbeeld"]).await;
            assert_eq!(done.code, 0, "{done:?}");
            assert_eq!(served(&scene.app).await["klantbeeld"], 1 + round % 2, "{done:?}");
        }
        busy.store(false, Ordering::SeqCst);
    };
    let writes = async {
        for seed in 0.. {
            player.play(&history(100 + seed % 100, STEPS / 2, false), 2).await;
            // No more than it can follow: otherwise this would measure the machine.
            settled(pool).await;
            if !busy.load(Ordering::SeqCst) {
                break;
            }
        }
    };
    tokio::join!(commands, writes);
    settled(pool).await;
    until("both generations to be at the same places", || async {
        (together(pool).await == (2, true)).then_some(())
    })
    .await;

    // Both are what the log says.
    let good = klantbeeld(&scene.app, &["verify", "klantbeeld"]).await;
    assert_eq!(good.code, 0, "{good:?}");
    assert_as_log(pool).await;
    let before = tables(pool).await;
    let back = klantbeeld(&scene.app, &["rollback", "klantbeeld"]).await;
    assert_eq!(back.code, 0, "{back:?}");
    assert_eq!(tables(pool).await, before, "nothing is taken away");

    // The other one is dropped, and the work goes on.
    let dropped = klantbeeld(&scene.app, &["drop", "klantbeeld"]).await;
    assert_eq!(dropped.code, 0, "{dropped:?}");
    player.play(&history(12, STEPS, false), 2).await;
    settled(pool).await;
    assert_as_log(pool).await;
    stop_all(projectors).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_generation_is_verified_without_a_false_alarm_while_it_follows() {
    let scene = Scene::with(Broker::any()).await;
    let relay = scene.relay();
    let projector = follow(&scene, &source(&scene), 200);
    let player = Player::new(&scene.app).await;
    player.play(&history(13, STEPS, false), 4).await;
    let busy = AtomicBool::new(true);
    let commands = async {
        for _ in 0..6 {
            let good = klantbeeld(&scene.app, &["verify", "klantbeeld"]).await;
            assert_eq!(good.code, 0, "{good:?}");
        }
        busy.store(false, Ordering::SeqCst);
    };
    let writes = async {
        for seed in 0.. {
            player.play(&history(150 + seed % 100, STEPS / 2, false), 2).await;
            settled(scene.app.pool()).await;
            if !busy.load(Ordering::SeqCst) {
                break;
            }
        }
    };
    tokio::join!(commands, writes);
    projector.stop().await.expect("no error");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_paused_stands_still_and_goes_on_where_it_was() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let relay = scene.relay();
    let projector = follow(&scene, &source(&scene), 200);
    let partijen = scene.partijen(4).await;
    settled(pool).await;
    assert_eq!(klantbeeld(&scene.app, &["pause", "klantbeeld"]).await.code, 0);
    let positie = |product: &'static str| async move {
        let sql = "SELECT positie FROM projector.checkpoints WHERE product = $1";
        let positie: i64 =
            sqlx::query_scalar(sql).bind(product).fetch_one(pool).await.expect("one");
        positie
    };
    let before = positie("klantbeeld").await;
    scene.change(&partijen, 3).await;
    let end = scene.app.positie().await;
    until("the others to be up to date", || async {
        (positie("werkvoorraad").await == end).then_some(())
    })
    .await;
    assert_eq!(positie("klantbeeld").await, before);
    assert_eq!(klantbeeld(&scene.app, &["resume", "klantbeeld"]).await.code, 0);
    settled(pool).await;
    projector.stop().await.expect("no error");
    assert_as_log(pool).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_generation_that_is_dropped_in_the_middle_of_a_batch_stops_nobody() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let relay = scene.relay();
    let projector = follow(&scene, &source(&scene), 200);
    let partijen = scene.partijen(4).await;
    settled(pool).await;
    assert_eq!(rebuild(&scene.app, &["klantbeeld"]).await.code, 0);
    // Its next batch waits before it begins with the old generation.
    let other = hold_batches(pool).await;
    scene.change(&partijen, 1).await;
    batch_waits(pool).await;
    let dropped = klantbeeld(&scene.app, &["drop", "klantbeeld"]).await;
    assert_eq!(dropped.code, 0, "{dropped:?}");
    other.commit().await.expect("committed");
    scene.change(&partijen, 1).await;
    settled(pool).await;
    projector.stop().await.expect("no error");
    assert_as_log(pool).await;
    relay.stop().await;
}
