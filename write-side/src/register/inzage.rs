//! Reading requests for inzage.

use events::{Inzagestatus, Inzageverzoek};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// The request with this key.
pub(crate) async fn load(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Inzageverzoek>, HandelingError> {
    Ok(verzoeken(conn, &[id]).await?.pop())
}

/// The requests with these keys.
pub(crate) async fn verzoeken(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Inzageverzoek>, HandelingError> {
    let rows = sqlx::query!(
        "SELECT id, partij, kenmerk, reden, status, aangevraagd_door, aangevraagd_op,
                beoordeeld_door, beoordeeld_op, geldig_tot
         FROM write_side.inzageverzoeken WHERE id = ANY($1)",
        ids,
    )
    .fetch_all(conn)
    .await
    .doing("reading requests for inzage")?;
    let read = rows.into_iter().filter_map(|row| {
        Some(Inzageverzoek {
            id: row.id,
            partij: row.partij,
            kenmerk: row.kenmerk,
            reden: row.reden,
            status: Inzagestatus::from_code(&row.status)?,
            aangevraagd_door: row.aangevraagd_door,
            aangevraagd_op: row.aangevraagd_op,
            beoordeeld_door: row.beoordeeld_door,
            beoordeeld_op: row.beoordeeld_op,
            geldig_tot: row.geldig_tot,
        })
    });
    Ok(read.collect())
}
