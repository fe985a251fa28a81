//! One PostgreSQL for the run, and for each test a copy of a migrated template.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use klantbeeld::postgres::{Cluster, ClusterOptions};
use projector::products::Inrichting;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool};

/// Connections of one test.
const POOL_MAX: u32 = 16;

/// A server that is given instead of started.
const URL_VARIABLE: &str = "KLANTBEELD_TEST_DATABASE_URL";

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);
static NUMBER: AtomicU32 = AtomicU32::new(0);

struct Server {
    // Lives as long as the run; its watchdog ends it with the process.
    _cluster: Option<Cluster>,
    admin: PgConnectOptions,
    prefix: String,
}

/// A migrated database of one test.
pub struct TestDatabase {
    pool: PgPool,
    options: PgConnectOptions,
}

impl TestDatabase {
    /// A migrated database of a server that a test has for itself. It connects when it is asked.
    pub fn on(options: PgConnectOptions) -> Self {
        let pool = PgPoolOptions::new().max_connections(POOL_MAX);
        Self { pool: pool.connect_lazy_with(options.clone()), options }
    }

    /// A pool on it.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Its address, for another process.
    pub fn url(&self) -> String {
        self.options.to_url_lossy().to_string()
    }
}

/// A fresh, migrated database.
pub async fn database() -> TestDatabase {
    let server = tokio::task::spawn_blocking(|| &*SERVER).await.expect("the server");
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("{}_{number}", server.prefix);
    let mut admin = server.admin.connect().await.expect("a connection");
    let sql =
        format!("CREATE DATABASE {name} TEMPLATE {}_template STRATEGY file_copy", server.prefix);
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut admin).await.expect("a database");
    admin.close().await.expect("closed");
    let options = server.admin.clone().database(&name);
    let pool = PgPoolOptions::new()
        .max_connections(POOL_MAX)
        .connect_with(options.clone())
        .await
        .expect("a pool");
    TestDatabase { pool, options }
}

impl Server {
    fn start() -> Self {
        let prefix = format!("t{}", std::process::id());
        let given = std::env::var(URL_VARIABLE).ok();
        let (cluster, admin) = match given {
            Some(url) => (None, url.parse().expect("a database URL")),
            None => {
                let options = ClusterOptions { data_dir: None, throw_away: true, durable: false };
                let cluster = Cluster::start(options).expect("a private PostgreSQL");
                let admin = cluster.connect_options("postgres");
                (Some(cluster), admin)
            }
        };
        let server = Self { _cluster: cluster, admin, prefix };
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(server.make_template());
        server
    }

    async fn make_template(&self) {
        let name = format!("{}_template", self.prefix);
        let mut admin: PgConnection = self.admin.connect().await.expect("a connection");
        let sql = format!("CREATE DATABASE {name}");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut admin).await.expect("a template");
        let options = self.admin.clone().database(&name);
        let pool =
            PgPoolOptions::new().max_connections(2).connect_with(options).await.expect("a pool");
        write_side::MIGRATOR.run(&pool).await.expect("the write side's tables");
        logboek::migrate(&pool).await.expect("the logbook's tables");
        let products = projector::products::all(&Inrichting::default());
        projector::migrate(&pool, &products).await.expect("the projector's tables");
        graphql::documents::migrate(&pool).await.expect("the tables of documents");
        pool.close().await;
    }
}
