//! A municipality that is made up is one that could have come over HTTP: the register is what the log
//! says, every product folds it, chance follows from the seed, and it is there wholly or not at all.

mod geheugen;
mod zetten;

use std::collections::BTreeMap;
use std::process::{Output, Stdio};

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool};
use tokio::process::Command;

use crate::projection::tables::{project_at_once, tables};
use crate::rebuild::command::klantbeeld;
use crate::register::{fold, versions_are_contiguous};
use crate::support::{App, TestDatabase, database, until};

/// The log, with its data as they were written.
const LOG: [&str; 2] = [
    "SELECT to_jsonb(h)::text FROM write_side.handelingen h ORDER BY handeling_id",
    "SELECT concat(to_jsonb(g) - 'data', data) FROM write_side.gebeurtenissen g ORDER BY positie",
];

/// Tables of what is not made up: vertegenwoordigingen, inzage, zaaksleutels, addresses that a known
/// klant gave once about a zaak.
const WITHOUT_ROWS: [&str; 5] =
    ["dossier_vertegenwoordigingen", "inzageverzoeken", "zaak_adressen", "zaken", "zaken_bronnen"];

/// A medewerker, as the API wants it.
fn medewerker(naam: &str) -> Value {
    json!({ "naam": naam, "functie": "KCC", "telefoonnummer": "0999001099" })
}

fn command(database: &TestDatabase, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_klantbeeld"));
    command
        .arg("generate")
        .args(args)
        .env("KLANTBEELD_DATABASE_URL", database.url())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn generate(database: &TestDatabase, args: &[&str]) -> Output {
    command(database, args).output().await.expect("the binary runs")
}

/// A small municipality in two years.
async fn small(database: &TestDatabase, seed: &str) {
    let args = ["--inwoners", "200", "--jaren", "2", "--seed", seed];
    let done = generate(database, &args).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

async fn texts(pool: &PgPool, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(pool).await.expect("rows")
}

async fn log(pool: &PgPool) -> [Vec<String>; 2] {
    [texts(pool, LOG[0]).await, texts(pool, LOG[1]).await]
}

/// Indexes, keys and references of the write side, as they are defined.
async fn definitions(pool: &PgPool) -> Vec<String> {
    let sql = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'write_side'
               UNION ALL
               SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid),
                                convalidated)
               FROM pg_constraint WHERE connamespace = 'write_side'::regnamespace ORDER BY 1";
    texts(pool, sql).await
}

/// Number of rows in every table of the write side that has any.
async fn counts(pool: &PgPool) -> BTreeMap<String, i64> {
    let sql = "SELECT relname::text, (xpath('/row/c/text()', query_to_xml(
                   format('SELECT count(*) AS c FROM write_side.%I', relname), false, true, '')
               ))[1]::text::bigint
               FROM pg_class WHERE relnamespace = 'write_side'::regnamespace AND relkind = 'r'";
    let rows: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(pool).await.expect("counts");
    rows.into_iter().filter(|(_, count)| *count > 0).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_register_is_the_fold_of_the_log_and_every_product_shows_it() {
    let app = App::start_without_projector().await;
    let before = definitions(app.pool()).await;
    small(&app.database, "1").await;
    assert_eq!(definitions(app.pool()).await, before, "indexes and references are as they were");
    versions_are_contiguous(app.pool()).await;
    let (folded, register) = (fold::of_log(app.pool()).await, fold::register(app.pool()).await);
    for (table, rows) in &folded {
        assert_eq!(Some(rows), register.get(table), "table {table}");
    }
    for table in ["partijen", "klantcontacten", "interne_taken", "betrokkenen", "bijlagen"] {
        assert!(folded[table].len() > 20, "{table}: {}", folded[table].len());
    }

    project_at_once(app.pool(), 1000).await;
    let tables = tables(app.pool()).await;
    let empty = tables.iter().filter(|(_, rows)| rows.is_empty()).map(|(name, _)| name.as_str());
    assert_eq!(empty.collect::<Vec<_>>(), WITHOUT_ROWS);
    let parked: i64 = sqlx::query_scalar("SELECT count(*) FROM projector.geparkeerd")
        .fetch_one(app.pool())
        .await
        .expect("a count");
    assert_eq!(parked, 0);
    let checked = klantbeeld(&app, &["drift", "check", "--all"]).await;
    assert_eq!(checked.code, 0, "{checked:?}");
    let products = checked.json["checked"].as_array().expect("products");
    assert!(products.iter().any(|one| one["keys"].as_i64() > Some(200)), "{checked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_gives_the_same_log_and_another_one_another() {
    let [one, same, other] = [database().await, database().await, database().await];
    tokio::join!(small(&one, "7"), small(&same, "7"));
    small(&other, "8").await;
    let first = log(one.pool()).await;
    assert!(first[1].len() > 3000, "{} events", first[1].len());
    assert!(first == log(same.pool()).await, "the same seed gave another log");
    let other = log(other.pool()).await;
    let shared = other[1].iter().filter(|event| first[1].contains(event)).count();
    assert_eq!(shared, 0, "events of another seed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_not_empty_is_refused_and_stays_as_it_is() {
    let app = App::start_without_projector().await;
    app.post("/medewerkers", medewerker("Sanne Visser")).await;
    let before = (log(app.pool()).await, counts(app.pool()).await, definitions(app.pool()).await);
    let refused = generate(&app.database, &["--inwoners", "50", "--jaren", "1"]).await;
    assert_eq!(refused.status.code(), Some(3));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("not empty") && said.contains("--database-url"), "{said}");
    let after = (log(app.pool()).await, counts(app.pool()).await, definitions(app.pool()).await);
    assert_eq!(after, before);
    app.post("/medewerkers", medewerker("Bram Bos")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_that_is_to_come_is_refused() {
    let database = database().await;
    let empty = counts(database.pool()).await;
    let refused = generate(&database, &["--inwoners", "50", "--tot", "2999-01-01"]).await;
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("--tot 2999-01-01 lies in the future"), "{said}");
    assert_eq!(counts(database.pool()).await, empty);
}

/// The last statement of whoever holds the log for itself in this database.
async fn statement(pool: &PgPool) -> Option<String> {
    let sql = "SELECT a.query FROM pg_stat_activity a JOIN pg_locks l USING (pid)
               WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND l.granted
                 AND l.mode = 'AccessExclusiveLock'
                 AND l.relation = to_regclass('write_side.gebeurtenissen')";
    sqlx::query_scalar(sql).fetch_optional(pool).await.expect("a statement")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_midway_it_leaves_nothing_and_a_second_start_fills_the_database() {
    for part in ["COPY", "CREATE"] {
        let database = database().await;
        let pool = database.pool();
        let (empty, before) = (counts(pool).await, definitions(pool).await);
        let args = ["--inwoners", "4000", "--jaren", "1"];
        let mut child = command(&database, &args).spawn().expect("the binary runs");
        until(part, || async { statement(pool).await.filter(|last| last.starts_with(part)) }).await;
        assert_eq!(child.try_wait().expect("a state"), None, "{part}: it ended");
        child.kill().await.expect("killed");
        until("the server to notice", || async { statement(pool).await.is_none().then_some(()) })
            .await;
        assert_eq!(counts(pool).await, empty, "killed at {part}");
        assert_eq!(definitions(pool).await, before, "killed at {part}");

        small(&database, "1").await;
        let whole = log(pool).await;
        let first: i64 = sqlx::query_scalar("SELECT min(positie) FROM write_side.gebeurtenissen")
            .fetch_one(pool)
            .await
            .expect("a position");
        assert_eq!((first, whole[1].is_empty()), (1, false));
    }
}
