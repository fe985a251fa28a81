//! The projector's core against a real PostgreSQL: nothing lost, nothing twice, per object in order,
//! whatever writers and projectors do. A toy product records what it is given, in that order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clock::SystemClock;
use events::{Actor, Envelope, Gebeurtenis, SoortActor};
use projector::{Product, ProjectError, Projector, ProjectorError, ProjectorSettings, Schema};
use sqlx::postgres::PgPoolOptions;
use sqlx::types::Uuid;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinHandle;

use crate::support;

/// How long a condition may take to come true.
const LIMIT: Duration = Duration::from_secs(20);
/// How long a take-over may take.
const TAKEOVER: Duration = Duration::from_secs(5);

/// Records every event it is given; may wait at a gate between writing and answering.
#[derive(Clone)]
struct Toy {
    name: &'static str,
    version: i32,
    wie: &'static str,
    gate: Option<Arc<Semaphore>>,
    calls: Arc<AtomicUsize>,
    /// The position of an event that it cannot fold.
    poison: Arc<AtomicI64>,
}

fn toy(wie: &'static str) -> Toy {
    let (calls, poison) = (Arc::default(), Arc::default());
    Toy { name: "proef", version: 1, wie, gate: None, calls, poison }
}

#[projector::async_trait]
impl Product for Toy {
    fn name(&self) -> &'static str {
        self.name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn ddl(&self) -> &'static str {
        match self.name {
            "proef" => {
                "CREATE TABLE regels (volgnummer bigint GENERATED ALWAYS AS IDENTITY,
                 positie bigint, object_id uuid, versie bigint, wie text)"
            }
            _ => {
                "CREATE TABLE regels_later (volgnummer bigint GENERATED ALWAYS AS IDENTITY,
                 positie bigint, object_id uuid, versie bigint, wie text)"
            }
        }
    }

    async fn project(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
        batch: &[Envelope],
    ) -> Result<(), ProjectError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let poison = self.poison.load(Ordering::SeqCst);
        if let Some(event) = batch.iter().find(|event| event.positie == poison) {
            return Err(ProjectError::event(event, "the toy does not like it"));
        }
        let table = schema.table(if self.name == "proef" { "regels" } else { "regels_later" });
        let sql = format!(
            "INSERT INTO {table} (positie, object_id, versie, wie)
             SELECT p, o, v, $4 FROM unnest($1::bigint[], $2::uuid[], $3::bigint[])
                 WITH ORDINALITY AS t(p, o, v, n) ORDER BY n"
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(batch.iter().map(|event| event.positie).collect::<Vec<i64>>())
            .bind(batch.iter().map(|event| event.object.id).collect::<Vec<Uuid>>())
            .bind(batch.iter().map(|event| event.versie).collect::<Vec<i64>>())
            .bind(self.wie)
            .execute(conn)
            .await?;
        if let Some(gate) = &self.gate {
            gate.acquire().await.expect("the gate stays").forget();
        }
        Ok(())
    }
}

/// A projector at work.
struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), ProjectorError>>,
    pool: PgPool,
}

impl Running {
    async fn finish(self) -> Result<(), ProjectorError> {
        self.stop.send_replace(true);
        tokio::time::timeout(LIMIT, self.task).await.expect("it stops").expect("no panic")
    }
}

/// A pool of its own, whose sessions can be told apart.
async fn named_pool(pool: &PgPool, name: &str) -> PgPool {
    let options = (*pool.connect_options()).clone().application_name(name);
    PgPoolOptions::new().max_connections(4).connect_with(options).await.expect("a pool")
}

async fn start_with(pool: &PgPool, toys: &[Toy], settings: ProjectorSettings) -> Running {
    let boxed = || toys.iter().map(|toy| Box::new(toy.clone()) as Box<dyn Product>).collect();
    let products: Vec<Box<dyn Product>> = boxed();
    projector::migrate(pool, &products).await.expect("migrated");
    let pool = named_pool(pool, toys[0].wie).await;
    let projector = Projector::new(pool.clone(), Arc::new(SystemClock), products, settings);
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(async move { projector.run(stopped).await });
    Running { stop, task, pool }
}

