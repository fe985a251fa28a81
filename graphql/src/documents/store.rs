//! What is kept of documents in PostgreSQL: schema `documenten`, which this side alone writes.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection as _, PgConnection, PgPool};

use super::check::Checked;
use super::id::DocumentId;

/// Days that figures of use are kept: a year, and a month to look back at it.
const USE_KEPT: TimeDelta = TimeDelta::days(396);

/// Brings schema `documenten` up to date. May run any number of times, and in several processes at
/// once.
///
/// # Errors
/// When the database refuses; trying again goes on where it stopped.
pub async fn migrate(pool: &PgPool) -> Result<(), MigrateError> {
    // A session of its own: the migrator's lock stays behind when it fails, and goes with the
    // session.
    let mut session = PgConnection::connect_with(&pool.connect_options()).await?;
    migrator().run(&mut session).await?;
    Ok(session.close().await?)
}

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("../migrations/graphql");
    migrator.create_schema("documenten");
    migrator.dangerous_set_table_name("documenten.migraties");
    migrator
}

/// Whether the tables are there.
///
/// # Errors
/// When the database does not answer.
pub async fn is_migrated(pool: &PgPool) -> sqlx::Result<bool> {
    let table = "SELECT to_regclass('documenten.migraties') IS NOT NULL";
    if !sqlx::query_scalar::<_, bool>(table).fetch_one(pool).await? {
        return Ok(false);
    }
    let applied = "SELECT version FROM documenten.migraties WHERE success";
    let applied: Vec<i64> = sqlx::query_scalar(applied).fetch_all(pool).await?;
    Ok(migrator().iter().all(|migration| applied.contains(&migration.version)))
}

/// A document as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its name for requests.
    pub id: DocumentId,
    /// Its name for people: that of its file.
    pub naam: String,
    /// Its text.
    pub tekst: String,
    /// Its operations.
    pub operaties: Vec<String>,
    /// When it was registered.
    pub geregistreerd_op: DateTime<Utc>,
    /// When it was taken back.
    pub ingetrokken_op: Option<DateTime<Utc>>,
}

/// Registers documents, all or none; gives those that were not registered, or were taken back.
///
/// # Errors
/// When the database does not answer.
pub async fn register(
    pool: &PgPool,
    documents: &[Checked],
    now: DateTime<Utc>,
) -> sqlx::Result<BTreeSet<DocumentId>> {
    let mut tx = pool.begin().await?;
    let mut new = BTreeSet::new();
    for document in documents {
        let changed = sqlx::query_scalar!(
            "INSERT INTO documenten.documenten AS d
                 (hash, naam, tekst, operaties, geregistreerd_op)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (hash) DO UPDATE
                 SET naam = excluded.naam, geregistreerd_op = excluded.geregistreerd_op,
                     ingetrokken_op = NULL
                 WHERE d.ingetrokken_op IS NOT NULL
             RETURNING hash",
            document.id.hash(),
            document.naam,
            document.tekst,
            &document.operaties,
            now,
        )
        .fetch_optional(&mut *tx)
        .await?;
        if changed.is_some() {
            new.insert(document.id);
        }
    }
    tx.commit().await?;
    Ok(new)
}

/// Takes a document back; tells whether it was registered.
///
/// # Errors
/// When the database does not answer.
pub async fn withdraw(pool: &PgPool, id: DocumentId, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE documenten.documenten SET ingetrokken_op = $2
         WHERE hash = $1 AND ingetrokken_op IS NULL",
        id.hash(),
        now,
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Every document, those that were taken back too, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn list(pool: &PgPool) -> sqlx::Result<Vec<Registered>> {
    let rows = sqlx::query!(
        "SELECT hash, naam, tekst, operaties, geregistreerd_op, ingetrokken_op
         FROM documenten.documenten ORDER BY naam, geregistreerd_op, hash",
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Registered {
                id: stored(&row.hash)?,
                naam: row.naam,
                tekst: row.tekst,
                operaties: row.operaties,
                geregistreerd_op: row.geregistreerd_op,
                ingetrokken_op: row.ingetrokken_op,
            })
        })
        .collect()
}

/// A name as the database holds it; its check lets nothing else in.
fn stored(hash: &str) -> sqlx::Result<DocumentId> {
    DocumentId::from_hash(hash).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// The text of a document that may be asked.
pub(super) async fn text(pool: &PgPool, id: DocumentId) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        "SELECT tekst FROM documenten.documenten WHERE hash = $1 AND ingetrokken_op IS NULL",
        id.hash(),
    )
    .fetch_optional(pool)
    .await
}

/// Which of these may be asked no longer.
pub(super) async fn withdrawn(
    pool: &PgPool,
    known: &[DocumentId],
) -> sqlx::Result<Vec<DocumentId>> {
    let known: Vec<String> = known.iter().map(DocumentId::hash).collect();
    let gone = sqlx::query_scalar!(
        r#"SELECT hash AS "hash!" FROM unnest($1::text[]) AS known (hash)
           WHERE NOT EXISTS (SELECT FROM documenten.documenten d
                             WHERE d.hash = known.hash AND d.ingetrokken_op IS NULL)"#,
        &known,
    )
    .fetch_all(pool)
    .await?;
    gone.iter().map(|hash| stored(hash)).collect()
}

