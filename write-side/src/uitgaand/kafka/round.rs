//! One round of the relay: what follows on the stored progress is sent, and then it is progress.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clock::SharedClock;
use kafka_client::{KafkaClientError, Told};
use log_source::SourceError;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use tokio::time::timeout;

use super::levering::{Bericht, DELIVERY_LIMIT, Levering, LeveringError};
use super::settings::KafkaSettings;

/// Most messages of one round.
pub(super) const ROUND_MAX: usize = 500;

/// How long a round may take: the messages, and a database that is slow. Shorter than the server's
/// limit below, so that a process that lives never loses its lock.
const ROUND_LIMIT: Duration = Duration::from_secs(DELIVERY_LIMIT.as_secs() + 20);

/// After this time the server ends the session of a process that holds the progress and is hung.
const IDLE_IN_TRANSACTION: &str = "SET LOCAL idle_in_transaction_session_timeout = '60s'";

/// What is carried from here to a topic.
#[async_trait]
pub(super) trait Stroom: Send {
    /// Under which name its progress is kept.
    fn naam(&self) -> &'static str;

    /// The progress before the first round.
    fn begin(&self) -> Result<Value, RondeError>;

    /// What follows on the progress, at most [`ROUND_MAX`] messages and what came late.
    async fn read(&mut self, pool: &PgPool, after: &Value) -> Result<Gelezen, RondeError>;
}

/// What was read.
#[derive(Debug)]
pub(super) struct Gelezen {
    /// The messages, in order.
    pub(super) berichten: Vec<Bericht>,
    /// The progress when they have arrived.
    pub(super) cursor: Value,
}

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ronde {
    /// So many messages arrived; there may be more.
    Sent(usize),
    /// There was nothing to send.
    Nothing,
    /// Another process is at it.
    Busy,
}

/// Why a round failed; nothing counts as sent then.
#[derive(Debug, thiserror::Error)]
pub(super) enum RondeError {
    /// The database refused or was away.
    #[error("{0} failed")]
    Database(&'static str, #[source] sqlx::Error),
    /// The log cannot be read.
    #[error("the log cannot be read")]
    Log(#[from] SourceError),
    /// The stored progress or a row cannot be read or written as JSON.
    #[error("{0} is no JSON of the expected shape")]
    Json(&'static str, #[source] serde_json::Error),
    /// Kafka.
    #[error(transparent)]
    Levering(#[from] LeveringError),
    /// It took too long.
    #[error("a round took longer than {ROUND_LIMIT:?}")]
    TimedOut,
}

impl From<KafkaClientError> for RondeError {
    fn from(error: KafkaClientError) -> Self {
        Self::Levering(LeveringError::Client(error))
    }
}

/// Carries one stream.
pub(super) struct Carrier {
    pub(super) pool: PgPool,
    pub(super) clock: SharedClock,
    pub(super) settings: KafkaSettings,
    pub(super) topic: String,
    pub(super) stroom: Box<dyn Stroom>,
    pub(super) told: Told,
    pub(super) levering: Option<Levering>,
}

impl Carrier {
    /// One round. After a failure the producer is closed, and what is under way dropped with it: the
    /// next one sends the same again.
    pub(super) async fn round(&mut self) -> Result<Ronde, RondeError> {
        let ended = match timeout(ROUND_LIMIT, self.attempt()).await {
            Ok(ended) => ended,
            Err(_) => Err(RondeError::TimedOut),
        };
        if ended.is_err() {
            self.close().await;
        }
        ended
    }

    /// Closes the producer, if there is one.
    pub(super) async fn close(&mut self) {
        if let Some(levering) = self.levering.take() {
            levering.close().await;
        }
    }

    async fn attempt(&mut self) -> Result<Ronde, RondeError> {
        let naam = self.stroom.naam();
        let after = match stored(&self.pool, naam).await? {
            Some(cursor) => cursor,
            None => self.stroom.begin()?,
        };
        // Reading does not need the lock: what follows on a progress is always the same, and whether
        // the progress still is the stored one is seen under the lock.
        let gelezen = self.stroom.read(&self.pool, &after).await?;
        if gelezen.berichten.is_empty() && gelezen.cursor == after {
            return Ok(Ronde::Nothing);
        }
        ensure(&self.pool, naam, &self.stroom.begin()?, self.clock.now()).await?;
        let begin = transactions::begin(&self.pool, "BEGIN").await;
        let mut tx = begin.map_err(|error| RondeError::Database("beginning a round", error))?;
        if lock(&mut tx, naam).await? != Some(after) {
            return Ok(Ronde::Busy);
        }
        let levering = match self.levering.take() {
            Some(levering) => levering,
            None => Levering::open(&self.settings, &self.topic, &self.told)?,
        };
        self.levering.insert(levering).deliver(&gelezen.berichten).await?;
        store(&mut tx, naam, &gelezen.cursor, self.clock.now()).await?;
        let committed = tx.commit().await;
        committed.map_err(|error| RondeError::Database("committing a round", error))?;
        Ok(Ronde::Sent(gelezen.berichten.len()))
    }
}

async fn stored(pool: &PgPool, naam: &str) -> Result<Option<Value>, RondeError> {
    sqlx::query_scalar!(
        r#"SELECT cursor AS "cursor!: Value" FROM write_side.relay_voortgang WHERE naam = $1"#,
        naam,
    )
    .fetch_optional(pool)
    .await
    .map_err(|error| RondeError::Database("reading the progress", error))
}

async fn ensure(
    pool: &PgPool,
    naam: &str,
    begin: &Value,
    now: DateTime<Utc>,
) -> Result<(), RondeError> {
    sqlx::query!(
        "INSERT INTO write_side.relay_voortgang (naam, cursor, bijgewerkt) VALUES ($1, $2, $3)
         ON CONFLICT (naam) DO NOTHING",
        naam,
        begin,
        now,
    )
    .execute(pool)
    .await
    .map_err(|error| RondeError::Database("beginning to keep progress", error))?;
    Ok(())
}

/// Locks the progress; `None` when another process has it.
async fn lock(conn: &mut PgConnection, naam: &str) -> Result<Option<Value>, RondeError> {
    let failed = |error| RondeError::Database("locking the progress", error);
    sqlx::query(IDLE_IN_TRANSACTION).execute(&mut *conn).await.map_err(failed)?;
    sqlx::query_scalar!(
        r#"SELECT cursor AS "cursor!: Value" FROM write_side.relay_voortgang
           WHERE naam = $1 FOR UPDATE SKIP LOCKED"#,
        naam,
    )
    .fetch_optional(conn)
    .await
    .map_err(failed)
}

async fn store(
    conn: &mut PgConnection,
    naam: &str,
    cursor: &Value,
    now: DateTime<Utc>,
) -> Result<(), RondeError> {
    sqlx::query!(
        "UPDATE write_side.relay_voortgang SET cursor = $2, bijgewerkt = $3 WHERE naam = $1",
        naam,
        cursor,
        now,
    )
    .execute(conn)
    .await
    .map_err(|error| RondeError::Database("storing the progress", error))?;
    Ok(())
}
