//! Trouble: what is killed, and when, from a seed.

use std::time::{Duration, Instant};

use klantbeeld::random::Random;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::PgConnection;

use super::Course;
use super::server::Server;
use crate::support::{Issuer, Process};

/// Projectors at the same time: one leads, the others wait.
const PROJECTORS: usize = 2;
/// Pause between two troubles: this, and at most as long again.
const PAUSE_MS: u32 = 150;
/// How long the unrelated transaction stays open, each time.
const LONG: Duration = Duration::from_secs(3);

/// Makes trouble until the writers are done; tells what it did.
pub async fn make(server: &Server, course: &Course) -> String {
    let mut random = course.random(1000);
    let mut projectors: Vec<Process> = (0..PROJECTORS).map(|_| projector(server)).collect();
    let mut session = server.session("onrust").await;
    let (mut killed, mut ended, mut crashed) = (0, 0, false);
    let mut elder: Option<(PgConnection, Instant)> = None;
    while !course.is_done() {
        if elder.as_ref().is_none_or(|(_, since)| since.elapsed() > LONG) {
            elder = unrelated(server).await;
        }
        match random.below(4) {
            0 => {
                let place = usize::try_from(random.below(2)).expect("small");
                projectors[place].kill();
                projectors[place] = projector(server);
                killed += 1;
            }
            1 | 2 => ended += u32::from(end_one(&mut session, &mut random).await),
            // Nothing for a while: the projector gets somewhere.
            _ => {}
        }
        if !crashed && course.written() * 2 > course.events {
            crashed = crash(&mut session).await;
            session = server.session("onrust").await;
        }
        let pause = PAUSE_MS + random.below(PAUSE_MS);
        tokio::time::sleep(Duration::from_millis(u64::from(pause))).await;
    }
    assert!(crashed, "the server was never made to recover");
    drop(elder);
    // The last ones stay, so that the tables come to the end of the log.
    *server.projectors.lock().expect("unpoisoned") = projectors;
    format!(
        "{killed} projectors killed, {ended} sessions ended, one process of the server killed so \
         that it recovered"
    )
}

fn projector(server: &Server) -> Process {
    let clock: clock::SharedClock = std::sync::Arc::new(clock::SystemClock);
    Process::start_on(&server.url(), &Issuer::new(&clock), "project", &[])
}

/// A transaction that has written, in a table that nobody reads, and stays open.
async fn unrelated(server: &Server) -> Option<(PgConnection, Instant)> {
    let mut session = server.session("elders").await;
    let sql = "BEGIN; INSERT INTO foltering.elders VALUES (1)";
    sqlx::raw_sql(sql).execute(&mut session).await.ok()?;
    Some((session, Instant::now()))
}

/// Ends a session of a writer or a projector.
async fn end_one(session: &mut PgConnection, random: &mut Random) -> bool {
    let sql = "SELECT pid FROM pg_stat_activity
               WHERE datname = current_database()
                 AND (application_name = 'schrijver' OR application_name LIKE 'klantbeeld %')
               ORDER BY pid";
    let Ok(pids) = sqlx::query_scalar::<_, i32>(sql).fetch_all(&mut *session).await else {
        return false;
    };
    if pids.is_empty() {
        return false;
    }
    let pid = *random.pick(&pids);
    let sql = "SELECT pg_terminate_backend($1)";
    sqlx::query_scalar(sql).bind(pid).fetch_one(session).await.unwrap_or(false)
}

/// Kills a process of a writer with SIGKILL: the server ends all sessions and recovers.
async fn crash(session: &mut PgConnection) -> bool {
    let sql = "SELECT pid FROM pg_stat_activity
               WHERE datname = current_database() AND application_name = 'schrijver' LIMIT 1";
    match sqlx::query_scalar::<_, i32>(sql).fetch_optional(session).await {
        Ok(Some(pid)) => kill(Pid::from_raw(pid), Signal::SIGKILL).is_ok(),
        Ok(None) | Err(_) => false,
    }
}
