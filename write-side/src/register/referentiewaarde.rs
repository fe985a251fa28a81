//! Values of reference lists.

use events::Referentiewaarde;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// The value with this key.
pub(crate) async fn load(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Referentiewaarde>, HandelingError> {
    Ok(waarden(conn, &[id]).await?.pop())
}

/// The values with these keys.
pub(crate) async fn waarden(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Referentiewaarde>, HandelingError> {
    sqlx::query_as!(
        Referentiewaarde,
        "SELECT id, lijst, code, naam, indicatie_actief, validatie, hoort_bij, ingangsdatum,
                einddatum
         FROM write_side.referentiewaarden WHERE id = ANY($1)",
        ids,
    )
    .fetch_all(conn)
    .await
    .doing("reading values of reference lists")
}

/// The key of a value; it never changes, and a value never goes.
pub(crate) async fn id(
    pool: &PgPool,
    lijst: &str,
    code: &str,
) -> Result<Option<Uuid>, HandelingError> {
    sqlx::query_scalar!(
        "SELECT id FROM write_side.referentiewaarden WHERE lijst = $1 AND code = $2",
        lijst,
        code,
    )
    .fetch_optional(pool)
    .await
    .doing("looking for a value of a reference list")
}

/// The values of these lists, in the order of their codes.
pub(crate) async fn van_lijsten(
    pool: &PgPool,
    lijsten: &[&str],
) -> Result<Vec<Referentiewaarde>, HandelingError> {
    sqlx::query_as!(
        Referentiewaarde,
        r#"SELECT id, lijst, code, naam, indicatie_actief, validatie, hoort_bij, ingangsdatum,
                  einddatum
           FROM write_side.referentiewaarden WHERE lijst = ANY($1::text[]) ORDER BY code COLLATE "C""#,
        lijsten as &[&str],
    )
    .fetch_all(pool)
    .await
    .doing("reading reference lists")
}