async fn start(pool: &PgPool, toy: Toy) -> Running {
    start_with(pool, &[toy], ProjectorSettings::default()).await
}

async fn kill(pool: &PgPool, application: &str) {
    sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1")
        .bind(application)
        .execute(pool)
        .await
        .expect("killed");
}

/// A transaction of the write side: locks the object, then appends.
struct Writer {
    conn: PgConnection,
    object: Uuid,
    handeling: Uuid,
}

impl Writer {
    async fn connect(pool: &PgPool) -> Self {
        let conn = PgConnection::connect_with(&pool.connect_options()).await.expect("connected");
        Self { conn, object: Uuid::nil(), handeling: Uuid::nil() }
    }

    async fn sql(&mut self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&mut self.conn).await.expect(sql);
    }

    async fn begin(&mut self, object: u128) {
        self.sql("BEGIN").await;
        self.object = Uuid::from_u128(object);
        sqlx::query("INSERT INTO write_side.objecten VALUES ('actor', $1, 0) ON CONFLICT DO NOTHING")
            .bind(self.object)
            .execute(&mut self.conn)
            .await
            .expect("an object");
        sqlx::query("SELECT FROM write_side.objecten WHERE object_id = $1 FOR UPDATE")
            .bind(self.object)
            .execute(&mut self.conn)
            .await
            .expect("locked");
        self.handeling = sqlx::query_scalar(
            "INSERT INTO write_side.handelingen
             VALUES (gen_random_uuid(), 'proef', now(), 'proef', 'proef', NULL)
             RETURNING handeling_id",
        )
        .fetch_one(&mut self.conn)
        .await
        .expect("a handeling");
    }

    async fn append(&mut self) -> i64 {
        self.append_as("MedewerkerGeregistreerd").await
    }

    async fn append_as(&mut self, soort: &str) -> i64 {
        let event = Gebeurtenis::MedewerkerGeregistreerd(Actor {
            id: self.object,
            soort_actor: SoortActor::Medewerker,
            naam: "Proef".to_owned(),
            functie: None,
            omschrijving: None,
            emailadres: None,
            telefoonnummer: None,
            actoridentificator: None,
            indicatie_actief: true,
        });
        sqlx::query_scalar(
            "WITH object AS (UPDATE write_side.objecten SET versie = versie + 1
                             WHERE object_id = $1 RETURNING versie)
             INSERT INTO write_side.gebeurtenissen (gebeurtenis_id, handeling_id, objectsoort,
                 object_id, versie, soort, schemaversie, data, tijdstip)
             SELECT gen_random_uuid(), $2, 'actor', $1, versie, $3, 1, $4::text::json,
                 clock_timestamp() FROM object RETURNING positie",
        )
        .bind(self.object)
        .bind(self.handeling)
        .bind(soort)
        .bind(event.data().expect("JSON").to_string())
        .fetch_one(&mut self.conn)
        .await
        .expect("appended")
    }

    async fn record(&mut self, object: u128) -> i64 {
        self.begin(object).await;
        let positie = self.append().await;
        self.sql("COMMIT").await;
        positie
    }
}

/// What the toy was given, in that order: position, object, version.
async fn delivered(pool: &PgPool) -> Vec<(i64, Uuid, i64)> {
    sqlx::query_as("SELECT positie, object_id, versie FROM read_side.regels ORDER BY volgnummer")
        .fetch_all(pool)
        .await
        .expect("rows")
}

async fn posities(pool: &PgPool) -> Vec<i64> {
    delivered(pool).await.into_iter().map(|row| row.0).collect()
}

