//! Values that are written in another way than they are used.

use std::time::Duration;

use chrono::NaiveDate;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use graphql::Weergave;

/// A way to show confidential contacts, in Dutch as the domain has it.
pub(super) fn weergave() -> impl TypedValueParser<Value = Weergave> {
    PossibleValuesParser::new(["tonen", "maskeren", "verbergen"]).map(|text| match text.as_str() {
        "tonen" => Weergave::Tonen,
        "maskeren" => Weergave::Maskeren,
        // The parser lets nothing else through.
        _ => Weergave::Verbergen,
    })
}

/// A date, such as 2026-05-05.
pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "a date has the form 2026-05-05".to_owned())
}

/// A time in whole seconds, at least one.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<u32>() {
        Ok(seconds) if seconds > 0 => Ok(Duration::from_secs(u64::from(seconds))),
        Ok(_) | Err(_) => Err("give whole seconds, at least 1".to_owned()),
    }
}
