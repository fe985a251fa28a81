//! Trouble: what is killed, and when, from a seed.

use std::fmt;
use std::time::{Duration, Instant};

use klantbeeld::random::Random;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::{Connection, PgConnection};

use super::course::Course;
use super::pack::Pack;
use super::server::Server;
use super::takeover;
use super::told::Audience;
use crate::support::Process;

/// Pause between two troubles: this, and at most as long again.
const PAUSE_MS: u32 = 150;
/// How long the unrelated transaction stays open, each time.
const LONG: Duration = Duration::from_secs(3);
/// How often the server is made to recover.
const CRASHES: i64 = 2;
/// Pause between two looks whether there was peace for long enough.
const LOOK: Duration = Duration::from_millis(5);

/// What was done.
#[derive(Default)]
pub struct Tally {
    /// Sessions of writers, projectors and relays that were ended.
    pub ended: u32,
    /// How long the server was away, each time that it recovered.
    pub away: Vec<Duration>,
    /// From a kill of the leader to the next checkpoint by another.
    pub takeovers: Vec<Duration>,
    killed: (u32, u32),
    gave_up: u32,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (projectors, relays) = self.killed;
        writeln!(
            f,
            "{projectors} projectors and {relays} relays killed, {} sessions ended, the server \
             recovered {} times (away {:?}), {} processes did not start meanwhile",
            self.ended,
            self.away.len(),
            self.away,
            self.gave_up
        )?;
        let mut takeovers = self.takeovers.clone();
        takeovers.sort_unstable();
        let (middle, last) = (takeovers.get(takeovers.len() / 2), takeovers.last());
        write!(f, "{} take-overs: median {middle:?}, longest {last:?}", takeovers.len())
    }
}

/// What runs, to be killed.
pub struct Scene<'a> {
    server: &'a Server,
    audience: &'a Audience,
    projectors: Pack<'a>,
    relays: Pack<'a>,
}

impl<'a> Scene<'a> {
    /// Starts projectors and relays.
    pub fn start(server: &'a Server, audience: &'a Audience) -> Self {
        let issuer = &audience.app.issuer;
        let projector = || Process::start_on(&server.url(), issuer, "project", &[]);
        let relay = || audience.relay(server);
        Self { server, audience, projectors: Pack::start(projector), relays: Pack::start(relay) }
    }

    /// Makes trouble from the end of the peace until the writers are done; tells what it did, and
    /// gives what runs still, so that all come to the end of the log.
    pub async fn torment(mut self, course: &Course) -> (Tally, Vec<Process>) {
        let mut random = course.random(1000);
        let mut session = self.server.session("onrust").await;
        let mut elder = Elder::default();
        while !course.is_calm_over() {
            elder.keep(self.server).await;
            tokio::time::sleep(LOOK).await;
        }
        course.begin_trouble();
        let begin = course.written();
        let mut tally = Tally::default();
        while !course.is_done() {
            elder.keep(self.server).await;
            self.trouble(&mut session, &mut random, &mut tally).await;
            let crashes = tally.away.len() as i64;
            let due = (course.events - begin) * (crashes + 1) / (CRASHES + 1);
            if crashes < CRASHES && course.written() - begin > due {
                tally.away.extend(crash(self.server, &mut session).await);
            }
            self.projectors.revive();
            self.relays.revive();
            let pause = PAUSE_MS + random.below(PAUSE_MS);
            tokio::time::sleep(Duration::from_millis(u64::from(pause))).await;
        }
        assert!(!tally.away.is_empty(), "the server was never made to recover");
        tally.killed = (self.projectors.killed, self.relays.killed);
        tally.gave_up = self.projectors.gave_up + self.relays.gave_up;
        let running = [self.projectors.into_running(), self.relays.into_running()];
        (tally, running.into_iter().flatten().collect())
    }

    async fn trouble(
        &mut self,
        session: &mut PgConnection,
        random: &mut Random,
        tally: &mut Tally,
    ) {
        match random.below(6) {
            0 => {
                let leader = takeover::leader(session).await;
                let (place, killed) = self.projectors.kill_without_another(random);
                // Sometimes nobody waits, and the next may be killed while it takes over. Otherwise no
                // new process helps: the one that stood by takes over.
                if leader.as_ref() == Some(&killed) && random.chance(75) {
                    tally.takeovers.push(takeover::measure(session, &killed).await);
                }
                self.projectors.start_at(place);
            }
            1 => {
                self.relays.kill_one(random);
                self.audience.expire().await;
            }
            2 | 3 => tally.ended += u32::from(end_one(session, random).await),
            // Nothing for a while: all get somewhere.
            _ => {}
        }
    }
}

/// A transaction that has written, in a table that nobody reads, and stays open.
#[derive(Default)]
pub struct Elder(Option<(PgConnection, Instant)>);

impl Elder {
    /// Opens one; after a while, another.
    pub async fn keep(&mut self, server: &Server) {
        if self.0.as_ref().is_some_and(|(_, since)| since.elapsed() < LONG) {
            return;
        }
        let mut session = server.session("elders").await;
        let sql = "BEGIN; INSERT INTO foltering.elders VALUES (1)";
        let begun = sqlx::raw_sql(sql).execute(&mut session).await;
        self.0 = begun.is_ok().then(|| (session, Instant::now()));
    }
}

/// Ends a session of a writer, a projector or a relay.
pub async fn end_one(session: &mut PgConnection, random: &mut Random) -> bool {
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

/// Kills a process of a writer with SIGKILL: the server ends all sessions and recovers. Gives how long
/// it was away.
pub async fn crash(server: &Server, session: &mut PgConnection) -> Option<Duration> {
    let sql = "SELECT pid FROM pg_stat_activity
               WHERE datname = current_database() AND application_name = 'schrijver' LIMIT 1";
    let pid: i32 = sqlx::query_scalar(sql).fetch_optional(&mut *session).await.ok()??;
    kill(Pid::from_raw(pid), Signal::SIGKILL).ok()?;
    let begin = Instant::now();
    while session.ping().await.is_ok() {
        tokio::time::sleep(LOOK).await;
    }
    *session = server.session("onrust").await;
    Some(begin.elapsed())
}
