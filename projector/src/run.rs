//! The projector as a whole: wait for the lead, follow the log while leading, begin again.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use clock::SharedClock;
use sqlx::PgPool;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use crate::checkpoints;
use crate::error::ProjectorError;
use crate::generations::refuse_twins;
use crate::leader::{ATTEMPT, Leadership};
use crate::meter::Meter;
use crate::partities;
use crate::product::Product;
use crate::rebuild::{DriftPace, Rebuilder, Silent};
use crate::source::EventSource;
use crate::tail::{Ended, Tail};
use crate::wijzigingen;
use log_source::PostgresLog;

/// First pause after a transient error; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// Longest pause after a transient error: what readers wait longer than the database was away.
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// How the projector works.
#[derive(Debug, Clone)]
pub struct ProjectorSettings {
    /// Most new events in one batch, so in one transaction; at least 1.
    pub max_batch: usize,
    /// Longest pause between two polls when nothing happens; at least 2 ms.
    pub max_idle: Duration,
    /// Poked by the write side in the same process after each commit; polls need not be frequent
    /// then. It is a hint: without it, or when it is missed, the next poll finds the events.
    pub wake: Option<Arc<Notify>>,
    /// Most objects of one generation that may be parked; one more, and the projector stops.
    pub parked_max: usize,
    /// How much whoever leads compares with the log.
    pub drift: DriftPace,
}

impl Default for ProjectorSettings {
    fn default() -> Self {
        Self {
            max_batch: 1000,
            max_idle: Duration::from_millis(20),
            wake: None,
            parked_max: 100,
            drift: DriftPace::default(),
        }
    }
}

/// Follows the log and keeps the tables of the products up to date.
pub struct Projector {
    pub(crate) pool: PgPool,
    pub(crate) clock: SharedClock,
    pub(crate) products: Vec<Box<dyn Product>>,
    pub(crate) settings: ProjectorSettings,
    pub(crate) meter: Arc<Meter>,
}

impl fmt::Debug for Projector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.products.iter().map(|product| product.name()).collect();
        f.debug_struct("Projector").field("products", &names).finish_non_exhaustive()
    }
}

impl Projector {
    /// A projector of `products`. The pool must lead to the primary; the projector uses up
    /// to one of its connections per product and one to read ahead, fewer when there are not so many,
    /// and a session outside it for the lead.
    #[must_use]
    pub fn new(
        pool: PgPool,
        clock: SharedClock,
        products: Vec<Box<dyn Product>>,
        settings: ProjectorSettings,
    ) -> Self {
        Self { pool, clock, products, settings, meter: Arc::default() }
    }

    /// What it has done so far; goes on counting.
    #[must_use]
    pub fn meter(&self) -> Arc<Meter> {
        Arc::clone(&self.meter)
    }

    /// Works until `stop` becomes true, or its sender is gone: waits for the lead, and while it has
    /// it folds every event of the log into all products. A batch under way is finished first.
    ///
    /// Raising the epoch of a checkpoint makes the projector let go, read the bookkeeping anew and
    /// go on: so a command that changes generations makes itself heard.
    ///
    /// # Errors
    /// Only what trying again does not mend: more events that cannot be folded than may be parked, a
    /// product of another version, a database that cannot be read without gaps. No event is skipped.
    pub async fn run(&self, stop: watch::Receiver<bool>) -> Result<(), ProjectorError> {
        self.run_from(&EventSource::Log, stop).await
    }

    /// The same, with events from elsewhere.
    ///
    /// # Errors
    /// As [`Projector::run`], and what Kafka no longer has.
    pub async fn run_from(
        &self,
        source: &EventSource,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), ProjectorError> {
        refuse_twins(&self.products)?;
        let mut pause = Doubling::after_errors();
        let mut has_led = false;
        while !is_stopped(&stop) {
            match self.reign_from(source, &mut stop).await {
                Ok(Ended::Stopped) => break,
                Ok(Ended::StoodDown) => {
                    has_led = true;
                    pause.reset();
                    wait(ATTEMPT, &mut stop).await;
                }
                // Who has led the primary and finds a standby lives through a failover: the address
                // leads to the new primary soon.
                Err(error) if error.is_transient() || (has_led && error.is_standby()) => {
                    let next = pause.next();
                    warn_of(&error, next);
                    wait(next, &mut stop).await;
                }
                Err(error) => return Err(error),
            }
        }
        tracing::info!("the projector has stopped");
        Ok(())
    }

