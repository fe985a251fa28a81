//! Inzagedossier: what do we know about this person, and who may read it?

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::contact::ContactDocument;
use crate::keyset::{KeyedRow, Page, PageRequest, Sorted, Volgorde, push_page};
use crate::reader::Reader;

/// Requests are listed by when they were made.
const AANGEVRAAGD: Sorted = Sorted { moment: "aangevraagd_op", id: "verzoek_id", nullable: false };
/// Lines are listed by when they were recorded.
const OP: Sorted = Sorted { moment: "op", id: "gebeurtenis_id", nullable: false };

/// Reactions are listed by when they took place.
const REACTIE: Sorted = Sorted { moment: "op", id: "klantcontact_id", nullable: false };

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inzagestatus {
    /// Nobody has judged it.
    Aangevraagd,
    /// Somebody else approved.
    Goedgekeurd,
    /// Somebody else refused.
    Afgewezen,
}

impl Inzagestatus {
    /// The word for it in the table.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Aangevraagd => "aangevraagd",
            Self::Goedgekeurd => "goedgekeurd",
            Self::Afgewezen => "afgewezen",
        }
    }
}

/// A request to read a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InzageverzoekDocument {
    /// Its key.
    pub verzoek_id: Uuid,
    /// Whose dossier.
    pub partij_id: Uuid,
    /// By what the request of the person is known elsewhere.
    pub kenmerk: String,
    /// Why.
    pub reden: String,
    /// How far it is.
    pub status: Inzagestatus,
    /// Who asked, and may read once it is approved.
    pub aangevraagd_door: String,
    /// When.
    pub aangevraagd_op: DateTime<Utc>,
    /// Who approved or refused.
    pub beoordeeld_door: Option<String>,
    /// When.
    pub beoordeeld_op: Option<DateTime<Utc>>,
    /// Until when it may be read, this moment not included.
    pub geldig_tot: Option<DateTime<Utc>>,
}

/// One event in a dossier: what it says of the klant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierDocument {
    /// Event type.
    pub gebeurtenis: String,
    /// Kind of the object to which it happened.
    pub objectsoort: String,
    /// Key of that object.
    pub object_id: Uuid,
    /// Number of the event within the object.
    pub versie: i64,
    /// When it was recorded.
    pub op: DateTime<Utc>,
    /// OperationId of the handeling that recorded it.
    pub handeling: Option<String>,
    /// The application with which that was done.
    pub toepassing: Option<String>,
    /// Whether it only says that somebody else took part.
    pub van_ander: bool,
    /// Whether it still holds: nothing later is said of the same.
    pub actueel: bool,
    /// Whether it is of a confidential contact.
    pub vertrouwelijk: bool,
    /// The actoren that it names.
    pub actoren: Vec<Uuid>,
    /// What it says, without who else is named.
    pub gegevens: Vec<Gegeven>,
}

/// One value in a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gegeven {
    /// Its name: fields of the information model, with dots between.
    pub naam: String,
    /// The value.
    pub waarde: String,
}

/// The parts of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dossierdeel {
    /// The klant itself: names, numbers, addresses, notes.
    Gegevens,
    /// Its klantcontacten, with what had to be done after them.
    Contacten,
    /// For whom it acted, and who acted for it.
    Vertegenwoordigingen,
}

impl Dossierdeel {
    const fn table(self) -> &'static str {
        match self {
            Self::Gegevens => "dossier_gegevens",
            Self::Contacten => "dossier_contacten",
            Self::Vertegenwoordigingen => "dossier_vertegenwoordigingen",
        }
    }
}

/// Which lines are asked; all given conditions must hold.
#[derive(Debug, Clone, Copy)]
pub struct DossierFilter {
    /// Whose dossier.
    pub partij_id: Uuid,
    /// Which part of it.
    pub deel: Dossierdeel,
    /// Only what still holds.
    pub alleen_actueel: bool,
}

