//! ZaakContacthistorie: the contacts about one zaak, whoever had them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::contact::ContactDocument;
use crate::keyset::{KeyedRow, Page, PageRequest, Sorted, Volgorde, push_page};
use crate::klantbeeld::AdresDocument;
use crate::reader::Reader;

/// Contacts are listed by when they took place.
const OP: Sorted = Sorted { moment: "op", id: "klantcontact_id", nullable: false };

/// Which contacts about a zaak are asked.
#[derive(Debug, Clone, Default)]
pub struct ZaakFilter {
    /// The keys of the zaak: its uuid, its identificatie, or both; capitals aside.
    pub zaken: Vec<String>,
    /// Not before this moment.
    pub vanaf: Option<DateTime<Utc>>,
    /// Before this moment.
    pub tot: Option<DateTime<Utc>>,
    /// By one of these channels; empty = any.
    pub kanalen: Vec<String>,
    /// Changed after this place in the log.
    pub gewijzigd_sinds: Option<i64>,
    /// Leave confidential contacts out.
    pub zonder_vertrouwelijk: bool,
}

/// A page of the contacts about a zaak. A contact that is linked by both keys is one row.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    reader: &Reader,
    filter: &ZaakFilter,
    volgorde: Volgorde,
    request: PageRequest,
) -> sqlx::Result<Page<ContactDocument>> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT op, klantcontact_id, document ");
    push_filter(&mut query, filter);
    push_page(&mut query, OP, volgorde, request);
    let rows: Vec<KeyedRow<ContactDocument>> = query.build_query_as().fetch_all(reader).await?;
    Ok(Page::of(rows, request))
}

/// Number of contacts about a zaak that fit the filter.
///
/// # Errors
/// When the database does not answer.
pub async fn count(reader: &Reader, filter: &ZaakFilter) -> sqlx::Result<i64> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT count(*) ");
    push_filter(&mut query, filter);
    query.build_query_scalar().fetch_one(reader).await
}

fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &ZaakFilter) {
    query.push("FROM read_side.zaak_contacten AS rij WHERE zaak = ANY(");
    query.push_bind(filter.zaken.clone()).push(")");
    if filter.zaken.len() > 1 {
        query.push(
            " AND NOT EXISTS (SELECT FROM read_side.zaak_contacten AS eerder \
             WHERE eerder.klantcontact_id = rij.klantcontact_id AND eerder.zaak < rij.zaak \
             AND eerder.zaak = ANY(",
        );
        query.push_bind(filter.zaken.clone()).push("))");
    }
    if let Some(vanaf) = filter.vanaf {
        query.push(" AND op >= ").push_bind(vanaf);
    }
    if let Some(tot) = filter.tot {
        query.push(" AND op < ").push_bind(tot);
    }
    if !filter.kanalen.is_empty() {
        query.push(" AND kanaal = ANY(").push_bind(filter.kanalen.clone()).push(")");
    }
    if let Some(sinds) = filter.gewijzigd_sinds {
        query.push(" AND gewijzigd > ").push_bind(sinds);
    }
    if filter.zonder_vertrouwelijk {
        query.push(" AND NOT vertrouwelijk");
    }
}

/// A digital address that a klant gave for one zaak only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZaakAdresDocument {
    /// The klant.
    pub partij_id: Uuid,
    /// Whether the address may not be shown: the klant asked for secrecy, or may not be approached.
    pub afgeschermd: bool,
    /// The address.
    pub adres: AdresDocument,
}

/// The addresses that klanten gave for this zaak only, in order of registration. A reference that
/// no contact was about, and that is not known as the key of a zaak, is no zaak.
///
/// # Errors
/// When the database does not answer.
pub async fn adressen(reader: &Reader, zaken: &[String]) -> sqlx::Result<Vec<ZaakAdresDocument>> {
    let rows = sqlx::query_scalar!(
        r#"SELECT document AS "document!: Json<ZaakAdresDocument>" FROM read_side.zaak_adressen
           WHERE zaak = ANY($1)
             AND (EXISTS (SELECT FROM read_side.zaak_contacten c
                          WHERE c.zaak = zaak_adressen.zaak)
                  OR EXISTS (SELECT FROM read_side.zaken z
                             WHERE zaak_adressen.zaak IN (z.uuid, z.nummer)))
           ORDER BY adres_id LIMIT 100"#,
        zaken,
    )
    .fetch_all(reader)
    .await?;
    Ok(rows.into_iter().map(|document| document.0).collect())
}
