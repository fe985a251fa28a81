//! Writing requests for inzage.

use events::{
    Gebeurtenis, Inzageverzoek, actor_events, digitaal_adres_events, interne_taak_events,
    klantcontact_events, partij_events, referentiewaarde_events, vernietigingsvoorstel_events,
    vertegenwoordiging_events, zaaksleutels_events,
};
use sqlx::PgConnection;

use crate::fout::{Doing, HandelingError};

/// Writes what an event of a request says.
pub(super) async fn apply(
    conn: &mut PgConnection,
    gebeurtenis: &Gebeurtenis,
) -> Result<(), HandelingError> {
    use Gebeurtenis as G;
    match gebeurtenis {
        G::InzageAangevraagd(verzoek)
        | G::InzageGoedgekeurd(verzoek)
        | G::InzageAfgewezen(verzoek) => upsert(conn, verzoek).await,
        partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | zaaksleutels_events!()
        | G::InhoudVernietigd(_) => Ok(()),
    }
}

async fn upsert(conn: &mut PgConnection, verzoek: &Inzageverzoek) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.inzageverzoeken (id, partij, kenmerk, reden, status,
             aangevraagd_door, aangevraagd_op, beoordeeld_door, beoordeeld_op, geldig_tot)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (id) DO UPDATE
         SET status = excluded.status, beoordeeld_door = excluded.beoordeeld_door,
             beoordeeld_op = excluded.beoordeeld_op, geldig_tot = excluded.geldig_tot",
        verzoek.id,
        verzoek.partij,
        verzoek.kenmerk,
        verzoek.reden,
        verzoek.status.code(),
        verzoek.aangevraagd_door,
        verzoek.aangevraagd_op,
        verzoek.beoordeeld_door,
        verzoek.beoordeeld_op,
        verzoek.geldig_tot,
    )
    .execute(conn)
    .await
    .doing("writing a request for inzage")?;
    Ok(())
}
