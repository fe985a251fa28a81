//! What an operator, or a monitor, counts: objects that are parked, rows that drifted, keys checked.

use sqlx::PgPool;

use crate::error::ProjectorError;

/// The counts of one generation of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toezicht {
    /// The product.
    pub product: String,
    /// The generation.
    pub generatie: i32,
    /// Whether readers see it.
    pub actief: bool,
    /// Objects that are parked.
    pub geparkeerd: i64,
    /// Events that wait behind them.
    pub wachtend: i64,
    /// Events of the product that are skipped.
    pub overgeslagen: i64,
    /// Tables of objects that are not what the log says.
    pub drift: i64,
    /// Keys that the check of drift has compared, each round again.
    pub gecontroleerd: i64,
    /// Rounds through all keys that the check has done.
    pub rondes: i64,
}

/// The counts of every generation, by product and generation.
///
/// # Errors
/// When the database does not answer, or has not been migrated.
pub async fn toezicht(pool: &PgPool) -> Result<Vec<Toezicht>, ProjectorError> {
    sqlx::query_as!(
        Toezicht,
        r#"SELECT g.product, g.generatie, g.actief,
                  p.objecten AS "geparkeerd!", p.wachtend AS "wachtend!",
                  (SELECT count(*) FROM projector.overgeslagen o
                   WHERE o.product = g.product AND o.ingetrokken_op IS NULL) AS "overgeslagen!",
                  (SELECT count(*) FROM projector.drift d
                   WHERE d.product = g.product AND d.generatie = g.generatie) AS "drift!",
                  c.gecontroleerd AS "gecontroleerd!", c.rondes AS "rondes!"
           FROM projector.generaties g
           CROSS JOIN LATERAL (
               SELECT count(*) AS objecten, COALESCE(sum(wachtend), 0)::bigint AS wachtend
               FROM projector.geparkeerd p
               WHERE p.product = g.product AND p.generatie = g.generatie) AS p
           CROSS JOIN LATERAL (
               SELECT COALESCE(sum(gecontroleerd), 0)::bigint AS gecontroleerd,
                      COALESCE(min(rondes), 0) AS rondes
               FROM projector.driftcontrole c
               WHERE c.product = g.product AND c.generatie = g.generatie) AS c
           ORDER BY g.product, g.generatie"#
    )
    .fetch_all(pool)
    .await
    .map_err(ProjectorError::database("counting what is parked and what drifted"))
}
