//! Groups of values without identity of their own; each is replaced as a whole (decision B9876).

use serde::{Deserialize, Serialize};

/// Contactnaam: the name somebody wants to use with the gemeente.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contactnaam {
    /// Initials, at most 10 characters.
    pub voorletters: Option<String>,
    /// First names, at most 200 characters.
    pub voornaam: Option<String>,
    /// Prefix of the surname, at most 10 characters.
    pub voorvoegsel_achternaam: Option<String>,
    /// Surname, at most 200 characters.
    pub achternaam: Option<String>,
}

impl Contactnaam {
    /// The joined name (`volledigeNaam`): voornaam, else voorletters, then voorvoegsel and
    /// achternaam. `None` when nothing is filled.
    #[must_use]
    pub fn volledige_naam(&self) -> Option<String> {
        let first = self.voornaam.as_deref().or(self.voorletters.as_deref());
        let parts = [first, self.voorvoegsel_achternaam.as_deref(), self.achternaam.as_deref()];
        let filled: Vec<&str> =
            parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        if filled.is_empty() { None } else { Some(filled.join(" ")) }
    }
}

/// Bezoekadres or correspondentieadres; exactly one of three forms is filled: the BAG key, the
/// Dutch fields, or address lines with an optional country.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Adres {
    /// Key of the address in the BAG, 16 digits.
    pub nummeraanduiding_id: Option<String>,
    /// Street.
    pub straatnaam: Option<String>,
    /// House number, 1 to 99999.
    pub huisnummer: Option<u32>,
    /// Addition to the house number.
    pub huisnummertoevoeging: Option<String>,
    /// Postcode with one space.
    pub postcode: Option<String>,
    /// Town.
    pub stad: Option<String>,
    /// First address line.
    pub adresregel1: Option<String>,
    /// Second address line.
    pub adresregel2: Option<String>,
    /// Third address line.
    pub adresregel3: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    pub land: Option<String>,
}

/// Key of an object in a register; the three codes come from reference lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identificator {
    /// Kind of object.
    pub code_objecttype: String,
    /// Name of the identifying property.
    pub code_soort_object_id: String,
    /// Value of the identifying property, at most 200 characters.
    pub object_id: String,
    /// Register that holds the object.
    pub code_register: String,
}

/// Indicatie ja nee onbekend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicatieJaNeeOnbekend {
    /// Yes.
    Ja,
    /// No.
    Nee,
    /// Not known.
    #[default]
    Onbekend,
}

/// Gives an enumeration its exchange form, the word that the standard uses for each value.
macro_rules! exchange_form {
    ($type:ty { $($variant:ident = $code:literal),+ $(,)? }) => {
        impl $type {
            /// Every value, in the order of the standard.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The exchange form.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The value with this exchange form, if there is one.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use exchange_form;

exchange_form!(IndicatieJaNeeOnbekend { Ja = "ja", Nee = "nee", Onbekend = "onbekend" });

#[cfg(test)]
mod tests {
    use super::*;

    fn naam(voorletters: Option<&str>, voornaam: Option<&str>) -> Contactnaam {
        Contactnaam {
            voorletters: voorletters.map(str::to_owned),
            voornaam: voornaam.map(str::to_owned),
            voorvoegsel_achternaam: Some("de".to_owned()),
            achternaam: Some("Vries".to_owned()),
        }
    }

    #[test]
    fn volledige_naam_prefers_the_voornaam() {
        assert_eq!(naam(Some("J"), Some("Jan")).volledige_naam().as_deref(), Some("Jan de Vries"));
        assert_eq!(naam(Some("J"), None).volledige_naam().as_deref(), Some("J de Vries"));
        assert_eq!(Contactnaam::default().volledige_naam(), None);
    }
}
