//! Writing digital addresses.

use events::{
    DigitaalAdres, Gebeurtenis, actor_events, interne_taak_events, inzage_events,
    klantcontact_events, partij_events, referentiewaarde_events, vernietigingsvoorstel_events,
    vertegenwoordiging_events, zaaksleutels_events,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// Writes what an event of a digital address says.
pub(super) async fn apply(
    conn: &mut PgConnection,
    gebeurtenis: &Gebeurtenis,
) -> Result<(), HandelingError> {
    use Gebeurtenis as G;
    match gebeurtenis {
        G::DigitaalAdresGeregistreerd(event) => insert(conn, &event.digitaal_adres).await,
        G::DigitaalAdresGewijzigd(change) => update(conn, &change.nieuw).await,
        G::DigitaalAdresGeverifieerd(event) => update(conn, &event.digitaal_adres).await,
        G::DigitaalAdresVerwijderd(event) => delete(conn, event.digitaal_adres.id).await,
        partij_events!()
        | vertegenwoordiging_events!()
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

async fn insert(conn: &mut PgConnection, adres: &DigitaalAdres) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.digitale_adressen (id, soort_digitaal_adres, adres, omschrijving,
             is_standaard_adres, referentie, verificatie_datum, verstrekt_door_partij,
             verstrekt_door_betrokkene)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        adres.id,
        adres.soort_digitaal_adres,
        adres.adres,
        adres.omschrijving,
        adres.is_standaard_adres,
        adres.referentie,
        adres.verificatie_datum,
        adres.verstrekt_door_partij,
        adres.verstrekt_door_betrokkene,
    )
    .execute(conn)
    .await
    .doing("writing a digital address")?;
    Ok(())
}

async fn update(conn: &mut PgConnection, adres: &DigitaalAdres) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.digitale_adressen SET adres = $2, omschrijving = $3,
             is_standaard_adres = $4, referentie = $5, verificatie_datum = $6
         WHERE id = $1",
        adres.id,
        adres.adres,
        adres.omschrijving,
        adres.is_standaard_adres,
        adres.referentie,
        adres.verificatie_datum,
    )
    .execute(conn)
    .await
    .doing("changing a digital address")?;
    Ok(())
}

async fn delete(conn: &mut PgConnection, id: Uuid) -> Result<(), HandelingError> {
    sqlx::query!("DELETE FROM write_side.digitale_adressen WHERE id = $1", id)
        .execute(conn)
        .await
        .doing("removing a digital address")?;
    Ok(())
}