async fn log(pool: &PgPool) -> Vec<i64> {
    sqlx::query_scalar("SELECT positie FROM write_side.gebeurtenissen ORDER BY positie")
        .fetch_all(pool)
        .await
        .expect("the log")
}

async fn open_gaps(pool: &PgPool) -> i32 {
    let sql = "SELECT jsonb_array_length(cursor->'gaps') FROM projector.checkpoints
               WHERE product = 'proef'";
    sqlx::query_scalar(sql).fetch_one(pool).await.expect("a cursor")
}

async fn epoch(pool: &PgPool) -> i64 {
    let sql = "SELECT epoch FROM projector.checkpoints WHERE product = 'proef'";
    sqlx::query_scalar(sql).fetch_one(pool).await.expect("an epoch")
}

/// Polls until the condition holds; fails with its text after the limit.
async fn until<F: Future<Output = bool>>(what: &str, limit: Duration, condition: impl Fn() -> F) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn until_delivered(pool: &PgPool, expected: &[i64]) {
    until("the expected events", LIMIT, async || posities(pool).await == expected).await;
}

async fn until_settled(pool: &PgPool) {
    until("no open gaps", LIMIT, async || open_gaps(pool).await == 0).await;
}

#[tokio::test]
async fn an_event_that_commits_late_is_delivered_late_and_never_lost() {
    let database = support::database().await;
    let pool = database.pool();
    let running = start(pool, toy("een")).await;
    let (mut slow, mut fast) = (Writer::connect(pool).await, Writer::connect(pool).await);
    slow.begin(1).await;
    let late = slow.append().await;
    let early = fast.record(2).await;
    until_delivered(pool, &[early]).await;
    assert_eq!(open_gaps(pool).await, 1);
    slow.sql("COMMIT").await;
    until_delivered(pool, &[early, late]).await;
    until_settled(pool).await;
    running.finish().await.expect("stopped");
}

#[tokio::test]
async fn gaps_of_a_rollback_a_savepoint_and_a_killed_writer_close() {
    let database = support::database().await;
    let pool = database.pool();
    let running = start(pool, toy("een")).await;
    let (mut first, mut other) = (Writer::connect(pool).await, Writer::connect(pool).await);
    first.begin(1).await;
    first.append().await;
    let mut expected = vec![other.record(2).await];
    until_delivered(pool, &expected).await;
    first.sql("ROLLBACK").await;
    until_settled(pool).await;

    first.begin(1).await;
    first.sql("SAVEPOINT hier").await;
    first.append().await;
    first.sql("ROLLBACK TO hier").await;
    let kept = first.append().await;
    expected.push(other.record(2).await);
    until_delivered(pool, &expected).await;
    assert!(open_gaps(pool).await >= 1, "the writer still runs");
    first.sql("COMMIT").await;
    expected.push(kept);
    until_delivered(pool, &expected).await;
    until_settled(pool).await;

    first.begin(1).await;
    first.append().await;
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut first.conn)
        .await
        .expect("a pid");
    expected.push(other.record(2).await);
    until_delivered(pool, &expected).await;
    sqlx::query("SELECT pg_terminate_backend($1)").bind(pid).execute(pool).await.expect("killed");
    until_settled(pool).await;
    assert_eq!(posities(pool).await, log(pool).await);
    running.finish().await.expect("stopped");
}

#[tokio::test]
async fn a_long_transaction_that_does_not_write_to_the_log_stalls_nothing() {
    let database = support::database().await;
    let pool = database.pool();
    let running = start(pool, toy("een")).await;
    let mut unrelated = Writer::connect(pool).await;
    // It has a transaction id, rows in a table of the write side, and a snapshot.
    unrelated.begin(9).await;
    unrelated.sql("SELECT count(*) FROM write_side.gebeurtenissen").await;
    let mut writer = Writer::connect(pool).await;
    let first = writer.record(1).await;
    writer.begin(1).await;
    writer.append().await;
    writer.sql("ROLLBACK").await;
    let second = writer.record(1).await;
    until_delivered(pool, &[first, second]).await;
    until_settled(pool).await;
    unrelated.sql("ROLLBACK").await;
    running.finish().await.expect("stopped");
}

