//! `klantbeeld bench`: it measures on what it makes itself, and leaves what is not its own alone.

use std::process::Command;
use std::time::Duration;

use klantbeeld::bench::{BenchArgs, BenchError, projector};

use crate::support::database;

/// Events of the test: enough for every product to have rows.
const EVENTS: u64 = 2_000;

fn args(database_url: Option<String>) -> BenchArgs {
    BenchArgs { events: vec![EVENTS], product: "klantbeeld".to_owned(), database_url }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_measurement_gives_a_figure() {
    let told = projector(&args(None)).await.expect("figures");
    for what in
        ["live", "drift", "rebuild", "floor: COPY", "switch: lock held, longest", "all products"]
    {
        let line = told.lines().find(|line| line.contains(what));
        let line = line.unwrap_or_else(|| panic!("no {what} in {told}"));
        let seconds = line.split('|').nth(2).expect("a column").trim();
        assert!(seconds.parse::<f64>().expect("seconds") > 0.0, "{line}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_with_tables_is_refused_and_stays_as_it_is() {
    let database = database().await;
    let refused = projector(&args(Some(database.url()))).await;
    assert!(matches!(refused, Err(BenchError::NotEmpty)), "{refused:?}");
    let sql = "SELECT count(*) FROM write_side.gebeurtenissen";
    let events: i64 = sqlx::query_scalar(sql).fetch_one(database.pool()).await.expect("a count");
    assert_eq!(events, 0);
}

/// How long the smallest measurement of reading may take.
const READ_LIMIT: Duration = Duration::from_secs(300);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn screens_are_the_same_by_hand_and_have_figures() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_klantbeeld"));
    command.args(["bench", "read", "--without-postgraphile", "--inwoners", "300"]);
    command.args(["--jaren", "2", "--contacten", "30", "--turns", "1", "--turn", "100"]);
    let measuring = tokio::task::spawn_blocking(move || command.output());
    let done = tokio::time::timeout(READ_LIMIT, measuring).await.expect("in time");
    let done = done.expect("no panic").expect("a process");
    // What is not the same ends it with an error.
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let told = String::from_utf8(done.stdout).expect("text");
    for screen in ["klantbeeld", "werkvoorraad", "zaakContacthistorie", "mijnGesprekken"] {
        for side in ["floor: statements", "service, registered document", "service, free question"]
        {
            let begin = format!("| {screen} | 8 | {side} |");
            let line = told.lines().find(|line| line.starts_with(&begin));
            let line = line.unwrap_or_else(|| panic!("no {begin} in {told}"));
            let p50 = line.split('|').nth(4).expect("a column").trim();
            assert!(p50.parse::<f64>().expect("milliseconds") > 0.0, "{line}");
        }
    }
}
