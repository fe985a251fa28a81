//! Klantcontacten in the register, with their parts.

use std::collections::BTreeMap;

use events::{
    ActorKlantcontact, Adres, Betrokkene, Bijlage, Contactnaam, DigitaalAdres, Identificator,
    IndicatieJaNeeOnbekend, Klantcontact, Klantcontactrol, Onderwerpobject, SoortActor,
};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// The klantcontact with this key, without its parts.
pub(crate) async fn load(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Klantcontact>, HandelingError> {
    let row = sqlx::query!(
        r#"SELECT nummer, referentienummer, kanaal, onderwerp, inhoud, reactie,
                  indicatie_contact_gelukt, taal, vertrouwelijk, plaatsgevonden_op,
                  hoofd_onderwerp_type, verdere_actie_ondernomen,
                  metadata AS "metadata: Json<BTreeMap<String, String>>"
           FROM write_side.klantcontacten WHERE id = $1"#,
        id,
    )
    .fetch_optional(conn)
    .await
    .doing("reading a klantcontact")?;
    Ok(row.map(|row| Klantcontact {
        id,
        nummer: row.nummer,
        referentienummer: row.referentienummer,
        kanaal: row.kanaal,
        onderwerp: row.onderwerp,
        inhoud: row.inhoud,
        reactie: row.reactie,
        indicatie_contact_gelukt: IndicatieJaNeeOnbekend::from_code(&row.indicatie_contact_gelukt)
            .unwrap_or_default(),
        taal: row.taal,
        vertrouwelijk: row.vertrouwelijk,
        plaatsgevonden_op: row.plaatsgevonden_op,
        hoofd_onderwerp_type: row.hoofd_onderwerp_type,
        verdere_actie_ondernomen: row.verdere_actie_ondernomen,
        metadata: row.metadata.0,
    }))
}

/// The betrokkenen that fit one of the two keys, in order of registration.
async fn betrokkenen(
    conn: &mut PgConnection,
    klantcontact: Option<Uuid>,
    betrokkene: Option<Uuid>,
) -> Result<Vec<Betrokkene>, HandelingError> {
    let rows = sqlx::query!(
        r#"SELECT id, had_klantcontact, was_partij, rol, initiator,
                  contactnaam AS "contactnaam: Json<Contactnaam>", organisatienaam,
                  bezoekadres AS "bezoekadres: Json<Adres>",
                  correspondentieadres AS "correspondentieadres: Json<Adres>"
           FROM write_side.betrokkenen
           WHERE had_klantcontact = $1 OR id = $2 ORDER BY id"#,
        klantcontact,
        betrokkene,
    )
    .fetch_all(conn)
    .await
    .doing("reading betrokkenen")?;
    Ok(rows
        .into_iter()
        .map(|row| Betrokkene {
            id: row.id,
            had_klantcontact: row.had_klantcontact,
            was_partij: row.was_partij,
            rol: Klantcontactrol::from_code(&row.rol).unwrap_or(Klantcontactrol::Klant),
            initiator: row.initiator,
            contactnaam: row.contactnaam.map(|value| value.0),
            organisatienaam: row.organisatienaam,
            bezoekadres: row.bezoekadres.map(|value| value.0),
            correspondentieadres: row.correspondentieadres.map(|value| value.0),
        })
        .collect())
}

/// The betrokkenen of a klantcontact.
pub(crate) async fn load_betrokkenen(
    conn: &mut PgConnection,
    klantcontact: Uuid,
) -> Result<Vec<Betrokkene>, HandelingError> {
    betrokkenen(conn, Some(klantcontact), None).await
}

/// The betrokkene with this key.
pub(crate) async fn load_betrokkene(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Betrokkene>, HandelingError> {
    Ok(betrokkenen(conn, None, Some(id)).await?.pop())
}

/// The digital addresses of the betrokkenen of a klantcontact, in order of registration.
pub(crate) async fn load_digitale_adressen(
    conn: &mut PgConnection,
    klantcontact: Uuid,
) -> Result<Vec<DigitaalAdres>, HandelingError> {
    sqlx::query_as!(
        DigitaalAdres,
        "SELECT a.id, a.soort_digitaal_adres, a.adres, a.omschrijving, a.is_standaard_adres,
                a.referentie, a.verificatie_datum, a.verstrekt_door_partij,
                a.verstrekt_door_betrokkene
         FROM write_side.digitale_adressen a
         JOIN write_side.betrokkenen b ON b.id = a.verstrekt_door_betrokkene
         WHERE b.had_klantcontact = $1 ORDER BY a.id",
        klantcontact,
    )
    .fetch_all(conn)
    .await
    .doing("reading digital addresses")
}

/// The couplings of a klantcontact with actoren, in order of registration.
pub(crate) async fn load_actoren(
    conn: &mut PgConnection,
    klantcontact: Uuid,
) -> Result<Vec<ActorKlantcontact>, HandelingError> {
    let rows = sqlx::query!(
        "SELECT k.id, k.actor, a.soort_actor
         FROM write_side.actor_klantcontacten k JOIN write_side.actoren a ON a.id = k.actor
         WHERE k.klantcontact = $1 ORDER BY k.id",
        klantcontact,
    )
    .fetch_all(conn)
    .await
    .doing("reading couplings")?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let soort_actor = SoortActor::from_code(&row.soort_actor)?;
            Some(ActorKlantcontact { id: row.id, klantcontact, actor: row.actor, soort_actor })
        })
        .collect())
}

