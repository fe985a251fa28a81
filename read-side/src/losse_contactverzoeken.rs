//! LosseContactverzoeken: contactverzoeken of people who are not known as partij, found by what they
//! gave for the follow-up.

use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder};

use crate::keyset::cut;
use crate::reader::Reader;
use crate::taak::ContactverzoekDocument;

/// Most contactverzoeken that a search gives.
pub const CONTACTVERZOEKEN_MAX: u32 = 25;

/// By what such a contactverzoek is found; the projector keeps a row for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Taakingang {
    /// E-mail address of who asked.
    Email,
    /// Telephone number of who asked.
    Telefoon,
    /// Number of the contactverzoek, or of its klantcontact.
    Nummer,
}

impl Taakingang {
    /// The word for it in the table.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Telefoon => "telefoon",
            Self::Nummer => "nummer",
        }
    }
}

/// The contactverzoeken with this entry, in the spelling of [`crate::zoekterm`], newest first and
/// at most [`CONTACTVERZOEKEN_MAX`], and whether there are more.
///
/// # Errors
/// When the database does not answer.
pub async fn zoek(
    reader: &Reader,
    (soort, waarde): (Taakingang, &str),
    zonder_vertrouwelijk: bool,
) -> sqlx::Result<(Vec<ContactverzoekDocument>, bool)> {
    let mut query = vraag((soort, waarde), zonder_vertrouwelijk);
    let rows: Vec<Json<ContactverzoekDocument>> =
        query.build_query_scalar().fetch_all(reader).await?;
    let (rows, more) = cut(rows, CONTACTVERZOEKEN_MAX);
    Ok((rows.into_iter().map(|document| document.0).collect(), more))
}

/// The statement of a search: what [`zoek`] runs, and what a plan can be asked of.
#[must_use]
pub fn vraag(
    (soort, waarde): (Taakingang, &str),
    zonder_vertrouwelijk: bool,
) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT document FROM read_side.taak_ingangen WHERE soort = ",
    );
    query.push_bind(soort.code()).push(" AND waarde = ").push_bind(waarde.to_owned());
    if zonder_vertrouwelijk {
        query.push(" AND NOT vertrouwelijk");
    }
    query.push(" ORDER BY taak_id DESC LIMIT ");
    query.push_bind(i64::from(CONTACTVERZOEKEN_MAX) + 1);
    query
}
