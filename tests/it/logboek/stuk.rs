//! A logbook that does not answer: nothing is shown and nothing is done, unless it is not strict.

use std::sync::Arc;

use logboek::{Kanaal, Laag, Logboek, Modus};
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::{BSN, klanten, now, since, verify};
use crate::support::{Answer, App, Persona, answer, logboek_settings, until};

async fn look(app: &App) -> Answer {
    let query =
        "query($bsn: String!) { klantbeeld(voor: { bsn: $bsn }) { klant { weergavenaam } } }";
    let request = app
        .request(Method::POST, graphql::PATH)
        .bearer_auth(app.issuer.token(&Persona::kcc()))
        .json(&json!({ "query": query, "variables": { "bsn": BSN } }));
    answer(request).await
}

async fn rename(app: &App, from: &str, to: &str) {
    let sql = format!("ALTER TABLE logboek.{from} RENAME TO {to}");
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(app.pool()).await.expect("renamed");
}

#[tokio::test]
async fn without_the_logbook_nothing_is_shown_and_nothing_done() {
    let app = App::start().await;
    let (jan, _) = klanten(&app, 0).await;
    app.settled().await;
    for table in ["audit", "verwerkingen", "strengen"] {
        assert_eq!(look(&app).await.status, StatusCode::OK);
        rename(&app, table, "weg").await;
        let held = look(&app).await;
        assert_eq!(held.status, StatusCode::SERVICE_UNAVAILABLE, "{:#}", held.body);
        assert_eq!(held.headers["content-type"], "application/problem+json");
        assert_eq!(held.body["code"], "LOGBOEK_NIET_BESCHIKBAAR");
        assert!(!held.body.to_string().contains("Vries"));
        let read = app.get(&format!("/partijen/{jan}")).await;
        assert_eq!(read.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(read.headers["content-type"], "application/problem+json");
        assert!(!read.body.to_string().contains("Vries"));
        let before = app.positie().await;
        let done = app.try_post("/personen", json!({ "contactnaam": { "voornaam": "An" } })).await;
        assert_eq!(done.status, StatusCode::SERVICE_UNAVAILABLE, "{:#}", done.body);
        assert_eq!(app.positie().await, before, "a handeling that was not logged was done");
        rename(&app, "weg", table).await;
    }
    assert_eq!(look(&app).await.status, StatusCode::OK);
    assert_eq!(verify(&app).await.bevindingen, []);
}

#[tokio::test]
async fn if_not_strict_the_answer_leaves_and_the_loss_is_counted() {
    let app = App::start_without_projector().await;
    let (pool, clock) = (app.pool().clone(), Arc::clone(&app.clock));
    let logboek = Logboek::start(pool, clock, logboek_settings(Modus::Ruim));
    let laag = Laag {
        logboek: logboek.clone(),
        kanaal: Kanaal::Graphql,
        unavailable: Arc::new(|| panic!("an answer was held back")),
    };
    let asked = || async {
        logboek::asks(None);
        logboek::action("vraag");
        "antwoord"
    };
    let router = axum::Router::new()
        .route("/", axum::routing::get(asked))
        .layer(axum::middleware::from_fn_with_state(laag, logboek::logged));
    let ask = || async {
        let request = axum::http::Request::get("/").body(axum::body::Body::empty()).expect("one");
        tower::ServiceExt::oneshot(router.clone(), request).await.expect("an answer").status()
    };
    let begin = now(&app);
    assert_eq!(ask().await, StatusCode::OK);
    until("the line to be kept", || async { (logboek.kept() == 1).then_some(()) }).await;
    rename(&app, "audit", "weg").await;
    assert_eq!(ask().await, StatusCode::OK);
    until("the loss to be counted", || async { (logboek.lost() == 1).then_some(()) }).await;
    rename(&app, "weg", "audit").await;
    assert_eq!(since(&app, &begin).await.audit.len(), 1);
}
