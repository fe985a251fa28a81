//! Writing representations.

use events::{
    Gebeurtenis, Vertegenwoordiging, actor_events, digitaal_adres_events, interne_taak_events,
    inzage_events, klantcontact_events, partij_events, referentiewaarde_events,
    vernietigingsvoorstel_events, zaaksleutels_events,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// Writes what an event of a representation says.
pub(super) async fn apply(
    conn: &mut PgConnection,
    gebeurtenis: &Gebeurtenis,
) -> Result<(), HandelingError> {
    use Gebeurtenis as G;
    match gebeurtenis {
        G::VertegenwoordigingGeregistreerd(item) => insert(conn, item).await,
        G::VertegenwoordigingBeeindigd(item) => delete(conn, item.id).await,
        partij_events!()
        | digitaal_adres_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | G::InhoudVernietigd(_)
        | inzage_events!()
        | zaaksleutels_events!() => Ok(()),
    }
}

async fn insert(conn: &mut PgConnection, item: &Vertegenwoordiging) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.vertegenwoordigingen
             (id, vertegenwoordigende_partij, vertegenwoordigde_partij) VALUES ($1, $2, $3)",
        item.id,
        item.vertegenwoordigende_partij,
        item.vertegenwoordigde_partij,
    )
    .execute(conn)
    .await
    .doing("writing a representation")?;
    Ok(())
}

async fn delete(conn: &mut PgConnection, id: Uuid) -> Result<(), HandelingError> {
    sqlx::query!("DELETE FROM write_side.vertegenwoordigingen WHERE id = $1", id)
        .execute(conn)
        .await
        .doing("ending a representation")?;
    Ok(())
}
