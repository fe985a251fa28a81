//! What an attempt came to, and when the next is: seven retries in about a day, then parked.

use std::time::Duration;

use chrono::TimeDelta;

/// Retries after the first attempt.
pub(super) const RETRIES: i32 = 7;
/// The wait before retry c is 25 · 4^c seconds, up to this many.
const BACKOFF_BASE_SECONDS: i64 = 25;
const BACKOFF_MAX_SECONDS: i64 = 52_000;
/// Longest that a receiver which fails is left alone, in seconds.
const PAUSE_MAX_SECONDS: i64 = 60;
/// Longest wait that a receiver may ask for.
const LATER_MAX: Duration = Duration::from_secs(24 * 3600);

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Uitslag {
    /// The receiver has it.
    Delivered,
    /// The receiver wants no more events at all.
    Gone,
    /// The receiver says when to come back.
    Later {
        /// How long to wait.
        wait: Duration,
        /// What it said.
        reason: String,
    },
    /// The receiver refused this event.
    Refused(String),
    /// The receiver itself does not work.
    ReceiverFailed(String),
}

/// The wait after so many attempts; `None` = no retry is left.
pub(super) fn backoff(attempts: i32) -> Option<TimeDelta> {
    let retry = attempts - 1;
    if !(0..RETRIES).contains(&retry) {
        return None;
    }
    let factor = 4_i64.pow(retry.unsigned_abs());
    Some(TimeDelta::seconds((BACKOFF_BASE_SECONDS * factor).min(BACKOFF_MAX_SECONDS)))
}

/// How long a receiver is left alone that failed so often in a row.
pub(super) fn pause(failures: i32) -> TimeDelta {
    let exponent = failures.clamp(0, 6).unsigned_abs();
    TimeDelta::seconds(2_i64.pow(exponent).min(PAUSE_MAX_SECONDS))
}

/// The wait that a receiver asked for, within a bound.
pub(super) fn bounded(wait: Duration) -> TimeDelta {
    TimeDelta::from_std(wait.min(LATER_MAX)).unwrap_or(TimeDelta::days(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_retries_take_about_a_day() {
        let waits: Vec<i64> =
            (1..=RETRIES).filter_map(backoff).map(|wait| wait.num_seconds()).collect();
        assert_eq!(waits, [25, 100, 400, 1600, 6400, 25_600, 52_000]);
        assert_eq!(waits.iter().sum::<i64>() / 3600, 23);
        assert_eq!(backoff(RETRIES + 1), None);
    }

    #[test]
    fn a_failing_receiver_is_left_alone_ever_longer() {
        let seconds: Vec<i64> = (1..=8).map(|failures| pause(failures).num_seconds()).collect();
        assert_eq!(seconds, [2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
