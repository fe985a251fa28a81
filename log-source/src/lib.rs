//! Where events come from: the log in PostgreSQL, with a trait for whoever is tested with another. Both
//! sides read it: the projector folds it into rows, the write side tells others what happened. (From
//! Kafka the projector reads by itself: places there are per partition, and shared by processes.)

mod assumptions;
mod fence;
mod log;
mod transient;

use std::time::Duration;

use async_trait::async_trait;
use events::{Envelope, GebeurtenisError, ObjectRef, UnknownObjectsoort};

pub use fence::{Cursor, Holders, MAX_OPEN_GAPS, Next, Pending, Sight};
pub use log::{Herkomst, PostgresLog, herkomst, of_objects, of_objects_apart};
pub use transient::is_transient;

/// How much one poll may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most new events. Late events of closed gaps come on top, at most [`MAX_OPEN_GAPS`].
    pub max: usize,
    /// Highest position to read; `i64::MAX` for the end of the log.
    pub until: i64,
}

/// What one poll brought.
#[derive(Debug)]
pub struct Batch {
    /// The events, in the order of their positions.
    pub events: Vec<Envelope>,
    /// The cursor to store in the transaction in which the events take effect.
    pub cursor_after: Cursor,
    /// Whether the end of the log was reached: nothing visible was left for a later poll.
    pub to_end: bool,
}

/// A stream of events. Each event is in exactly one of the batches that follow from one another by
/// their cursors; events of one object come in the order of their versions.
#[async_trait]
pub trait Source: Send + Sync {
    /// Reads what follows on `after`; does not wait when there is nothing.
    ///
    /// # Errors
    /// When the source does not answer, or holds an event that this program cannot read.
    async fn poll(&mut self, after: &Cursor, bounds: Bounds) -> Result<Batch, SourceError>;

    /// The same for who can go on without an event that this program cannot read: gives those apart.
    ///
    /// # Errors
    /// When the source does not answer.
    async fn poll_apart(
        &mut self,
        after: &Cursor,
        bounds: Bounds,
    ) -> Result<(Batch, Vec<Unreadable>), SourceError> {
        Ok((self.poll(after, bounds).await?, Vec::new()))
    }
}

/// An event of a type or shape that this program does not know.
#[derive(Debug)]
pub struct Unreadable {
    /// Place in the log.
    pub positie: i64,
    /// The object to which it happened.
    pub object: ObjectRef,
    /// Number of the event within the object.
    pub versie: i64,
    /// Event type, as the log has it.
    pub gebeurtenis: String,
    /// What is wrong with it; never its data.
    pub source: GebeurtenisError,
}

/// Why a source gave no batch.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The database refused or was away.
    #[error("{action} failed")]
    Database {
        /// What was tried.
        action: &'static str,
        /// What the database says.
        source: sqlx::Error,
    },
    /// The database did not answer in time.
    #[error("{action} took longer than {limit:?}")]
    TimedOut {
        /// What was tried.
        action: &'static str,
        /// The limit.
        limit: Duration,
    },
    /// An event of a type or shape that this program does not know.
    #[error("the event at positie {positie} cannot be read")]
    Undecodable {
        /// Place in the log.
        positie: i64,
        /// What is wrong with it; never its data.
        source: GebeurtenisError,
    },
    /// An event of an object kind that this program does not know.
    #[error("the event at positie {positie} belongs to no known kind of object")]
    UnknownObject {
        /// Place in the log.
        positie: i64,
        /// The kind.
        source: UnknownObjectsoort,
    },
    /// The log cannot be read without gaps as the database stands.
    #[error(transparent)]
    Assumption(#[from] AssumptionError),
}

/// What the database must be for the log to be read without gaps, and is not.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AssumptionError {
    /// The log is not there.
    #[error(
        "write_side.gebeurtenissen does not exist in this database: migrate the write side first"
    )]
    NoLog,
    /// The log is partitioned, a view, or foreign.
    #[error(
        "write_side.gebeurtenissen is no ordinary table (relkind {relkind:?}): a fence watches the \
         locks of one table; make it an ordinary table again"
    )]
    NoOrdinaryTable {
        /// `pg_class.relkind`.
        relkind: String,
    },
    /// Clients may give their own positions.
    #[error(
        "write_side.gebeurtenissen.positie is not GENERATED ALWAYS AS IDENTITY: run ALTER TABLE \
         write_side.gebeurtenissen ALTER COLUMN positie SET GENERATED ALWAYS"
    )]
    NotIdentityAlways,
    /// Sessions draw positions in advance, or not in ascending order.
    #[error(
        "the sequence of write_side.gebeurtenissen.positie has CACHE {cache}, INCREMENT \
         {increment}, CYCLE {cycle}; reading without gaps needs CACHE 1 INCREMENT 1 NO CYCLE: run \
         ALTER TABLE write_side.gebeurtenissen ALTER COLUMN positie SET CACHE 1 SET INCREMENT 1 \
         SET NO CYCLE"
    )]
    Sequence {
        /// Positions that a session draws at once.
        cache: i64,
        /// Step.
        increment: i64,
        /// Whether it begins again after its end.
        cycle: bool,
    },
    /// The connection leads to a standby, which shows no locks of writers.
    #[error(
        "this database is a standby, which does not show the locks of writers: point the projector \
         at the primary"
    )]
    Standby,
}

impl SourceError {
    /// Whether trying again may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database { source, .. } => is_transient(source),
            Self::TimedOut { .. } => true,
            // After a failover the name of the primary may for a while lead to a standby; but at the
            // start it is a mistake in the configuration, and must be told.
            Self::Undecodable { .. } | Self::UnknownObject { .. } | Self::Assumption(_) => false,
        }
    }
}
