//! A projector in a process of its own, to be killed.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use clock::{SharedClock, SystemClock};
use sqlx::PgPool;

use crate::support::{Issuer, TestDatabase, until};

/// A running projector.
pub struct ProjectorProcess {
    child: Child,
    name: String,
    jwks: PathBuf,
}

impl ProjectorProcess {
    /// Starts one.
    pub async fn start(database: &TestDatabase) -> Self {
        let clock: SharedClock = Arc::new(SystemClock);
        let jwks = std::env::temp_dir().join(format!("{}.json", clock.new_id()));
        std::fs::write(&jwks, Issuer::new(&clock).jwks()).expect("a file");
        let child = Command::new(env!("CARGO_BIN_EXE_klantbeeld"))
            .args(["serve", "--roles", "project", "--listen", "127.0.0.1:0"])
            .args(["--issuer", "urn:test:uitgever", "--jwks"])
            .arg(&jwks)
            .env("KLANTBEELD_DATABASE_URL", database.url())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        // The service names its sessions after its process.
        let name = format!("klantbeeld {}", child.id());
        Self { child, name, jwks }
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
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

impl Drop for ProjectorProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.jwks);
    }
}
