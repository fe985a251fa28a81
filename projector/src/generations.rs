//! Generations: the schema that holds one filling of a product's tables, and the views in schema
//! `read_side` through which the active one is read.

use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

use crate::checkpoints;
use crate::ddl;
use crate::error::ProjectorError;
use crate::fase::Fase;
use crate::product::{Product, Schema};
use log_source::Cursor;

/// The tables that every generation has besides those of its product: the objects from which the
/// rows are derived.
pub const BRONNEN_DDL: &str = include_str!("../../migrations/read-side/bronnen.sql");

/// The table of [`BRONNEN_DDL`].
pub(crate) const BRONNEN: &str = "bronnen";

/// The generation with which a product begins.
const FIRST: i32 = 1;

/// A view through which a reader sees what the policies of the table let it see.
const AS_READER: &str = "WITH (security_invoker = true)";
/// The role of all who read. What each may read is said by the tables: see the DDL of the products.
const LEZERS: &str = "klantbeeld_lezer";

/// Key of the advisory lock under which the list of generations changes: "generati" in ASCII.
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

/// Waits until nobody else changes or takes over the list of generations, and keeps it so until the
/// transaction ends: whoever takes generations over sees every change before it, and is told of
/// every change after it.
pub(crate) async fn lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", MAKING).execute(conn).await?;
    Ok(())
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
    lock(&mut tx).await.map_err(failed("waiting for another process that makes generations"))?;
    let exists = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM projector.generaties WHERE product = $1) AS "exists!""#,
        naam,
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(failed("looking for its generations"))?;
    if !exists {
        let tables = create_tables(&mut tx, product.ddl(), &schema, true)
            .await
            .map_err(failed("creating its tables"))?;
        create_views(&mut tx, naam, &schema, &tables)
            .await
            .map_err(failed("creating its views"))?;
        let new = New { generatie: FIRST, first: true, fase: Fase::Klaar, doel: None };
        record(&mut tx, product, &new).await.map_err(failed("recording it"))?;
        tracing::info!(
            projectie.product = naam,
            projectie.generatie = FIRST,
            projectie.versie = product.version(),
            "generation made"
        );
    }
    tx.commit().await.map_err(failed("committing"))
}

/// Creates the schema with the tables of `ddl` and of [`BRONNEN_DDL`], and perhaps their indexes;
/// gives the names of the former.
async fn create_tables(
    conn: &mut PgConnection,
    ddl: &'static str,
    schema: &Schema,
    indexes: bool,
) -> Result<Vec<String>, sqlx::Error> {
    let wanted = |ddl: &'static str| {
        let kept = ddl::statements(ddl).into_iter().filter(|one| indexes || !ddl::is_index(one));
        kept.map(|one| format!("{one};")).collect::<String>()
    };
    let create = format!("CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO {LEZERS}");
    sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut *conn).await?;
    work_in(conn, schema).await?;
    sqlx::raw_sql(AssertSqlSafe(wanted(ddl))).execute(&mut *conn).await?;
    let tables = tables(conn, schema).await?;
    sqlx::raw_sql(AssertSqlSafe(wanted(BRONNEN_DDL))).execute(&mut *conn).await?;
    compress(conn, schema).await?;
    Ok(tables)
}

/// Lets the documents of a generation be compressed by LZ4 where the server has it: that costs a
/// fraction of the default's time, for whoever writes them and for whoever reads them.
async fn compress(conn: &mut PgConnection, schema: &Schema) -> Result<(), sqlx::Error> {
    let columns = sqlx::query!(
        r#"SELECT c.relname::text AS "tabel!", a.attname::text AS "kolom!"
           FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
           WHERE c.relnamespace = to_regnamespace($1) AND c.relkind = 'r'
             AND a.attnum > 0 AND a.atttypid = 'json'::regtype
             AND EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression'
                         AND 'lz4' = ANY (enumvals))"#,
        schema.as_str(),
    )
    .fetch_all(&mut *conn)
    .await?;
    for column in columns {
        let (table, column) = (quoted(&column.tabel), quoted(&column.kolom));
        let sql = format!("ALTER TABLE {schema}.{table} ALTER {column} SET COMPRESSION lz4");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Lets unqualified names mean those of a generation, until the transaction ends.
pub(crate) async fn work_in(conn: &mut PgConnection, schema: &Schema) -> Result<(), sqlx::Error> {
    // Schema public stays in sight for operators of extensions.
    sqlx::query!("SELECT set_config('search_path', $1 || ', public', true)", schema.as_str())
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// The tables of a generation, without the objects.
async fn tables(conn: &mut PgConnection, schema: &Schema) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT tablename::text AS "name!" FROM pg_tables
           WHERE schemaname = $1 AND tablename <> $2 ORDER BY 1"#,
        schema.as_str(),
        BRONNEN,
    )
    .fetch_all(conn)
    .await
}

