//! Values of reference lists, by their own key.

use events::Referentiewaarde;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// The value with this key.
pub(crate) async fn load(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Referentiewaarde>, HandelingError> {
    sqlx::query_as!(
        Referentiewaarde,
        "SELECT id, lijst, code, naam, indicatie_actief, validatie, hoort_bij, ingangsdatum,
                einddatum
         FROM write_side.referentiewaarden WHERE id = $1",
        id,
    )
    .fetch_optional(conn)
    .await
    .doing("reading a value of a reference list")
}