/// A page of the requests, newest first; with a status only those.
///
/// # Errors
/// When the database does not answer.
pub async fn verzoeken(
    reader: &Reader,
    status: Option<Inzagestatus>,
    request: PageRequest,
) -> sqlx::Result<Page<InzageverzoekDocument>> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT aangevraagd_op, verzoek_id, document ");
    push_status(&mut query, status);
    push_page(&mut query, AANGEVRAAGD, Volgorde::NieuwsteEerst, request);
    let rows: Vec<KeyedRow<InzageverzoekDocument>> =
        query.build_query_as().fetch_all(reader).await?;
    Ok(Page::of(rows, request))
}

/// Number of requests; with a status only those.
///
/// # Errors
/// When the database does not answer.
pub async fn count_verzoeken(reader: &Reader, status: Option<Inzagestatus>) -> sqlx::Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) ");
    push_status(&mut query, status);
    query.build_query_scalar().fetch_one(reader).await
}

fn push_status(query: &mut QueryBuilder<Postgres>, status: Option<Inzagestatus>) {
    query.push("FROM read_side.inzageverzoeken WHERE true");
    if let Some(status) = status {
        query.push(" AND status = ").push_bind(status.code());
    }
}

/// The request that this reader names, when it may read the dossier now.
///
/// # Errors
/// When the database does not answer.
pub async fn open(reader: &Reader, verzoek: Uuid) -> sqlx::Result<Option<InzageverzoekDocument>> {
    let found = sqlx::query_scalar!(
        r#"SELECT document AS "document: Json<InzageverzoekDocument>"
           FROM read_side.inzageverzoeken
           WHERE verzoek_id = $1 AND partij_id = read_side.inzage_klant()"#,
        verzoek,
    )
    .fetch_optional(reader)
    .await?;
    Ok(found.flatten().map(|document| document.0))
}

/// A page of a part of a dossier, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn regels(
    reader: &Reader,
    filter: DossierFilter,
    request: PageRequest,
) -> sqlx::Result<Page<DossierDocument>> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT op, gebeurtenis_id, document ");
    push_filter(&mut query, filter);
    push_page(&mut query, OP, Volgorde::OudsteEerst, request);
    let rows: Vec<KeyedRow<DossierDocument>> = query.build_query_as().fetch_all(reader).await?;
    Ok(Page::of(rows, request))
}

/// Number of lines in a part of a dossier.
///
/// # Errors
/// When the database does not answer.
pub async fn count_regels(reader: &Reader, filter: DossierFilter) -> sqlx::Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) ");
    push_filter(&mut query, filter);
    query.build_query_scalar().fetch_one(reader).await
}

/// A page of the reactions in the gesprekken of a klant that name nobody, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn reacties(
    reader: &Reader,
    partij_id: Uuid,
    request: PageRequest,
) -> sqlx::Result<Page<ContactDocument>> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT op, klantcontact_id, document ");
    push_reacties(&mut query, partij_id);
    push_page(&mut query, REACTIE, Volgorde::OudsteEerst, request);
    let rows: Vec<KeyedRow<ContactDocument>> = query.build_query_as().fetch_all(reader).await?;
    Ok(Page::of(rows, request))
}

/// Number of reactions in the gesprekken of a klant that name nobody.
///
/// # Errors
/// When the database does not answer.
pub async fn count_reacties(reader: &Reader, partij_id: Uuid) -> sqlx::Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) ");
    push_reacties(&mut query, partij_id);
    query.build_query_scalar().fetch_one(reader).await
}

fn push_reacties(query: &mut QueryBuilder<Postgres>, partij_id: Uuid) {
    query.push(
        "FROM read_side.gesprek_berichten WHERE voor_klant AND partijen = '{}' AND gesprek_id IN
         (SELECT gesprek_id FROM read_side.gesprekken WHERE partij_id = ",
    );
    query.push_bind(partij_id).push(")");
}

fn push_filter(query: &mut QueryBuilder<Postgres>, filter: DossierFilter) {
    query.push("FROM read_side.").push(filter.deel.table());
    query.push(" WHERE partij_id = ").push_bind(filter.partij_id);
    if filter.alleen_actueel {
        query.push(" AND actueel");
    }
}
