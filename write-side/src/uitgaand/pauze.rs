//! Resting: how long a part that has nothing to do, or met an error, waits.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

/// Whether a part has been told to stop. A sender that is gone can tell nothing more, and counts as
/// having said so.
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

/// A pause that doubles each time, up to a maximum.
#[derive(Debug)]
pub(crate) struct Doubling {
    first: Duration,
    max: Duration,
    current: Duration,
}

impl Doubling {
    pub(crate) const fn new(first: Duration, max: Duration) -> Self {
        Self { first, max, current: first }
    }

    pub(crate) const fn reset(&mut self) {
        self.current = self.first;
    }

    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.current.min(self.max);
        self.current = pause.saturating_mul(2);
        pause
    }
}
