//! What is measured on: a database that is filled as the service fills it, products included.

use std::time::Duration;

use projector::rebuild::{RebuildSettings, Rebuilder, Silent};
use projector::{Projector, ProjectorSettings};
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use super::ReadError;
use crate::bench::{is_without_tables, machine};
use crate::generate::{self, Omvang, Voortgang};
use crate::migrations;
use crate::postgres::{Cluster, ClusterOptions};

/// Connections of the bench itself.
const CONNECTIONS: u32 = 4;
/// The database on a server of our own.
const DATABASE: &str = "bench_read";
/// How the products are made: as `klantbeeld rebuild` does by default, and shown.
const REBUILD: RebuildSettings = RebuildSettings {
    memory_mib: 256,
    batch: 10_000,
    sample: 100,
    seed: 1,
    switch: true,
    with_parked: false,
    fresh: false,
};
/// How long the products may take to have what was registered over HTTP.
const CATCH_UP_LIMIT: Duration = Duration::from_secs(300);
/// How often one looks whether they do.
const LOOK: Duration = Duration::from_millis(100);

/// A database with a municipality in it.
pub(super) struct World {
    cluster: Option<Cluster>,
    pub(super) pool: PgPool,
    pub(super) url: String,
    /// Events in the log after filling.
    pub(super) events: u64,
}

impl World {
    /// Fills a database: that which was named, or one on a server of our own that is thrown away.
    pub(super) async fn make(url: Option<&str>, omvang: Omvang) -> Result<Self, ReadError> {
        let options = || PgPoolOptions::new().max_connections(CONNECTIONS);
        let (cluster, pool, url) = match url {
            Some(url) => (None, options().connect(url).await?, url.to_owned()),
            None => {
                let kind = ClusterOptions { data_dir: None, throw_away: true, durable: true };
                let cluster = spawn_blocking(move || Cluster::start(kind)).await??;
                let admin = options().connect_with(cluster.connect_options("postgres")).await?;
                let create = format!("CREATE DATABASE {DATABASE}");
                sqlx::raw_sql(AssertSqlSafe(create)).execute(&admin).await?;
                admin.close().await;
                let pool = options().connect_with(cluster.connect_options(DATABASE)).await?;
                let url = format!(
                    "postgres://postgres@localhost:{}/{DATABASE}?host={}",
                    cluster.port(),
                    cluster.socket_dir().display(),
                );
                (Some(cluster), pool, url)
            }
        };
        let events = fill(&pool, omvang).await?;
        Ok(Self { cluster, pool, url, events })
    }

    /// Waits until the products have everything, and lets PostgreSQL do its housekeeping.
    pub(super) async fn settle(&self) -> Result<(), ReadError> {
        let sql = "SELECT coalesce(bool_and(positie >= (
                       SELECT max(positie) FROM write_side.gebeurtenissen)), false)
                   FROM projector.checkpoints";
        let deadline = Instant::now() + CATCH_UP_LIMIT;
        while !sqlx::query_scalar::<_, bool>(sql).fetch_one(&self.pool).await? {
            if Instant::now() > deadline {
                return Err(ReadError::Behind(CATCH_UP_LIMIT.as_secs()));
            }
            sleep(LOOK).await;
        }
        sqlx::raw_sql("VACUUM ANALYZE").execute(&self.pool).await?;
        Ok(sqlx::raw_sql("CHECKPOINT").execute(&self.pool).await.map(drop)?)
    }

    /// The processor time that the server took so far, if it is on this machine.
    pub(super) async fn server_time(&self) -> Result<Option<Duration>, ReadError> {
        let backend: i32 =
            sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&self.pool).await?;
        let ours = self.cluster.is_some();
        Ok(u32::try_from(backend).ok().filter(|_| ours).and_then(machine::server_time))
    }

    /// Throws a server of our own away.
    pub(super) async fn end(self) -> Result<(), ReadError> {
        self.pool.close().await;
        if let Some(cluster) = self.cluster {
            spawn_blocking(move || cluster.stop()).await??;
        }
        Ok(())
    }
}

/// Makes a municipality up, and all its products; gives how many events there are.
async fn fill(pool: &PgPool, omvang: Omvang) -> Result<u64, ReadError> {
    if !is_without_tables(pool).await? {
        return Err(ReadError::NotEmpty);
    }
    let products = || projector::products::all(&projector::products::Inrichting::default());
    migrations::migrate(pool, &products()).await?;
    let verslag = generate::vul(pool, omvang, &Stil).await?;
    let clock = std::sync::Arc::new(clock::SystemClock);
    let projector = Projector::new(pool.clone(), clock, products(), ProjectorSettings::default());
    let rebuilder = Rebuilder::new(&projector, &Silent);
    rebuilder.rebuild(&rebuilder.names(), &REBUILD).await?;
    for name in rebuilder.names() {
        rebuilder.drop(rebuilder.named(name)?, None).await?;
    }
    Ok(verslag.gebeurtenissen)
}

/// Tells nobody.
struct Stil;

impl Voortgang for Stil {
    fn geschreven(&self, _done: u64, _total: u64) {}
    fn geindexeerd(&self, _done: usize, _total: usize) {}
}
