//! Writing interne taken.

use events::{
    Gebeurtenis, InterneTaak, actor_events, digitaal_adres_events, inzage_events,
    klantcontact_events, partij_events, referentiewaarde_events, vernietigingsvoorstel_events,
    vertegenwoordiging_events, zaaksleutels_events,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// Writes what an event of an interne taak says.
pub(super) async fn apply(
    conn: &mut PgConnection,
    gebeurtenis: &Gebeurtenis,
) -> Result<(), HandelingError> {
    use Gebeurtenis as G;
    match gebeurtenis {
        G::InterneTaakGeregistreerd(taak) => insert(conn, taak).await,
        G::InterneTaakToegewezen(event) => assign(conn, &event.interne_taak).await,
        G::InterneTaakGecorrigeerd(change) => update(conn, &change.nieuw).await,
        G::InterneTaakAfgehandeld(event) => update(conn, &event.interne_taak).await,
        G::InterneTaakHeropend(event) => update(conn, &event.interne_taak).await,
        G::InterneTaakVernietigd(event) => delete(conn, event.id).await,
        partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | G::InhoudVernietigd(_)
        | inzage_events!()
        | zaaksleutels_events!() => Ok(()),
    }
}

async fn insert(conn: &mut PgConnection, taak: &InterneTaak) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.interne_taken (id, nummer, referentienummer,
             aanleidinggevend_klantcontact, gevraagde_handeling, toelichting, toegewezen_op, status,
             afgehandeld_op, afsluittoelichting)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        taak.id,
        taak.nummer,
        taak.referentienummer,
        taak.aanleidinggevend_klantcontact,
        taak.gevraagde_handeling,
        taak.toelichting,
        taak.toegewezen_op,
        taak.status.code(),
        taak.afgehandeld_op,
        taak.afsluittoelichting,
    )
    .execute(&mut *conn)
    .await
    .doing("writing an interne taak")?;
    insert_actoren(conn, taak).await
}

async fn update(conn: &mut PgConnection, taak: &InterneTaak) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.interne_taken SET gevraagde_handeling = $2, toelichting = $3,
             toegewezen_op = $4, status = $5, afgehandeld_op = $6, afsluittoelichting = $7
         WHERE id = $1",
        taak.id,
        taak.gevraagde_handeling,
        taak.toelichting,
        taak.toegewezen_op,
        taak.status.code(),
        taak.afgehandeld_op,
        taak.afsluittoelichting,
    )
    .execute(conn)
    .await
    .doing("changing an interne taak")?;
    Ok(())
}

async fn assign(conn: &mut PgConnection, taak: &InterneTaak) -> Result<(), HandelingError> {
    update(conn, taak).await?;
    sqlx::query!("DELETE FROM write_side.interne_taak_actoren WHERE interne_taak = $1", taak.id)
        .execute(&mut *conn)
        .await
        .doing("assigning an interne taak")?;
    insert_actoren(conn, taak).await
}

async fn insert_actoren(conn: &mut PgConnection, taak: &InterneTaak) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.interne_taak_actoren (interne_taak, volgnummer, actor)
         SELECT $1, volgnummer, actor
         FROM unnest($2::uuid[]) WITH ORDINALITY AS toegewezen (actor, volgnummer)",
        taak.id,
        &taak.toegewezen_aan_actoren,
    )
    .execute(conn)
    .await
    .doing("assigning an interne taak")?;
    Ok(())
}

async fn delete(conn: &mut PgConnection, id: Uuid) -> Result<(), HandelingError> {
    sqlx::query!("DELETE FROM write_side.interne_taak_actoren WHERE interne_taak = $1", id)
        .execute(&mut *conn)
        .await
        .doing("destroying an interne taak")?;
    sqlx::query!("DELETE FROM write_side.interne_taken WHERE id = $1", id)
        .execute(conn)
        .await
        .doing("destroying an interne taak")?;
    Ok(())
}
