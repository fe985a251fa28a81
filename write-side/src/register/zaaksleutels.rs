//! Reading the keys of zaken.

use events::Zaaksleutels;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// The pair with this key.
pub(crate) async fn load(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Zaaksleutels>, HandelingError> {
    Ok(paren(conn, &[id]).await?.pop())
}

/// The pairs with these keys.
pub(crate) async fn paren(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Zaaksleutels>, HandelingError> {
    sqlx::query_as!(
        Zaaksleutels,
        "SELECT id, uuid, identificatie, code_register FROM write_side.zaaksleutels
         WHERE id = ANY($1)",
        ids,
    )
    .fetch_all(conn)
    .await
    .doing("reading keys of zaken")
}

/// The pairs that have the uuid or the identificatie of this one.
pub(crate) async fn met(
    conn: &mut PgConnection,
    pair: &Zaaksleutels,
) -> Result<Vec<Zaaksleutels>, HandelingError> {
    sqlx::query_as!(
        Zaaksleutels,
        "SELECT id, uuid, identificatie, code_register FROM write_side.zaaksleutels
         WHERE uuid = $1 OR lower(identificatie) = lower($2)",
        pair.uuid,
        pair.identificatie,
    )
    .fetch_all(conn)
    .await
    .doing("reading keys of zaken")
}
