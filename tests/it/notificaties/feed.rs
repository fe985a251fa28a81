//! The feed: every page, waiting, filters, faults and rights.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{all_events, assert_whole, published, start_relay, team};
use crate::support::{App, Persona};

#[tokio::test]
async fn all_pages_are_all_events_at_every_size() {
    let app = App::start_without_projector().await;
    for _ in 0..7 {
        team(&app).await;
    }
    let _relay = start_relay(&app);
    published(&app).await;
    let whole = all_events(&app, 1000).await;
    assert_eq!(whole.len(), 7);
    assert_whole(&whole);
    for aantal in 1..=8 {
        assert_eq!(all_events(&app, aantal).await, whole, "pages of {aantal}");
    }
    let one = app.get(&format!("/gebeurtenissen/{}", whole[3]["id"].as_str().expect("id"))).await;
    assert_eq!((one.status.as_u16(), &one.body), (200, &whole[3]));
    assert_eq!(one.headers["content-type"], "application/cloudevents+json; charset=UTF-8");
}

#[tokio::test]
async fn filters_give_only_what_they_name() {
    let app = App::start_without_projector().await;
    let (een, _ander) = (team(&app).await, team(&app).await);
    let path = format!("/actoren/{een}/deactiveringen");
    app.post(&path, json!({})).await;
    let _relay = start_relay(&app);
    published(&app).await;
    let count =
        |answer: crate::support::Answer| answer.body["gebeurtenissen"].as_array().map(Vec::len);
    let of = app.get(&format!("/gebeurtenissen?objectId={een}")).await;
    assert_eq!(count(of), Some(2));
    assert_eq!(count(app.get("/gebeurtenissen?soort=actor-gedeactiveerd").await), Some(1));
}

#[tokio::test]
async fn waiting_ends_when_something_happens() {
    let app = App::start_without_projector().await;
    let _relay = start_relay(&app);
    let start = Instant::now();
    let (waited, _) = tokio::join!(app.get("/gebeurtenissen?na=0&wacht=10"), team(&app));
    assert_eq!(waited.body["gebeurtenissen"].as_array().map(Vec::len), Some(1));
    assert!(start.elapsed() < Duration::from_secs(8), "it waited to the end");
    let empty = app.get("/gebeurtenissen?na=1&wacht=1").await;
    assert_eq!(empty.body["gebeurtenissen"], json!([]));
    assert_eq!(empty.body["volgende"], "/bijhouding/v1/gebeurtenissen?na=1&aantal=100");
}

#[tokio::test]
async fn every_fault_of_the_question_is_named() {
    let app = App::start_without_projector().await;
    let answer = app
        .get("/gebeurtenissen?na=-1&aantal=1001&wacht=lang&soort=iets&objectId=7&kleur=blauw")
        .await;
    let mut fields: Vec<String> = answer.faults().into_iter().map(|(name, _)| name).collect();
    fields.sort();
    assert_eq!(answer.status, 400);
    assert_eq!(fields, ["aantal", "kleur", "na", "objectId", "soort", "wacht"]);
    assert_eq!(app.get("/gebeurtenissen/geen-sleutel").await.status, 404);
}

#[tokio::test]
async fn who_has_no_scope_hears_nothing() {
    let app = App::start_without_projector().await;
    let reader = Persona::kcc().claim("scope", json!("klantcontacten:lezen"));
    let request = app.request(reqwest::Method::GET, "/bijhouding/v1/gebeurtenissen");
    let answer = request.bearer_auth(app.issuer.token(&reader)).send().await.expect("an answer");
    assert_eq!(answer.status(), 403);
    let request = app.request(reqwest::Method::GET, "/bijhouding/v1/gebeurtenissen");
    assert_eq!(request.send().await.expect("an answer").status(), 401);
    let path = "/bijhouding/v1/schemas/klantcontact-geregistreerd";
    let schema = app.request(reqwest::Method::GET, path).send().await.expect("an answer");
    assert_eq!(schema.status(), 200, "a schema is for everybody");
}
