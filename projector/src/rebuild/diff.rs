//! What readers would see differently after a switch: counts, columns and examples.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection};
use uuid::Uuid;

use super::bookkeeping::Generatie;
use super::verify::EXAMPLES;
use super::{RebuildError, Rebuilder};
use crate::product::Schema;
use crate::products::table::Table;

/// One snapshot of both generations.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Objects whose rows one statement compares.
const CHUNK: i64 = 20_000;

/// The difference of a table between two generations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableDiff {
    /// The table.
    pub table: &'static str,
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
    /// both in one snapshot. They must be level for the answer to mean anything.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn diff(
        &self,
        old: &Generatie,
        new: &Generatie,
    ) -> Result<Vec<TableDiff>, RebuildError> {
        let failed = RebuildError::tables(new.product, new.generatie, "comparing it");
        let schemas = (old.schema()?, new.schema()?);
        let mut conn = self.connection().await?;
        let mut diffs = Vec::new();
        for table in self.derived(new.product)?.tables() {
            let compared = diff_table(&mut conn, table, &schemas).await;
            diffs.push(compared.map_err(&failed)?);
        }
        Ok(diffs)
    }
}

async fn diff_table(
    conn: &mut PgConnection,
    table: &'static Table,
    schemas: &(Schema, Schema),
) -> Result<TableDiff, sqlx::Error> {
    let mut diff = TableDiff { table: table.name, ..TableDiff::default() };
    let mut from = Uuid::nil();
    loop {
        let to = boundary(conn, table, schemas, from).await?;
        let (differing, equal) = statements(table, schemas);
        let mut tx = conn.begin_with(BEGIN).await?;
        let equal: i64 = sqlx::query_scalar(AssertSqlSafe(equal))
            .bind(from)
            .bind(to)
            .fetch_one(&mut *tx)
            .await?;
        let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(differing))
            .bind(from)
            .bind(to)
            .fetch_all(&mut *tx)
            .await?;
        tx.commit().await?;
        diff.equal += equal;
        for row in rows {
            take_in(&mut diff, row);
        }
        match to {
            Some(to) => from = to,
            None => return Ok(diff),
        }
    }
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
    let sql = format!("SELECT min(root) FROM ({} UNION ALL {}) AS ends", one(old), one(new));
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(from).fetch_one(conn).await
}

/// The statement that gives the rows that differ, and the one that counts those that do not.
fn statements(table: &'static Table, (old, new): &(Schema, Schema)) -> (String, String) {
    let (root, key) = (table.root_column, table.key.join(", "));
    let part = |schema: &Schema| {
        format!(
            "(SELECT {root} AS root, ROW({key})::text AS key, t AS whole FROM {} AS t
              WHERE {root} > $1 AND ($2::uuid IS NULL OR {root} <= $2))",
            schema.table(table.name)
        )
    };
    let joined = format!(
        "FROM {} AS old FULL JOIN {} AS new ON old.root = new.root AND old.key = new.key",
        part(old),
        part(new)
    );
    let differs = "old.whole::text IS DISTINCT FROM new.whole::text";
    let columns = "SELECT COALESCE(o.key, n.key) FROM json_each_text(row_to_json(old.whole)) AS o
         FULL JOIN json_each_text(row_to_json(new.whole)) AS n ON n.key = o.key
         WHERE o.value IS DISTINCT FROM n.value AND old.key IS NOT NULL AND new.key IS NOT NULL";
    let rows = format!(
        "SELECT COALESCE(old.root, new.root) AS root, COALESCE(old.key, new.key) AS key,
                old.key IS NOT NULL AS in_old, new.key IS NOT NULL AS in_new,
                ARRAY({columns}) AS columns
         {joined} WHERE {differs} ORDER BY 1, 2"
    );
    (rows, format!("SELECT count(*) {joined} WHERE NOT ({differs})"))
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
