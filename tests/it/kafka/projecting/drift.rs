//! Rows that are not what the log says, while several processes follow Kafka: found by one of them, no
//! false alarms, and repaired under writes.

use std::sync::atomic::{AtomicBool, Ordering};

use projector::ProjectorSettings;
use projector::rebuild::DriftPace;
use sqlx::PgPool;
use uuid::Uuid;

use crate::history::Player;
use crate::kafka::broker::Broker;
use crate::kafka::support::Scene;
use crate::projection::tables::assert_as_log;
use crate::rebuild::command::klantbeeld;
use crate::register::history;
use crate::support::{settled, until};

use super::running::{Following, follow_with, stop_all};
use super::{STEPS, owned};

/// As fast as it goes.
const FAST: DriftPace = DriftPace { keys_per_minute: 1_000_000, percent_max: 100 };
/// Keys that are compared while the writers write.
const KEYS: i64 = 2_000;
/// Key of the advisory lock of the one that checks.
const WATCHING: i64 = 0x6166_7769_6a6b_656e;

fn start(scene: &Scene) -> Following {
    let settings = ProjectorSettings { drift: FAST, max_batch: 100, ..Default::default() };
    follow_with(scene, settings)
}

/// Lets the database remember every alarm, also one that was withdrawn.
async fn remember(pool: &PgPool) {
    let sql = "CREATE TABLE public.alarms (LIKE projector.drift);
        CREATE FUNCTION public.remember() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO public.alarms SELECT NEW.*; RETURN NULL; END';
        CREATE TRIGGER remember AFTER INSERT ON projector.drift
            FOR EACH ROW EXECUTE FUNCTION public.remember()";
    sqlx::raw_sql(sql).execute(pool).await.expect("a trigger");
}

async fn alarms(pool: &PgPool) -> Vec<(String, String, Uuid)> {
    let sql = "SELECT product, tabel, object_id FROM public.alarms";
    sqlx::query_as(sql).fetch_all(pool).await.expect("alarms")
}

async fn checked(pool: &PgPool) -> i64 {
    let sql = "SELECT COALESCE(sum(gecontroleerd), 0)::bigint FROM projector.driftcontrole";
    sqlx::query_scalar(sql).fetch_one(pool).await.expect("a count")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_them_compares_under_writes_without_a_false_alarm_and_finds_what_is_wrong() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let relay = scene.relay();
    remember(pool).await;
    let projectors = [start(&scene), start(&scene), start(&scene)];
    until("every partition to have an owner", || owned(pool)).await;
    let player = Player::new(&scene.app).await;
    // Destroying things is part of a history.
    for seed in 0..u8::MAX {
        player.play(&history(200_u8.wrapping_add(seed), STEPS, true), 4).await;
        settled(pool).await;
        if checked(pool).await > KEYS {
            break;
        }
    }
    assert_eq!(alarms(pool).await, []);
    let watchers = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (classid::bigint << 32) | objid::bigint = $1 AND objsubid = 1";
    let watchers: i64 =
        sqlx::query_scalar(watchers).bind(WATCHING).fetch_one(pool).await.expect("locks");
    assert_eq!(watchers, 1);

    let sql = "UPDATE klantbeeld_g1.klanten SET nummer = 'geheim' WHERE partij_id =
               (SELECT partij_id FROM klantbeeld_g1.klanten ORDER BY 1 LIMIT 1) RETURNING partij_id";
    let wrong: Uuid = sqlx::query_scalar(sql).fetch_one(pool).await.expect("a klant");
    until("it to be found", || async {
        alarms(pool).await.iter().any(|(_, _, object)| *object == wrong).then_some(())
    })
    .await;
    let args = ["drift", "repair", "klantbeeld", &wrong.to_string()];
    let done = klantbeeld(&scene.app, &args).await;
    assert_eq!(done.code, 0, "{done:?}");
    settled(pool).await;
    assert_as_log(pool).await;
    stop_all(projectors).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repairs_and_batches_of_the_same_objects_do_not_undo_each_other() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let relay = scene.relay();
    let projectors = [start(&scene), start(&scene)];
    let partijen = scene.partijen(3).await;
    settled(pool).await;
    let busy = AtomicBool::new(true);
    let repairs = async {
        for round in 0..6 {
            let id = partijen[round % partijen.len()].to_string();
            let one = ["drift", "repair", "klantbeeld", &id];
            let klant = ["rebuild", "klantbeeld", "--klant", &id];
            let done = klantbeeld(&scene.app, if round % 2 == 0 { &one } else { &klant }).await;
            assert_eq!(done.code, 0, "{done:?}");
        }
        busy.store(false, Ordering::SeqCst);
    };
    let writes = async {
        while busy.load(Ordering::SeqCst) {
            scene.change(&partijen, 2).await;
        }
    };
    tokio::join!(repairs, writes);
    scene.change(&partijen, 1).await;
    settled(pool).await;
    stop_all(projectors).await;
    let parked = "SELECT count(*) FROM projector.geparkeerd";
    let parked: i64 = sqlx::query_scalar(parked).fetch_one(pool).await.expect("a count");
    assert_eq!(parked, 0);
    assert_as_log(pool).await;
    relay.stop().await;
}
