//! The writer: lines of many requests in one transaction, and an answer to each when it is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clock::{Clock, SharedClock};
use sqlx::PgPool;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::activities::Activiteiten;
use crate::keys::Sleutels;
use crate::lines::Regels;
use crate::store;

/// Most requests whose lines are kept in one transaction.
const BATCH_MAX: usize = 256;
/// Most requests that wait for the writer.
const WAITING_MAX: usize = 4_096;
/// Longest time that one transaction may take.
const WRITE_LIMIT: Duration = Duration::from_secs(3);
/// Longest time that an answer waits for its lines.
const WAIT_LIMIT: Duration = Duration::from_secs(5);

/// What happens to an answer whose lines are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modus {
    /// It does not leave.
    Strikt,
    /// It leaves without waiting, and what is lost is counted.
    Ruim,
}

/// What a logbook is made of.
#[derive(Debug, Clone)]
pub struct LogboekSettings {
    /// Its keys.
    pub sleutels: Sleutels,
    /// What happens when it does not answer.
    pub modus: Modus,
    /// Which activities operations are part of.
    pub activiteiten: Activiteiten,
}

/// Why lines were not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogboekError {
    /// The database refused, or did not answer in time.
    #[error("the logbook could not be written")]
    Refused,
    /// More wait than the writer can take.
    #[error("the writer of the logbook has too much to do")]
    Full,
}

/// The logbook, as whoever answers requests has it. Clones are the same one; its writer ends with the
/// last of them.
#[derive(Debug, Clone)]
pub struct Logboek(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: PgPool,
    settings: LogboekSettings,
    clock: SharedClock,
    waiting: mpsc::Sender<Item>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    kept: AtomicU64,
    lost: AtomicU64,
}

/// Lines that wait, and who waits for them.
#[derive(Debug)]
struct Item {
    regels: Regels,
    told: Option<Told>,
}

/// How the outcome reaches whoever waits.
type Told = oneshot::Sender<Result<(), LogboekError>>;

impl Logboek {
    /// A logbook in this database, with a writer in a task of its own.
    #[must_use]
    pub fn start(pool: PgPool, clock: SharedClock, settings: LogboekSettings) -> Self {
        let (waiting, coming) = mpsc::channel(WAITING_MAX);
        let counts = Arc::<Counts>::default();
        let writer = Writer {
            pool: pool.clone(),
            sleutels: settings.sleutels.clone(),
            counts: counts.clone(),
        };
        tokio::spawn(writer.run(coming));
        Self(Arc::new(Inner { pool, settings, clock, waiting, counts }))
    }

    /// Its keys.
    #[must_use]
    pub fn sleutels(&self) -> &Sleutels {
        &self.0.settings.sleutels
    }

    /// Where its lines are.
    pub(crate) fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    pub(crate) fn activiteiten(&self) -> &Activiteiten {
        &self.0.settings.activiteiten
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// Number of requests whose lines the writer kept.
    #[must_use]
    pub fn kept(&self) -> u64 {
        self.0.counts.kept.load(Ordering::Relaxed)
    }

    /// Number of requests that were answered and whose lines are lost.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.0.counts.lost.load(Ordering::Relaxed)
    }

    /// Has lines kept: when this returns they are, or, if the mode is not strict, will be if they can.
    pub(crate) async fn write(&self, regels: Regels) -> Result<(), LogboekError> {
        match self.0.settings.modus {
            Modus::Strikt => {
                let (told, answer) = oneshot::channel();
                self.hand_over(regels, Some(told))?;
                match timeout(WAIT_LIMIT, answer).await {
                    Ok(Ok(kept)) => kept,
                    Ok(Err(_)) | Err(_) => Err(LogboekError::Refused),
                }
            }
            Modus::Ruim => {
                if self.hand_over(regels, None).is_err() {
                    self.0.counts.lost.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            }
        }
    }

    fn hand_over(&self, regels: Regels, told: Option<Told>) -> Result<(), LogboekError> {
        let item = Item { regels, told };
        self.0.waiting.try_send(item).map_err(|_| LogboekError::Full)
    }
}

struct Writer {
    pool: PgPool,
    sleutels: Sleutels,
    counts: Arc<Counts>,
}

impl Writer {
    async fn run(self, mut coming: mpsc::Receiver<Item>) {
        let mut batch = Vec::new();
        // What comes while a batch is written is the next batch.
        while coming.recv_many(&mut batch, BATCH_MAX).await > 0 {
            let (regels, told): (Vec<Regels>, Vec<_>) =
                batch.drain(..).map(|item| (item.regels, item.told)).unzip();
            let kept = self.keep(&regels).await;
            for told in told {
                self.tell(told, kept);
            }
        }
    }

    async fn keep(&self, regels: &[Regels]) -> Result<(), LogboekError> {
        let write = async {
            let mut tx = self.pool.begin().await?;
            store::append(&mut tx, self.sleutels.now(), regels).await?;
            tx.commit().await
        };
        match timeout(WRITE_LIMIT, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                tracing::error!(cause = %describe(&error), "the logbook could not be written");
                Err(LogboekError::Refused)
            }
            Err(_) => {
                tracing::error!(seconds = WRITE_LIMIT.as_secs(), "the logbook did not answer");
                Err(LogboekError::Refused)
            }
        }
    }

    fn tell(&self, told: Option<Told>, kept: Result<(), LogboekError>) {
        if kept.is_ok() {
            self.counts.kept.fetch_add(1, Ordering::Relaxed);
        } else if told.is_none() {
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(told) = told {
            // Whoever no longer waits has not answered either.
            let _ = told.send(kept);
        }
    }
}

/// The kind of failure, without what the database says of the values.
fn describe(error: &sqlx::Error) -> String {
    match error.as_database_error().and_then(|error| error.code()) {
        Some(code) => format!("SQLSTATE {code}"),
        None => "no connection, or it broke".to_owned(),
    }
}
