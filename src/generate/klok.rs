//! The clock of a municipality that is made up: it stands where it was set, and its keys follow from
//! the seed.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use clock::Clock;
use uuid::{Builder, Uuid};

use crate::random::Random;

/// A clock that never runs backwards.
#[derive(Debug)]
pub(super) struct Klok {
    seed: u64,
    /// Numbers that were drawn for keys.
    drawn: AtomicU64,
    /// Microseconds since 1970.
    micros: AtomicI64,
}

impl Klok {
    /// A clock at a moment, whose keys are those of a seed.
    pub(super) const fn new(seed: u64, begin: DateTime<Utc>) -> Self {
        let micros = AtomicI64::new(begin.timestamp_micros());
        Self { seed, drawn: AtomicU64::new(0), micros }
    }

    /// Sets the clock, but never back.
    pub(super) fn zet(&self, moment: DateTime<Utc>) {
        self.micros.fetch_max(moment.timestamp_micros(), Ordering::Relaxed);
    }
}

impl Clock for Klok {
    fn now(&self) -> DateTime<Utc> {
        let micros = self.micros.load(Ordering::Relaxed);
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// A UUIDv7: it sorts by its moment, as those of the service do.
    fn new_id(&self) -> Uuid {
        let place = self.drawn.fetch_add(2, Ordering::Relaxed);
        let millis = self.micros.load(Ordering::Relaxed) / 1000;
        let mut random = [0; 10];
        random[..8].copy_from_slice(&Random::at(self.seed, place).to_be_bytes());
        random[8..].copy_from_slice(&Random::at(self.seed, place + 1).to_be_bytes()[..2]);
        let millis = u64::try_from(millis).unwrap_or_default();
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn keys_follow_from_the_seed_and_the_clock_never_runs_back() {
        let begin = DateTime::from_timestamp(1_700_000_000, 0).expect("a moment");
        let keys = |seed| {
            let klok = Klok::new(seed, begin);
            let first = klok.new_id();
            klok.zet(begin + TimeDelta::seconds(5));
            klok.zet(begin);
            assert_eq!(klok.now(), begin + TimeDelta::seconds(5));
            [first, klok.new_id()]
        };
        let [first, second] = keys(1);
        assert!(first < second && first.get_version_num() == 7);
        assert_eq!(keys(1), [first, second]);
        assert_ne!(keys(2), [first, second]);
    }
}
