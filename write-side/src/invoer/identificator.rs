//! Keys of objects in other registers. The three codes belong together: an object lives in one
//! register and is identified by the kinds of key listed for it.

use std::borrow::Cow;

use events::Identificator;
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::lezer::{Lees, Lezer};
use super::{ExternRegister, SoortObject, SoortObjectId, Tekst, invoer};
use crate::fout::Foutcode;
use crate::referentielijsten::Lijst;

invoer! {
    /// Sleutel van een object in een register.
    pub struct Identificatorvelden {
        /// Soort object (referentielijst soortObject).
        pub code_objecttype: SoortObject = "codeObjecttype",
        /// Soort sleutel (referentielijst soortObjectId).
        pub code_soort_object_id: SoortObjectId = "codeSoortObjectId",
        /// De sleutel zelf.
        pub object_id: Tekst<200> = "objectId",
        /// Register (referentielijst externRegister).
        pub code_register: ExternRegister = "codeRegister",
    }
}

/// A key whose three codes are in the reference lists and fit together.
#[derive(Debug, Clone)]
pub struct IdentificatorInvoer(pub Identificator);

/// A key that identifies a partij: of the combinations that are allowed, with its check digits.
#[derive(Debug, Clone)]
pub struct PartijIdentificatorInvoer(pub Identificator);

impl Lees for IdentificatorInvoer {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let velden = Identificatorvelden::lees(waarde, lezer)?;
        let identificator = Identificator {
            code_objecttype: velden.code_objecttype.0,
            code_soort_object_id: velden.code_soort_object_id.0,
            object_id: velden.object_id.0,
            code_register: velden.code_register.0,
        };
        check_combination(&identificator, lezer)?;
        check_value(&identificator, lezer)?;
        Some(Self(canonical(identificator)))
    }
}

fn check_combination(key: &Identificator, lezer: &mut Lezer<'_>) -> Option<()> {
    let lists = lezer.lijsten();
    let register = lists.hoort_bij(Lijst::SoortObject, &key.code_objecttype);
    let objecttype = lists.hoort_bij(Lijst::SoortObjectId, &key.code_soort_object_id);
    // A register that no kind of object names is the gemeente's own: an instance, of which there may
    // be several of a kind. It may hold any kind of object, but not the keys of a base register.
    let own = !lists.heeft_delen(Lijst::SoortObject, &key.code_register);
    let base = BASE_KEYS.contains(&key.code_soort_object_id.as_str());
    if register != Some(key.code_register.as_str()) && (!own || base) {
        lezer.fout_bij("codeRegister", Foutcode::Invalid, "dit register heeft zulke objecten niet");
        return None;
    }
    if objecttype.is_some_and(|objecttype| objecttype != key.code_objecttype) {
        let melding = "deze soort sleutel hoort niet bij dit objecttype";
        lezer.fout_bij("codeSoortObjectId", Foutcode::Invalid, melding);
        return None;
    }
    Some(())
}

/// Keys that only a base register gives out, so that one key is one partij.
const BASE_KEYS: [&str; 4] = ["bsn", "rsin", "kvk_nummer", "vestigingsnummer"];

/// The check of a key by its kind.
fn check_value(key: &Identificator, lezer: &mut Lezer<'_>) -> Option<()> {
    let value = key.object_id.as_str();
    let (right, code, melding) = match key.code_soort_object_id.as_str() {
        "bsn" => (
            elfproef(value),
            Foutcode::InvalidBsn,
            "een burgerservicenummer heeft 9 cijfers en voldoet aan de elfproef",
        ),
        "rsin" => (
            elfproef(value),
            Foutcode::InvalidRsin,
            "een RSIN heeft 9 cijfers en voldoet aan de elfproef",
        ),
        "kvk_nummer" => (digits(value, 8), Foutcode::InvalidKvk, "een KVK-nummer heeft 8 cijfers"),
        "vestigingsnummer" => (
            digits(value, 12),
            Foutcode::InvalidVestigingsnummer,
            "een vestigingsnummer heeft 12 cijfers",
        ),
        "nummeraanduiding_id" => {
            (digits(value, 16), Foutcode::Invalid, "een nummeraanduiding heeft 16 cijfers")
        }
        "uuid" => {
            let right = uuid::Uuid::try_parse(value).is_ok();
            (right, Foutcode::Invalid, "hier hoort een UUID te staan")
        }
        _ => return Some(()),
    };
    if !right {
        lezer.fout_bij("objectId", code, melding);
    }
    right.then_some(())
}

/// One spelling per key: a UUID in lower case with hyphens.
fn canonical(mut key: Identificator) -> Identificator {
    if key.code_soort_object_id == "uuid"
        && let Ok(uuid) = uuid::Uuid::try_parse(&key.object_id)
    {
        key.object_id = uuid.hyphenated().to_string();
    }
    key
}

impl Lees for PartijIdentificatorInvoer {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let IdentificatorInvoer(key) = IdentificatorInvoer::lees(waarde, lezer)?;
        let base = BASE_KEYS.contains(&key.code_soort_object_id.as_str());
        // Other keys of a partij are of the gemeente's own registers (domain systems).
        let own = !lezer.lijsten().heeft_delen(Lijst::SoortObject, &key.code_register);
        if !base && !own {
            let melding = "met deze sleutel wordt geen partij geïdentificeerd";
            lezer.fout_bij("codeSoortObjectId", Foutcode::Invalid, melding);
            return None;
        }
        Some(Self(key))
    }
}

fn digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The check of burgerservicenummer and RSIN: 9 digits whose weighted sum (9 to 2, and -1 for the
/// last) is a multiple of 11, and not all zero.
pub(crate) fn elfproef(text: &str) -> bool {
    if !digits(text, 9) || text == "000000000" {
        return false;
    }
    let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let sum: i32 =
        text.bytes().zip(weights).map(|(byte, weight)| i32::from(byte - b'0') * weight).sum();
    sum % 11 == 0
}

macro_rules! same_schema {
    ($type:ty, $name:literal) => {
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                Identificatorvelden::schema()
            }
        }
        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                <Identificatorvelden as ToSchema>::schemas(schemas);
            }
        }
    };
}
same_schema!(IdentificatorInvoer, "Identificator");
same_schema!(PartijIdentificatorInvoer, "PartijIdentificatorsleutel");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_elfproef_tells_a_typing_error() {
        assert!(elfproef("999990019"));
        for wrong in ["999990231", "000000000", "99999001", "99999001a", "9999900190"] {
            assert!(!elfproef(wrong), "{wrong}");
        }
    }
}
