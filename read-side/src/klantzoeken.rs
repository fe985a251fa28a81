//! KlantZoeken: which klant is this? Fixed entries, each one walk over one index; never a list
//! without one.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::keyset::cut;
use crate::klantbeeld::KlantDocument;
use crate::reader::Reader;

/// Most klanten that a search gives.
pub const KLANTEN_MAX: u32 = 25;

/// By what a klant is found who names no number of a register; the projector keeps a row for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ingangsoort {
    /// E-mail address.
    Email,
    /// Telephone number.
    Telefoon,
    /// Postcode of a place, together with the name of the klant.
    Postcode,
}

impl Ingangsoort {
    /// The word for it in the table.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Telefoon => "telefoon",
            Self::Postcode => "postcode",
        }
    }
}

/// The one thing by which is searched; texts in the spelling of [`crate::zoekterm`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ingang {
    /// Burgerservicenummer.
    Bsn(String),
    /// KVK number: the rechtspersoon and its vestigingen.
    Kvk(String),
    /// One vestiging.
    Vestiging {
        /// KVK number.
        kvk_nummer: String,
        /// Vestigingsnummer.
        vestigingsnummer: String,
    },
    /// RSIN.
    Rsin(String),
    /// Number for use in conversation.
    Klantnummer(String),
    /// E-mail address, whole.
    Email(String),
    /// Telephone number, whole.
    Telefoon(String),
    /// Name and postcode.
    NaamEnPostcode {
        /// The name, or a part of it that begins with a word.
        naam: String,
        /// The postcode, whole.
        postcode: String,
    },
}

/// A klant that was found. Has no burgerservicenummer: a list never shows one.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GevondenKlant {
    /// Key of the partij.
    pub partij_id: Uuid,
    /// `persoon`, `organisatie` or `contactpersoon`.
    pub soort: String,
    /// Number for use in conversation.
    pub nummer: String,
    /// KVK number.
    pub kvk_nummer: Option<String>,
    /// Number of the vestiging within the KVK number.
    pub vestigingsnummer: Option<String>,
    /// When the last contact took place that the reader may know of.
    pub laatste_contact_op: Option<DateTime<Utc>>,
    /// Number of open contactverzoeken that the reader may know of.
    pub aantal_open_contactverzoeken: i32,
    /// Name, addresses and the like.
    pub document: Json<KlantDocument>,
}

/// The klanten with this entry, at most [`KLANTEN_MAX`], and whether there are more.
/// `zonder_vertrouwelijk`: confidential contacts do not count.
///
/// # Errors
/// When the database does not answer.
pub async fn zoek(
    reader: &Reader,
    ingang: &Ingang,
    zonder_vertrouwelijk: bool,
) -> sqlx::Result<(Vec<GevondenKlant>, bool)> {
    let mut query = vraag(ingang, zonder_vertrouwelijk);
    Ok(cut(query.build_query_as().fetch_all(reader).await?, KLANTEN_MAX))
}

/// The statement of a search: what [`zoek`] runs, and what a plan can be asked of.
#[must_use]
pub fn vraag(ingang: &Ingang, zonder_vertrouwelijk: bool) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT k.partij_id, k.soort, k.nummer, k.kvk_nummer, k.vestigingsnummer, k.document, ",
    );
    query.push(if zonder_vertrouwelijk {
        "(SELECT max(c.op) FROM read_side.klant_contacten c
          WHERE c.partij_id = k.partij_id AND NOT c.vertrouwelijk) AS laatste_contact_op,
         (SELECT count(*)::integer FROM read_side.klant_taken t
          WHERE t.partij_id = k.partij_id AND t.open AND NOT t.vertrouwelijk)
         AS aantal_open_contactverzoeken"
    } else {
        "k.laatste_contact_op, k.aantal_open_contactverzoeken"
    });
    query.push(" FROM ");
    push_ingang(&mut query, ingang);
    query.push(" LIMIT ").push_bind(i64::from(KLANTEN_MAX) + 1);
    query
}

/// Each entry has its own statement, in the order of its own index.
fn push_ingang(query: &mut QueryBuilder<Postgres>, ingang: &Ingang) {
    let (column, value) = match ingang {
        Ingang::Bsn(bsn) => ("bsn", bsn),
        Ingang::Rsin(rsin) => ("rsin", rsin),
        Ingang::Klantnummer(nummer) => ("nummer", nummer),
        Ingang::Kvk(kvk) => {
            query.push("read_side.klanten k WHERE k.kvk_nummer = ").push_bind(kvk.clone());
            // The rechtspersoon first, also when it has more vestigingen than are shown.
            query.push(" ORDER BY k.vestigingsnummer NULLS FIRST, k.partij_id");
            return;
        }
        Ingang::Vestiging { kvk_nummer, vestigingsnummer } => {
            query.push("read_side.klanten k WHERE k.kvk_nummer = ").push_bind(kvk_nummer.clone());
            query.push(" AND k.vestigingsnummer = ").push_bind(vestigingsnummer.clone());
            query.push(" ORDER BY k.partij_id");
            return;
        }
        Ingang::Email(email) => return push_waarde(query, Ingangsoort::Email, email, None),
        Ingang::Telefoon(nummer) => return push_waarde(query, Ingangsoort::Telefoon, nummer, None),
        Ingang::NaamEnPostcode { naam, postcode } => {
            return push_waarde(query, Ingangsoort::Postcode, postcode, Some(naam));
        }
    };
    query.push(format!("read_side.klanten k WHERE k.{column} = ")).push_bind(value.clone());
    query.push(" ORDER BY k.partij_id");
}

fn push_waarde(
    query: &mut QueryBuilder<Postgres>,
    soort: Ingangsoort,
    waarde: &str,
    naam: Option<&str>,
) {
    query.push("read_side.klant_ingangen i JOIN read_side.klanten k ON k.partij_id = i.partij_id");
    query.push(" WHERE i.soort = ").push_bind(soort.code());
    query.push(" AND i.waarde = ").push_bind(waarde.to_owned());
    if let Some(naam) = naam {
        query.push(" AND position(").push_bind(format!(" {naam}")).push(" IN ' ' || i.naam) > 0");
    }
    query.push(" ORDER BY i.partij_id");
}
