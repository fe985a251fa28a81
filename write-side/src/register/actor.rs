//! Actoren in the register.

use std::collections::BTreeMap;

use events::{Actor, SoortActor};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// The actor with this key.
pub(crate) async fn load(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Actor>, HandelingError> {
    Ok(actoren(conn, &[id]).await?.pop())
}

/// The actoren with these keys.
pub(crate) async fn actoren(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Actor>, HandelingError> {
    let rows = sqlx::query!(
        r#"SELECT id, soort_actor, naam, functie, omschrijving, emailadres, telefoonnummer,
                  actoridentificator AS "actoridentificator: Json<events::Identificator>",
                  indicatie_actief
           FROM write_side.actoren WHERE id = ANY($1)"#,
        ids,
    )
    .fetch_all(conn)
    .await
    .doing("reading actoren")?;
    Ok(rows
        .into_iter()
        .map(|row| Actor {
            id: row.id,
            soort_actor: SoortActor::from_code(&row.soort_actor).unwrap_or(SoortActor::Medewerker),
            naam: row.naam,
            functie: row.functie,
            omschrijving: row.omschrijving,
            emailadres: row.emailadres,
            telefoonnummer: row.telefoonnummer,
            actoridentificator: row.actoridentificator.map(|key| key.0),
            indicatie_actief: row.indicatie_actief,
        })
        .collect())
}

/// The kinds of these actoren; unknown keys are left out. A kind never changes (I01).
pub(crate) async fn soorten(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, SoortActor>, HandelingError> {
    let rows =
        sqlx::query!("SELECT id, soort_actor FROM write_side.actoren WHERE id = ANY($1)", ids)
            .fetch_all(conn)
            .await
            .doing("reading the kinds of actoren")?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.id, SoortActor::from_code(&row.soort_actor)?)))
        .collect())
}

/// Which of these actoren exist, and whether each is active; they stay so until the transaction
/// ends, also when somebody deactivates one at this moment (I04).
pub(crate) async fn lock_active(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, bool)>, HandelingError> {
    let rows = sqlx::query!(
        "SELECT id, indicatie_actief FROM write_side.actoren WHERE id = ANY($1)
         ORDER BY id FOR SHARE",
        ids,
    )
    .fetch_all(conn)
    .await
    .doing("reading actoren")?;
    Ok(rows.into_iter().map(|row| (row.id, row.indicatie_actief)).collect())
}
