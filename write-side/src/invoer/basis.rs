//! The primitive types of the information model, with their bounds.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::lezer::{Lees, Lezer};
use crate::fout::Foutcode;

/// Longest e-mail address, in characters.
const EMAIL_MAX: usize = 254;
/// Length of a date, in characters.
const DATUM_LENGTH: usize = 10;
/// Most digits of a fraction of a second.
const FRACTION_MAX: usize = 9;
/// White space and U+0000, for a class in a pattern. Written out, because not every program that
/// reads patterns means the same by `\s`.
macro_rules! blank {
    () => {
        "\\u0000\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
    };
}
pub(super) use blank;
/// At least one character that is no space, and no U+0000.
const NOT_BLANK: &str = concat!("^[^\\u0000]*[^", blank!(), "][^\\u0000]*$");
/// What [`is_emailadres`] takes: no space, a dot, and an `@` that is not first or last.
const EMAIL: &str = concat!(
    "^(?=[^",
    blank!(),
    "]*[.])[^@",
    blank!(),
    "][^",
    blank!(),
    "]*@[^",
    blank!(),
    "]*[^@",
    blank!(),
    "]$"
);
/// What [`telefoonnummer`] takes: international, or national and not the number of a service.
const TELEFOON: &str = "^[ -]*([+]([ -]*[0-9]){9,15}|0[ -]*0([ -]*[0-9]){7,13}\
    |(?!0[ -]*[89][ -]*0[ -]*0)0([ -]*[0-9]){9})[ -]*$";
/// A moment as RFC 3339 writes it, with capitals.
const MOMENT: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?\
    (Z|[+-][0-9]{2}:[0-9]{2})$";
/// A date as ISO 8601 writes it.
const DATUM: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
/// Longest telephone number, in characters, as it is written.
const TELEFOON_MAX: usize = 20;

/// Text of 1 to `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tekst<const MAX: usize>(pub String);

/// A number of 1 to 10 digits that people read aloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nummer(pub String);

/// A machine-readable tag: letters, digits, `-` and `_`, at most 50.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referentie(pub String);

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emailadres(pub String);

/// A telephone number, without the spaces and hyphens with which it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telefoonnummer(pub String);

/// A moment with its offset, kept in UTC in whole microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub DateTime<Utc>);

/// A date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datum(pub NaiveDate);

/// A field of a change that cannot be empty: absent leaves the value, null is a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indien<T>(pub Option<T>);

/// A field of a change: absent leaves the value, null empties it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wijziging<T> {
    /// Not given.
    Ongewijzigd,
    /// The new value; `None` = emptied.
    Nieuw(Option<T>),
}

impl<T> Wijziging<T> {
    /// Puts the change into `doel`, in the form that the register uses.
    pub fn into<D>(self, doel: &mut Option<D>, vorm: impl FnOnce(T) -> D) {
        match self {
            Self::Ongewijzigd => {}
            Self::Nieuw(waarde) => *doel = waarde.map(vorm),
        }
    }
}

fn tekst<'v>(waarde: &'v Value, max: usize, lezer: &mut Lezer<'_>) -> Option<&'v str> {
    let Some(text) = waarde.as_str() else {
        lezer.fout(Foutcode::Invalid, "hier hoort tekst te staan");
        return None;
    };
    let length = text.chars().count();
    if length > max {
        let melding = format!("ten hoogste {max} tekens; dit zijn er {length}");
        lezer.fout(Foutcode::MaxLength, melding);
        return None;
    }
    if text.trim().is_empty() {
        lezer.fout(Foutcode::MinLength, "deze tekst is leeg; laat het veld dan weg");
        return None;
    }
    if text.contains('\0') {
        lezer.fout(Foutcode::Invalid, "het teken U+0000 mag niet voorkomen");
        return None;
    }
    Some(text)
}

impl<const MAX: usize> Lees for Tekst<MAX> {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        tekst(waarde, MAX, lezer).map(|text| Self(text.to_owned()))
    }
}

impl Lees for Nummer {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let text = tekst(waarde, 10, lezer)?;
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self(text.to_owned()));
        }
        lezer.fout(Foutcode::Invalid, "1 tot 10 cijfers");
        None
    }
}

impl Lees for Referentie {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let text = tekst(waarde, 50, lezer)?;
        if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Some(Self(text.to_owned()));
        }
        lezer.fout(Foutcode::Invalid, "alleen letters, cijfers, - en _");
        None
    }
}

/// Whether a text has the form of an e-mail address: a `@` that is not first or last, and a dot.
pub(crate) fn is_emailadres(text: &str) -> bool {
    let at = text.find('@');
    !text.contains(char::is_whitespace)
        && text.contains('.')
        && at.is_some_and(|at| at > 0)
        && !text.ends_with('@')
}

/// The telephone number without spaces and hyphens, if it has the form of one. Numbers that nobody
/// can be called back on (0800, 0900, 14…) are refused.
pub(crate) fn telefoonnummer(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    let digits = |rest: &str, span: std::ops::RangeInclusive<usize>| {
        span.contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
    };
    let form = if let Some(rest) = bare.strip_prefix('+') {
        digits(rest, 9..=15)
    } else if let Some(rest) = bare.strip_prefix("00") {
        digits(rest, 7..=13)
    } else {
        bare.strip_prefix('0').is_some_and(|rest| digits(rest, 9..=9))
    };
    let service = ["0800", "0900", "140"].iter().any(|prefix| bare.starts_with(prefix));
    (form && !service).then_some(bare)
}

