//! A private PostgreSQL server, so that the service and its tests need no
//! database to be set up first.
//!
//! The server is built from the PostgreSQL programs of the machine
//! ([`PostgresError::NotFound`] says what to install), listens on a unix socket
//! only, and never outlives the application: a small shell process, the
//! watchdog, stops it however the application ends, `kill -9` included.
//!
//! What stands in the data directory:
//!
//! | path              | what                                                  |
//! |-------------------|-------------------------------------------------------|
//! | `postgres.lock`   | held while the server is up; holds the process id     |
//! | `postgres/data`   | the cluster (`data.new` while it is being made)       |
//! | `postgres/run`    | the socket, unless its path would be too long         |
//! | `postgres/*.log`  | the log of the server and of the last tool            |
//!
//! Everything here blocks; call it with `spawn_blocking` from async code.

mod binaries;
mod bounded;
mod cluster;
mod error;
mod lock;
mod pid_file;
mod place;
mod settings;
mod user;
mod watchdog;

#[cfg(test)]
mod tests;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

pub use cluster::Cluster;
pub use error::PostgresError;
use user::ServerUser;

/// Options for a private server.
#[derive(Debug, Clone, Default)]
pub struct ClusterOptions {
    /// The directory of the application's data; the cluster is kept in
    /// `postgres` below it. `None` is [`default_data_dir`], or a new directory
    /// for temporary files when `throw_away` is set.
    pub data_dir: Option<PathBuf>,
    /// Delete the cluster when the server stops. Refused where a cluster
    /// already stands, since that one may be meant to be kept.
    pub throw_away: bool,
    /// Let a throw-away server write as safely, and as slowly, as a kept one.
    /// Kept servers are always durable.
    pub durable: bool,
}

impl ClusterOptions {
    /// Whether what is committed must survive a power failure.
    const fn is_durable(&self) -> bool {
        self.durable || !self.throw_away
    }
}

/// The directory for kept data if none was chosen: `/var/lib/klantbeeld` for
/// root, otherwise `$XDG_STATE_HOME/klantbeeld` or `~/.local/state/klantbeeld`.
#[must_use]
pub fn default_data_dir() -> PathBuf {
    let home = std::env::var_os("HOME").or_else(user::home_of_this_user);
    data_dir_for(ServerUser::we_are_root(), std::env::var_os("XDG_STATE_HOME"), home)
}

/// As [`default_data_dir`], with what it depends on as arguments. A relative
/// `XDG_STATE_HOME` counts as absent, as its specification demands.
fn data_dir_for(root: bool, state_home: Option<OsString>, home: Option<OsString>) -> PathBuf {
    const NAME: &str = "klantbeeld";
    let absolute = |value: Option<OsString>| value.map(PathBuf::from).filter(|p| p.is_absolute());
    if root {
        return Path::new("/var/lib").join(NAME);
    }
    absolute(state_home)
        .or_else(|| absolute(home).map(|home| home.join(".local/state")))
        .unwrap_or_else(|| PathBuf::from("/var/lib"))
        .join(NAME)
}
