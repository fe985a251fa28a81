//! Which tokens let somebody in, at both interfaces: forged ones, the keys of an issuer that changes
//! them, and an issuer that cannot be asked.

mod matrix;
mod rotatie;
mod uitgever;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use access::{KeySource, TokenSettings, TokenValidator, Transport};
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use chrono::{DateTime, TimeDelta, Utc};
use clock::{Clock, SharedClock, SystemClock};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::support::App;
use uitgever::Uitgever;

/// The application that may use us.
const TOEPASSING: &str = "kcc-desk";

/// A clock that goes when it is told to.
#[derive(Debug, Default)]
struct Handklok(AtomicI64);

impl Handklok {
    fn vooruit(&self, time: TimeDelta) {
        self.0.fetch_add(time.num_seconds(), Ordering::SeqCst);
    }
}

impl Clock for Handklok {
    fn now(&self) -> DateTime<Utc> {
        let begin = DateTime::from_timestamp(1_780_000_000, 0).expect("a moment");
        begin + TimeDelta::seconds(self.0.load(Ordering::SeqCst))
    }

    fn new_id(&self) -> Uuid {
        SystemClock.new_id()
    }
}

/// A service that trusts two issuers, and asks them for their keys.
struct Opstelling {
    app: App,
    klok: Arc<Handklok>,
    eigen: Uitgever,
    andere: Uitgever,
}

impl Opstelling {
    async fn start() -> Self {
        let klok = Arc::new(Handklok::default());
        let (eigen, andere) = (Uitgever::start(1).await, Uitgever::start(2).await);
        let settings = [&eigen, &andere].map(|uitgever| TokenSettings {
            applications: std::iter::once(TOEPASSING.to_owned()).collect(),
            ..TokenSettings::new(
                uitgever.url(),
                "klantbeeld",
                KeySource::Discovered(Transport::HttpOnLoopback),
            )
        });
        let clock: SharedClock = Arc::clone(&klok) as SharedClock;
        let validator = TokenValidator::new(settings, clock).expect("a validator");
        let app = App::trusting(Arc::new(validator)).await;
        Self { app, klok, eigen, andere }
    }

    /// What a good token of our own issuer says now.
    fn claims(&self) -> Value {
        let now = self.klok.now().timestamp();
        json!({
            "iss": self.eigen.url(), "aud": ["elders", "klantbeeld"], "sub": "nicole",
            "azp": TOEPASSING, "jti": "1", "iat": now, "exp": now + 600, "rollen": ["kcc"],
            "scope": "handelingen:lezen", "doelbinding": "klantcontact"
        })
    }

    /// The answers of the bijhouding API and of GraphQL to a request with these headers.
    async fn antwoorden(&self, query: &str, headers: &[&str]) -> [Antwoord; 2] {
        let bijhouding = Request::get(format!("/bijhouding/v1/personen{query}"));
        let graphql =
            Request::post(format!("/graphql{query}")).header("content-type", "application/json");
        let vraag = json!({ "query": "{ __typename }" }).to_string();
        let mut answers = Vec::new();
        for (builder, body) in [(bijhouding, Body::empty()), (graphql, Body::from(vraag))] {
            let add = |builder: axum::http::request::Builder, value: &&str| {
                builder.header("authorization", *value)
            };
            let request = headers.iter().fold(builder, add).body(body).expect("a request");
            let response = self.app.router().oneshot(request).await.expect("an answer");
            answers.push(Antwoord::of(response).await);
        }
        answers.try_into().unwrap_or_else(|_| panic!("two answers"))
    }

    /// The statuses of both for a token.
    async fn statussen(&self, token: &str) -> [u16; 2] {
        let answers = self.antwoorden("", &[&format!("Bearer {token}")]).await;
        answers.map(|answer| answer.status)
    }
}

/// What an interface said.
#[derive(Debug)]
struct Antwoord {
    status: u16,
    content_type: String,
    challenge: Option<String>,
    body: Value,
}

impl Antwoord {
    async fn of(response: Response<Body>) -> Self {
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            Some(value.to_str().expect("text").to_owned())
        };
        let (challenge, content_type) = (header("www-authenticate"), header("content-type"));
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        let body = serde_json::from_slice(&body).expect("JSON");
        Self { status, content_type: content_type.unwrap_or_default(), challenge, body }
    }
}
