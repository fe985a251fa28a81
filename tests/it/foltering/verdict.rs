//! The verdict: what each reader lost, doubled and got out of order, how late it was, and whether
//! the tables are those of a fresh rebuild.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, PgPool};
use tokio::process::Command;

use super::Course;
use super::readers::{Reader, Seen};
use super::server::Server;

/// Judges all; prints the comparison.
pub async fn judge(server: &Server, course: &Course, seen: &[(Reader, Seen)]) {
    let pool = server.pool(2);
    let sql = "SELECT positie FROM write_side.gebeurtenissen ORDER BY positie";
    let log: Vec<i64> = sqlx::query_scalar(sql).fetch_all(&pool).await.expect("the log");
    assert!(log.len() as i64 >= course.events, "{}", log.len());
    let sql = "SELECT count(*) FROM pg_prepared_xacts";
    let prepared: i64 = sqlx::query_scalar(sql).fetch_one(&pool).await.expect("a count");
    assert_eq!(prepared, 0, "a transaction was left prepared");
    let committed = course.ledger.noted();
    println!("{} events, last position {}", log.len(), log.last().expect("events"));
    println!("| reader | lost | doubled | inverted | lag p50 ms | p95 | p99 | longest |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (reader, seen) in seen {
        let lost = log.iter().filter(|positie| !seen.first.contains_key(positie)).count();
        let lag = lags(&committed, &seen.first);
        let at = |share: usize| lag[(lag.len() - 1) * share / 100].as_secs_f64() * 1e3;
        println!(
            "| {reader:?} | {lost} | {} | {} | {:.1} | {:.1} | {:.1} | {:.1} |",
            seen.doubled,
            seen.inverted,
            at(50),
            at(95),
            at(99),
            at(100)
        );
        match reader {
            Reader::Fence => {
                assert_eq!((lost, seen.doubled, seen.inverted), (0, 0, 0), "seed {}", course.seed);
            }
            // What others do is told, and here is not the place to demand it of them.
            Reader::Naive | Reader::Xmin => {}
            Reader::Tables => assert_eq!(lost, 0, "seed {}", course.seed),
        }
    }
    folded_once(&pool, log.len() as i64).await;
    same_as_rebuilt(server, &pool).await;
}

/// From the commit, as the writer heard, to the reader.
fn lags(committed: &BTreeMap<i64, Instant>, seen: &BTreeMap<i64, Instant>) -> Vec<Duration> {
    let lag =
        |(positie, at): (&i64, &Instant)| Some(seen.get(positie)?.saturating_duration_since(*at));
    let mut lags: Vec<Duration> = committed.iter().filter_map(lag).collect();
    assert!(!lags.is_empty());
    lags.sort_unstable();
    lags
}

/// Every product has counted every event once, in the transactions of its rows.
async fn folded_once(pool: &PgPool, events: i64) {
    let sql = "SELECT product, gebeurtenissen FROM projector.checkpoints ORDER BY 1";
    let counts: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(pool).await.expect("counts");
    assert!(counts.len() >= 5);
    assert!(counts.iter().all(|(_, count)| *count == events), "{events} events: {counts:?}");
}

/// Rebuilds all products from the log and compares every row of every table, as text.
async fn same_as_rebuilt(server: &Server, pool: &PgPool) {
    let done = Command::new(env!("CARGO_BIN_EXE_klantbeeld"))
        .args(["rebuild", "--all", "--no-switch", "--json"])
        .env("KLANTBEELD_DATABASE_URL", server.url())
        .stderr(Stdio::piped())
        .output()
        .await
        .expect("a rebuild");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let sql = "SELECT schemaname::text, tablename::text FROM pg_tables
               WHERE schemaname LIKE '%\\_g1' ORDER BY 1, 2";
    let tables: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(pool).await.expect("tables");
    assert!(tables.len() >= 12, "{tables:?}");
    for (live, table) in tables {
        let rebuilt = live.replace("_g1", "_g2");
        let sql = format!(
            "WITH live AS (SELECT t::text FROM {live}.{table} t),
                  rebuilt AS (SELECT t::text FROM {rebuilt}.{table} t)
             SELECT (SELECT count(*) FROM live),
                    (SELECT count(*) FROM (TABLE live EXCEPT ALL TABLE rebuilt) AS a),
                    (SELECT count(*) FROM (TABLE rebuilt EXCEPT ALL TABLE live) AS b)"
        );
        let (rows, only_live, only_rebuilt): (i64, i64, i64) =
            sqlx::query_as(AssertSqlSafe(sql)).fetch_one(pool).await.expect("a comparison");
        assert_eq!((only_live, only_rebuilt), (0, 0), "{live}.{table} of {rows} rows");
    }
}
