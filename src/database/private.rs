//! The private server: starting it, the database in it, and finding one that runs.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::task::spawn_blocking;

use super::{DATABASE, DatabaseError, Private};
use crate::live_file::{self, LiveFile};
use crate::postgres::{Cluster, ClusterOptions};

/// The note, in the data directory, that tells other commands of a server that runs.
const NOTE: &str = "running.json";
/// The database that every server has.
const MAINTENANCE: &str = "postgres";
/// The user of a private server.
const SUPERUSER: &str = "postgres";

#[derive(Debug, Serialize, Deserialize)]
struct Note {
    socket_dir: PathBuf,
    port: u16,
}

impl Private {
    /// Stops the server.
    pub(crate) async fn stop(self) -> Result<(), DatabaseError> {
        let Self { cluster, note } = self;
        drop(note);
        let stopped = spawn_blocking(move || cluster.stop()).await;
        stopped.map_err(DatabaseError::Interrupted)?.map_err(DatabaseError::Private)
    }

    /// The data directory.
    pub(crate) fn data_dir(&self) -> &Path {
        self.cluster.data_dir()
    }
}

/// Starts the private server of a data directory.
///
/// # Errors
/// When it cannot be started; see [`crate::postgres::PostgresError`].
pub(crate) async fn start(dir: PathBuf) -> Result<Private, DatabaseError> {
    let options = ClusterOptions { data_dir: Some(dir), throw_away: false, durable: true };
    let started = spawn_blocking(move || Cluster::start(options)).await;
    let cluster = started.map_err(DatabaseError::Interrupted)??;
    let path = cluster.data_dir().join(NOTE);
    let note = Note { socket_dir: cluster.socket_dir().to_owned(), port: cluster.port() };
    let written = serde_json::to_string(&note)
        .map_err(std::io::Error::from)
        .and_then(|text| LiveFile::create(path.clone(), &text));
    match written {
        Ok(note) => Ok(Private { cluster, note }),
        Err(source) => {
            // Stopping blocks for a moment; its own error matters less than this one.
            drop(spawn_blocking(move || drop(cluster)).await);
            Err(DatabaseError::Note { path, source })
        }
    }
}

/// How to reach a server that another process of ours runs in this directory.
pub(super) fn running(dir: &Path) -> Result<Option<PgConnectOptions>, DatabaseError> {
    let path = dir.join(NOTE);
    let text = live_file::read(&path)
        .map_err(|source| DatabaseError::Note { path: path.clone(), source })?;
    let Some(text) = text else {
        return Ok(None);
    };
    let note: Note = serde_json::from_str(&text)
        .map_err(|error| DatabaseError::Note { path, source: error.into() })?;
    let options = PgConnectOptions::new_without_pgpass()
        .socket(&note.socket_dir)
        .port(note.port)
        .username(SUPERUSER)
        .database(DATABASE)
        .ssl_mode(PgSslMode::Disable);
    Ok(Some(options))
}

/// Whether a cluster was made in this directory; yes when that cannot be seen.
pub(super) fn has_cluster(dir: &Path) -> bool {
    dir.join("postgres/data/PG_VERSION").try_exists().unwrap_or(true)
}

/// A connection for work on databases as a whole.
///
/// # Errors
/// When the server does not let us in.
async fn admin(private: &Private) -> Result<PgConnection, DatabaseError> {
    let options = private.cluster.connect_options(MAINTENANCE);
    PgConnection::connect_with(&options).await.map_err(DatabaseError::Connect)
}

/// Whether the database is there.
///
/// # Errors
/// When the server does not answer.
pub(crate) async fn exists(private: &Private) -> Result<bool, DatabaseError> {
    let mut admin = admin(private).await?;
    sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(DATABASE)
        .fetch_one(&mut admin)
        .await
        .map_err(|error| DatabaseError::Statement("looking for its database", error))
}

/// Makes the database, with a comment that says what it is for.
///
/// # Errors
/// When the server refuses.
pub(crate) async fn create(private: &Private, purpose: Option<&str>) -> Result<(), DatabaseError> {
    let failed = |error| DatabaseError::Statement("making its database", error);
    let mut admin = admin(private).await?;
    let sql = format!("CREATE DATABASE {DATABASE}");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut admin).await.map_err(failed)?;
    if let Some(purpose) = purpose {
        let purpose = purpose.replace('\'', "''");
        let sql = format!("COMMENT ON DATABASE {DATABASE} IS '{purpose}'");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut admin).await.map_err(failed)?;
    }
    Ok(())
}

/// What the database says it is for.
///
/// # Errors
/// When the server does not answer.
pub(crate) async fn purpose(private: &Private) -> Result<Option<String>, DatabaseError> {
    let mut admin = admin(private).await?;
    sqlx::query_scalar(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1",
    )
    .bind(DATABASE)
    .fetch_optional(&mut admin)
    .await
    .map(Option::flatten)
    .map_err(|error| DatabaseError::Statement("looking for its database", error))
}

/// Whether the database was made but never migrated, so that nothing is in it.
///
/// # Errors
/// When the server does not answer.
pub(crate) async fn is_blank(private: &Private) -> Result<bool, DatabaseError> {
    let options = private.cluster.connect_options(DATABASE);
    let connected = PgConnection::connect_with(&options).await;
    let mut database = connected.map_err(DatabaseError::Connect)?;
    sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NULL")
        .fetch_one(&mut database)
        .await
        .map_err(|error| DatabaseError::Statement("looking into its database", error))
}

/// Deletes the database with everything in it.
///
/// # Errors
/// When the server refuses.
pub(crate) async fn delete(private: &Private) -> Result<(), DatabaseError> {
    let mut admin = admin(private).await?;
    let sql = format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)");
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut admin)
        .await
        .map(drop)
        .map_err(|error| DatabaseError::Statement("deleting its database", error))
}
