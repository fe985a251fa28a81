//! Groups of values: a name, an address, free key/value data.

use std::borrow::Cow;
use std::collections::BTreeMap;

use events::{Adres, Contactnaam};
use serde_json::Value;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::lezer::{Lees, Lezer};
use super::regels::{Vorm, minstens_een, precies_een_vorm};
use super::{Huisnummer, Landcode, NummeraanduidingId, Postcode, Tekst, invoer};
use crate::fout::Foutcode;

/// Longest name of a datum in metadata, in characters.
const METADATA_KEY_MAX: usize = 40;
/// Most keys of metadata.
const METADATA_MAX_KEYS: usize = 50;

invoer! {
    /// Naam die iemand wil gebruiken in contact met de gemeente; ten minste voorletters, voornaam of
    /// achternaam is gevuld.
    pub struct Contactnaamvelden {
        /// Voorletters.
        pub voorletters: Option<Tekst<10>> = "voorletters",
        /// Voornaam of voornamen.
        pub voornaam: Option<Tekst<200>> = "voornaam",
        /// Voorvoegsel van de achternaam.
        pub voorvoegsel_achternaam: Option<Tekst<10>> = "voorvoegselAchternaam",
        /// Achternaam.
        pub achternaam: Option<Tekst<200>> = "achternaam",
    }
}

invoer! {
    /// Adres in precies één vorm: de BAG-sleutel, de Nederlandse velden, of adresregels met land.
    pub struct Adresvelden {
        /// Sleutel van het adres in de BAG: 16 cijfers.
        pub nummeraanduiding_id: Option<NummeraanduidingId> = "nummeraanduidingId",
        /// Straatnaam.
        pub straatnaam: Option<Tekst<255>> = "straatnaam",
        /// Huisnummer, 1 tot en met 99999.
        pub huisnummer: Option<Huisnummer> = "huisnummer",
        /// Huisletter of toevoeging.
        pub huisnummertoevoeging: Option<Tekst<20>> = "huisnummertoevoeging",
        /// Postcode, zoals 1234 AB.
        pub postcode: Option<Postcode> = "postcode",
        /// Woonplaats.
        pub stad: Option<Tekst<255>> = "stad",
        /// Eerste adresregel.
        pub adresregel1: Option<Tekst<80>> = "adresregel1",
        /// Tweede adresregel.
        pub adresregel2: Option<Tekst<80>> = "adresregel2",
        /// Derde adresregel.
        pub adresregel3: Option<Tekst<80>> = "adresregel3",
        /// Land, ISO 3166-1 alpha-2.
        pub land: Option<Landcode> = "land",
    }
}

fn text<const MAX: usize>(value: Option<Tekst<MAX>>) -> Option<String> {
    value.map(|tekst| tekst.0)
}

/// A name, with at least one of voorletters, voornaam and achternaam.
#[derive(Debug, Clone)]
pub struct ContactnaamInvoer(pub Contactnaam);

impl Lees for ContactnaamInvoer {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let velden = Contactnaamvelden::lees(waarde, lezer)?;
        let naam = Contactnaam {
            voorletters: text(velden.voorletters),
            voornaam: text(velden.voornaam),
            voorvoegsel_achternaam: text(velden.voorvoegsel_achternaam),
            achternaam: text(velden.achternaam),
        };
        if naam.voorletters.is_none() && naam.voornaam.is_none() && naam.achternaam.is_none() {
            lezer.fout(Foutcode::Required, "vul ten minste voorletters, voornaam of achternaam");
            return None;
        }
        Some(Self(naam))
    }
}

/// An address in exactly one form.
#[derive(Debug, Clone)]
pub struct AdresInvoer(pub Adres);

impl Lees for AdresInvoer {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let velden = Adresvelden::lees(waarde, lezer)?;
        let adres = Adres {
            nummeraanduiding_id: velden.nummeraanduiding_id.map(|id| id.0),
            straatnaam: text(velden.straatnaam),
            huisnummer: velden.huisnummer.map(|nummer| nummer.0),
            huisnummertoevoeging: text(velden.huisnummertoevoeging),
            postcode: velden.postcode.map(|postcode| postcode.0),
            stad: text(velden.stad),
            adresregel1: text(velden.adresregel1),
            adresregel2: text(velden.adresregel2),
            adresregel3: text(velden.adresregel3),
            land: velden.land.map(|land| land.0),
        };
        match adres_fault(&adres) {
            None => Some(Self(adres)),
            Some(melding) => {
                lezer.fout(Foutcode::InvalidAdres, melding);
                None
            }
        }
    }
}

