//! Writing the register: each event changes the rows that it names, and nothing else does.

mod actor;
mod betrokkene;
mod digitaal_adres;
mod interne_taak;
mod inzage;
mod klantcontact;
mod partij;
mod referentiewaarde;
mod vernietiging;
mod vertegenwoordiging;
mod zaaksleutels;

use events::{
    Gebeurtenis, actor_events, digitaal_adres_events, interne_taak_events, inzage_events,
    klantcontact_events, partij_events, referentiewaarde_events, vernietigingsvoorstel_events,
    vertegenwoordiging_events, zaaksleutels_events,
};
use sqlx::PgConnection;

use crate::fout::HandelingError;

/// Writes what an event says into the register.
///
/// # Errors
/// When the database refuses: a violated constraint becomes the fault that the caller can mend.
pub(crate) async fn apply(
    conn: &mut PgConnection,
    gebeurtenis: &Gebeurtenis,
) -> Result<(), HandelingError> {
    match gebeurtenis {
        partij_events!() => partij::apply(conn, gebeurtenis).await,
        digitaal_adres_events!() => digitaal_adres::apply(conn, gebeurtenis).await,
        vertegenwoordiging_events!() => vertegenwoordiging::apply(conn, gebeurtenis).await,
        klantcontact_events!() => klantcontact::apply(conn, gebeurtenis).await,
        interne_taak_events!() => interne_taak::apply(conn, gebeurtenis).await,
        actor_events!() => actor::apply(conn, gebeurtenis).await,
        referentiewaarde_events!() => referentiewaarde::apply(conn, gebeurtenis).await,
        vernietigingsvoorstel_events!() => vernietiging::apply(conn, gebeurtenis).await,
        inzage_events!() => inzage::apply(conn, gebeurtenis).await,
        zaaksleutels_events!() => zaaksleutels::apply(conn, gebeurtenis).await,
        // Never recorded: it is what is left of an event when its object is destroyed.
        Gebeurtenis::InhoudVernietigd(_) => Ok(()),
    }
}
