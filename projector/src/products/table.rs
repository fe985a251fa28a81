//! The tables of a product, described once: what writes their rows live, what fills them in bulk and
//! what compares them all work from the same description and the same text of every value, so that
//! the rows cannot come out different.

use std::collections::BTreeSet;
use std::fmt::{Display, Write as _};

use chrono::{DateTime, TimeDelta, Utc};
use events::Objectsoort;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use crate::product::{ProjectError, Schema};

/// Bytes of text that are sent to the server at once while copying.
const COPY_BUFFER: usize = 256 * 1024;

/// One table of a product. Every row belongs to one object, its root: it is derived again whenever
/// that object's rows are.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name, unqualified.
    pub name: &'static str,
    /// The kind of object that is the root of its rows.
    pub root: Objectsoort,
    /// The column with the key of the root; indexed.
    pub root_column: &'static str,
    /// The columns of the primary key.
    pub key: &'static [&'static str],
    /// All columns with their types, in the order in which rows have their values.
    pub columns: &'static [(&'static str, &'static str)],
    /// The column that names the object whose rows are made from rows of this table.
    pub feeds: Option<&'static str>,
}

impl Table {
    /// The names of the columns, by commas, each behind `prefix`.
    fn list(&self, prefix: &str) -> String {
        let names: Vec<String> =
            self.columns.iter().map(|(name, _)| format!("{prefix}{name}")).collect();
        names.join(", ")
    }

    /// The place of a column.
    fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|(name, _)| *name == column)
    }

    /// Puts rows in the place of those of their roots, in one statement: `$1` are the roots, what
    /// follows are the columns. Gives what rows fed whose keys did not come again, and what stood in
    /// the column `told` before.
    fn replacement(&self, schema: &Schema, told: Option<&str>) -> String {
        let names = self.columns.iter().map(|(name, _)| *name);
        let (key, other): (Vec<_>, Vec<_>) = names.partition(|name| self.key.contains(name));
        let changes: Vec<String> =
            other.iter().map(|name| format!("{name} = excluded.{name}")).collect();
        let known = match changes.join(", ") {
            changes if changes.is_empty() => "NOTHING".to_owned(),
            changes => format!("UPDATE SET {changes}"),
        };
        format!(
            "WITH weg AS (
                 DELETE FROM {table} WHERE {root} = ANY($1) AND ({key}) NOT IN ({keys})
                 RETURNING {fed}::uuid AS id
             ), erin AS (
                 INSERT INTO {table} ({names}) {rows}
                 ON CONFLICT ({key}) DO {known}
             )
             SELECT id, false FROM weg{before}",
            before = told.map(|column| self.before(schema, column)).unwrap_or_default(),
            table = schema.table(self.name),
            root = self.root_column,
            key = key.join(", "),
            keys = self.given(|name| self.key.contains(&name)),
            fed = self.feeds.unwrap_or(self.root_column),
            names = self.list(""),
            rows = self.given(|_| true),
        )
    }

    /// The part of that statement that gives what stood in a column: all of it sees the table as it was.
    fn before(&self, schema: &Schema, column: &str) -> String {
        let kind = self.place(column).and_then(|place| self.columns.get(place));
        let value = match kind {
            Some((_, "uuid[]")) => format!("unnest({column})"),
            Some(_) | None => column.to_owned(),
        };
        let (table, root) = (schema.table(self.name), self.root_column);
        format!(" UNION ALL SELECT DISTINCT {value}, true FROM {table} WHERE {root} = ANY($1)")
    }

    /// The columns of the given rows that are wanted, each in its type.
    fn given(&self, wanted: impl Fn(&str) -> bool) -> String {
        let mut names = Vec::new();
        let (mut values, mut arrays) = (Vec::new(), Vec::new());
        for (place, (name, kind)) in self.columns.iter().enumerate() {
            if wanted(name) {
                names.push(*name);
                values.push(format!("{name}::{kind}"));
                arrays.push(format!("${}::text[]", place + 2));
            }
        }
        let (values, arrays, names) = (values.join(", "), arrays.join(", "), names.join(", "));
        format!("SELECT {values} FROM unnest({arrays}) AS nieuw ({names})")
    }
}

/// What putting rows in the place of others touched.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Replaced {
    /// The objects that rows of the table feed and that gained, kept or lost one.
    pub(crate) fed: BTreeSet<Uuid>,
    /// What stands, or stood, in the column that is told.
    pub(crate) told: BTreeSet<Uuid>,
}

/// Rows of a table: per column the text of every value, as PostgreSQL reads it.
#[derive(Debug)]
pub struct Rows {
    table: &'static Table,
    columns: Vec<Vec<Option<String>>>,
}

impl Rows {
    /// No rows yet.
    pub(crate) fn new(table: &'static Table) -> Self {
        Self { table, columns: table.columns.iter().map(|_| Vec::new()).collect() }
    }

