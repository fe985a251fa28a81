//! Contactverzoek: everything about one interne taak, for those to whom it is assigned.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use chrono::{DateTime, Utc};

use crate::contact::ContactDocument;
use crate::reader::Reader;
use crate::taak::ContactverzoekDocument;

/// What is known to have happened to an interne taak, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogboekDocument {
    /// When.
    pub op: DateTime<Utc>,
    /// What.
    pub wat: Logboekfeit,
    /// What was said about it; internal.
    pub toelichting: Option<String>,
}

/// Something that happens to an interne taak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Logboekfeit {
    /// The klantcontact that led to it took place.
    Contact,
    /// It was assigned.
    Toegewezen,
    /// It was handled.
    Afgehandeld,
    /// It was passed on: another one took its place.
    Doorgestuurd,
    /// It was opened again.
    Heropend,
}

/// The ways to name one interne taak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaakKey {
    /// Key of the interne taak.
    TaakId(Uuid),
    /// Number for use in conversation.
    Nummer(String),
}

/// The prepared row of one interne taak.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ContactverzoekRow {
    /// The contactverzoek as a work list shows it.
    pub document: Json<ContactverzoekDocument>,
    /// The klantcontact that led to it, if that is known.
    pub contact: Option<Json<ContactDocument>>,
    /// What happened to it, oldest first.
    pub logboek: Json<Vec<LogboekDocument>>,
}

/// The interne taak with this key, if it is assigned to one of these actoren.
///
/// # Errors
/// When the database does not answer.
pub async fn by_key(
    reader: &Reader,
    key: &TaakKey,
    actoren: &[Uuid],
) -> sqlx::Result<Option<ContactverzoekRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT document, contact, logboek FROM read_side.taken WHERE ",
    );
    match key {
        TaakKey::TaakId(id) => query.push("taak_id = ").push_bind(*id),
        TaakKey::Nummer(nummer) => query.push("nummer = ").push_bind(nummer.clone()),
    };
    query.push(" AND actoren && ").push_bind(actoren.to_vec());
    query.push(" ORDER BY taak_id LIMIT 1");
    query.build_query_as().fetch_optional(reader).await
}
