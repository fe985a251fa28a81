//! What a projector has done since it was made, for whoever watches it.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

/// Counts the batches of a projector.
#[derive(Debug, Default)]
pub struct Meter(Mutex<Counted>);

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Batches that were committed.
    pub batches: u64,
    /// Events in them.
    pub events: u64,
    /// Time from reading to committing them.
    pub busy: Duration,
}

impl Meter {
    /// Counts a batch that was committed.
    pub(crate) fn count(&self, events: usize, busy: Duration) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.batches += 1;
        counted.events += u64::try_from(events).unwrap_or_default();
        counted.busy += busy;
    }

    /// What was counted so far.
    pub fn counted(&self) -> Counted {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
