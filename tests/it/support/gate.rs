//! A gate at a change in the database: whoever comes to it waits until it is opened, so that a test
//! finds a process at just that place.

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Postgres};

use super::{App, until};

/// Key of the lock that is the gate; each test has a database of its own.
const KEY: i64 = 4242;

/// A closed gate.
pub struct Gate<'a> {
    app: &'a App,
    keeper: PoolConnection<Postgres>,
}

impl<'a> Gate<'a> {
    /// Closes a gate at a change, as a trigger names it: `BEFORE UPDATE ON …`.
    pub async fn close(app: &'a App, change: &str) -> Self {
        let sql = format!(
            "CREATE OR REPLACE FUNCTION projector.wacht() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN PERFORM pg_advisory_xact_lock_shared({KEY}); RETURN NEW; END $$;
             CREATE TRIGGER wacht {change} EXECUTE FUNCTION projector.wacht()"
        );
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(app.pool()).await.expect("a trigger");
        let mut keeper = app.pool().acquire().await.expect("a connection");
        sqlx::query("SELECT pg_advisory_lock($1)")
            .bind(KEY)
            .execute(&mut *keeper)
            .await
            .expect("the gate");
        Self { app, keeper }
    }

    /// Waits until somebody waits.
    pub async fn somebody_waits(&self) {
        until("somebody to come to the gate", || async {
            let sql = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory'
                       AND NOT granted AND objid = $1::bigint::oid AND database =
                           (SELECT oid FROM pg_database WHERE datname = current_database()))";
            let waits: bool =
                sqlx::query_scalar(sql).bind(KEY).fetch_one(self.app.pool()).await.expect("locks");
            waits.then_some(())
        })
        .await;
    }

    /// Opens it, for everybody from here on.
    pub async fn open(mut self) {
        sqlx::query("SELECT pg_advisory_unlock($1)")
            .bind(KEY)
            .execute(&mut *self.keeper)
            .await
            .expect("the gate");
    }
}
