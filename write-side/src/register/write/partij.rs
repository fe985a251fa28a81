//! Writing partijen with their keys, accounts, choices and categories.

use events::{
    CategorieRelatie, Gebeurtenis, Partij, PartijIdentificator, Rekeningnummer,
    StandaardAdresAangewezen, VoorkeursDigitaalAdresGekozen, VoorkeursRekeningnummerGekozen,
    actor_events, digitaal_adres_events, interne_taak_events, inzage_events, klantcontact_events,
    referentiewaarde_events, vernietigingsvoorstel_events, vertegenwoordiging_events,
    zaaksleutels_events,
};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// Writes what an event of a partij says.
pub(super) async fn apply(
    conn: &mut PgConnection,
    gebeurtenis: &Gebeurtenis,
) -> Result<(), HandelingError> {
    use Gebeurtenis as G;
    match gebeurtenis {
        G::PersoonGeregistreerd(partij)
        | G::OrganisatieGeregistreerd(partij)
        | G::ContactpersoonGeregistreerd(partij) => insert(conn, partij).await,
        G::PersoonGewijzigd(change)
        | G::OrganisatieGewijzigd(change)
        | G::ContactpersoonGewijzigd(change) => update(conn, &change.nieuw).await,
        G::PartijGeactiveerd(partij) | G::PartijGedeactiveerd(partij) => update(conn, partij).await,
        G::PartijVernietigd(event) => delete(conn, event.id).await,
        G::PartijIdentificatorGeregistreerd(key) => insert_identificator(conn, key).await,
        G::PartijIdentificatorGecorrigeerd(change) => {
            update_identificator(conn, &change.nieuw).await
        }
        G::PartijIdentificatorVerwijderd(event) => {
            delete_identificator(conn, event.onderdeel.id).await
        }
        G::StandaardAdresAangewezen(event) => move_standaard_adres(conn, event).await,
        G::VoorkeursDigitaalAdresGekozen(event) => set_voorkeursadres(conn, event).await,
        G::RekeningnummerGeregistreerd(account) => insert_rekening(conn, account).await,
        G::RekeningnummerGewijzigd(change) => update_rekening(conn, &change.nieuw).await,
        G::RekeningnummerVerwijderd(account) => delete_rekening(conn, account.id).await,
        G::VoorkeursRekeningnummerGekozen(event) => set_voorkeursrekening(conn, event).await,
        G::PartijGecategoriseerd(relatie) => insert_categorie(conn, relatie).await,
        G::CategorieRelatieBeeindigd(relatie) => end_categorie(conn, relatie).await,
        digitaal_adres_events!()
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

async fn insert(conn: &mut PgConnection, partij: &Partij) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.partijen (id, nummer, soort_partij, contactnaam, naam,
             werkte_voor_partij, bezoekadres, correspondentieadres, voorkeurstaal,
             indicatie_geheimhouding, interne_notitie, indicatie_actief)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        partij.id,
        partij.nummer,
        partij.soort_partij.code(),
        partij.contactnaam.as_ref().map(Json) as _,
        partij.naam,
        partij.werkte_voor_partij,
        partij.bezoekadres.as_ref().map(Json) as _,
        partij.correspondentieadres.as_ref().map(Json) as _,
        partij.voorkeurstaal,
        partij.indicatie_geheimhouding,
        partij.interne_notitie,
        partij.indicatie_actief,
    )
    .execute(conn)
    .await
    .doing("writing a partij")?;
    Ok(())
}

async fn update(conn: &mut PgConnection, partij: &Partij) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.partijen SET contactnaam = $2, naam = $3, werkte_voor_partij = $4,
             bezoekadres = $5, correspondentieadres = $6, voorkeurstaal = $7,
             indicatie_geheimhouding = $8, interne_notitie = $9, indicatie_actief = $10
         WHERE id = $1",
        partij.id,
        partij.contactnaam.as_ref().map(Json) as _,
        partij.naam,
        partij.werkte_voor_partij,
        partij.bezoekadres.as_ref().map(Json) as _,
        partij.correspondentieadres.as_ref().map(Json) as _,
        partij.voorkeurstaal,
        partij.indicatie_geheimhouding,
        partij.interne_notitie,
        partij.indicatie_actief,
    )
    .execute(conn)
    .await
    .doing("changing a partij")?;
    Ok(())
}

/// Deletes a partij with its parts; who referred to it was changed before.
async fn delete(conn: &mut PgConnection, id: Uuid) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.partijen
         SET voorkeurs_digitaal_adres = NULL, voorkeurs_rekeningnummer = NULL WHERE id = $1",
        id,
    )
    .execute(&mut *conn)
    .await
    .doing("destroying a partij")?;
    sqlx::query!(
        "WITH sleutels AS (
             DELETE FROM write_side.partij_identificatoren WHERE identificeerde_partij = $1
         ), rekeningen AS (
             DELETE FROM write_side.rekeningnummers WHERE partij = $1
         ), categorieen AS (
             DELETE FROM write_side.categorie_relaties WHERE partij = $1
         )
         DELETE FROM write_side.digitale_adressen WHERE verstrekt_door_partij = $1",
        id,
    )
    .execute(&mut *conn)
    .await
    .doing("destroying the parts of a partij")?;
    sqlx::query!("DELETE FROM write_side.partijen WHERE id = $1", id)
        .execute(conn)
        .await
        .doing("destroying a partij")?;
    Ok(())
}

