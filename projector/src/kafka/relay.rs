//! How far the relay has carried the log to the topic: what tells how up to date a partition is.

use chrono::{DateTime, Utc};
use log_source::Cursor;
use serde_json::Value;
use sqlx::PgPool;

use crate::error::ProjectorError;

/// Under which name the relay keeps how far it is with the full events.
const RELAY: &str = "kafka-intern";

/// Most events that are looked at to find the oldest that has not been carried.
const WAITING_MAX: i64 = 10_000;

/// What the topic holds, at the least.
#[derive(Debug, Clone)]
pub(super) struct Carried {
    /// All that the log has up to here.
    pub(super) cursor: Cursor,
    /// All that was recorded before this moment; `None` = too much waits to tell.
    pub(super) until: Option<DateTime<Utc>>,
}

/// Looks how far the relay is. `now` was read before.
///
/// An event that the log shows and that was not carried was recorded at its tijdstip or later. So all
/// that was recorded before the oldest of those is in the topic; if there is none, all that was
/// recorded before `now`.
pub(super) async fn carried(pool: &PgPool, now: DateTime<Utc>) -> Result<Carried, ProjectorError> {
    let row = sqlx::query!(
        r#"WITH stand AS (
               SELECT COALESCE((SELECT cursor FROM write_side.relay_voortgang WHERE naam = $1),
                               '{"low": 0, "gaps": []}') AS cursor
           ), waiting AS (
               (SELECT e.tijdstip FROM write_side.gebeurtenissen e
                WHERE e.positie > (SELECT (cursor->>'low')::bigint FROM stand)
                ORDER BY e.positie LIMIT $2)
               UNION ALL
               SELECT e.tijdstip
               FROM stand, jsonb_array_elements(stand.cursor->'gaps') gap
               JOIN write_side.gebeurtenissen e ON e.positie = (gap->>'positie')::bigint
           )
           SELECT (SELECT cursor FROM stand) AS "cursor!: Value",
                  (SELECT count(*) FROM waiting) AS "waiting!",
                  (SELECT min(tijdstip) FROM waiting) AS oldest"#,
        RELAY,
        WAITING_MAX,
    )
    .fetch_one(pool)
    .await
    .map_err(ProjectorError::database("reading how far the relay is"))?;
    let cursor = serde_json::from_value(row.cursor).map_err(|source| ProjectorError::Cursor {
        product: RELAY.to_owned(),
        generatie: 0,
        source,
    })?;
    let until = (row.waiting < WAITING_MAX).then(|| row.oldest.map_or(now, |old| old.min(now)));
    Ok(Carried { cursor, until })
}