fn adres_fault(adres: &Adres) -> Option<&'static str> {
    let dutch = adres.straatnaam.is_some()
        || adres.huisnummer.is_some()
        || adres.huisnummertoevoeging.is_some()
        || adres.postcode.is_some()
        || adres.stad.is_some();
    let lines =
        adres.adresregel1.is_some() || adres.adresregel2.is_some() || adres.adresregel3.is_some();
    let forms = [adres.nummeraanduiding_id.is_some(), dutch, lines];
    if forms.iter().filter(|filled| **filled).count() != 1 {
        return Some(
            "vul precies één vorm: nummeraanduidingId, of straatnaam tot en met stad, of adresregels",
        );
    }
    if adres.land.is_some() && !lines {
        return Some("land hoort bij adresregels, voor een adres buiten Nederland");
    }
    None
}

macro_rules! same_schema {
    ($type:ty, $velden:ty, $name:literal, |$schema:ident| $regels:expr) => {
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let $schema = <$velden>::schema();
                $regels
            }
        }
        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }
            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                <$velden as ToSchema>::schemas(schemas);
            }
        }
    };
}
same_schema!(ContactnaamInvoer, Contactnaamvelden, "Contactnaam", |schema| {
    minstens_een(schema, &["voorletters", "voornaam", "achternaam"])
});
same_schema!(AdresInvoer, Adresvelden, "Adres", |schema| precies_een_vorm(schema, &VORMEN));

/// The forms of an address.
const VORMEN: [Vorm; 3] = [
    Vorm { titel: "Adres in de BAG", velden: &["nummeraanduidingId"], erbij: &[] },
    Vorm {
        titel: "Nederlands adres",
        velden: &["straatnaam", "huisnummer", "huisnummertoevoeging", "postcode", "stad"],
        erbij: &[],
    },
    Vorm {
        titel: "Adresregels",
        velden: &["adresregel1", "adresregel2", "adresregel3"],
        erbij: &["land"],
    },
];

/// Free key/value data of the sender; no rule depends on it (B9866).
#[derive(Debug, Clone, Default)]
pub struct Metadata(pub BTreeMap<String, String>);

impl Lees for Metadata {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let Some(object) = waarde.as_object() else {
            lezer.fout(Foutcode::Invalid, "hier hoort een object te staan");
            return None;
        };
        if object.len() > METADATA_MAX_KEYS {
            lezer.fout(Foutcode::MaxLength, format!("ten hoogste {METADATA_MAX_KEYS} gegevens"));
            return None;
        }
        let wrong = |key: &&String| {
            key.is_empty() || key.chars().count() > METADATA_KEY_MAX || key.contains('\0')
        };
        if object.keys().any(|key| wrong(&key)) {
            let melding = format!("de naam van een gegeven heeft 1 tot {METADATA_KEY_MAX} tekens");
            lezer.fout(Foutcode::Invalid, melding);
            return None;
        }
        let read: Vec<Option<(String, String)>> = object
            .keys()
            .map(|key| Some((key.clone(), lezer.veld::<Tekst<255>>(object, key)?.0)))
            .collect();
        read.into_iter().collect::<Option<BTreeMap<_, _>>>().map(Self)
    }

    fn afwezig(_: &mut Lezer<'_>) -> Option<Self> {
        Some(Self::default())
    }
}

impl PartialSchema for Metadata {
    fn schema() -> RefOr<Schema> {
        let name = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .min_length(Some(1))
            .max_length(Some(METADATA_KEY_MAX))
            .pattern(Some("^[^\\u0000]*$"));
        let value = AdditionalProperties::RefOr(Tekst::<255>::schema());
        let map = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .max_properties(Some(METADATA_MAX_KEYS))
            .property_names(Some(Schema::Object(name.build())))
            .additional_properties(Some(value));
        RefOr::T(Schema::Object(map.build()))
    }
}

impl ToSchema for Metadata {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Metadata")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_exactly_one_form() {
        let bag = || Some("0518200000637599".to_owned());
        let line = || Some("Postbus 2700".to_owned());
        let land = || Some("BE".to_owned());
        let fine = [
            Adres { nummeraanduiding_id: bag(), ..Adres::default() },
            Adres { adresregel1: line(), land: land(), ..Adres::default() },
            Adres { postcode: Some("1234 AB".to_owned()), huisnummer: Some(1), ..Adres::default() },
        ];
        let wrong = [
            Adres::default(),
            Adres { nummeraanduiding_id: bag(), adresregel1: line(), ..Adres::default() },
            Adres { land: land(), ..Adres::default() },
            Adres { nummeraanduiding_id: bag(), land: land(), ..Adres::default() },
        ];
        assert!(fine.iter().all(|adres| adres_fault(adres).is_none()));
        assert!(wrong.iter().all(|adres| adres_fault(adres).is_some()));
    }
}
