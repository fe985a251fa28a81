//! Writing the keys of zaken.

use events::{
    Gebeurtenis, Zaaksleutels, actor_events, digitaal_adres_events, interne_taak_events,
    inzage_events, klantcontact_events, partij_events, referentiewaarde_events,
    vernietigingsvoorstel_events, vertegenwoordiging_events,
};
use sqlx::PgConnection;

use crate::fout::{Doing, HandelingError};

/// Writes what an event of the keys of a zaak says.
pub(super) async fn apply(
    conn: &mut PgConnection,
    gebeurtenis: &Gebeurtenis,
) -> Result<(), HandelingError> {
    use Gebeurtenis as G;
    match gebeurtenis {
        G::ZaaksleutelsVastgelegd(pair) => put(conn, pair).await,
        G::ZaaksleutelsGecorrigeerd(change) => put(conn, &change.nieuw).await,
        partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | inzage_events!()
        | G::InhoudVernietigd(_) => Ok(()),
    }
}

async fn put(conn: &mut PgConnection, pair: &Zaaksleutels) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.zaaksleutels (id, uuid, identificatie, code_register)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE
         SET uuid = excluded.uuid, identificatie = excluded.identificatie,
             code_register = excluded.code_register",
        pair.id,
        pair.uuid,
        pair.identificatie,
        pair.code_register,
    )
    .execute(conn)
    .await
    .doing("writing keys of a zaak")?;
    Ok(())
}
