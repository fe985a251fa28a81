//! Webhooks against receivers that agree, fail, hang, redirect, end and recover.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use clock::{Clock, SystemClock};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use super::ontvanger::{Gedrag, Ontvanger};
use super::{MovedClock, all_events, published, start_relay, start_relay_with, team};
use crate::support::{Answer, App, answer, until};

const GEHEIM: &str = "een-geheim-van-meer-dan-24-bytes";

/// A subscription of whoever listens there.
pub fn abonnement(url: &str) -> Value {
    json!({ "callbackUrl": url, "authenticatie": { "geheim": GEHEIM } })
}

/// Subscribes this receiver to everything.
pub async fn abonneer(app: &App, ontvanger: &Ontvanger) -> Uuid {
    let answer = app.post("/abonnementen", abonnement(&ontvanger.url)).await;
    assert_eq!(answer.status, 201);
    answer.body["id"].as_str().expect("an id").parse().expect("a UUID")
}

async fn patch(app: &App, path: &str, body: Value) -> Answer {
    answer(app.bijhouding(Method::PATCH, path).json(&body)).await
}

/// What an operator says of a delivery that must be tried again.
fn opnieuw() -> Value {
    json!({ "status": "wacht" })
}

/// The deliveries of a subscription with this status.
pub async fn deliveries(app: &App, id: Uuid, status: &str) -> Vec<Value> {
    let path = format!("/abonnementen/{id}/afleveringen?status={status}");
    let answer: Answer = app.get(&path).await;
    answer.body["resultaten"].as_array().unwrap_or_else(|| panic!("{answer:#?}")).clone()
}

