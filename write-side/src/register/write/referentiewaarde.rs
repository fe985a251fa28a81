//! Writing values of reference lists.

use events::{
    Gebeurtenis, Referentiewaarde, actor_events, digitaal_adres_events, interne_taak_events,
    inzage_events, klantcontact_events, partij_events, vernietigingsvoorstel_events,
    vertegenwoordiging_events, zaaksleutels_events,
};
use sqlx::PgConnection;

use crate::fout::{Doing, HandelingError};

/// Writes what an event of a value says.
pub(super) async fn apply(
    conn: &mut PgConnection,
    gebeurtenis: &Gebeurtenis,
) -> Result<(), HandelingError> {
    use Gebeurtenis as G;
    match gebeurtenis {
        G::ReferentiewaardeGeregistreerd(waarde) => insert(conn, waarde).await,
        G::ReferentiewaardeGecorrigeerd(change) => update(conn, &change.nieuw).await,
        G::ReferentiewaardeGeactiveerd(waarde) | G::ReferentiewaardeGedeactiveerd(waarde) => {
            update(conn, waarde).await
        }
        partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | vernietigingsvoorstel_events!()
        | G::InhoudVernietigd(_)
        | inzage_events!()
        | zaaksleutels_events!() => Ok(()),
    }
}

async fn insert(conn: &mut PgConnection, waarde: &Referentiewaarde) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.referentiewaarden (id, lijst, code, naam, indicatie_actief,
             validatie, hoort_bij, ingangsdatum, einddatum)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        waarde.id,
        waarde.lijst,
        waarde.code,
        waarde.naam,
        waarde.indicatie_actief,
        waarde.validatie,
        waarde.hoort_bij,
        waarde.ingangsdatum,
        waarde.einddatum,
    )
    .execute(conn)
    .await
    .doing("writing a value of a reference list")?;
    Ok(())
}

async fn update(conn: &mut PgConnection, waarde: &Referentiewaarde) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.referentiewaarden SET naam = $2, indicatie_actief = $3, validatie = $4,
             hoort_bij = $5, ingangsdatum = $6, einddatum = $7
         WHERE id = $1",
        waarde.id,
        waarde.naam,
        waarde.indicatie_actief,
        waarde.validatie,
        waarde.hoort_bij,
        waarde.ingangsdatum,
        waarde.einddatum,
    )
    .execute(conn)
    .await
    .doing("changing a value of a reference list")?;
    Ok(())
}
