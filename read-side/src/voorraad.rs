//! VoorraadPerTeam: where does it get stuck? Counted from how long each taak was whose.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::reader::Reader;

/// A part of a team whose work is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deel {
    /// The team as a whole.
    Geheel,
    /// One of its medewerkers.
    Behandelaar(Uuid),
    /// What is assigned to the team and to no medewerker.
    Zonder,
    /// An actor of whom is not known yet whether it is a team; not counted.
    Onbekend,
}

impl Deel {
    /// How the rows name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Geheel => "geheel",
            Self::Behandelaar(_) => "behandelaar",
            Self::Zonder => "zonder",
            Self::Onbekend => "onbekend",
        }
    }

    /// The medewerker, if it is one.
    #[must_use]
    pub const fn behandelaar(self) -> Option<Uuid> {
        match self {
            Self::Behandelaar(id) => Some(id),
            Self::Geheel | Self::Zonder | Self::Onbekend => None,
        }
    }
}

/// The moments between which is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Momenten {
    /// What happened before this moment is in the stock.
    pub peildatum: DateTime<Utc>,
    /// What is due before this moment, and not before the peildatum, is nearly late.
    pub dringend_tot: DateTime<Utc>,
    /// Begin of what came and went, included.
    pub vanaf: DateTime<Utc>,
    /// End of what came and went, excluded.
    pub tot: DateTime<Utc>,
}

/// What stands with a part of a team, and what came and went.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct VoorraadRow {
    /// The team.
    pub team: Uuid,
    /// How the rows name the part.
    pub deel: String,
    /// The medewerker, when the part is one.
    pub behandelaar: Option<Uuid>,
    /// Taken that are to be done.
    pub open: i64,
    /// Those that are late.
    pub verlopen: i64,
    /// Those that are nearly late.
    pub bijna_verlopen: i64,
    /// When the klant who waits longest was in contact.
    pub oudste_contact_op: Option<DateTime<Utc>>,
    /// Taken that came.
    pub instroom: i64,
    /// Taken that went.
    pub uitstroom: i64,
}

/// What stands with these teams, what came and what went: a row for each part in which something
/// did.
///
/// # Errors
/// When the database does not answer.
pub async fn per_team(
    reader: &Reader,
    teams: &[Uuid],
    momenten: Momenten,
) -> sqlx::Result<Vec<VoorraadRow>> {
    let Momenten { peildatum, dringend_tot, vanaf, tot } = momenten;
    sqlx::query_as(
        "SELECT team, deel, behandelaar, count(*) FILTER (WHERE staat) AS open,
                count(*) FILTER (WHERE staat AND streefdatum < $2) AS verlopen,
                count(*) FILTER (WHERE staat AND streefdatum >= $2 AND streefdatum < $3)
                    AS bijna_verlopen,
                min(contact_op) FILTER (WHERE staat) AS oudste_contact_op,
                count(*) FILTER (WHERE vanaf >= $4 AND vanaf < $5) AS instroom,
                count(*) FILTER (WHERE tot >= $4 AND tot < $5) AS uitstroom
         FROM (SELECT *, vanaf < $2 AND tot >= $2 AS staat FROM read_side.voorraadperioden
               WHERE team = ANY($1) AND deel <> 'onbekend' AND tot >= LEAST($2, $4)) v
         WHERE staat OR vanaf >= $4 AND vanaf < $5 OR tot >= $4 AND tot < $5
         GROUP BY team, deel, behandelaar ORDER BY team, deel, behandelaar",
    )
    .bind(teams)
    .bind(peildatum)
    .bind(dringend_tot)
    .bind(vanaf)
    .bind(tot)
    .fetch_all(reader)
    .await
}
