//! Arguments of what is counted for analysts: which days, and by what part of the calendar.

use async_graphql::{Enum, InputObject};
use chrono::{NaiveDate, TimeDelta};
use read_side::analyse::{self, Tijdvak};

use crate::error::ProductError;
use crate::types::scalar::Date;

/// Most cells that one question may give before any is left out.
pub(crate) const CELLEN_MAX: u32 = 1_000;
/// Most features by which is counted at once.
pub(crate) const KENMERKEN_MAX: usize = 3;
/// Longest period that is counted: ten years.
const DAGEN_MAX: i64 = 3_660;

/// Hele dagen in Nederland: vanaf is erbij, tot is er niet bij.
#[derive(Debug, InputObject)]
pub(crate) struct Dagen {
    /// Eerste dag.
    vanaf: Date,
    /// De dag na de laatste dag.
    tot: Date,
}

/// Het deel van de kalender waarin een periode wordt verdeeld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "read_side::analyse::Interval")]
pub(crate) enum Interval {
    /// Per dag.
    Dag,
    /// Per week, van maandag tot en met zondag.
    Week,
    /// Per kalendermaand.
    Maand,
}

impl Dagen {
    /// The days that are counted.
    pub(crate) fn tijdvak(&self, interval: Option<Interval>) -> Result<Tijdvak, ProductError> {
        let (vanaf, tot) = (self.vanaf.0, self.tot.0);
        if tot <= vanaf {
            return Err(ProductError::invalid(
                "De periode eindigt (tot) voordat zij begint (vanaf).",
            ));
        }
        if tot - vanaf > TimeDelta::days(DAGEN_MAX) {
            let detail = format!("De periode is langer dan {DAGEN_MAX} dagen.");
            return Err(ProductError::invalid(detail));
        }
        Ok(Tijdvak { vanaf, tot, interval: interval.map(analyse::Interval::from) })
    }
}

/// Refuses features that are too many, or the same.
pub(crate) fn check_kenmerken<K: PartialEq>(kenmerken: &[K]) -> Result<(), ProductError> {
    let twice = kenmerken.iter().enumerate().any(|(at, it)| kenmerken[..at].contains(it));
    if twice || kenmerken.len() > KENMERKEN_MAX {
        let detail = format!("Noem ten hoogste {KENMERKEN_MAX} verschillende kenmerken.");
        return Err(ProductError::invalid(detail));
    }
    Ok(())
}

/// Refuses an answer that has more cells than can be given.
pub(crate) fn check_cellen<C>(cells: &[C]) -> Result<(), ProductError> {
    if u32::try_from(cells.len()).is_ok_and(|count| count <= CELLEN_MAX) {
        return Ok(());
    }
    let detail = format!(
        "Dit zijn meer dan {CELLEN_MAX} cellen: kies een kortere periode, een groter interval of \
         minder kenmerken."
    );
    Err(ProductError::invalid(detail))
}

/// The values of a cell: the first day of its interval, if there is one, then those of its
/// features.
pub(crate) fn split(
    tijdvak: Tijdvak,
    waarden: Vec<Option<String>>,
) -> (Option<NaiveDate>, impl Iterator<Item = Option<String>>) {
    let mut waarden = waarden.into_iter();
    let vanaf = tijdvak.interval.and_then(|_| waarden.next().flatten());
    (vanaf.and_then(|day| day.parse().ok()), waarden)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dagen(vanaf: &str, tot: &str) -> Dagen {
        let day = |text: &str| Date(text.parse().expect("a day"));
        Dagen { vanaf: day(vanaf), tot: day(tot) }
    }

    #[test]
    fn a_period_has_days_and_an_end() {
        assert!(dagen("2026-01-01", "2026-02-01").tijdvak(None).is_ok());
        assert!(dagen("2026-01-01", "2026-01-01").tijdvak(None).is_err());
        assert!(dagen("1900-01-01", "2026-01-01").tijdvak(None).is_err());
    }

    #[test]
    fn features_are_few_and_different() {
        assert!(check_kenmerken(&[1, 2, 3]).is_ok() && check_kenmerken::<u8>(&[]).is_ok());
        assert!(check_kenmerken(&[1, 1]).is_err() && check_kenmerken(&[1, 2, 3, 4]).is_err());
        let most = usize::try_from(CELLEN_MAX).expect("small");
        assert!(check_cellen(&vec![0; most]).is_ok() && check_cellen(&vec![0; most + 1]).is_err());
    }

    #[test]
    fn the_day_of_a_cell_comes_before_its_features() {
        let whole = dagen("2026-01-01", "2026-02-01").tijdvak(None).expect("days");
        let cut = Tijdvak { interval: Some(analyse::Interval::Maand), ..whole };
        let waarden = vec![Some("2026-01-01".to_owned()), None];
        let (vanaf, rest) = split(cut, waarden.clone());
        assert_eq!((vanaf, rest.count()), (Some(whole.vanaf), 1));
        let (vanaf, rest) = split(whole, waarden);
        assert_eq!((vanaf, rest.count()), (None, 2));
    }
}