    async fn reign_from(
        &self,
        source: &EventSource,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Ended, ProjectorError> {
        match source {
            EventSource::Log => self.reign(stop).await,
            #[cfg(feature = "kafka")]
            EventSource::Kafka(kafka) => crate::kafka::reign(self, kafka, stop).await,
            #[cfg(not(feature = "kafka"))]
            EventSource::Kafka(_) => Err(ProjectorError::NoKafka),
        }
    }

    /// From waiting for the lead to the end of it.
    async fn reign(&self, stop: &mut watch::Receiver<bool>) -> Result<Ended, ProjectorError> {
        // Before waiting too: who waits with the wrong version must not find out at the take-over.
        checkpoints::check(&self.pool, &self.products).await?;
        let Some(mut lead) = Leadership::take(&self.pool, stop).await? else {
            return Ok(Ended::Stopped);
        };
        let ended = self.lead(&mut lead, stop).await;
        lead.release().await;
        ended
    }

    /// Follows the log until the lead is lost. When the checkpoints were moved by a command, the lead
    /// is kept while the bookkeeping is read anew: whoever looks who leads must not find nobody.
    async fn lead(
        &self,
        lead: &mut Leadership,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Ended, ProjectorError> {
        let source = PostgresLog::open(&self.pool).await.map_err(ProjectorError::Open)?;
        let checker = Rebuilder::new(self, &Silent);
        loop {
            // On the session of the lead: who has lost it without knowing cannot take anything over.
            let claimed = checkpoints::claim(lead.session(), &self.products).await?;
            partities::forget(lead.session(), &self.products).await?;
            tracing::info!(projectie.producten = self.products.len(), "this projector leads");
            let mut tail = Tail::new(self, source.clone(), claimed).await?;
            // Dropping the tail in the middle of a batch rolls the batch back.
            let ended = tokio::select! {
                ended = tail.run(stop) => ended?,
                never = checker.watch_drift(self.settings.drift) => match never {},
                never = wijzigingen::keep_few(&self.pool) => match never {},
                reason = lead.lost() => {
                    tracing::warn!(fout = reason, "the lead is lost");
                    return Ok(Ended::StoodDown);
                }
            };
            match ended {
                Ended::Stopped => return Ok(ended),
                Ended::StoodDown => wait(ATTEMPT, stop).await,
            }
        }
    }
}

/// Whether the projector has been told to stop. A sender that is gone can tell nothing more, and
/// counts as having said so.
pub(crate) fn is_stopped(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

/// Waits, but not when told to stop.
pub(crate) async fn wait(time: Duration, stop: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = sleep(time) => {}
        _ = stop.changed() => {}
    }
}

pub(crate) fn warn_of(error: &ProjectorError, pause: Duration) {
    tracing::warn!(
        fout = chain(error),
        pauze.ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
        "the projector tries again after a pause"
    );
}

/// An error with all its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        // Some errors tell their cause themselves.
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

/// A pause that doubles each time, up to a maximum.
#[derive(Debug)]
pub(crate) struct Doubling {
    first: Duration,
    max: Duration,
    current: Duration,
}

impl Doubling {
    pub(crate) fn new(first: Duration, max: Duration) -> Self {
        Self { first, max, current: first }
    }

    pub(crate) fn after_errors() -> Self {
        Self::new(FIRST_PAUSE, MAX_PAUSE)
    }

    pub(crate) fn reset(&mut self) {
        self.current = self.first;
    }

    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.current.min(self.max);
        self.current = pause.saturating_mul(2);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_their_maximum() {
        let mut pause = Doubling::new(Duration::from_millis(2), Duration::from_millis(7));
        let millis: Vec<u128> = (0..4).map(|_| pause.next().as_millis()).collect();
        assert_eq!(millis, [2, 4, 7, 7]);
        pause.reset();
        assert_eq!(pause.next().as_millis(), 2);
    }

    #[test]
    fn whoever_can_no_longer_be_told_has_stopped() {
        let (tell, stop) = watch::channel(false);
        assert!(!is_stopped(&stop));
        drop(tell);
        assert!(is_stopped(&stop));
    }
}
