//! A projector in a process of its own, to be killed.

use std::sync::Arc;

use clock::{SharedClock, SystemClock};
use sqlx::PgPool;

use crate::support::{Issuer, Process, TestDatabase, until};

/// A running projector.
pub struct ProjectorProcess {
    process: Process,
    name: String,
}

impl ProjectorProcess {
    /// Starts one.
    pub async fn start(database: &TestDatabase) -> Self {
        let clock: SharedClock = Arc::new(SystemClock);
        let process = Process::start(database, &Issuer::new(&clock), "project", &[]);
        // The service names its sessions after its process.
        let name = process.name();
        Self { process, name }
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Waits until it leads: its session holds the lock.
    pub async fn leads(&self, pool: &PgPool) {
        let sql = "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                   WHERE l.locktype = 'advisory' AND l.granted AND a.application_name = $1
                     AND a.datname = current_database())";
        self.look(pool, "a projector to lead", sql).await;
    }

    /// Waits until it tries to lead while another does.
    pub async fn waits(&self, pool: &PgPool) {
        let sql = "SELECT EXISTS (SELECT FROM pg_stat_activity
                   WHERE application_name = $1 AND datname = current_database()
                     AND query ILIKE '%pg_try_advisory_lock%')";
        self.look(pool, "a projector to wait", sql).await;
    }

    async fn look(&self, pool: &PgPool, what: &str, sql: &'static str) {
        until(what, || async {
            let found: Result<bool, _> =
                sqlx::query_scalar(sql).bind(&self.name).fetch_one(pool).await;
            found.expect("an answer").then_some(())
        })
        .await;
    }
}
