//! An event that cannot be folded holds up its own object and nothing else; nothing of it is lost, and
//! rows that are not what the log says are found.

mod drift;
mod gedood;
mod nakijken;
mod overslaan;
mod vernietigd;

use std::sync::Arc;

use clock::SystemClock;
use projector::products::Inrichting;
use projector::rebuild::DriftPace;
use projector::{Projector, ProjectorError, ProjectorSettings};
use serde_json::json;
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::history::Player;
use crate::projection::tables::{copy_of_log, project_at_once, tables};
use crate::rebuild::command::klantbeeld;
use crate::register::history;
use crate::support::App;

/// Steps of the history that is played.
const STEPS: usize = 150;

/// A log that nobody has projected.
async fn with_log(seed: u8) -> App {
    let app = App::start_without_projector().await;
    let player = Player::new(&app).await;
    for more in 0..3 {
        player.play(&history(seed.wrapping_add(more * 40), STEPS, false), 1).await;
    }
    app
}

/// A projector in this process.
struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), ProjectorError>>,
}

impl Running {
    fn start(app: &App, drift: DriftPace) -> Self {
        let settings = ProjectorSettings { drift, max_batch: 50, ..ProjectorSettings::default() };
        let products = projector::products::all(&Inrichting::default());
        let pool = app.pool().clone();
        let projector = Projector::new(pool, Arc::new(SystemClock), products, settings);
        let (stop, stopped) = watch::channel(false);
        Self { stop, task: tokio::spawn(async move { projector.run(stopped).await }) }
    }

    async fn finish(self) {
        self.stop.send_replace(true);
        self.task.await.expect("no panic").expect("no error");
    }
}

/// The second event of a klantcontact that has more, and is not destroyed.
async fn an_event(pool: &PgPool) -> (Uuid, i64) {
    let sql = "SELECT e.object_id, e.positie FROM write_side.gebeurtenissen e
               JOIN write_side.objecten o USING (objectsoort, object_id)
               WHERE e.objectsoort = 'klantcontact' AND e.versie = 2 AND o.versie > 3
                 AND NOT EXISTS (SELECT FROM write_side.gebeurtenissen d
                                 WHERE d.object_id = e.object_id
                                   AND d.soort IN ('InhoudVernietigd', 'KlantcontactVernietigd'))
               ORDER BY e.positie LIMIT 1";
    sqlx::query_as(sql).fetch_one(pool).await.expect("a klantcontact with several events")
}

/// Makes an event one that this program cannot read, or can.
async fn set_schemaversie(pool: &PgPool, positie: i64, schemaversie: i16) {
    let mut tx = pool.begin().await.expect("a transaction");
    for sql in ["ALTER TABLE write_side.gebeurtenissen DISABLE TRIGGER USER"] {
        sqlx::raw_sql(sql).execute(&mut *tx).await.expect("altered");
    }
    sqlx::query("UPDATE write_side.gebeurtenissen SET schemaversie = $2 WHERE positie = $1")
        .bind(positie)
        .bind(schemaversie)
        .execute(&mut *tx)
        .await
        .expect("changed");
    sqlx::raw_sql("ALTER TABLE write_side.gebeurtenissen ENABLE TRIGGER USER")
        .execute(&mut *tx)
        .await
        .expect("altered");
    tx.commit().await.expect("committed");
}

/// The products in which an object is parked, with how many of its events wait.
async fn waiting(pool: &PgPool, object: Uuid) -> Vec<(String, i64)> {
    let sql = "SELECT product, wachtend FROM projector.geparkeerd WHERE object_id = $1 ORDER BY 1";
    sqlx::query_as(sql).bind(object).fetch_all(pool).await.expect("parked")
}

