//! What a search is asked with: criteria, and which page. Old data keep retired codes (I16), so a
//! search takes them too.

use std::borrow::Cow;
use std::marker::PhantomData;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::basis::blank;
use super::codes::{Codelijst, lees_bekende_code};
use super::lezer::{Lees, Lezer};
use super::vormen::is_postcode;
use super::{
    Categorie, ExternRegister, Kanaal, SoortDigitaalAdres, SoortObject, SoortObjectId, Tekst,
    invoer,
};
use crate::fout::Foutcode;

/// Rows on a page that does not name its size.
const AANTAL_DEFAULT: u32 = 25;
/// Most rows on a page.
const AANTAL_MAX: u32 = 100;
/// Shortest part of a name that is searched for, in characters.
const NAAMDEEL_MIN: usize = 3;
/// Longest cursor that is looked at, in bytes; ours have 22.
const CURSOR_MAX_BYTES: usize = 64;

/// Number of rows on a page.
#[derive(Debug, Clone, Copy)]
pub struct Aantal(pub u32);

impl Lees for Aantal {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let read = u32::lees(waarde, lezer)?;
        if (1..=AANTAL_MAX).contains(&read) {
            return Some(Self(read));
        }
        lezer.fout(Foutcode::Invalid, format!("een aantal van 1 tot en met {AANTAL_MAX}"));
        None
    }

    fn afwezig(_: &mut Lezer<'_>) -> Option<Self> {
        Some(Self(AANTAL_DEFAULT))
    }
}

impl PartialSchema for Aantal {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
            .minimum(Some(1))
            .maximum(Some(AANTAL_MAX))
            .default(Some(AANTAL_DEFAULT.into()));
        RefOr::T(Schema::Object(number.build()))
    }
}

impl ToSchema for Aantal {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Aantal")
    }
}

/// The place of the last row of a page, opaque to who receives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(pub Uuid);

impl Cursor {
    /// As it stands in an answer.
    #[must_use]
    pub fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.as_bytes())
    }
}

impl Lees for Cursor {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let text = waarde.as_str().filter(|text| text.len() <= CURSOR_MAX_BYTES);
        let bytes = text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let read = bytes.and_then(|bytes| Uuid::from_slice(&bytes).ok());
        if read.is_none() {
            lezer.fout(Foutcode::Invalid, "geef hier `volgende` uit het vorige antwoord terug");
        }
        read.map(Self)
    }
}

/// A text of this form and with this description, for the API document.
fn text_schema(description: &str, pattern: &str, max: usize, example: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .max_length(Some(max))
        .pattern(Some(pattern))
        .description(Some(description))
        .examples([json!(example)]);
    RefOr::T(Schema::Object(text.build()))
}

/// 16 bytes in base64url, without padding.
const CURSOR: &str = "^[A-Za-z0-9_-]{21}[AQgw]$";
/// Three characters or more, of which the first and the last are no space.
const NAAMDEEL: &str =
    concat!("^[^\\u0000]*[^", blank!(), "][^\\u0000]+[^", blank!(), "][^\\u0000]*$");
/// A postcode, with spaces anywhere.
const POSTCODE: &str = "^ *[1-9]( *[0-9]){3}( *[A-Za-z]){2} *$";

impl PartialSchema for Cursor {
    fn schema() -> RefOr<Schema> {
        text_schema(
            "Plaats in een lijst, zonder betekenis voor de ontvanger",
            CURSOR,
            CURSOR_MAX_BYTES,
            "AZLwyFwefRCaSy8-TVxreg",
        )
    }
}

impl ToSchema for Cursor {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Cursor")
    }
}

/// The beginning of a name, of at least three characters: fewer would find everybody.
#[derive(Debug, Clone)]
pub struct Naamdeel(pub String);

impl Lees for Naamdeel {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let Tekst(text) = Tekst::<200>::lees(waarde, lezer)?;
        let text = text.trim().to_owned();
        if text.chars().count() < NAAMDEEL_MIN {
            let melding = format!("ten minste {NAAMDEEL_MIN} tekens van de naam");
            lezer.fout(Foutcode::MinLength, melding);
            return None;
        }
        Some(Self(text))
    }
}

impl PartialSchema for Naamdeel {
    fn schema() -> RefOr<Schema> {
        text_schema("Begin van een naam; hoofdletters maken niet uit", NAAMDEEL, 200, "Vries")
    }
}

impl ToSchema for Naamdeel {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Naamdeel")
    }
}

