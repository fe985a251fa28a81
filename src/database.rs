//! The database of this process: one that was named, or a private server in the data directory.

mod private;

use std::io;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection, PgPool};

use crate::config::DatabaseSettings;
use crate::live_file::LiveFile;
use crate::postgres::{Cluster, PostgresError};

pub(crate) use private::{create, delete, exists, is_blank, purpose, start};

/// The name of the database in a private server.
pub const DATABASE: &str = "klantbeeld";
/// What the database of the demo says that it is for.
pub(crate) const DEMO: &str = "klantbeeld demo";
/// How long a request waits for a free connection.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(5);
/// How the sessions are called in PostgreSQL's own views.
const APPLICATION: &str = "klantbeeld";

/// Why there is no database to work with.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL has not the form of one.
    #[error("the database URL cannot be read; it has the form postgres://user@host/database")]
    Url(#[source] sqlx::Error),
    /// There is nothing to open, and the command is not one that makes it.
    #[error(
        "there is no database in {dir}; make one with `klantbeeld migrate`, see it work with \
         `klantbeeld demo`, or name a database with --database-url"
    )]
    Absent {
        /// The data directory.
        dir: PathBuf,
    },
    /// The database does not let us in.
    #[error("no connection to the database; check that it runs and that its address is right")]
    Connect(#[source] sqlx::Error),
    /// The private server did not do its part.
    #[error(transparent)]
    Private(#[from] PostgresError),
    /// The private server refused a statement.
    #[error("the private PostgreSQL server failed while {0}; see the logs in its data directory")]
    Statement(&'static str, #[source] sqlx::Error),
    /// The note for other commands could not be read or written.
    #[error("cannot use {path}; check who owns it and the free space")]
    Note {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The work was interrupted.
    #[error("starting the private PostgreSQL server was interrupted")]
    Interrupted(#[source] tokio::task::JoinError),
}

/// A database to work with. Close it with [`Database::close`].
#[derive(Debug)]
pub struct Database {
    /// Connections.
    pub pool: PgPool,
    private: Option<Private>,
}

/// A private server that this process started, and the note that tells other commands of it.
#[derive(Debug)]
pub(crate) struct Private {
    cluster: Cluster,
    note: LiveFile,
}

impl Database {
    /// Opens the database that the settings name, or else that of the private server in the data
    /// directory, which is started unless another process of ours runs it and that one will do.
    ///
    /// # Errors
    /// When there is no database to work with; see [`DatabaseError`].
    pub async fn open(settings: &DatabaseSettings, need: Need) -> Result<Self, DatabaseError> {
        let connections = settings.database_connections;
        if let Some(url) = settings.url() {
            let options = PgConnectOptions::from_str(&url).map_err(DatabaseError::Url)?;
            return Ok(Self { pool: pool(options, connections).await?, private: None });
        }
        let dir = settings.data.dir();
        let (shares, makes) = match need {
            Need::Look => (true, false),
            Need::Migrate => (true, true),
            Need::Serve => (false, false),
        };
        if shares && let Some(options) = private::running(&dir)? {
            return Ok(Self { pool: pool(options, connections).await?, private: None });
        }
        if !makes && !private::has_cluster(&dir) {
            return Err(DatabaseError::Absent { dir });
        }
        let private = start(dir).await?;
        if !exists(&private).await? {
            create(&private, None).await?;
        }
        Self::of_private(private, connections).await
    }

    /// The database [`DATABASE`] of a private server.
    pub(crate) async fn of_private(
        private: Private,
        connections: u32,
    ) -> Result<Self, DatabaseError> {
        let options = private.cluster.connect_options(DATABASE);
        Ok(Self { pool: pool(options, connections).await?, private: Some(private) })
    }

    /// Closes the connections, and stops the private server if this process started it.
    ///
    /// # Errors
    /// When the private server does not stop as it should.
    pub async fn close(self) -> Result<(), DatabaseError> {
        self.pool.close().await;
        match self.private {
            Some(private) => private.stop().await,
            None => Ok(()),
        }
    }
}

/// What a command needs of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// To look at it, for a moment; it must be there.
    Look,
    /// To bring it up to date, making it when it is not there.
    Migrate,
    /// To serve from it: a private server must live as long as this process.
    Serve,
}

/// Whether the database is the one of the demo.
///
/// # Errors
/// When it does not answer.
pub(crate) async fn is_of_demo(pool: &PgPool) -> Result<bool, DatabaseError> {
    let sql = "SELECT shobj_description(oid, 'pg_database') FROM pg_database
               WHERE datname = current_database()";
    let purpose: Option<String> =
        sqlx::query_scalar(sql).fetch_one(pool).await.map_err(DatabaseError::Connect)?;
    Ok(purpose.as_deref() == Some(DEMO))
}

async fn pool(options: PgConnectOptions, connections: u32) -> Result<PgPool, DatabaseError> {
    // A pool tries again and again, and then says only that it took too long; this says why.
    let first = PgConnection::connect_with(&options).await.map_err(DatabaseError::Connect)?;
    first.close().await.map_err(DatabaseError::Connect)?;
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_LIMIT)
        .connect_with(options.application_name(&format!("{APPLICATION} {}", std::process::id())))
        .await
        .map_err(DatabaseError::Connect)
}
