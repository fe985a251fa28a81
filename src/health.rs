//! Whether the process lives and is ready for work, for whoever runs it: a service manager, a load
//! balancer. Open to all, and silent about content.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use axum::routing::get;
use axum::{Json, Router};
use chrono::TimeDelta;
use clock::SharedClock;
use projector::Product;
use read_side::{Leesrecht, Lezer, Reader, Verbinding, actualiteit};
use serde_json::{Value, json};
use sqlx::PgPool;
use tokio::time::{Duration, timeout};

/// How far behind a product may be, in seconds, for the process to be ready.
const LAG_MAX_SECONDS: i64 = 30;
/// How long the database may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// What the answers are made of.
pub(crate) struct Health {
    pub(crate) pool: PgPool,
    pub(crate) clock: SharedClock,
    /// The products that this process keeps up to date; empty without the role project.
    pub(crate) products: Vec<Box<dyn Product>>,
}

type Answer = (StatusCode, [(HeaderName, &'static str); 1], Json<Value>);

fn answer(status: StatusCode, value: Value) -> Answer {
    (status, [(CACHE_CONTROL, "no-store")], Json(value))
}

/// `GET /livez` and `GET /readyz`.
pub(crate) fn router(health: Health) -> Router {
    Router::new()
        .route("/livez", get(async || answer(StatusCode::OK, json!({ "status": "ok" }))))
        .route("/readyz", get(readyz))
        .with_state(Arc::new(health))
}

async fn readyz(State(health): State<Arc<Health>>) -> Answer {
    match timeout(ANSWER_MAX, reason(&health)).await {
        Ok(None) => answer(StatusCode::OK, json!({ "status": "ok" })),
        Ok(Some(reason)) => not_ready(&reason),
        Err(_) => not_ready("the database does not answer"),
    }
}

fn not_ready(reason: &str) -> Answer {
    answer(StatusCode::SERVICE_UNAVAILABLE, json!({ "status": "not ready", "reason": reason }))
}

/// Why the process is not ready; `None` when it is.
async fn reason(health: &Health) -> Option<String> {
    if health.products.is_empty() {
        let answered = sqlx::query("SELECT 1").execute(&health.pool).await;
        return answered.err().map(|_| "the database does not answer".to_owned());
    }
    let names: Vec<String> =
        health.products.iter().map(|product| product.name().to_owned()).collect();
    let reader =
        Reader::new(Verbinding::new(health.pool.clone()), &Leesrecht::of(Lezer::Beheerder));
    let Ok(rows) = actualiteit::by_products(&reader, &names).await else {
        return Some("the database does not answer".to_owned());
    };
    let oldest = health.clock.now() - TimeDelta::seconds(LAG_MAX_SECONDS);
    let fresh =
        |name: &str| rows.iter().any(|row| row.product == name && row.bijgewerkt_tot >= oldest);
    let late = names.iter().find(|name| !fresh(name))?;
    Some(format!("{late} is more than {LAG_MAX_SECONDS} s behind"))
}
