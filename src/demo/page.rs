//! The personas for the GraphiQL page of the demo: whoever opens it on this machine chooses one,
//! and gets a fresh token. There is no such thing outside the demo.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HOST, X_CONTENT_TYPE_OPTIONS};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::get;
use clock::SharedClock;
use graphql::graphiql::PERSONAS_PATH;
use serde_json::{Value, json};

use super::DemoError;
use super::personas::{Ids, Persona};
use crate::issuer::Issuer;
use crate::omgeving;

/// Who signs, and for whom once the municipality is there.
#[derive(Clone)]
pub(super) struct Personas {
    pub(super) issuer: Arc<Issuer>,
    pub(super) ids: Arc<OnceLock<Ids>>,
    pub(super) clock: SharedClock,
}

/// `GET /graphiql/personas`.
pub(super) fn router(personas: Personas) -> Router {
    Router::new().route(PERSONAS_PATH, get(answer)).with_state(personas)
}

/// Kept nowhere, and taken for nothing else.
const HEADERS: [(HeaderName, &str); 2] =
    [(CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];

async fn answer(State(personas): State<Personas>, headers: HeaderMap) -> Response {
    if !is_asked_here(&headers) {
        return (StatusCode::FORBIDDEN, HEADERS).into_response();
    }
    match personas.ids.get().map(|ids| list(&personas, ids)) {
        Some(Ok(list)) => (HEADERS, Json(json!({ "personas": list }))).into_response(),
        Some(Err(error)) => {
            tracing::error!(%error, "no token could be signed");
            (StatusCode::INTERNAL_SERVER_ERROR, HEADERS).into_response()
        }
        // The municipality is still being played.
        None => (StatusCode::SERVICE_UNAVAILABLE, HEADERS).into_response(),
    }
}

/// Whether the browser thinks that it is on this machine: a name of another site that was made to
/// point here gets no tokens.
fn is_asked_here(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.and_then(|host| host.parse::<Authority>().ok());
    host.is_some_and(|host| omgeving::is_loopback(host.host()))
}

fn list(personas: &Personas, ids: &Ids) -> Result<Vec<Value>, DemoError> {
    let one = |persona: Persona| {
        let token = personas.issuer.sign(persona.claims(ids), &*personas.clock)?;
        let (code, naam) = (persona.code(), persona.description());
        Ok(json!({ "code": code, "naam": naam, "token": token }))
    };
    Persona::ALL.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use clock::SystemClock;
    use tower::ServiceExt as _;

    use super::*;

    async fn ask(ids: Option<Ids>, host: &str) -> (StatusCode, Value) {
        let issuer = Arc::new(Issuer::generate(&SystemClock).expect("an issuer"));
        let known = OnceLock::new();
        if let Some(ids) = ids {
            known.set(ids).expect("nothing was set");
        }
        let personas = Personas { issuer, ids: Arc::new(known), clock: Arc::new(SystemClock) };
        let request = Request::get(PERSONAS_PATH).header(HOST, host).body(Body::empty());
        let answer =
            router(personas).oneshot(request.expect("a request")).await.expect("an answer");
        assert_eq!(answer.headers()[CACHE_CONTROL], "no-store");
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 100_000).await.expect("a body");
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    #[tokio::test]
    async fn every_persona_is_offered_on_this_machine_only() {
        for host in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"] {
            let (status, list) = ask(Some(Ids::default()), host).await;
            assert_eq!(status, StatusCode::OK, "{host}");
            assert_eq!(list["personas"].as_array().map(Vec::len), Some(Persona::ALL.len()));
            assert_eq!(list["personas"][0]["code"], "kcc");
        }
        for host in ["evil.example:8080", "127.0.0.1.evil.example", "192.0.2.1", ""] {
            let refused = ask(Some(Ids::default()), host).await;
            assert_eq!(refused, (StatusCode::FORBIDDEN, Value::Null), "{host}");
        }
        assert_eq!(ask(None, "localhost").await.0, StatusCode::SERVICE_UNAVAILABLE);
    }
}
