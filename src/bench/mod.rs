//! `klantbeeld bench`: how fast this program is on this machine, beside a floor that is measured in
//! the same run.

mod document;
pub mod log;
mod machine;
mod measure;
pub mod municipality;
pub mod read;

use std::time::Duration;

use clap::Args;
use clock::{Clock as _, SystemClock};
use projector::ProjectorError;
use projector::rebuild::{DriftPace, RebuildError};
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool};
use tokio::task::{JoinError, spawn_blocking};

use crate::migrations::{self, MigrationError};
use crate::postgres::{Cluster, ClusterOptions, PostgresError};
use measure::Drifting;
use municipality::Gemeente;

/// Connections of a measurement.
const CONNECTIONS: u32 = 8;
/// Where the municipality begins; another number gives other keys.
const SEED: u64 = 0x6b6c_616e_7462_6565;
/// Bytes of a MiB.
const MIB: usize = 1024 * 1024;

/// What to measure.
#[derive(Debug, Clone, Args)]
pub struct BenchArgs {
    /// Events in the log; each time it is given, on a database of its own
    #[arg(long, value_name = "N", default_values_t = [100_000])]
    #[arg(value_parser = clap::value_parser!(u64).range(1000..=20_000_000))]
    pub events: Vec<u64>,

    /// The product that is followed live and rebuilt by itself
    #[arg(long, value_name = "PRODUCT", default_value = "klantbeeld")]
    pub product: String,