    /// Adds a row: a value for each column.
    pub(crate) fn push<const N: usize>(&mut self, values: [Option<String>; N]) {
        debug_assert_eq!(N, self.columns.len(), "{}", self.table.name);
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(value);
        }
    }

    /// The table.
    pub(crate) const fn table(&self) -> &'static Table {
        self.table
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    fn column(&self, name: &str) -> &[Option<String>] {
        self.table.place(name).and_then(|place| self.columns.get(place)).map_or(&[], Vec::as_slice)
    }

    /// Makes these the only rows of `roots`; `told` is the column of which is told what changed.
    pub(crate) async fn replace(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
        roots: &BTreeSet<Uuid>,
        told: Option<&str>,
    ) -> Result<Replaced, ProjectError> {
        let mut replaced = Replaced {
            fed: self.table.feeds.map_or_else(BTreeSet::new, |column| self.keys(column)),
            told: told.map_or_else(BTreeSet::new, |column| self.keys(column)),
        };
        let mut query = sqlx::query_as(AssertSqlSafe(self.table.replacement(schema, told)))
            .bind(roots.iter().copied().collect::<Vec<_>>());
        for column in &self.columns {
            query = query.bind(column);
        }
        let found: Vec<(Uuid, bool)> = query.fetch_all(conn).await?;
        for (id, was_told) in found {
            if was_told {
                replaced.told.insert(id);
            } else if self.table.feeds.is_some() {
                replaced.fed.insert(id);
            }
        }
        Ok(replaced)
    }

    /// The keys in a column: one in each value, or a list of them.
    fn keys(&self, name: &str) -> BTreeSet<Uuid> {
        let values = self.column(name).iter().flatten();
        let keys = values.flat_map(|text| text.trim_matches(['{', '}']).split(','));
        keys.filter_map(|key| key.trim_matches('"').parse().ok()).collect()
    }

    /// Adds these rows to a table that has none with their keys.
    pub(crate) async fn copy(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
    ) -> Result<(), ProjectError> {
        let target = format!("{} ({})", schema.table(self.table.name), self.table.list(""));
        let mut copy = Copy::begin(conn, &target).await?;
        for row in 0..self.len() {
            let values = self.columns.iter().map(|column| column[row].as_deref());
            copy.row(values).await?;
        }
        copy.end().await
    }
}

/// `COPY … FROM STDIN`, in text.
pub(crate) struct Copy<'c> {
    target: sqlx::postgres::PgCopyIn<&'c mut PgConnection>,
    buffer: String,
}

impl<'c> Copy<'c> {
    /// Begins; `target` is a table with its columns.
    pub(crate) async fn begin(
        conn: &'c mut PgConnection,
        target: &str,
    ) -> Result<Self, ProjectError> {
        let target = conn.copy_in_raw(&format!("COPY {target} FROM STDIN")).await?;
        Ok(Self { target, buffer: String::with_capacity(COPY_BUFFER) })
    }

    /// One row.
    pub(crate) async fn row<'v>(
        &mut self,
        values: impl Iterator<Item = Option<&'v str>>,
    ) -> Result<(), ProjectError> {
        for (place, value) in values.enumerate() {
            if place > 0 {
                self.buffer.push('\t');
            }
            match value {
                Some(value) => escape(value, &mut self.buffer),
                None => self.buffer.push_str("\\N"),
            }
        }
        self.buffer.push('\n');
        if self.buffer.len() >= COPY_BUFFER {
            self.target.send(self.buffer.as_bytes()).await?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Sends what is left and waits until the server has it all.
    pub(crate) async fn end(mut self) -> Result<(), ProjectError> {
        self.target.send(self.buffer.as_bytes()).await?;
        self.target.finish().await?;
        Ok(())
    }
}

/// A value as the text form of COPY has it.
fn escape(value: &str, into: &mut String) {
    let mut rest = value;
    while let Some(place) = rest.find(['\\', '\n', '\r', '\t']) {
        let (plain, special) = rest.split_at(place);
        into.push_str(plain);
        into.push_str(match special.as_bytes().first() {
            Some(b'\n') => "\\n",
            Some(b'\r') => "\\r",
            Some(b'\t') => "\\t",
            Some(_) | None => "\\\\",
        });
        rest = &special[1..];
    }
    into.push_str(rest);
}

/// A value that is there.
pub(crate) fn text(value: impl ToString) -> Option<String> {
    Some(value.to_string())
}

/// A moment, to the microsecond.
pub(crate) fn moment(value: DateTime<Utc>) -> Option<String> {
    // Cut off, as the driver does when it binds a moment; the server would round.
    let micros = TimeDelta::microseconds(value.timestamp_micros());
    let value = DateTime::UNIX_EPOCH + micros;
    Some(value.format("%Y-%m-%d %H:%M:%S%.6f+00").to_string())
}

/// A list.
pub(crate) fn list<T: Display>(values: impl IntoIterator<Item = T>) -> Option<String> {
    let mut text = String::from("{");
    for (place, value) in values.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        let value = value.to_string().replace('\\', "\\\\").replace('"', "\\\"");
        // Writing to a string cannot fail.
        let _ = write!(text, "\"{value}\"");
    }
    text.push('}');
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_value_holds_it_stays_one_value() {
        let mut copied = String::new();
        escape("a\tb\\N\r\n\"", &mut copied);
        assert_eq!(copied, "a\\tb\\\\N\\r\\n\"");
        assert_eq!(list(["a,b", "c\"d", "e\\f"]).as_deref(), Some(r#"{"a,b","c\"d","e\\f"}"#));
        assert_eq!(list::<Uuid>([]).as_deref(), Some("{}"));
    }

    #[test]
    fn a_moment_is_cut_off_at_its_microseconds() {
        let value: DateTime<Utc> = "1969-07-20T20:17:40.123456999Z".parse().expect("a moment");
        let text = moment(value).expect("a value");
        assert_eq!(text, "1969-07-20 20:17:40.123456+00");
    }
}
