//! Klantbeeld: one row per klant, prepared by the projector; deeper pages from their own tables.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::contact::ContactDocument;
use crate::keyset::{KeyedRow, Page, PageRequest, Sorted, Volgorde, push_page};
use crate::reader::Reader;
use crate::taak::ContactverzoekDocument;

/// Contacts are listed by when they took place.
const OP: Sorted = Sorted { moment: "op", id: "klantcontact_id", nullable: false };
/// Contactverzoeken are listed by before when they should be done.
const STREEFDATUM: Sorted = Sorted { moment: "streefdatum", id: "taak_id", nullable: true };

/// How many of the newest contacts stand in the row itself.
pub const RECENTE_CONTACTEN_MAX: u32 = 10;
/// How many of the most urgent open contactverzoeken stand in the row itself.
pub const OPEN_CONTACTVERZOEKEN_MAX: u32 = 10;

/// A klant without its contacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KlantDocument {
    /// Name to show; half registrations have none.
    pub weergavenaam: Option<String>,
    /// Telephone numbers given for future contact.
    pub telefoonnummers: Vec<AdresDocument>,
    /// E-mail addresses given for future contact.
    pub emailadressen: Vec<AdresDocument>,
    /// Addresses on other platforms.
    pub overige_adressen: Vec<AdresDocument>,
    /// Where the klant wants visits.
    pub bezoekadres: Option<PostadresDocument>,
    /// Where the klant wants post.
    pub correspondentieadres: Option<PostadresDocument>,
    /// Preferred language.
    pub voorkeurstaal: Option<String>,
    /// Whether the klant asked for secrecy.
    pub afgeschermd: bool,
    /// Whether contact data may be used.
    pub mag_benaderd_worden: bool,
    /// Internal remarks (B0606: never for the klant).
    pub interne_notitie: Option<String>,
    /// Organisatie for which a contactpersoon worked.
    pub werkte_voor: Option<Uuid>,
    /// Partijen that this one represented: a fact of the past, no right (T11).
    pub trad_op_voor: Vec<Uuid>,
}

/// One digital address of a klant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdresDocument {
    /// Key of the digital address.
    pub adres_id: Uuid,
    /// Code of the list soortDigitaalAdres.
    pub soort: String,
    /// The address itself.
    pub waarde: String,
    /// Description.
    pub omschrijving: Option<String>,
    /// Preferred address of the klant.
    pub is_voorkeur: bool,
    /// Standard address of its soort.
    pub is_standaard: bool,
    /// Date of verification.
    pub geverifieerd_op: Option<NaiveDate>,
    /// For this zaak or purpose only.
    pub alleen_voor: Option<String>,
}

/// A place: visiting or post address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostadresDocument {
    /// Key in the BAG.
    pub nummeraanduiding_id: Option<String>,
    /// The address as lines, in the order in which one writes them.
    pub regels: Vec<String>,
    /// Country, ISO 3166-1 alpha-2.
    pub land: Option<String>,
}

/// The prepared row of one klant.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KlantRow {
    /// Key of the partij.
    pub partij_id: Uuid,
    /// Number of the partij's last event that is in this row.
    pub versie: i64,
    /// `persoon`, `organisatie` or `contactpersoon`.
    pub soort: String,
    /// Number for use in conversation.
    pub nummer: String,
    /// Burgerservicenummer.
    pub bsn: Option<String>,
    /// RSIN.
    pub rsin: Option<String>,
    /// KVK number.
    pub kvk_nummer: Option<String>,
    /// Number of the vestiging within the KVK number.
    pub vestigingsnummer: Option<String>,
    /// Number of contacts, confidential ones included.
    pub aantal_contacten: i32,
    /// Number of confidential contacts.
    pub aantal_vertrouwelijk: i32,
    /// When the last contact took place.
    pub laatste_contact_op: Option<DateTime<Utc>>,
    /// Number of open contactverzoeken.
    pub aantal_open_contactverzoeken: i32,
    /// Name, addresses and the like.
    pub document: Json<KlantDocument>,
    /// The newest contacts, at most [`RECENTE_CONTACTEN_MAX`].
    pub recente_contacten: Json<Vec<ContactDocument>>,
    /// The most urgent open contactverzoeken, at most [`OPEN_CONTACTVERZOEKEN_MAX`].
    pub open_contactverzoeken: Json<Vec<ContactverzoekDocument>>,
}

/// The ways to name one klant; always kind and value together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KlantKey {
    /// Key of the partij.
    KlantId(Uuid),
    /// Burgerservicenummer.
    Bsn(String),
    /// RSIN.
    Rsin(String),
    /// KVK number: the rechtspersoon, not one of its vestigingen.
    Kvk(String),
    /// A vestiging: KVK number and vestigingsnummer together.
    Vestiging {
        /// KVK number.
        kvk_nummer: String,
        /// Vestigingsnummer.
        vestigingsnummer: String,
    },
}

