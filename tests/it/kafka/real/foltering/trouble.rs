//! Trouble with Kafka between: two courses of it, that of the broker and that of everything else.

use std::sync::Mutex;
use std::time::Duration;

use klantbeeld::random::Random;
use tokio::time::sleep;

use crate::foltering::course::Course;
use crate::foltering::pack::Pack;
use crate::foltering::server::Server;
use crate::foltering::trouble::{Elder, crash, end_one};
use crate::kafka::real::own::OwnBroker;
use crate::support::{App, Process, until};

use super::Topics;

/// Pause between two troubles of projectors, relays and sessions: this, and at most as long again. The
/// partitions of one that was killed go to others after 6 s only.
const PAUSE_MS: u32 = 500;
/// How long the broker runs between two kills: this, and at most as long again.
const BROKER_MS: u32 = 1_500;
/// Kinds of trouble; the last is none.
const KINDS: u32 = 5;
/// Pause between two looks whether there was peace for long enough.
const LOOK: Duration = Duration::from_millis(5);

/// What runs, to be killed.
pub struct Scene<'a> {
    server: &'a Server,
    projectors: Pack<'a>,
    relays: Pack<'a>,
    /// Projectors that were asked to stop.
    leaving: Vec<Process>,
    ended: u32,
    away: Vec<Duration>,
}

impl<'a> Scene<'a> {
    /// Starts projectors and relays.
    pub fn start(server: &'a Server, app: &'a App, topics: &'a Topics) -> Self {
        let projectors = Pack::start(|| topics.projector(server, app));
        let relays = Pack::start(|| topics.relay(server, app));
        let (leaving, away) = (Vec::new(), Vec::new());
        Self { server, projectors, relays, leaving, ended: 0, away }
    }

    /// Makes trouble from the end of the peace until the writers are done; tells what it did, and
    /// gives what runs still.
    pub async fn torment(
        mut self,
        course: &Course,
        mut broker: OwnBroker,
    ) -> (String, Vec<Process>, OwnBroker) {
        let mut elder = Elder::default();
        while !course.is_calm_over() {
            elder.keep(self.server).await;
            sleep(LOOK).await;
        }
        course.begin_trouble();
        let (kills, ()) = tokio::join!(kill_again(course, &mut broker), self.make(course, elder));
        assert!(kills > 0 && !self.away.is_empty(), "no broker killed, or no server recovered");
        let leaving = Mutex::new(&mut self.leaving);
        until("those that were asked to stop to have", || async {
            let mut leaving = leaving.lock().expect("unpoisoned");
            leaving.iter_mut().all(Process::has_ended).then_some(())
        })
        .await;
        let told = format!(
            "broker killed {kills} times; {} projectors killed, {} left and joined, {} relays killed, \
             {} sessions ended, the server recovered (away {:?}), {} processes did not start meanwhile",
            self.projectors.killed,
            self.leaving.len(),
            self.relays.killed,
            self.ended,
            self.away,
            self.projectors.gave_up + self.relays.gave_up,
        );
        let running = [self.projectors.into_running(), self.relays.into_running()];
        (told, running.into_iter().flatten().collect(), broker)
    }

    async fn make(&mut self, course: &Course, mut elder: Elder) {
        let mut random = course.random(2000);
        let mut session = self.server.session("onrust").await;
        let begin = course.written();
        for turn in 0_u32.. {
            if course.is_done() {
                break;
            }
            elder.keep(self.server).await;
            // By turns, so that a short course has them all.
            match turn % KINDS {
                0 => self.projectors.kill_one(&mut random),
                1 => {
                    let leaving = self.projectors.exchange_one(&mut random);
                    leaving.ask_to_stop();
                    self.leaving.push(leaving);
                }
                2 => self.relays.kill_one(&mut random),
                3 => self.ended += u32::from(end_one(&mut session, &mut random).await),
                // Nothing for a while: all get somewhere.
                _ => {}
            }
            if self.away.is_empty() && (course.written() - begin) * 2 > course.events - begin {
                self.away.extend(crash(self.server, &mut session).await);
            }
            self.projectors.revive();
            self.relays.revive();
            pause(&mut random, PAUSE_MS).await;
        }
    }
}

/// Kills the broker and starts it again, until the writers are done; tells how often.
async fn kill_again(course: &Course, broker: &mut OwnBroker) -> u32 {
    let mut random = course.random(3000);
    let mut kills = 0;
    while !course.is_done() {
        broker.kill();
        broker.start_again();
        broker.address().await;
        kills += 1;
        pause(&mut random, BROKER_MS).await;
    }
    kills
}

/// Not to wait for something, but so that what comes next falls anywhere.
async fn pause(random: &mut Random, millis: u32) {
    sleep(Duration::from_millis(u64::from(millis + random.below(millis)))).await;
}
