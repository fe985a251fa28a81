//! Generations: the schema that holds one filling of a product's tables, and the views in schema
//! `read_side` through which the active one is read.

use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

use crate::error::ProjectorError;
use crate::product::{Product, Schema};
use log_source::Cursor;

/// The tables that every generation has besides those of its product: the objects from which the
/// rows are derived.
pub const BRONNEN_DDL: &str = include_str!("../../migrations/read-side/bronnen.sql");

/// The table of [`BRONNEN_DDL`].
const BRONNEN: &str = "bronnen";

/// The generation with which a product begins.
const FIRST: i32 = 1;

/// Key of the advisory lock under which generations are made: "generati" in ASCII.
const MAKING: i64 = 0x6765_6e65_7261_7469;

/// Brings schema `projector` up to date, and makes generation 1 of every product that has none. May
/// run any number of times, and in several processes at once.
///
/// # Errors
/// When the database refuses; everything up to the product named is then in place.
pub async fn migrate(pool: &PgPool, products: &[Box<dyn Product>]) -> Result<(), ProjectorError> {
    refuse_twins(products)?;
    // A session of its own: the migrator's lock stays behind when it fails, and goes with the session.
    let mut session = PgConnection::connect_with(&pool.connect_options())
        .await
        .map_err(ProjectorError::database("opening a session to migrate in"))?;
    migrator().run(&mut session).await.map_err(ProjectorError::Migrate)?;
    for product in products {
        create_first(&mut session, product.as_ref()).await?;
    }
    session.close().await.map_err(ProjectorError::database("closing the session of the migration"))
}

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("../migrations/projector");
    // Each crate keeps its own list: the numbers of their migrations overlap.
    migrator.create_schema("projector");
    migrator.dangerous_set_table_name("projector.migraties");
    migrator
}

/// Two products with one name would share a cursor.
pub(crate) fn refuse_twins(products: &[Box<dyn Product>]) -> Result<(), ProjectorError> {
    let mut names: Vec<&'static str> = products.iter().map(|product| product.name()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(ProjectorError::Twice { product: pair[0] }),
        None => Ok(()),
    }
}

/// Makes generation 1 of a product, in one transaction, unless it has a generation.
async fn create_first(
    session: &mut PgConnection,
    product: &dyn Product,
) -> Result<(), ProjectorError> {
    let naam = product.name();
    let schema = Schema::new(naam, FIRST)?;
    let failed = |action| move |source| ProjectorError::Create { product: naam, action, source };
    let mut tx = session.begin().await.map_err(failed("beginning a transaction"))?;
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", MAKING)
        .execute(&mut *tx)
        .await
        .map_err(failed("waiting for another process that makes generations"))?;
    let exists = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM projector.generaties WHERE product = $1) AS "exists!""#,
        naam,
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(failed("looking for its generations"))?;
    if !exists {
        let tables = create_tables(&mut tx, product.ddl(), &schema)
            .await
            .map_err(failed("creating its tables"))?;
        create_views(&mut tx, naam, &schema, &tables)
            .await
            .map_err(failed("creating its views"))?;
        record(&mut tx, product).await.map_err(failed("recording it"))?;
        tracing::info!(
            projectie.product = naam,
            projectie.generatie = FIRST,
            projectie.versie = product.version(),
            "generation made"
        );
    }
    tx.commit().await.map_err(failed("committing"))
}

/// Creates the schema with the tables of `ddl` and of [`BRONNEN_DDL`]; gives the names of the former.
async fn create_tables(
    conn: &mut PgConnection,
    ddl: &'static str,
    schema: &Schema,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).execute(&mut *conn).await?;
    // Local: it ends with the transaction. Schema public stays in sight for operators of extensions.
    sqlx::query!("SELECT set_config('search_path', $1 || ', public', true)", schema.as_str())
        .fetch_one(&mut *conn)
        .await?;
    sqlx::raw_sql(ddl).execute(&mut *conn).await?;
    let tables = sqlx::query_scalar!(
        r#"SELECT tablename::text AS "name!" FROM pg_tables WHERE schemaname = $1 ORDER BY 1"#,
        schema.as_str(),
    )
    .fetch_all(&mut *conn)
    .await?;
    sqlx::raw_sql(BRONNEN_DDL).execute(conn).await?;
    Ok(tables)
}

/// Two products that use the same name for a table are refused here: the view exists.
async fn create_views(
    conn: &mut PgConnection,
    product: &'static str,
    schema: &Schema,
    tables: &[String],
) -> Result<(), sqlx::Error> {
    let own = tables.iter().map(|table| (table.clone(), table.clone()));
    let bronnen = (format!("{product}_{BRONNEN}"), BRONNEN.to_owned());
    for (view, table) in own.chain([bronnen]) {
        // Names come from pg_tables; quoted they mean themselves, whatever they hold.
        let (view, table) = (quoted(&view), quoted(&table));
        let sql = format!("CREATE VIEW read_side.{view} AS TABLE {schema}.{table}");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await?;
    }
    Ok(())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

async fn record(conn: &mut PgConnection, product: &dyn Product) -> Result<(), sqlx::Error> {
    let start = serde_json::to_value(Cursor::default())
        .map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query!(
        "INSERT INTO projector.generaties (product, generatie, versie, actief)
         VALUES ($1, $2, $3, true)",
        product.name(),
        FIRST,
        product.version(),
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO projector.checkpoints (product, generatie, cursor) VALUES ($1, $2, $3)",
        product.name(),
        FIRST,
        start,
    )
    .execute(conn)
    .await?;
    Ok(())
}
