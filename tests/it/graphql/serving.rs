//! The GraphQL side as a process serves it: with connections of its own, and its figures.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use graphql::{Explorer, Introspection, Settings};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{App, Persona, until};

/// Most bytes of an answer.
const ANSWER_MAX: usize = 1024 * 1024;
const QUERY: &str = "query K { klantbeeld(voor: {bsn: \"999990019\"}) { klant { klantId } } }";

fn service(app: &App, graphql: Settings) -> Router {
    klantbeeld::app::App::new(app.parts(graphql)).expect("a service").router()
}

async fn send(router: &Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.clone().oneshot(request).await.expect("an answer");
    let status = response.status();
    let body = to_bytes(response.into_body(), ANSWER_MAX).await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("text"))
}

async fn get(router: &Router, path: &str) -> (StatusCode, String) {
    send(router, Request::get(path).body(Body::empty()).expect("a request")).await
}

async fn ask(app: &App, router: &Router, query: &str) -> (StatusCode, Value) {
    let token = app.issuer.token(&Persona::kcc().claim("azp", json!("desk")));
    let request = Request::post(graphql::PATH)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from(json!({ "query": query }).to_string()));
    let (status, text) = send(router, request.expect("a request")).await;
    (status, serde_json::from_str(&text).expect("JSON"))
}

/// How many statements wait for a lock in the database of the service.
async fn waiting(app: &App) -> i64 {
    let sql = "SELECT count(*) FROM pg_stat_activity
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("a count")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_takes_too_long_ends_in_the_database_too() {
    let app = App::start_without_projector().await;
    let time_limit = Duration::from_secs(1);
    let router = service(&app, Settings { time_limit, ..Settings::default() });
    let mut lock = app.pool().begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE read_side.klanten IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *lock)
        .await
        .expect("the lock");
    let waits =
        until("the statement to wait", || async { (waiting(&app).await > 0).then_some(()) });
    let (answer, ()) = tokio::join!(ask(&app, &router, QUERY), waits);
    assert_eq!(answer.0, StatusCode::GATEWAY_TIMEOUT, "{}", answer.1);
    assert_eq!(answer.1["code"], "TE_LANG");
    // The lock is still held: nothing but the end of the statement ends its waiting.
    until("the statement to end", || async { (waiting(&app).await == 0).then_some(()) }).await;
    lock.rollback().await.expect("rolled back");
    let (status, answer) = ask(&app, &router, QUERY).await;
    assert_eq!((status, &answer["data"]["klantbeeld"]), (StatusCode::OK, &Value::Null), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_is_told_to_prometheus_by_application() {
    let app = App::start_without_projector().await;
    let router = service(&app, Settings::default());
    ask(&app, &router, QUERY).await;
    ask(&app, &router, QUERY).await;
    ask(&app, &router, "{ geenVeld").await;
    let (status, text) = get(&router, "/metrics").await;
    assert_eq!(status, StatusCode::OK);
    for line in [
        "klantbeeld_graphql_questions_total{application=\"desk\",registered=\"no\"} 2",
        "klantbeeld_graphql_refused_total{code=\"ONGELDIGE_AANVRAAG\"} 1",
        "# TYPE klantbeeld_graphql_deprecated_fields_total counter",
    ] {
        assert!(text.lines().any(|it| it == line), "{line}: {text}");
    }
    assert!(!text.contains("999990019") && !text.contains("nicole"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_municipality_has_graphiql_only_for_who_may_ask_the_schema() {
    let app = App::start_without_projector().await;
    let settings = |introspection| Settings {
        introspection,
        explorer: Explorer::Production,
        ..Settings::default()
    };
    let closed = service(&app, settings(Introspection::none()));
    assert_eq!(get(&closed, "/graphiql").await.0, StatusCode::NOT_FOUND);
    let schema = "{ __schema { queryType { name } } }";
    let refused = ask(&app, &closed, schema).await.1;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "SCHEMA_NIET_OPVRAAGBAAR");
    let open = service(&app, settings(Introspection::all()));
    let (status, page) = get(&open, "/graphiql").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("data-omgeving=\"productie\""), "{page}");
    assert_eq!(ask(&app, &open, schema).await.1["data"]["__schema"]["queryType"]["name"], "Query");
    for router in [&closed, &open] {
        let personas = get(router, graphql::graphiql::PERSONAS_PATH).await;
        assert_eq!(personas.0, StatusCode::NOT_FOUND);
    }
}
