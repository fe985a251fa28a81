//! Bewaaroverzicht: what may go, and what is nobody's?

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use chrono_tz::Europe::Amsterdam;
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::keyset::{KeyedRow, Page, PageRequest, Sorted, Volgorde, push_page};
use crate::reader::Reader;

/// More than the days by which adding months forward and back can differ: months end on other days.
const MONTH_ENDS: TimeDelta = TimeDelta::days(4);

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bewaarsoort {
    /// A klantcontact, with the interne taken that followed it.
    Klantcontact,
    /// A partij.
    Partij,
}

impl Bewaarsoort {
    /// Where its rows are, and on what they are listed.
    const fn place(self) -> (&'static str, Sorted) {
        let (table, id, nullable) = match self {
            Self::Klantcontact => ("bewaar_klantcontacten", "klantcontact_id", false),
            Self::Partij => ("bewaar_partijen", "partij_id", true),
        };
        (table, Sorted { moment: "laatste_gebruik", id, nullable })
    }
}

/// Something that is kept. No name, no text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BewaarDocument {
    /// Its key.
    pub object_id: Uuid,
    /// Number for use in conversation.
    pub nummer: String,
    /// When it was used last; `None` = never.
    pub laatste_gebruik: Option<DateTime<Utc>>,
    /// Whether something must still be done.
    pub open: bool,
    /// Whether it belongs to a zaak, whose term it follows.
    pub zaak_gekoppeld: bool,
    /// Whether it is nobody's.
    pub wees: bool,
}

/// After how many months without use something may go; `None` = nothing was decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bewaartermijnen {
    /// Klantcontacten.
    pub klantcontact: Option<Months>,
    /// Partijen.
    pub partij: Option<Months>,
}

impl Bewaartermijnen {
    /// The term of a kind.
    #[must_use]
    pub const fn of(&self, soort: Bewaarsoort) -> Option<Months> {
        match soort {
            Bewaarsoort::Klantcontact => self.klantcontact,
            Bewaarsoort::Partij => self.partij,
        }
    }
}

/// The day from which something may go that was used last at this moment: a day in the Netherlands.
#[must_use]
pub fn vernietigen_vanaf(laatste_gebruik: DateTime<Utc>, termijn: Months) -> Option<NaiveDate> {
    laatste_gebruik.with_timezone(&Amsterdam).date_naive().checked_add_months(termijn)
}

/// Which objects are asked; all given conditions must hold.
#[derive(Debug, Clone, Copy)]
pub struct BewaarFilter {
    /// Of which kind.
    pub soort: Bewaarsoort,
    /// Only what may go on this day under this term.
    pub mag_weg: Option<MagWeg>,
    /// Only what is, or is not, nobody's.
    pub wees: Option<bool>,
}

/// On which day something may go, and under which term; without a term nothing may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MagWeg {
    /// The day.
    pub op: NaiveDate,
    /// The term.
    pub termijn: Option<Months>,
}

/// A page of what is kept, what was used longest ago first.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    reader: &Reader,
    filter: BewaarFilter,
    request: PageRequest,
) -> sqlx::Result<Page<BewaarDocument>> {
    let (_, sorted) = filter.soort.place();
    let mut query = QueryBuilder::<Postgres>::new("SELECT laatste_gebruik, ");
    query.push(sorted.id).push(", document ");
    push_filter(&mut query, filter);
    push_page(&mut query, sorted, Volgorde::OudsteEerst, request);
    let rows: Vec<KeyedRow<BewaarDocument>> = query.build_query_as().fetch_all(reader).await?;
    Ok(Page::of(rows, request))
}

/// Number of objects that fit the filter.
///
/// # Errors
/// When the database does not answer.
pub async fn count(reader: &Reader, filter: BewaarFilter) -> sqlx::Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) ");
    push_filter(&mut query, filter);
    query.build_query_scalar().fetch_one(reader).await
}

fn push_filter(query: &mut QueryBuilder<Postgres>, filter: BewaarFilter) {
    let (table, _) = filter.soort.place();
    query.push("FROM read_side.").push(table).push(" WHERE true");
    if let Some(wees) = filter.wees {
        query.push(" AND wees = ").push_bind(wees);
    }
    let Some(MagWeg { op, termijn }) = filter.mag_weg else { return };
    let Some(termijn) = termijn else {
        query.push(" AND false");
        return;
    };
    query.push(" AND NOT open AND NOT zaak_gekoppeld");
    // What an index can look for, and then the day itself.
    if let Some(roughly) = op.checked_sub_months(termijn) {
        query.push(" AND laatste_gebruik < ").push_bind(roughly + MONTH_ENDS);
    }
    query.push(
        " AND (laatste_gebruik AT TIME ZONE 'Europe/Amsterdam')::date + make_interval(months => ",
    );
    query
        .push_bind(i32::try_from(termijn.as_u32()).unwrap_or(i32::MAX))
        .push(") <= ")
        .push_bind(op);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_ends_on_a_day_in_the_netherlands() {
        let last = "2024-02-28T23:30:00Z".parse().expect("a moment");
        let day = vernietigen_vanaf(last, Months::new(12));
        assert_eq!(day, NaiveDate::from_ymd_opt(2025, 2, 28));
    }
}
