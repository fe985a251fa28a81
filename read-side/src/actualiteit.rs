//! Actualiteit: up to when a product is complete.

use chrono::{DateTime, Utc};

use crate::reader::Reader;

/// How far a product is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActualiteitRow {
    /// The product.
    pub product: String,
    /// Place in the log up to which everything is in the product.
    pub positie: i64,
    /// Everything that was recorded before this moment is in the product.
    pub bijgewerkt_tot: DateTime<Utc>,
    /// The generation that is served.
    pub generatie: i32,
    /// Objects of which not everything is in it: an event of theirs could not be taken in.
    pub geparkeerd: i64,
}

/// How far these products are, in no order; unknown products are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn by_products(
    reader: &Reader,
    products: &[String],
) -> sqlx::Result<Vec<ActualiteitRow>> {
    sqlx::query_as!(
        ActualiteitRow,
        r#"SELECT product AS "product!", positie AS "positie!",
                  bijgewerkt_tot AS "bijgewerkt_tot!", generatie AS "generatie!",
                  geparkeerd AS "geparkeerd!"
           FROM read_side.actualiteit WHERE product = ANY($1)"#,
        products,
    )
    .fetch_all(reader)
    .await
}
