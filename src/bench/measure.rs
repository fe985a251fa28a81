//! What is measured: following the log live, rebuilding, and copying the same rows.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clock::SystemClock;
use futures_util::TryStreamExt as _;
use projector::rebuild::{DriftPace, RebuildSettings, Rebuilder, Reporter, Told};
use projector::{Fase, Projector, ProjectorError, ProjectorSettings, toezicht};
use sqlx::postgres::PgPoolCopyExt as _;
use sqlx::{AssertSqlSafe, PgPool};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::{BenchError, log, machine};

/// How often one looks whether the projector has come to the end.
const LOOK: Duration = Duration::from_millis(10);
/// How long the check for drift is measured.
const DRIFTING: Duration = Duration::from_secs(5);
/// Switches that are measured.
const SWITCHES: usize = 20;
/// Memory for states, events of a statement, and the sample: as `klantbeeld rebuild` has them.
const REBUILD: RebuildSettings = RebuildSettings {
    memory_mib: 256,
    batch: 10_000,
    sample: 1000,
    seed: 1,
    switch: false,
    with_parked: false,
    fresh: false,
};

/// A projector of one product, or of all.
fn projector(pool: &PgPool, product: Option<&str>, settings: ProjectorSettings) -> Projector {
    let mut chosen = projector::products::all(&projector::products::Inrichting::default());
    chosen.retain(|one| product.is_none_or(|product| one.name() == product));
    Projector::new(pool.clone(), Arc::new(SystemClock), chosen, settings)
}

/// Lets a projector of one product follow the log from where it is to its end.
pub(super) async fn live(pool: &PgPool, product: &str) -> Result<Duration, BenchError> {
    let begin = Instant::now();
    let following = Following::start(pool, product, ProjectorSettings::default());
    let sql = "SELECT positie >= (SELECT max(positie) FROM write_side.gebeurtenissen)
               FROM projector.checkpoints WHERE product = $1 AND generatie = 1";
    while !following.running.is_finished()
        && !sqlx::query_scalar::<_, bool>(sql).bind(product).fetch_one(pool).await?
    {
        sleep(LOOK).await;
    }
    let time = begin.elapsed();
    following.end().await?;
    Ok(time)
}

/// What the check for drift took.
#[derive(Debug)]
pub(super) struct Drifting {
    /// Keys that were compared.
    pub(super) keys: u32,
    /// Processor time of this process and the server for each; none when the server is elsewhere.
    pub(super) per_key: Option<Duration>,
}

/// Lets whoever leads compare rows with the log for a while, as fast as it goes. What following an
/// idle log takes is in it too.
pub(super) async fn drift(pool: &PgPool, product: &str) -> Result<Drifting, BenchError> {
    let pace = DriftPace { keys_per_minute: u32::MAX, percent_max: 100 };
    let settings = ProjectorSettings { drift: pace, ..ProjectorSettings::default() };
    let running = Following::start(pool, product, settings);
    let mut session = pool.acquire().await?;
    let backend: i32 =
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *session).await?;
    let time = || machine::processor_time(u32::try_from(backend).ok()?);
    let (keys, took) = (checked(pool, product).await?, time());
    sleep(DRIFTING).await;
    let (keys, took) = (checked(pool, product).await? - keys, (took, time()));
    running.end().await?;
    let keys = u32::try_from(keys).unwrap_or_default();
    let per_key = match took {
        (Some(before), Some(after)) => (after - before).checked_div(keys),
        (None, _) | (_, None) => None,
    };
    Ok(Drifting { keys, per_key })
}

/// Keys of a product that the check for drift has compared so far.
async fn checked(pool: &PgPool, product: &str) -> Result<i64, BenchError> {
    let counts = toezicht(pool).await?;
    Ok(counts.iter().filter(|one| one.product == product).map(|one| one.gecontroleerd).sum())
}

/// A projector of one product that follows the log.
struct Following {
    stop: watch::Sender<bool>,
    running: JoinHandle<Result<(), ProjectorError>>,
}

impl Following {
    fn start(pool: &PgPool, product: &str, settings: ProjectorSettings) -> Self {
        let (stop, stopped) = watch::channel(false);
        let projector = projector(pool, Some(product), settings);
        let running = tokio::spawn(async move { projector.run(stopped).await });
        Self { stop, running }
    }

    async fn end(self) -> Result<(), BenchError> {
        // Nobody listens when it has stopped by itself, which the next line tells.
        let _ = self.stop.send(true);
        Ok(self.running.await??)
    }
}

/// How long the phases of a rebuild took.
#[derive(Debug, Default)]
pub(super) struct Phases {
    pub(super) lezen: Duration,
    pub(super) afleiden: Duration,
    pub(super) indexeren: Duration,
    pub(super) nakijken: Duration,
}

impl Phases {
    /// Until the generation follows the log.
    pub(super) fn filling(&self) -> Duration {
        self.lezen + self.afleiden + self.indexeren
    }
}

