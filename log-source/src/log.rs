//! The log in PostgreSQL as a source: the SQL of the fence.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use events::{Envelope, Gebeurtenis, ObjectRef, Objectsoort, UnknownObjectsoort};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::fence::{Cursor, Holders, Next};
use crate::{Batch, Bounds, Source, SourceError, Unreadable, assumptions};

/// A poll that takes longer is given up and tried again: the server may be gone without a word.
const POLL_LIMIT: Duration = Duration::from_secs(30);

/// Reads `write_side.gebeurtenissen`.
#[derive(Debug, Clone)]
pub struct PostgresLog {
    pool: PgPool,
}

impl PostgresLog {
    /// A reader of the log, after checking that the log can be read without gaps.
    ///
    /// # Errors
    /// [`SourceError::Assumption`] when it cannot, which says what to do; otherwise the database did
    /// not answer.
    pub async fn open(pool: &PgPool) -> Result<Self, SourceError> {
        assumptions::check(pool).await?;
        Ok(Self { pool: pool.clone() })
    }

    async fn read(
        &self,
        after: &Cursor,
        bounds: Bounds,
    ) -> Result<(Batch, Vec<Unreadable>), SourceError> {
        let action = "getting a connection to read the log";
        let failed = |source| SourceError::Database { action, source };
        let mut conn = self.pool.acquire().await.map_err(failed)?;
        let rows = rows(&mut conn, after, bounds).await?;
        let posities: Vec<i64> = rows.iter().map(|row| row.positie).collect();
        let fresh = posities.iter().filter(|positie| **positie > after.low()).count();
        let sight = after.see(&posities);
        if sight.truncated {
            tracing::warn!(
                log.positie = after.low(),
                log.gaten = crate::MAX_OPEN_GAPS,
                "too many gaps are open: the log is read no further than they reach"
            );
        }
        let cursor_after = match sight.next {
            Next::Settled(cursor) => cursor,
            // After the snapshot, never before: see the proof in fence.rs.
            Next::Open(pending) => pending.fence(&holders(&mut conn).await?),
        };
        let to_end = fresh < bounds.max && !sight.truncated && bounds.until == i64::MAX;
        let (events, unreadable) = apart(rows.into_iter().take(sight.delivered))?;
        Ok((Batch { events, cursor_after, to_end }, unreadable))
    }
}

#[async_trait]
impl Source for PostgresLog {
    async fn poll(&mut self, after: &Cursor, bounds: Bounds) -> Result<Batch, SourceError> {
        let (batch, unreadable) = self.poll_apart(after, bounds).await?;
        match unreadable.into_iter().next() {
            Some(strange) => Err(strange.into()),
            None => Ok(batch),
        }
    }

    async fn poll_apart(
        &mut self,
        after: &Cursor,
        bounds: Bounds,
    ) -> Result<(Batch, Vec<Unreadable>), SourceError> {
        let action = "reading the log";
        match tokio::time::timeout(POLL_LIMIT, self.read(after, bounds)).await {
            Ok(read) => read,
            Err(_) => Err(SourceError::TimedOut { action, limit: POLL_LIMIT }),
        }
    }
}

impl From<Unreadable> for SourceError {
    fn from(strange: Unreadable) -> Self {
        Self::Undecodable { positie: strange.positie, source: strange.source }
    }
}

struct LogRow {
    positie: i64,
    gebeurtenis_id: Uuid,
    handeling_id: Uuid,
    objectsoort: String,
    object_id: Uuid,
    versie: i64,
    soort: String,
    schemaversie: i16,
    data: String,
    tijdstip: DateTime<Utc>,
}

/// The rows in open gaps, all of them, and the first rows above `low`: one statement, so one
/// snapshot. The limit is on the second part only, for it must never cut off a gap's row.
async fn rows(
    conn: &mut PgConnection,
    after: &Cursor,
    bounds: Bounds,
) -> Result<Vec<LogRow>, SourceError> {
    let max = i64::try_from(bounds.max).unwrap_or(i64::MAX);
    sqlx::query_as!(
        LogRow,
        r#"SELECT positie AS "positie!", gebeurtenis_id AS "gebeurtenis_id!",
                  handeling_id AS "handeling_id!", objectsoort AS "objectsoort!",
                  object_id AS "object_id!", versie AS "versie!", soort AS "soort!",
                  schemaversie AS "schemaversie!", data::text AS "data!", tijdstip AS "tijdstip!"
           FROM (
               SELECT * FROM write_side.gebeurtenissen WHERE positie = ANY($1)
               UNION ALL
               (SELECT * FROM write_side.gebeurtenissen
                WHERE positie > $2 AND positie <= $3 ORDER BY positie LIMIT $4)
           ) AS seen
           ORDER BY positie"#,
        &after.gaps(),
        after.low(),
        bounds.until,
        max,
    )
    .fetch_all(conn)
    .await
    .map_err(|source| SourceError::Database { action: "reading the log", source })
}

