//! Leadership: one projector follows the log and the others wait, or several follow Kafka together.
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
use crate::product::Product;
use crate::run::wait;

/// Key of the advisory lock: "projecto" in ASCII, within one database.
const LEAD: i64 = 0x7072_6f6a_6563_746f;

/// How often one who waits tries to take the lead.
pub(crate) const ATTEMPT: Duration = Duration::from_millis(200);

/// How often the leader checks that its session lives, and gives a sign of life.
const PING: Duration = Duration::from_secs(1);

/// After so many seconds without a sign of life a process that shares the lead counts as hung.
const HUNG_SECONDS: f64 = 3.0;

/// Rows of leaders that gave no sign of life for so many seconds are removed.
const FORGOTTEN_SECONDS: f64 = 3600.0;

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
            wait(ATTEMPT, stop).await;
        }
        Ok(None)
    }

    /// The session that holds the lock: what is done on it is done while leading.
    pub(crate) const fn session(&mut self) -> &mut PgConnection {
        &mut self.session
    }

    /// Returns when the lead is lost, with the reason.
    pub(crate) async fn lost(&mut self) -> String {
        loop {
            sleep(PING).await;
            if let Err(reason) = answered(sign_of_life(&mut self.session)).await {
                return reason;
            }
        }
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
        if let Err(reason) = answered(session.ping()).await {
            return reason;
        }
    }
}

/// Whether the server answers in time; if not, why.
async fn answered(asked: impl Future<Output = Result<(), sqlx::Error>>) -> Result<(), String> {
    match timeout(ANSWER, asked).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {ANSWER:?}")),
    }
}

/// One attempt. Never the blocking form: a session that waits inside `pg_advisory_lock` has a
/// statement and its snapshot open all that time, which keeps VACUUM from cleaning up after every
/// transaction in the database for as long as another leads.
async fn try_lock(session: &mut PgConnection, hold: Hold) -> Result<bool, ProjectorError> {
    let failed = ProjectorError::database("trying to take the lead");
    match hold {
        Hold::Alone => try_alone(session, LEAD).await.map_err(failed),
        #[cfg(feature = "kafka")]
        Hold::Together => {
            sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock_shared($1) AS "taken!""#, LEAD)
                .fetch_one(session)
                .await
                .map_err(failed)
        }
    }
}

/// Takes an advisory lock for this session alone, if it is free; it goes with the session.
pub(crate) async fn try_alone(session: &mut PgConnection, key: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock($1) AS "taken!""#, key)
        .fetch_one(session)
        .await
}

/// Says that this leader lives. Does not wait for a disk, or a standby, that is slow: those do not take
/// the lead away.
async fn sign_of_life(session: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE projector.leider SET gezien = now()
         FROM (SELECT set_config('synchronous_commit', 'off', true)) AS without_waiting
         WHERE pid = pg_backend_pid()"
    )
    .execute(session)
    .await?;
    Ok(())
}

/// Says who leads from this session: with which versions, and from which topic, if not from the log.
/// Gives the number by which others know it.
pub(crate) async fn announce(
    session: &mut PgConnection,
    products: &[Box<dyn Product>],
    topic: Option<&str>,
) -> Result<i32, sqlx::Error> {
    let (names, versions): (Vec<String>, Vec<String>) = products
        .iter()
        .map(|product| (product.name().to_owned(), product.version().to_string()))
        .unzip();
    sqlx::query!(
        "DELETE FROM projector.leider WHERE gezien < now() - make_interval(secs => $1)",
        FORGOTTEN_SECONDS,
    )
    .execute(&mut *session)
    .await?;
    sqlx::query_scalar!(
        "INSERT INTO projector.leider (pid, naam, versies, topic)
         VALUES (pg_backend_pid(), current_setting('application_name'),
                 jsonb_object($1::text[], $2::text[]), $3)
         ON CONFLICT (pid) DO UPDATE
         SET naam = excluded.naam, sinds = excluded.sinds, gezien = excluded.gezien,
             versies = excluded.versies, topic = excluded.topic
         RETURNING pid",
        &names,
        &versions,
        topic,
    )
    .fetch_one(session)
    .await
}

/// Who leads, as far as one can tell from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leider {
    /// The server's process of the session from which it leads.
    pub pid: i32,
    /// The name of its sessions: `klantbeeld` and the number of its process.
    pub naam: String,
    /// Since when.
    pub sinds: DateTime<Utc>,
    /// The versions with which it folds, by product.
    pub versies: BTreeMap<String, i32>,
    /// The topic of Kafka that it follows, with others; `None` = it follows the log, alone.
    pub topic: Option<String>,
    /// Whether it gives no sign of life, though its session is there.
    pub hangt: bool,
}

impl Leider {
    /// Whether it folds this version of a product.
    pub(crate) fn has(&self, product: &str, versie: i32) -> bool {
        self.versies.get(product) == Some(&versie)
    }
}

/// Who leads now, in the order in which they began.
pub(crate) async fn leiders(pool: &PgPool) -> Result<Vec<Leider>, ProjectorError> {
    let rows = sqlx::query!(
        r#"SELECT pid, naam, sinds, versies AS "versies: Json<BTreeMap<String, String>>", topic,
                  gezien < now() - make_interval(secs => $2) AS "hangt!"
           FROM projector.leider
           WHERE pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
                         AND database = (SELECT oid FROM pg_database
                                         WHERE datname = current_database())
                         AND (classid::bigint << 32) | objid::bigint = $1 AND objsubid = 1)
           ORDER BY sinds, pid"#,
        LEAD,
        HUNG_SECONDS,
    )
    .fetch_all(pool)
    .await
    .map_err(ProjectorError::database("looking who leads"))?;
    let versions = |of: BTreeMap<String, String>| {
        of.into_iter().filter_map(|(product, versie)| Some((product, versie.parse().ok()?)))
    };
    Ok(rows
        .into_iter()
        .map(|row| Leider {
            pid: row.pid,
            naam: row.naam,
            sinds: row.sinds,
            versies: versions(row.versies.0).collect(),
            topic: row.topic,
            hangt: row.hangt,
        })
        .collect())
}
