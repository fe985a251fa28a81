//! A running private server.

use std::{
    fs::File,
    path::Path,
    time::{Duration, Instant},
};

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::{
    ClusterOptions, PostgresError,
    binaries::Binaries,
    lock,
    pid_file::{self, Running},
    place::Place,
    settings,
    watchdog::{Order, Watchdog},
};

/// How long a start waits for another instance to release the data, which it
/// does within a fraction of a second when it is about to end.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// The database user that the cluster is made with.
const SUPERUSER: &str = "postgres";

/// A running private PostgreSQL server. Dropping it stops the server, which
/// blocks for 0.1 s or so and at most 80 s; [`Cluster::stop`] also tells
/// whether that went well. When the process ends without either, the watchdog
/// stops the server.
#[derive(Debug)]
pub struct Cluster {
    place: Place,
    /// `None` once the server is stopped.
    watchdog: Option<Watchdog>,
    /// Kept by us too, so that the data stay ours if the watchdog is killed.
    lock: Option<File>,
    options: ClusterOptions,
    is_new: bool,
}

impl Cluster {
    /// Starts a server, making its cluster first if there is none. Blocks, for
    /// 1 to 2 s with a new cluster and 0.2 s with an existing one; waits up to
    /// 10 s for another instance to release the data, up to 120 s for a new
    /// cluster and up to 310 s for a recovery after a crash.
    ///
    /// # Errors
    ///
    /// If there is no PostgreSQL of a fitting version, the data directory
    /// cannot be used or is in use, or a tool fails; see [`PostgresError`].
    pub fn start(options: ClusterOptions) -> Result<Self, PostgresError> {
        Self::start_within(options, LOCK_WAIT)
    }

    /// As [`Cluster::start`], with the wait for another instance.
    pub(super) fn start_within(
        options: ClusterOptions,
        lock_wait: Duration,
    ) -> Result<Self, PostgresError> {
        let begin = Instant::now();
        let place = Place::prepare(&options)?;
        let lock = lock::acquire(&place.lock_path(), &place.data_dir, lock_wait)?;
        if options.throw_away && place.data().exists() {
            return Err(PostgresError::WouldDelete { dir: place.data_dir });
        }
        let mut cluster = Self { place, watchdog: None, lock: Some(lock), options, is_new: false };
        // From here on, a failure drops the cluster, which cleans up.
        cluster.launch()?;
        tracing::info!(
            data = %cluster.place.data().display(),
            new = cluster.is_new,
            milliseconds = begin.elapsed().as_millis(),
            "the private PostgreSQL server runs"
        );
        Ok(cluster)
    }

    fn launch(&mut self) -> Result<(), PostgresError> {
        let (place, options, data) = (&self.place, &self.options, self.place.data());
        place.make_directories()?;
        let major = place.existing_major()?;
        let binaries = Binaries::find(&place.user, &data, major)?;
        tracing::debug!(pg_ctl = %binaries.pg_ctl.display(), major = binaries.major, "found");
        let Some(lock) = &self.lock else {
            return Err(PostgresError::WatchdogLost { what: "start", dir: place.home.clone() });
        };
        // Before the watchdog can stop anything: it may not be ours to stop.
        let running = pid_file::examine(&data, &place.socket_dir)
            .map_err(PostgresError::io("read the pid file in", &data))?;
        if let Running::Foreign(pid) = running {
            return Err(PostgresError::ForeignServer { data, pid });
        }
        let watchdog = self.watchdog.insert(Watchdog::spawn(options, place, &binaries, lock)?);
        match running {
            Running::Orphan => {
                tracing::warn!("stopping a PostgreSQL server that an earlier run left behind");
                watchdog.carry_out(Order::Stop, place)?;
            }
            Running::Nothing | Running::StaleFile | Running::Foreign(_) => {
                watchdog.carry_out(Order::Forget, place)?;
            }
        }
        if major.is_none() {
            watchdog.carry_out(Order::Create, place)?;
            if options.is_durable() {
                place.sync()?;
            }
            self.is_new = true;
        }
        watchdog.carry_out(Order::Start, place)
    }

    /// Options to connect to `database` as the superuser. The environment
    /// (`PGHOST`, `PGPORT`, `PGUSER`, `PGSSLMODE`) has no say in them, apart
    /// from `PGOPTIONS`.
    #[must_use]
    pub fn connect_options(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.place.socket_dir)
            .port(settings::PORT)
            .username(SUPERUSER)
            .database(database)
            // On its socket the server has none, so `require` would fail.
            .ssl_mode(PgSslMode::Disable)
    }

    /// The data directory of the application, absolute and without symbolic
    /// links. The cluster is in `postgres/data` below it.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.place.data_dir
    }

    /// The directory of the server's socket, for `psql -h`.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        &self.place.socket_dir
    }

    /// The number in the socket's name, for `psql -p`; no network port is open.
    #[must_use]
    pub const fn port(&self) -> u16 {
        settings::PORT
    }

    /// Whether this start made the cluster.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.is_new
    }

    /// Stops the server, breaking off what its clients do, and deletes a
    /// throw-away cluster. Takes 0.1 s or so, and at most 80 s.
    ///
    /// # Errors
    ///
    /// If the server does not stop in time, its watchdog was killed, or a
    /// throw-away cluster cannot be deleted.
    pub fn stop(mut self) -> Result<(), PostgresError> {
        self.shut_down()
    }

    fn shut_down(&mut self) -> Result<(), PostgresError> {
        let Some(lock) = self.lock.take() else {
            return Ok(());
        };
        let stopped = match self.watchdog.take() {
            Some(watchdog) => watchdog.finish(&self.place),
            None => Ok(()),
        };
        let removed = if self.options.throw_away { self.place.remove() } else { Ok(()) };
        drop(lock);
        stopped.and(removed)
    }

    #[cfg(test)]
    pub(super) fn watchdog_pid(&self) -> Option<u32> {
        self.watchdog.as_ref().map(Watchdog::pid)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.shut_down() {
            tracing::warn!(%error, "the private PostgreSQL server did not stop well");
        }
    }
}
