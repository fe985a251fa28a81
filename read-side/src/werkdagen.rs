//! Time that counts: hours on working days in Europe/Amsterdam. Weekends and Dutch holidays do not
//! count; on a working day all 24 hours do, as the departments reckon ("48 uur" = two working days).

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Europe::Amsterdam;

/// The longest term that is reckoned with, in days; a guard against an endless walk.
const TERM_MAX_DAYS: u32 = 3660;
const MINUTES_PER_HOUR: f64 = 60.0;

/// The term within which a contactverzoek should be done, and the days that do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Termijn {
    /// Hours on working days.
    pub uren: u32,
    /// From how many remaining hours a taak is urgent.
    pub dringend_uren: u32,
    /// Days of the gemeente's own on which nobody works.
    pub vrije_dagen: BTreeSet<NaiveDate>,
}

impl Default for Termijn {
    /// 48 hours on working days, urgent from 6 hours on: what departments use today.
    fn default() -> Self {
        Self { uren: 48, dringend_uren: 6, vrije_dagen: BTreeSet::new() }
    }
}

impl Termijn {
    /// The moment `uren` counted hours after `start`.
    #[must_use]
    pub fn streefdatum(&self, start: DateTime<Utc>) -> DateTime<Utc> {
        self.add(start, TimeDelta::hours(i64::from(self.uren)))
    }

    /// The moment from which a taak that is due at `streefdatum` is urgent, seen from `now`: what
    /// is due before this moment is urgent or late.
    #[must_use]
    pub fn dringend_tot(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.add(now, TimeDelta::hours(i64::from(self.dringend_uren)))
    }

    /// Counted hours from `from` until `to`, to the minute; none when it ends before it begins.
    #[must_use]
    pub fn uren(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
        let minutes = self.between(from, to).num_minutes();
        f64::from(u32::try_from(minutes).unwrap_or_default()) / MINUTES_PER_HOUR
    }

    /// Counted hours from `now` until `streefdatum`, rounded down; negative when it is past.
    #[must_use]
    pub fn resterende_uren(&self, now: DateTime<Utc>, streefdatum: DateTime<Utc>) -> i64 {
        if streefdatum < now {
            return -self.between(streefdatum, now).num_hours();
        }
        self.between(now, streefdatum).num_hours()
    }

    /// Whether people work on this day.
    #[must_use]
    pub fn is_werkdag(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
            && !self.vrije_dagen.contains(&day)
            && !is_feestdag(day)
    }

    fn add(&self, start: DateTime<Utc>, term: TimeDelta) -> DateTime<Utc> {
        let mut moment = start;
        let mut rest = term;
        for _ in 0..TERM_MAX_DAYS {
            let day = moment.with_timezone(&Amsterdam).date_naive();
            let midnight = begin_of_day(day + Days::new(1));
            if self.is_werkdag(day) {
                let left_today = midnight - moment;
                if rest <= left_today {
                    return moment + rest;
                }
                rest -= left_today;
            }
            moment = midnight;
        }
        moment
    }

    fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
        let mut moment = from;
        let mut total = TimeDelta::zero();
        for _ in 0..TERM_MAX_DAYS {
            if moment >= to {
                break;
            }
            let day = moment.with_timezone(&Amsterdam).date_naive();
            let end = begin_of_day(day + Days::new(1)).min(to);
            if self.is_werkdag(day) {
                total += end - moment;
            }
            moment = end;
        }
        total
    }
}

/// The day in Europe/Amsterdam of a moment.
#[must_use]
pub fn dag(moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&Amsterdam).date_naive()
}

fn begin_of_day(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    // Midnight exists once in Amsterdam on every day since 1977: clocks change at 01:00 UTC.
    Amsterdam
        .from_local_datetime(&midnight)
        .earliest()
        .map_or_else(|| Utc.from_utc_datetime(&midnight), |moment| moment.with_timezone(&Utc))
}

/// The national holidays on which municipal desks are closed.
fn is_feestdag(day: NaiveDate) -> bool {
    let pasen = easter_sunday(day.year());
    let after_easter = (day - pasen).num_days();
    let fixed = matches!((day.month(), day.day()), (1, 1) | (12, 25 | 26));
    let bevrijdingsdag = day.month() == 5 && day.day() == 5 && day.year() % 5 == 0;
    // Goede Vrijdag is no official holiday; Paasmaandag, Hemelvaart and Pinkstermaandag are.
    fixed || bevrijdingsdag || day == koningsdag(day.year()) || matches!(after_easter, 1 | 39 | 50)
}

/// Koningsdag is 27 April, or the 26th when that is a Sunday.
fn koningsdag(year: i32) -> NaiveDate {
    let day = NaiveDate::from_ymd_opt(year, 4, 27).unwrap_or_default();
    if day.weekday() == Weekday::Sun { day - Days::new(1) } else { day }
}

/// Easter Sunday in the Gregorian calendar (the anonymous computus).
fn easter_sunday(year: i32) -> NaiveDate {
    let golden = year % 19;
    let century = year / 100;
    let in_century = year % 100;
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - epact - in_century % 4) % 7;
    let shift = (golden + 11 * epact + 22 * weekday) / 451;
    let sum = epact + weekday - 7 * shift + 114;
    let month = u32::try_from(sum / 31).unwrap_or(4);
    let day = u32::try_from(sum % 31 + 1).unwrap_or(1);
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a moment")
    }

    #[test]
    fn a_term_skips_the_weekend() {
        let termijn = Termijn::default();
        // Friday 09:30 + 48 hours on working days = Tuesday 09:30.
        let due = termijn.streefdatum(at("2023-03-31T09:30:00+02:00"));
        assert_eq!(due, at("2023-04-04T09:30:00+02:00"));
    }

    #[test]
    fn a_term_that_begins_on_a_free_day_begins_on_the_next_working_day() {
        let due = Termijn::default().streefdatum(at("2023-04-01T15:00:00+02:00"));
        assert_eq!(due, at("2023-04-05T00:00:00+02:00"));
    }

    #[test]
    fn a_term_skips_easter_monday_and_kings_day() {
        let termijn = Termijn::default();
        assert_eq!(
            termijn.streefdatum(at("2023-04-07T12:00:00+02:00")),
            at("2023-04-12T12:00:00+02:00"),
        );
        assert_eq!(
            termijn.streefdatum(at("2023-04-26T12:00:00+02:00")),
            at("2023-05-01T12:00:00+02:00"),
        );
    }

    #[test]
    fn holidays_of_known_years() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a day");
        assert_eq!(easter_sunday(2024), day(2024, 3, 31));
        assert_eq!(easter_sunday(2025), day(2025, 4, 20));
        assert_eq!(easter_sunday(2026), day(2026, 4, 5));
        assert_eq!(koningsdag(2025), day(2025, 4, 26));
        assert!(is_feestdag(day(2025, 5, 5)) && !is_feestdag(day(2026, 5, 5)));
    }

    #[test]
    fn remaining_hours_are_the_inverse_of_the_term() {
        let termijn = Termijn::default();
        for start in ["2023-03-31T09:30:00+02:00", "2023-03-24T09:30:00+01:00"] {
            let due = termijn.streefdatum(at(start));
            assert_eq!(termijn.resterende_uren(at(start), due), 48);
            assert_eq!(termijn.resterende_uren(due, at(start)), -48);
        }
    }
}