#[tokio::test]
async fn what_arrives_is_what_the_feed_says_and_is_signed() {
    let app = App::start_without_projector().await;
    let ontvanger = Ontvanger::start(Gedrag::Aanvaard).await;
    abonneer(&app, &ontvanger).await;
    let id = team(&app).await;
    app.post(&format!("/actoren/{id}/deactiveringen"), json!({})).await;
    let _relay = start_relay(&app);
    let events = ontvanger.wacht(2).await;
    assert_eq!(events, all_events(&app, 100).await);

    for (headers, body) in ontvanger.bodies() {
        let header = |name: &str| headers[name].to_str().expect("text").to_owned();
        assert_eq!(header("content-type"), "application/cloudevents+json; charset=UTF-8");
        let signed = format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp"));
        let mut mac = Hmac::<Sha256>::new_from_slice(GEHEIM.as_bytes()).expect("a key");
        mac.update(signed.as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        assert_eq!(header("webhook-signature"), expected);
        let event: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(event["id"], header("webhook-id"));
    }
}

#[tokio::test]
async fn only_what_was_asked_for_arrives() {
    let app = App::start_without_projector().await;
    let (by_soort, by_filter) =
        (Ontvanger::start(Gedrag::Aanvaard).await, Ontvanger::start(Gedrag::Aanvaard).await);
    let mut body = abonnement(&by_soort.url);
    body["soorten"] = json!(["actor-gedeactiveerd"]);
    app.post("/abonnementen", body).await;
    let mut body = abonnement(&by_filter.url);
    body["filters"] = json!({ "soortActor": ["medewerker"], "indicatieActief": ["true"] });
    app.post("/abonnementen", body).await;
    let id = team(&app).await;
    app.post(&format!("/actoren/{id}/deactiveringen"), json!({})).await;
    let nicole = json!({ "naam": "Nicole", "functie": "KCC", "telefoonnummer": "0340232221" });
    app.post("/medewerkers", nicole).await;
    let _relay = start_relay(&app);
    published(&app).await;
    let one = by_soort.wacht(1).await;
    assert_eq!(one[0]["type"], "nl.klantinteracties.actor-gedeactiveerd.v1");
    let other = by_filter.wacht(1).await;
    assert_eq!(other[0]["type"], "nl.klantinteracties.medewerker-geregistreerd.v1");
    let waiting: i64 = sqlx::query_scalar("SELECT count(*) FROM write_side.afleveringen")
        .fetch_one(app.pool())
        .await
        .expect("a count");
    assert_eq!(waiting, 2, "nothing else was queued");
}

#[tokio::test]
async fn a_hanging_receiver_delays_nobody_else() {
    let app = App::start_without_projector().await;
    let (slow, quick) =
        (Ontvanger::start(Gedrag::Hang).await, Ontvanger::start(Gedrag::Aanvaard).await);
    abonneer(&app, &slow).await;
    abonneer(&app, &quick).await;
    let _relay = start_relay(&app);
    for _ in 0..20 {
        team(&app).await;
    }
    quick.wacht(20).await;
    assert!(slow.pogingen() >= 1, "the slow one was tried too");
}

#[tokio::test]
async fn a_failing_receiver_recovers_and_misses_nothing_in_order_per_object() {
    let app = App::start_without_projector().await;
    let clock = Arc::new(MovedClock::default());
    let ontvanger = Ontvanger::start(Gedrag::Status(500)).await;
    let id = abonneer(&app, &ontvanger).await;
    let team = team(&app).await;
    for naam in ["een", "twee", "drie"] {
        let path = format!("/organisatorische-eenheden/{team}/wijzigingen");
        app.post(&path, json!({ "naam": naam })).await;
    }
    let _relay = start_relay_with(&app, Arc::clone(&clock) as clock::SharedClock);
    ontvanger.wacht_pogingen(1).await;
    published(&app).await;
    until("the failure to be written", || async {
        let waiting = deliveries(&app, id, "wacht").await;
        (waiting.len() == 4 && waiting[0]["laatsteFout"].is_string()).then_some(())
    })
    .await;
    assert_eq!(ontvanger.pogingen(), 1, "it is left alone, and nothing overtakes the first");

    ontvanger.gedraag(Gedrag::Aanvaard);
    clock.advance(TimeDelta::seconds(60));
    let events = ontvanger.wacht(4).await;
    let versions: Vec<i64> =
        events.iter().filter_map(|event| event["data"]["actor"]["versie"].as_i64()).collect();
    assert_eq!(versions, [1, 2, 3, 4]);
}

#[tokio::test]
async fn after_a_day_of_failing_it_is_parked_and_an_operator_sends_it_again() {
    let app = App::start_without_projector().await;
    let clock = Arc::new(MovedClock::default());
    let ontvanger = Ontvanger::start(Gedrag::Status(400)).await;
    let id = abonneer(&app, &ontvanger).await;
    team(&app).await;
    let _relay = start_relay_with(&app, Arc::clone(&clock) as clock::SharedClock);
    for attempt in 1..=8 {
        ontvanger.wacht_pogingen(attempt).await;
        until("the attempt to be written", || async {
            let sql = "SELECT pogingen FROM write_side.afleveringen";
            let count: i32 = sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("a count");
            (usize::try_from(count) == Ok(attempt)).then_some(())
        })
        .await;
        clock.advance(TimeDelta::seconds(52_001));
    }
    let parked =
        until("it to be parked", || async { deliveries(&app, id, "geparkeerd").await.pop() }).await;
    assert_eq!(
        (&parked["pogingen"], &parked["laatsteFout"]),
        (&json!(8), &json!("status 400 Bad Request"))
    );

    ontvanger.gedraag(Gedrag::Aanvaard);
    let again = patch(&app, &format!("/abonnementen/{id}/afleveringen"), opnieuw()).await;
    assert_eq!(again.body["aantal"], 1);
    ontvanger.wacht(1).await;
    let number = parked["volgnummer"].as_i64().expect("a number");
    let path = format!("/abonnementen/{id}/afleveringen/{number}");
    until("it to be written as delivered", || async {
        (deliveries(&app, id, "afgeleverd").await.len() == 1).then_some(())
    })
    .await;
    patch(&app, &path, opnieuw()).await;
    let twice = ontvanger.wacht(2).await;
    assert_eq!(twice[0]["id"], twice[1]["id"], "what is sent again has the same id");
}

#[tokio::test]
async fn gone_ends_a_subscription() {
    let app = App::start_without_projector().await;
    let ontvanger = Ontvanger::start(Gedrag::Status(410)).await;
    let id = abonneer(&app, &ontvanger).await;
    let _relay = start_relay(&app);
    team(&app).await;
    team(&app).await;
    let ended = until("the subscription to end", || async {
        let answer = app.get(&format!("/abonnementen/{id}")).await;
        (answer.body["status"] == "beeindigd").then_some(answer.body)
    })
    .await;
    assert!(ended["reden"].as_str().is_some_and(|reden| reden.contains("410")), "{ended:#}");
    published(&app).await;
    assert!(deliveries(&app, id, "wacht").await.is_empty());
    let again = patch(&app, &format!("/abonnementen/{id}/afleveringen"), opnieuw()).await;
    assert_eq!(again.status, 409);
}

#[tokio::test]
async fn a_receiver_that_asks_for_time_gets_it() {
    let app = App::start_without_projector().await;
    let clock = Arc::new(MovedClock::default());
    let ontvanger = Ontvanger::start(Gedrag::Later(3600)).await;
    let id = abonneer(&app, &ontvanger).await;
    team(&app).await;
    let _relay = start_relay_with(&app, Arc::clone(&clock) as clock::SharedClock);
    let waiting = until("the answer to be written", || async {
        let waiting = deliveries(&app, id, "wacht").await.pop()?;
        waiting["laatsteFout"].is_string().then_some(waiting)
    })
    .await;
    let next: DateTime<Utc> =
        waiting["volgendePoging"].as_str().expect("a moment").parse().expect("a moment");
    let wait = next - SystemClock.now();
    assert!((3500..=3600).contains(&wait.num_seconds()), "{wait}");
    ontvanger.gedraag(Gedrag::Aanvaard);
    clock.advance(TimeDelta::seconds(3601));
    ontvanger.wacht(1).await;
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let app = App::start_without_projector().await;
    let ontvanger = Ontvanger::start(Gedrag::Verwijs).await;
    let id = abonneer(&app, &ontvanger).await;
    team(&app).await;
    let _relay = start_relay(&app);
    let waiting = until("the answer to be written", || async {
        let waiting = deliveries(&app, id, "wacht").await.pop()?;
        waiting["laatsteFout"].is_string().then_some(waiting)
    })
    .await;
    let reason = waiting["laatsteFout"].as_str().expect("a reason");
    assert!(reason.contains("302") && reason.contains("niet gevolgd"), "{reason}");
}

#[tokio::test]
async fn a_subscription_is_refused_when_its_receiver_is_not_one() {
    let app = App::start_without_projector().await;
    let url = |text: &str| abonnement(text);
    for (body, field) in [
        (url("http://10.0.0.1/hook"), "callbackUrl"),
        (url("http://169.254.169.254/latest/meta-data"), "callbackUrl"),
        (url("ftp://example.nl/"), "callbackUrl"),
        (url("http://127.0.0.1:1/niemand"), "callbackUrl"),
        (json!({ "callbackUrl": "https://example.nl/", "authenticatie": {} }), "authenticatie"),
        (
            json!({ "callbackUrl": "https://example.nl/",
                "authenticatie": { "geheim": "te kort" } }),
            "authenticatie.geheim",
        ),
        (
            json!({ "callbackUrl": "https://example.nl/", "soorten": ["iets"],
                "authenticatie": { "geheim": GEHEIM } }),
            "soorten[0]",
        ),
        (
            json!({ "callbackUrl": "https://example.nl/", "authenticatie": { "oauth2": {
                "tokenUrl": "http://10.0.0.1/token", "clientId": "a", "clientSecret": "b" } } }),
            "authenticatie.oauth2.tokenUrl",
        ),
    ] {
        let answer = app.try_post("/abonnementen", body.clone()).await;
        assert_eq!(answer.status, 400, "{body:#}");
        assert_eq!(answer.faults()[0].0, field, "{:#}", answer.body);
    }
}

#[tokio::test]
async fn a_subscription_that_is_asked_for_again_with_its_key_is_made_once() {
    let app = App::start_without_projector().await;
    let ontvanger = Ontvanger::start(Gedrag::Aanvaard).await;
    let ask = |key: &str, body: &Value| {
        let request = app.bijhouding(Method::POST, "/abonnementen");
        answer(request.header("Idempotency-Key", key).json(body))
    };
    let body = abonnement(&ontvanger.url);
    let (first, meanwhile) = tokio::join!(ask("een", &body), ask("een", &body));
    // The receiver is not asked again, so it does not matter what it would say now.
    ontvanger.stemt_in(&[]);
    let later = ask("een", &body).await;
    assert_eq!(first.status, 201);
    for again in [meanwhile, later.clone()] {
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        for header in ["etag", "location", "content-type"] {
            assert_eq!(again.headers[header], first.headers[header]);
        }
    }
    assert_eq!(later.headers["idempotency-replayed"], "true");
    let mut other = body.clone();
    other["soorten"] = json!(["klantcontact-geregistreerd"]);
    let conflict = ask("een", &other).await;
    let fault = ("Idempotency-Key".to_owned(), "idempotency-key-conflict".to_owned());
    assert_eq!((conflict.status.as_u16(), conflict.faults()), (409, vec![fault]));
    assert_eq!(ask("twee", &body).await.status, 400, "a refusal is not kept");
    let list = app.get("/abonnementen").await.body;
    assert_eq!(list["resultaten"], json!([first.body]));
}

#[tokio::test]
async fn a_subscription_is_changed_and_ended_with_its_version_and_keeps_its_secret() {
    let app = App::start_without_projector().await;
    let ontvanger = Ontvanger::start(Gedrag::Aanvaard).await;
    let id = abonneer(&app, &ontvanger).await;
    let path = format!("/abonnementen/{id}");
    let change = |etag: &str| {
        app.bijhouding(Method::PATCH, &path)
            .header("If-Match", etag)
            .json(&json!({ "soorten": ["klantcontact-geregistreerd"] }))
            .send()
    };
    let changed = change("\"1\"").await.expect("an answer");
    assert_eq!(
        (changed.status().as_u16(), &changed.headers()["etag"]),
        (200, &"\"2\"".parse().expect("a header"))
    );
    assert_eq!(change("\"1\"").await.expect("an answer").status(), 412);
    let shown = app.get(&format!("/abonnementen/{id}")).await;
    assert_eq!(shown.body["soorten"], json!(["klantcontact-geregistreerd"]));
    assert!(!shown.body.to_string().contains(GEHEIM), "a secret is never shown");
    let list = app.get("/abonnementen").await.body;
    assert_eq!(list["resultaten"][0]["id"], json!(id));
    let end = || answer(app.bijhouding(Method::DELETE, &path));
    assert_eq!(end().await.body["status"], "beeindigd");
    assert_eq!(end().await.status, 409);
}
