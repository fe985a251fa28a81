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
    /// The application with which it was done, as the audit log has it.
    pub toepassing: Option<String>,
    /// For what purpose, as the audit log has it.
    pub doelbinding: Option<String>,
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
        r#"SELECT v.start_time, v.span_id, v.name, v.processing_activity_id, v.status,
                  a.toepassing AS "toepassing?", a.doelbinding AS "doelbinding?"
           FROM logboek.verwerkingen v
           LEFT JOIN logboek.audit a
               ON a.trace_id = v.trace_id AND a.span_id = v.verzoek_span_id
           WHERE v.data_subject_id = ANY($1) AND (v.start_time, v.span_id) < ($2, $3)
           ORDER BY v.start_time DESC, v.span_id DESC LIMIT $4"#,
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
            toepassing: row.toepassing,
            doelbinding: row.doelbinding,
        })
        .collect())
}