/// The events of objects up to a cursor, and beyond it those up to the version that is given with the
/// object, without those at some positions; in the order of their positions, so of their versions
/// within an object.
///
/// # Errors
/// When the database does not answer, or an event cannot be read.
pub async fn of_objects(
    conn: &mut PgConnection,
    objects: &BTreeMap<ObjectRef, i64>,
    until: &Cursor,
    without: &[i64],
) -> Result<Vec<Envelope>, SourceError> {
    let (events, unreadable) = of_objects_apart(conn, objects, until, without).await?;
    match unreadable.into_iter().next() {
        Some(strange) => Err(strange.into()),
        None => Ok(events),
    }
}

/// The same for who can go on without an event that this program cannot read: gives those apart.
///
/// # Errors
/// When the database does not answer.
pub async fn of_objects_apart(
    conn: &mut PgConnection,
    objects: &BTreeMap<ObjectRef, i64>,
    until: &Cursor,
    without: &[i64],
) -> Result<(Vec<Envelope>, Vec<Unreadable>), SourceError> {
    let soorten: Vec<String> =
        objects.keys().map(|object| object.soort.code().to_owned()).collect();
    let ids: Vec<Uuid> = objects.keys().map(|object| object.id).collect();
    let versies: Vec<i64> = objects.values().copied().collect();
    let rows = sqlx::query_as!(
        LogRow,
        r#"SELECT e.positie, e.gebeurtenis_id, e.handeling_id, e.objectsoort, e.object_id, e.versie,
                  e.soort, e.schemaversie, e.data::text AS "data!", e.tijdstip
           FROM unnest($1::text[], $2::uuid[], $3::bigint[]) AS object (soort, id, versie)
           JOIN write_side.gebeurtenissen e
               ON e.objectsoort = object.soort AND e.object_id = object.id
           WHERE ((e.positie <= $4 AND e.positie <> ALL($5)) OR e.versie <= object.versie)
             AND e.positie <> ALL($6)
           ORDER BY e.positie"#,
        &soorten,
        &ids,
        &versies,
        until.low(),
        &until.gaps(),
        without,
    )
    .fetch_all(conn)
    .await
    .map_err(|source| SourceError::Database { action: "reading the events of objects", source })?;
    apart(rows)
}

/// Where events come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Herkomst {
    /// OperationId of the handeling that recorded them.
    pub soort: String,
    /// The application with which it was done.
    pub toepassing: String,
}

/// Where the events of these handelingen come from.
///
/// # Errors
/// When the database does not answer.
pub async fn herkomst(
    conn: &mut PgConnection,
    handelingen: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, Herkomst>, SourceError> {
    let ids: Vec<Uuid> = handelingen.iter().copied().collect();
    let rows = sqlx::query!(
        "SELECT handeling_id, soort, toepassing FROM write_side.handelingen
         WHERE handeling_id = ANY($1)",
        &ids,
    )
    .fetch_all(conn)
    .await
    .map_err(|source| SourceError::Database { action: "reading handelingen", source })?;
    let herkomst = rows.into_iter().map(|row| {
        let herkomst = Herkomst { soort: row.soort, toepassing: row.toepassing };
        (row.handeling_id, herkomst)
    });
    Ok(herkomst.collect())
}

/// Who holds the log's RowExclusiveLock: all who may still bring a row.
async fn holders(conn: &mut PgConnection) -> Result<Holders, SourceError> {
    let holders = sqlx::query_scalar!(
        r#"SELECT DISTINCT virtualtransaction AS "houder!" FROM pg_locks
           WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
             AND relation = 'write_side.gebeurtenissen'::regclass
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"#
    )
    .fetch_all(conn)
    .await
    .map_err(|source| SourceError::Database { action: "reading who writes to the log", source })?;
    Ok(holders.into_iter().collect())
}

/// The events of rows, and those that cannot be read.
fn apart(
    rows: impl IntoIterator<Item = LogRow>,
) -> Result<(Vec<Envelope>, Vec<Unreadable>), SourceError> {
    let (mut events, mut unreadable) = (Vec::new(), Vec::new());
    for row in rows {
        match decode(row)? {
            Ok(event) => events.push(event),
            Err(strange) => unreadable.push(strange),
        }
    }
    Ok((events, unreadable))
}

/// The event of a row; what it cannot be read as comes apart.
fn decode(row: LogRow) -> Result<Result<Envelope, Unreadable>, SourceError> {
    let positie = row.positie;
    let soort = Objectsoort::from_code(&row.objectsoort).ok_or_else(|| {
        SourceError::UnknownObject { positie, source: UnknownObjectsoort(row.objectsoort.clone()) }
    })?;
    let object = ObjectRef { soort, id: row.object_id };
    let versie = row.versie;
    Ok(match Gebeurtenis::from_log(&row.soort, row.schemaversie, &row.data) {
        Ok(gebeurtenis) => Ok(Envelope {
            positie,
            gebeurtenis_id: row.gebeurtenis_id,
            handeling_id: row.handeling_id,
            object,
            versie,
            tijdstip: row.tijdstip,
            gebeurtenis,
        }),
        Err(source) => Err(Unreadable { positie, object, versie, gebeurtenis: row.soort, source }),
    })
}