/// Notes when each phase begins.
#[derive(Default)]
struct Stopwatch(Mutex<Vec<(Option<Fase>, Instant)>>);

impl Reporter for Stopwatch {
    fn tell(&self, told: Told) {
        let fase = match told {
            Told::Phase { fase, .. } => Some(fase),
            Told::Verifies { .. } => None,
            Told::Done { .. } | Told::Waits { .. } => return,
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((fase, Instant::now()));
    }
}

impl Stopwatch {
    fn phases(self) -> Phases {
        let mut notes = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        notes.push((None, Instant::now()));
        let mut phases = Phases::default();
        for pair in notes.windows(2) {
            let place = match pair[0].0 {
                Some(Fase::Lezen) => &mut phases.lezen,
                Some(Fase::Afleiden) => &mut phases.afleiden,
                Some(Fase::Indexeren) => &mut phases.indexeren,
                Some(Fase::Inhalen | Fase::Klaar | Fase::Vervalt) | None => &mut phases.nakijken,
            };
            *place += pair[1].1 - pair[0].1;
        }
        phases
    }
}

/// Rebuilds one product, or all in one pass, without a switch.
pub(super) async fn rebuild(pool: &PgPool, product: Option<&str>) -> Result<Phases, BenchError> {
    let projector = projector(pool, product, ProjectorSettings::default());
    let watch = Stopwatch::default();
    let rebuilder = Rebuilder::new(&projector, &watch);
    rebuilder.rebuild(&rebuilder.names(), &REBUILD).await?;
    Ok(watch.phases())
}

/// Switches to the generation that waits and back, many times: how long locks were held, ascending.
pub(super) async fn switches(pool: &PgPool, product: &str) -> Result<Vec<Duration>, BenchError> {
    let projector = projector(pool, Some(product), ProjectorSettings::default());
    let rebuilder = Rebuilder::new(&projector, &projector::rebuild::Silent);
    let product = rebuilder.named(product)?;
    let mut held = Vec::new();
    let first = rebuilder.switch(product, None, false).await?;
    rebuilder.rollback(product, false).await?;
    for _ in 0..SWITCHES / 2 {
        held.push(rebuilder.switch(product, Some(first.to), false).await?.held);
        held.push(rebuilder.rollback(product, false).await?.held);
    }
    held.sort_unstable();
    Ok(held)
}

/// Copies the rows of a generation, states included, into tables with the same primary keys; gives
/// how many rows and bytes, and how long sending them took.
pub(super) async fn copying(
    pool: &PgPool,
    schema: &str,
) -> Result<(i64, usize, Duration), BenchError> {
    let sql = "SELECT c.relname::text, COALESCE(
                   (SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
                    WHERE k.conrelid = c.oid AND k.contype = 'p'), '')
               FROM pg_class c WHERE c.relnamespace = to_regnamespace($1) AND c.relkind = 'r'";
    let tables: Vec<(String, String)> = sqlx::query_as(sql).bind(schema).fetch_all(pool).await?;
    let (mut rows, mut bytes, mut time) = (0, 0, Duration::ZERO);
    run(pool, "CREATE SCHEMA bench".to_owned()).await?;
    for (table, key) in tables {
        let like =
            format!("CREATE TABLE bench.{table} (LIKE {schema}.{table} INCLUDING COMPRESSION)");
        run(pool, like).await?;
        run(pool, format!("ALTER TABLE bench.{table} ADD {key}")).await?;
        let lines = lines(pool, &format!("{schema}.{table}")).await?;
        let begin = Instant::now();
        log::copy(pool, &format!("bench.{table}"), &lines).await?;
        time += begin.elapsed();
        bytes += lines.len();
        let count = format!("SELECT count(*) FROM bench.{table}");
        rows += sqlx::query_scalar::<_, i64>(AssertSqlSafe(count)).fetch_one(pool).await?;
    }
    run(pool, "DROP SCHEMA bench CASCADE".to_owned()).await?;
    Ok((rows, bytes, time))
}

async fn run(pool: &PgPool, sql: String) -> Result<(), BenchError> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await?;
    Ok(())
}

/// The rows of a table as `COPY` writes them.
async fn lines(pool: &PgPool, table: &str) -> Result<Vec<u8>, BenchError> {
    let mut stream = pool.copy_out_raw(&format!("COPY {table} TO STDOUT")).await?;
    let mut lines = Vec::new();
    while let Some(part) = stream.try_next().await? {
        lines.extend_from_slice(&part);
    }
    Ok(lines)
}

/// Drops the generations of all products that readers do not see.
pub(super) async fn drop_waiting(pool: &PgPool, product: &str) -> Result<(), BenchError> {
    let projector = projector(pool, Some(product), ProjectorSettings::default());
    let rebuilder = Rebuilder::new(&projector, &projector::rebuild::Silent);
    rebuilder.drop(rebuilder.named(product)?, None).await?;
    Ok(())
}
