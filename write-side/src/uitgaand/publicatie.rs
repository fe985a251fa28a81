//! The publication: reads the log without gaps and makes one notification of each handeling, with
//! numbers without holes.
//!
//! Each round is one transaction that first takes the row of its progress, so any number of
//! processes may publish: whoever has the row works, the others find nothing to do. The cursor moves
//! in the transaction that writes the notifications, so a process that dies at any step loses
//! nothing and doubles nothing.

use std::sync::Arc;
use std::time::Duration;

use clock::SharedClock;
use log_source::{Bounds, Cursor, PostgresLog, Source as _};
use sqlx::{PgConnection, PgPool};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::error::{Doing as _, UitgaandError};
use super::notificatie::{Notificatie, insert, last_volgnummer, load_gedaan};
use super::pauze::{Doubling, is_stopped, wait, warn_of};

/// Whose progress it is.
const NAAM: &str = "publicatie";

/// Begins a round. Should this process hang in the middle, the server ends the transaction, and
/// another process publishes.
const BEGIN: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '15s'";
/// Longest time that reading the log may take within a round; shorter than the limit above.
const READ_LIMIT: Duration = Duration::from_secs(10);
/// Most new events in one round.
const BATCH_MAX_EVENTS: usize = 1000;
/// Shortest pause between two rounds when nothing happens.
const IDLE_MIN: Duration = Duration::from_millis(20);
/// Longest pause between two rounds when nothing happens.
const IDLE_MAX: Duration = Duration::from_millis(200);

/// Makes notifications of handelingen.
#[derive(Debug, Clone)]
pub struct Publicatie {
    /// The database; the pool must lead to the primary.
    pub pool: PgPool,
    /// Time.
    pub clock: SharedClock,
    /// Poked by the write side in the same process after each commit; a hint, as it polls too.
    pub wake: Option<Arc<Notify>>,
    /// Told the number of the last notification after each round that made one.
    pub laatste: watch::Sender<i64>,
}

/// What one round came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    Progress,
    Idle,
}

impl Publicatie {
    /// Works until `stop` becomes true, or its sender is gone.
    ///
    /// # Errors
    /// Only what trying again does not mend: an event that cannot be read, a log that cannot be read
    /// without gaps. No handeling is skipped.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) -> Result<(), UitgaandError> {
        let mut pause = Doubling::after_errors();
        let mut idle = Doubling::new(IDLE_MIN, IDLE_MAX);
        let mut log = None;
        while !is_stopped(&stop) {
            match self.round(&mut log).await {
                Ok(Round::Progress) => {
                    pause.reset();
                    idle.reset();
                }
                Ok(Round::Idle) => {
                    pause.reset();
                    self.rest(idle.next(), &mut stop).await;
                }
                Err(error) if error.is_transient() => {
                    // A failover may have brought another database: its log is checked again.
                    log = None;
                    let next = pause.next();
                    warn_of("the publication", &error, next);
                    wait(next, &mut stop).await;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn round(&self, log: &mut Option<PostgresLog>) -> Result<Round, UitgaandError> {
        let log = match log {
            Some(log) => log,
            None => log.insert(PostgresLog::open(&self.pool).await?),
        };
        let mut tx = self.pool.begin_with(BEGIN).await.doing("beginning a publication")?;
        let Some(cursor) = take_progress(&mut tx).await? else {
            return Ok(Round::Idle);
        };
        let bounds = Bounds { max: BATCH_MAX_EVENTS, until: i64::MAX };
        let batch = match timeout(READ_LIMIT, log.poll(&cursor, bounds)).await {
            Ok(batch) => batch?,
            Err(_) => {
                let action = "reading the log";
                let limit = READ_LIMIT;
                return Err(log_source::SourceError::TimedOut { action, limit }.into());
            }
        };
        if batch.events.is_empty() && batch.cursor_after == cursor {
            return Ok(Round::Idle);
        }
        let mut handelingen: Vec<Uuid> =
            batch.events.iter().map(|event| event.handeling_id).collect();
        handelingen.sort_unstable();
        handelingen.dedup();
        let laatste = publish(&mut tx, &handelingen).await?;
        self.save_progress(&mut tx, &batch.cursor_after).await?;
        tx.commit().await.doing("ending a publication")?;
        if let Some(laatste) = laatste {
            self.laatste.send_replace(laatste);
            tracing::debug!(notificatie.volgnummer = laatste, "notifications published");
        }
        Ok(Round::Progress)
    }

    async fn save_progress(
        &self,
        conn: &mut PgConnection,
        cursor: &Cursor,
    ) -> Result<(), UitgaandError> {
        let cursor = serde_json::to_value(cursor)
            .map_err(|source| UitgaandError::Voortgang { naam: NAAM, source })?;
        sqlx::query!(
            "UPDATE write_side.relay_voortgang SET cursor = $2, bijgewerkt = $3 WHERE naam = $1",
            NAAM,
            cursor,
            self.clock.now(),
        )
        .execute(conn)
        .await
        .doing("writing the progress of the publication")?;
        Ok(())
    }

    /// Waits until the next round, or until the write side says that there is something.
    async fn rest(&self, idle: Duration, stop: &mut watch::Receiver<bool>) {
        match &self.wake {
            Some(wake) => tokio::select! {
                () = wake.notified() => {}
                () = sleep(IDLE_MAX) => {}
                _ = stop.changed() => {}
            },
            None => wait(idle, stop).await,
        }
    }
}

/// Takes the row of the progress until the transaction ends; `None` when another process has it.
async fn take_progress(conn: &mut PgConnection) -> Result<Option<Cursor>, UitgaandError> {
    let cursor = sqlx::query_scalar!(
        "SELECT cursor FROM write_side.relay_voortgang WHERE naam = $1 FOR UPDATE SKIP LOCKED",
        NAAM,
    )
    .fetch_optional(conn)
    .await
    .doing("taking the progress of the publication")?;
    cursor
        .map(serde_json::from_value)
        .transpose()
        .map_err(|source| UitgaandError::Voortgang { naam: NAAM, source })
}

/// Writes the notifications of those handelingen that have none; gives the last number, if any.
async fn publish(
    conn: &mut PgConnection,
    handelingen: &[Uuid],
) -> Result<Option<i64>, UitgaandError> {
    let gedaan = load_gedaan(conn, handelingen).await?;
    let first = last_volgnummer(&mut *conn).await? + 1;
    let notificaties: Vec<Notificatie> = (first..)
        .zip(&gedaan)
        .filter_map(|(volgnummer, gedaan)| gedaan.notificatie(volgnummer))
        .collect();
    if notificaties.is_empty() {
        return Ok(None);
    }
    insert(conn, &notificaties).await?;
    Ok(notificaties.last().map(|last| last.volgnummer))
}
