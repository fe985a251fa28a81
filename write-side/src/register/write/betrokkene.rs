//! Writing betrokkenen.

use events::Betrokkene;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

pub(super) async fn insert(
    conn: &mut PgConnection,
    betrokkene: &Betrokkene,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.betrokkenen (id, had_klantcontact, was_partij, rol, initiator,
             contactnaam, organisatienaam, bezoekadres, correspondentieadres)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        betrokkene.id,
        betrokkene.had_klantcontact,
        betrokkene.was_partij,
        betrokkene.rol.code(),
        betrokkene.initiator,
        betrokkene.contactnaam.as_ref().map(Json) as _,
        betrokkene.organisatienaam,
        betrokkene.bezoekadres.as_ref().map(Json) as _,
        betrokkene.correspondentieadres.as_ref().map(Json) as _,
    )
    .execute(conn)
    .await
    .doing("writing a betrokkene")?;
    Ok(())
}

pub(super) async fn update(
    conn: &mut PgConnection,
    betrokkene: &Betrokkene,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.betrokkenen SET was_partij = $2, rol = $3, initiator = $4,
             contactnaam = $5, organisatienaam = $6, bezoekadres = $7, correspondentieadres = $8
         WHERE id = $1",
        betrokkene.id,
        betrokkene.was_partij,
        betrokkene.rol.code(),
        betrokkene.initiator,
        betrokkene.contactnaam.as_ref().map(Json) as _,
        betrokkene.organisatienaam,
        betrokkene.bezoekadres.as_ref().map(Json) as _,
        betrokkene.correspondentieadres.as_ref().map(Json) as _,
    )
    .execute(conn)
    .await
    .doing("changing a betrokkene")?;
    Ok(())
}

/// The betrokkene stays without what one could know it by; its addresses go.
pub(super) async fn anonymize(
    conn: &mut PgConnection,
    betrokkene: &Betrokkene,
) -> Result<(), HandelingError> {
    delete_adressen(conn, betrokkene.id).await?;
    update(conn, betrokkene).await
}

pub(super) async fn delete(conn: &mut PgConnection, id: Uuid) -> Result<(), HandelingError> {
    delete_adressen(conn, id).await?;
    sqlx::query!("DELETE FROM write_side.betrokkenen WHERE id = $1", id)
        .execute(conn)
        .await
        .doing("removing a betrokkene")?;
    Ok(())
}

async fn delete_adressen(conn: &mut PgConnection, id: Uuid) -> Result<(), HandelingError> {
    sqlx::query!(
        "DELETE FROM write_side.digitale_adressen WHERE verstrekt_door_betrokkene = $1",
        id
    )
    .execute(conn)
    .await
    .doing("removing the addresses of a betrokkene")?;
    Ok(())
}
