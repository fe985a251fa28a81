//! Searching partijen: personen, organisaties, or any.

use access::Identity;
use serde_json::{Map, Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    Pagina, Voorwaarden, Zoekvraag, adresvormen, begin, eis_sleutel, gegeven, partij_sleutel, samen,
};
use crate::invoer::{
    Aantal, CategorieOoit, Cursor, Huisnummer, Identificatorcriterium, Naamdeel, Nummer,
    PartijSoort, Postcodecriterium, Tekst, invoer,
};
use crate::register::weergave::PartijMetOnderdelen;

/// What a search must name to find people.
const SLEUTELS: &str = "id, nummer, identificator, subIdentificatorVan, digitaalAdres, \
    werkteVoorPartij, vertegenwoordigdePartij, postcode met huisnummer, of naam met postcode of stad";

/// Part of an address that must be in a bezoekadres or a correspondentieadres.
pub(super) fn adresdeel(
    postcode: Option<Postcodecriterium>,
    huisnummer: Option<Huisnummer>,
    stad: Option<Tekst<255>>,
) -> Option<Json<Value>> {
    let mut deel = Map::new();
    if let Some(postcode) = postcode {
        deel.insert("postcode".to_owned(), json!(postcode.0));
    }
    if let Some(huisnummer) = huisnummer {
        deel.insert("huisnummer".to_owned(), json!(huisnummer.0));
    }
    if let Some(stad) = stad {
        deel.insert("stad".to_owned(), json!(stad.0));
    }
    (!deel.is_empty()).then_some(Json(Value::Object(deel)))
}

