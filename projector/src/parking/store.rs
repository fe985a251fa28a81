//! The rows of what is parked.

use std::collections::BTreeMap;

use events::{ObjectRef, Objectsoort};
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
    let of = |soort: &str| Objectsoort::from_code(soort);
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let object = ObjectRef { soort: of(&row.objectsoort)?, id: row.object_id };
            Some((row.generatie, object))
        })
        .collect())
}

/// Records an object as parked, with how many of its events wait; again with another event when it
/// was parked.
pub(crate) async fn park(
    conn: &mut PgConnection,
    (product, generatie): Key,
    bad: &Bad,
    wachtend: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO projector.geparkeerd (product, generatie, objectsoort, object_id, positie,
             versie, gebeurtenis, oorzaak, wachtend)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
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
        wachtend,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts events of parked objects that came and wait too.
pub(crate) async fn add_waiting(
    conn: &mut PgConnection,
    (product, generatie): Key,
    more: &BTreeMap<ObjectRef, i64>,
) -> Result<(), sqlx::Error> {
    let soorten: Vec<String> = more.keys().map(|one| one.soort.code().to_owned()).collect();
    let ids: Vec<_> = more.keys().map(|object| object.id).collect();
    let counts: Vec<i64> = more.values().copied().collect();
    sqlx::query!(
        "UPDATE projector.geparkeerd p SET wachtend = wachtend + more.count
         FROM unnest($3::text[], $4::uuid[], $5::bigint[]) AS more (soort, id, count)
         WHERE p.product = $1 AND p.generatie = $2 AND p.objectsoort = more.soort
           AND p.object_id = more.id",
        product,
        generatie,
        &soorten,
        &ids,
        &counts,
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
