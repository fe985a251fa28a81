//! The verdict: what each reader lost, doubled and got out of order, how late it was, and whether
//! the tables are those of a fresh rebuild.

use std::collections::BTreeMap;
use std::fmt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, PgPool};
use tokio::process::Command;

use super::course::{Course, Phase};
use super::readers::{Reader, Seen};
use super::visible::Sight;

/// Judges the readers, and prints the comparison; gives the number of events.
pub async fn readers(pool: &PgPool, course: &Course, seen: &[(Reader, Seen)]) -> i64 {
    let log = log(pool, course).await;
    let committed = course.committed();
    let late = |lag: &[Duration]| format!("{}", Late(lag));
    println!("| reader | lost | doubled | out of order | in peace: {HEAD} | trouble: {HEAD} |");
    for (reader, seen) in seen {
        let lost = log.iter().filter(|positie| !seen.first.contains_key(positie)).count();
        let lags = lags(course, &committed, &seen.first);
        let [calm, trouble] = lags.each_ref().map(|lag| late(lag));
        let faults = (lost, seen.doubled, seen.inverted);
        println!(
            "| {reader:?} | {} | {} | {} | {calm} | {trouble} |",
            faults.0, faults.1, faults.2
        );
        match reader {
            Reader::Fence => assert_eq!(faults, (0, 0, 0), "seed {}", course.seed),
            // What others do is told, and here is not the place to demand it of them.
            Reader::Naive | Reader::Xmin => {}
            Reader::Tables => assert_eq!(lost, 0, "seed {}", course.seed),
        }
    }
    log.len() as i64
}

/// The positions of the log: at the least all that were acknowledged.
pub async fn log(pool: &PgPool, course: &Course) -> Vec<i64> {
    let sql = "SELECT positie FROM write_side.gebeurtenissen ORDER BY positie";
    let log: Vec<i64> = sqlx::query_scalar(sql).fetch_all(pool).await.expect("the log");
    assert!(log.len() as i64 >= course.events, "{}", log.len());
    let kept = |positie: &i64| log.binary_search(positie).is_ok();
    assert!(course.committed().keys().all(kept), "what was acknowledged is not in the log");
    let sql = "SELECT count(*) FROM pg_prepared_xacts";
    let prepared: i64 = sqlx::query_scalar(sql).fetch_one(pool).await.expect("a count");
    assert_eq!(prepared, 0, "a transaction was left prepared");
    println!("{} events, last position {}", log.len(), log.last().expect("events"));
    log
}

/// Prints how late what was committed was in the klantbeeld over GraphQL.
pub fn visible(course: &Course, sights: &[Sight]) {
    println!("| seen in GraphQL | contacts | not waited for | {HEAD} |");
    for phase in [Phase::Calm, Phase::Trouble] {
        let of_phase = || sights.iter().filter(|one| course.phase_of(one.committed) == phase);
        let mut lags: Vec<Duration> = of_phase().filter_map(|one| one.lag).collect();
        lags.sort_unstable();
        let given_up = of_phase().filter(|one| one.lag.is_none()).count();
        println!("| {phase:?} | {} | {given_up} | {} |", lags.len(), Late(&lags));
        assert!(phase == Phase::Trouble || !lags.is_empty(), "nothing was seen in GraphQL");
    }
}

/// What [`Late`] tells.
const HEAD: &str = "p50 p95 p99 longest, ms";

/// How late, of lags in order.
struct Late<'l>(&'l [Duration]);

impl fmt::Display for Late<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(last) = self.0.len().checked_sub(1) else { return f.write_str("nothing") };
        let at = |share: usize| self.0[last * share / 100].as_secs_f64() * 1e3;
        write!(f, "{:.1} {:.1} {:.1} {:.1}", at(50), at(95), at(99), at(100))
    }
}

/// From the commit, as the writer heard, to the reader: in peace and in trouble.
fn lags(
    course: &Course,
    committed: &BTreeMap<i64, Instant>,
    seen: &BTreeMap<i64, Instant>,
) -> [Vec<Duration>; 2] {
    let of_phase = |phase: Phase| {
        let lag = |(positie, at): (&i64, &Instant)| {
            Some(seen.get(positie)?.saturating_duration_since(*at))
        };
        let in_phase = committed.iter().filter(|(_, at)| course.phase_of(**at) == phase);
        let mut lags: Vec<Duration> = in_phase.filter_map(lag).collect();
        lags.sort_unstable();
        lags
    };
    [of_phase(Phase::Calm), of_phase(Phase::Trouble)]
}

/// Every product has counted every event once, in the transactions of its rows.
pub async fn folded_once(pool: &PgPool, events: i64) {
    let sql = "SELECT product, gebeurtenissen FROM projector.checkpoints ORDER BY 1";
    let counts: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(pool).await.expect("counts");
    assert!(counts.len() >= 5);
    assert!(counts.iter().all(|(_, count)| *count == events), "{events} events: {counts:?}");
}

/// Rebuilds all products from the log and compares every row of every table, as text.
pub async fn same_as_rebuilt(url: &str, pool: &PgPool) {
    let done = Command::new(env!("CARGO_BIN_EXE_klantbeeld"))
        .args(["rebuild", "--all", "--no-switch", "--json"])
        .env("KLANTBEELD_DATABASE_URL", url)
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