/// A postcode in the spelling of the register, also when it was given without its space.
#[derive(Debug, Clone)]
pub struct Postcodecriterium(pub String);

impl Lees for Postcodecriterium {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let Tekst(text) = Tekst::<7>::lees(waarde, lezer)?;
        let mut bare: String = text.chars().filter(|letter| *letter != ' ').collect();
        bare.make_ascii_uppercase();
        if bare.is_char_boundary(4) {
            bare.insert(4, ' ');
        }
        if is_postcode(&bare) {
            return Some(Self(bare));
        }
        lezer.fout(Foutcode::InvalidAdres, "postcode heeft de vorm 1234 AB");
        None
    }
}

impl PartialSchema for Postcodecriterium {
    fn schema() -> RefOr<Schema> {
        text_schema("Postcode, met of zonder spatie", POSTCODE, 7, "1234AB")
    }
}

impl ToSchema for Postcodecriterium {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Postcodecriterium")
    }
}

/// A code of a list, active or retired.
#[derive(Debug, Clone)]
pub struct Zoekcode<C>(pub String, PhantomData<C>);

impl<C: Codelijst> Lees for Zoekcode<C> {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        lees_bekende_code(C::LIJST, waarde, lezer).map(|(code, _)| Self(code, PhantomData))
    }
}

impl<C: Codelijst> PartialSchema for Zoekcode<C> {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .min_length(Some(1))
            .description(Some(format!(
                "Code van de referentielijst {}, ook als die is vervallen.",
                C::LIJST.naam()
            )))
            .examples([json!(C::VOORBEELD)]);
        RefOr::T(Schema::Object(text.build()))
    }
}

impl<C: Codelijst + ToSchema> ToSchema for Zoekcode<C> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Ooit", C::name()))
    }
}

/// A channel, active or retired.
pub type KanaalOoit = Zoekcode<Kanaal>;
/// A kind of digital address, active or retired.
pub type SoortDigitaalAdresOoit = Zoekcode<SoortDigitaalAdres>;
/// A category of partijen, active or retired.
pub type CategorieOoit = Zoekcode<Categorie>;
/// A kind of object, active or retired.
type SoortObjectOoit = Zoekcode<SoortObject>;
/// A kind of key, active or retired.
type SoortObjectIdOoit = Zoekcode<SoortObjectId>;
/// A register, active or retired.
type ExternRegisterOoit = Zoekcode<ExternRegister>;

invoer! {
    /// Sleutel in een register waarop wordt gezocht; wat wordt genoemd, moet gelijk zijn.
    pub struct Identificatorcriterium {
        /// Soort object (referentielijst soortObject).
        pub code_objecttype: Option<SoortObjectOoit> = "codeObjecttype",
        /// Soort sleutel (referentielijst soortObjectId).
        pub code_soort_object_id: Option<SoortObjectIdOoit> = "codeSoortObjectId",
        /// De sleutel zelf.
        pub object_id: Tekst<200> = "objectId",
        /// Register (referentielijst externRegister).
        pub code_register: Option<ExternRegisterOoit> = "codeRegister",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::referentielijsten::Referentielijsten;

    fn read<T: Lees>(value: &Value) -> Option<T> {
        let lijsten = Referentielijsten::default();
        let mut lezer = Lezer::new(&lijsten, chrono::DateTime::UNIX_EPOCH);
        let read = T::lees(value, &mut lezer);
        lezer.klaar(read).ok()
    }

    #[test]
    fn a_cursor_survives_the_way_out_and_back() {
        let cursor = Cursor(Uuid::from_u128(0x0123_4567_89ab_cdef));
        assert_eq!(read::<Cursor>(&json!(cursor.text())), Some(cursor));
        for wrong in ["", "x", "AAAA", "een heel ander verhaal dat veel te lang is voor een cursor"]
        {
            assert!(read::<Cursor>(&json!(wrong)).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_postcode_is_read_in_every_spelling() {
        for text in ["1234 AB", "1234AB", "1234ab"] {
            assert_eq!(read::<Postcodecriterium>(&json!(text)).expect(text).0, "1234 AB");
        }
        for wrong in ["123 ABC", "0234 AB", "éé34AB", "1234"] {
            assert!(read::<Postcodecriterium>(&json!(wrong)).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_page_has_a_size_within_bounds() {
        assert_eq!(read::<Aantal>(&json!(100)).expect("a size").0, 100);
        for wrong in [json!(0), json!(101), json!(-1), json!("10")] {
            assert!(read::<Aantal>(&wrong).is_none(), "{wrong}");
        }
    }
}
