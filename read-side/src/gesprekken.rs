//! Gesprekken: klantcontacten that are about one another, as a klant that takes part sees them; and the
//! berichten in them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::contact::{ContactDocument, KANALEN_INKOMEND, ObjectDocument, Richting, ZaakDocument};
use crate::contactgeschiedenis::VertrouwelijkFilter;
use crate::keyset::{KeyedRow, Page, PageRequest, Sleutel, Sorted, Volgorde, push_page};
use crate::reader::Reader;

/// Gesprekken are listed by their last bericht.
const LAATSTE: Sorted = Sorted { moment: "laatste_bericht_op", id: "gesprek_id", nullable: false };
/// Berichten are listed by when they took place.
const OP: Sorted = Sorted { moment: "b.op", id: "b.klantcontact_id", nullable: false };

/// A gesprek as one klant may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GesprekDocument {
    /// Key of the gesprek.
    pub gesprek_id: Uuid,
    /// Whose turn it is.
    pub status: Gespreksstatus,
    /// Number of berichten.
    pub aantal_berichten: u32,
    /// Whether no other klant takes part.
    pub alleen: bool,
    /// The first bericht.
    pub eerste: ContactDocument,
    /// The last bericht.
    pub laatste: ContactDocument,
    /// The zaken that the berichten were about, each once.
    pub zaken: Vec<Besloten<ZaakDocument>>,
    /// The objects handed over or created, each once.
    pub documenten: Vec<Besloten<ObjectDocument>>,
}

/// Something that a bericht tells, and how confidential that bericht is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Besloten<T> {
    /// How confidential it is.
    pub vertrouwelijkheid: Vertrouwelijkheid,
    /// What it tells.
    pub waarde: T,
}

/// Whose turn it is in a gesprek.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gespreksstatus {
    /// Nobody's, as far as is recorded.
    Beantwoord,
    /// The gemeente has something to answer or to do.
    WachtOpGemeente,
    /// The gemeente sought contact and has not heard anything yet.
    WachtOpInwoner,
}

impl Gespreksstatus {
    /// The word for it in the table.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Beantwoord => "beantwoord",
            Self::WachtOpGemeente => "wacht_op_gemeente",
            Self::WachtOpInwoner => "wacht_op_inwoner",
        }
    }
}

/// How confidential a bericht is to a klant that may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vertrouwelijkheid {
    /// Not.
    Geen,
    /// It is, and of this klant alone.
    Eigen,
    /// It is, and others took part too.
    Gedeeld,
}

impl Vertrouwelijkheid {
    /// That of a bericht to a klant; `alleen`: no other takes part in the gesprek.
    #[must_use]
    pub fn of(bericht: &ContactDocument, klant: Uuid, alleen: bool) -> Self {
        let known = bericht.deelnemers.iter().any(|deelnemer| deelnemer.partij_id.is_some());
        let own = bericht
            .deelnemers
            .iter()
            .all(|deelnemer| deelnemer.partij_id == Some(klant) && !deelnemer.vertegenwoordiger);
        match (bericht.vertrouwelijk, if known { own } else { alleen }) {
            (false, _) => Self::Geen,
            (true, true) => Self::Eigen,
            (true, false) => Self::Gedeeld,
        }
    }
}

/// Where a bericht comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Herkomst {
    /// From the side of the klant.
    Klant,
    /// From the gemeente.
    Gemeente,
    /// What is recorded does not agree.
    Onbekend,
}

impl Herkomst {
    /// Where this bericht comes from: as its direction says. Of a reaction that leaves open:
    ///
    /// - one that nobody outside began comes from the gemeente, by whatever channel;
    /// - one that somebody outside began comes from there if it came by a channel by which only klanten
    ///   write, or gave the gemeente something to do. Otherwise it may be an answer, on which some
    ///   senders put that the klant began it.
    #[must_use]
    pub fn of(bericht: &ContactDocument) -> Self {
        let began = bericht.deelnemers.iter().any(|deelnemer| deelnemer.initiator);
        let reaction = !bericht.eerdere_contacten.is_empty();
        let sure = KANALEN_INKOMEND.contains(&bericht.kanaal.as_str())
            || !bericht.contactverzoeken.is_empty();
        match bericht.richting {
            Richting::Inkomend => Self::Klant,
            Richting::Uitgaand => Self::Gemeente,
            Richting::Onbekend if reaction && !began => Self::Gemeente,
            Richting::Onbekend if reaction && sure => Self::Klant,
            Richting::Onbekend => Self::Onbekend,
        }
    }
}

