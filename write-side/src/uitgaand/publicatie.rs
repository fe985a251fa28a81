//! Publication: reads the log without missing an event and gives each handeling its notification and
//! its place. One transaction per round, with the progress row as its lock: any number of processes
//! may try, and one that dies leaves nothing half.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use clock::Clock;
use events::{Gebeurtenis, GebeurtenisError};
use log_source::{Bounds, Cursor, PostgresLog, Source as _, SourceError};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::notificatie::{Handelingslog, Notificatie};
use super::webhook::wachtrij;

/// Most events of one round.
const ROUND_MAX_EVENTS: usize = 1000;
/// Name of the progress row.
const NAAM: &str = "publicatie";

/// Why a round was not done; nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum PublicationError {
    /// The log could not be read.
    #[error("reading what happened failed")]
    Source(#[from] SourceError),
    /// The database refused or was away.
    #[error("{action} failed")]
    Database {
        /// What was tried.
        action: &'static str,
        /// What the database says.
        source: sqlx::Error,
    },
    /// An event of a type or shape that this program does not know.
    #[error("an event of handeling {handeling} cannot be read")]
    Undecodable {
        /// The handeling.
        handeling: Uuid,
        /// What is wrong with it; never its data.
        source: GebeurtenisError,
    },
    /// The stored cursor has not the shape of a cursor.
    #[error("the stored cursor cannot be read")]
    Cursor(#[from] serde_json::Error),
}

impl PublicationError {
    /// Whether trying again may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Source(source) => source.is_transient(),
            Self::Database { source, .. } => log_source::is_transient(source),
            Self::Undecodable { .. } | Self::Cursor(_) => false,
        }
    }
}

pub(super) trait Trying<T> {
    fn trying(self, action: &'static str) -> Result<T, PublicationError>;
}

impl<T> Trying<T> for sqlx::Result<T> {
    fn trying(self, action: &'static str) -> Result<T, PublicationError> {
        self.map_err(|source| PublicationError::Database { action, source })
    }
}

/// What a round came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    /// There may be more.
    More,
    /// Everything that can be seen was published, or another process is at it.
    Idle,
}

/// One round.
pub(super) async fn round(
    pool: &PgPool,
    log: &mut PostgresLog,
    clock: &dyn Clock,
) -> Result<Round, PublicationError> {
    let mut tx = transactions::begin(pool, "BEGIN").await.trying("beginning a round")?;
    let stored = sqlx::query_scalar!(
        r#"SELECT cursor::text AS "cursor!" FROM write_side.relay_voortgang
           WHERE naam = $1 FOR UPDATE SKIP LOCKED"#,
        NAAM,
    )
    .fetch_optional(&mut *tx)
    .await
    .trying("reading how far publication is")?;
    let Some(stored) = stored else {
        return Ok(Round::Idle);
    };
    let cursor: Cursor = serde_json::from_str(&stored)?;
    let bounds = Bounds { max: ROUND_MAX_EVENTS, until: i64::MAX };
    let batch = log.poll(&cursor, bounds).await?;
    if batch.events.is_empty() && batch.cursor_after == cursor {
        return Ok(Round::Idle);
    }
    let mut seen = BTreeSet::new();
    let order: Vec<Uuid> = batch
        .events
        .iter()
        .map(|event| event.handeling_id)
        .filter(|handeling| seen.insert(*handeling))
        .collect();
    publish(&mut tx, &order, clock.now()).await?;
    sqlx::query!(
        "UPDATE write_side.relay_voortgang SET cursor = $2::text::jsonb, bijgewerkt = $3
         WHERE naam = $1",
        NAAM,
        serde_json::to_string(&batch.cursor_after)?,
        clock.now(),
    )
    .execute(&mut *tx)
    .await
    .trying("writing how far publication is")?;
    tx.commit().await.trying("ending a round")?;
    Ok(if batch.to_end { Round::Idle } else { Round::More })
}