/// The klant with this key, with a flag that says whether the key fits more than one partij; then
/// the partij that was registered first is given.
///
/// # Errors
/// When the database does not answer.
pub async fn by_key(reader: &Reader, key: &KlantKey) -> sqlx::Result<Option<(KlantRow, bool)>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT partij_id, versie, soort, nummer, bsn, rsin, kvk_nummer, vestigingsnummer,
                aantal_contacten, aantal_vertrouwelijk, laatste_contact_op,
                aantal_open_contactverzoeken, document, recente_contacten, open_contactverzoeken",
    );
    push_key(&mut query, key, 2);
    let mut rows: Vec<KlantRow> = query.build_query_as().fetch_all(reader).await?;
    let ambiguous = rows.len() > 1;
    rows.truncate(1);
    Ok(rows.pop().map(|row| (row, ambiguous)))
}

/// What is kept of the klanten with this key, without their contacts, each with the key of its partij:
/// none, the one, or the first two where the key fits more than one partij.
///
/// # Errors
/// When the database does not answer.
pub async fn documenten_by_key(
    reader: &Reader,
    key: &KlantKey,
) -> sqlx::Result<Vec<(Uuid, KlantDocument)>> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT partij_id, document");
    push_key(&mut query, key, 2);
    let rows: Vec<(Uuid, Json<KlantDocument>)> = query.build_query_as().fetch_all(reader).await?;
    Ok(rows.into_iter().map(|(id, document)| (id, document.0)).collect())
}

/// How many of the newest contacts about a zaak are looked at for addresses.
const EENMALIG_CONTACTEN_MAX: i64 = 10;

/// What a klant gave at one contact, for its follow-up only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EenmaligDocument {
    /// Telephone numbers.
    pub telefoonnummers: Vec<String>,
    /// E-mail addresses.
    pub emailadressen: Vec<String>,
}

/// What a klant gave at contacts about the zaak with one of these keys, in lower case: that of the
/// newest contact first.
///
/// # Errors
/// When the database does not answer.
pub async fn eenmalig(
    reader: &Reader,
    partij_id: Uuid,
    zaken: &[String],
) -> sqlx::Result<Vec<EenmaligDocument>> {
    let rows: Vec<Json<ContactDocument>> = sqlx::query_scalar(
        "SELECT document FROM read_side.klant_contacten
         WHERE partij_id = $1 AND EXISTS (
             SELECT FROM json_array_elements(document->'zaken') zaak
             WHERE lower(zaak->>'uuid') = ANY($2) OR lower(zaak->>'identificatie') = ANY($2))
         ORDER BY op DESC, klantcontact_id DESC LIMIT $3",
    )
    .bind(partij_id)
    .bind(zaken)
    .bind(EENMALIG_CONTACTEN_MAX)
    .fetch_all(reader)
    .await?;
    let deelnemers = rows.into_iter().flat_map(|row| row.0.deelnemers);
    let own = deelnemers.filter(|deelnemer| deelnemer.partij_id == Some(partij_id));
    Ok(own
        .map(|deelnemer| EenmaligDocument {
            telefoonnummers: deelnemer.telefoonnummers,
            emailadressen: deelnemer.emailadressen,
        })
        .collect())
}

/// The key of the partij with this key, if there is one.
///
/// # Errors
/// When the database does not answer.
pub async fn find_id(reader: &Reader, key: &KlantKey) -> sqlx::Result<Option<Uuid>> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT partij_id");
    push_key(&mut query, key, 1);
    query.build_query_scalar().fetch_optional(reader).await
}

/// Each kind of key has its own statement, and so its own index.
pub(crate) fn push_key(query: &mut QueryBuilder<Postgres>, key: &KlantKey, limit: i64) {
    query.push(" FROM read_side.klanten WHERE ");
    match key {
        KlantKey::KlantId(id) => query.push("partij_id = ").push_bind(*id),
        KlantKey::Bsn(bsn) => query.push("bsn = ").push_bind(bsn.clone()),
        KlantKey::Rsin(rsin) => query.push("rsin = ").push_bind(rsin.clone()),
        KlantKey::Kvk(kvk) => {
            query.push("vestigingsnummer IS NULL AND kvk_nummer = ").push_bind(kvk.clone())
        }
        KlantKey::Vestiging { kvk_nummer, vestigingsnummer } => {
            query.push("kvk_nummer = ").push_bind(kvk_nummer.clone());
            query.push(" AND vestigingsnummer = ").push_bind(vestigingsnummer.clone())
        }
    };
    query.push(" ORDER BY partij_id LIMIT ").push_bind(limit);
}

