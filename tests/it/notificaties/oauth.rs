//! Receivers that want OAuth 2.0 client credentials, with an issuer of tokens that works, fails,
//! hangs and redirects.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use chrono::TimeDelta;
use clock::SharedClock;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use super::ontvanger::{Gedrag, Ontvanger};
use super::webhooks::deliveries;
use super::{MovedClock, start_relay_with, team};
use crate::support::{App, until};

const CLIENT: &str = "klantbeeld-bij-ontvanger";
const SECRET: &str = "een-geheim-van-de-afnemer";
/// How long a token of the issuer is good.
const GOOD_SECONDS: i64 = 600;
/// How long after a refusal the same event is tried again.
const RETRY: TimeDelta = TimeDelta::seconds(25);

/// How the issuer answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Antwoord {
    Token,
    Status(u16),
    Verwijs,
    Hang,
    Onzin,
}

#[derive(Debug)]
struct Staat {
    antwoord: Antwoord,
    verzoeken: Vec<(HeaderMap, String)>,
}

/// An issuer of tokens: the n-th is `token-<n>`.
#[derive(Debug, Clone)]
struct Uitgever {
    staat: Arc<Mutex<Staat>>,
    url: String,
}

impl Uitgever {
    async fn start(antwoord: Antwoord) -> Self {
        let staat = Arc::new(Mutex::new(Staat { antwoord, verzoeken: Vec::new() }));
        let router = Router::new().route("/token", post(give)).with_state(Arc::clone(&staat));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/token", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { staat, url }
    }

    fn antwoordt(&self, antwoord: Antwoord) {
        self.staat.lock().expect("unpoisoned").antwoord = antwoord;
    }

    fn verzoeken(&self) -> Vec<(HeaderMap, String)> {
        self.staat.lock().expect("unpoisoned").verzoeken.clone()
    }
}

async fn give(
    State(staat): State<Arc<Mutex<Staat>>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let (antwoord, count) = {
        let mut staat = staat.lock().expect("unpoisoned");
        staat.verzoeken.push((headers, body));
        (staat.antwoord, staat.verzoeken.len())
    };
    let token = json!({ "access_token": format!("token-{count}"), "token_type": "Bearer",
        "expires_in": GOOD_SECONDS });
    match antwoord {
        Antwoord::Token => Json(token).into_response(),
        Antwoord::Status(status) => {
            // What an issuer says may hold what it was given.
            (StatusCode::from_u16(status).expect("a status"), format!("{SECRET}?")).into_response()
        }
        Antwoord::Verwijs => (StatusCode::FOUND, [("location", "/elders")]).into_response(),
        Antwoord::Onzin => Json(json!({ "access_token": [SECRET] })).into_response(),
        Antwoord::Hang => std::future::pending().await,
    }
}

/// A service with a subscription that wants tokens.
struct Scene {
    app: App,
    clock: Arc<MovedClock>,
    uitgever: Uitgever,
    ontvanger: Ontvanger,
    abonnement: Uuid,
}

impl Scene {
    async fn new(antwoord: Antwoord) -> Self {
        let app = App::start_without_projector().await;
        let uitgever = Uitgever::start(antwoord).await;
        let ontvanger = Ontvanger::start(Gedrag::Aanvaard).await;
        let body = subscription(&uitgever, &ontvanger, SECRET);
        let abonnement = abonneer(&app, body).await;
        Self { app, clock: Arc::default(), uitgever, ontvanger, abonnement }
    }

    fn relay(&self) -> tokio::sync::watch::Sender<bool> {
        start_relay_with(&self.app, Arc::clone(&self.clock) as SharedClock)
    }

    /// The reason that an operator reads, once there is one.
    async fn reason(&self) -> String {
        until("the reason to be written", || async {
            let waiting = deliveries(&self.app, self.abonnement, "wacht").await;
            waiting.first()?["laatsteFout"].as_str().map(str::to_owned)
        })
        .await
    }

    /// What came as `Authorization` with each event.
    fn bearers(&self) -> Vec<String> {
        bearers(&self.ontvanger)
    }
}

fn bearers(ontvanger: &Ontvanger) -> Vec<String> {
    let taken = ontvanger.bodies();
    taken
        .iter()
        .map(|(headers, _)| headers["authorization"].to_str().expect("text").to_owned())
        .collect()
}

