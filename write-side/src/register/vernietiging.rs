//! Proposals to destroy objects, and destroying what the log says of them.

use events::{ObjectRef, Objectsoort, Vernietigingsstatus, Vernietigingsvoorstel};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// The proposal with this key.
pub(crate) async fn load(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Vernietigingsvoorstel>, HandelingError> {
    Ok(voorstellen(conn, &[id]).await?.pop())
}

/// The proposals with these keys.
pub(crate) async fn voorstellen(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<Vernietigingsvoorstel>, HandelingError> {
    let rows = sqlx::query!(
        "SELECT id, objectsoort, object_id, grond, besluit, status, voorgesteld_door,
                beoordeeld_door, uitgevoerd_door
         FROM write_side.vernietigingsvoorstellen WHERE id = ANY($1)",
        ids,
    )
    .fetch_all(conn)
    .await
    .doing("reading proposals")?;
    let read = rows.into_iter().filter_map(|row| {
        let soort = Objectsoort::from_code(&row.objectsoort)?;
        Some(Vernietigingsvoorstel {
            id: row.id,
            object: ObjectRef { soort, id: row.object_id },
            grond: row.grond,
            besluit: row.besluit,
            status: Vernietigingsstatus::from_code(&row.status)?,
            voorgesteld_door: row.voorgesteld_door,
            beoordeeld_door: row.beoordeeld_door,
            uitgevoerd_door: row.uitgevoerd_door,
        })
    });
    Ok(read.collect())
}

/// Destroys what the log says of an object: its events stay as places, without content.
pub(crate) async fn destroy_content(
    conn: &mut PgConnection,
    object: ObjectRef,
) -> Result<(), HandelingError> {
    sqlx::query!(
        "UPDATE write_side.gebeurtenissen
         SET soort = 'InhoudVernietigd', schemaversie = 1,
             data = json_build_object('object', json_build_object('soort', objectsoort,
                                                                  'id', object_id))
         WHERE objectsoort = $1 AND object_id = $2 AND soort <> 'InhoudVernietigd'",
        object.soort.code(),
        object.id,
    )
    .execute(conn)
    .await
    .doing("destroying the content of events")?;
    Ok(())
}

/// Destroys what the log says of a betrokkene: what stays is that somebody took part.
pub(crate) async fn destroy_betrokkene(
    conn: &mut PgConnection,
    klantcontact: Uuid,
    betrokkene: Uuid,
) -> Result<(), HandelingError> {
    sqlx::query!(
        r#"UPDATE write_side.gebeurtenissen
           SET data = (data::jsonb || '{"wasPartij": null, "contactnaam": null,
               "organisatienaam": null, "bezoekadres": null, "correspondentieadres": null}')::json
           WHERE objectsoort = 'klantcontact' AND object_id = $1
             AND soort = 'BetrokkeneBijKlantcontactGeregistreerd' AND data ->> 'id' = $2"#,
        klantcontact,
        betrokkene.to_string(),
    )
    .execute(&mut *conn)
    .await
    .doing("destroying the content of the registration of a betrokkene")?;
    sqlx::query!(
        "UPDATE write_side.gebeurtenissen
         SET soort = 'InhoudVernietigd', schemaversie = 1,
             data = json_build_object('object', json_build_object('soort', objectsoort,
                                                                  'id', object_id))
         WHERE objectsoort = 'klantcontact' AND object_id = $1
           AND $2 IN (
               CASE WHEN soort IN ('PartijAanBetrokkeneGekoppeld') THEN data ->> 'id' END,
               CASE WHEN soort = 'BetrokkeneBijKlantcontactGewijzigd' THEN data #>> '{nieuw,id}' END,
               CASE WHEN soort = 'PartijVanBetrokkeneOntkoppeld' THEN data #>> '{betrokkene,id}' END,
               CASE WHEN soort LIKE 'DigitaalAdres%'
                    THEN COALESCE(data #>> '{digitaalAdres,verstrektDoorBetrokkene}',
                                  data #>> '{nieuw,verstrektDoorBetrokkene}') END)",
        klantcontact,
        betrokkene.to_string(),
    )
    .execute(conn)
    .await
    .doing("destroying the content of the events of a betrokkene")?;
    Ok(())
}