impl Lees for Emailadres {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let text = tekst(waarde, EMAIL_MAX, lezer)?;
        if is_emailadres(text) {
            return Some(Self(text.to_owned()));
        }
        lezer.fout(Foutcode::InvalidEmail, "dit is geen e-mailadres, zoals naam@example.nl");
        None
    }
}

impl Lees for Telefoonnummer {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let read = telefoonnummer(tekst(waarde, TELEFOON_MAX, lezer)?).map(Self);
        if read.is_none() {
            lezer.fout(
                Foutcode::InvalidTelefoonnummer,
                "dit is geen telefoonnummer, zoals 0612345678 of +31612345678",
            );
        }
        read
    }
}

impl Lees for Moment {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let Some(moment) = waarde.as_str().and_then(moment) else {
            lezer.fout(
                Foutcode::Invalid,
                "een moment met tijdzone, zoals 2026-11-23T10:00:00+01:00 (RFC 3339)",
            );
            return None;
        };
        DateTime::from_timestamp_micros(moment.timestamp_micros()).map(Self)
    }
}

/// A moment in the one form that the API knows; chrono takes others too.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let (date, time) = text.split_at_checked(DATUM_LENGTH)?;
    let time = time.strip_prefix('T')?;
    let fraction = time.split_once('.').map_or("", |(_, rest)| rest);
    let digits = fraction.find(['Z', '+', '-']).unwrap_or_default();
    let form = is_datum(date)
        && time.bytes().all(|byte| byte.is_ascii_digit() || b":.Z+-".contains(&byte))
        && digits <= FRACTION_MAX;
    let read = DateTime::parse_from_rfc3339(text).ok().filter(|_| form)?;
    Some(read.with_timezone(&Utc))
}

fn is_datum(text: &str) -> bool {
    text.len() == DATUM_LENGTH
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

impl Lees for Datum {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let text = waarde.as_str().filter(|text| is_datum(text));
        let read = text.and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
        if read.is_none() {
            lezer.fout(Foutcode::Invalid, "een datum, zoals 2026-11-23");
        }
        read.map(Self)
    }
}

impl<T: Lees> Lees for Indien<T> {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        if waarde.is_null() {
            lezer.fout(Foutcode::Required, "dit gegeven kan niet leeg worden gemaakt");
            return None;
        }
        T::lees(waarde, lezer).map(|waarde| Self(Some(waarde)))
    }

    fn afwezig(_: &mut Lezer<'_>) -> Option<Self> {
        Some(Self(None))
    }
}

impl<T: Lees> Lees for Wijziging<T> {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        if waarde.is_null() {
            return Some(Self::Nieuw(None));
        }
        T::lees(waarde, lezer).map(|waarde| Self::Nieuw(Some(waarde)))
    }

    fn afwezig(_: &mut Lezer<'_>) -> Option<Self> {
        Some(Self::Ongewijzigd)
    }
}

/// A schema of text with a length, and the name of the type.
macro_rules! text_schema {
    ($type:ty, $name:expr, |$builder:ident| $schema:expr $(, $generic:tt)?) => {
        impl $(<const $generic: usize>)? PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let $builder = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
                RefOr::T(Schema::Object($schema.build()))
            }
        }
        impl $(<const $generic: usize>)? ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::from($name)
            }
        }
    };
}

text_schema!(
    Tekst<MAX>,
    format!("Tekst{MAX}"),
    |builder| { builder.min_length(Some(1)).max_length(Some(MAX)).pattern(Some(NOT_BLANK)) },
    MAX
);
text_schema!(Nummer, "Nummer", |builder| {
    builder.pattern(Some("^[0-9]{1,10}$")).examples([json!("2300918244")])
});
text_schema!(Referentie, "Referentie", |builder| {
    builder.pattern(Some("^[-a-zA-Z0-9_]{1,50}$")).examples([json!("ZAAK-2026-0001")])
});
text_schema!(Emailadres, "Emailadres", |builder| {
    builder
        .max_length(Some(EMAIL_MAX))
        .pattern(Some(EMAIL))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
        .examples([json!("jan.de.vries@example.nl")])
});
text_schema!(Telefoonnummer, "Telefoonnummer", |builder| {
    builder
        .max_length(Some(TELEFOON_MAX))
        .pattern(Some(TELEFOON))
        .format(Some(SchemaFormat::Custom("telefoonnummer".to_owned())))
        .examples([json!("0999001099")])
});
text_schema!(Moment, "Moment", |builder| {
    builder
        .pattern(Some(MOMENT))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .examples([json!("2025-11-20T10:15:00+01:00")])
});
text_schema!(Datum, "Datum", |builder| {
    builder
        .pattern(Some(DATUM))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
        .examples([json!("2025-11-20")])
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_are_kept_bare() {
        assert_eq!(telefoonnummer("06-12 34 56 78").as_deref(), Some("0612345678"));
        assert_eq!(telefoonnummer("+31612345678").as_deref(), Some("+31612345678"));
        for wrong in ["0800123456", "0900123456", "1400", "14020", "061234567", "abc", "+1"] {
            assert_eq!(telefoonnummer(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn email_addresses_have_an_at_within_and_a_dot() {
        assert!(is_emailadres("jan.janssen@example.nl"));
        for wrong in ["@example.nl", "jan@", "jan", "jan@nl x.", "jan janssen@example.nl"] {
            assert!(!is_emailadres(wrong), "{wrong}");
        }
    }
}
