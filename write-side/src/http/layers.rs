//! What holds for every request, whatever it asks: bounds, headers, who may call from a browser, and
//! an answer also when something breaks.

use std::any::Any;
use std::convert::Infallible;
use std::sync::Arc;

use access::TokenError;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    ACCEPT, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH,
    IF_NONE_MATCH, LOCATION,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use clock::SharedClock;
use tower::{Layer, ServiceExt};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;

use super::parameters::Known;
use super::problem::Problem;
use super::{REQUEST_MAX, accept, antwoord};
use crate::fout::HandelingError;
use crate::idempotentie;

/// The headers that every answer carries, unless it says otherwise itself.
const HEADERS: [(&str, &str); 6] = [
    ("api-version", env!("CARGO_PKG_VERSION")),
    ("cache-control", "no-store"),
    ("content-security-policy", "frame-ancestors 'none'"),
    ("strict-transport-security", "max-age=31536000"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// Puts around routes what holds for all of them.
pub(super) fn dress<S>(router: Router<S>, clock: &SharedClock) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let told = clock.clone();
    router
        .layer(CatchPanicLayer::custom(move |panic| broken(panic, &told)))
        .layer(from_fn_with_state(clock.clone(), bounds))
}

/// The time limit, and the headers that every answer carries. A request that is cut off is done
/// wholly or not at all; which of the two it does not know.
async fn bounds(State(clock): State<SharedClock>, request: Request, next: Next) -> Response {
    let response = match tokio::time::timeout(REQUEST_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let seconds = REQUEST_MAX.as_secs();
            let detail = format!(
                "het duurde langer dan {seconds} s; herhaal de handeling met dezelfde \
                 Idempotency-Key, of kijk zonder die sleutel eerst of zij is gedaan"
            );
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail, clock.new_id()).into_response()
        }
    };
    headed(response)
}

/// An answer with the headers that every answer carries.
pub(super) fn headed(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        let entry = response.headers_mut().entry(HeaderName::from_static(name));
        entry.or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The answer when a part of the program broke down. What it said may hold personal data, and is
/// left out.
fn broken(_panic: Box<dyn Any + Send>, clock: &SharedClock) -> Response {
    let instance = clock.new_id();
    tracing::error!(%instance, "a request broke down");
    let detail = "een handeling is helemaal gedaan of helemaal niet; herhaal haar met dezelfde \
                  Idempotency-Key, of noem de beheerder het kenmerk in `instance`";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail, instance).into_response()
}

/// Refuses whoever accepts no JSON, before anything is done.
pub(super) async fn acceptable(
    State(clock): State<SharedClock>,
    request: Request,
    next: Next,
) -> Response {
    if accept::allows_json(request.headers()) {
        return next.run(request).await;
    }
    let detail = "het antwoord is er alleen als application/json; sta dat toe in de header Accept";
    Problem::new(StatusCode::NOT_ACCEPTABLE, detail, clock.new_id()).into_response()
}

/// Refuses parameters that the operation does not know, or that are given twice. Who brings no token,
/// or has it among them, hears first that it belongs in the header.
pub(super) async fn known_parameters(
    State((clock, known)): State<(SharedClock, Arc<Known>)>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    match known.check(request.method(), path.as_str(), request.uri()) {
        Ok(()) => next.run(request).await,
        Err(_)
            if !request.headers().contains_key(AUTHORIZATION)
                && !known.is_public(request.method(), path.as_str()) =>
        {
            Problem::of_token(TokenError::Missing, clock.new_id()).into_response()
        }
        Err(fouten) => {
            let error = HandelingError::Afgewezen(fouten);
            Problem::of_error(&error, clock.new_id()).into_response()
        }
    }
}

/// Lets web pages of these origins call; without origins there is nothing to tell a browser.
pub(super) fn shared<S>(router: Router<S>, origins: &[HeaderValue]) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    if origins.is_empty() {
        return router;
    }
    let layer = CorsLayer::new()
        .allow_origin(origins.to_vec())
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers([
            ACCEPT,
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_MATCH,
            IF_NONE_MATCH,
            idempotentie::HEADER_NAME,
        ])
        .expose_headers([
            ETAG,
            LOCATION,
            HeaderName::from_static("api-version"),
            antwoord::REPLAYED,
        ]);
    router.layer(from_fn_with_state(layer, cors))
}

/// Lets every web page read.
pub(super) fn public<S>(router: Router<S>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let layer = CorsLayer::new()
        .allow_origin(tower_http::cors::Any)
        .allow_methods([Method::GET, Method::HEAD]);
    router.layer(from_fn_with_state(layer, cors))
}

/// `OPTIONS` that is no question of a browser goes on to the path, which says what it allows.
async fn cors(State(layer): State<CorsLayer>, request: Request, next: Next) -> Response {
    let asks = request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if request.method() == Method::OPTIONS && !asks {
        return next.run(request).await;
    }
    let answered: Result<Response, Infallible> = layer.layer(next).oneshot(request).await;
    answered.unwrap_or_else(|never| match never {})
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use clock::SystemClock;

    use super::*;

    #[tokio::test]
    async fn a_request_that_breaks_down_is_answered_as_every_other() {
        async fn breaks() {
            panic!("Jan Janssen, 999990019");
        }
        let clock: SharedClock = Arc::new(SystemClock);
        let router: Router = dress(Router::new().route("/", get(breaks)), &clock);
        let request = Request::get("/").body(Body::empty()).expect("a request");
        let response = router.oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        for (name, value) in HEADERS {
            assert_eq!(response.headers()[name], value);
        }
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        let text = String::from_utf8(body.to_vec()).expect("text");
        assert!(text.contains("instance") && !text.contains("Janssen"), "{text}");
    }
}