/// Views with the tables that they show.
fn views(product: &str, tables: &[String]) -> Vec<(String, String)> {
    let own = tables.iter().map(|table| (table.clone(), table.clone()));
    own.chain([(format!("{product}_{BRONNEN}"), BRONNEN.to_owned())]).collect()
}

/// What a view shows of a table: of the objects no more than which version is there.
fn shown(schema: &Schema, table: &str) -> String {
    if table == BRONNEN {
        return format!("SELECT objectsoort, object_id, versie FROM {schema}.{BRONNEN}");
    }
    format!("TABLE {schema}.{}", quoted(table))
}

/// Two products that use the same name for a table are refused here: the view exists.
async fn create_views(
    conn: &mut PgConnection,
    product: &str,
    schema: &Schema,
    tables: &[String],
) -> Result<(), sqlx::Error> {
    for (view, table) in views(product, tables) {
        // Names come from pg_tables; quoted they mean themselves, whatever they hold.
        let (view, rows) = (quoted(&view), shown(schema, &table));
        let sql = format!(
            "CREATE VIEW read_side.{view} {AS_READER} AS {rows};
             GRANT SELECT ON read_side.{view} TO {LEZERS}"
        );
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Lets the views that show one generation show another. A view whose columns stay the same is
/// replaced, which keeps the rights on it; otherwise it is made anew.
pub(crate) async fn point_views(
    conn: &mut PgConnection,
    product: &str,
    from: &Schema,
    to: &Schema,
) -> Result<(), sqlx::Error> {
    let (old, new) = (tables(conn, from).await?, tables(conn, to).await?);
    if columns(conn, from).await? == columns(conn, to).await? {
        for (view, table) in views(product, &new) {
            let (view, rows) = (quoted(&view), shown(to, &table));
            let sql = format!("CREATE OR REPLACE VIEW read_side.{view} {AS_READER} AS {rows}");
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await?;
        }
        return Ok(());
    }
    for (view, _) in views(product, &old) {
        let sql = format!("DROP VIEW read_side.{}", quoted(&view));
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await?;
    }
    create_views(conn, product, to, &new).await
}

/// The columns of the tables of a generation, as text that tells whether they are the same.
async fn columns(conn: &mut PgConnection, schema: &Schema) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT concat_ws(' ', c.relname, a.attnum, a.attname,
                            format_type(a.atttypid, a.atttypmod)) AS "column!"
           FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
           WHERE c.relnamespace = to_regnamespace($1) AND c.relkind = 'r' AND a.attnum > 0
             AND NOT a.attisdropped
           ORDER BY c.relname, a.attnum"#,
        schema.as_str(),
    )
    .fetch_all(conn)
    .await
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Makes the next generation of a product, empty and without secondary indexes, to be filled up to
/// `doel`; gives its number.
pub(crate) async fn create_next(
    session: &mut PgConnection,
    product: &dyn Product,
    doel: i64,
) -> Result<i32, ProjectorError> {
    let naam = product.name();
    let failed = |action| move |source| ProjectorError::Create { product: naam, action, source };
    let mut tx = session.begin().await.map_err(failed("beginning a transaction"))?;
    lock(&mut tx).await.map_err(failed("waiting for another process that makes generations"))?;
    let generatie = sqlx::query_scalar!(
        r#"SELECT COALESCE(max(generatie), 0) + 1 AS "next!" FROM projector.generaties
           WHERE product = $1"#,
        naam,
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(failed("looking for its generations"))?;
    let schema = Schema::new(naam, generatie)?;
    create_tables(&mut tx, product.ddl(), &schema, false)
        .await
        .map_err(failed("creating its tables"))?;
    let new = New { generatie, first: false, fase: Fase::Lezen, doel: Some(doel) };
    record(&mut tx, product, &new).await.map_err(failed("recording it"))?;
    tx.commit().await.map_err(failed("committing"))?;
    Ok(generatie)
}

/// A generation to be recorded.
struct New {
    generatie: i32,
    first: bool,
    fase: Fase,
    doel: Option<i64>,
}

async fn record(
    conn: &mut PgConnection,
    product: &dyn Product,
    new: &New,
) -> Result<(), sqlx::Error> {
    let start = checkpoints::json(&Cursor::default())?;
    sqlx::query!(
        "INSERT INTO projector.generaties (product, generatie, versie, actief, fase, doel,
             geserveerd_op)
         VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $4 THEN now() END)",
        product.name(),
        new.generatie,
        product.version(),
        new.first,
        new.fase.code(),
        new.doel,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO projector.checkpoints (product, generatie, cursor) VALUES ($1, $2, $3)",
        product.name(),
        new.generatie,
        start,
    )
    .execute(conn)
    .await?;
    Ok(())
}
