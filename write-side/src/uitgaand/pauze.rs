//! Resting: how long a part that has nothing to do, or met an error, waits.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

/// First pause after a transient error; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// Longest pause after a transient error.
const MAX_PAUSE: Duration = Duration::from_secs(5);

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

/// Tells of an error after which a part tries again.
pub(crate) fn warn_of(part: &'static str, error: &dyn std::error::Error, pause: Duration) {
    tracing::warn!(
        fout = %error,
        oorzaak = error.source().map(ToString::to_string),
        pauze.ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
        "{part} tries again after a pause"
    );
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

    pub(crate) const fn after_errors() -> Self {
        Self::new(FIRST_PAUSE, MAX_PAUSE)
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
