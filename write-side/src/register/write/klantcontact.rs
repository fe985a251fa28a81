//! Writing klantcontacten with their parts.

use events::{
    ActorKlantcontact, Bijlage, Gebeurtenis, Klantcontact, Onderwerpobject, actor_events,
    digitaal_adres_events, interne_taak_events, inzage_events, partij_events,
    referentiewaarde_events, vernietigingsvoorstel_events, vertegenwoordiging_events,
    zaaksleutels_events,
};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::betrokkene;
use crate::fout::{Doing, HandelingError};

/// Writes what an event of a klantcontact says.
pub(super) async fn apply(
    conn: &mut PgConnection,
    gebeurtenis: &Gebeurtenis,
) -> Result<(), HandelingError> {
    use Gebeurtenis as G;
    match gebeurtenis {
        G::KlantcontactGeregistreerd(contact) => insert(conn, contact).await,
        G::KlantcontactAangevuld(event) => update(conn, &event.klantcontact).await,
        G::KlantcontactGecorrigeerd(change) => update(conn, &change.nieuw).await,
        G::KlantcontactVernietigd(event) => delete(conn, event.id).await,
        G::ActorAanKlantcontactGekoppeld(coupling) => insert_actor(conn, coupling).await,
        G::ActorVanKlantcontactOntkoppeld(coupling) => delete_actor(conn, coupling.id).await,
        G::BetrokkeneBijKlantcontactGeregistreerd(item) => betrokkene::insert(conn, item).await,
        G::BetrokkeneBijKlantcontactGewijzigd(change) => {
            betrokkene::update(conn, &change.nieuw).await
        }
        G::PartijAanBetrokkeneGekoppeld(item) => betrokkene::update(conn, item).await,
        G::PartijVanBetrokkeneOntkoppeld(event) => {
            betrokkene::update(conn, &event.betrokkene).await
        }
        G::BetrokkeneGeanonimiseerd(item) => betrokkene::anonymize(conn, item).await,
        G::BetrokkeneBijKlantcontactVerwijderd(event) => {
            betrokkene::delete(conn, event.onderdeel.id).await
        }
        G::BijlageGeregistreerd(bijlage) => insert_bijlage(conn, bijlage).await,
        G::BijlageGecorrigeerd(change) => update_bijlage(conn, &change.nieuw).await,
        G::BijlageVerwijderd(event) => delete_bijlage(conn, event.onderdeel.id).await,
        G::OnderwerpobjectGeregistreerd(object) => insert_onderwerpobject(conn, object).await,
        G::OnderwerpobjectGecorrigeerd(change) => update_onderwerpobject(conn, &change.nieuw).await,
        G::OnderwerpobjectVerwijderd(object) => delete_onderwerpobject(conn, object.id).await,
        // The link stands in the onderwerpobject; these events tell the zaak's side of it.
        G::ZaakGekoppeld(_) | G::ZaakOntkoppeld(_) => Ok(()),
        partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | G::InhoudVernietigd(_)
        | inzage_events!()
        | zaaksleutels_events!() => Ok(()),
    }
}

async fn insert(conn: &mut PgConnection, contact: &Klantcontact) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.klantcontacten (id, nummer, referentienummer, kanaal, onderwerp,
             inhoud, reactie, indicatie_contact_gelukt, taal, vertrouwelijk, plaatsgevonden_op,
             hoofd_onderwerp_type, verdere_actie_ondernomen, metadata)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        contact.id,
        contact.nummer,
        contact.referentienummer,
        contact.kanaal,
        contact.onderwerp,
        contact.inhoud,
        contact.reactie,
        contact.indicatie_contact_gelukt.code(),
        contact.taal,
        contact.vertrouwelijk,
        contact.plaatsgevonden_op,
        contact.hoofd_onderwerp_type,
        contact.verdere_actie_ondernomen,
        Json(&contact.metadata) as _,
    )
    .execute(conn)
    .await
    .doing("writing a klantcontact")?;
    Ok(())
}

async fn update(conn: &mut PgConnection, contact: &Klantcontact) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.klantcontacten SET referentienummer = $2, kanaal = $3, onderwerp = $4,
             inhoud = $5, reactie = $6, indicatie_contact_gelukt = $7, taal = $8,
             vertrouwelijk = $9, plaatsgevonden_op = $10, hoofd_onderwerp_type = $11,
             verdere_actie_ondernomen = $12, metadata = $13
         WHERE id = $1",
        contact.id,
        contact.referentienummer,
        contact.kanaal,
        contact.onderwerp,
        contact.inhoud,
        contact.reactie,
        contact.indicatie_contact_gelukt.code(),
        contact.taal,
        contact.vertrouwelijk,
        contact.plaatsgevonden_op,
        contact.hoofd_onderwerp_type,
        contact.verdere_actie_ondernomen,
        Json(&contact.metadata) as _,
    )
    .execute(conn)
    .await
    .doing("changing a klantcontact")?;
    Ok(())
}

