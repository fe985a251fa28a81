//! What readers would see differently after a switch: counts, columns and examples.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection};
use tokio::time::sleep;
use uuid::Uuid;

use super::bookkeeping::{Generatie, generations};
use super::verify::{EXAMPLES, cursor_in};
use super::{RebuildError, Rebuilder};
use crate::product::Schema;
use crate::products::table::Table;

/// One snapshot of both generations.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// How often it is looked whether both generations are at the same place, before they are compared
/// as they are.
const ATTEMPTS: u32 = 20;
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(50);
/// Objects whose rows one statement compares.
const CHUNK: i64 = 20_000;

/// The difference of a table between two generations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableDiff {
    /// The table.
    pub table: &'static str,
    /// Whether both generations were at the same place in the log. If not, what happened between
    /// their places is among the differences.
    pub level: bool,
    /// Rows that are the same.
    pub equal: i64,
    /// Rows that only the new generation has.
    pub added: i64,
    /// Rows that only the old generation has.
    pub removed: i64,
    /// Rows that both have, with other content.
    pub changed: i64,
    /// In how many rows each column differs.
    pub columns: BTreeMap<String, i64>,
    /// Some rows that differ.
    pub examples: Vec<DiffExample>,
}

/// A row that differs: by its key, never with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffExample {
    /// The object to which it belongs.
    pub root: Uuid,
    /// Its key, as PostgreSQL writes it.
    pub key: String,
    /// What differs; nothing when only one generation has the row.
    pub columns: Vec<String>,
    /// Which generation has it.
    pub in_old: bool,
    /// Which generation has it.
    pub in_new: bool,
}

impl TableDiff {
    /// Whether readers see no difference.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.added == 0 && self.removed == 0 && self.changed == 0
    }
}

#[derive(FromRow)]
struct Row {
    root: Uuid,
    key: String,
    in_old: bool,
    in_new: bool,
    columns: Vec<String>,
}

impl Rebuilder<'_> {
    /// Compares what two generations of a product have, while both follow the log: a statement sees
    /// both in one snapshot.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn diff(
        &self,
        old: &Generatie,
        new: &Generatie,
    ) -> Result<Vec<TableDiff>, RebuildError> {
        let mut conn = self.connection().await?;
        let mut diffs = Vec::new();
        for table in self.derived(new.product)?.tables() {
            diffs.push(diff_table(&mut conn, table, (old, new)).await?);
        }
        Ok(diffs)
    }
}

async fn diff_table(
    conn: &mut PgConnection,
    table: &'static Table,
    (old, new): (&Generatie, &Generatie),
) -> Result<TableDiff, RebuildError> {
    let failed = RebuildError::tables(new.product, new.generatie, "comparing it");
    let schemas = (old.schema()?, new.schema()?);
    let mut diff = TableDiff { table: table.name, level: true, ..TableDiff::default() };
    if !is_comparable(conn, table, &schemas.0).await.map_err(&failed)? {
        let sql = format!("SELECT count(*) FROM {}", schemas.1.table(table.name));
        let count = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await;
        diff.added = count.map_err(failed)?;
        return Ok(diff);
    }
    let mut from = Uuid::nil();
    loop {
        let to = boundary(conn, table, &schemas, from).await.map_err(&failed)?;
        diff_chunk(conn, &mut diff, (old, new), &statements(table, &schemas), (from, to)).await?;
        match to {
            Some(to) => from = to,
            None => return Ok(diff),
        }
    }
}

/// Whether the old generation has the table, with the same key.
async fn is_comparable(
    conn: &mut PgConnection,
    table: &'static Table,
    old: &Schema,
) -> Result<bool, sqlx::Error> {
    let mut columns: BTreeSet<&str> = table.key.iter().copied().collect();
    columns.insert(table.root_column);
    let sql = "SELECT count(*) FROM pg_attribute
               WHERE attrelid = to_regclass($1) AND attname = ANY($2) AND NOT attisdropped";
    let found: i64 = sqlx::query_scalar(sql)
        .bind(old.table(table.name))
        .bind(columns.iter().copied().collect::<Vec<_>>())
        .fetch_one(conn)
        .await?;
    Ok(usize::try_from(found) == Ok(columns.len()))
}

