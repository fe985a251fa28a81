//! What a rebuild tells while it works: bars on a terminal, plain lines elsewhere.

use std::process::Stdio;

use tokio::process::Command;

use super::command::limit_rebuilds;
use super::with_history;
use crate::support::App;

/// The escape character, with which a terminal is told to move and to wipe.
const ESCAPE: char = '\u{1b}';
const ARGS: &str = "rebuild klantbeeld --no-switch --batch 10";

/// A service whose rebuilds take seconds.
async fn slow(seed: u8) -> App {
    let app = with_history(seed).await;
    limit_rebuilds(&app, 100).await;
    app
}

async fn output(app: &App, command: &mut Command) -> (String, String) {
    let command = command.env("KLANTBEELD_DATABASE_URL", app.database.url()).env("TERM", "xterm");
    let done = command.stdin(Stdio::null()).output().await.expect("it runs");
    assert!(done.status.success(), "{done:?}");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&done.stdout), text(&done.stderr))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_terminal_every_phase_has_a_bar_with_a_rate_and_the_time_that_is_left() {
    let app = slow(23).await;
    let line = format!("stty cols 120 rows 30; exec {} {ARGS}", env!("CARGO_BIN_EXE_klantbeeld"));
    let mut script = Command::new("script");
    let (drawn, _) = output(&app, script.args(["-q", "-e", "-c", &line, "/dev/null"])).await;
    for phase in ["klantbeeld read", "klantbeeld derive", "klantbeeld index", "klantbeeld verify"] {
        assert!(drawn.contains(phase), "{phase}: {drawn:?}");
    }
    assert!(drawn.contains(ESCAPE) && drawn.contains('█'), "{drawn:?}");
    let frames: Vec<&str> =
        drawn.split(['\r', '\n']).filter(|frame| frame.contains("klantbeeld read")).collect();
    assert!(frames.len() > 3, "{drawn:?}");
    assert!(!frames[0].contains("left"), "unknown at first: {frames:?}");
    let told = |frame: &&str| frame.contains(" positions/s, ") && frame.contains(" left");
    assert!(frames.iter().any(told), "{frames:?}");
    // The outcome stands by itself: the last bar is gone before it.
    let (before, after) = drawn.split_once("klantbeeld: generation 2 is filled").expect("it ends");
    let beside = before.rsplit(['\r', '\n']).next().expect("a line");
    assert!(!beside.contains("klantbeeld"), "{drawn:?}");
    assert!(after.contains("Readers do not see it yet") && !after.contains('█'), "{drawn:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn elsewhere_it_tells_in_lines_on_stderr() {
    let app = slow(24).await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_klantbeeld"));
    let (outcome, told) = output(&app, command.args(ARGS.split(' '))).await;
    assert!(!told.contains([ESCAPE, '\r']) && !outcome.contains([ESCAPE, '\r']), "{told:?}");
    let lines: Vec<&str> = told.lines().collect();
    assert!(lines[0].starts_with("klantbeeld read: 0 of "), "{lines:#?}");
    let end =
        lines.iter().find(|line| line.starts_with("klantbeeld read: ") && line.contains("left"));
    assert!(end.is_some_and(|line| line.ends_with("0 s left")), "{lines:#?}");
    assert!(outcome.starts_with("klantbeeld: generation 2 is filled"), "{outcome}");
}
