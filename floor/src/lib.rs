//! The floor: the same answers, made by hand. A handler per screen, without GraphQL, tokens, logbook and
//! roles of readers: what the machine allows.
//!
//! `/statements` runs the statements of the resolvers and builds the answer from what they give; `/json`
//! lets PostgreSQL build the whole answer in one statement.

mod json;
mod screens;
mod shapes;

use std::io;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::net::TcpListener;

/// Connections of the floor: as many as the service has for questions.
const CONNECTIONS: u32 = 16;

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

/// Why the floor does not answer.
#[derive(Debug, thiserror::Error)]
pub enum FloorError {
    /// The database does not answer.
    #[error("the database does not answer")]
    Database(#[from] sqlx::Error),
    /// The address cannot be listened on, or the server stopped.
    #[error("the floor cannot be served on {listen}")]
    Http {
        /// The address.
        listen: String,
        /// The system's reason.
        source: io::Error,
    },
}

/// Serves the floor on `HOST:PORT` until the process ends.
///
/// # Errors
/// When the database does not answer, or the address cannot be listened on.
pub async fn serve(database_url: &str, listen: &str) -> Result<(), FloorError> {
    let failed = |source| FloorError::Http { listen: listen.to_owned(), source };
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(database_url).await?;
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let router = Router::new()
        .route("/statements/klantbeeld", post(klantbeeld))
        .route("/statements/werkvoorraad", post(werkvoorraad))
        .route("/statements/zaakContacthistorie", post(zaak))
        .route("/statements/mijnGesprekken", post(gesprekken))
        .route("/statements/klantZoeken", post(zoeken))
        .route("/", get(async || StatusCode::OK))
        .route("/json/klantbeeld", post(klantbeeld_json))
        .with_state(pool);
    axum::serve(listener.tap_io(|stream| drop(stream.set_nodelay(true))), router)
        .await
        .map_err(failed)
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
