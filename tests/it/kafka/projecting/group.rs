//! Who has which partition: dealt out among those who live, and known to whoever wants to switch.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use sqlx::PgPool;

use crate::kafka::broker::{Broker, PARTITIONS};
use crate::kafka::support::Scene;
use crate::projection::tables::assert_as_log;
use crate::rebuild::command::{klantbeeld, rebuild, served};
use crate::support::{settled, settled_now, until, until_within};

use super::running::{KafkaProjector, distinct_owners};
use super::shared_by;

/// Longest time until another goes on with what a killed process had.
const AFTER_KILL: Duration = Duration::from_secs(5);
/// The same for one that hangs: it is not believed to for 3 s, and a batch under way is ended
/// after 4 s.
const AFTER_HANG: Duration = Duration::from_secs(8);

/// How many partitions the process has that has fewest.
async fn fewest(pool: &PgPool) -> i64 {
    let sql = "SELECT min(n) FROM (SELECT count(*) AS n FROM projector.partities
               WHERE product = 'klantbeeld' GROUP BY eigenaar) AS counts";
    sqlx::query_scalar(sql).fetch_one(pool).await.expect("partitions")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_process_had_is_read_on_within_five_seconds() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let relay = scene.relay();
    let partijen = scene.partijen(3 * usize::try_from(PARTITIONS).expect("a number")).await;
    let mut first = KafkaProjector::start(&scene);
    for _ in 0..3 {
        let second = KafkaProjector::start(&scene);
        shared_by(pool, 2).await;
        assert!(fewest(pool).await >= i64::from(PARTITIONS / 2));
        settled(pool).await;
        first.kill();
        let gone = Instant::now();
        scene.change(&partijen, 1).await;
        until_within(AFTER_KILL, "the other to go on", || settled_now(pool)).await;
        println!("what a killed process had was read on after {:?}", gone.elapsed());
        assert_eq!(distinct_owners(pool).await, 1);
        first = second;
    }
    assert_as_log(pool).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_hanging_process_had_is_read_on_and_it_may_come_back() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let relay = scene.relay();
    let partijen = scene.partijen(8).await;
    let (mut first, mut second) = (KafkaProjector::start(&scene), KafkaProjector::start(&scene));
    shared_by(pool, 2).await;
    settled(pool).await;
    first.signal(Signal::SIGSTOP);
    let gone = Instant::now();
    scene.change(&partijen, 1).await;
    until_within(AFTER_HANG, "the other to go on", || settled_now(pool)).await;
    println!("what a hanging process had was read on after {:?}", gone.elapsed());
    first.signal(Signal::SIGCONT);
    shared_by(pool, 2).await;
    scene.change(&partijen, 2).await;
    settled(pool).await;
    first.stop().await;
    second.stop().await;
    assert_as_log(pool).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_switch_is_refused_that_one_of_them_could_not_go_on_with() {
    let scene = Scene::with(Broker::any()).await;
    let pool = scene.app.pool();
    let relay = scene.relay();
    let mut projectors = [KafkaProjector::start(&scene), KafkaProjector::start(&scene)];
    shared_by(pool, 2).await;
    scene.partijen(3).await;
    settled(pool).await;
    let listed = klantbeeld(&scene.app, &["projecties"]).await;
    let leaders = listed.json["leaders"].as_array().expect("a list");
    assert_eq!(leaders.len(), 2, "{listed:?}");
    let topic = scene.settings.intern_topic.as_deref();
    assert!(leaders.iter().all(|one| one["topic"].as_str() == topic), "{listed:?}");

    assert_eq!(rebuild(&scene.app, &["klantbeeld", "--no-switch"]).await.code, 0);
    let versions = async |versie: &str| {
        let sql =
            "UPDATE projector.leider SET versies = versies || jsonb_build_object('klantbeeld',
                   $1::text) WHERE pid = (SELECT max(pid) FROM projector.leider)";
        sqlx::query(sql).bind(versie).execute(pool).await.expect("another version");
    };
    let of = "SELECT versies->>'klantbeeld' FROM projector.leider LIMIT 1";
    let own: String = sqlx::query_scalar(of).fetch_one(pool).await.expect("a version");
    versions("77").await;
    let refused = klantbeeld(&scene.app, &["switch", "klantbeeld"]).await;
    assert_eq!((refused.code, served(&scene.app).await["klantbeeld"]), (4, 1), "{refused:?}");
    versions(&own).await;
    let done = klantbeeld(&scene.app, &["switch", "klantbeeld"]).await;
    assert_eq!((done.code, served(&scene.app).await["klantbeeld"]), (0, 2), "{done:?}");
    for projector in &mut projectors {
        projector.stop().await;
    }
    until("nobody to lead", || async {
        let listed = klantbeeld(&scene.app, &["projecties"]).await;
        (listed.json["leaders"].as_array().map(Vec::len) == Some(0)).then_some(())
    })
    .await;
    relay.stop().await;
}
