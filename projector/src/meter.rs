//! What a projector has done since it was made, for whoever watches it: how long its batches took,
//! step by step, and how many events they had.

use std::cell::Cell;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// Upper bounds of durations, in seconds.
const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Upper bounds of batches, in events.
const EVENTS: &[f64] = &[1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0];

/// A step of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reading the events.
    Load,
    /// Folding them into the states of objects, which are read and written.
    Fold,
    /// Deriving rows from the states and writing them.
    Write,
    /// Moving the checkpoints and committing.
    Commit,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Load, Self::Fold, Self::Write, Self::Commit];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Fold => "fold",
            Self::Write => "write",
            Self::Commit => "commit",
        }
    }
}

/// Values, counted by upper bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    bounds: &'static [f64],
    /// One for each bound, and one for what lies above the last.
    counts: Vec<u64>,
    sum: f64,
}

impl Histogram {
    fn new(bounds: &'static [f64]) -> Self {
        Self { bounds, counts: vec![0; bounds.len() + 1], sum: 0.0 }
    }

    fn add(&mut self, value: f64) {
        self.counts[self.bounds.partition_point(|bound| *bound < value)] += 1;
        self.sum += value;
    }

    /// How many values there are up to each bound.
    pub fn cumulative(&self) -> impl Iterator<Item = (f64, u64)> {
        let up_to = |sum: &mut u64, count: &u64| {
            *sum += count;
            Some(*sum)
        };
        self.bounds.iter().copied().zip(self.counts.iter().scan(0, up_to))
    }

    /// How many values there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Their sum.
    #[must_use]
    pub const fn sum(&self) -> f64 {
        self.sum
    }
}

/// What was counted of the batches that were committed.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// Events in a batch.
    pub events: Histogram,
    /// Seconds from reading to committing it.
    pub whole: Histogram,
    /// Seconds in each step, in the order of [`Step::ALL`]; those of products that are folded at the
    /// same time are added up.
    pub steps: [Histogram; 4],
}

/// Counts the batches of a projector.
#[derive(Debug)]
pub struct Meter(Mutex<Counted>);

impl Default for Meter {
    fn default() -> Self {
        Self(Mutex::new(Counted {
            events: Histogram::new(EVENTS),
            whole: Histogram::new(SECONDS),
            steps: Step::ALL.map(|_| Histogram::new(SECONDS)),
        }))
    }
}

impl Meter {
    /// Counts a batch that was committed.
    pub(crate) fn count(&self, events: usize, spent: &Spent) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.events.add(u32::try_from(events).unwrap_or(u32::MAX).into());
        counted.whole.add(spent.whole.as_secs_f64());
        for (histogram, time) in counted.steps.iter_mut().zip(&spent.steps) {
            histogram.add(time.get().as_secs_f64());
        }
    }

    /// What was counted so far.
    pub fn counted(&self) -> Counted {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What a batch spent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spent {
    whole: Duration,
    steps: [Cell<Duration>; 4],
}

tokio::task_local! {
    /// Of the batch that this task works on: so a product need not know that it is measured.
    static SPENT: Spent;
}

/// Does the work of a batch, and tells what it spent in each step.
pub(crate) async fn measured<T>(work: impl Future<Output = T>) -> (T, Spent) {
    let begin = Instant::now();
    let measured = async {
        let done = work.await;
        (done, SPENT.with(Spent::clone))
    };
    let (done, spent) = SPENT.scope(Spent::default(), measured).await;
    (done, Spent { whole: begin.elapsed(), ..spent })
}

/// Does the work of a step.
pub(crate) async fn timed<T>(step: Step, work: impl Future<Output = T>) -> T {
    let begin = Instant::now();
    let done = work.await;
    // Outside a batch nobody counts.
    let _ = SPENT.try_with(|spent| {
        let time = &spent.steps[step as usize];
        time.set(time.get() + begin.elapsed());
    });
    done
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    #[test]
    fn a_value_counts_under_every_bound_that_it_does_not_exceed() {
        let mut histogram = Histogram::new(&[1.0, 10.0]);
        for value in [0.5, 1.0, 1.5, 10.0, 11.0] {
            histogram.add(value);
        }
        assert_eq!(histogram.cumulative().collect::<Vec<_>>(), [(1.0, 2), (10.0, 4)]);
        assert_eq!((histogram.count(), histogram.sum()), (5, 24.0));
    }

    #[tokio::test]
    async fn each_step_of_a_batch_is_counted_with_its_own_time() {
        const SHORT: Duration = Duration::from_millis(3);
        let work = async {
            timed(Step::Load, sleep(SHORT)).await;
            timed(Step::Write, sleep(SHORT * 4)).await;
            timed(Step::Write, sleep(SHORT * 4)).await;
        };
        let ((), spent) = measured(work).await;
        let [load, fold, write, commit] = spent.steps.clone().map(|time| time.get());
        assert!(load >= SHORT && load < write && write >= SHORT * 8, "{spent:?}");
        assert_eq!((fold, commit), (Duration::ZERO, Duration::ZERO));
        assert!(spent.whole >= load + write, "{spent:?}");
        let meter = Meter::default();
        meter.count(7, &spent);
        let counted = meter.counted();
        assert_eq!((counted.events.count(), counted.events.sum()), (1, 7.0));
        assert!(counted.steps[Step::Write as usize].sum() >= 0.024);
    }
}
