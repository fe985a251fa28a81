//! Time and identity, injected: whoever needs to know what time it is, or needs a new id, is given
//! a [`Clock`]. Only this crate asks the machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use uuid::{Builder, Uuid};

/// Where time and new ids come from.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present moment in UTC, in whole microseconds: what PostgreSQL can hold.
    fn now(&self) -> DateTime<Utc>;

    /// A new id (UUIDv7), never given before.
    fn new_id(&self) -> Uuid;
}

/// A clock that several parts of the program share.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's own clock and randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> DateTime<Utc> {
        whole_microseconds(Utc::now())
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that makes random ids")]
    fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// A clock that stands still and numbers its ids: for tests that must give the same answer twice.
#[derive(Debug)]
pub struct FixedClock {
    now: DateTime<Utc>,
    counter: AtomicU64,
}

impl FixedClock {
    /// A clock that always says `now`.
    #[must_use]
    pub fn new(now: DateTime<Utc>) -> Self {
        Self { now: whole_microseconds(now), counter: AtomicU64::new(0) }
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        self.now
    }

    fn new_id(&self) -> Uuid {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let millis = u64::try_from(self.now.timestamp_millis()).unwrap_or_default();
        let mut counter = [0; 10];
        counter[2..].copy_from_slice(&number.to_be_bytes());
        Builder::from_unix_timestamp_millis(millis, &counter).into_uuid()
    }
}

fn whole_microseconds(moment: DateTime<Utc>) -> DateTime<Utc> {
    moment.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_still_and_its_ids_differ() {
        let moment = DateTime::from_timestamp(1_700_000_000, 123_456_789).expect("a moment");
        let clock = FixedClock::new(moment);
        assert_eq!(clock.now(), clock.now());
        assert_eq!(clock.now().timestamp_subsec_nanos(), 123_456_000);
        let ids: std::collections::BTreeSet<_> = (0..100).map(|_| clock.new_id()).collect();
        assert_eq!(ids.len(), 100);
    }

    #[test]
    fn ids_of_the_system_clock_are_version_7() {
        assert_eq!(SystemClock.new_id().get_version_num(), 7);
    }
}
