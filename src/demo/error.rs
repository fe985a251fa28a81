//! What can go wrong in the demo.

use std::io;
use std::path::PathBuf;

use crate::issuer::IssuerError;
use crate::omgeving::OmgevingError;

/// Why the demo does not start, or broke off.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// This is no place for it.
    #[error(transparent)]
    Omgeving(#[from] OmgevingError),
    /// What it publishes would reach others.
    #[error("the demo publishes to a Kafka on this machine only, and {broker} is not on it")]
    KafkaElsewhere {
        /// The broker.
        broker: String,
    },
    /// No demo runs, so no token would be of use.
    #[error(
        "no demo runs on the data in {dir}; start one with `klantbeeld demo` and wait for its last \
         lines, or name its directory with --data-dir"
    )]
    NotRunning {
        /// The data directory.
        dir: PathBuf,
    },
    /// The database in the data directory is somebody's own.
    #[error(
        "the database in {dir} was not made by the demo, which would fill or delete it; choose \
         another --data-dir"
    )]
    ForeignDatabase {
        /// The data directory.
        dir: PathBuf,
    },
    /// A file of the demo could not be read or written.
    #[error("cannot use {path}; check who owns it and the free space")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A file of the demo has not the form of one.
    #[error("{path} cannot be read; stop the demo and start it again")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The key of the issuer could not be used.
    #[error("the demo's signing key cannot be used; stop the demo and start it again")]
    Key(#[from] IssuerError),
    /// The HTTP client does not start.
    #[error("the client that plays the municipality does not start")]
    Client(#[source] reqwest::Error),
    /// The service did not answer.
    #[error("{path} did not answer while the municipality was played; start the demo again")]
    NoAnswer {
        /// The path.
        path: String,
        /// Why.
        source: reqwest::Error,
    },
    /// The service refused what the municipality does.
    #[error("{path} refused what the municipality does ({status}): {problem}")]
    Refused {
        /// The path.
        path: String,
        /// HTTP status.
        status: u16,
        /// What the service said.
        problem: String,
    },
    /// The municipality names what it has not registered: a fault of the program.
    #[error("the municipality names {name}, which it has not registered; please report this")]
    UnknownName {
        /// The name.
        name: String,
    },
    /// A task that plays broke down.
    #[error("playing the municipality broke down; please report what the log says")]
    Broken(#[source] tokio::task::JoinError),
    /// The read side did not catch up.
    #[error(
        "the information products were not up to date after {limit_s} s; `klantbeeld status` tells \
         how far they are, and --log info what the projector does"
    )]
    Behind {
        /// The bound that was passed, in seconds.
        limit_s: u64,
    },
    /// The register could not be looked at.
    #[error("the demo's database does not answer")]
    Database(#[source] sqlx::Error),
    /// The lines could not be printed.
    #[error("the addresses and tokens could not be printed")]
    Print(#[source] io::Error),
}
