//! Writing actoren.

use events::{
    Actor, Gebeurtenis, digitaal_adres_events, interne_taak_events, inzage_events,
    klantcontact_events, partij_events, referentiewaarde_events, vernietigingsvoorstel_events,
    vertegenwoordiging_events, zaaksleutels_events,
};
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::fout::{Doing, HandelingError};

/// Writes what an event of an actor says.
pub(super) async fn apply(
    conn: &mut PgConnection,
    gebeurtenis: &Gebeurtenis,
) -> Result<(), HandelingError> {
    use Gebeurtenis as G;
    match gebeurtenis {
        G::MedewerkerGeregistreerd(actor)
        | G::OrganisatorischeEenheidGeregistreerd(actor)
        | G::GeautomatiseerdeActorGeregistreerd(actor) => insert(conn, actor).await,
        G::MedewerkerGewijzigd(change)
        | G::OrganisatorischeEenheidGewijzigd(change)
        | G::GeautomatiseerdeActorGewijzigd(change) => update(conn, &change.nieuw).await,
        G::ActorGeactiveerd(actor) | G::ActorGedeactiveerd(actor) => update(conn, actor).await,
        partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | G::InhoudVernietigd(_)
        | inzage_events!()
        | zaaksleutels_events!() => Ok(()),
    }
}

async fn insert(conn: &mut PgConnection, actor: &Actor) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.actoren (id, soort_actor, naam, functie, omschrijving, emailadres,
             telefoonnummer, actoridentificator, indicatie_actief)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        actor.id,
        actor.soort_actor.code(),
        actor.naam,
        actor.functie,
        actor.omschrijving,
        actor.emailadres,
        actor.telefoonnummer,
        actor.actoridentificator.as_ref().map(Json) as _,
        actor.indicatie_actief,
    )
    .execute(conn)
    .await
    .doing("writing an actor")?;
    Ok(())
}

async fn update(conn: &mut PgConnection, actor: &Actor) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.actoren SET naam = $2, functie = $3, omschrijving = $4, emailadres = $5,
             telefoonnummer = $6, actoridentificator = $7, indicatie_actief = $8
         WHERE id = $1",
        actor.id,
        actor.naam,
        actor.functie,
        actor.omschrijving,
        actor.emailadres,
        actor.telefoonnummer,
        actor.actoridentificator.as_ref().map(Json) as _,
        actor.indicatie_actief,
    )
    .execute(conn)
    .await
    .doing("changing an actor")?;
    Ok(())
}
