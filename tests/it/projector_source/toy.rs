//! A toy product that records what it is given, a projector that runs it, and a writer whose
//! transaction can be stopped anywhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clock::SystemClock;
use events::{Actor, Envelope, Gebeurtenis, SoortActor};
use projector::{Product, ProjectError, Projector, ProjectorError, ProjectorSettings, Schema};
use sqlx::postgres::PgPoolOptions;
use sqlx::types::Uuid;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

/// How long a condition may take to come true.
pub(super) const LIMIT: Duration = Duration::from_secs(20);

/// Records every event it is given; may wait at a gate between writing and answering.
#[derive(Clone)]
pub(super) struct Toy {
    pub(super) name: &'static str,
    pub(super) version: i32,
    pub(super) wie: &'static str,
    pub(super) gate: Option<Arc<Semaphore>>,
    pub(super) calls: Arc<AtomicUsize>,
    /// The position of an event that it cannot fold.
    pub(super) poison: Arc<AtomicI64>,
}

pub(super) fn toy(wie: &'static str) -> Toy {
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
        if self.name == "later" {
            "CREATE TABLE regels_later (volgnummer bigint GENERATED ALWAYS AS IDENTITY,
             positie bigint, object_id uuid, versie bigint, wie text)"
        } else {
            "CREATE TABLE regels (volgnummer bigint GENERATED ALWAYS AS IDENTITY,
             positie bigint, object_id uuid, versie bigint, wie text)"
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
        let table = schema.table(if self.name == "later" { "regels_later" } else { "regels" });
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
pub(super) struct Running {
    pub(super) stop: watch::Sender<bool>,
    pub(super) task: JoinHandle<Result<(), ProjectorError>>,
}

impl Running {
    pub(super) async fn finish(self) -> Result<(), ProjectorError> {
        self.stop.send_replace(true);
        tokio::time::timeout(LIMIT, self.task).await.expect("it stops").expect("no panic")
    }
}

pub(super) fn products(toys: &[Toy]) -> Vec<Box<dyn Product>> {
    toys.iter().map(|toy| Box::new(toy.clone()) as Box<dyn Product>).collect()
}

/// A pool of its own, whose sessions can be told apart.
pub(super) async fn named_pool(pool: &PgPool, name: &str) -> PgPool {
    let options = (*pool.connect_options()).clone().application_name(name);
    PgPoolOptions::new().max_connections(4).connect_with(options).await.expect("a pool")
}

pub(super) async fn start_with(
    pool: &PgPool,
    toys: &[Toy],
    settings: ProjectorSettings,
) -> Running {
    let products = products(toys);
    projector::migrate(pool, &products).await.expect("migrated");
    let pool = named_pool(pool, toys[0].wie).await;
    let projector = Projector::new(pool, Arc::new(SystemClock), products, settings);
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(async move { projector.run(stopped).await });
    Running { stop, task }
}

pub(super) async fn start(pool: &PgPool, toy: Toy) -> Running {
    start_with(pool, &[toy], ProjectorSettings::default()).await
}

pub(super) async fn kill(pool: &PgPool, application: &str) {
    sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
    )
    .bind(application)
    .execute(pool)
    .await
    .expect("killed");
}

/// A transaction of the write side: locks the object, then appends.
pub(super) struct Writer {
    pub(super) conn: PgConnection,
    pub(super) object: Uuid,
    pub(super) handeling: Uuid,
}

impl Writer {
    pub(super) async fn connect(pool: &PgPool) -> Self {
        let conn = PgConnection::connect_with(&pool.connect_options()).await.expect("connected");
        Self { conn, object: Uuid::nil(), handeling: Uuid::nil() }
    }

    pub(super) async fn sql(&mut self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&mut self.conn).await.expect(sql);
    }

    pub(super) async fn begin(&mut self, object: u128) {
        self.sql("BEGIN").await;
        self.object = Uuid::from_u128(object);
        sqlx::query(
            "INSERT INTO write_side.objecten VALUES ('actor', $1, 0) ON CONFLICT DO NOTHING",
        )
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

    pub(super) async fn append(&mut self) -> i64 {
        self.append_as("MedewerkerGeregistreerd").await
    }

    pub(super) async fn append_as(&mut self, soort: &str) -> i64 {
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

    pub(super) async fn record(&mut self, object: u128) -> i64 {
        self.begin(object).await;
        let positie = self.append().await;
        self.sql("COMMIT").await;
        positie
    }
}

/// What the toy was given, in that order: position, object, version.
pub(super) async fn delivered(pool: &PgPool) -> Vec<(i64, Uuid, i64)> {
    sqlx::query_as("SELECT positie, object_id, versie FROM read_side.regels ORDER BY volgnummer")
        .fetch_all(pool)
        .await
        .expect("rows")
}

pub(super) async fn posities(pool: &PgPool) -> Vec<i64> {
    delivered(pool).await.into_iter().map(|row| row.0).collect()
}

pub(super) async fn log(pool: &PgPool) -> Vec<i64> {
    sqlx::query_scalar("SELECT positie FROM write_side.gebeurtenissen ORDER BY positie")
        .fetch_all(pool)
        .await
        .expect("the log")
}

pub(super) async fn open_gaps(pool: &PgPool) -> i32 {
    let sql = "SELECT jsonb_array_length(cursor->'gaps') FROM projector.checkpoints
               WHERE product = 'proef'";
    sqlx::query_scalar(sql).fetch_one(pool).await.expect("a cursor")
}

pub(super) async fn epoch(pool: &PgPool) -> i64 {
    let sql = "SELECT epoch FROM projector.checkpoints WHERE product = 'proef'";
    sqlx::query_scalar(sql).fetch_one(pool).await.expect("an epoch")
}

/// Polls until the condition holds; fails with its text after the limit.
pub(super) async fn until<F: Future<Output = bool>>(
    what: &str,
    limit: Duration,
    condition: impl Fn() -> F,
) {
    let start = Instant::now();
    while !condition().await {
        assert!(start.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(super) async fn until_delivered(pool: &PgPool, expected: &[i64]) {
    until("the expected events", LIMIT, async || posities(pool).await == expected).await;
}

pub(super) async fn until_settled(pool: &PgPool) {
    until("no open gaps", LIMIT, async || open_gaps(pool).await == 0).await;
}
