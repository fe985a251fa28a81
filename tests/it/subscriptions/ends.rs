//! What ends: with its token, with the service, and what there is no room for.

use std::time::Duration;

use graphql::{Settings, SubscriptionSettings};
use klantbeeld::shutdown::Stop;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::clients::{Heard, PROTOCOL, Socket, Stroom};
use super::{AN, JAN, klantbeeld, scene, soon};
use crate::support::{App, LIMIT, Persona, until};

/// What the validator allows after the end of a token, and how long one of the tests lives.
const LEEWAY_SECONDS: i64 = 30;
const LIVES_SECONDS: i64 = 2;

/// Somebody whose token ends soon.
fn shortly(app: &App, who: Persona) -> Persona {
    let exp = app.clock.now().timestamp() - LEEWAY_SECONDS + LIVES_SECONDS;
    who.claim("exp", json!(exp)).claim("iat", json!(exp - 100))
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn what_is_followed_ends_with_the_token() {
    let scene = scene(soon()).await;
    let who = shortly(&scene.app, Persona::kcc());
    let query = klantbeeld("K", JAN);
    let (sse, socket) = tokio::join!(
        async {
            let mut stroom = Stroom::follow(&scene.app, &who, &query).await;
            let answer = stroom.next().await;
            (answer, stroom.event().await.expect("an end").0)
        },
        async {
            let mut socket = Socket::of(&scene.app, &who).await;
            socket.follow("1", &query).await;
            socket.closed().await
        }
    );
    assert_eq!((code(&sse.0), sse.1.as_str()), ("TOKEN_VERLOPEN", "complete"), "{sse:?}");
    // Not complete: whoever follows comes back with a new token.
    assert_eq!(socket, 4403);
}

#[tokio::test]
async fn there_is_room_for_so_many() {
    let subscriptions = SubscriptionSettings { per_bearer: 1, max: 2, ..soon().subscriptions };
    let scene = scene(Settings { subscriptions, ..soon() }).await;
    let (app, kcc) = (&scene.app, Persona::kcc());
    let query = klantbeeld("K", JAN);
    let refused = async |who: &Persona| Stroom::refused(app, who, &query).await;
    let mut first = Stroom::follow(app, &kcc, &klantbeeld("K", JAN)).await;
    assert_eq!(refused(&kcc).await, "TE_VEEL_GEVOLGD", "more than one of a bearer");
    let other = |naam: &str| Persona::kcc().claim("sub", json!(naam));
    let second = Stroom::follow(app, &other("an"), &klantbeeld("K", AN)).await;
    assert_eq!(refused(&other("piet")).await, "TE_VEEL_GEVOLGD", "more than two in all");
    drop(second);
    // A seat is free again once the service knows that the other is gone; the rest goes on.
    until("a free seat", async || {
        let token = app.issuer.token(&other("piet"));
        let first = Stroom::open(app.base(), &token, &query).await.next().await;
        first.get("errors").is_none().then_some(())
    })
    .await;
    scene.contact(scene.jan, false).await;
    first.next().await;

    let _socket = Socket::of(app, &kcc).await;
    let mut more = Socket::open(app.base(), Some(PROTOCOL), None).await;
    more.init(&app.issuer.token(&kcc)).await;
    assert_eq!(more.closed().await, 1013);
}

#[tokio::test]
async fn a_service_that_stops_ends_what_is_followed() {
    let scene = scene(soon()).await;
    let service = klantbeeld::app::App::new(scene.app.parts(soon())).expect("a service");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let stop = Stop::default();
    let told = stop.clone();
    let running = tokio::spawn(async move { service.run(listener, &told).await });

    let token = scene.app.issuer.token(&Persona::kcc());
    let mut socket = Socket::open(&base, Some(PROTOCOL), Some(&token)).await;
    socket.init(&token).await;
    assert_eq!(socket.hear().await, Heard::Said(json!({ "type": "connection_ack" })));
    socket.follow("1", &klantbeeld("K", JAN)).await;
    // One of whom it is not known who it is.
    let mut silent = Socket::open(&base, Some(PROTOCOL), None).await;
    let mut stroom = Stroom::at(&base, &token, &klantbeeld("K", JAN)).await;
    stop.trigger();
    assert_eq!((socket.closed().await, silent.closed().await), (1001, 1001));
    // It breaks off: it is not complete.
    assert_eq!(stroom.event().await, None);
    drop((socket, silent, stroom));
    let ran = timeout(LIMIT.min(Duration::from_secs(9)), running).await.expect("before the limit");
    ran.expect("no panic").expect("a service that ended well");
}
