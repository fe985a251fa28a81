//! Values that are written in another way than they are used.

use std::time::Duration;

use chrono::{Months, NaiveDate};
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

/// A term in whole months, at least one.
pub(super) fn months(text: &str) -> Result<Months, String> {
    match text.parse::<u16>() {
        Ok(months) if months > 0 => Ok(Months::new(months.into())),
        Ok(_) | Err(_) => Err("give whole months, at least 1".to_owned()),
    }
}

/// A time in whole hours, at least one.
pub(super) fn hours(text: &str) -> Result<Duration, String> {
    match text.parse::<u32>() {
        Ok(hours) if hours > 0 => Ok(Duration::from_secs(u64::from(hours) * 3600)),
        Ok(_) | Err(_) => Err("give whole hours, at least 1".to_owned()),
    }
}

/// A number, at least one.
pub(super) fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        Ok(_) | Err(_) => Err("give a whole number, at least 1".to_owned()),
    }
}

/// A time in whole milliseconds, at least ten: shorter only keeps the database busy.
pub(super) fn milliseconds(text: &str) -> Result<Duration, String> {
    match text.parse::<u32>() {
        Ok(milliseconds) if milliseconds >= 10 => Ok(Duration::from_millis(milliseconds.into())),
        Ok(_) | Err(_) => Err("give whole milliseconds, at least 10".to_owned()),
    }
}

/// A time in whole seconds, at least one.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<u32>() {
        Ok(seconds) if seconds > 0 => Ok(Duration::from_secs(u64::from(seconds))),
        Ok(_) | Err(_) => Err("give whole seconds, at least 1".to_owned()),
    }
}

/// The kinds of `source` that an event may have, without what is one installation's own.
const SOURCE_OIN: &str = "urn:nld:oin:";
const SOURCE_DEVELOPMENT: &str = "urn:nld:ontwikkeling:systeem:";
/// Digits of an organisatie-identificatienummer.
const OIN_DIGITS: usize = 20;

/// Who tells what happened, as the NL GOV profile of CloudEvents has it.
pub(super) fn event_source(text: &str) -> Result<String, String> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let of_oin = text.strip_prefix(SOURCE_OIN).and_then(|rest| rest.split_once(":systeem:"));
    let good = match of_oin {
        Some((oin, name)) => {
            oin.len() == OIN_DIGITS && oin.chars().all(|c| c.is_ascii_digit()) && is_name(name)
        }
        None => text.strip_prefix(SOURCE_DEVELOPMENT).is_some_and(is_name),
    };
    if good {
        return Ok(text.to_owned());
    }
    Err(format!(
        "give {SOURCE_OIN}<{OIN_DIGITS} digits>:systeem:<name>, or {SOURCE_DEVELOPMENT}<name>; a \
         name has lower case letters, digits and hyphens"
    ))
}

/// An address at which others reach the service, without a slash behind it.
pub(super) fn base_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let good = |rest: &str| {
        !rest.is_empty()
            && !rest.starts_with('/')
            && !rest.contains(|c: char| c.is_whitespace() || "?#@\"".contains(c))
    };
    match rest {
        Some(rest) if good(rest) => Ok(text.trim_end_matches('/').to_owned()),
        Some(_) | None => Err("give an address such as https://klantbeeld.example.nl".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_the_form_of_the_profile() {
        for good in [
            "urn:nld:oin:00000001823288444000:systeem:klantbeeld",
            "urn:nld:ontwikkeling:systeem:klantbeeld",
        ] {
            assert_eq!(event_source(good).as_deref(), Ok(good));
        }
        for bad in [
            "urn:nld:oin:123:systeem:klantbeeld",
            "urn:nld:oin:00000001823288444000:systeem:",
            "urn:nld:ontwikkeling:systeem:Klant Beeld",
            "klantbeeld",
        ] {
            assert!(event_source(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_address_is_absolute_and_plain() {
        assert_eq!(base_url("https://a.nl/k/").as_deref(), Ok("https://a.nl/k"));
        for bad in ["a.nl", "ftp://a.nl", "https://", "https://a.nl?x", "https://u:p@a.nl"] {
            assert!(base_url(bad).is_err(), "{bad}");
        }
    }
}
