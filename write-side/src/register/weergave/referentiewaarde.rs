//! Values of reference lists.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::codes::one_of;
use super::{Toon, weergave};
use crate::referentielijsten::{Lijst, Validatie};
use crate::spelling::camel;

/// The name of a list, as answers spell it: `soortDigitaalAdres`.
#[derive(Debug, Serialize)]
pub(crate) struct Lijstnaam(String);

impl Toon<String> for Lijstnaam {
    fn toon(naam: String) -> Self {
        Self(camel(&naam))
    }
}

impl PartialSchema for Lijstnaam {
    fn schema() -> RefOr<Schema> {
        one_of(Lijst::ALL.into_iter().map(|lijst| camel(lijst.naam())))
    }
}

impl ToSchema for Lijstnaam {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Lijstnaam")
    }
}

/// How an address is checked.
#[derive(Debug, Serialize)]
pub(crate) struct Controle(String);

impl Toon<String> for Controle {
    fn toon(code: String) -> Self {
        Self(code)
    }
}

impl PartialSchema for Controle {
    fn schema() -> RefOr<Schema> {
        one_of(Validatie::ALL.iter().map(|way| way.code().to_owned()))
    }
}

impl ToSchema for Controle {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Controle")
    }
}

weergave! {
    /// Een waarde van een referentielijst.
    Referentiewaardegegevens toont Referentiewaarde {
        /// Sleutel van de waarde.
        id: Uuid,
        /// Naam van de lijst.
        lijst: Lijstnaam,
        /// Code waarmee gegevens naar de waarde verwijzen.
        #[schema(examples("telefoon"))]
        code: String,
        /// Naam om te tonen.
        #[schema(examples("Telefoon"))]
        naam: String,
        /// Of de waarde in gebruik is; een land is dat ook alleen van ingangsdatum tot en met einddatum.
        indicatie_actief: bool,
        /// Hoe een digitaal adres van deze soort wordt gecontroleerd.
        validatie: Option<Controle>,
        /// Waar de waarde bij hoort: het register van een soort object, de soort object van een soort
        /// sleutel.
        hoort_bij: Option<String>,
        /// Eerste dag van gebruik.
        ingangsdatum: Option<NaiveDate>,
        /// Laatste dag van gebruik.
        einddatum: Option<NaiveDate>,
    }
}
