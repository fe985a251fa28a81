//! Contactgeschiedenis: the contacts of one klant, filtered and paged.

use chrono::{DateTime, Utc};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::contact::ContactDocument;
use crate::gesprekken::Vertrouwelijkheid;
use crate::keyset::{KeyedRow, Page, PageRequest, Sorted, Volgorde, push_page};
use crate::reader::Reader;

/// Contacts are listed by when they took place.
const OP: Sorted = Sorted { moment: "op", id: "klantcontact_id", nullable: false };

/// Which contacts are asked; all given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct ContactFilter {
    /// Not before this moment.
    pub vanaf: Option<DateTime<Utc>>,
    /// Before this moment.
    pub tot: Option<DateTime<Utc>>,
    /// By one of these channels; empty = any.
    pub kanalen: Vec<String>,
    /// With one of these teams or medewerkers; empty = any.
    pub actoren: Vec<Uuid>,
    /// About the zaak with one of these keys; empty = any.
    pub zaken: Vec<String>,
    /// With, or without, a contactverzoek.
    pub met_contactverzoek: Option<bool>,
    /// With this text in subject or content, capitals aside.
    pub tekst: Option<String>,
    /// Changed after this place in the log.
    pub gewijzigd_sinds: Option<i64>,
    /// Only verzoeken (forms with documents).
    pub alleen_verzoeken: bool,
    /// For this product, capitals aside.
    pub product: Option<String>,
    /// What may be seen of confidential contacts.
    pub vertrouwelijk: VertrouwelijkFilter,
}

/// Which confidential contacts a reader may know of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum VertrouwelijkFilter {
    /// All: shown or masked.
    #[default]
    Alle,
    /// None.
    Geen,
    /// Only where the klant itself was the only klant that took part.
    AlleenEigen,
}

impl VertrouwelijkFilter {
    /// Every one of them, the widest first.
    pub const ALLE: [Self; 3] = [Self::Alle, Self::AlleenEigen, Self::Geen];

    /// The word for it in tables.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Alle => "alle",
            Self::AlleenEigen => "alleen_eigen",
            Self::Geen => "geen",
        }
    }

    /// Whether it lets through what is this confidential.
    #[must_use]
    pub fn laat_toe(self, vertrouwelijkheid: Vertrouwelijkheid) -> bool {
        match self {
            Self::Alle => true,
            Self::AlleenEigen => vertrouwelijkheid != Vertrouwelijkheid::Gedeeld,
            Self::Geen => vertrouwelijkheid == Vertrouwelijkheid::Geen,
        }
    }
}

/// A page of the contacts of a klant.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    reader: &Reader,
    partij_id: Uuid,
    filter: &ContactFilter,
    volgorde: Volgorde,
    request: PageRequest,
) -> sqlx::Result<Page<ContactDocument>> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT op, klantcontact_id, document ");
    push_filter(&mut query, partij_id, filter);
    push_page(&mut query, OP, volgorde, request);
    let rows: Vec<KeyedRow<ContactDocument>> = query.build_query_as().fetch_all(reader).await?;
    Ok(Page::of(rows, request))
}

/// Number of contacts of a klant that fit the filter.
///
/// # Errors
/// When the database does not answer.
pub async fn count(reader: &Reader, partij_id: Uuid, filter: &ContactFilter) -> sqlx::Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) ");
    push_filter(&mut query, partij_id, filter);
    query.build_query_scalar().fetch_one(reader).await
}

fn push_filter(query: &mut QueryBuilder<Postgres>, partij_id: Uuid, filter: &ContactFilter) {
    query.push("FROM read_side.contacten WHERE partij_id = ").push_bind(partij_id);
    if let Some(vanaf) = filter.vanaf {
        query.push(" AND op >= ").push_bind(vanaf);
    }
    if let Some(tot) = filter.tot {
        query.push(" AND op < ").push_bind(tot);
    }
    if !filter.kanalen.is_empty() {
        query.push(" AND kanaal = ANY(").push_bind(filter.kanalen.clone()).push(")");
    }
    if !filter.actoren.is_empty() {
        query.push(" AND actoren && ").push_bind(filter.actoren.clone());
    }
    if !filter.zaken.is_empty() {
        query.push(" AND zaken && ").push_bind(filter.zaken.clone());
    }
    if let Some(met) = filter.met_contactverzoek {
        query.push(" AND contactverzoek = ").push_bind(met);
    }
    if let Some(tekst) = &filter.tekst {
        query.push(" AND position(").push_bind(tekst.to_lowercase()).push(" IN tekst) > 0");
    }
    if let Some(sinds) = filter.gewijzigd_sinds {
        query.push(" AND gewijzigd > ").push_bind(sinds);
    }
    if filter.alleen_verzoeken {
        query.push(" AND verzoek");
    }
    if let Some(product) = &filter.product {
        query.push(" AND product = ").push_bind(product.to_lowercase());
    }
    match filter.vertrouwelijk {
        VertrouwelijkFilter::Alle => {}
        VertrouwelijkFilter::Geen => {
            query.push(" AND NOT vertrouwelijk");
        }
        VertrouwelijkFilter::AlleenEigen => {
            query.push(" AND (NOT vertrouwelijk OR alleen_klant)");
        }
    }
}
