//! How far a phase of a rebuild is: told to who started it, and recorded for who watches the
//! service.

use std::collections::VecDeque;
use std::time::Duration;

use sqlx::PgPool;
use tokio::time::Instant;

use super::{RebuildError, Reporter, Told};
use crate::error::ProjectorError;
use crate::fase::Fase;

/// The time from whose work a rate follows: older work says little of what comes.
const WINDOW: Duration = Duration::from_secs(30);
/// From less time than this no rate is told.
const MEASURED: Duration = Duration::from_secs(1);
/// Time between two samples at the least.
const SAMPLE: Duration = Duration::from_millis(100);
/// Time between two records.
const RECORD: Duration = Duration::from_secs(1);
/// What verifying is called among the phases.
const VERIFYING: &str = "nakijken";

/// How much is done in a second, as measured in the last half minute.
#[derive(Debug, Default)]
pub struct Rate(VecDeque<(Instant, i64)>);

impl Rate {
    /// At this moment so much is done.
    pub fn note(&mut self, now: Instant, amount: i64) {
        let samples = &mut self.0;
        while samples.get(1).is_some_and(|(at, _)| now.duration_since(*at) >= WINDOW) {
            samples.pop_front();
        }
        let before = samples.len().checked_sub(2).and_then(|place| samples.get(place));
        if before.is_some_and(|(at, _)| now.duration_since(*at) < SAMPLE) {
            samples.pop_back();
        }
        samples.push_back((now, amount));
    }

    /// Forgets what was measured: the time since does not count.
    pub fn forget(&mut self) {
        self.0.clear();
    }

    /// What is done in a second; `None` while that is unknown.
    #[must_use]
    pub fn per_second(&self) -> Option<f64> {
        let ((begin, first), (end, last)) = (self.0.front()?, self.0.back()?);
        let time = end.duration_since(*begin);
        (time >= MEASURED && last > first).then(|| (last - first) as f64 / time.as_secs_f64())
    }

    /// How long the rest takes at this rate; `None` while that is unknown.
    #[must_use]
    pub fn left(&self, total: i64) -> Option<Duration> {
        let (_, done) = self.0.back()?;
        let seconds = (total - done).max(0) as f64 / self.per_second()?;
        Duration::try_from_secs_f64(seconds).ok()
    }
}

/// A phase that is under way.
pub(super) struct Phase<'t> {
    pool: &'t PgPool,
    reporter: &'t dyn Reporter,
    products: Vec<String>,
    generaties: Vec<i32>,
    name: &'static str,
    total: i64,
    rate: Rate,
    recorded: Instant,
}

impl<'t> Phase<'t> {
    /// Begins with what was done before.
    pub(super) async fn begin(
        (pool, reporter): (&'t PgPool, &'t dyn Reporter),
        keys: &[(&'static str, i32)],
        fase: Fase,
        (done, total): (i64, i64),
    ) -> Result<Self, RebuildError> {
        let product = match keys {
            [(product, _)] => Some(*product),
            _ => None,
        };
        reporter.tell(Told::Phase { product, fase, done, total });
        let phase = Self::new((pool, reporter), keys, fase.code(), total);
        phase.started(done).await
    }

    /// Begins to verify so many objects.
    pub(super) async fn verifying(
        (pool, reporter): (&'t PgPool, &'t dyn Reporter),
        (product, generatie): (&'static str, i32),
        total: i64,
    ) -> Result<Self, RebuildError> {
        reporter.tell(Told::Verifies { product, total });
        let phase = Self::new((pool, reporter), &[(product, generatie)], VERIFYING, total);
        phase.started(0).await
    }

    fn new(
        (pool, reporter): (&'t PgPool, &'t dyn Reporter),
        keys: &[(&'static str, i32)],
        name: &'static str,
        total: i64,
    ) -> Self {
        Self {
            pool,
            reporter,
            products: keys.iter().map(|(product, _)| (*product).to_owned()).collect(),
            generaties: keys.iter().map(|(_, generatie)| *generatie).collect(),
            name,
            total,
            rate: Rate::default(),
            recorded: Instant::now(),
        }
    }

    async fn started(mut self, done: i64) -> Result<Self, RebuildError> {
        self.rate.note(Instant::now(), done);
        self.record(done).await?;
        Ok(self)
    }

    /// How much there is to do.
    pub(super) const fn total(&self) -> i64 {
        self.total
    }

    /// So much is done.
    pub(super) async fn done(&mut self, amount: i64) -> Result<(), RebuildError> {
        self.reporter.tell(Told::Done { amount });
        let now = Instant::now();
        self.rate.note(now, amount);
        if now.duration_since(self.recorded) >= RECORD || amount >= self.total {
            self.recorded = now;
            self.record(amount).await?;
        }
        Ok(())
    }

    async fn record(&self, amount: i64) -> Result<(), RebuildError> {
        // Indexes are of all sizes: from some of them nothing follows for the others.
        let estimated = self.name != Fase::Indexeren.code();
        sqlx::query!(
            "INSERT INTO projector.voortgang (product, generatie, fase, gedaan, totaal, per_seconde)
             SELECT product, generatie, $3, $4, $5, $6 FROM projector.generaties
             JOIN unnest($1::text[], $2::int[]) AS own(product, generatie)
                 USING (product, generatie)
             ON CONFLICT (product, generatie) DO UPDATE
             SET fase = excluded.fase, gedaan = excluded.gedaan, totaal = excluded.totaal,
                 per_seconde = excluded.per_seconde, op = now()",
            &self.products,
            &self.generaties,
            self.name,
            amount,
            self.total,
            self.rate.per_second().filter(|_| estimated),
        )
        .execute(self.pool)
        .await
        .map_err(ProjectorError::database("recording how far a rebuild is"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_rate_is_unknown_until_it_is_measured() {
        let (mut rate, begin) = (Rate::default(), Instant::now());
        assert_eq!((rate.per_second(), rate.left(100)), (None, None));
        rate.note(begin, 5000);
        assert_eq!(rate.per_second(), None);
        rate.note(begin + SECOND / 2, 6000);
        assert_eq!(rate.per_second(), None, "half a second says too little");
        rate.note(begin + SECOND, 6000);
        assert_eq!(rate.per_second(), Some(1000.0));
        assert_eq!(rate.left(8000), Some(SECOND * 2));
        assert_eq!(rate.left(10), Some(Duration::ZERO));
    }

    #[test]
    fn what_stands_still_has_no_rate_and_no_end() {
        let (mut rate, begin) = (Rate::default(), Instant::now());
        for second in 0..5 {
            rate.note(begin + SECOND * second, 7);
        }
        assert_eq!((rate.per_second(), rate.left(100)), (None, None));
    }

    #[test]
    fn a_rate_is_that_of_the_last_half_minute() {
        let (mut rate, begin) = (Rate::default(), Instant::now());
        for second in 0..=60_u32 {
            let amount = if second <= 30 { second * 1000 } else { 30_000 + (second - 30) * 10 };
            rate.note(begin + SECOND * second, i64::from(amount));
        }
        assert_eq!(rate.per_second(), Some(10.0));
        rate.forget();
        assert_eq!(rate.per_second(), None);
    }

    #[test]
    fn samples_stay_few_however_often_something_is_done() {
        let (mut rate, begin) = (Rate::default(), Instant::now());
        for step in 0..100_000_u32 {
            rate.note(begin + Duration::from_millis(1) * step, i64::from(step));
        }
        assert!(rate.0.len() <= 310, "{}", rate.0.len());
        assert!((rate.per_second().expect("a rate") - 1000.0).abs() < 0.01);
    }
}