/// How often something was asked by an application since the last time that this was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) toepassing: String,
    /// A document by its hash, or a field.
    pub(super) wat: String,
    pub(super) aantal: i64,
    pub(super) laatst_op: DateTime<Utc>,
}

/// The columns of tallies, for `unnest`.
#[derive(Default)]
struct Columns {
    dag: Vec<NaiveDate>,
    toepassing: Vec<String>,
    wat: Vec<String>,
    aantal: Vec<i64>,
    laatst_op: Vec<DateTime<Utc>>,
}

impl Columns {
    fn of(tallies: &[Tally]) -> Self {
        let mut columns = Self::default();
        for tally in tallies {
            columns.dag.push(tally.laatst_op.date_naive());
            columns.toepassing.push(tally.toepassing.clone());
            columns.wat.push(tally.wat.clone());
            columns.aantal.push(tally.aantal);
            columns.laatst_op.push(tally.laatst_op);
        }
        columns
    }
}

/// Adds to the figures of use, all or none. Rows come in one order, so that processes that add at
/// the same time wait for one another rather than deadlock.
pub(super) async fn add(pool: &PgPool, documents: &[Tally], fields: &[Tally]) -> sqlx::Result<()> {
    let mut tx = pool.begin().await?;
    let Columns { dag, toepassing, wat, aantal, laatst_op } = Columns::of(documents);
    sqlx::query!(
        "INSERT INTO documenten.gebruik AS g (dag, toepassing, document, aantal, laatst_op)
         SELECT * FROM unnest($1::date[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
             AS nieuw (dag, toepassing, document, aantal, laatst_op) ORDER BY 1, 2, 3
         ON CONFLICT (dag, toepassing, document) DO UPDATE
             SET aantal = g.aantal + excluded.aantal,
                 laatst_op = greatest(g.laatst_op, excluded.laatst_op)",
        &dag,
        &toepassing,
        &wat,
        &aantal,
        &laatst_op,
    )
    .execute(&mut *tx)
    .await?;
    let Columns { dag, toepassing, wat, aantal, laatst_op } = Columns::of(fields);
    sqlx::query!(
        "INSERT INTO documenten.veldgebruik AS g (dag, toepassing, veld, aantal, laatst_op)
         SELECT * FROM unnest($1::date[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
             AS nieuw (dag, toepassing, veld, aantal, laatst_op) ORDER BY 1, 2, 3
         ON CONFLICT (dag, toepassing, veld) DO UPDATE
             SET aantal = g.aantal + excluded.aantal,
                 laatst_op = greatest(g.laatst_op, excluded.laatst_op)",
        &dag,
        &toepassing,
        &wat,
        &aantal,
        &laatst_op,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Deletes figures that are older than they are kept.
pub(super) async fn forget_old(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<()> {
    let before = (now - USE_KEPT).date_naive();
    sqlx::query!("DELETE FROM documenten.gebruik WHERE dag < $1", before).execute(pool).await?;
    sqlx::query!("DELETE FROM documenten.veldgebruik WHERE dag < $1", before).execute(pool).await?;
    Ok(())
}

/// How often an application asked something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The application (`azp`).
    pub toepassing: String,
    /// The hash of a document, empty for questions that are not registered; or a field.
    pub wat: String,
    /// How often.
    pub aantal: i64,
    /// When last.
    pub laatst_op: DateTime<Utc>,
}

/// How often documents were asked since a day, the most asked first.
///
/// # Errors
/// When the database does not answer.
pub async fn document_use(pool: &PgPool, since: NaiveDate) -> sqlx::Result<Vec<Use>> {
    sqlx::query_as!(
        Use,
        r#"SELECT toepassing, document AS wat, sum(aantal)::bigint AS "aantal!",
               max(laatst_op) AS "laatst_op!"
           FROM documenten.gebruik WHERE dag >= $1
           GROUP BY toepassing, document ORDER BY 3 DESC, 1, 2"#,
        since,
    )
    .fetch_all(pool)
    .await
}

/// How often fields were asked since a day, by name.
///
/// # Errors
/// When the database does not answer.
pub async fn field_use(pool: &PgPool, since: NaiveDate) -> sqlx::Result<Vec<Use>> {
    sqlx::query_as!(
        Use,
        r#"SELECT toepassing, veld AS wat, sum(aantal)::bigint AS "aantal!",
               max(laatst_op) AS "laatst_op!"
           FROM documenten.veldgebruik WHERE dag >= $1
           GROUP BY toepassing, veld ORDER BY 2, 1"#,
        since,
    )
    .fetch_all(pool)
    .await
}
