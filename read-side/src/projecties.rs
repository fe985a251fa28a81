//! Projecties: how far every generation of every product is, for whoever runs the service.

use chrono::{DateTime, Utc};

use crate::reader::Reader;

/// How far one generation of a product is.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectieRow {
    /// The product.
    pub product: String,
    /// The generation.
    pub generatie: i32,
    /// The version of the product that folds it.
    pub versie: i32,
    /// Whether readers see it.
    pub actief: bool,
    /// How far its making is: `lezen`, `afleiden`, `indexeren`, `inhalen`, `klaar` or `vervalt`.
    pub fase: String,
    /// Whether an operator lets it stand still.
    pub gepauzeerd: bool,
    /// Last position that a rebuild reads in bulk; none for a generation that was never rebuilt.
    pub doel: Option<i64>,
    /// Place in the log up to which everything is in the generation.
    pub positie: i64,
    /// Number of events that were folded since the generation began.
    pub gebeurtenissen: i64,
    /// Everything that was recorded before this moment is in it; the epoch when nothing is.
    pub bijgewerkt_tot: DateTime<Utc>,
    /// Last visible place in the log.
    pub laatste_positie: i64,
    /// Positions whose transaction has not ended.
    pub open_gaten: i32,
    /// Events that may not be in it; beyond 100,000 the number of positions.
    pub achterstand: i64,
    /// What a rebuild is, or was, doing to it: a phase, or `nakijken`; none when it is made.
    pub voortgang_fase: Option<String>,
    /// How much of that is done, in its own unit.
    pub gedaan: Option<i64>,
    /// How much there is to do.
    pub totaal: Option<i64>,
    /// How much is done in a second, when that could be measured.
    pub per_seconde: Option<f64>,
    /// When this was so.
    pub voortgang_op: Option<DateTime<Utc>>,
}

/// Every generation, by product and number.
///
/// # Errors
/// When the database does not answer.
pub async fn all(reader: &Reader) -> sqlx::Result<Vec<ProjectieRow>> {
    sqlx::query_as!(
        ProjectieRow,
        r#"SELECT product AS "product!", generatie AS "generatie!", versie AS "versie!",
                  actief AS "actief!", fase AS "fase!", gepauzeerd AS "gepauzeerd!", doel,
                  positie AS "positie!", gebeurtenissen AS "gebeurtenissen!",
                  bijgewerkt_tot AS "bijgewerkt_tot!", laatste_positie AS "laatste_positie!",
                  open_gaten AS "open_gaten!", achterstand AS "achterstand!",
                  voortgang_fase AS "voortgang_fase?", gedaan AS "gedaan?", totaal AS "totaal?",
                  per_seconde AS "per_seconde?", voortgang_op AS "voortgang_op?"
           FROM read_side.projecties ORDER BY product, generatie"#
    )
    .fetch_all(reader)
    .await
}