/// What other products show of a klant: its name and whether it is shielded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KlantNaam {
    /// Key of the partij.
    pub partij_id: Uuid,
    /// `persoon`, `organisatie` or `contactpersoon`.
    pub soort: String,
    /// Name to show.
    pub weergavenaam: Option<String>,
    /// Whether the klant asked for secrecy.
    pub afgeschermd: bool,
}

/// The names of these klanten, in no order; unknown keys are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn namen_by_ids(reader: &Reader, ids: &[Uuid]) -> sqlx::Result<Vec<KlantNaam>> {
    sqlx::query_as!(
        KlantNaam,
        r#"SELECT partij_id AS "partij_id!", soort AS "soort!", weergavenaam,
                  afgeschermd AS "afgeschermd!"
           FROM read_side.klant_namen WHERE partij_id = ANY($1)"#,
        ids,
    )
    .fetch_all(reader)
    .await
}

/// Number of contacts of a klant since a moment.
///
/// # Errors
/// When the database does not answer.
pub async fn count_contacten_since(
    reader: &Reader,
    partij_id: Uuid,
    since: DateTime<Utc>,
    zonder_vertrouwelijk: bool,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "aantal!" FROM read_side.klant_contacten
           WHERE partij_id = $1 AND op >= $2 AND NOT ($3 AND vertrouwelijk)"#,
        partij_id,
        since,
        zonder_vertrouwelijk,
    )
    .fetch_one(reader)
    .await
}

/// Which contacts of a klant are asked.
#[derive(Debug, Clone, Copy)]
pub struct KlantContactenFilter {
    /// The klant.
    pub partij_id: Uuid,
    /// Only verzoeken (forms with documents).
    pub alleen_verzoeken: bool,
    /// Leave confidential contacts out.
    pub zonder_vertrouwelijk: bool,
}

/// A page of the contacts of a klant, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn contacten(
    reader: &Reader,
    filter: KlantContactenFilter,
    request: PageRequest,
) -> sqlx::Result<Page<ContactDocument>> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT op, klantcontact_id, document ");
    push_contacten(&mut query, filter);
    push_page(&mut query, OP, Volgorde::NieuwsteEerst, request);
    let rows: Vec<KeyedRow<ContactDocument>> = query.build_query_as().fetch_all(reader).await?;
    Ok(Page::of(rows, request))
}

/// Number of contacts of a klant that fit the filter.
///
/// # Errors
/// When the database does not answer.
pub async fn count_contacten(reader: &Reader, filter: KlantContactenFilter) -> sqlx::Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) ");
    push_contacten(&mut query, filter);
    query.build_query_scalar().fetch_one(reader).await
}

fn push_contacten(query: &mut QueryBuilder<Postgres>, filter: KlantContactenFilter) {
    query.push("FROM read_side.klant_contacten WHERE partij_id = ").push_bind(filter.partij_id);
    if filter.alleen_verzoeken {
        query.push(" AND verzoek");
    }
    if filter.zonder_vertrouwelijk {
        query.push(" AND NOT vertrouwelijk");
    }
}

/// A page of the open contactverzoeken of a klant, the most urgent first.
///
/// # Errors
/// When the database does not answer.
pub async fn open_contactverzoeken(
    reader: &Reader,
    partij_id: Uuid,
    zonder_vertrouwelijk: bool,
    request: PageRequest,
) -> sqlx::Result<Page<ContactverzoekDocument>> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT streefdatum, taak_id, document ");
    push_open_contactverzoeken(&mut query, partij_id, zonder_vertrouwelijk);
    push_page(&mut query, STREEFDATUM, Volgorde::OudsteEerst, request);
    let rows: Vec<KeyedRow<ContactverzoekDocument>> =
        query.build_query_as().fetch_all(reader).await?;
    Ok(Page::of(rows, request))
}

/// Number of open contactverzoeken of a klant that are not confidential; with those, the number
/// stands in the row of the klant.
///
/// # Errors
/// When the database does not answer.
pub async fn count_open_zonder_vertrouwelijk(
    reader: &Reader,
    partij_id: Uuid,
) -> sqlx::Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) ");
    push_open_contactverzoeken(&mut query, partij_id, true);
    query.build_query_scalar().fetch_one(reader).await
}

fn push_open_contactverzoeken(
    query: &mut QueryBuilder<Postgres>,
    partij_id: Uuid,
    zonder_vertrouwelijk: bool,
) {
    query.push("FROM read_side.klant_taken WHERE open AND partij_id = ").push_bind(partij_id);
    if zonder_vertrouwelijk {
        query.push(" AND NOT vertrouwelijk");
    }
}
