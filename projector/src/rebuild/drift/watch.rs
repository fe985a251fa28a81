//! The continuous check, within its budget.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Bench, Layer, Rebuilder, STEP};
use crate::error::ProjectorError;
use crate::leader::try_alone;
use crate::rebuild::RebuildError;

/// Key of the advisory lock of the one that checks: "afwijken" in ASCII.
const WATCHING: i64 = 0x6166_7769_6a6b_656e;

/// How much the continuous check may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DriftPace {
    /// Keys that are checked in a minute, of all products together; 0 = no check.
    pub keys_per_minute: u32,
    /// Most of the time in which it may be busy, in percent; from 1 to 100.
    pub percent_max: u32,
}

impl Default for DriftPace {
    fn default() -> Self {
        Self { keys_per_minute: 120, percent_max: 2 }
    }
}

impl DriftPace {
    /// How long to rest after a step that took `busy`; `None` = for ever.
    fn rest(&self, busy: Duration) -> Option<Duration> {
        let keys = u32::try_from(STEP).ok()?;
        let every = (Duration::from_secs(60) * keys).checked_div(self.keys_per_minute)?;
        let percent = self.percent_max.clamp(1, 100);
        let share = busy * (100 - percent) / percent;
        Some(every.saturating_sub(busy).max(share))
    }
}

impl Rebuilder<'_> {
    /// Checks what is served, for ever: a few keys of one kind after the other. One process at a time
    /// does; the others are there for when it ends.
    pub(crate) async fn watch_drift(&self, pace: DriftPace) -> Infallible {
        let mut turns = self.turns().into_iter().cycle();
        let mut bench = None;
        let mut busy = Duration::ZERO;
        loop {
            let (Some(rest), Some((product, layer))) = (pace.rest(busy), turns.next()) else {
                return std::future::pending().await;
            };
            sleep(rest).await;
            let begin = Instant::now();
            match self.turn(bench.take(), product, layer).await {
                Ok(kept) => bench = Some(kept),
                Err(error) => tracing::warn!(
                    projectie.product = product,
                    fout = crate::run::chain(&error),
                    "rows could not be compared with the log"
                ),
            }
            busy = begin.elapsed();
        }
    }

    /// The layers of all products.
    fn turns(&self) -> Vec<(&'static str, Layer)> {
        let derived = self.projector.products.iter().filter_map(|product| product.derived());
        derived.flat_map(|one| one.layers().into_iter().map(|layer| (one.name(), layer))).collect()
    }

    /// Checks some keys, if this is the one that does; gives the session with which it looks.
    async fn turn(
        &self,
        bench: Option<Bench>,
        product: &'static str,
        layer: Layer,
    ) -> Result<Bench, RebuildError> {
        let mut bench = match bench {
            Some(bench) => bench,
            None => self.bench().await?,
        };
        if !bench.is_the_watch().await? {
            return Ok(bench);
        }
        let (checked, _) = self.check_step(&mut bench, product, layer, STEP).await?;
        if checked.wrong > 0 {
            tracing::error!(
                projectie.product = product,
                projectie.afwijkend = checked.wrong,
                "rows are not what the log says: see `klantbeeld drift list`"
            );
        }
        Ok(bench)
    }
}

impl Bench {
    /// Whether this session is the one of the database that checks: those who follow Kafka share the
    /// lead. The lock goes with the session.
    async fn is_the_watch(&mut self) -> Result<bool, ProjectorError> {
        if !self.watches {
            let failed = ProjectorError::database("looking who checks for drift");
            self.watches = try_alone(&mut self.conn, WATCHING).await.map_err(failed)?;
        }
        Ok(self.watches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_rests_for_its_rate_and_for_its_share() {
        let pace = DriftPace { keys_per_minute: 120, percent_max: 2 };
        assert_eq!(pace.rest(Duration::ZERO), Some(Duration::from_secs(5)));
        assert_eq!(pace.rest(Duration::from_millis(50)), Some(Duration::from_millis(4950)));
        assert_eq!(pace.rest(Duration::from_secs(1)), Some(Duration::from_secs(49)));
        let off = DriftPace { keys_per_minute: 0, percent_max: 2 };
        assert_eq!(off.rest(Duration::ZERO), None);
    }
}
