//! Why nothing was measured.

use std::io;
use std::path::PathBuf;

use hyper::StatusCode;

use crate::config::LogboekArgsError;
use crate::generate::GenerateError;
use crate::issuer::IssuerError;
use crate::migrations::MigrationError;
use crate::postgres::PostgresError;
use projector::ProjectorError;
use projector::rebuild::RebuildError;

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database is not for this.
    #[error("the database is not empty; a bench fills it, so give one without tables of ours")]
    NotEmpty,
    /// No server to throw away.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// The tables could not be made.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// The tables could not be filled.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// The products could not be made.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// How far the products are could not be told.
    #[error(transparent)]
    Projector(#[from] ProjectorError),
    /// The products did not catch up.
    #[error("the products did not catch up within {0} s")]
    Behind(u64),
    /// The database refused.
    #[error("the database refused a statement of the bench")]
    Database(#[from] sqlx::Error),
    /// There is nothing of the kind that a screen shows.
    #[error("there is nothing to ask {0} of in so small a municipality; give more --inwoners")]
    Nothing(&'static str),
    /// A key could not be made.
    #[error(transparent)]
    Logboek(#[from] LogboekArgsError),
    /// A token could not be made.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// A file could not be used.
    #[error("{path} cannot be used")]
    File {
        /// Which.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A program could not be run.
    #[error("{program} cannot be run{}", if *program == "node" || *program == "npm" {
        "; install Node.js 18 or newer, or give --without-postgraphile"
    } else { "" })]
    Program {
        /// Which.
        program: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// A program did not do its work.
    #[error("{program} did not do its work: {said}")]
    Failed {
        /// Which.
        program: &'static str,
        /// What it wrote.
        said: String,
    },
    /// A process did not answer in time.
    #[error("{program} did not begin to answer within {seconds} s")]
    NotReady {
        /// Which.
        program: &'static str,
        /// How long it had.
        seconds: u64,
    },
    /// No connection.
    #[error("no connection over HTTP")]
    Connect(#[source] io::Error),
    /// A connection broke.
    #[error("a connection over HTTP broke")]
    Http(#[from] hyper::Error),
    /// A request cannot be made.
    #[error("a request cannot be made")]
    Request(#[source] hyper::http::Error),
    /// A question was refused.
    #[error("a question was refused with {status}: {answer}")]
    Refused {
        /// The status.
        status: StatusCode,
        /// The answer.
        answer: String,
    },
    /// An answer is no JSON.
    #[error("an answer is no JSON")]
    Json(#[from] serde_json::Error),
    /// The sides do not say the same.
    #[error("{screen}: {side} does not answer what the service answers for {key}: {what}")]
    Different {
        /// The screen.
        screen: &'static str,
        /// The side.
        side: &'static str,
        /// What was asked for.
        key: String,
        /// Where, and what each said.
        what: String,
    },
    /// The floor is not served.
    #[error(transparent)]
    Floor(#[from] floor::FloorError),
    /// The file has no place for the figures.
    #[error("{0} has no line <!-- bench read --> with <!-- /bench read --> below it")]
    NoBlock(PathBuf),
    /// A part of it panicked.
    #[error("a part of the bench broke down")]
    Broken(#[from] tokio::task::JoinError),
}
