//! What can go wrong in the projector as a whole, and what is worth another try.

use log_source::{AssumptionError, SourceError, is_transient};

use crate::product::{InvalidName, ProjectError};

/// Why the projector, or a command on its bookkeeping, did not go on.
#[derive(Debug, thiserror::Error)]
pub enum ProjectorError {
    /// The source gave no batch.
    #[error("reading the events after positie {after} failed")]
    Source {
        /// Where the reading began.
        after: i64,
        /// Why.
        source: SourceError,
    },
    /// The log cannot be read at all.
    #[error("the source of events cannot be opened")]
    Open(#[source] SourceError),
    /// A product could not fold a batch.
    #[error("product {product} could not fold the events from positie {van} to {tot}")]
    Project {
        /// The product.
        product: &'static str,
        /// Position of the batch's first event.
        van: i64,
        /// Position of the batch's last event.
        tot: i64,
        /// Why.
        source: ProjectError,
    },
    /// More objects would be parked than a fault of single objects explains.
    #[error(
        "product {product}, generation {generatie}: {nieuw} more objects would be parked besides \
         {geparkeerd}, where at most {max} may be, and few of one batch. The last is that of the \
         event at positie {positie}: {oorzaak}. Nothing of this batch was kept. What is wrong with \
         so many is wrong with the program or the log: mend that, or raise the limit"
    )]
    TooManyParked {
        /// The product.
        product: &'static str,
        /// The generation.
        generatie: i32,
        /// Objects that were parked before.
        geparkeerd: usize,
        /// Objects that this batch would park.
        nieuw: usize,
        /// Most objects that may be parked.
        max: usize,
        /// Position of the last event that could not be folded.
        positie: i64,
        /// What is wrong with it; never with data of the event.
        oorzaak: String,
    },
    /// The bookkeeping in schema `projector` could not be read or written.
    #[error("{action} failed")]
    Database {
        /// What was tried.
        action: &'static str,
        /// What the database says.
        source: sqlx::Error,
    },
    /// The migrations of schema `projector` could not be applied.
    #[error("migrating schema projector failed")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The first generation of a product could not be made.
    #[error("making generation 1 of product {product} failed: {action}")]
    Create {
        /// The product.
        product: &'static str,
        /// The step.
        action: &'static str,
        /// What the database says.
        source: sqlx::Error,
    },
    /// A product has a name that cannot be used.
    #[error("a product has a name that cannot be used")]
    Name(#[from] InvalidName),
    /// Two products have the same name.
    #[error("two products are called {product}")]
    Twice {
        /// The name.
        product: &'static str,
    },
    /// A product has no active generation.
    #[error("product {product} has no active generation: run the migrations first")]
    NoGeneration {
        /// The product.
        product: &'static str,
    },
    /// The active generation was folded by another version of the product.
    #[error(
        "product {product} has version {in_code} in this program, but its active generation \
         {generatie} was folded by version {in_table}: rebuild the product, or run the program \
         that has version {in_table}"
    )]
    OtherVersion {
        /// The product.
        product: &'static str,
        /// The active generation.
        generatie: i32,
        /// Version in the program.
        in_code: i32,
        /// Version with which the generation was made.
        in_table: i32,
    },
    /// Events could not be taken from Kafka.
    #[cfg(feature = "kafka")]
    #[error("the events cannot be taken from Kafka")]
    Kafka(#[from] crate::kafka::KafkaSourceError),
    /// This program cannot speak Kafka.
    #[error("this program was built without Kafka: read from the log, or build it with `kafka`")]
    NoKafka,
    /// A stored cursor has not the shape of a cursor.
    #[error("the stored cursor of product {product}, generation {generatie}, cannot be read")]
    Cursor {
        /// The product.
        product: String,
        /// The generation.
        generatie: i32,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl ProjectorError {
    /// Whether trying again may help; no cursor has moved.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Source { source, .. } | Self::Open(source) => source.is_transient(),
            Self::Project { source, .. } => source.is_transient(),
            Self::Database { source, .. } | Self::Create { source, .. } => is_transient(source),
            #[cfg(feature = "kafka")]
            Self::Kafka(source) => source.is_transient(),
            Self::Migrate(_)
            | Self::Name(_)
            | Self::Twice { .. }
            | Self::TooManyParked { .. }
            | Self::NoGeneration { .. }
            | Self::OtherVersion { .. }
            | Self::NoKafka
            | Self::Cursor { .. } => false,
        }
    }

    /// Whether the database turned out to be a standby.
    pub(crate) fn is_standby(&self) -> bool {
        matches!(self, Self::Open(SourceError::Assumption(AssumptionError::Standby)))
    }

    /// Gives what a database error means: `map_err(ProjectorError::database("…"))`.
    pub(crate) fn database(action: &'static str) -> impl Fn(sqlx::Error) -> Self {
        move |source| Self::Database { action, source }
    }
}
