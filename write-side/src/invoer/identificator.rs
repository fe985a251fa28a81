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
        Some(Self(identificator))
    }
}

fn check_combination(key: &Identificator, lezer: &mut Lezer<'_>) -> Option<()> {
    let lists = lezer.lijsten();
    let register = lists.hoort_bij(Lijst::SoortObject, &key.code_objecttype);
    let objecttype = lists.hoort_bij(Lijst::SoortObjectId, &key.code_soort_object_id);
    // A register of the gemeente's own may hold any kind of object: there may be several of a kind.
    let own = lists.zoek(Lijst::ExternRegister, &key.code_register).is_some()
        && !NATIONAL.contains(&key.code_register.as_str());
    if register.is_some_and(|register| register != key.code_register && !own) {
        lezer.fout_bij("codeRegister", Foutcode::Invalid, "dit register heeft zulke objecten niet");
        return None;
    }
    if objecttype.is_some_and(|objecttype| objecttype != key.code_objecttype) {
        let melding = "deze soort sleutel hoort niet bij dit objecttype";
        lezer.fout_bij("codeSoortObjectId", Foutcode::Invalid, melding);
        return None;
    }
    if key.code_soort_object_id == "uuid" && uuid::Uuid::try_parse(&key.object_id).is_err() {
        lezer.fout_bij("objectId", Foutcode::Invalid, "hier hoort een UUID te staan");
        return None;
    }
    Some(())
}

/// Registers with a fixed content.
const NATIONAL: [&str; 5] = ["brp", "hr", "brk", "bag", "woz"];

impl Lees for PartijIdentificatorInvoer {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let IdentificatorInvoer(key) = IdentificatorInvoer::lees(waarde, lezer)?;
        let combination = (
            key.code_register.as_str(),
            key.code_objecttype.as_str(),
            key.code_soort_object_id.as_str(),
        );
        let check = match combination {
            ("brp", "natuurlijk_persoon", "bsn") => elfproef(&key.object_id).then_some(()).ok_or((
                Foutcode::InvalidBsn,
                "een burgerservicenummer heeft 9 cijfers en voldoet aan de elfproef",
            )),
            ("hr", "niet_natuurlijk_persoon", "rsin") => {
                elfproef(&key.object_id).then_some(()).ok_or((
                    Foutcode::InvalidRsin,
                    "een RSIN heeft 9 cijfers en voldoet aan de elfproef",
                ))
            }
            ("hr", "niet_natuurlijk_persoon", "kvk_nummer") => digits(&key.object_id, 8)
                .then_some(())
                .ok_or((Foutcode::InvalidKvk, "een KVK-nummer heeft 8 cijfers")),
            ("hr", "vestiging", "vestigingsnummer") => {
                digits(&key.object_id, 12).then_some(()).ok_or((
                    Foutcode::InvalidVestigingsnummer,
                    "een vestigingsnummer heeft 12 cijfers",
                ))
            }
            (register, ..) if NATIONAL.contains(&register) => {
                Err((Foutcode::Invalid, "met deze sleutel wordt geen partij geïdentificeerd"))
            }
            _ => Ok(()),
        };
        match check {
            Ok(()) => Some(Self(key)),
            Err((code, melding)) => {
                lezer.fout_bij("objectId", code, melding);
                None
            }
        }
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
