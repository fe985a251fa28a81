//! What readers see: the switch, the way back, and dropping.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::command::{fase, klantbeeld, rebuild, served};
use super::with_history;
use crate::support::{App, Persona, until};

/// A question about the only klant that matters here.
const QUESTION: &str =
    "query ($bsn: String!) { klantbeeld(voor: { bsn: $bsn }) { klant { weergavenaam } } }";

async fn ask(app: &App, bsn: &str) -> Value {
    let request = app
        .request(reqwest::Method::POST, graphql::PATH)
        .bearer_auth(app.issuer.token(&Persona::kcc()))
        .json(&json!({ "query": QUESTION, "variables": { "bsn": bsn } }));
    crate::support::answer(request).await.body
}

/// The BSN of a klant.
async fn klant(app: &App) -> String {
    let sql = "SELECT bsn FROM read_side.klanten WHERE bsn IS NOT NULL ORDER BY 1 LIMIT 1";
    sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("a klant")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_service_answers_from_the_new_generation_at_once_and_without_an_error() {
    let app = Arc::new(with_history(8).await);
    assert_eq!(rebuild(&app, &["klantbeeld", "--no-switch"]).await.code, 0);
    switch_under_questions(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_service_goes_on_with_a_generation_that_has_other_columns() {
    let app = Arc::new(with_history(18).await);
    assert_eq!(rebuild(&app, &["klantbeeld", "--no-switch"]).await.code, 0);
    // One more, and two in another place: what the service has prepared names columns, not places.
    for table in ["klanten", "klant_contacten", "klant_taken"] {
        let sql = format!(
            "ALTER TABLE klantbeeld_g2.{table} ADD COLUMN erbij text NOT NULL DEFAULT 'meer';
             ALTER TABLE klantbeeld_g2.{table} ADD COLUMN verplaatst json;
             UPDATE klantbeeld_g2.{table} SET verplaatst = document;
             ALTER TABLE klantbeeld_g2.{table} DROP COLUMN document;
             ALTER TABLE klantbeeld_g2.{table} RENAME COLUMN verplaatst TO document"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(app.pool()).await.expect("other columns");
    }
    switch_under_questions(&app).await;
    app.post("/organisatorische-eenheden", json!({ "naam": "Later" })).await;
    app.settled().await;
}

/// Switches to the generation that waits and back, while others ask all the time and must always
/// get an answer.
async fn switch_under_questions(app: &Arc<App>) {
    let bsn = klant(app).await;
    let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (app, bsn, stop) = (Arc::clone(app), bsn.clone(), Arc::clone(&stop));
            let asked = Arc::clone(&asked);
            tokio::spawn(async move {
                while !stop.load(Ordering::SeqCst) {
                    let answer = ask(&app, &bsn).await;
                    assert!(answer.get("errors").is_none(), "{answer:#}");
                    assert!(answer["data"]["klantbeeld"]["klant"].is_object(), "{answer:#}");
                    asked.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    for command in ["switch", "rollback", "rollback", "rollback"] {
        let before = asked.load(Ordering::SeqCst);
        until("some answers", || async {
            (asked.load(Ordering::SeqCst) > before + 20).then_some(())
        })
        .await;
        let done = klantbeeld(app, &[command, "klantbeeld"]).await;
        assert_eq!(done.code, 0, "{done:?}");
        let locked = done.json["lockedMilliseconds"].as_f64().expect("a time");
        assert!(Duration::from_secs_f64(locked / 1000.0) < Duration::from_secs(1), "{done:?}");
        // What the row says now is what the service says next.
        let mark = format!("na {command} {before}");
        mark_served(app, &bsn, &mark).await;
        let answer = ask(app, &bsn).await;
        assert_eq!(answer["data"]["klantbeeld"]["klant"]["weergavenaam"], json!(mark));
    }
    stop.store(true, Ordering::SeqCst);
    for reader in readers {
        reader.await.expect("no error");
    }
}

/// Gives the klant another name in the generation that is served, and in no other.
async fn mark_served(app: &App, bsn: &str, mark: &str) {
    let generatie = served(app).await["klantbeeld"];
    let sql = format!(
        "UPDATE klantbeeld_g{generatie}.klanten
         SET document = jsonb_set(document::jsonb, '{{weergavenaam}}', to_jsonb($2::text))::json
         WHERE bsn = $1"
    );
    let done = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(bsn)
        .bind(mark)
        .execute(app.pool())
        .await
        .expect("an update");
    assert!(done.rows_affected() > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_old_generation_follows_until_it_is_dropped() {
    let app = with_history(9).await;
    assert_eq!(rebuild(&app, &["klantbeeld"]).await.code, 0);
    app.post("/organisatorische-eenheden", json!({ "naam": "Later" })).await;
    // It waits for every generation, also the one that readers no longer see.
    app.settled().await;
    let back = klantbeeld(&app, &["rollback", "klantbeeld"]).await;
    assert_eq!((back.code, &back.json["to"]), (0, &json!(1)), "{back:?}");
    let again = klantbeeld(&app, &["rollback", "klantbeeld"]).await;
    assert_eq!((again.code, &again.json["to"]), (0, &json!(2)), "{again:?}");

    let refused = klantbeeld(&app, &["drop", "klantbeeld", "--generation", "2"]).await;
    assert_eq!((refused.code, served(&app).await["klantbeeld"]), (4, 2), "{refused:?}");
    let dropped = klantbeeld(&app, &["drop", "klantbeeld"]).await;
    assert_eq!((dropped.code, &dropped.json["generations"]), (0, &json!([1])), "{dropped:?}");
    assert_eq!(fase(&app, 1).await, None);
    let schema: Option<String> =
        sqlx::query_scalar("SELECT to_regnamespace('klantbeeld_g1')::text")
            .fetch_one(app.pool())
            .await
            .expect("an answer");
    assert_eq!(schema, None);
    let refused = klantbeeld(&app, &["rollback", "klantbeeld"]).await;
    assert_eq!(refused.code, 4, "{refused:?}");
    app.post("/organisatorische-eenheden", json!({ "naam": "Daarna" })).await;
    app.settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_service_a_rebuild_follows_the_log_itself() {
    let app = App::start_without_projector().await;
    for naam in ["Een", "Twee"] {
        app.post("/organisatorische-eenheden", json!({ "naam": naam })).await;
    }
    let done = rebuild(&app, &["actoren"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let names: Vec<String> = sqlx::query_scalar("SELECT naam FROM read_side.actoren ORDER BY 1")
        .fetch_all(app.pool())
        .await
        .expect("rows");
    assert_eq!(names, ["Een", "Twee"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_generation_of_another_version_is_not_served_while_a_service_runs_that_has_not_got_it() {
    let app = with_history(10).await;
    assert_eq!(rebuild(&app, &["klantbeeld", "--no-switch"]).await.code, 0);
    sqlx::query(
        "UPDATE projector.generaties SET versie = versie + 1
         WHERE product = 'klantbeeld' AND generatie = 2",
    )
    .execute(app.pool())
    .await
    .expect("another version");
    let refused = klantbeeld(&app, &["switch", "klantbeeld", "--generation", "2"]).await;
    assert_eq!(refused.code, 4, "{refused:?}");
    assert!(refused.said.contains("stop it, switch"), "{refused:?}");
    assert_eq!(served(&app).await["klantbeeld"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_product_of_an_older_version_is_not_served_until_it_is_rebuilt() {
    let app = App::start_without_projector().await;
    for naam in ["Een", "Twee"] {
        app.post("/organisatorische-eenheden", json!({ "naam": naam })).await;
    }
    // As an older program left it: with another row, and without a column.
    sqlx::raw_sql(
        "UPDATE projector.generaties SET versie = 0 WHERE product = 'actoren';
         DROP VIEW read_side.actoren;
         ALTER TABLE actoren_g1.actoren DROP COLUMN actief;
         CREATE VIEW read_side.actoren AS TABLE actoren_g1.actoren;
         INSERT INTO actoren_g1.actoren (actor_id, hoofd, soort, naam)
         SELECT id, id, 'medewerker', 'Oud' FROM gen_random_uuid() id",
    )
    .execute(app.pool())
    .await
    .expect("an older generation");
    let products = projector::products::all(&projector::products::Inrichting::default());
    let check = async || klantbeeld::migrations::check(app.pool(), &products, &*app.clock).await;
    let refused = check().await.expect_err("refused").to_string();
    assert!(refused.contains("klantbeeld rebuild actoren"), "{refused}");
    assert_eq!(klantbeeld(&app, &["projecties"]).await.code, 3);

    let done = rebuild(&app, &["actoren", "--no-switch"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let diff = &done.json["rebuilt"][0]["difference"][0];
    assert_eq!((&diff["added"], &diff["removed"]), (&json!(2), &json!(1)), "{diff:#}");
    assert!(check().await.is_err(), "readers see the old one still");
    assert_eq!(klantbeeld(&app, &["switch", "actoren"]).await.code, 0);
    check().await.expect("this program's version is served");
    let sql = "SELECT naam FROM read_side.actoren WHERE actief ORDER BY 1";
    let names: Vec<String> = sqlx::query_scalar(sql).fetch_all(app.pool()).await.expect("rows");
    assert_eq!(names, ["Een", "Twee"]);
}
