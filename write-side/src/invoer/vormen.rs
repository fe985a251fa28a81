//! Values of a form: each with its pattern, as the OpenAPI document tells it, and its reader. A test
//! holds the two together.

use std::borrow::Cow;

use serde_json::{Value, json};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::lezer::{Lees, Lezer, geheel_getal};
use crate::fout::Foutcode;

/// The house numbers that exist.
const HUISNUMMERS: std::ops::RangeInclusive<u32> = 1..=99_999;

/// A house number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Huisnummer(pub u32);

impl Lees for Huisnummer {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let number = geheel_getal(waarde);
        let read = number.filter(|number| HUISNUMMERS.contains(number)).map(Self);
        if read.is_none() {
            lezer.fout(Foutcode::InvalidAdres, "een geheel getal van 1 tot en met 99999");
        }
        read
    }
}

impl PartialSchema for Huisnummer {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .minimum(Some(*HUISNUMMERS.start()))
            .maximum(Some(*HUISNUMMERS.end()))
            .examples([json!(12)]);
        RefOr::T(Schema::Object(number.build()))
    }
}

impl ToSchema for Huisnummer {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Huisnummer")
    }
}

/// Declares text of a form: its pattern, an example, the function that reads it, and the fault.
macro_rules! vormen {
    ($(
        $(#[$doc:meta])*
        $type:ident = $pattern:literal, $example:literal, $read:expr, $code:expr, $melding:literal;
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $type(pub String);

        impl Lees for $type {
            fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
                let read: fn(&str) -> Option<String> = $read;
                let read = waarde.as_str().and_then(read).map(Self);
                if read.is_none() {
                    lezer.fout($code, $melding);
                }
                read
            }
        }

        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .pattern(Some($pattern))
                    .examples([json!($example)]);
                RefOr::T(Schema::Object(text.build()))
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($type))
            }
        }
    )+};
}

vormen! {
    /// Key of an address in the BAG.
    NummeraanduidingId = "^[0-9]{16}$", "0518200000637599",
        |text| same(text, text.len() == 16 && digits(text)),
        Foutcode::InvalidAdres, "een nummeraanduiding heeft 16 cijfers";

    /// Dutch postcode, with one space.
    Postcode = "^[1-9][0-9]{3} [A-Z]{2}$", "1234 AB",
        |text| same(text, is_postcode(text)),
        Foutcode::InvalidAdres, "een postcode heeft de vorm 1234 AB";

    /// IBAN, kept in capitals. Its check digits are right.
    Iban = "^[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]{1,30}$", "NL91ABNA0417164300",
        |text| Some(text.to_ascii_uppercase()).filter(|iban| is_iban(iban)),
        Foutcode::InvalidIban, "dit is geen IBAN, of de controlecijfers kloppen niet";

    /// BIC.
    Bic = "^[A-Za-z0-9]{8,11}$", "ABNANL2A",
        |text| same(text, is_bic(text)),
        Foutcode::Invalid, "8 tot en met 11 letters en cijfers";
}

fn same(text: &str, right: bool) -> Option<String> {
    right.then(|| text.to_owned())
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_bic(text: &str) -> bool {
    (8..=11).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

pub(super) fn is_postcode(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 7
        && matches!(bytes[0], b'1'..=b'9')
        && bytes[1..4].iter().all(u8::is_ascii_digit)
        && bytes[4] == b' '
        && bytes[5..].iter().all(u8::is_ascii_uppercase)
}

/// The check of ISO 13616: two letters, two digits, up to 30 letters and digits, modulo 97 = 1.
fn is_iban(iban: &str) -> bool {
    let bytes = iban.as_bytes();
    let form = (5..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(u8::is_ascii_alphanumeric);
    if !form {
        return false;
    }
    let rearranged = bytes[4..].iter().chain(&bytes[..4]);
    let rest = rearranged.fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte.to_ascii_uppercase() - b'A') + 10) % 97,
    });
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_may_have_a_fraction_of_nothing() {
        for right in [json!(12), json!(12.0)] {
            assert_eq!(geheel_getal(&right), Some(12));
        }
        for wrong in [json!(12.5), json!(-1), json!(-1.0), json!(4_294_967_296_u64), json!("12")] {
            assert_eq!(geheel_getal(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_iban_passes_its_check_digits() {
        assert!(is_iban("NL91ABNA0417164300"));
        assert!(!is_iban("NL92ABNA0417164300") && !is_iban("NL91") && !is_iban("9191ABNA04"));
    }
}
