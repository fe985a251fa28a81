//! The floor: the same answers, made by hand. A handler per screen, without GraphQL, tokens, logbook and
//! roles of readers: what the machine allows.
//!
//! `/statements` runs the statements of the resolvers and builds the answer from what they give; `/json`
//! lets PostgreSQL build the whole answer in one statement.

mod json;
mod screens;
mod shapes;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use tokio::net::TcpListener;

use super::ReadError;

/// Connections of the floor: as many as the service has for questions.
pub(super) const CONNECTIONS: u32 = 16;

/// Which object is asked.
#[derive(Deserialize)]
struct Asked<'b> {
    #[serde(borrow)]
    key: &'b str,
}

/// What GraphQL puts around an answer.
#[derive(Serialize)]
struct Answer<T> {
    data: T,
}

/// Serves the floor until the process ends.
pub(super) async fn serve(pool: PgPool, listen: &str) -> Result<(), ReadError> {
    let listener = TcpListener::bind(listen).await.map_err(ReadError::Connect)?;
    let router = Router::new()
        .route("/statements/klantbeeld", post(klantbeeld))
        .route("/statements/werkvoorraad", post(werkvoorraad))
        .route("/statements/zaakContacthistorie", post(zaak))
        .route("/statements/mijnGesprekken", post(gesprekken))
        .route("/statements/klantZoeken", post(zoeken))
        .route("/", get(async || StatusCode::OK))
        .route("/json/klantbeeld", post(klantbeeld_json))
        .with_state(pool);
    axum::serve(listener, router).await.map_err(ReadError::Connect)
}

/// The key in a question, and its answer as JSON.
async fn answer<T: Serialize>(
    body: &Bytes,
    find: impl AsyncFnOnce(&str) -> sqlx::Result<T>,
) -> Response {
    let Ok(asked) = serde_json::from_slice::<Asked<'_>>(body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let found = find(asked.key).await;
    match found.map(|data| serde_json::to_vec(&Answer { data })) {
        Ok(Ok(text)) => ([(CONTENT_TYPE, "application/json")], text).into_response(),
        Ok(Err(_)) | Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn klantbeeld(State(pool): State<PgPool>, body: Bytes) -> Response {
    answer(&body, async |key: &str| screens::klantbeeld(&pool, key).await).await
}

async fn werkvoorraad(State(pool): State<PgPool>, body: Bytes) -> Response {
    answer(&body, async |key: &str| screens::werkvoorraad(&pool, key).await).await
}

async fn zaak(State(pool): State<PgPool>, body: Bytes) -> Response {
    answer(&body, async |key: &str| screens::zaak(&pool, key).await).await
}

async fn gesprekken(State(pool): State<PgPool>, body: Bytes) -> Response {
    answer(&body, async |key: &str| screens::gesprekken(&pool, key).await).await
}

async fn zoeken(State(pool): State<PgPool>, body: Bytes) -> Response {
    answer(&body, async |key: &str| screens::zoeken(&pool, key).await).await
}

async fn klantbeeld_json(State(pool): State<PgPool>, body: Bytes) -> Response {
    answer(&body, async |key: &str| json::klantbeeld(&pool, key).await).await
}
