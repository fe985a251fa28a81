//! Rebuilding beside what is served: the new generation is what the live projection would have made,
//! whatever happens meanwhile; nobody sees it before it is good, and one can go back.

mod broken_off;
pub mod command;
mod control;
mod pace;
mod switching;
mod terminal;
mod versions;
mod wrong;

use serde_json::Value;

use crate::history::Player;
use crate::projection::tables::tables;
use crate::register::history;
use crate::support::App;
use command::{klantbeeld, rebuild, served};

/// Steps of the history that is played.
const STEPS: usize = 150;

/// Events that a history has at the least.
const EVENTS: i64 = 200;

/// Where a gate stands that holds up a new generation of klantbeeld at this change of its phase.
pub fn on_phase(change: &str) -> String {
    let condition = format!("NEW.product = 'klantbeeld' AND NEW.generatie = 2 AND ({change})");
    format!("BEFORE UPDATE ON projector.generaties FOR EACH ROW WHEN ({condition})")
}

/// A service with a history behind it, in which klanten have contactverzoeken.
pub async fn with_history(seed: u8) -> App {
    let app = App::start().await;
    let player = Player::new(&app).await;
    for more in 0.. {
        player.play(&history(seed.wrapping_add(more * 40), STEPS, false), 1).await;
        app.settled().await;
        let sql = "SELECT count(*) FROM read_side.klant_taken";
        let taken: i64 = sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("a count");
        if taken > 2 && app.positie().await > EVENTS {
            break;
        }
    }
    app
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_product_rebuilt_under_writes_is_what_the_live_projection_made() {
    for (seed, memory) in [(0, "0"), (1, "256")] {
        let app = with_history(seed).await;
        let player = Player::new(&app).await;
        let steps = history(seed + 20, STEPS, false);
        let args = ["--all", "--no-switch", "--batch", "20", "--memory", memory];
        let (done, ()) = tokio::join!(rebuild(&app, &args), player.play(&steps, 1));
        assert_eq!(done.code, 0, "{done:?}");
        app.settled().await;
        let before = tables(app.pool()).await;
        for product in served(&app).await.keys() {
            let switched = klantbeeld(&app, &["switch", product]).await;
            assert_eq!(switched.code, 0, "{switched:?}");
        }
        assert!(served(&app).await.values().all(|generatie| *generatie == 2));
        assert_eq!(tables(app.pool()).await, before, "seed {seed}, memory {memory}");
        for rebuilt in done.json["rebuilt"].as_array().expect("a list") {
            assert_eq!(rebuilt["verification"]["good"], true, "{rebuilt:#}");
            // The history has no zaaksleutels.
            let is_empty = rebuilt["product"] == "zaken";
            assert_eq!(rebuilt["verification"]["replayed"] == 0, is_empty, "{rebuilt:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_indexes_of_a_rebuilt_generation_are_those_of_the_first() {
    let app = with_history(2).await;
    assert_eq!(rebuild(&app, &["--all"]).await.code, 0);
    let indexes = async |generatie: &str| -> Vec<String> {
        let sql = "SELECT replace(indexdef, schemaname || '.', '') FROM pg_indexes
                   WHERE schemaname LIKE '%\\_g' || $1 ORDER BY schemaname, 1";
        sqlx::query_scalar(sql).bind(generatie).fetch_all(app.pool()).await.expect("indexes")
    };
    let first = indexes("1").await;
    assert!(first.len() > 15, "{first:#?}");
    assert_eq!(indexes("2").await, first);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_tells_and_changes_nothing() {
    let app = with_history(3).await;
    let state = async || -> Vec<String> {
        let sql = "SELECT (c.product, c.generatie, c.epoch, g.fase, g.actief)::text
                   FROM projector.checkpoints c JOIN projector.generaties g
                       USING (product, generatie)
                   UNION ALL SELECT nspname::text FROM pg_namespace
                   WHERE nspname NOT LIKE 'pg\\_%temp\\_%' ORDER BY 1";
        sqlx::query_scalar(sql).fetch_all(app.pool()).await.expect("rows")
    };
    let before = state().await;
    let told = rebuild(&app, &["--all", "--dry-run"]).await;
    assert_eq!((told.code, state().await), (0, before));
    let estimates = told.json["estimates"].as_array().expect("estimates").clone();
    assert_eq!(estimates.len(), served(&app).await.len());
    let positions = |one: &Value| one["positions"].as_i64();
    assert!(estimates.iter().all(|one| positions(one) == Some(last(&estimates))), "{told:?}");
}

fn last(estimates: &[Value]) -> i64 {
    let last = estimates.iter().filter_map(|one| one["positions"].as_i64()).max();
    let last = last.expect("a position");
    assert!(last > EVENTS, "{last}");
    last
}
