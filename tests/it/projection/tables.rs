//! The read tables as a whole, and a second database with the same log.

use std::collections::BTreeMap;
use std::sync::Arc;

use clock::SystemClock;
use projector::products::Inrichting;
use projector::{Projector, ProjectorSettings};
use sqlx::{AssertSqlSafe, PgPool};
use tokio::sync::watch;

use crate::support::{TestDatabase, database, settled};

/// Every row of every table of every product, as text.
pub async fn tables(pool: &PgPool) -> BTreeMap<String, Vec<String>> {
    rows(pool, "t::text").await
}

/// The same without where in the log they changed, to compare what came in another order.
pub async fn tables_in_any_order(pool: &PgPool) -> BTreeMap<String, Vec<String>> {
    rows(pool, "(to_jsonb(t) - '{gewijzigd,positie}'::text[])::text").await
}

async fn rows(pool: &PgPool, shown: &str) -> BTreeMap<String, Vec<String>> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT viewname::text FROM pg_views
         WHERE schemaname = 'read_side' AND viewname NOT IN ('actualiteit', 'projecties', 'wijzigingen')
         ORDER BY 1",
    )
    .fetch_all(pool)
    .await
    .expect("views");
    assert!(names.len() >= 8, "{names:?}");
    let mut tables = BTreeMap::new();
    for name in names {
        // The view of the objects does not show what they are.
        let table = match name.strip_suffix("_bronnen") {
            Some(product) => format!("{}.bronnen", active(pool, product).await),
            None => format!("read_side.{name}"),
        };
        let sql = format!("SELECT {shown} FROM {table} t ORDER BY 1");
        let rows = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await.expect("rows");
        tables.insert(name, rows);
    }
    tables
}

/// The schema of the generation that is served.
async fn active(pool: &PgPool, product: &str) -> String {
    let sql = "SELECT generatie FROM projector.generaties WHERE product = $1 AND actief";
    let generatie: i32 = sqlx::query_scalar(sql).bind(product).fetch_one(pool).await.expect("one");
    format!("{product}_g{generatie}")
}
/// The log as it is.
const AS_IT_IS: &str = "TABLE write_side.gebeurtenissen";

/// A fresh database with the log of another one.
pub async fn copy_of_log(pool: &PgPool) -> TestDatabase {
    copy_of(pool, AS_IT_IS).await
}

/// The same with the events of different objects in another order, which follows from `seed`.
pub async fn shuffled_copy_of_log(pool: &PgPool, seed: i64) -> TestDatabase {
    // Positions are dealt at random; each object takes its own from the lowest on.
    let dealt = format!(
        "WITH gedeeld AS (
             SELECT objectsoort, object_id, row_number() OVER (PARTITION BY objectsoort, object_id
                        ORDER BY hashtextextended(gebeurtenis_id::text, {seed})) AS versie,
                    row_number() OVER (ORDER BY hashtextextended(gebeurtenis_id::text, {seed}))
                        AS positie
             FROM write_side.gebeurtenissen)
         SELECT g.positie, e.gebeurtenis_id, e.handeling_id, objectsoort, object_id, versie, e.soort,
                e.schemaversie, e.data, e.tijdstip
         FROM write_side.gebeurtenissen e JOIN gedeeld g USING (objectsoort, object_id, versie)"
    );
    copy_of(pool, &dealt).await
}

async fn copy_of(pool: &PgPool, gebeurtenissen: &str) -> TestDatabase {
    let fresh = database().await;
    for (table, rows, columns) in [
        (
            "handelingen",
            "TABLE write_side.handelingen",
            "handeling_id uuid, soort text, tijdstip timestamptz, door text, \
          toepassing text, doelbinding text",
        ),
        (
            "gebeurtenissen",
            gebeurtenissen,
            "positie bigint, gebeurtenis_id uuid, handeling_id uuid, \
          objectsoort text, object_id uuid, versie bigint, soort text, schemaversie smallint, \
          data json, tijdstip timestamptz",
        ),
    ] {
        let sql = format!("SELECT json_agg(t)::text FROM ({rows}) t");
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
    let products = projector::products::all(&Inrichting::default());
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
    let (here, anew) = (tables(pool).await, tables(fresh.pool()).await);
    assert!(here.keys().eq(anew.keys()));
    for (table, rows) in &here {
        assert_eq!(rows, &anew[table], "{table}");
    }
}
