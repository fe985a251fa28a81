//! Pages by keyset: a cursor holds the full sort key and the id, so that all pages together are all
//! rows, also where a sort key is null.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// In which direction of time a list runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Volgorde {
    /// Newest first.
    #[default]
    NieuwsteEerst,
    /// Oldest first.
    OudsteEerst,
}

/// The place of one row in a sorted list: its sort key and its id. A null key sorts last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sleutel {
    /// The moment on which the list is sorted.
    pub moment: Option<DateTime<Utc>>,
    /// The id of the row.
    pub id: Uuid,
}

/// Which page is asked.
#[derive(Debug, Clone, Copy)]
pub struct PageRequest {
    /// Number of rows, 1 to 100.
    pub first: u32,
    /// The row after which the page begins.
    pub after: Option<Sleutel>,
}

impl PageRequest {
    /// Largest page.
    pub const FIRST_MAX: u32 = 100;

    /// The SQL limit: one row more than asked, to know whether more follow.
    #[must_use]
    pub fn limit(self) -> i64 {
        i64::from(self.first) + 1
    }
}

/// A row as it is read: its sort key, its id and its document.
pub(crate) type KeyedRow<T> = (Option<DateTime<Utc>>, Uuid, Json<T>);

/// One page of rows, each with its place in the list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<(Sleutel, T)>,
    /// Whether more rows follow.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// A page of rows that were read with [`PageRequest::limit`]: cuts the one beyond it.
    #[must_use]
    pub(crate) fn of(rows: Vec<KeyedRow<T>>, request: PageRequest) -> Self {
        let keyed = |(moment, id, document): KeyedRow<T>| (Sleutel { moment, id }, document.0);
        let (rows, has_next) = cut(rows.into_iter().map(keyed).collect(), request.first);
        Self { rows, has_next }
    }
}

/// Of rows that were read with one more than are wanted: those that are wanted, and whether there are
/// more.
pub(crate) fn cut<T>(mut rows: Vec<T>, max: u32) -> (Vec<T>, bool) {
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    let more = rows.len() > max;
    rows.truncate(max);
    (rows, more)
}

/// The columns on which a list is sorted: names of ours, never of a caller.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sorted {
    /// The moment.
    pub(crate) moment: &'static str,
    /// The key that settles equal moments.
    pub(crate) id: &'static str,
    /// Whether the moment may be null; those rows come last.
    pub(crate) nullable: bool,
}

/// Adds `ORDER BY moment, id` in `volgorde` with the condition that begins after the cursor, and the
/// limit. In the form that an index on (…, moment, id) serves, in either direction.
pub(crate) fn push_page(
    query: &mut QueryBuilder<Postgres>,
    sorted: Sorted,
    volgorde: Volgorde,
    request: PageRequest,
) {
    let Sorted { moment, id, nullable } = sorted;
    let (comparison, direction) = match volgorde {
        Volgorde::NieuwsteEerst => ("<", "DESC"),
        Volgorde::OudsteEerst => (">", "ASC"),
    };
    match request.after {
        None => {}
        Some(Sleutel { moment: Some(after), id: after_id }) => {
            query.push(format!(" AND (({moment}, {id}) {comparison} ("));
            query.push_bind(after).push(", ").push_bind(after_id);
            query.push(")");
            if nullable {
                query.push(format!(" OR {moment} IS NULL"));
            }
            query.push(")");
        }
        Some(Sleutel { moment: None, id: after_id }) => {
            query.push(format!(" AND {moment} IS NULL AND {id} {comparison} "));
            query.push_bind(after_id);
        }
    }
    let nulls = if nullable { " NULLS LAST" } else { "" };
    query.push(format!(" ORDER BY {moment} {direction}{nulls}, {id} {direction} LIMIT "));
    query.push_bind(request.limit());
}
