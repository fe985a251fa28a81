//! A server of its own: killing one of its processes makes it recover, which no other test may
//! feel.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clock::{Clock, SystemClock};
use klantbeeld::postgres::{Cluster, ClusterOptions};
use projector::products::Inrichting;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};

/// How long a server may take to recover.
const RECOVERY: Duration = Duration::from_secs(60);
/// How long a pool waits for a connection: that of the projector.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(1);
/// Pause between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(5);

/// The server with a migrated database.
pub struct Server {
    cluster: Cluster,
    dir: PathBuf,
}

impl Server {
    /// Starts it, with prepared transactions allowed.
    pub async fn start() -> Self {
        let dir = std::env::temp_dir().join(format!("foltering-{}", SystemClock.new_id()));
        let options =
            || ClusterOptions { data_dir: Some(dir.clone()), throw_away: false, durable: true };
        let start = |options| async {
            let started = tokio::task::spawn_blocking(move || Cluster::start(options)).await;
            started.expect("no panic").expect("a server")
        };
        let cluster = start(options()).await;
        let mut admin = cluster.connect_options("postgres").connect().await.expect("a session");
        let sql = "ALTER SYSTEM SET max_prepared_transactions = 20";
        sqlx::query(sql).execute(&mut admin).await.expect("set");
        sqlx::query("CREATE DATABASE foltering").execute(&mut admin).await.expect("a database");
        admin.close().await.expect("closed");
        tokio::task::spawn_blocking(move || cluster.stop()).await.expect("ends").expect("stops");
        let cluster = start(options()).await;
        let server = Self { cluster, dir: dir.clone() };
        let pool = server.pool(2);
        write_side::MIGRATOR.run(&pool).await.expect("the write side's tables");
        logboek::migrate(&pool).await.expect("the logbook's tables");
        let products = projector::products::all(&Inrichting::default());
        projector::migrate(&pool, &products).await.expect("the projector's tables");
        graphql::documents::migrate(&pool).await.expect("the tables of documents");
        pool.close().await;
        server
    }

    /// How to reach it.
    pub fn options(&self) -> PgConnectOptions {
        self.cluster.connect_options("foltering")
    }

    /// Its address, for another process.
    pub fn url(&self) -> String {
        self.options().to_url_lossy().to_string()
    }

    /// A pool that connects when it is asked, and tries as often as the projector's own.
    pub fn pool(&self, connections: u32) -> PgPool {
        PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_LIMIT)
            .connect_lazy_with(self.options())
    }

    /// A session under a name, as soon as the server lets one in.
    pub async fn session(&self, name: &str) -> PgConnection {
        let begin = Instant::now();
        loop {
            match self.options().application_name(name).connect().await {
                Ok(session) => return session,
                Err(error) => assert!(begin.elapsed() < RECOVERY, "no session: {error}"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Stops it and deletes what it held.
    pub async fn stop(self) {
        let Self { cluster, dir } = self;
        tokio::task::spawn_blocking(move || cluster.stop()).await.expect("ends").expect("stops");
        std::fs::remove_dir_all(dir).expect("deleted");
    }
}
