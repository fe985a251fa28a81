//! The rows of what drifted, and how far the check is.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use events::{ObjectRef, Objectsoort};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};
use uuid::Uuid;

use super::{BRONNEN, Compared};
use crate::error::ProjectorError;
use crate::products::derived::Layer;
use crate::rebuild::RebuildError;
use crate::rebuild::bookkeeping::Generatie;

/// Something in a table that is not what the log says. Never what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The product.
    pub product: String,
    /// The generation.
    pub generatie: i32,
    /// The table; `bronnen` for the state of an object.
    pub tabel: String,
    /// Kind of the object to which the rows belong.
    pub objectsoort: String,
    /// Its key.
    pub object_id: Uuid,
    /// The columns that differ; empty when a row is missing, or should not be there.
    pub kolommen: Vec<String>,
    /// When it was first seen.
    pub sinds: DateTime<Utc>,
}

/// What drifted and has not been seen to be good again; of one product or all.
///
/// # Errors
/// When the database does not answer.
pub async fn drift(pool: &PgPool, product: Option<&str>) -> Result<Vec<Drift>, RebuildError> {
    let rows = sqlx::query_as!(
        Drift,
        "SELECT product, generatie, tabel, objectsoort, object_id, kolommen, sinds
         FROM projector.drift WHERE $1::text IS NULL OR product = $1
         ORDER BY sinds, product, tabel, object_id",
        product,
    )
    .fetch_all(pool)
    .await
    .map_err(ProjectorError::database("reading what drifted"))?;
    Ok(rows)
}

/// The next roots of a layer, after those that were checked last.
pub(super) async fn next_keys(
    pool: &PgPool,
    own: &Generatie,
    layer: Layer,
    keys: i64,
) -> Result<BTreeSet<Uuid>, RebuildError> {
    let failed = RebuildError::tables(own.product, own.generatie, "choosing what to check");
    let sql = format!(
        "SELECT object_id FROM {} WHERE objectsoort = $1 AND object_id > COALESCE(
             (SELECT tot FROM projector.driftcontrole
              WHERE product = $2 AND generatie = $3 AND objectsoort = $4), $5)
         ORDER BY object_id LIMIT $6",
        own.schema()?.table(BRONNEN)
    );
    let ids: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(layer.root.code())
        .bind(own.product)
        .bind(own.generatie)
        .bind(layer.code())
        .bind(Uuid::nil())
        .bind(keys)
        .fetch_all(pool)
        .await
        .map_err(failed)?;
    Ok(ids.into_iter().collect())
}

/// Lets the check of a layer begin with its first root.
pub(super) async fn begin_anew(
    pool: &PgPool,
    own: &Generatie,
    layer: Layer,
) -> Result<(), RebuildError> {
    sqlx::query!(
        "UPDATE projector.driftcontrole SET tot = NULL
         WHERE product = $1 AND generatie = $2 AND objectsoort = $3",
        own.product,
        own.generatie,
        layer.code(),
    )
    .execute(pool)
    .await
    .map_err(ProjectorError::database("beginning a check anew"))?;
    Ok(())
}

/// Records how far the check is.
pub(super) async fn advance(
    pool: &PgPool,
    own: &Generatie,
    layer: Layer,
    (ids, to_end): (&BTreeSet<Uuid>, bool),
) -> Result<(), RebuildError> {
    sqlx::query!(
        "INSERT INTO projector.driftcontrole AS d (product, generatie, objectsoort, tot, rondes,
             gecontroleerd)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (product, generatie, objectsoort) DO UPDATE
         SET tot = excluded.tot, rondes = d.rondes + excluded.rondes,
             gecontroleerd = d.gecontroleerd + excluded.gecontroleerd",
        own.product,
        own.generatie,
        layer.code(),
        ids.last().copied().filter(|_| !to_end),
        i64::from(to_end),
        i64::try_from(ids.len()).unwrap_or(i64::MAX),
    )
    .execute(pool)
    .await
    .map_err(ProjectorError::database("recording how far a check is"))?;
    Ok(())
}

/// Records what was found of the keys that were checked, and forgets what is good again.
pub(super) async fn record(
    pool: &PgPool,
    own: &Generatie,
    (root, ids): (Objectsoort, &BTreeSet<Uuid>),
    compared: &Compared,
) -> Result<(), RebuildError> {
    let failed = ProjectorError::database("recording what drifted");
    let mut tx = pool.begin().await.map_err(&failed)?;
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    sqlx::query!(
        "DELETE FROM projector.drift WHERE product = $1 AND generatie = $2 AND objectsoort = $3
           AND object_id = ANY($4) AND tabel = ANY($5)
           AND (tabel, object_id) NOT IN (SELECT * FROM unnest($6::text[], $7::uuid[]))",
        own.product,
        own.generatie,
        root.code(),
        &ids,
        &compared.tables.iter().map(|table| (*table).to_owned()).collect::<Vec<_>>(),
        &compared.found.keys().map(|(table, _)| (*table).to_owned()).collect::<Vec<_>>(),
        &compared.found.keys().map(|(_, object)| object.id).collect::<Vec<_>>(),
    )
    .execute(&mut *tx)
    .await
    .map_err(&failed)?;
    let good = |object: &&ObjectRef| !compared.found.contains_key(&(BRONNEN, **object));
    let good: Vec<ObjectRef> = compared.loaded.iter().filter(good).copied().collect();
    forget(&mut tx, own, &good).await.map_err(&failed)?;
    for ((table, object), columns) in &compared.found {
        sqlx::query!(
            "INSERT INTO projector.drift (product, generatie, tabel, objectsoort, object_id, kolommen)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (product, generatie, tabel, objectsoort, object_id) DO UPDATE
             SET kolommen = excluded.kolommen",
            own.product,
            own.generatie,
            *table,
            object.soort.code(),
            object.id,
            &columns.iter().cloned().collect::<Vec<_>>(),
        )
        .execute(&mut *tx)
        .await
        .map_err(&failed)?;
    }
    tx.commit().await.map_err(failed)?;
    Ok(())
}

/// Forgets that the states of objects drifted: they are what the log says.
pub(super) async fn forget(
    conn: &mut PgConnection,
    own: &Generatie,
    objects: &[ObjectRef],
) -> Result<(), sqlx::Error> {
    let soorten: Vec<String> = objects.iter().map(|one| one.soort.code().to_owned()).collect();
    let ids: Vec<Uuid> = objects.iter().map(|object| object.id).collect();
    sqlx::query!(
        "DELETE FROM projector.drift WHERE product = $1 AND generatie = $2 AND tabel = $3
           AND (objectsoort, object_id) IN (SELECT * FROM unnest($4::text[], $5::uuid[]))",
        own.product,
        own.generatie,
        BRONNEN,
        &soorten,
        &ids,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The object with a key, of whatever kind the generation has it or it drifted.
pub(super) async fn kind(
    pool: &PgPool,
    own: &Generatie,
    id: Uuid,
) -> Result<Option<ObjectRef>, RebuildError> {
    let failed = RebuildError::tables(own.product, own.generatie, "looking for an object");
    let sql = format!(
        "SELECT objectsoort FROM {} WHERE object_id = $1
         UNION ALL SELECT objectsoort FROM projector.drift
         WHERE object_id = $1 AND product = $2 AND generatie = $3 LIMIT 1",
        own.schema()?.table(BRONNEN)
    );
    let soort: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(id)
        .bind(own.product)
        .bind(own.generatie)
        .fetch_optional(pool)
        .await
        .map_err(failed)?;
    Ok(soort.and_then(|soort| ObjectRef::from_code(&soort, id)))
}