fn subscription(uitgever: &Uitgever, ontvanger: &Ontvanger, secret: &str) -> Value {
    json!({ "callbackUrl": ontvanger.url, "authenticatie": { "oauth2": {
        "tokenUrl": uitgever.url, "clientId": CLIENT, "clientSecret": secret,
        "scope": "gebeurtenissen" } } })
}

async fn abonneer(app: &App, body: Value) -> Uuid {
    let answer = app.post("/abonnementen", body).await;
    assert!(!answer.body.to_string().contains(SECRET), "a secret is never shown");
    answer.body["id"].as_str().expect("an id").parse().expect("a UUID")
}

#[tokio::test]
async fn a_token_is_fetched_once_and_goes_with_each_event_until_it_expires() {
    let scene = Scene::new(Antwoord::Token).await;
    let _relay = scene.relay();
    for count in 1..=3 {
        team(&scene.app).await;
        scene.ontvanger.wacht(count).await;
    }
    assert_eq!(scene.bearers(), ["Bearer token-1"; 3]);
    let asked = scene.uitgever.verzoeken();
    let [(headers, form)] = &asked[..] else { panic!("asked once: {asked:?}") };
    assert_eq!(form, "grant_type=client_credentials&scope=gebeurtenissen");
    let basic = headers["authorization"].to_str().expect("text");
    assert_eq!(basic, "Basic a2xhbnRiZWVsZC1iaWotb250dmFuZ2VyOmVlbi1nZWhlaW0tdmFuLWRlLWFmbmVtZXI=");

    scene.clock.advance(TimeDelta::seconds(GOOD_SECONDS));
    team(&scene.app).await;
    scene.ontvanger.wacht(4).await;
    assert_eq!(scene.bearers()[3], "Bearer token-2");
}

#[tokio::test]
async fn a_token_that_the_receiver_refuses_is_fetched_anew() {
    let scene = Scene::new(Antwoord::Token).await;
    let _relay = scene.relay();
    scene.ontvanger.gedraag(Gedrag::Status(401));
    team(&scene.app).await;
    assert_eq!(scene.reason().await, "status 401 Unauthorized");
    scene.ontvanger.gedraag(Gedrag::Aanvaard);
    scene.clock.advance(RETRY);
    scene.ontvanger.wacht(1).await;
    assert_eq!(scene.bearers(), ["Bearer token-2"]);
}

#[tokio::test]
async fn an_issuer_that_gives_no_token_is_a_failed_attempt_with_a_reason_and_without_secrets() {
    for (antwoord, said) in [
        (Antwoord::Status(500), "status 500 Internal Server Error"),
        (Antwoord::Status(401), "status 401 Unauthorized"),
        (Antwoord::Verwijs, "status 302 Found: een doorverwijzing wordt niet gevolgd"),
        (Antwoord::Onzin, "het antwoord is geen token"),
        (Antwoord::Hang, "geen antwoord op tijd: operation timed out"),
    ] {
        let scene = Scene::new(antwoord).await;
        let _relay = scene.relay();
        team(&scene.app).await;
        let expected = format!("de uitgever van tokens gaf geen token: {said}");
        assert_eq!(scene.reason().await, expected);
        assert_eq!(scene.ontvanger.pogingen(), 0, "nothing goes without a token");

        scene.uitgever.antwoordt(Antwoord::Token);
        scene.clock.advance(RETRY);
        scene.ontvanger.wacht(1).await;
        let token = scene.uitgever.verzoeken().len();
        assert_eq!(scene.bearers(), [format!("Bearer token-{token}")]);
    }
}

#[tokio::test]
async fn a_token_is_not_for_whoever_names_the_same_client_with_another_secret() {
    let scene = Scene::new(Antwoord::Token).await;
    let other = Ontvanger::start(Gedrag::Aanvaard).await;
    abonneer(&scene.app, subscription(&scene.uitgever, &other, "geraden-geheim")).await;
    let _relay = scene.relay();
    team(&scene.app).await;
    scene.ontvanger.wacht(1).await;
    other.wacht(1).await;
    assert_ne!(scene.bearers(), bearers(&other));
    assert_eq!(scene.uitgever.verzoeken().len(), 2);
}
