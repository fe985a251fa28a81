//! Kanaalgebruik: which channels, when, about what? Counted from one narrow row per contact.

use sqlx::FromRow;

use crate::analyse::{self, Groep, Tijdvak};
use crate::reader::Reader;

/// What is measured in a cell.
const MEASURES: &str = "count(*) AS aantal, count(gespreksduur) AS duur_bekend,
    avg(gespreksduur)::float8 AS duur, count(gelukt) AS gelukt_bekend,
    count(*) FILTER (WHERE gelukt) AS gelukt, count(opgelost) AS eerste,
    count(*) FILTER (WHERE opgelost) AS opgelost";

/// What a contact is counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kenmerk {
    /// Code of the list kanaal.
    Kanaal,
    /// Who sought contact.
    Richting,
    /// Type of the main subject.
    Onderwerptype,
    /// Key of the first team that had it.
    Team,
    /// A key of `metadata` that is allowed.
    Metadata(String),
}

impl Kenmerk {
    fn groep(&self) -> Groep<'_> {
        match self {
            Self::Kanaal => Groep::Kolom("kanaal"),
            Self::Richting => Groep::Kolom("richting"),
            Self::Onderwerptype => Groep::Kolom("onderwerptype"),
            Self::Team => Groep::Kolom("team"),
            Self::Metadata(key) => Groep::Sleutel(key),
        }
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct Cel {
    /// First day of the interval, if there is one, then the value of each kenmerk.
    pub waarden: Vec<Option<String>>,
    /// Contacts.
    pub aantal: i64,
    /// Contacts of which is known how long they took.
    pub duur_bekend: i64,
    /// How long those took on average, in seconds.
    pub duur: Option<f64>,
    /// Contacts of which is known whether they succeeded.
    pub gelukt_bekend: i64,
    /// Those that did.
    pub gelukt: i64,
    /// First contacts: incoming, and not about an earlier contact.
    pub eerste: i64,
    /// Those that no contactverzoek followed.
    pub opgelost: i64,
}

/// The cells of a period by these kenmerken, in a fixed order; at most `limit`.
///
/// # Errors
/// When the database does not answer.
pub async fn cellen(
    reader: &Reader,
    tijdvak: Tijdvak,
    kenmerken: &[Kenmerk],
    limit: u32,
) -> sqlx::Result<Vec<Cel>> {
    let groepen: Vec<Groep<'_>> = kenmerken.iter().map(Kenmerk::groep).collect();
    let mut query = analyse::begin(("contactfeiten", MEASURES), tijdvak, &groepen);
    analyse::end(&mut query, tijdvak, groepen.len(), limit);
    query.build_query_as().fetch_all(reader).await
}
