//! Werkvoorraad: the contactverzoeken of a team or a medewerker, the most urgent first.

use chrono::{DateTime, Utc};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::keyset::{KeyedRow, Page, PageRequest, Sorted, Volgorde, push_page};
use crate::reader::Reader;
use crate::taak::ContactverzoekDocument;

/// On what the work list is sorted, oldest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sortering {
    /// Before when it should be done.
    #[default]
    Streefdatum,
    /// When it was assigned.
    ToegewezenOp,
    /// When the klantcontact took place.
    ContactOp,
}

impl Sortering {
    const fn sorted(self) -> Sorted {
        let (moment, nullable) = match self {
            Self::Streefdatum => ("streefdatum", true),
            Self::ToegewezenOp => ("toegewezen_op", false),
            Self::ContactOp => ("contact_op", true),
        };
        Sorted { moment, id: "taak_id", nullable }
    }
}

/// Which taken are asked; all given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct WerkvoorraadFilter {
    /// Assigned to one of these actoren.
    pub actoren: Vec<Uuid>,
    /// Open, or handled; `None` = both.
    pub open: Option<bool>,
    /// By one of these channels; empty = any.
    pub kanalen: Vec<String>,
    /// Contact not before this moment.
    pub vanaf: Option<DateTime<Utc>>,
    /// Contact before this moment.
    pub tot: Option<DateTime<Utc>>,
    /// Without a medewerker, or with one.
    pub zonder_behandelaar: Option<bool>,
    /// Changed after this place in the log.
    pub gewijzigd_sinds: Option<i64>,
    /// Streefdatum in one of these half-open spans; empty = any. A row without streefdatum is in
    /// none of them.
    pub streefdatum: Vec<Span>,
}

/// A half-open span of time; an absent end is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// Begin, included.
    pub vanaf: Option<DateTime<Utc>>,
    /// End, excluded.
    pub tot: Option<DateTime<Utc>>,
}

/// A page of the work list.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    reader: &Reader,
    filter: &WerkvoorraadFilter,
    sortering: Sortering,
    request: PageRequest,
) -> sqlx::Result<Page<ContactverzoekDocument>> {
    let column = sortering.sorted().moment;
    let mut query = QueryBuilder::<Postgres>::new(format!("SELECT {column}, taak_id, document "));
    push_filter(&mut query, filter);
    push_page(&mut query, sortering.sorted(), Volgorde::OudsteEerst, request);
    let rows: Vec<KeyedRow<ContactverzoekDocument>> =
        query.build_query_as().fetch_all(reader).await?;
    Ok(Page::of(rows, request))
}

/// Number of taken that fit the filter.
///
/// # Errors
/// When the database does not answer.
pub async fn count(reader: &Reader, filter: &WerkvoorraadFilter) -> sqlx::Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) ");
    push_filter(&mut query, filter);
    query.build_query_scalar().fetch_one(reader).await
}

/// Number of taken with a streefdatum before each bound: `[before b1, before b2, …, all]`, where
/// all counts those without streefdatum too.
///
/// # Errors
/// When the database does not answer.
pub async fn count_before(
    reader: &Reader,
    filter: &WerkvoorraadFilter,
    bounds: [DateTime<Utc>; 2],
) -> sqlx::Result<[i64; 3]> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) FILTER (WHERE streefdatum < ");
    query.push_bind(bounds[0]).push("), count(*) FILTER (WHERE streefdatum < ");
    query.push_bind(bounds[1]).push("), count(*) ");
    push_filter(&mut query, filter);
    let (first, second, all): (i64, i64, i64) = query.build_query_as().fetch_one(reader).await?;
    Ok([first, second, all])
}

fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &WerkvoorraadFilter) {
    query.push("FROM read_side.taken WHERE actoren && ").push_bind(filter.actoren.clone());
    match filter.open {
        Some(true) => {
            query.push(" AND open");
        }
        Some(false) => {
            query.push(" AND NOT open");
        }
        None => {}
    }
    if !filter.kanalen.is_empty() {
        query.push(" AND kanaal = ANY(").push_bind(filter.kanalen.clone()).push(")");
    }
    if let Some(vanaf) = filter.vanaf {
        query.push(" AND contact_op >= ").push_bind(vanaf);
    }
    if let Some(tot) = filter.tot {
        query.push(" AND contact_op < ").push_bind(tot);
    }
    if let Some(zonder) = filter.zonder_behandelaar {
        query.push(" AND zonder_behandelaar = ").push_bind(zonder);
    }
    if let Some(sinds) = filter.gewijzigd_sinds {
        query.push(" AND gewijzigd > ").push_bind(sinds);
    }
    if !filter.streefdatum.is_empty() {
        query.push(" AND (");
        for (index, span) in filter.streefdatum.iter().enumerate() {
            query.push(if index == 0 { "(" } else { " OR (" });
            query.push("streefdatum >= COALESCE(").push_bind(span.vanaf).push(", '-infinity')");
            query.push(" AND streefdatum < COALESCE(").push_bind(span.tot).push(", 'infinity'))");
        }
        query.push(")");
    }
}
