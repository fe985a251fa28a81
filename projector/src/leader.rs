//! Leadership: one projector works, the others wait.
//!
//! The lead is a session advisory lock on a connection of its own, so that it ends with the process
//! however that ends. It only avoids double work; what makes two leaders harmless is the epoch in
//! the checkpoint rows. It needs a real session: not PgBouncer's transaction mode.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{Connection, PgConnection, PgPool};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::error::ProjectorError;

/// Key of the advisory lock: "projecto" in ASCII, within one database.
const LEAD: i64 = 0x7072_6f6a_6563_746f;

/// How often one who waits tries to take the lead.
pub(crate) const ATTEMPT: Duration = Duration::from_millis(200);

/// How often the leader checks that its session lives.
const PING: Duration = Duration::from_secs(1);

/// How long an answer of the leader's session may take before the lead counts as lost.
const ANSWER: Duration = Duration::from_secs(2);

/// Lets the server notice within 4 s that the leader's machine is gone; without it a lock can
/// outlive its holder for hours. Has no effect on a Unix socket, which tells at once.
const KEEPALIVE: &str = "SET tcp_keepalives_idle = 1; SET tcp_keepalives_interval = 1; \
                         SET tcp_keepalives_count = 3; SET tcp_user_timeout = 4000";

/// With whom the lead is shared.
#[derive(Debug, Clone, Copy)]
enum Hold {
    /// With nobody: whoever follows the log.
    Alone,
    /// With others who follow Kafka: each has partitions of its own.
    #[cfg(feature = "kafka")]
    Together,
}

/// The lead, for as long as its session lives.
#[derive(Debug)]
pub(crate) struct Leadership {
    session: PgConnection,
}

impl Leadership {
    /// Waits for the lead; `None` when `stop` says so first.
    pub(crate) async fn take(
        pool: &PgPool,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Option<Self>, ProjectorError> {
        Self::acquire(pool, stop, Hold::Alone).await
    }

    /// Waits until nobody leads alone; `None` when `stop` says so first.
    #[cfg(feature = "kafka")]
    pub(crate) async fn share(
        pool: &PgPool,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Option<Self>, ProjectorError> {
        Self::acquire(pool, stop, Hold::Together).await
    }

    /// Takes the lead if it is free at this moment.
    #[cfg(feature = "kafka")]
    pub(crate) async fn take_now(pool: &PgPool) -> Result<Option<Self>, ProjectorError> {
        let mut session = open(pool).await?;
        let attempt = timeout(ANSWER, try_lock(&mut session, Hold::Alone)).await;
        let failed = ProjectorError::database("trying to take the lead");
        let taken = attempt.unwrap_or_else(|_| Err(failed(sqlx::Error::PoolTimedOut)))?;
        Ok(taken.then_some(Self { session }))
    }

    async fn acquire(
        pool: &PgPool,
        stop: &mut watch::Receiver<bool>,
        hold: Hold,
    ) -> Result<Option<Self>, ProjectorError> {
        let failed = ProjectorError::database("opening a session to lead from");
        let mut session = open(pool).await?;
        let mut told = false;
        while !crate::run::is_stopped(stop) {
            // A server that does not answer is as good as gone: begin again with another session.
            let attempt = timeout(ANSWER, try_lock(&mut session, hold));
            let taken = attempt.await.unwrap_or_else(|_| Err(failed(sqlx::Error::PoolTimedOut)))?;
            if taken {
                return Ok(Some(Self { session }));
            }
            if !told {
                tracing::info!("another projector leads; waiting to take over");
                told = true;
            }
            tokio::select! {
                () = sleep(ATTEMPT) => {}
                _ = stop.changed() => {}
            }
        }
        Ok(None)
    }

    /// The session that holds the lock: what is done on it is done while leading.
    pub(crate) const fn session(&mut self) -> &mut PgConnection {
        &mut self.session
    }

    /// Returns when the lead is lost, with the reason.
    pub(crate) async fn lost(&mut self) -> String {
        lost(&mut self.session).await
    }

    /// Gives the lead up.
    pub(crate) async fn release(self) {
        // The lock goes with the session; when it cannot say goodbye, dropping it closes the socket.
        if !matches!(timeout(ANSWER, self.session.close()).await, Ok(Ok(()))) {
            tracing::debug!("the leader's session ended without a goodbye");
        }
    }
}

/// Opens a session whose locks are gone soon after whoever holds them is.
pub(crate) async fn open(pool: &PgPool) -> Result<PgConnection, ProjectorError> {
    let failed = ProjectorError::database("opening a session that holds locks");
    let options = pool.connect_options();
    let mut session = timeout(ANSWER, PgConnection::connect_with(&options))
        .await
        .unwrap_or(Err(sqlx::Error::PoolTimedOut))
        .map_err(&failed)?;
    sqlx::raw_sql(KEEPALIVE).execute(&mut session).await.map_err(failed)?;
    Ok(session)
}

/// Returns when a session, and with it its locks, is lost, with the reason.
pub(crate) async fn lost(session: &mut PgConnection) -> String {
    loop {
        sleep(PING).await;
        match timeout(ANSWER, session.ping()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return error.to_string(),
            Err(_) => return format!("no answer within {ANSWER:?}"),
        }
    }
}

/// One attempt. Never the blocking form: a session that waits inside `pg_advisory_lock` has a
/// statement and its snapshot open all that time, which keeps VACUUM from cleaning up after every
/// transaction in the database for as long as another leads.
async fn try_lock(session: &mut PgConnection, hold: Hold) -> Result<bool, ProjectorError> {
    let failed = ProjectorError::database("trying to take the lead");
    match hold {
        Hold::Alone => sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock($1) AS "taken!""#, LEAD)
            .fetch_one(session)
            .await
            .map_err(failed),
        #[cfg(feature = "kafka")]
        Hold::Together => {
            sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock_shared($1) AS "taken!""#, LEAD)
                .fetch_one(session)
                .await
                .map_err(failed)
        }
    }
}

/// Who leads, as far as one can tell from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leider {
    /// The name of its sessions: `klantbeeld` and the number of its process.
    pub naam: String,
    /// Since when.
    pub sinds: DateTime<Utc>,
    /// The versions with which it folds, by product.
    pub versies: BTreeMap<String, i32>,
}

/// Who leads; `None` when nobody does.
pub(crate) async fn leider(pool: &PgPool) -> Result<Option<Leider>, ProjectorError> {
    let row = sqlx::query!(
        r#"SELECT naam, sinds, versies AS "versies: Json<BTreeMap<String, String>>"
           FROM projector.leider
           WHERE EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
                         AND database = (SELECT oid FROM pg_database
                                         WHERE datname = current_database())
                         AND (classid::bigint << 32) | objid::bigint = $1 AND objsubid = 1)"#,
        LEAD,
    )
    .fetch_optional(pool)
    .await
    .map_err(ProjectorError::database("looking who leads"))?;
    Ok(row.map(|row| Leider {
        naam: row.naam,
        sinds: row.sinds,
        versies: row
            .versies
            .0
            .into_iter()
            .filter_map(|(product, versie)| Some((product, versie.parse().ok()?)))
            .collect(),
    }))
}
