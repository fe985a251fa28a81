//! What can go wrong with a private server.

use std::{io, path::PathBuf};

/// Why a private PostgreSQL could not be found, made, started or stopped. Each
/// message says what was wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// No usable PostgreSQL programs on this machine.
    #[error(
        "no PostgreSQL {minimum} or newer was found (looked at: {searched}); install it with \
         `apt install postgresql`, `dnf install postgresql-server` or \
         `brew install postgresql@17`, or set PG_BIN to the directory that holds initdb, pg_ctl \
         and postgres, or set DATABASE_URL to a server that already runs"
    )]
    NotFound {
        /// The oldest major version that is accepted.
        minimum: u32,
        /// Where was looked and what was there.
        searched: String,
    },
    /// The data were made by a major version which is not installed.
    #[error(
        "the data in {data} were made by PostgreSQL {major}, which was not found (looked at: \
         {searched}); install that version (`apt install postgresql-{major}`, \
         `brew install postgresql@{major}`), set PG_BIN to its directory, or move the data away"
    )]
    OtherMajor {
        /// The cluster.
        data: PathBuf,
        /// The major version that made it.
        major: u32,
        /// Where was looked and what was there.
        searched: String,
    },
    /// Running as root, and there is no user to run the server as.
    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor a \
         user `nobody` to run it as; create one (`useradd --system postgres`) or start the \
         application as another user"
    )]
    NoServerUser,
    /// The user that is to run the server cannot reach the data directory.
    #[error(
        "PostgreSQL cannot run as root, so it is run as `{user}`, but that user cannot enter \
         {blocked}, which leads to {dir}; choose a data directory outside it, such as \
         /var/lib/klantbeeld, or allow it with `chmod o+x {blocked}`"
    )]
    NotReachable {
        /// The directory that cannot be reached.
        dir: PathBuf,
        /// The directory on the way that keeps the user out.
        blocked: PathBuf,
        /// The user's name.
        user: String,
    },
    /// A directory of the server belongs to another user.
    #[error(
        "{path} belongs to user id {owner}, but the server runs as `{user}`; start the application \
         as the owner, or choose another data directory"
    )]
    NotOwner {
        /// The directory.
        path: PathBuf,
        /// Its owner's user id.
        owner: u32,
        /// The user that runs the server.
        user: String,
    },
    /// The path cannot be written in PostgreSQL's own files.
    #[error("the data directory {path:?} has a line break in its name; choose another one")]
    OddPath {
        /// The path.
        path: PathBuf,
    },
    /// Another instance of the application has the data.
    #[error(
        "the data in {dir} are in use by {holder}, and still were after {waited_ms} ms; stop it, \
         or choose another data directory"
    )]
    InUse {
        /// The data directory.
        dir: PathBuf,
        /// The holder: `process 123`, or that it is unknown.
        holder: String,
        /// How long was waited, in milliseconds.
        waited_ms: u128,
    },
    /// Somebody else started a server on our data.
    #[error(
        "a PostgreSQL server that this application did not start (process {pid}) runs on {data}; \
         stop it with `pg_ctl stop -D {data}`"
    )]
    ForeignServer {
        /// The cluster.
        data: PathBuf,
        /// The server's process id.
        pid: u32,
    },
    /// A throw-away server was asked for where a cluster stands.
    #[error(
        "a throw-away server may not be made in {dir}, because a database already stands there \
         and would be deleted; choose an empty directory, or remove {dir}/postgres yourself"
    )]
    WouldDelete {
        /// The data directory.
        dir: PathBuf,
    },
    /// One of PostgreSQL's tools failed.
    #[error("PostgreSQL could not {what} in {dir}; it said:\n{log}")]
    Tool {
        /// What was tried.
        what: &'static str,
        /// The directory of the cluster and its logs.
        dir: PathBuf,
        /// The end of what the tool and the server wrote.
        log: String,
    },
    /// One of PostgreSQL's tools took too long.
    #[error(
        "PostgreSQL took longer than {limit_s} s to {what} in {dir}; see the logs in that \
         directory, and whether the disk is full or very slow"
    )]
    TooSlow {
        /// What was tried.
        what: &'static str,
        /// The directory of the cluster and its logs.
        dir: PathBuf,
        /// The bound that was passed, in seconds.
        limit_s: u64,
    },
    /// The watchdog died, so that the server may be left without a guard.
    #[error(
        "the process that guards the PostgreSQL server in {dir} ended unexpectedly, while it was \
         to {what}; start the application again, which also stops a server that was left behind"
    )]
    WatchdogLost {
        /// What was tried.
        what: &'static str,
        /// The directory of the cluster and its logs.
        dir: PathBuf,
    },
    /// The operating system refused something.
    #[error("cannot {what} {path}: {source}; check that it exists, who owns it and the free space")]
    Io {
        /// What was tried.
        what: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl PostgresError {
    /// For `map_err`: says what was being done with which path.
    pub(super) fn io(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { what, path, source }
    }
}
