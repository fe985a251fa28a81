//! The table of a generation that keeps the states of objects.

use std::collections::{BTreeMap, BTreeSet};

use events::ObjectRef;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, FromRow, PgConnection};
use uuid::Uuid;

use super::Bron;
use crate::generations::BRONNEN;
use crate::product::{ProjectError, Schema};

/// The number of the last event that a generation has of each of these objects; 0 of unknown ones.
pub(crate) async fn versies(
    conn: &mut PgConnection,
    schema: &Schema,
    objects: &BTreeSet<ObjectRef>,
) -> Result<BTreeMap<ObjectRef, i64>, ProjectError> {
    let columns = "SELECT objectsoort, object_id, versie";
    let rows: Vec<(String, Uuid, i64)> = select(conn, schema, columns, objects).await?;
    let mut versies: BTreeMap<ObjectRef, i64> = objects.iter().map(|object| (*object, 0)).collect();
    for (soort, id, versie) in rows {
        if let Some(object) = ObjectRef::from_code(&soort, id) {
            versies.insert(object, versie);
        }
    }
    Ok(versies)
}

/// Columns of these objects.
async fn select<R>(
    conn: &mut PgConnection,
    schema: &Schema,
    columns: &str,
    objects: &BTreeSet<ObjectRef>,
) -> Result<Vec<R>, sqlx::Error>
where
    R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let table = schema.table(BRONNEN);
    let sql = format!(
        "{columns} FROM {table}
         WHERE (objectsoort, object_id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))"
    );
    let soorten: Vec<&str> = objects.iter().map(|object| object.soort.code()).collect();
    let ids: Vec<Uuid> = objects.iter().map(|object| object.id).collect();
    sqlx::query_as(AssertSqlSafe(sql)).bind(soorten).bind(ids).fetch_all(conn).await
}

/// Writes the states of objects, each in the place of an earlier one.
pub(crate) async fn store<'b>(
    conn: &mut PgConnection,
    schema: &Schema,
    objects: impl Iterator<Item = (ObjectRef, &'b Bron)>,
) -> Result<(), ProjectError> {
    let (mut soorten, mut ids, mut versies) = (Vec::new(), Vec::new(), Vec::new());
    let (mut posities, mut owners, mut states) = (Vec::new(), Vec::new(), Vec::new());
    for (object, bron) in objects {
        let Some(state) = &bron.toestand else {
            continue;
        };
        soorten.push(object.soort.code());
        ids.push(object.id);
        versies.push(bron.versie);
        posities.push(bron.positie);
        owners.push(state.hoort_bij());
        states.push(document(state)?);
    }
    if ids.is_empty() {
        return Ok(());
    }
    let table = schema.table(BRONNEN);
    let sql = format!(
        "INSERT INTO {table} AS b (objectsoort, object_id, versie, positie, hoort_bij, toestand)
         SELECT soort, id, versie, positie, hoort_bij, toestand::json
         FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::uuid[], $6::text[])
              AS nieuw (soort, id, versie, positie, hoort_bij, toestand)
         ON CONFLICT (objectsoort, object_id) DO UPDATE
         SET versie = excluded.versie, positie = excluded.positie,
             hoort_bij = excluded.hoort_bij, toestand = excluded.toestand
         WHERE b.versie < excluded.versie"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(soorten)
        .bind(ids)
        .bind(versies)
        .bind(posities)
        .bind(owners)
        .bind(states)
        .execute(conn)
        .await?;
    Ok(())
}

/// A row of the table: kind, key, number and place of the last event, state.
pub(super) type Row = (String, Uuid, i64, i64, String);

/// How a [`Row`] begins.
pub(super) const COLUMNS: &str = "SELECT objectsoort, object_id, versie, positie, toestand::text";

/// What a generation keeps of these objects.
pub(crate) async fn stored(
    conn: &mut PgConnection,
    schema: &Schema,
    objects: &BTreeSet<ObjectRef>,
) -> Result<Vec<(ObjectRef, Bron)>, ProjectError> {
    let rows: Vec<Row> = select(conn, schema, COLUMNS, objects).await?;
    read(rows)
}

/// The objects of rows; those of a kind that this program does not know are left out.
pub(super) fn read(rows: Vec<Row>) -> Result<Vec<(ObjectRef, Bron)>, ProjectError> {
    let mut found = Vec::with_capacity(rows.len());
    for (soort, id, versie, positie, text) in rows {
        let Some(object) = ObjectRef::from_code(&soort, id) else {
            continue;
        };
        let toestand = serde_json::from_str(&text)
            .map_err(|error| ProjectError::Database(sqlx::Error::Decode(Box::new(error))))?;
        found.push((object, Bron { versie, positie, toestand: Some(toestand) }));
    }
    Ok(found)
}

/// A document as the read tables keep it.
pub(crate) fn document<T: serde::Serialize>(value: &T) -> Result<String, ProjectError> {
    serde_json::to_string(value)
        .map_err(|error| ProjectError::Database(sqlx::Error::Encode(Box::new(error))))
}
