//! The read tables as a whole, and a second database with the same log.

use std::collections::BTreeMap;
use std::sync::Arc;

use clock::SystemClock;
use projector::products::Settings;
use projector::{Projector, ProjectorSettings};
use sqlx::{AssertSqlSafe, PgPool};
use tokio::sync::watch;

use crate::support::{TestDatabase, database, settled};

/// Every row of every table of every product, as text.
pub async fn tables(pool: &PgPool) -> BTreeMap<String, Vec<String>> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT viewname::text FROM pg_views
         WHERE schemaname = 'read_side' AND viewname NOT IN ('actualiteit', 'projecties')
         ORDER BY 1",
    )
    .fetch_all(pool)
    .await
    .expect("views");
    assert!(names.len() >= 8, "{names:?}");
    let mut tables = BTreeMap::new();
    for name in names {
        let sql = format!("SELECT t::text FROM read_side.{name} t ORDER BY 1");
        let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await.expect("rows");
        tables.insert(name, rows);
    }
    tables
}

/// A fresh database with the log of another one.
pub async fn copy_of_log(pool: &PgPool) -> TestDatabase {
    let fresh = database().await;
    for (table, columns) in [
        (
            "handelingen",
            "handeling_id uuid, soort text, tijdstip timestamptz, door text, \
          toepassing text, doelbinding text",
        ),
        (
            "gebeurtenissen",
            "positie bigint, gebeurtenis_id uuid, handeling_id uuid, \
          objectsoort text, object_id uuid, versie bigint, soort text, schemaversie smallint, \
          data json, tijdstip timestamptz",
        ),
    ] {
        let sql = format!("SELECT json_agg(t)::text FROM write_side.{table} t");
        let rows: Option<String> =
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(pool).await.expect("rows");
        let sql = format!(
            "INSERT INTO write_side.{table} OVERRIDING SYSTEM VALUE
             SELECT * FROM json_to_recordset($1::json) AS t ({columns})"
        );
        sqlx::query(AssertSqlSafe(sql)).bind(rows).execute(fresh.pool()).await.expect("copied");
    }
    fresh
}

/// Projects the whole log in batches of this size.
pub async fn project_at_once(pool: &PgPool, max_batch: usize) {
    let settings = ProjectorSettings { max_batch, ..ProjectorSettings::default() };
    let products = projector::products::all(&Settings::default());
    let projector = Projector::new(pool.clone(), Arc::new(SystemClock), products, settings);
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(async move { projector.run(stopped).await });
    settled(pool).await;
    stop.send(true).expect("it still runs");
    running.await.expect("no panic").expect("no error");
}

/// Checks that the tables are, bit for bit, what a fresh projection of the same log makes.
pub async fn assert_as_log(pool: &PgPool) {
    let fresh = copy_of_log(pool).await;
    project_at_once(fresh.pool(), 1000).await;
    assert_eq!(tables(pool).await, tables(fresh.pool()).await);
}