/// Compares some rows in one snapshot, in which both generations should be at the same place.
async fn diff_chunk(
    conn: &mut PgConnection,
    diff: &mut TableDiff,
    (old, new): (&Generatie, &Generatie),
    (differing, equal): &(String, String),
    (from, to): (Uuid, Option<Uuid>),
) -> Result<(), RebuildError> {
    let failed = RebuildError::tables(new.product, new.generatie, "comparing it");
    for attempt in 1.. {
        let mut tx = conn.begin_with(BEGIN).await.map_err(&failed)?;
        let all = generations(&mut tx, new.product).await?;
        let level = cursor_in(&all, old)? == cursor_in(&all, new)?;
        if !level && attempt < ATTEMPTS {
            tx.rollback().await.map_err(&failed)?;
            sleep(PAUSE).await;
            continue;
        }
        let equal: i64 = sqlx::query_scalar(AssertSqlSafe(equal.clone()))
            .bind(from)
            .bind(to)
            .fetch_one(&mut *tx)
            .await
            .map_err(&failed)?;
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(differing.clone()))
            .bind(from)
            .bind(to)
            .fetch_all(&mut *tx)
            .await
            .map_err(&failed)?;
        tx.commit().await.map_err(&failed)?;
        diff.equal += equal;
        diff.level &= level;
        for row in rows {
            take_in(diff, row);
        }
        break;
    }
    Ok(())
}

/// The root up to which the next statement compares; `None` = to the end.
async fn boundary(
    conn: &mut PgConnection,
    table: &'static Table,
    (old, new): &(Schema, Schema),
    from: Uuid,
) -> Result<Option<Uuid>, sqlx::Error> {
    let root = table.root_column;
    let one = |schema: &Schema| {
        format!(
            "(SELECT {root} AS root FROM {} WHERE {root} > $1 ORDER BY 1 OFFSET {CHUNK} LIMIT 1)",
            schema.table(table.name)
        )
    };
    let sql = format!("{} UNION ALL {} ORDER BY root LIMIT 1", one(old), one(new));
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(from).fetch_optional(conn).await
}

/// The statement that gives the rows that differ, and the one that counts those that do not.
fn statements(table: &'static Table, schemas: &(Schema, Schema)) -> (String, String) {
    let root = table.root_column;
    let condition = format!("{root} > $1 AND ($2::uuid IS NULL OR {root} <= $2)");
    let equal =
        format!("SELECT count(*) {} WHERE NOT ({DIFFERS})", joined(table, schemas, &condition));
    (differing_rows(table, schemas, &condition), equal)
}

/// Whether two rows are not the same.
const DIFFERS: &str = "old.whole::text IS DISTINCT FROM new.whole::text";

/// The rows of two schemas that fulfil a condition, side by side.
fn joined(table: &Table, (old, new): &(Schema, Schema), condition: &str) -> String {
    let (root, key) = (table.root_column, table.key.join(", "));
    let part = |schema: &Schema| {
        let name = schema.table(table.name);
        format!(
            "(SELECT {root} AS root, ROW({key})::text AS key, t AS whole FROM {name} AS t
              WHERE {condition})"
        )
    };
    format!(
        "FROM {} AS old FULL JOIN {} AS new ON old.root = new.root AND old.key = new.key",
        part(old),
        part(new)
    )
}

/// The statement that gives the rows that differ between two schemas, with root, key and columns.
pub(super) fn differing_rows(table: &Table, schemas: &(Schema, Schema), condition: &str) -> String {
    let columns = "SELECT COALESCE(o.key, n.key) FROM json_each_text(row_to_json(old.whole)) AS o
         FULL JOIN json_each_text(row_to_json(new.whole)) AS n ON n.key = o.key
         WHERE o.value IS DISTINCT FROM n.value AND old.key IS NOT NULL AND new.key IS NOT NULL";
    format!(
        "SELECT COALESCE(old.root, new.root) AS root, COALESCE(old.key, new.key) AS key,
                old.key IS NOT NULL AS in_old, new.key IS NOT NULL AS in_new,
                ARRAY({columns}) AS columns
         {} WHERE {DIFFERS} ORDER BY 1, 2",
        joined(table, schemas, condition)
    )
}

fn take_in(diff: &mut TableDiff, row: Row) {
    match (row.in_old, row.in_new) {
        (true, true) => diff.changed += 1,
        (true, false) => diff.removed += 1,
        (false, true) => diff.added += 1,
        (false, false) => {}
    }
    for column in &row.columns {
        *diff.columns.entry(column.clone()).or_default() += 1;
    }
    if diff.examples.len() < EXAMPLES {
        let Row { root, key, in_old, in_new, columns } = row;
        diff.examples.push(DiffExample { root, key, columns, in_old, in_new });
    }
}
