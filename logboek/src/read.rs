//! Reading the log of processings: what was done with the data of one betrokkene.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

/// That data of a betrokkene were processed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verwerkingsregel {
    /// When.
    pub tijdstip: DateTime<Utc>,
    /// Key of this processing.
    pub span_id: Vec<u8>,
    /// By which operation.
    pub naam: String,
    /// As part of which activity.
    pub activiteit: String,
    /// Whether it came to an answer.
    pub gelukt: bool,
}

/// The processings of data of whoever has one of these pseudonyms, newest first, after a place in that
/// list, at most so many.
///
/// # Errors
/// When the database does not answer.
pub async fn of_betrokkene(
    pool: &PgPool,
    pseudoniemen: &[String],
    after: Option<(i64, &[u8])>,
    first: i64,
) -> sqlx::Result<Vec<Verwerkingsregel>> {
    let (moment, span) = after.unwrap_or((i64::MAX, &[]));
    let rows = sqlx::query!(
        r#"SELECT start_time, span_id, name, processing_activity_id, status
           FROM logboek.verwerkingen
           WHERE data_subject_id = ANY($1) AND (start_time, span_id) < ($2, $3)
           ORDER BY start_time DESC, span_id DESC LIMIT $4"#,
        pseudoniemen,
        moment,
        span,
        first,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Verwerkingsregel {
            tijdstip: DateTime::from_timestamp_millis(row.start_time).unwrap_or_default(),
            span_id: row.span_id,
            naam: row.name,
            activiteit: row.processing_activity_id,
            gelukt: row.status == "Ok",
        })
        .collect())
}
