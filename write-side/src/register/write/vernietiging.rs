//! Writing proposals to destroy objects.

use events::{
    Gebeurtenis, Vernietigingsvoorstel, actor_events, digitaal_adres_events, interne_taak_events,
    inzage_events, klantcontact_events, partij_events, referentiewaarde_events,
    vertegenwoordiging_events, zaaksleutels_events,
};
use sqlx::PgConnection;

use crate::fout::{Doing, HandelingError};

/// Writes what an event of a proposal says.
pub(super) async fn apply(
    conn: &mut PgConnection,
    gebeurtenis: &Gebeurtenis,
) -> Result<(), HandelingError> {
    use Gebeurtenis as G;
    match gebeurtenis {
        G::VernietigingVoorgesteld(voorstel)
        | G::VernietigingGoedgekeurd(voorstel)
        | G::VernietigingAfgewezen(voorstel)
        | G::VernietigingUitgevoerd(voorstel) => upsert(conn, voorstel).await,
        partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | G::InhoudVernietigd(_)
        | inzage_events!()
        | zaaksleutels_events!() => Ok(()),
    }
}

async fn upsert(
    conn: &mut PgConnection,
    voorstel: &Vernietigingsvoorstel,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.vernietigingsvoorstellen (id, objectsoort, object_id, grond,
             besluit, status, voorgesteld_door, beoordeeld_door, uitgevoerd_door)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE
         SET status = excluded.status, beoordeeld_door = excluded.beoordeeld_door,
             uitgevoerd_door = excluded.uitgevoerd_door",
        voorstel.id,
        voorstel.object.soort.code(),
        voorstel.object.id,
        voorstel.grond,
        voorstel.besluit,
        voorstel.status.code(),
        voorstel.voorgesteld_door,
        voorstel.beoordeeld_door,
        voorstel.uitgevoerd_door,
    )
    .execute(conn)
    .await
    .doing("writing a proposal to destroy something")?;
    Ok(())
}
