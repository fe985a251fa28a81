//! Partijen in the register, with their identificatoren, addresses, accounts and representations.

use events::{
    Adres, Contactnaam, DigitaalAdres, Partij, PartijIdentificator, Rekeningnummer, SoortPartij,
    StandaardAdresAangewezen, Vertegenwoordiging, VoorkeursDigitaalAdresGekozen,
    VoorkeursRekeningnummerGekozen,
};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

pub(super) async fn insert(conn: &mut PgConnection, partij: &Partij) -> Result<(), HandelingError> {
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

pub(super) async fn update(conn: &mut PgConnection, partij: &Partij) -> Result<(), HandelingError> {
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

pub(super) async fn insert_identificator(
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

pub(super) async fn insert_digitaal_adres(
    conn: &mut PgConnection,
    adres: &DigitaalAdres,
) -> Result<(), HandelingError> {
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

pub(super) async fn move_standaard_adres(
    conn: &mut PgConnection,
    event: &StandaardAdresAangewezen,
) -> Result<(), HandelingError> {
    for (id, standaard) in [(event.vorig_digitaal_adres, false), (event.digitaal_adres, true)] {
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

pub(super) async fn set_voorkeursadres(
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

pub(super) async fn insert_rekening(
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

pub(super) async fn set_voorkeursrekening(
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

pub(super) async fn insert_vertegenwoordiging(
    conn: &mut PgConnection,
    item: &Vertegenwoordiging,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.vertegenwoordigingen
             (id, vertegenwoordigende_partij, vertegenwoordigde_partij) VALUES ($1, $2, $3)",
        item.id,
        item.vertegenwoordigende_partij,
        item.vertegenwoordigde_partij,
    )
    .execute(conn)
    .await
    .doing("writing a representation")?;
    Ok(())
}

/// The partij with this key, without its parts.
pub(crate) async fn load(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Partij>, HandelingError> {
    let row = sqlx::query!(
        r#"SELECT nummer, soort_partij, contactnaam AS "contactnaam: Json<Contactnaam>", naam,
                  werkte_voor_partij, bezoekadres AS "bezoekadres: Json<Adres>",
                  correspondentieadres AS "correspondentieadres: Json<Adres>", voorkeurstaal,
                  indicatie_geheimhouding, interne_notitie, indicatie_actief
           FROM write_side.partijen WHERE id = $1"#,
        id,
    )
    .fetch_optional(conn)
    .await
    .doing("reading a partij")?;
    Ok(row.map(|row| Partij {
        id,
        nummer: row.nummer,
        soort_partij: SoortPartij::from_code(&row.soort_partij).unwrap_or(SoortPartij::Persoon),
        contactnaam: row.contactnaam.map(|value| value.0),
        naam: row.naam,
        werkte_voor_partij: row.werkte_voor_partij,
        bezoekadres: row.bezoekadres.map(|value| value.0),
        correspondentieadres: row.correspondentieadres.map(|value| value.0),
        voorkeurstaal: row.voorkeurstaal,
        indicatie_geheimhouding: row.indicatie_geheimhouding,
        interne_notitie: row.interne_notitie,
        indicatie_actief: row.indicatie_actief,
    }))
}

/// The digital addresses of a partij, in order of registration.
pub(crate) async fn load_digitale_adressen(
    conn: &mut PgConnection,
    partij: Uuid,
) -> Result<Vec<DigitaalAdres>, HandelingError> {
    sqlx::query_as!(
        DigitaalAdres,
        "SELECT id, soort_digitaal_adres, adres, omschrijving, is_standaard_adres, referentie,
                verificatie_datum, verstrekt_door_partij, verstrekt_door_betrokkene
         FROM write_side.digitale_adressen WHERE verstrekt_door_partij = $1 ORDER BY id",
        partij,
    )
    .fetch_all(conn)
    .await
    .doing("reading digital addresses")
}

/// The identificatoren of a partij, in order of registration.
pub(crate) async fn load_identificatoren(
    conn: &mut PgConnection,
    partij: Uuid,
) -> Result<Vec<PartijIdentificator>, HandelingError> {
    let rows = sqlx::query!(
        r#"SELECT i.id, i.code_objecttype, i.code_soort_object_id, i.object_id, i.code_register,
                  i.sub_identificator_van, h.code_objecttype AS "hoofd_objecttype?",
                  h.code_soort_object_id AS "hoofd_soort?", h.object_id AS "hoofd_object_id?",
                  h.code_register AS "hoofd_register?"
           FROM write_side.partij_identificatoren i
           LEFT JOIN write_side.partij_identificatoren h ON h.id = i.sub_identificator_van
           WHERE i.identificeerde_partij = $1 ORDER BY i.id"#,
        partij,
    )
    .fetch_all(conn)
    .await
    .doing("reading identificatoren")?;
    let key = |objecttype, soort, object_id, register| events::Identificator {
        code_objecttype: objecttype,
        code_soort_object_id: soort,
        object_id,
        code_register: register,
    };
    Ok(rows
        .into_iter()
        .map(|row| PartijIdentificator {
            id: row.id,
            identificeerde_partij: partij,
            partij_identificator: key(
                row.code_objecttype,
                row.code_soort_object_id,
                row.object_id,
                row.code_register,
            ),
            sub_identificator_van: row.sub_identificator_van,
            hoofdidentificator: row
                .hoofd_objecttype
                .zip(row.hoofd_soort)
                .zip(row.hoofd_object_id.zip(row.hoofd_register))
                .map(|((objecttype, soort), (id, register))| key(objecttype, soort, id, register)),
        })
        .collect())
}

/// An identificator by its own key: the parent of another one.
pub(crate) async fn load_identificator(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<events::Identificator>, HandelingError> {
    sqlx::query_as!(
        events::Identificator,
        "SELECT code_objecttype, code_soort_object_id, object_id, code_register
         FROM write_side.partij_identificatoren WHERE id = $1",
        id,
    )
    .fetch_optional(conn)
    .await
    .doing("reading an identificator")
}

/// Whether a partij is registered under this key, within the same parent.
pub(crate) async fn identificator_exists(
    conn: &mut PgConnection,
    key: &events::Identificator,
    parent: Option<Uuid>,
) -> Result<bool, HandelingError> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM write_side.partij_identificatoren
               WHERE code_objecttype = $1 AND code_soort_object_id = $2 AND object_id = $3
                 AND code_register = $4 AND sub_identificator_van IS NOT DISTINCT FROM $5)
           AS "bestaat!""#,
        key.code_objecttype,
        key.code_soort_object_id,
        key.object_id,
        key.code_register,
        parent,
    )
    .fetch_one(conn)
    .await
    .doing("looking for an identificator")
}

/// The kinds of these partijen; unknown keys are left out. A kind never changes (I01).
pub(crate) async fn soorten(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, SoortPartij)>, HandelingError> {
    let rows =
        sqlx::query!("SELECT id, soort_partij FROM write_side.partijen WHERE id = ANY($1)", ids)
            .fetch_all(conn)
            .await
            .doing("reading the kinds of partijen")?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.id, SoortPartij::from_code(&row.soort_partij)?)))
        .collect())
}

/// The chosen address and account of a partij.
pub(crate) async fn load_voorkeuren(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<(Option<Uuid>, Option<Uuid>), HandelingError> {
    let row = sqlx::query!(
        "SELECT voorkeurs_digitaal_adres, voorkeurs_rekeningnummer
         FROM write_side.partijen WHERE id = $1",
        id,
    )
    .fetch_one(conn)
    .await
    .doing("reading preferences")?;
    Ok((row.voorkeurs_digitaal_adres, row.voorkeurs_rekeningnummer))
}

/// The bank accounts of a partij, in order of registration.
pub(crate) async fn load_rekeningnummers(
    conn: &mut PgConnection,
    partij: Uuid,
) -> Result<Vec<Rekeningnummer>, HandelingError> {
    sqlx::query_as!(
        Rekeningnummer,
        "SELECT id, partij, iban, bic FROM write_side.rekeningnummers
         WHERE partij = $1 ORDER BY id",
        partij,
    )
    .fetch_all(conn)
    .await
    .doing("reading bank accounts")
}

/// The representation with this key.
pub(crate) async fn load_vertegenwoordiging(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Vertegenwoordiging>, HandelingError> {
    sqlx::query_as!(
        Vertegenwoordiging,
        "SELECT id, vertegenwoordigende_partij, vertegenwoordigde_partij
         FROM write_side.vertegenwoordigingen WHERE id = $1",
        id,
    )
    .fetch_optional(conn)
    .await
    .doing("reading a representation")
}

/// Whether this pair stands in the register (I12).
pub(crate) async fn vertegenwoordiging_exists(
    conn: &mut PgConnection,
    vertegenwoordigende: Uuid,
    vertegenwoordigde: Uuid,
) -> Result<bool, HandelingError> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM write_side.vertegenwoordigingen
               WHERE vertegenwoordigende_partij = $1 AND vertegenwoordigde_partij = $2)
           AS "bestaat!""#,
        vertegenwoordigende,
        vertegenwoordigde,
    )
    .fetch_one(conn)
    .await
    .doing("looking for a representation")
}
