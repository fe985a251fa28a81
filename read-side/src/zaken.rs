//! Zaken: the two keys of one zaak, by either of which every product finds it.

use crate::reader::Reader;

/// A zaak of which both keys are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZaakRow {
    /// Key of the zaak in its register, in lower case.
    pub uuid: String,
    /// The number that people use, in lower case.
    pub nummer: String,
    /// The number as people write it.
    pub identificatie: String,
}

/// The zaken with one of these keys, in lower case, as uuid or as number; those of which only that
/// key is known are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn by_keys(reader: &Reader, keys: &[String]) -> sqlx::Result<Vec<ZaakRow>> {
    sqlx::query_as!(
        ZaakRow,
        r#"SELECT uuid AS "uuid!", nummer AS "nummer!", identificatie AS "identificatie!"
           FROM read_side.zaken WHERE uuid = ANY($1) OR nummer = ANY($1)"#,
        keys,
    )
    .fetch_all(reader)
    .await
}