#[tokio::test]
async fn the_second_projector_takes_over_when_the_first_dies() {
    let database = support::database().await;
    let pool = database.pool();
    let first = start(pool, toy("eerste")).await;
    let mut writer = Writer::connect(pool).await;
    let mut expected = vec![writer.record(1).await];
    until_delivered(pool, &expected).await;
    let second_toy = toy("tweede");
    let second = start(pool, second_toy.clone()).await;
    until("the second waits for the lead", LIMIT, async || {
        let sql = "SELECT EXISTS (SELECT FROM pg_stat_activity
                   WHERE application_name = 'tweede' AND query LIKE '%pg_try_advisory_lock%')";
        sqlx::query_scalar(sql).fetch_one(pool).await.expect("activity")
    })
    .await;
    expected.push(writer.record(1).await);
    until_delivered(pool, &expected).await;
    assert_eq!(second_toy.calls.load(Ordering::SeqCst), 0, "it waits");

    first.task.abort();
    kill(pool, "eerste").await;
    expected.push(writer.record(1).await);
    until("a take-over", TAKEOVER, async || posities(pool).await == expected).await;
    assert_eq!(second_toy.calls.load(Ordering::SeqCst), 1);
    second.finish().await.expect("stopped");
}

#[tokio::test]
async fn a_stale_leader_cannot_commit() {
    let database = support::database().await;
    let pool = database.pool();
    let mut held = toy("oud");
    let gate = Arc::new(Semaphore::new(0));
    held.gate = Some(gate.clone());
    let running = start(pool, held.clone()).await;
    let positie = Writer::connect(pool).await.record(1).await;
    until("a batch under way", LIMIT, async || held.calls.load(Ordering::SeqCst) == 1).await;
    let led = epoch(pool).await;
    // What another leader does first when it takes over.
    sqlx::query("UPDATE projector.checkpoints SET epoch = epoch + 1 WHERE product = 'proef'")
        .execute(pool)
        .await
        .expect("not held up by the old leader's batch");
    gate.add_permits(1);
    until("a second attempt", LIMIT, async || held.calls.load(Ordering::SeqCst) == 2).await;
    assert_eq!(posities(pool).await, [0; 0], "the first attempt left nothing");
    assert_eq!(epoch(pool).await, led + 2, "it stood down, and led again");
    gate.add_permits(1);
    until_delivered(pool, &[positie]).await;
    running.finish().await.expect("stopped");
}

#[tokio::test]
async fn a_product_that_is_added_later_catches_up_and_joins() {
    let database = support::database().await;
    let pool = database.pool();
    let mut writer = Writer::connect(pool).await;
    let running = start(pool, toy("een")).await;
    let mut expected = vec![writer.record(1).await, writer.record(2).await, writer.record(1).await];
    until_delivered(pool, &expected).await;
    running.finish().await.expect("stopped");
    let later = Toy { name: "later", ..toy("twee") };
    let settings = ProjectorSettings { max_batch: 2, ..ProjectorSettings::default() };
    let running = start_with(pool, &[toy("een"), later], settings).await;
    expected.push(writer.record(2).await);
    until_delivered(pool, &expected).await;
    until("both at one cursor", LIMIT, async || {
        let sql = "SELECT count(DISTINCT cursor) = 1 FROM projector.checkpoints
                   WHERE product IN ('proef', 'later')";
        sqlx::query_scalar(sql).fetch_one(pool).await.expect("cursors")
    })
    .await;
    let sql = "SELECT positie FROM read_side.regels_later ORDER BY volgnummer";
    let caught_up: Vec<i64> = sqlx::query_scalar(sql).fetch_all(pool).await.expect("rows");
    assert_eq!(caught_up, expected);
    running.finish().await.expect("stopped");
}
