//! Klantcontacten in the register, with their parts.

use std::collections::BTreeMap;

use events::{
    ActorKlantcontact, Adres, Betrokkene, Bijlage, Contactnaam, Identificator,
    IndicatieJaNeeOnbekend, Klantcontact, Klantcontactrol, Onderwerpobject, SoortActor,
};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::keuze::Keuze;
use crate::fout::{Doing, HandelingError};

/// The klantcontact with this key, without its parts.
pub(crate) async fn load(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Klantcontact>, HandelingError> {
    Ok(klantcontacten(conn, &[id]).await?.pop())
}

/// The klantcontacten with these keys, without their parts.
pub(crate) async fn klantcontacten(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Klantcontact>, HandelingError> {
    let rows = sqlx::query!(
        r#"SELECT id, nummer, referentienummer, kanaal, onderwerp, inhoud, reactie,
                  indicatie_contact_gelukt, taal, vertrouwelijk, plaatsgevonden_op,
                  hoofd_onderwerp_type, verdere_actie_ondernomen,
                  metadata AS "metadata: Json<BTreeMap<String, String>>"
           FROM write_side.klantcontacten WHERE id = ANY($1)"#,
        ids,
    )
    .fetch_all(conn)
    .await
    .doing("reading klantcontacten")?;
    let gelukt = |code: &str| IndicatieJaNeeOnbekend::from_code(code).unwrap_or_default();
    Ok(rows
        .into_iter()
        .map(|row| Klantcontact {
            id: row.id,
            nummer: row.nummer,
            referentienummer: row.referentienummer,
            kanaal: row.kanaal,
            onderwerp: row.onderwerp,
            inhoud: row.inhoud,
            reactie: row.reactie,
            indicatie_contact_gelukt: gelukt(&row.indicatie_contact_gelukt),
            taal: row.taal,
            vertrouwelijk: row.vertrouwelijk,
            plaatsgevonden_op: row.plaatsgevonden_op,
            hoofd_onderwerp_type: row.hoofd_onderwerp_type,
            verdere_actie_ondernomen: row.verdere_actie_ondernomen,
            metadata: row.metadata.0,
        })
        .collect())
}

/// Betrokkenen, of klantcontacten or by key, in order of registration.
pub(crate) async fn betrokkenen(
    conn: &mut PgConnection,
    keuze: Keuze<'_>,
) -> Result<Vec<Betrokkene>, HandelingError> {
    let rows = sqlx::query!(
        r#"SELECT id, had_klantcontact, was_partij, rol, initiator,
                  contactnaam AS "contactnaam: Json<Contactnaam>", organisatienaam,
                  bezoekadres AS "bezoekadres: Json<Adres>",
                  correspondentieadres AS "correspondentieadres: Json<Adres>"
           FROM write_side.betrokkenen
           WHERE had_klantcontact = ANY($1) OR id = ANY($2) ORDER BY id"#,
        keuze.van(),
        keuze.sleutels(),
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
    betrokkenen(conn, Keuze::Van(&[klantcontact])).await
}

/// The betrokkene with this key.
pub(crate) async fn load_betrokkene(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Betrokkene>, HandelingError> {
    Ok(betrokkenen(conn, Keuze::Sleutels(&[id])).await?.pop())
}

/// The couplings of a klantcontact with actoren, in order of registration.
pub(crate) async fn load_actoren(
    conn: &mut PgConnection,
    klantcontact: Uuid,
) -> Result<Vec<ActorKlantcontact>, HandelingError> {
    koppelingen(conn, Keuze::Van(&[klantcontact])).await
}

/// Couplings with actoren, of klantcontacten or by key, in order of registration.
pub(crate) async fn koppelingen(
    conn: &mut PgConnection,
    keuze: Keuze<'_>,
) -> Result<Vec<ActorKlantcontact>, HandelingError> {
    let rows = sqlx::query!(
        "SELECT k.id, k.klantcontact, k.actor, a.soort_actor
         FROM write_side.actor_klantcontacten k JOIN write_side.actoren a ON a.id = k.actor
         WHERE k.klantcontact = ANY($1) OR k.id = ANY($2) ORDER BY k.id",
        keuze.van(),
        keuze.sleutels(),
    )
    .fetch_all(conn)
    .await
    .doing("reading couplings")?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let soort_actor = SoortActor::from_code(&row.soort_actor)?;
            let (id, klantcontact, actor) = (row.id, row.klantcontact, row.actor);
            Some(ActorKlantcontact { id, klantcontact, actor, soort_actor })
        })
        .collect())
}

/// The onderwerpobjecten of a klantcontact, in order of registration.
pub(crate) async fn load_onderwerpobjecten(
    conn: &mut PgConnection,
    klantcontact: Uuid,
) -> Result<Vec<Onderwerpobject>, HandelingError> {
    onderwerpobjecten(conn, Keuze::Van(&[klantcontact])).await
}

/// Onderwerpobjecten, of klantcontacten or by key, in order of registration.
pub(crate) async fn onderwerpobjecten(
    conn: &mut PgConnection,
    keuze: Keuze<'_>,
) -> Result<Vec<Onderwerpobject>, HandelingError> {
    let rows = sqlx::query!(
        r#"SELECT id, was_onderwerp_van_klantcontact, onderwerp_was_klantcontact,
                  ontstond_uit_klantcontact,
                  onderwerpobjectidentificator AS "identificator: Json<Identificator>"
           FROM write_side.onderwerpobjecten
           WHERE was_onderwerp_van_klantcontact = ANY($1) OR id = ANY($2) ORDER BY id"#,
        keuze.van(),
        keuze.sleutels(),
    )
    .fetch_all(conn)
    .await
    .doing("reading onderwerpobjecten")?;
    Ok(rows
        .into_iter()
        .map(|row| Onderwerpobject {
            id: row.id,
            was_onderwerp_van_klantcontact: row.was_onderwerp_van_klantcontact,
            onderwerpobjectidentificator: row.identificator.map(|value| value.0),
            onderwerp_was_klantcontact: row.onderwerp_was_klantcontact,
            ontstond_uit_klantcontact: row.ontstond_uit_klantcontact,
        })
        .collect())
}

/// Bijlagen, of klantcontacten or by key, in order of registration.
pub(crate) async fn bijlagen(
    conn: &mut PgConnection,
    keuze: Keuze<'_>,
) -> Result<Vec<Bijlage>, HandelingError> {
    let rows = sqlx::query!(
        r#"SELECT id, was_bijlage_van_klantcontact,
                  bijlageidentificator AS "identificator: Json<Identificator>"
           FROM write_side.bijlagen
           WHERE was_bijlage_van_klantcontact = ANY($1) OR id = ANY($2) ORDER BY id"#,
        keuze.van(),
        keuze.sleutels(),
    )
    .fetch_all(conn)
    .await
    .doing("reading bijlagen")?;
    Ok(rows
        .into_iter()
        .map(|row| Bijlage {
            id: row.id,
            was_bijlage_van_klantcontact: row.was_bijlage_van_klantcontact,
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
    Ok(koppelingen(conn, Keuze::Sleutels(&[id])).await?.pop())
}

/// The onderwerpobject with this key.
pub(crate) async fn load_onderwerpobject(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Onderwerpobject>, HandelingError> {
    Ok(onderwerpobjecten(conn, Keuze::Sleutels(&[id])).await?.pop())
}

/// The bijlage with this key.
pub(crate) async fn load_bijlage(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Bijlage>, HandelingError> {
    Ok(bijlagen(conn, Keuze::Sleutels(&[id])).await?.pop())
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
