//! Partijen in the register, with their identificatoren, addresses, accounts and representations.

use events::{
    Adres, CategorieRelatie, Contactnaam, DigitaalAdres, Partij, PartijIdentificator,
    Rekeningnummer, SoortPartij, Vertegenwoordiging,
};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::digitaal_adres::{self, Adreskeuze};
use super::keuze::Keuze;
use crate::fout::{Doing, HandelingError};

/// The partij with this key, without its parts.
pub(crate) async fn load(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Partij>, HandelingError> {
    Ok(partijen(conn, &[id]).await?.pop())
}

/// The partijen with these keys, without their parts.
pub(crate) async fn partijen(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Partij>, HandelingError> {
    let rows = sqlx::query!(
        r#"SELECT id, nummer, soort_partij, contactnaam AS "contactnaam: Json<Contactnaam>", naam,
                  werkte_voor_partij, bezoekadres AS "bezoekadres: Json<Adres>",
                  correspondentieadres AS "correspondentieadres: Json<Adres>", voorkeurstaal,
                  indicatie_geheimhouding, interne_notitie, indicatie_actief
           FROM write_side.partijen WHERE id = ANY($1)"#,
        ids,
    )
    .fetch_all(conn)
    .await
    .doing("reading partijen")?;
    Ok(rows
        .into_iter()
        .map(|row| Partij {
            id: row.id,
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
        })
        .collect())
}

/// The digital addresses of a partij, in order of registration.
pub(crate) async fn load_digitale_adressen(
    conn: &mut PgConnection,
    partij: Uuid,
) -> Result<Vec<DigitaalAdres>, HandelingError> {
    let own = digitaal_adres::adressen(conn, Adreskeuze::van_partijen(&[partij])).await?;
    Ok(own.into_iter().map(|own| own.digitaal_adres).collect())
}

/// The identificatoren of a partij, in order of registration.
pub(crate) async fn load_identificatoren(
    conn: &mut PgConnection,
    partij: Uuid,
) -> Result<Vec<PartijIdentificator>, HandelingError> {
    identificatoren(conn, Keuze::Van(&[partij])).await
}

/// Identificatoren, of partijen or by key, in order of registration.
pub(crate) async fn identificatoren(
    conn: &mut PgConnection,
    keuze: Keuze<'_>,
) -> Result<Vec<PartijIdentificator>, HandelingError> {
    let rows = sqlx::query!(
        r#"SELECT i.id, i.identificeerde_partij, i.code_objecttype, i.code_soort_object_id,
                  i.object_id, i.code_register, i.sub_identificator_van,
                  h.code_objecttype AS "hoofd_objecttype?",
                  h.code_soort_object_id AS "hoofd_soort?", h.object_id AS "hoofd_object_id?",
                  h.code_register AS "hoofd_register?"
           FROM write_side.partij_identificatoren i
           LEFT JOIN write_side.partij_identificatoren h ON h.id = i.sub_identificator_van
           WHERE i.identificeerde_partij = ANY($1) OR i.id = ANY($2) ORDER BY i.id"#,
        keuze.van(),
        keuze.sleutels(),
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
            identificeerde_partij: row.identificeerde_partij,
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
    let (_, adres, rekening) = voorkeuren(conn, &[id]).await?.pop().unwrap_or_default();
    Ok((adres, rekening))
}

/// Per partij: its key, the chosen address and the chosen account.
pub(crate) async fn voorkeuren(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Option<Uuid>, Option<Uuid>)>, HandelingError> {
    let rows = sqlx::query!(
        "SELECT id, voorkeurs_digitaal_adres, voorkeurs_rekeningnummer
         FROM write_side.partijen WHERE id = ANY($1)",
        ids,
    )
    .fetch_all(conn)
    .await
    .doing("reading preferences")?;
    let chosen = rows.into_iter();
    Ok(chosen
        .map(|row| (row.id, row.voorkeurs_digitaal_adres, row.voorkeurs_rekeningnummer))
        .collect())
}

/// The bank accounts of a partij, in order of registration.
pub(crate) async fn load_rekeningnummers(
    conn: &mut PgConnection,
    partij: Uuid,
) -> Result<Vec<Rekeningnummer>, HandelingError> {
    rekeningnummers(conn, Keuze::Van(&[partij])).await
}

/// Bank accounts, of partijen or by key, in order of registration.
pub(crate) async fn rekeningnummers(
    conn: &mut PgConnection,
    keuze: Keuze<'_>,
) -> Result<Vec<Rekeningnummer>, HandelingError> {
    sqlx::query_as!(
        Rekeningnummer,
        "SELECT id, partij, iban, bic FROM write_side.rekeningnummers
         WHERE partij = ANY($1) OR id = ANY($2) ORDER BY id",
        keuze.van(),
        keuze.sleutels(),
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
    Ok(vertegenwoordigingen_met(conn, &[id]).await?.pop())
}

/// The representations with these keys.
pub(crate) async fn vertegenwoordigingen_met(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Vertegenwoordiging>, HandelingError> {
    sqlx::query_as!(
        Vertegenwoordiging,
        "SELECT id, vertegenwoordigende_partij, vertegenwoordigde_partij
         FROM write_side.vertegenwoordigingen WHERE id = ANY($1)",
        ids,
    )
    .fetch_all(conn)
    .await
    .doing("reading representations")
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

/// The identificator with this key.
pub(crate) async fn load_partij_identificator(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<PartijIdentificator>, HandelingError> {
    Ok(identificatoren(conn, Keuze::Sleutels(&[id])).await?.pop())
}

/// The identificatoren that live under this one, in the order of their partijen.
pub(crate) async fn sub_identificatoren(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Vec<Uuid>, HandelingError> {
    sqlx::query_scalar!(
        "SELECT id FROM write_side.partij_identificatoren
         WHERE sub_identificator_van = $1 ORDER BY identificeerde_partij, id",
        id,
    )
    .fetch_all(conn)
    .await
    .doing("looking for keys under a key")
}

/// The bank account with this key.
pub(crate) async fn load_rekeningnummer(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Rekeningnummer>, HandelingError> {
    Ok(rekeningnummers(conn, Keuze::Sleutels(&[id])).await?.pop())
}

/// The categories of a partij, in order of registration.
pub(crate) async fn load_categorie_relaties(
    conn: &mut PgConnection,
    partij: Uuid,
) -> Result<Vec<CategorieRelatie>, HandelingError> {
    categorie_relaties(conn, Keuze::Van(&[partij])).await
}

/// Categories, of partijen or by key, in order of registration.
pub(crate) async fn categorie_relaties(
    conn: &mut PgConnection,
    keuze: Keuze<'_>,
) -> Result<Vec<CategorieRelatie>, HandelingError> {
    sqlx::query_as!(
        CategorieRelatie,
        "SELECT id, partij, categorie, begin_datum, eind_datum
         FROM write_side.categorie_relaties
         WHERE partij = ANY($1) OR id = ANY($2) ORDER BY id",
        keuze.van(),
        keuze.sleutels(),
    )
    .fetch_all(conn)
    .await
    .doing("reading the categories of partijen")
}

/// The category of a partij with this key.
pub(crate) async fn load_categorie_relatie(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<CategorieRelatie>, HandelingError> {
    Ok(categorie_relaties(conn, Keuze::Sleutels(&[id])).await?.pop())
}

/// The contactpersonen who worked for this organisatie.
pub(crate) async fn contactpersonen(
    conn: &mut PgConnection,
    organisatie: Uuid,
) -> Result<Vec<Uuid>, HandelingError> {
    sqlx::query_scalar!(
        "SELECT id FROM write_side.partijen WHERE werkte_voor_partij = $1 ORDER BY id",
        organisatie,
    )
    .fetch_all(conn)
    .await
    .doing("looking for contactpersonen")
}

/// The representations in which this partij took part, on either side.
pub(crate) async fn vertegenwoordigingen(
    conn: &mut PgConnection,
    partij: Uuid,
) -> Result<Vec<Uuid>, HandelingError> {
    sqlx::query_scalar!(
        "SELECT id FROM write_side.vertegenwoordigingen
         WHERE vertegenwoordigende_partij = $1 OR vertegenwoordigde_partij = $1 ORDER BY id",
        partij,
    )
    .fetch_all(conn)
    .await
    .doing("looking for representations")
}

/// Keeps others from referring to this partij until the transaction ends.
pub(crate) async fn lock_references(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<(), HandelingError> {
    sqlx::query!("SELECT id FROM write_side.partijen WHERE id = $1 FOR UPDATE", id)
        .fetch_optional(conn)
        .await
        .doing("locking a partij")?;
    Ok(())
}
