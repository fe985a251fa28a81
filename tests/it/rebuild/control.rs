//! Pausing, limiting and looking, on a service that runs.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::command::{fase, klantbeeld, rebuild, served, start_rebuild};
use super::with_history;
use crate::support::{App, open_gap, until};

/// Longest time until a running service has heard a command.
const HEARD: Duration = Duration::from_secs(5);

async fn positie(app: &App, product: &str) -> i64 {
    let sql = "SELECT c.positie FROM projector.checkpoints c
               JOIN projector.generaties g USING (product, generatie)
               WHERE g.actief AND product = $1";
    sqlx::query_scalar(sql).bind(product).fetch_one(app.pool()).await.expect("a position")
}

async fn caught_up(app: &App, product: &str) {
    until("the product to catch up", || async {
        (positie(app, product).await == app.positie().await).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_product_stands_still_and_goes_on_and_the_others_go_on_meanwhile() {
    let app = with_history(16).await;
    let before = positie(&app, "actoren").await;
    assert_eq!(klantbeeld(&app, &["pause", "actoren"]).await.code, 0);
    // The pause raised the epoch: what was under way cannot commit, and later it is left out.
    app.post("/organisatorische-eenheden", json!({ "naam": "Later" })).await;
    caught_up(&app, "klantbeeld").await;
    assert_eq!(positie(&app, "actoren").await, before);
    let told = klantbeeld(&app, &["projecties"]).await;
    let actoren = of(&told.json, "actoren");
    assert_eq!((&actoren["paused"], &actoren["state"]), (&json!(true), &json!("served, paused")));
    assert_eq!(actoren["lagEvents"], 1);
    assert_eq!(klantbeeld(&app, &["resume", "actoren"]).await.code, 0);
    let resumed = Instant::now();
    caught_up(&app, "actoren").await;
    assert!(resumed.elapsed() < HEARD, "{:?}", resumed.elapsed());
}

fn of<'v>(json: &'v Value, product: &str) -> &'v Value {
    let generations = json["generations"].as_array().expect("generations");
    generations.iter().find(|one| one["product"] == product).expect("the product")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_under_way_hears_a_limit_and_a_pause() {
    let app = with_history(17).await;
    let start = start_rebuild(&app, &["klantbeeld", "--batch", "5", "--no-switch"]);
    until("the rebuild to begin", || async { fase(&app, 2).await }).await;
    assert_eq!(klantbeeld(&app, &["pause", "klantbeeld", "--generation", "2"]).await.code, 0);
    let limit = klantbeeld(&app, &["throttle", "klantbeeld", "--per-second", "100000"]).await;
    assert_eq!(limit.code, 0, "{limit:?}");
    let paused = klantbeeld(&app, &["projecties"]).await;
    let generations = paused.json["generations"].as_array().expect("generations");
    let own = generations.iter().find(|one| one["generation"] == 2).expect("the new one");
    assert_eq!((&own["paused"], &own["eventsPerSecondMax"]), (&json!(true), &json!(100_000)));
    assert_eq!(klantbeeld(&app, &["resume", "klantbeeld"]).await.code, 0);
    let done = start.wait_with_output().await.expect("it ends");
    assert!(done.status.success(), "{done:?}");
    assert_eq!(
        (fase(&app, 2).await.as_deref(), served(&app).await["klantbeeld"]),
        (Some("klaar"), 1)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gap_is_listed_with_who_keeps_it_open() {
    let app = App::start().await;
    let none = klantbeeld(&app, &["gaps"]).await;
    assert_eq!((none.code, &none.json["gaps"]), (0, &json!([])), "{none:?}");
    app.post("/organisatorische-eenheden", json!({ "naam": "Eerder" })).await;
    let (slow, pid) = open_gap(&app).await;
    app.post("/organisatorische-eenheden", json!({ "naam": "Later" })).await;
    until("an open gap", || async {
        let found = klantbeeld(&app, &["gaps"]).await;
        let gaps = found.json["gaps"].as_array().cloned().unwrap_or_default();
        let ours = gaps.into_iter().find(|gap| gap["pid"] == pid)?;
        assert!(ours["query"].as_str()?.contains("INSERT INTO"), "{ours:#}");
        assert!(ours["ageSeconds"].as_i64()? >= 0, "{ours:#}");
        Some(())
    })
    .await;
    slow.rollback().await.expect("rolled back");
    app.settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_exist_is_refused() {
    let app = App::start().await;
    for args in [
        &["rebuild", "bestaatniet"][..],
        &["switch", "klantbeeld"],
        &["rollback", "klantbeeld"],
        &["drop", "klantbeeld"],
        &["pause", "klantbeeld", "--generation", "7"],
        &["diff", "klantbeeld"],
    ] {
        let refused = klantbeeld(&app, args).await;
        assert_eq!(refused.code, 4, "{args:?}: {refused:?}");
    }
    assert_eq!(rebuild(&app, &[]).await.code, 2);
    assert!(served(&app).await.values().all(|generatie| *generatie == 1));
}