/// Deletes a klantcontact with its parts; its interne taken went before it.
async fn delete(conn: &mut PgConnection, id: Uuid) -> Result<(), HandelingError> {
    sqlx::query!(
        "WITH betrokkenen AS (
             SELECT id FROM write_side.betrokkenen WHERE had_klantcontact = $1
         ), koppelingen AS (
             DELETE FROM write_side.actor_klantcontacten WHERE klantcontact = $1
         ), objecten AS (
             DELETE FROM write_side.onderwerpobjecten WHERE was_onderwerp_van_klantcontact = $1
         ), bijlagen AS (
             DELETE FROM write_side.bijlagen WHERE was_bijlage_van_klantcontact = $1
         )
         DELETE FROM write_side.digitale_adressen
         WHERE verstrekt_door_betrokkene IN (SELECT id FROM betrokkenen)",
        id,
    )
    .execute(&mut *conn)
    .await
    .doing("destroying the parts of a klantcontact")?;
    sqlx::query!("DELETE FROM write_side.betrokkenen WHERE had_klantcontact = $1", id)
        .execute(&mut *conn)
        .await
        .doing("destroying betrokkenen")?;
    sqlx::query!("DELETE FROM write_side.klantcontacten WHERE id = $1", id)
        .execute(conn)
        .await
        .doing("destroying a klantcontact")?;
    Ok(())
}

async fn insert_actor(
    conn: &mut PgConnection,
    coupling: &ActorKlantcontact,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.actor_klantcontacten (id, klantcontact, actor)
         VALUES ($1, $2, $3)",
        coupling.id,
        coupling.klantcontact,
        coupling.actor,
    )
    .execute(conn)
    .await
    .doing("coupling an actor")?;
    Ok(())
}

async fn delete_actor(conn: &mut PgConnection, id: Uuid) -> Result<(), HandelingError> {
    sqlx::query!("DELETE FROM write_side.actor_klantcontacten WHERE id = $1", id)
        .execute(conn)
        .await
        .doing("uncoupling an actor")?;
    Ok(())
}

async fn insert_bijlage(conn: &mut PgConnection, bijlage: &Bijlage) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.bijlagen (id, was_bijlage_van_klantcontact, bijlageidentificator)
         VALUES ($1, $2, $3)",
        bijlage.id,
        bijlage.was_bijlage_van_klantcontact,
        Json(&bijlage.bijlageidentificator) as _,
    )
    .execute(conn)
    .await
    .doing("writing a bijlage")?;
    Ok(())
}

async fn update_bijlage(conn: &mut PgConnection, bijlage: &Bijlage) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.bijlagen SET bijlageidentificator = $2 WHERE id = $1",
        bijlage.id,
        Json(&bijlage.bijlageidentificator) as _,
    )
    .execute(conn)
    .await
    .doing("correcting a bijlage")?;
    Ok(())
}

async fn delete_bijlage(conn: &mut PgConnection, id: Uuid) -> Result<(), HandelingError> {
    sqlx::query!("DELETE FROM write_side.bijlagen WHERE id = $1", id)
        .execute(conn)
        .await
        .doing("removing a bijlage")?;
    Ok(())
}

async fn insert_onderwerpobject(
    conn: &mut PgConnection,
    object: &Onderwerpobject,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.onderwerpobjecten (id, was_onderwerp_van_klantcontact,
             onderwerpobjectidentificator, onderwerp_was_klantcontact, ontstond_uit_klantcontact)
         VALUES ($1, $2, $3, $4, $5)",
        object.id,
        object.was_onderwerp_van_klantcontact,
        object.onderwerpobjectidentificator.as_ref().map(Json) as _,
        object.onderwerp_was_klantcontact,
        object.ontstond_uit_klantcontact,
    )
    .execute(conn)
    .await
    .doing("writing an onderwerpobject")?;
    Ok(())
}

async fn update_onderwerpobject(
    conn: &mut PgConnection,
    object: &Onderwerpobject,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.onderwerpobjecten SET onderwerpobjectidentificator = $2,
             onderwerp_was_klantcontact = $3
         WHERE id = $1",
        object.id,
        object.onderwerpobjectidentificator.as_ref().map(Json) as _,
        object.onderwerp_was_klantcontact,
    )
    .execute(conn)
    .await
    .doing("correcting an onderwerpobject")?;
    Ok(())
}

async fn delete_onderwerpobject(conn: &mut PgConnection, id: Uuid) -> Result<(), HandelingError> {
    sqlx::query!("DELETE FROM write_side.onderwerpobjecten WHERE id = $1", id)
        .execute(conn)
        .await
        .doing("removing an onderwerpobject")?;
    Ok(())
}
