//! What can go wrong in telling others.

use events::GebeurtenisError;
use log_source::{SourceError, is_transient};

/// Why others could not be told. Nothing is lost: it goes on where it was.
#[derive(Debug, thiserror::Error)]
pub enum UitgaandError {
    /// The database refused or was away.
    #[error("the database refused or failed while {0}")]
    Database(&'static str, #[source] sqlx::Error),
    /// The log could not be read.
    #[error("the log cannot be read for others")]
    Source(#[from] SourceError),
    /// An event that this program does not know.
    #[error("the event at positie {positie} cannot be read")]
    Undecodable {
        /// Place in the log.
        positie: i64,
        /// What is wrong with it; never its data.
        source: GebeurtenisError,
    },
    /// An object that this program does not know.
    #[error("the event at positie {positie} belongs to no known kind of object: {objectsoort:?}")]
    UnknownObject {
        /// Place in the log.
        positie: i64,
        /// The kind.
        objectsoort: String,
    },
    /// The progress of a part is not in the form in which this program writes it.
    #[error("the progress of {naam:?} in write_side.relay_voortgang cannot be read")]
    Voortgang {
        /// Whose progress.
        naam: &'static str,
        /// What serde says.
        source: serde_json::Error,
    },
}

impl UitgaandError {
    /// Whether trying again may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(_, source) => is_transient(source),
            Self::Source(source) => source.is_transient(),
            Self::Undecodable { .. } | Self::UnknownObject { .. } | Self::Voortgang { .. } => false,
        }
    }
}

/// Adds what was being done to a database error.
pub(crate) trait Doing<T> {
    /// `activity` continues the sentence "the database failed while …".
    fn doing(self, activity: &'static str) -> Result<T, UitgaandError>;
}

impl<T> Doing<T> for sqlx::Result<T> {
    fn doing(self, activity: &'static str) -> Result<T, UitgaandError> {
        self.map_err(|error| UitgaandError::Database(activity, error))
    }
}