async fn insert_identificator(
    conn: &mut PgConnection,
    item: &PartijIdentificator,
) -> Result<(), HandelingError> {
    let key = &item.partij_identificator;
    sqlx::query!(
        "INSERT INTO write_side.partij_identificatoren (id, identificeerde_partij, code_objecttype,
             code_soort_object_id, object_id, code_register, sub_identificator_van)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        item.id,
        item.identificeerde_partij,
        key.code_objecttype,
        key.code_soort_object_id,
        key.object_id,
        key.code_register,
        item.sub_identificator_van,
    )
    .execute(conn)
    .await
    .doing("writing an identificator")?;
    Ok(())
}

async fn update_identificator(
    conn: &mut PgConnection,
    item: &PartijIdentificator,
) -> Result<(), HandelingError> {
    let key = &item.partij_identificator;
    sqlx::query!(
        "UPDATE write_side.partij_identificatoren SET code_objecttype = $2,
             code_soort_object_id = $3, object_id = $4, code_register = $5,
             sub_identificator_van = $6
         WHERE id = $1",
        item.id,
        key.code_objecttype,
        key.code_soort_object_id,
        key.object_id,
        key.code_register,
        item.sub_identificator_van,
    )
    .execute(conn)
    .await
    .doing("correcting an identificator")?;
    Ok(())
}

async fn delete_identificator(conn: &mut PgConnection, id: Uuid) -> Result<(), HandelingError> {
    sqlx::query!("DELETE FROM write_side.partij_identificatoren WHERE id = $1", id)
        .execute(conn)
        .await
        .doing("removing an identificator")?;
    Ok(())
}

async fn move_standaard_adres(
    conn: &mut PgConnection,
    event: &StandaardAdresAangewezen,
) -> Result<(), HandelingError> {
    let moves = [(event.vorig_digitaal_adres, false), (Some(event.digitaal_adres), true)];
    for (id, standaard) in moves {
        sqlx::query!(
            "UPDATE write_side.digitale_adressen SET is_standaard_adres = $2 WHERE id = $1",
            id,
            standaard,
        )
        .execute(&mut *conn)
        .await
        .doing("moving the standard address")?;
    }
    Ok(())
}

async fn set_voorkeursadres(
    conn: &mut PgConnection,
    event: &VoorkeursDigitaalAdresGekozen,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.partijen SET voorkeurs_digitaal_adres = $2 WHERE id = $1",
        event.partij,
        event.digitaal_adres,
    )
    .execute(conn)
    .await
    .doing("choosing the preferred address")?;
    Ok(())
}

async fn insert_rekening(
    conn: &mut PgConnection,
    account: &Rekeningnummer,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.rekeningnummers (id, partij, iban, bic) VALUES ($1, $2, $3, $4)",
        account.id,
        account.partij,
        account.iban,
        account.bic,
    )
    .execute(conn)
    .await
    .doing("writing a bank account")?;
    Ok(())
}

async fn update_rekening(
    conn: &mut PgConnection,
    account: &Rekeningnummer,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.rekeningnummers SET iban = $2, bic = $3 WHERE id = $1",
        account.id,
        account.iban,
        account.bic,
    )
    .execute(conn)
    .await
    .doing("changing a bank account")?;
    Ok(())
}

async fn delete_rekening(conn: &mut PgConnection, id: Uuid) -> Result<(), HandelingError> {
    sqlx::query!("DELETE FROM write_side.rekeningnummers WHERE id = $1", id)
        .execute(conn)
        .await
        .doing("removing a bank account")?;
    Ok(())
}

async fn set_voorkeursrekening(
    conn: &mut PgConnection,
    event: &VoorkeursRekeningnummerGekozen,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.partijen SET voorkeurs_rekeningnummer = $2 WHERE id = $1",
        event.partij,
        event.rekeningnummer,
    )
    .execute(conn)
    .await
    .doing("choosing the preferred account")?;
    Ok(())
}

async fn insert_categorie(
    conn: &mut PgConnection,
    relatie: &CategorieRelatie,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.categorie_relaties (id, partij, categorie, begin_datum, eind_datum)
         VALUES ($1, $2, $3, $4, $5)",
        relatie.id,
        relatie.partij,
        relatie.categorie,
        relatie.begin_datum,
        relatie.eind_datum,
    )
    .execute(conn)
    .await
    .doing("putting a partij in a category")?;
    Ok(())
}

async fn end_categorie(
    conn: &mut PgConnection,
    relatie: &CategorieRelatie,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.categorie_relaties SET eind_datum = $2 WHERE id = $1",
        relatie.id,
        relatie.eind_datum,
    )
    .execute(conn)
    .await
    .doing("taking a partij out of a category")?;
    Ok(())
}