/// Which gesprekken are asked; all given conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct GesprekFilter {
    /// The klant that takes part.
    pub partij_id: Uuid,
    /// Only this one.
    pub gesprek_id: Option<Uuid>,
    /// Last bericht not before this moment.
    pub vanaf: Option<DateTime<Utc>>,
    /// Last bericht before this moment.
    pub tot: Option<DateTime<Utc>>,
    /// With a bericht by one of these channels; empty = any.
    pub kanalen: Vec<String>,
    /// With one of these statuses; empty = any.
    pub statussen: Vec<Gespreksstatus>,
    /// About the zaak with one of these keys; empty = any.
    pub zaken: Vec<String>,
    /// Changed after this place in the log.
    pub gewijzigd_sinds: Option<i64>,
    /// What may be seen of confidential berichten.
    pub vertrouwelijk: VertrouwelijkFilter,
}

/// A page of the gesprekken of a klant.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    reader: &Reader,
    filter: &GesprekFilter,
    volgorde: Volgorde,
    request: PageRequest,
) -> sqlx::Result<Page<GesprekDocument>> {
    let mut query =
        QueryBuilder::<Postgres>::new("SELECT laatste_bericht_op, gesprek_id, document ");
    push_filter(&mut query, filter);
    push_page(&mut query, LAATSTE, volgorde, request);
    let rows: Vec<KeyedRow<GesprekDocument>> = query.build_query_as().fetch_all(reader).await?;
    Ok(Page::of(rows, request))
}

/// Number of gesprekken of a klant that fit the filter.
///
/// # Errors
/// When the database does not answer.
pub async fn count(reader: &Reader, filter: &GesprekFilter) -> sqlx::Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) ");
    push_filter(&mut query, filter);
    query.build_query_scalar().fetch_one(reader).await
}

fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &GesprekFilter) {
    query.push("FROM read_side.gesprekken WHERE partij_id = ").push_bind(filter.partij_id);
    query.push(" AND ").push_bind(filter.vertrouwelijk.code()).push(" = ANY(vertrouwelijk)");
    if let Some(gesprek_id) = filter.gesprek_id {
        query.push(" AND gesprek_id = ").push_bind(gesprek_id);
    }
    if let Some(vanaf) = filter.vanaf {
        query.push(" AND laatste_bericht_op >= ").push_bind(vanaf);
    }
    if let Some(tot) = filter.tot {
        query.push(" AND laatste_bericht_op < ").push_bind(tot);
    }
    if !filter.kanalen.is_empty() {
        query.push(" AND kanalen && ").push_bind(filter.kanalen.clone());
    }
    if !filter.statussen.is_empty() {
        let codes: Vec<&str> = filter.statussen.iter().map(|status| status.code()).collect();
        query.push(" AND status = ANY(").push_bind(codes).push(")");
    }
    if !filter.zaken.is_empty() {
        query.push(" AND zaken && ").push_bind(filter.zaken.clone());
    }
    if let Some(sinds) = filter.gewijzigd_sinds {
        query.push(" AND gewijzigd > ").push_bind(sinds);
    }
}

/// Who reads berichten of gesprekken in which it takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Gespreksdeelnemer {
    /// The klant.
    pub partij_id: Uuid,
    /// What may be seen of confidential berichten.
    pub vertrouwelijk: VertrouwelijkFilter,
}

/// A page of the berichten of one gesprek.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BerichtenVraag {
    /// The gesprek.
    pub gesprek_id: Uuid,
    /// Whether no other klant takes part in it.
    pub alleen: bool,
    /// Number of berichten, 1 to 100.
    pub first: u32,
    /// The bericht after which the page begins.
    pub after: Option<Sleutel>,
}

