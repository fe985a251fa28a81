//! Four readers of the same log: ours, two as others build them, and what stands in the tables.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use log_source::{Bounds, Cursor, PostgresLog, Source};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::course::Course;
use super::server::Server;

/// Most events of one look.
const MAX: usize = 1000;
/// Pause after a look that gave nothing, and after one that failed.
const PAUSE: Duration = Duration::from_millis(2);
/// After the writers are done a reader that finds nothing for so long has come to its end.
const QUIET: Duration = Duration::from_secs(2);
/// Longest time that reading on may take after the writers are done.
const LIMIT: Duration = Duration::from_secs(1800);

/// How one reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The lock fence of this project.
    Fence,
    /// What lies above the highest position that was seen.
    Naive,
    /// What transactions wrote that are older than every transaction that runs, in their order.
    Xmin,
    /// The projector: what is in the tables of klantbeeld.
    Tables,
}

/// One event as a reader got it.
struct Got {
    positie: i64,
    object: Uuid,
    versie: i64,
}

/// What a reader saw.
#[derive(Default)]
pub struct Seen {
    /// When it first saw each position.
    pub first: BTreeMap<i64, Instant>,
    /// Positions that it saw again.
    pub doubled: usize,
    /// Events that came after a later event of the same object.
    pub inverted: usize,
    last: BTreeMap<Uuid, i64>,
}

impl Seen {
    fn take(&mut self, got: &Got, now: Instant) {
        if self.first.contains_key(&got.positie) {
            self.doubled += 1;
            return;
        }
        self.first.insert(got.positie, now);
        let last = self.last.entry(got.object).or_insert(0);
        self.inverted += usize::from(got.versie < *last);
        *last = (*last).max(got.versie);
    }
}

/// Where a reader is.
struct Place {
    fence: Cursor,
    source: Option<PostgresLog>,
    positie: i64,
    xid: String,
}

/// Reads until the writers are done and nothing more comes.
pub async fn read(reader: Reader, server: &Server, course: &Course) -> (Reader, Seen) {
    let pool = server.pool(1);
    let mut session = server.session("lezer").await;
    let mut place =
        Place { fence: Cursor::default(), source: None, positie: 0, xid: "0".to_owned() };
    let mut seen = Seen::default();
    let (mut quiet, mut done) = (Instant::now(), None);
    loop {
        let was_done = course.is_done();
        let looked = match reader {
            Reader::Fence => fence(&pool, &mut place).await,
            Reader::Naive => naive(&mut session, &mut place).await,
            Reader::Xmin => xmin(&mut session, &mut place).await,
            Reader::Tables => tables(&mut session, &mut place).await,
        };
        let Ok(got) = looked else {
            tokio::time::sleep(PAUSE).await;
            if session.ping().await.is_err() {
                session = server.session("lezer").await;
            }
            quiet = Instant::now();
            continue;
        };
        let now = Instant::now();
        got.iter().for_each(|one| seen.take(one, now));
        if !got.is_empty() {
            quiet = now;
            continue;
        }
        if was_done {
            let end = *done.get_or_insert(now);
            assert!(end.elapsed() < LIMIT, "{reader:?} does not come to its end");
            let caught_up = reader != Reader::Tables || is_level(&mut session).await;
            // Counted from the end of the writers: the transaction that stays open ends after them.
            if quiet.elapsed() > QUIET && end.elapsed() > QUIET && caught_up {
                return (reader, seen);
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether every product has all of the log.
async fn is_level(session: &mut PgConnection) -> bool {
    let sql = "SELECT bool_and(positie >= (SELECT max(positie) FROM write_side.gebeurtenissen)
                               AND jsonb_array_length(cursor->'gaps') = 0)
               FROM projector.checkpoints";
    sqlx::query_scalar(sql).fetch_one(session).await.unwrap_or(false)
}

async fn fence(pool: &sqlx::PgPool, place: &mut Place) -> Result<Vec<Got>, ()> {
    let mut source = match place.source.take() {
        Some(source) => source,
        None => PostgresLog::open(pool).await.map_err(drop)?,
    };
    let bounds = Bounds { max: MAX, until: i64::MAX };
    let batch = source.poll(&place.fence, bounds).await.map_err(drop)?;
    place.source = Some(source);
    place.fence = batch.cursor_after;
    let got = |event: events::Envelope| Got {
        positie: event.positie,
        object: event.object.id,
        versie: event.versie,
    };
    Ok(batch.events.into_iter().map(got).collect())
}

type Row = (i64, Uuid, i64);

fn got((positie, object, versie): Row) -> Got {
    Got { positie, object, versie }
}

async fn naive(session: &mut PgConnection, place: &mut Place) -> Result<Vec<Got>, ()> {
    let sql = "SELECT positie, object_id, versie FROM write_side.gebeurtenissen
               WHERE positie > $1 ORDER BY positie LIMIT 1000";
    let rows: Vec<Row> =
        sqlx::query_as(sql).bind(place.positie).fetch_all(session).await.map_err(drop)?;
    place.positie = rows.last().map_or(place.positie, |row| row.0);
    Ok(rows.into_iter().map(got).collect())
}

async fn xmin(session: &mut PgConnection, place: &mut Place) -> Result<Vec<Got>, ()> {
    // The column is named in full: `xid` alone would be the text beside it, which sorts 999 after 1000.
    let sql = "SELECT xid::text, positie, object_id, versie FROM foltering.volgorde
               WHERE (xid, positie) > ($1::text::xid8, $2)
                 AND xid < pg_snapshot_xmin(pg_current_snapshot())
               ORDER BY volgorde.xid, positie LIMIT 1000";
    let rows: Vec<(String, i64, Uuid, i64)> = sqlx::query_as(sql)
        .bind(&place.xid)
        .bind(place.positie)
        .fetch_all(session)
        .await
        .map_err(drop)?;
    if let Some(last) = rows.last() {
        (place.xid, place.positie) = (last.0.clone(), last.1);
    }
    Ok(rows
        .into_iter()
        .map(|(_, positie, object, versie)| got((positie, object, versie)))
        .collect())
}

/// What the projector has by now: everything up to its horizon.
async fn tables(session: &mut PgConnection, place: &mut Place) -> Result<Vec<Got>, ()> {
    let sql = "SELECT positie FROM read_side.actualiteit WHERE product = 'klantbeeld'";
    let horizon: i64 = sqlx::query_scalar(sql).fetch_one(&mut *session).await.map_err(drop)?;
    // Its moment is that of the look at the horizon, not of this one.
    let sql = "SELECT positie, object_id, versie FROM write_side.gebeurtenissen
               WHERE positie > $1 AND positie <= $2 ORDER BY positie";
    let rows: Vec<Row> = sqlx::query_as(sql)
        .bind(place.positie)
        .bind(horizon)
        .fetch_all(session)
        .await
        .map_err(drop)?;
    place.positie = horizon.max(place.positie);
    Ok(rows.into_iter().map(got).collect())
}
