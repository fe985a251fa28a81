//! The rows of what is parked.

use std::collections::BTreeMap;

use events::ObjectRef;
use sqlx::PgConnection;

use super::{Bad, Key};

/// The parked objects of a product, with their generations.
pub(crate) async fn parked(
    conn: &mut PgConnection,
    product: &str,
) -> Result<Vec<(i32, ObjectRef)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT generatie, objectsoort, object_id FROM projector.geparkeerd WHERE product = $1",
        product,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some((row.generatie, ObjectRef::from_code(&row.objectsoort, row.object_id)?))
        })
        .collect())
}

/// How many objects are parked in a generation.
pub(crate) async fn count(
    conn: &mut PgConnection,
    (product, generatie): Key,
) -> Result<usize, sqlx::Error> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM projector.geparkeerd
           WHERE product = $1 AND generatie = $2"#,
        product,
        generatie,
    )
    .fetch_one(conn)
    .await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// Records an object as parked; again with another event when it was parked.
pub(crate) async fn park(
    conn: &mut PgConnection,
    (product, generatie): Key,
    bad: &Bad,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO projector.geparkeerd (product, generatie, objectsoort, object_id, positie,
             versie, gebeurtenis, oorzaak, wachtend)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)
         ON CONFLICT (product, generatie, objectsoort, object_id) DO UPDATE
         SET positie = excluded.positie, versie = excluded.versie,
             gebeurtenis = excluded.gebeurtenis, oorzaak = excluded.oorzaak,
             wachtend = excluded.wachtend",
        product,
        generatie,
        bad.object.soort.code(),
        bad.object.id,
        bad.positie,
        bad.versie,
        bad.gebeurtenis,
        bad.oorzaak,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Says up to which of their events objects that are parked wait. What comes again counts once.
pub(crate) async fn set_waiting(
    conn: &mut PgConnection,
    (product, generatie): Key,
    last: &BTreeMap<ObjectRef, i64>,
) -> Result<(), sqlx::Error> {
    let soorten: Vec<String> = last.keys().map(|one| one.soort.code().to_owned()).collect();
    let ids: Vec<_> = last.keys().map(|object| object.id).collect();
    let versies: Vec<i64> = last.values().copied().collect();
    sqlx::query!(
        "UPDATE projector.geparkeerd p
         SET wachtend = GREATEST(p.wachtend, last.versie - p.versie + 1)
         FROM unnest($3::text[], $4::uuid[], $5::bigint[]) AS last (soort, id, versie)
         WHERE p.product = $1 AND p.generatie = $2 AND p.objectsoort = last.soort
           AND p.object_id = last.id",
        product,
        generatie,
        &soorten,
        &ids,
        &versies,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An object that is parked no more.
pub(crate) async fn unpark(
    conn: &mut PgConnection,
    (product, generatie): Key,
    object: ObjectRef,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM projector.geparkeerd
         WHERE product = $1 AND generatie = $2 AND objectsoort = $3 AND object_id = $4",
        product,
        generatie,
        object.soort.code(),
        object.id,
    )
    .execute(conn)
    .await?;
    Ok(())
}
