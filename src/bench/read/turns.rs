//! Measuring sides in turns, so that a noisy machine is noisy for all.

use std::time::{Duration, Instant};

use super::ReadError;
use super::load::{self, Target};
use super::process::Server;
use super::world::World;

/// How long is measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Turns of each side.
    pub(super) turns: u32,
    /// Length of one turn.
    pub(super) turn: Duration,
}

/// A side that is asked something.
pub(super) struct Side<'a> {
    pub(super) name: &'static str,
    pub(super) server: &'a Server,
    pub(super) target: Target,
    /// Whether it is what the others are compared with; of more, the fastest.
    pub(super) base: bool,
}

/// What came of one side.
#[derive(Debug, Default, Clone)]
pub(super) struct Figures {
    pub(super) name: &'static str,
    pub(super) base: bool,
    /// The time of every answer, ascending.
    times: Vec<Duration>,
    busy: Duration,
    /// Processor time of the process, and of PostgreSQL.
    process: Option<Duration>,
    server: Option<Duration>,
}

impl Figures {
    /// Milliseconds within which so many of a hundred answers came.
    pub(super) fn percentile(&self, percent: usize) -> f64 {
        let index = (self.times.len() * percent / 100).min(self.times.len().saturating_sub(1));
        self.times.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }

    /// Answers per second.
    pub(super) fn rate(&self) -> f64 {
        self.times.len() as f64 / self.busy.as_secs_f64()
    }

    /// Milliseconds of a core for one answer: of the process, and of PostgreSQL.
    pub(super) fn cores(&self) -> [Option<f64>; 2] {
        let each = |all: Duration| all.as_secs_f64() * 1e3 / self.times.len() as f64;
        [self.process.map(each), self.server.map(each)]
    }
}

/// Measures sides with so many clients, in turns after a turn to warm up.
pub(super) async fn measure(
    world: &World,
    sides: &[Side<'_>],
    clients: usize,
    pace: Pace,
) -> Result<Vec<Figures>, ReadError> {
    for side in sides {
        load::run(&side.target, clients, pace.turn / 2).await?;
    }
    let start = |side: &Side<'_>| Figures {
        name: side.name,
        base: side.base,
        process: Some(Duration::ZERO),
        server: Some(Duration::ZERO),
        ..Figures::default()
    };
    let mut all: Vec<Figures> = sides.iter().map(start).collect();
    for _ in 0..pace.turns {
        for (side, sum) in sides.iter().zip(&mut all) {
            let before = [side.server.time(), world.server_time().await?];
            let begin = Instant::now();
            sum.times.extend(load::run(&side.target, clients, pace.turn).await?);
            sum.busy += begin.elapsed();
            let after = [side.server.time(), world.server_time().await?];
            sum.process = added(sum.process, before[0], after[0]);
            sum.server = added(sum.server, before[1], after[1]);
        }
    }
    for sum in &mut all {
        sum.times.sort_unstable();
    }
    Ok(all)
}

fn added(
    sum: Option<Duration>,
    before: Option<Duration>,
    after: Option<Duration>,
) -> Option<Duration> {
    Some(sum? + after?.saturating_sub(before?))
}
