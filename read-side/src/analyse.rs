//! Counting in cells: what the products for analysts share. A cell is one combination of features
//! in a period; which cells may be shown is not decided here.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sqlx::{Postgres, QueryBuilder};

/// Most characters of a value that is counted by: longer ones are a text, not a code.
pub const CODE_MAX_CHARS: usize = 100;
/// The key of `metadata` that says how a conversation ended.
pub const GESPREKSRESULTAAT: &str = "gespreksresultaat";

/// What of free input may be counted by; everything else stays out of the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toegestaan {
    /// Keys of `metadata` of a klantcontact.
    pub metadata: BTreeSet<String>,
    /// Values of `gevraagdeHandeling` of an interne taak that are codes, in lower case.
    pub handelingen: BTreeSet<String>,
}

impl Default for Toegestaan {
    /// The result of a conversation, and no handeling: that is a free text unless the municipality
    /// says otherwise.
    fn default() -> Self {
        let metadata = BTreeSet::from([GESPREKSRESULTAAT.to_owned()]);
        Self { metadata, handelingen: BTreeSet::new() }
    }
}

impl Toegestaan {
    /// The code that a gevraagde handeling is, if it is one.
    #[must_use]
    pub fn handeling(&self, text: &str) -> Option<&str> {
        self.handelingen.get(&text.trim().to_lowercase()).map(String::as_str)
    }
}

/// Whether a value can be a code.
#[must_use]
pub fn is_code(value: &str) -> bool {
    !value.is_empty() && value.chars().count() <= CODE_MAX_CHARS
}

/// By what part of the calendar is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// A day in Europe/Amsterdam.
    Dag,
    /// A week, by its Monday.
    Week,
    /// A month, by its first day.
    Maand,
}

impl Interval {
    /// The expression for the first day of the part that `dag` is in.
    const fn expression(self) -> &'static str {
        match self {
            Self::Dag => "dag",
            Self::Week => "date_trunc('week', dag::timestamp)::date",
            Self::Maand => "date_trunc('month', dag::timestamp)::date",
        }
    }
}

/// Which days are counted, and by what part of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tijdvak {
    /// First day.
    pub vanaf: NaiveDate,
    /// The day after the last.
    pub tot: NaiveDate,
    /// The parts in which it is cut; `None` = the whole.
    pub interval: Option<Interval>,
}

/// What rows are grouped by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Groep<'k> {
    /// A column: a name of ours.
    Kolom(&'static str),
    /// A key of `metadata`.
    Sleutel(&'k str),
}

/// Begins a statement that counts the rows of a table in cells: `waarden` are the values of the
/// interval, if there is one, and of the groups, `measures` what is measured. The condition on the
/// days is in it, others may be added before [`end`].
pub(crate) fn begin(
    (table, measures): (&'static str, &'static str),
    tijdvak: Tijdvak,
    groepen: &[Groep<'_>],
) -> QueryBuilder<Postgres> {
    // Keys become text when they are grouped, not before: there are fewer then.
    let values: Vec<String> =
        keys(tijdvak, groepen.len()).iter().map(|key| format!("{key}::text")).collect();
    let mut query = QueryBuilder::new(format!(
        "SELECT ARRAY[{}]::text[] AS waarden, {measures} FROM (SELECT f.*",
        values.join(", ")
    ));
    let mut place = 0;
    if let Some(interval) = tijdvak.interval {
        query.push(format!(", {} AS k0", interval.expression()));
        place = 1;
    }
    for groep in groepen {
        match groep {
            Groep::Kolom(name) => query.push(format!(", {name}")),
            Groep::Sleutel(key) => query.push(", metadata->>").push_bind((*key).to_owned()),
        };
        query.push(format!(" AS k{place}"));
        place += 1;
    }
    query.push(format!(" FROM read_side.{table} f WHERE dag >= ")).push_bind(tijdvak.vanaf);
    query.push(" AND dag < ").push_bind(tijdvak.tot);
    query
}

/// Ends it: cells in a fixed order, at most `limit`.
pub(crate) fn end(
    query: &mut QueryBuilder<Postgres>,
    tijdvak: Tijdvak,
    groepen: usize,
    limit: u32,
) {
    let keys = keys(tijdvak, groepen).join(", ");
    // Without keys there is one cell, which is no cell when it has no rows.
    query.push(format!(") g GROUP BY ({keys}) HAVING count(*) > 0 ORDER BY waarden LIMIT "));
    query.push_bind(i64::from(limit));
}

fn keys(tijdvak: Tijdvak, groepen: usize) -> Vec<String> {
    (0..groepen + usize::from(tijdvak.interval.is_some())).map(|at| format!("k{at}")).collect()
}