/// The pages of berichten that a klant asks for, each the newest first, in the order of the questions;
/// all in one statement.
///
/// # Errors
/// When the database does not answer.
pub async fn berichten(
    reader: &Reader,
    lezer: Gespreksdeelnemer,
    vragen: &[BerichtenVraag],
) -> sqlx::Result<Vec<Page<ContactDocument>>> {
    let request = |vraag: &BerichtenVraag| PageRequest { first: vraag.first, after: vraag.after };
    let after = || vragen.iter().map(|vraag| vraag.after);
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT v.nummer, b.op, b.klantcontact_id, b.document FROM unnest(",
    );
    query.push_bind(vragen.iter().map(|vraag| vraag.gesprek_id).collect::<Vec<_>>()).push(", ");
    query.push_bind(vragen.iter().map(|vraag| vraag.alleen).collect::<Vec<_>>()).push(", ");
    query.push_bind(vragen.iter().map(|vraag| request(vraag).limit()).collect::<Vec<_>>());
    query.push(", ").push_bind(after().map(|key| key?.moment).collect::<Vec<_>>());
    query.push(", ").push_bind(after().map(|key| Some(key?.id)).collect::<Vec<_>>());
    query.push(
        ") WITH ORDINALITY AS v (gesprek_id, alleen, hoogstens, na_op, na_id, nummer)
         CROSS JOIN LATERAL (
             SELECT b.op, b.klantcontact_id, b.document FROM read_side.gesprek_berichten b
             WHERE b.gesprek_id = v.gesprek_id AND b.voor_klant
               AND (v.na_id IS NULL OR (b.op, b.klantcontact_id) < (v.na_op, v.na_id))
               AND (b.partijen = '{}' OR ",
    );
    query.push_bind(lezer.partij_id).push(" = ANY(b.partijen))");
    match lezer.vertrouwelijk {
        VertrouwelijkFilter::Alle => {}
        VertrouwelijkFilter::AlleenEigen => {
            query.push(
                " AND (NOT b.vertrouwelijk OR b.alleen_klant OR (b.partijen = '{}' AND v.alleen))",
            );
        }
        VertrouwelijkFilter::Geen => {
            query.push(" AND NOT b.vertrouwelijk");
        }
    }
    query.push(
        " ORDER BY b.op DESC, b.klantcontact_id DESC LIMIT v.hoogstens) AS b
         ORDER BY v.nummer, b.op DESC, b.klantcontact_id DESC",
    );
    let rows: Vec<(i64, DateTime<Utc>, Uuid, Json<ContactDocument>)> =
        query.build_query_as().fetch_all(reader).await?;
    let mut rows = rows.into_iter().peekable();
    let pages = (1..).zip(vragen).map(|(nummer, vraag)| {
        let mut own: Vec<KeyedRow<ContactDocument>> = Vec::new();
        while let Some((_, op, id, document)) = rows.next_if(|row| row.0 == nummer) {
            own.push((Some(op), id, document));
        }
        Page::of(own, request(vraag))
    });
    Ok(pages.collect())
}

/// To which gesprek these klantcontacten belong, in no order; unknown keys are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn ids_of(reader: &Reader, klantcontacten: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    let sql = "SELECT klantcontact_id, gesprek_id FROM read_side.gesprek_berichten
               WHERE klantcontact_id = ANY($1)";
    sqlx::query_as(sql).bind(klantcontacten).fetch_all(reader).await
}

/// Which berichten an employee asks: those of the gesprek of one klantcontact that are of the same klant,
/// or on which no known klant hangs.
#[derive(Debug, Clone, Copy)]
pub struct RondContact {
    /// The klantcontact.
    pub klantcontact_id: Uuid,
    /// Leave confidential berichten out.
    pub zonder_vertrouwelijk: bool,
}

/// A page of the berichten around a klantcontact, itself among them, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn rond_contact(
    reader: &Reader,
    rond: RondContact,
    request: PageRequest,
) -> sqlx::Result<Page<ContactDocument>> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT b.op, b.klantcontact_id, b.document ");
    push_rond(&mut query, rond);
    push_page(&mut query, OP, Volgorde::NieuwsteEerst, request);
    let rows: Vec<KeyedRow<ContactDocument>> = query.build_query_as().fetch_all(reader).await?;
    Ok(Page::of(rows, request))
}

/// Number of berichten around a klantcontact.
///
/// # Errors
/// When the database does not answer.
pub async fn count_rond_contact(reader: &Reader, rond: RondContact) -> sqlx::Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) ");
    push_rond(&mut query, rond);
    query.build_query_scalar().fetch_one(reader).await
}

fn push_rond(query: &mut QueryBuilder<Postgres>, rond: RondContact) {
    query.push(
        "FROM read_side.gesprek_berichten zelf
         JOIN read_side.gesprek_berichten b ON b.gesprek_id = zelf.gesprek_id
         WHERE (b.partijen = '{}' OR b.partijen && zelf.partijen) AND zelf.klantcontact_id = ",
    );
    query.push_bind(rond.klantcontact_id);
    if rond.zonder_vertrouwelijk {
        query.push(" AND NOT b.vertrouwelijk");
    }
}