/// The onderwerpobjecten of a klantcontact, in order of registration.
pub(crate) async fn load_onderwerpobjecten(
    conn: &mut PgConnection,
    klantcontact: Uuid,
) -> Result<Vec<Onderwerpobject>, HandelingError> {
    let rows = sqlx::query!(
        r#"SELECT id, onderwerp_was_klantcontact, ontstond_uit_klantcontact,
                  onderwerpobjectidentificator AS "identificator: Json<Identificator>"
           FROM write_side.onderwerpobjecten
           WHERE was_onderwerp_van_klantcontact = $1 ORDER BY id"#,
        klantcontact,
    )
    .fetch_all(conn)
    .await
    .doing("reading onderwerpobjecten")?;
    Ok(rows
        .into_iter()
        .map(|row| Onderwerpobject {
            id: row.id,
            was_onderwerp_van_klantcontact: klantcontact,
            onderwerpobjectidentificator: row.identificator.map(|value| value.0),
            onderwerp_was_klantcontact: row.onderwerp_was_klantcontact,
            ontstond_uit_klantcontact: row.ontstond_uit_klantcontact,
        })
        .collect())
}

/// The bijlagen of a klantcontact, in order of registration.
pub(crate) async fn load_bijlagen(
    conn: &mut PgConnection,
    klantcontact: Uuid,
) -> Result<Vec<Bijlage>, HandelingError> {
    let rows = sqlx::query!(
        r#"SELECT id, bijlageidentificator AS "identificator: Json<Identificator>"
           FROM write_side.bijlagen WHERE was_bijlage_van_klantcontact = $1 ORDER BY id"#,
        klantcontact,
    )
    .fetch_all(conn)
    .await
    .doing("reading bijlagen")?;
    Ok(rows
        .into_iter()
        .map(|row| Bijlage {
            id: row.id,
            was_bijlage_van_klantcontact: klantcontact,
            bijlageidentificator: row.identificator.0,
        })
        .collect())
}

/// Which of these klantcontacten exist.
pub(crate) async fn existing(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Uuid>, HandelingError> {
    sqlx::query_scalar!("SELECT id FROM write_side.klantcontacten WHERE id = ANY($1)", ids)
        .fetch_all(conn)
        .await
        .doing("looking for klantcontacten")
}

/// Whether a klantcontact carries this referentienummer (I02).
pub(crate) async fn referentienummer_exists(
    conn: &mut PgConnection,
    referentienummer: &str,
) -> Result<bool, HandelingError> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM write_side.klantcontacten WHERE referentienummer = $1)
           AS "bestaat!""#,
        referentienummer,
    )
    .fetch_one(conn)
    .await
    .doing("looking for a referentienummer")
}

/// The coupling with an actor with this key.
pub(crate) async fn load_koppeling(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<ActorKlantcontact>, HandelingError> {
    let klantcontact = sqlx::query_scalar!(
        "SELECT klantcontact FROM write_side.actor_klantcontacten WHERE id = $1",
        id,
    )
    .fetch_optional(&mut *conn)
    .await
    .doing("reading a coupling")?;
    let Some(klantcontact) = klantcontact else {
        return Ok(None);
    };
    Ok(load_actoren(conn, klantcontact).await?.into_iter().find(|item| item.id == id))
}

/// The onderwerpobject with this key.
pub(crate) async fn load_onderwerpobject(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Onderwerpobject>, HandelingError> {
    let klantcontact = sqlx::query_scalar!(
        "SELECT was_onderwerp_van_klantcontact FROM write_side.onderwerpobjecten WHERE id = $1",
        id,
    )
    .fetch_optional(&mut *conn)
    .await
    .doing("reading an onderwerpobject")?;
    let Some(klantcontact) = klantcontact else {
        return Ok(None);
    };
    Ok(load_onderwerpobjecten(conn, klantcontact).await?.into_iter().find(|item| item.id == id))
}

/// The bijlage with this key.
pub(crate) async fn load_bijlage(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Bijlage>, HandelingError> {
    let klantcontact = sqlx::query_scalar!(
        "SELECT was_bijlage_van_klantcontact FROM write_side.bijlagen WHERE id = $1",
        id,
    )
    .fetch_optional(&mut *conn)
    .await
    .doing("reading a bijlage")?;
    let Some(klantcontact) = klantcontact else {
        return Ok(None);
    };
    Ok(load_bijlagen(conn, klantcontact).await?.into_iter().find(|item| item.id == id))
}

/// The onderwerpobjecten of other klantcontacten that name this one, by their klantcontact.
pub(crate) async fn onderwerpen_over(
    conn: &mut PgConnection,
    klantcontact: Uuid,
) -> Result<Vec<Uuid>, HandelingError> {
    sqlx::query_scalar!(
        "SELECT id FROM write_side.onderwerpobjecten
         WHERE onderwerp_was_klantcontact = $1
         ORDER BY was_onderwerp_van_klantcontact, id",
        klantcontact,
    )
    .fetch_all(conn)
    .await
    .doing("looking for klantcontacten about a klantcontact")
}

/// The betrokkenen that were this partij, in the order of their klantcontacten.
pub(crate) async fn betrokkenen_van(
    conn: &mut PgConnection,
    partij: Uuid,
) -> Result<Vec<Uuid>, HandelingError> {
    sqlx::query_scalar!(
        "SELECT id FROM write_side.betrokkenen WHERE was_partij = $1 ORDER BY had_klantcontact, id",
        partij,
    )
    .fetch_all(conn)
    .await
    .doing("looking for betrokkenen of a partij")
}