/// Declares a search in partijen; `soort` says which.
macro_rules! zoek_partijen {
    (
        $(#[$doc:meta])* $naam:ident, $operation:literal, $samenvatting:literal,
        |$zelf:ident| $soort:expr,
        { $($(#[$veldmeta:meta])* $veld:ident: $type:ty = $json:literal)? }
    ) => {
        invoer! {
            $(#[$doc])*
            pub struct $naam {
                /// Sleutel van de partij.
                pub id: Option<Uuid> = "id",
                /// Nummer van de partij.
                pub nummer: Option<Nummer> = "nummer",
                $($(#[$veldmeta])* pub $veld: $type = $json,)?
                /// Een sleutel van de partij in een ander register.
                pub identificator: Option<Identificatorcriterium> = "identificator",
                /// Een sleutel waarbinnen de partij een eigen sleutel heeft: met een KVK-nummer
                /// alle vestigingen.
                pub sub_identificator_van: Option<Identificatorcriterium> = "subIdentificatorVan",
                /// Digitaal adres van de partij, precies; hoofdletters maken niet uit.
                pub digitaal_adres: Option<Tekst<254>> = "digitaalAdres",
                /// Postcode van het bezoek- of correspondentieadres.
                pub postcode: Option<Postcodecriterium> = "postcode",
                /// Huisnummer bij die postcode.
                pub huisnummer: Option<Huisnummer> = "huisnummer",
                /// Woonplaats of plaats van vestiging, precies.
                pub stad: Option<Tekst<255>> = "stad",
                /// Begin van de naam: de achternaam, met of zonder voorvoegsel, of de naam van de
                /// organisatie.
                pub naam: Option<Naamdeel> = "naam",
                /// De organisatie waarvoor een contactpersoon werkte.
                pub werkte_voor_partij: Option<Uuid> = "werkteVoorPartij",
                /// De partij voor wie de gezochte optrad.
                pub vertegenwoordigde_partij: Option<Uuid> = "vertegenwoordigdePartij",
                /// Code van een categorie waarin de partij nu zit.
                pub categorie: Option<CategorieOoit> = "categorie",
                /// Of de contactgegevens mogen worden gebruikt.
                pub indicatie_actief: Option<bool> = "indicatieActief",
                /// Aantal per pagina.
                #[schema(required = false)]
                pub aantal: Aantal = "aantal",
                /// De pagina na deze plaats: `volgende` uit het vorige antwoord.
                pub na: Option<Cursor> = "na",
            }
            check |lezer| {
                let naam = gegeven(naam.as_ref());
                let postcode = gegeven(postcode.as_ref());
                let sleutels = [
                    gegeven(id.as_ref()),
                    gegeven(nummer.as_ref()),
                    gegeven(identificator.as_ref()),
                    gegeven(sub_identificator_van.as_ref()),
                    gegeven(digitaal_adres.as_ref()),
                    gegeven(werkte_voor_partij.as_ref()),
                    gegeven(vertegenwoordigde_partij.as_ref()),
                    samen(&[postcode, gegeven(huisnummer.as_ref())]),
                    samen(&[naam, postcode]),
                    samen(&[naam, gegeven(stad.as_ref())]),
                ];
                eis_sleutel(lezer, &sleutels, SLEUTELS);
            }
        }

        impl Zoekvraag for $naam {
            const OPERATION_ID: &'static str = $operation;
            const SAMENVATTING: &'static str = $samenvatting;
            const SCOPE: &'static str = "partijen:lezen";
            type Geeft = PartijMetOnderdelen;

            fn pagina(&self) -> Pagina {
                Pagina::new(self.aantal, self.na)
            }

            fn voorwaarden(self, identity: &Identity) -> Voorwaarden {
                let soort: Option<&'static str> = {
                    let $zelf = &self;
                    $soort
                };
                Criteria {
                    soort,
                    id: self.id,
                    nummer: self.nummer,
                    identificator: self.identificator,
                    sub_identificator_van: self.sub_identificator_van,
                    digitaal_adres: self.digitaal_adres,
                    adres: adresdeel(self.postcode, self.huisnummer, self.stad),
                    naam: self.naam,
                    werkte_voor_partij: self.werkte_voor_partij,
                    vertegenwoordigde_partij: self.vertegenwoordigde_partij,
                    categorie: self.categorie,
                    indicatie_actief: self.indicatie_actief,
                }
                .voorwaarden(identity)
            }
        }
    };
}

zoek_partijen! {
    /// Waarop personen worden gezocht; alles wat wordt genoemd, moet kloppen.
    ZoekPersoon, "zoekPersoon", "Zoek personen", |_zelf| Some("persoon"), {}
}

zoek_partijen! {
    /// Waarop organisaties worden gezocht; alles wat wordt genoemd, moet kloppen.
    ZoekOrganisatie, "zoekOrganisatie", "Zoek organisaties", |_zelf| Some("organisatie"), {}
}

zoek_partijen! {
    /// Waarop partijen worden gezocht; alles wat wordt genoemd, moet kloppen.
    ZoekPartij, "zoekPartij", "Zoek partijen van elke soort",
    |zelf| zelf.soort_partij.map(|soort| soort.0.code()),
    {
        /// Soort partij.
        soort_partij: Option<PartijSoort> = "soortPartij"
    }
}

/// The criteria of every search in partijen.
struct Criteria {
    soort: Option<&'static str>,
    id: Option<Uuid>,
    nummer: Option<Nummer>,
    identificator: Option<Identificatorcriterium>,
    sub_identificator_van: Option<Identificatorcriterium>,
    digitaal_adres: Option<Tekst<254>>,
    adres: Option<Json<Value>>,
    naam: Option<Naamdeel>,
    werkte_voor_partij: Option<Uuid>,
    vertegenwoordigde_partij: Option<Uuid>,
    categorie: Option<CategorieOoit>,
    indicatie_actief: Option<bool>,
}

impl Criteria {
    fn voorwaarden(self, identity: &Identity) -> Voorwaarden {
        Voorwaarden::van("partijen", identity)
            .als("o.soort_partij = ?", self.soort)
            .als("o.id = ?", self.id)
            .als("o.nummer = ?", self.nummer.map(|nummer| nummer.0))
            .sleutel(
                "identificator",
                [
                    "o.id IN (SELECT i.identificeerde_partij
                              FROM write_side.partij_identificatoren i WHERE ",
                    ")",
                ],
                partij_sleutel!("i"),
                self.identificator,
            )
            .sleutel(
                "subIdentificatorVan",
                [
                    "o.id IN (SELECT i.identificeerde_partij
                              FROM write_side.partij_identificatoren i
                              JOIN write_side.partij_identificatoren h
                                  ON h.id = i.sub_identificator_van
                              WHERE ",
                    ")",
                ],
                partij_sleutel!("h"),
                self.sub_identificator_van,
            )
            .als(
                "o.id IN (SELECT a.verstrekt_door_partij FROM write_side.digitale_adressen a
                          WHERE lower(a.adres) IN (SELECT lower(vorm) FROM unnest(?) AS vorm))",
                self.digitaal_adres.map(|adres| adresvormen(adres.0)),
            )
            .als("o.bezoekadres @> ? OR o.correspondentieadres @> ?", self.adres)
            .als(
                "lower(COALESCE(o.naam, o.contactnaam->>'achternaam',
                                o.contactnaam->>'voornaam')) LIKE lower(?)
                 OR lower((o.contactnaam->>'voorvoegselAchternaam') || ' '
                          || (o.contactnaam->>'achternaam')) LIKE lower(?)",
                self.naam.map(|naam| begin(&naam.0)),
            )
            .als("o.werkte_voor_partij = ?", self.werkte_voor_partij)
            .als(
                "o.id IN (SELECT v.vertegenwoordigende_partij FROM write_side.vertegenwoordigingen v
                          WHERE v.vertegenwoordigde_partij = ?)",
                self.vertegenwoordigde_partij,
            )
            .als(
                "o.id IN (SELECT c.partij FROM write_side.categorie_relaties c
                          WHERE c.categorie = ? AND c.eind_datum IS NULL)",
                self.categorie.map(|code| code.0),
            )
            .als("o.indicatie_actief = ?", self.indicatie_actief)
    }
}