/// Publishes the handelingen that were not published yet, in this order.
async fn publish(
    conn: &mut PgConnection,
    order: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), PublicationError> {
    if order.is_empty() {
        return Ok(());
    }
    let last = sqlx::query_scalar!(
        r#"SELECT COALESCE(max(volgnummer), 0) AS "last!" FROM write_side.notificaties"#
    )
    .fetch_one(&mut *conn)
    .await
    .trying("reading the last place")?;
    let handelingen = unpublished(conn, order).await?;
    let notificaties: Vec<Notificatie> = handelingen
        .iter()
        .zip(last + 1..)
        .filter_map(|(handeling, volgnummer)| handeling.notificatie(volgnummer))
        .collect();
    insert(conn, &notificaties).await?;
    wachtrij::enqueue(conn, last, now).await.trying("queueing for webhooks")
}

/// These handelingen with all their events, but for those that were published: a batch may cut a
/// handeling in two.
async fn unpublished(
    conn: &mut PgConnection,
    order: &[Uuid],
) -> Result<Vec<Handelingslog>, PublicationError> {
    let rows = sqlx::query!(
        r#"SELECT h.handeling_id, h.soort AS handeling, h.tijdstip, g.versie, g.soort,
                  g.schemaversie, g.data::text AS "data!"
           FROM unnest($1::uuid[]) WITH ORDINALITY AS gevraagd (handeling_id, plaats)
           JOIN write_side.handelingen h USING (handeling_id)
           JOIN write_side.gebeurtenissen g USING (handeling_id)
           WHERE NOT EXISTS (SELECT FROM write_side.notificaties n
                             WHERE n.handeling_id = h.handeling_id)
           ORDER BY plaats, g.positie"#,
        order,
    )
    .fetch_all(conn)
    .await
    .trying("reading handelingen")?;
    let mut found: Vec<Handelingslog> = Vec::new();
    for row in rows {
        let handeling = row.handeling_id;
        let gebeurtenis = Gebeurtenis::from_log(&row.soort, row.schemaversie, &row.data)
            .map_err(|source| PublicationError::Undecodable { handeling, source })?;
        match found.last_mut().filter(|last| last.id == handeling) {
            Some(last) => last.gebeurtenissen.push((row.versie, gebeurtenis)),
            None => found.push(Handelingslog {
                id: handeling,
                soort: row.handeling,
                tijdstip: row.tijdstip,
                gebeurtenissen: vec![(row.versie, gebeurtenis)],
            }),
        }
    }
    Ok(found)
}

async fn insert(
    conn: &mut PgConnection,
    notificaties: &[Notificatie],
) -> Result<(), PublicationError> {
    let column = |field: fn(&Notificatie) -> String| notificaties.iter().map(field).collect();
    let soorten: Vec<String> = column(|item| item.soort.clone());
    let objectsoorten: Vec<String> = column(|item| item.object.soort.code().to_owned());
    let data: Vec<String> = column(|item| item.data.to_string());
    let times: Vec<DateTime<Utc>> = notificaties.iter().map(|item| item.tijdstip).collect();
    sqlx::query!(
        "INSERT INTO write_side.notificaties (volgnummer, handeling_id, soort, objectsoort,
             object_id, versie, tijdstip, data)
         SELECT volgnummer, handeling_id, soort, objectsoort, object_id, versie, tijdstip,
                data::json
         FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::bigint[],
                     $7::timestamptz[], $8::text[])
              AS nieuw (volgnummer, handeling_id, soort, objectsoort, object_id, versie, tijdstip,
                        data)",
        &notificaties.iter().map(|item| item.volgnummer).collect::<Vec<_>>(),
        &notificaties.iter().map(|item| item.handeling_id).collect::<Vec<_>>(),
        &soorten,
        &objectsoorten,
        &notificaties.iter().map(|item| item.object.id).collect::<Vec<_>>(),
        &notificaties.iter().map(|item| item.versie).collect::<Vec<_>>(),
        &times,
        &data,
    )
    .execute(conn)
    .await
    .trying("writing notifications")?;
    Ok(())
}
