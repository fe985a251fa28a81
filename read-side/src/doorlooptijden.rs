//! Doorlooptijden: how fast is work done? Counted from one narrow row per taak that is done.

use sqlx::FromRow;
use uuid::Uuid;

use crate::analyse::{self, Groep, Tijdvak};
use crate::reader::Reader;

/// What is measured in a cell.
const MEASURES: &str = "count(*) AS aantal, count(uren) AS uren_bekend,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY uren) AS p50,
    percentile_cont(0.9) WITHIN GROUP (ORDER BY uren) AS p90,
    count(*) FILTER (WHERE binnen_termijn) AS binnen_termijn,
    count(*) FILTER (WHERE heropend) AS heropend";

/// What a taak is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kenmerk {
    /// Key of the first team to which it was assigned when it was done.
    Team,
    /// Channel of the klantcontact.
    Kanaal,
    /// What was asked, where that is a code that is allowed.
    Handeling,
}

impl Kenmerk {
    const fn groep(self) -> Groep<'static> {
        Groep::Kolom(match self {
            Self::Team => "team",
            Self::Kanaal => "kanaal",
            Self::Handeling => "handeling",
        })
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Cel {
    /// First day of the interval, if there is one, then the value of each kenmerk.
    pub waarden: Vec<Option<String>>,
    /// Taken that were done.
    pub aantal: i64,
    /// Those of which is known how long they took: whose contact is known.
    pub uren_bekend: i64,
    /// Hours on working days within which half of those were done.
    pub p50: Option<f64>,
    /// Hours on working days within which nine tenths of those were done.
    pub p90: Option<f64>,
    /// Those that were done before their streefdatum.
    pub binnen_termijn: i64,
    /// Taken that had been opened again.
    pub heropend: i64,
}

/// The cells of a period by these kenmerken, in a fixed order; at most `limit`. With `teams` only
/// what one of those did.
///
/// # Errors
/// When the database does not answer.
pub async fn cellen(
    reader: &Reader,
    (tijdvak, teams): (Tijdvak, Option<&[Uuid]>),
    kenmerken: &[Kenmerk],
    limit: u32,
) -> sqlx::Result<Vec<Cel>> {
    let groepen: Vec<Groep<'_>> = kenmerken.iter().map(|kenmerk| kenmerk.groep()).collect();
    let mut query = analyse::begin(("afgeronde_taken", MEASURES), tijdvak, &groepen);
    if let Some(teams) = teams {
        query.push(" AND team = ANY(").push_bind(teams.to_vec()).push(")");
    }
    analyse::end(&mut query, tijdvak, groepen.len(), limit);
    query.build_query_as().fetch_all(reader).await
}
