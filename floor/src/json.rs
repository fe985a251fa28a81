//! The klantbeeld as PostgreSQL builds it, in one statement.

use clock::{Clock as _, SystemClock};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use sqlx::PgPool;
use sqlx::types::Json;
use uuid::Uuid;

use super::screens::TERMIJN;

/// Text that is JSON already.
pub(super) struct Built(Box<RawValue>);

impl Serialize for Built {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

const KLANTBEELD: &str = include_str!("klantbeeld.sql");

/// One klant with its newest contacts.
pub(super) async fn klantbeeld(pool: &PgPool, key: &str) -> sqlx::Result<Built> {
    let id = key.parse().unwrap_or(Uuid::nil());
    let dringend_tot = TERMIJN.dringend_tot(SystemClock.now());
    let built: Json<Box<RawValue>> =
        sqlx::query_scalar(KLANTBEELD).bind(id).bind(dringend_tot).fetch_one(pool).await?;
    Ok(Built(built.0))
}
