//! A handeling that is repeated with the same Idempotency-Key is done once.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{Answer, App, Persona, answer};

const REPLAYED: &str = "idempotency-replayed";

fn person(naam: &str) -> Value {
    json!({ "contactnaam": { "voornaam": naam } })
}

fn request(app: &App, key: &str, body: &Value) -> RequestBuilder {
    app.bijhouding(Method::POST, "/personen").header("idempotency-key", key).json(body)
}

async fn registered(app: &App) -> i64 {
    let sql = "SELECT count(*) FROM write_side.handelingen";
    sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("a count")
}

async fn kept(app: &App) -> i64 {
    let sql = "SELECT count(*) FROM write_side.idempotentie";
    sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("a count")
}

fn is_conflict(answer: &Answer) -> bool {
    let fault = ("Idempotency-Key".to_owned(), "idempotency-key-conflict".to_owned());
    answer.status == 409 && answer.faults() == [fault]
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_does_nothing() {
    let app = App::start_without_projector().await;
    let first = request(&app, "k1", &person("Jan")).send().await.expect("an answer");
    assert_eq!((first.status().as_u16(), first.headers().contains_key(REPLAYED)), (201, false));
    let second = request(&app, "k1", &person("Jan")).send().await.expect("an answer");
    assert_eq!(second.headers()[REPLAYED], "true");
    assert_eq!(first.status(), second.status());
    for header in ["etag", "location", "content-type"] {
        assert_eq!(first.headers()[header], second.headers()[header], "{header}");
    }
    assert_eq!(first.text().await.expect("a body"), second.text().await.expect("a body"));
    assert_eq!(registered(&app).await, 1);

    let other_key = answer(request(&app, "k2", &person("Jan"))).await;
    assert_eq!(other_key.status, 201);
    app.post("/personen", person("Jan")).await;
    assert_eq!((registered(&app).await, kept(&app).await), (3, 2));
}

#[tokio::test]
async fn the_first_answer_of_a_change_is_repeated_although_the_version_went_on() {
    let app = App::start_without_projector().await;
    let jan = app.post("/personen", person("Jan")).await.id();
    let change = |key: &'static str, versie: &'static str| {
        app.bijhouding(Method::POST, &format!("/personen/{jan}/wijzigingen"))
            .header("idempotency-key", key)
            .header("if-match", versie)
            .json(&person("Johan"))
    };
    let first = answer(change("k", "\"1\"")).await;
    assert_eq!((first.status.as_u16(), &first.headers["etag"]), (200, &"\"2\"".parse().expect("")));
    let again = answer(change("k", "\"1\"")).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert!(
        is_conflict(&answer(change("k", "\"2\"")).await),
        "another If-Match is another request"
    );
    assert_eq!(answer(change("new", "\"1\"")).await.status, 412);
}

#[tokio::test]
async fn a_key_belongs_to_one_request_of_one_caller() {
    let app = App::start_without_projector().await;
    let first = answer(request(&app, "k", &person("Jan"))).await;
    assert!(is_conflict(&answer(request(&app, "k", &person("Piet"))).await));
    let elsewhere = app
        .bijhouding(Method::POST, "/organisaties")
        .header("idempotency-key", "k")
        .json(&person("Jan"));
    assert!(is_conflict(&answer(elsewhere).await));

    let as_other = |claim: &str, value: &str| {
        let token = app.issuer.token(&Persona::systeem().claim(claim, json!(value)));
        app.request(Method::POST, "/bijhouding/v1/personen")
            .bearer_auth(token)
            .header("idempotency-key", "k")
            .json(&person("Piet"))
    };
    for other in [as_other("sub", "iemand"), as_other("azp", "iets")] {
        let answer = answer(other).await;
        assert_eq!(answer.status, 201);
        assert!(!answer.headers.contains_key(REPLAYED));
        assert_ne!(answer.id(), first.id());
    }
    assert_eq!(registered(&app).await, 3);
}

#[tokio::test]
async fn two_at_the_same_moment_do_it_once() {
    let app = App::start_without_projector().await;
    let body = person("Jan");
    let send = || answer(request(&app, "k", &body));
    let answers = tokio::join!(send(), send(), send(), send(), send(), send());
    let answers: [Answer; 6] = answers.into();
    assert!(answers.iter().all(|answer| answer.status == 201));
    assert!(answers.iter().all(|answer| answer.body == answers[0].body));
    let replayed = answers.iter().filter(|answer| answer.headers.contains_key(REPLAYED)).count();
    assert_eq!((replayed, registered(&app).await), (5, 1));
}

#[tokio::test]
async fn a_key_expires_after_a_day_and_is_removed() {
    let app = App::start_without_projector().await;
    let age = |key: &'static str, hours: i32| {
        let sql = "UPDATE write_side.idempotentie
                   SET tijdstip = tijdstip - make_interval(hours => $2) WHERE sleutel = $1";
        sqlx::query(sql).bind(key).bind(hours).execute(app.pool())
    };
    let first = answer(request(&app, "k", &person("Jan"))).await;
    answer(request(&app, "rest", &person("Kees"))).await;
    age("k", 23).await.expect("aged");
    assert_eq!(answer(request(&app, "k", &person("Jan"))).await.id(), first.id());
    age("k", 2).await.expect("aged");
    age("rest", 25).await.expect("aged");
    let again = answer(request(&app, "k", &person("Piet"))).await;
    assert_eq!((again.status.as_u16(), again.headers.contains_key(REPLAYED)), (201, false));
    assert_eq!(kept(&app).await, 1, "what expired is gone, the key that was taken again is not");
    let repeated = answer(request(&app, "k", &person("Piet"))).await;
    assert_eq!(repeated.body, again.body);
}

#[tokio::test]
async fn a_refused_attempt_leaves_the_key_free() {
    let app = App::start_without_projector().await;
    let wrong = json!({ "contactnaam": { "voornaam": "" } });
    for _ in 0..2 {
        assert_eq!(answer(request(&app, "k", &wrong)).await.status, 400);
    }
    assert_eq!(kept(&app).await, 0);
    let done = answer(request(&app, "k", &person("Jan"))).await;
    assert_eq!((done.status.as_u16(), done.headers.contains_key(REPLAYED)), (201, false));
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let app = App::start_without_projector().await;
    let long = "x".repeat(256);
    for key in ["", "een sleutel", &long] {
        let refused = answer(request(&app, key, &person("Jan"))).await;
        let fault = ("Idempotency-Key".to_owned(), "invalid".to_owned());
        assert_eq!((refused.status.as_u16(), refused.faults()), (400, vec![fault]), "{key:?}");
    }
    let twice = request(&app, "k", &person("Jan")).header("idempotency-key", "k");
    assert_eq!(answer(twice).await.status, 400);
    assert_eq!(registered(&app).await, 0);
}
