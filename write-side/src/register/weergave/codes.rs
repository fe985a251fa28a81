//! Words of the contract: what they can be stands in the API document.

use std::borrow::Cow;

use events::{
    IndicatieJaNeeOnbekend, Inzagestatus, Klantcontactrol, Objectsoort, SoortActor, SoortPartij,
    Taakstatus, Vernietigingsstatus,
};
use serde::Serialize;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::Toon;
use crate::spelling::camel;

/// The schema of a text that is one of these words.
pub(super) fn one_of(words: impl Iterator<Item = String>) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    RefOr::T(Schema::Object(text.enum_values(Some(words)).build()))
}

/// Declares how an enumeration of the published language is shown.
macro_rules! codes {
    ($($(#[$doc:meta])* $type:ident($inner:ty);)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Serialize)]
        pub(crate) struct $type($inner);

        impl Toon<$inner> for $type {
            fn toon(waarde: $inner) -> Self {
                Self(waarde)
            }
        }

        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                one_of(<$inner>::ALL.iter().map(|value| value.code().to_owned()))
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
    /// Subtype of a partij.
    Partijsoort(SoortPartij);
    /// Subtype of an actor.
    Actorsoort(SoortActor);
    /// How far an interne taak is.
    Taakstand(Taakstatus);
    /// Role played during the contact.
    Betrokkenerol(Klantcontactrol);
    /// Whether the attempt to make contact succeeded.
    ContactGelukt(IndicatieJaNeeOnbekend);
    /// Kind of object, in the spelling of the log.
    Objectsoortcode(Objectsoort);
    /// How far a proposal is.
    Voorstelstand(Vernietigingsstatus);
    /// How far a request for inzage is.
    Inzagestand(Inzagestatus);
}

/// Kind of object, in the spelling of answers: `interneTaak`.
#[derive(Debug, Serialize)]
pub(crate) struct Objectsoortnaam(String);

impl Toon<String> for Objectsoortnaam {
    fn toon(code: String) -> Self {
        Self(camel(&code))
    }
}

impl PartialSchema for Objectsoortnaam {
    fn schema() -> RefOr<Schema> {
        one_of(Objectsoort::ALL.iter().map(|soort| camel(soort.code())))
    }
}

impl ToSchema for Objectsoortnaam {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Objectsoortnaam")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_code_is_shown_as_the_schema_has_it() {
        let shown: Vec<_> =
            SoortActor::ALL.iter().map(|soort| json!(Actorsoort::toon(*soort))).collect();
        assert_eq!(json!(Actorsoort::schema())["enum"], json!(shown));
        let shown: Vec<_> = Objectsoort::ALL
            .iter()
            .map(|soort| json!(Objectsoortnaam::toon(soort.code().to_owned())))
            .collect();
        assert_eq!(json!(Objectsoortnaam::schema())["enum"], json!(shown));
    }
}
