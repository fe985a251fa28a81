//! Codes: of reference lists, which are data, and of enumerations, which are part of the contract.

use std::borrow::Cow;

use events::{IndicatieJaNeeOnbekend, Klantcontactrol, SoortActor, SoortPartij, Taakstatus};
use serde_json::{Value, json};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::lezer::{Lees, Lezer};
use crate::fout::Foutcode;
use crate::referentielijsten::{Lijst, Stand, Validatie};

/// A kind of code: the list that it comes from.
pub trait Codelijst {
    /// The list.
    const LIJST: Lijst;
    /// One of its codes, for an example.
    const VOORBEELD: &str;
}

/// Reads a code of a list, also in a spelling that senders use for it, and gives the code as the
/// list has it, and whether new data may have it.
pub(super) fn lees_bekende_code(
    lijst: Lijst,
    waarde: &Value,
    lezer: &mut Lezer<'_>,
) -> Option<(String, Stand)> {
    let Some(text) = waarde.as_str() else {
        lezer.fout(Foutcode::Invalid, "hier hoort een code te staan");
        return None;
    };
    let found = lezer.lijsten().zoek(lijst, text, lezer.vandaag());
    if found.is_none() {
        let melding = format!("deze code staat niet in de lijst {}", lijst.naam());
        lezer.fout(Foutcode::OnbekendeReferentiewaarde, melding);
    }
    found.map(|(code, stand)| (code.to_owned(), stand))
}

/// Reads an active code of a list.
fn lees_code(lijst: Lijst, waarde: &Value, lezer: &mut Lezer<'_>) -> Option<String> {
    match lees_bekende_code(lijst, waarde, lezer)? {
        (code, Stand::Actief) => Some(code),
        (_, Stand::Vervallen) => {
            let melding = format!("deze code van de lijst {} is vervallen", lijst.naam());
            lezer.fout(Foutcode::ReferentiewaardeNietActief, melding);
            None
        }
    }
}

/// What a code is, for the API document: the values are data of the gemeente, not part of the
/// contract.
fn description(lijst: Lijst, voorbeeld: &str) -> String {
    format!(
        "Code van de referentielijst {}, zoals {voorbeeld}. De gemeente vult de lijst: een code die \
         er niet in staat of vervallen is, wordt geweigerd.",
        lijst.naam()
    )
}

macro_rules! codes {
    ($($(#[$doc:meta])* $type:ident: $lijst:expr, $voorbeeld:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $type(pub String);

        impl Codelijst for $type {
            const LIJST: Lijst = $lijst;
            const VOORBEELD: &str = $voorbeeld;
        }

        impl Lees for $type {
            fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
                lees_code($lijst, waarde, lezer).map(Self)
            }
        }

        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .min_length(Some(1))
                    .description(Some(description($lijst, $voorbeeld)))
                    .examples([json!($voorbeeld)]);
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

codes! {
    /// Channel used.
    Kanaal: Lijst::Kanaal, "telefoon";
    /// Language, ISO 639-2/T.
    Taal: Lijst::Taal, "nld";
    /// Country, ISO 3166-1 alpha-2.
    Landcode: Lijst::Land, "BE";
    /// Which channels reach a digital address.
    SoortDigitaalAdres: Lijst::SoortDigitaalAdres, "email";
    /// Kind of object.
    SoortObject: Lijst::SoortObject, "zaak";
    /// Kind of key of an object.
    SoortObjectId: Lijst::SoortObjectId, "uuid";
    /// Register that holds an object.
    ExternRegister: Lijst::ExternRegister, "zakenregister";
    /// Category of a partij.
    Categorie: Lijst::Categorie, "vip";
}

macro_rules! enumerations {
    ($($(#[$doc:meta])* $type:ident($inner:ty),)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $type(pub $inner);

        impl Lees for $type {
            fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
                let read = waarde.as_str().and_then(<$inner>::from_code);
                if read.is_none() {
                    let known: Vec<&str> = <$inner>::ALL.iter().map(|item| item.code()).collect();
                    lezer.fout(Foutcode::Invalid, format!("een van: {}", known.join(", ")));
                }
                read.map(Self)
            }
        }

        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let known = <$inner>::ALL.iter().map(|item| item.code());
                let text = ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .enum_values(Some(known));
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

enumerations! {
    /// Role played during the contact.
    Rol(Klantcontactrol),
    /// Whether the attempt to make contact succeeded.
    IndicatieContactGelukt(IndicatieJaNeeOnbekend),
    /// How far an interne taak is.
    Status(Taakstatus),
    /// Subtype of a partij.
    PartijSoort(SoortPartij),
    /// Subtype of an actor.
    ActorSoort(SoortActor),
    /// How a digital address is checked.
    AdresValidatie(Validatie),
}

macro_rules! new_codes {
    ($($(#[$doc:meta])* $type:ident($pattern:literal, $example:literal, $melding:literal):
        |$letters:ident| $right:expr,)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $type(pub String);

        impl Lees for $type {
            fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
                let text = waarde.as_str().filter(|text| {
                    let $letters = text.as_bytes();
                    $right
                });
                if text.is_none() {
                    lezer.fout(Foutcode::Invalid, $melding);
                }
                text.map(|text| Self(text.to_owned()))
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

new_codes! {
    /// A code that a list does not have yet; it will stand in paths.
    NieuweCode("^[A-Za-z0-9._-]{1,40}$", "balie", "1 tot 40 letters, cijfers, punten, - en _"): |letters| {
        (1..=40).contains(&letters.len())
            && letters.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
    },
    /// A language that the list does not have yet.
    NieuweTaalcode("^[a-z]{3}$", "fry", "drie kleine letters, zoals nld (ISO 639-2/T)"): |letters| {
        letters.len() == 3 && letters.iter().all(u8::is_ascii_lowercase)
    },
    /// A country that the list does not have yet.
    NieuweLandcode("^[A-Z]{2}$", "DE", "twee hoofdletters, zoals NL (ISO 3166-1)"): |letters| {
        letters.len() == 2 && letters.iter().all(u8::is_ascii_uppercase)
    },
}