    /// A database without any tables of ours, instead of a server that is thrown away afterwards;
    /// for one number of events
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The database is not for this.
    #[error("the database is not empty; a bench fills it, so give one without tables of ours")]
    NotEmpty,
    /// One database holds one log.
    #[error("one database holds one log: give one number of events, or no database")]
    OneSize,
    /// The product is not there.
    #[error("there is no product {0:?}; `klantbeeld projecties` lists them")]
    NoProduct(String),
    /// No server to throw away.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// The tables could not be made.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// The database refused.
    #[error("the database refused a statement of the bench")]
    Database(#[from] sqlx::Error),
    /// An event could not be written.
    #[error("an event could not be written as JSON")]
    Event(#[from] serde_json::Error),
    /// The projector stopped.
    #[error("the projector stopped")]
    Projector(#[from] ProjectorError),
    /// The rebuild stopped.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// Reading was not measured.
    #[error(transparent)]
    Read(#[from] read::ReadError),
    /// A part of it panicked.
    #[error("a part of the bench broke down")]
    Broken(#[from] JoinError),
}

/// Measures, and gives a table for each size.
///
/// # Errors
/// When it could not be measured.
pub async fn projector(args: &BenchArgs) -> Result<String, BenchError> {
    let known = projector::products::all(&projector::products::Inrichting::default());
    if known.iter().all(|product| product.name() != args.product) {
        return Err(BenchError::NoProduct(args.product.clone()));
    }
    let mut text = machine::description();
    match &args.database_url {
        Some(url) => {
            let &[events] = args.events.as_slice() else { return Err(BenchError::OneSize) };
            let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(url).await?;
            text.push_str(&measured(&pool, events, &args.product).await?);
        }
        None => {
            let options = ClusterOptions { data_dir: None, throw_away: true, durable: true };
            let cluster = spawn_blocking(move || Cluster::start(options)).await??;
            for events in &args.events {
                text.push_str(&on_own_database(&cluster, *events, &args.product).await?);
            }
            spawn_blocking(move || cluster.stop()).await??;
        }
    }
    Ok(text)
}

async fn on_own_database(
    cluster: &Cluster,
    events: u64,
    product: &str,
) -> Result<String, BenchError> {
    let options = || PgPoolOptions::new().max_connections(CONNECTIONS);
    let admin = options().connect_with(cluster.connect_options("postgres")).await?;
    let name = format!("bench_{events}");
    for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&admin).await?;
    }
    let pool = options().connect_with(cluster.connect_options(&name)).await?;
    let text = measured(&pool, events, product).await;
    pool.close().await;
    let sql = format!("DROP DATABASE {name}");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&admin).await?;
    text
}

/// Whether a database has no tables of ours: only such a one is filled.
async fn is_without_tables(pool: &PgPool) -> sqlx::Result<bool> {
    let sql =
        "SELECT to_regnamespace('write_side') IS NULL AND to_regnamespace('projector') IS NULL";
    sqlx::query_scalar(sql).fetch_one(pool).await
}

/// Everything for one size.
async fn measured(pool: &PgPool, events: u64, product: &str) -> Result<String, BenchError> {
    if !is_without_tables(pool).await? {
        return Err(BenchError::NotEmpty);
    }
    migrations::migrate(
        pool,
        &projector::products::all(&projector::products::Inrichting::default()),
    )
    .await?;
    let mut table = Table::new(events);
    let wanted = usize::try_from(events).unwrap_or(usize::MAX);
    let filled = {
        let mut gemeente = Gemeente::new(SEED, SystemClock.now());
        table
            .timed("COPY into the log", async { log::fill(pool, &mut gemeente, wanted).await })
            .await?
    };
    table.events = filled;

    let time = measure::live(pool, product).await?;
    table.rate(&format!("{product}: live, checkpoint in the transaction"), time);

    table.drift(&measure::drift(pool, product).await?);

    machine::forget_peak();
    let phases = measure::rebuild(pool, Some(product)).await?;
    let filling = phases.filling();
    table.rate(&format!("{product}: rebuild"), filling);
    table.rate("  of which reading and folding", phases.lezen);
    table.rate("  of which deriving and copying", phases.afleiden);
    table.rate("  of which indexes and statistics", phases.indexeren);
    table.line("  verifying and comparing", phases.nakijken, String::new());
    table.peak("  memory, peak");
    let (rows, bytes, time) = measure::copying(pool, &format!("{product}_g2")).await?;
    let ratio = filling.as_secs_f64() / time.as_secs_f64();
    let what = format!("{rows} rows, {} MiB: rebuild is {ratio:.1} x", bytes / MIB);
    table.line("  floor: COPY of the same rows", time, what);

    let held = measure::switches(pool, product).await?;
    let (p50, max) = (held[held.len() / 2], held[held.len() - 1]);
    table.line("switch: lock held, p50", p50, format!("of {} switches", held.len()));
    table.line("switch: lock held, longest", max, String::new());

    measure::drop_waiting(pool, product).await?;
    machine::forget_peak();
    let phases = measure::rebuild(pool, None).await?;
    table.rate("all products, one pass over the log", phases.filling());
    table.peak("  memory, peak");
    Ok(table.text)
}

/// The table of one size.
struct Table {
    events: usize,
    text: String,
}

impl Table {
    fn new(events: u64) -> Self {
        let head = "| measured | seconds | events/s | |\n| --- | --- | --- | --- |\n";
        Self { events: 0, text: format!("\n{events} events\n\n{head}") }
    }

    async fn timed(
        &mut self,
        what: &str,
        work: impl Future<Output = Result<usize, BenchError>>,
    ) -> Result<usize, BenchError> {
        let begin = std::time::Instant::now();
        self.events = work.await?;
        self.rate(what, begin.elapsed());
        Ok(self.events)
    }

    fn line(&mut self, what: &str, time: Duration, more: String) {
        let seconds = time.as_secs_f64();
        self.text.push_str(&format!("| {what} | {seconds:.3} | | {more} |\n"));
    }

    fn rate(&mut self, what: &str, time: Duration) {
        let seconds = time.as_secs_f64();
        let rate = self.events as f64 / seconds;
        self.text.push_str(&format!("| {what} | {seconds:.3} | {rate:.0} | |\n"));
    }

    /// What comparing rows with the log takes of a core, at the pace that a service has by default.
    fn drift(&mut self, drifting: &Drifting) {
        let keys = drifting.keys;
        let Some(per_key) = drifting.per_key else {
            let text = format!("| drift: keys compared | | | {keys}; the server is elsewhere |\n");
            self.text.push_str(&text);
            return;
        };
        let pace = DriftPace::default().keys_per_minute;
        let share = per_key.as_secs_f64() * f64::from(pace) / 60.0;
        let more = format!("of {keys}; {:.2} % of a core at {pace} a minute", share * 100.0);
        self.line("drift: processor time of 1,000 keys, server included", per_key * 1000, more);
    }

    fn peak(&mut self, what: &str) {
        if let Some(kib) = machine::peak_kib() {
            self.text.push_str(&format!("| {what} | | | {} MiB |\n", kib / 1024));
        }
    }
}
