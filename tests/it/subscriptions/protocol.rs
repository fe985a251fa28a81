//! The protocols: `graphql-transport-ws` with the codes with which a socket is closed, and what a stream
//! is refused with before it begins.

use std::time::Duration;

use graphql::{Settings, SubscriptionSettings, TrustedDocuments};
use reqwest::Method;
use reqwest::header::ACCEPT;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::clients::{Heard, PROTOCOL, Socket, Stroom};
use super::{JAN, klantbeeld, scene, soon};
use crate::support::{App, Persona, answer};

/// A service without a projector: nothing changes.
async fn still() -> App {
    App::start_without_projector().await
}

fn token(app: &App) -> String {
    app.issuer.token(&Persona::kcc())
}

#[tokio::test]
async fn a_subprotocol_that_is_not_spoken_closes() {
    let app = still().await;
    // What the client offers and the service does not choose, clients themselves refuse too.
    let mut none = Socket::open(app.base(), None, None).await;
    assert_eq!(none.closed().await, 4406);
}

#[tokio::test]
async fn who_does_not_say_who_it_is_in_time_is_closed() {
    let init_limit = Duration::from_millis(100);
    let subscriptions = SubscriptionSettings { init_limit, ..SubscriptionSettings::default() };
    let app = App::start_with(Settings { subscriptions, ..Settings::default() }).await;
    let mut silent = Socket::open(app.base(), Some(PROTOCOL), None).await;
    assert_eq!(silent.closed().await, 4408);
    // A token in the header is not enough: the protocol asks for the message.
    let mut silent = Socket::open(app.base(), Some(PROTOCOL), Some(&token(&app))).await;
    assert_eq!(silent.closed().await, 4408);
}

#[tokio::test]
async fn what_the_protocol_does_not_allow_closes_with_its_code() {
    let app = still().await;
    let mut socket = Socket::open(app.base(), Some(PROTOCOL), None).await;
    socket.subscribe("1", &klantbeeld("K", JAN)).await;
    assert_eq!(socket.closed().await, 4401, "before it was said who asks");

    let mut socket = Socket::of(&app, &Persona::kcc()).await;
    socket.init(&token(&app)).await;
    assert_eq!(socket.closed().await, 4429, "said twice");

    for wrong in ["", "geen JSON", "{}", r#"{"type":"start","id":"1"}"#, r#"["ping"]"#] {
        let mut socket = Socket::of(&app, &Persona::kcc()).await;
        socket.send(Message::text(wrong)).await;
        assert_eq!(socket.closed().await, 4400, "{wrong}");
    }
    let mut socket = Socket::of(&app, &Persona::kcc()).await;
    socket.send(Message::binary(b"{}".to_vec())).await;
    assert_eq!(socket.closed().await, 4400, "binary");
    let mut socket = Socket::of(&app, &Persona::kcc()).await;
    socket.say(json!({ "type": "subscribe", "id": "1", "payload": { "query": 3 } })).await;
    assert_eq!(socket.closed().await, 4400, "no question");
}

#[tokio::test]
async fn a_name_that_is_in_use_closes_and_one_that_was_ended_does_not() {
    let scene = scene(soon()).await;
    let mut socket = Socket::of(&scene.app, &Persona::kcc()).await;
    for _ in 0..3 {
        socket.follow("1", &klantbeeld("K", JAN)).await;
        socket.say(json!({ "type": "complete", "id": "1" })).await;
    }
    socket.follow("1", &klantbeeld("L", JAN)).await;
    scene.contact(scene.jan, false).await;
    socket.next("1").await;
    socket.subscribe("1", &klantbeeld("K", JAN)).await;
    assert_eq!(socket.closed().await, 4409);
}

#[tokio::test]
async fn a_token_comes_with_the_message_or_in_the_header() {
    let app = still().await;
    let ack = || Heard::Said(json!({ "type": "connection_ack" }));
    for spelled in ["authorization", "Authorization"] {
        let mut socket = Socket::open(app.base(), Some(PROTOCOL), None).await;
        let payload = json!({ spelled: format!("Bearer {}", token(&app)) });
        socket.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.hear().await, ack());
    }
    let mut socket = Socket::open(app.base(), Some(PROTOCOL), Some(&token(&app))).await;
    socket.say(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.hear().await, ack());
    socket.say(json!({ "type": "ping", "payload": { "n": 1 } })).await;
    let pong = json!({ "type": "pong", "payload": { "n": 1 } });
    assert_eq!(socket.hear().await, Heard::Said(pong));

    let refused = Socket::try_open(app.base(), Some(PROTOCOL), Some("geen token")).await;
    assert_eq!(refused.err(), Some(401));
    for payload in [json!({}), json!({ "authorization": "Bearer geen token" }), json!(null)] {
        let mut socket = Socket::open(app.base(), Some(PROTOCOL), None).await;
        socket.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.closed().await, 4403);
    }
    // Who came without a token that is accepted stands in the logbook each time.
    let sql = "SELECT count(*) FROM logboek.audit WHERE status = 401 AND wie IS NULL";
    let lines: i64 = sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("a count");
    assert_eq!(lines, 4);
}

#[tokio::test]
async fn what_is_wrong_is_refused_before_anything_is_followed() {
    let scene = scene(soon()).await;
    let app = &scene.app;
    let two = "subscription { mijnGesprekken { positie } mijnVerzoeken { positie } }";
    let fragment =
        "subscription { ...f } fragment f on Subscription { mijnGesprekken { positie } }";
    let skipped = "subscription { mijnGesprekken @skip(if: true) { positie } }";
    let unknown = "subscription { mijnGesprekken { tekst } }";
    let syntax = "subscription {";
    let burger = Persona::burger(JAN);
    let mut socket = Socket::of(app, &burger).await;
    for query in [two, fragment, skipped, unknown, syntax] {
        let code = Stroom::refused(app, &burger, query).await;
        socket.subscribe("1", query).await;
        assert_eq!(socket.refused("1").await, code, "{query}");
    }
    // What was wrong is in the logbook, as of any question.
    let sql = "SELECT count(*) FROM logboek.audit WHERE fouten LIKE '%ONBEKEND_VELD%'";
    let lines: i64 = sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("a count");
    assert_eq!(lines, 2);
    // Not a stream: one answer is all there is.
    let query = "subscription { mijnGesprekken { positie } }";
    let request = app.request(Method::POST, graphql::PATH).bearer_auth(app.issuer.token(&burger));
    let request = request.header(ACCEPT, "application/graphql-response+json");
    let refused = answer(request.json(&json!({ "query": query }))).await;
    assert_eq!(refused.status, 400, "{:#}", refused.body);
    assert_eq!(refused.body["errors"][0]["extensions"]["code"], "ALLEEN_ALS_STROOM");
}

#[tokio::test]
async fn only_documents_that_are_trusted_are_followed() {
    let mut settings = soon();
    settings.documents.trusted = TrustedDocuments::Only;
    settings.documents.free_roles.clear();
    let scene = scene(settings).await;
    let query = klantbeeld("K", JAN);
    let code = Stroom::refused(&scene.app, &Persona::kcc(), &query).await;
    let mut socket = Socket::of(&scene.app, &Persona::kcc()).await;
    socket.subscribe("1", &query).await;
    assert_eq!(socket.refused("1").await, code);
    assert_eq!(code, "ALLEEN_DOCUMENTEN");
}