/// How many events of an object the log has from a position on.
async fn from(pool: &PgPool, object: Uuid, positie: i64) -> i64 {
    let sql = "SELECT count(*) FROM write_side.gebeurtenissen
               WHERE object_id = $1 AND positie >= $2";
    sqlx::query_scalar(sql).bind(object).bind(positie).fetch_one(pool).await.expect("a count")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_behind_a_bad_event_is_folded_when_that_is_mended() {
    let app = with_log(1).await;
    let (object, positie) = an_event(app.pool()).await;
    set_schemaversie(app.pool(), positie, 99).await;
    let running = Running::start(&app, DriftPace::default());
    app.settled().await;
    Player::new(&app).await.play(&history(9, STEPS, false), 1).await;
    app.settled().await;
    let waits = from(app.pool(), object, positie).await;
    let parked = waiting(app.pool(), object).await;
    assert!(parked.len() >= 3 && parked.iter().all(|(_, n)| *n == waits), "{waits}: {parked:?}");
    let all: i64 = sqlx::query_scalar("SELECT count(*) FROM projector.geparkeerd")
        .fetch_one(app.pool())
        .await
        .expect("a count");
    assert_eq!(usize::try_from(all), Ok(parked.len()), "only that object");

    let list = klantbeeld(&app, &["parked", "list"]).await;
    assert_eq!((list.code, list.json["parked"].as_array().map(Vec::len)), (3, Some(parked.len())));
    let id = object.to_string();
    let show = klantbeeld(&app, &["parked", "show", "klantbeeld", &id]).await;
    let row = &show.json["parked"][0];
    assert_eq!((show.code, &row["position"], &row["version"]), (3, &json!(positie), &json!(2)));
    let still = klantbeeld(&app, &["parked", "retry", "klantbeeld", &id]).await;
    assert_eq!(still.code, 3, "{still:?}");
    assert_eq!(waiting(app.pool(), object).await, parked);

    set_schemaversie(app.pool(), positie, 1).await;
    for (product, _) in &parked {
        let done = klantbeeld(&app, &["parked", "retry", product, &id]).await;
        assert_eq!(done.code, 0, "{done:?}");
    }
    assert_eq!(klantbeeld(&app, &["parked", "list"]).await.code, 0);
    let refused = klantbeeld(&app, &["parked", "retry", "klantbeeld", &id]).await;
    assert_eq!(refused.code, 4, "{refused:?}");
    Player::new(&app).await.play(&history(19, STEPS, false), 1).await;
    app.settled().await;
    let fresh = copy_of_log(app.pool()).await;
    project_at_once(fresh.pool(), 1000).await;
    assert_eq!(tables(app.pool()).await, tables(fresh.pool()).await);
    running.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_parked_stays_so_through_restarts_and_readers_are_told() {
    let app = with_log(2).await;
    let (object, positie) = an_event(app.pool()).await;
    set_schemaversie(app.pool(), positie, 99).await;
    Running::start(&app, DriftPace::default()).finish().await;
    for seed in [31, 32] {
        let running = Running::start(&app, DriftPace::default());
        Player::new(&app).await.play(&history(seed, STEPS, false), 1).await;
        app.settled().await;
        let waits = from(app.pool(), object, positie).await;
        let parked = waiting(app.pool(), object).await;
        assert!(!parked.is_empty() && parked.iter().all(|(_, n)| *n == waits), "{parked:?}");
        running.finish().await;
    }
    let sql = "SELECT product FROM read_side.actualiteit WHERE geparkeerd = 1 ORDER BY 1";
    let told: Vec<String> = sqlx::query_scalar(sql).fetch_all(app.pool()).await.expect("rows");
    let parked = waiting(app.pool(), object).await;
    assert_eq!(told, parked.into_iter().map(|(product, _)| product).collect::<Vec<_>>());
    let counts = projector::toezicht(app.pool()).await.expect("counts");
    let one = counts.iter().find(|one| one.product == "klantbeeld").expect("klantbeeld");
    let waits = from(app.pool(), object, positie).await;
    assert_eq!((one.geparkeerd, one.wachtend, one.overgeslagen), (1, waits, 0));
}
