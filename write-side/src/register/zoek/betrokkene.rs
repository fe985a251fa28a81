//! Searching betrokkenen.

use access::Identity;
use uuid::Uuid;

use super::partij::adresdeel;
use super::{Pagina, Voorwaarden, Zoekvraag, adresvormen, begin, eis_sleutel, gegeven, samen};
use crate::invoer::{Aantal, Cursor, Huisnummer, Naamdeel, Postcodecriterium, Rol, Tekst, invoer};
use crate::register::weergave::BetrokkeneMetAdressen;

/// What a search must name to find people.
const SLEUTELS: &str = "id, hadKlantcontact, wasPartij, digitaalAdres, postcode met huisnummer, of \
    naam of organisatienaam met postcode, stad of elkaar";

invoer! {
    /// Waarop betrokkenen worden gezocht; alles wat wordt genoemd, moet kloppen.
    pub struct ZoekBetrokkene {
        /// Sleutel van de betrokkene.
        pub id: Option<Uuid> = "id",
        /// Het klantcontact.
        pub had_klantcontact: Option<Uuid> = "hadKlantcontact",
        /// De partij die het was.
        pub was_partij: Option<Uuid> = "wasPartij",
        /// Rol in het contact.
        pub rol: Option<Rol> = "rol",
        /// Begin van de achternaam, met of zonder voorvoegsel.
        pub naam: Option<Naamdeel> = "naam",
        /// Begin van de naam van de organisatie.
        pub organisatienaam: Option<Naamdeel> = "organisatienaam",
        /// Digitaal adres van de betrokkene, precies; hoofdletters maken niet uit.
        pub digitaal_adres: Option<Tekst<254>> = "digitaalAdres",
        /// Postcode van het bezoek- of correspondentieadres.
        pub postcode: Option<Postcodecriterium> = "postcode",
        /// Huisnummer bij die postcode.
        pub huisnummer: Option<Huisnummer> = "huisnummer",
        /// Woonplaats, precies.
        pub stad: Option<Tekst<255>> = "stad",
        /// Aantal per pagina.
        #[schema(required = false)]
        pub aantal: Aantal = "aantal",
        /// De pagina na deze plaats: `volgende` uit het vorige antwoord.
        pub na: Option<Cursor> = "na",
    }
    check |lezer| {
        let persoon = gegeven(naam.as_ref());
        let organisatie = gegeven(organisatienaam.as_ref());
        let postcode = gegeven(postcode.as_ref());
        let stad = gegeven(stad.as_ref());
        let sleutels = [
            gegeven(id.as_ref()),
            gegeven(had_klantcontact.as_ref()),
            gegeven(was_partij.as_ref()),
            gegeven(digitaal_adres.as_ref()),
            samen(&[postcode, gegeven(huisnummer.as_ref())]),
            samen(&[persoon || organisatie, postcode || stad]),
            samen(&[persoon, organisatie]),
        ];
        eis_sleutel(lezer, &sleutels, SLEUTELS);
    }
}

impl Zoekvraag for ZoekBetrokkene {
    const OPERATION_ID: &'static str = "zoekBetrokkene";
    const SAMENVATTING: &'static str = "Zoek betrokkenen bij klantcontacten";
    const SCOPE: &'static str = "klantcontacten:lezen";
    type Geeft = BetrokkeneMetAdressen;

    fn pagina(&self) -> Pagina {
        Pagina::new(self.aantal, self.na)
    }

    fn voorwaarden(self, identity: &Identity) -> Voorwaarden {
        Voorwaarden::van("betrokkenen", identity)
            .als("o.id = ?", self.id)
            .als("o.had_klantcontact = ?", self.had_klantcontact)
            .als("o.was_partij = ?", self.was_partij)
            .als("o.rol = ?", self.rol.map(|rol| rol.0.code()))
            .als(
                "lower(COALESCE(o.contactnaam->>'achternaam', o.contactnaam->>'voornaam'))
                     LIKE lower(?)
                 OR lower((o.contactnaam->>'voorvoegselAchternaam') || ' '
                          || (o.contactnaam->>'achternaam')) LIKE lower(?)",
                self.naam.map(|naam| begin(&naam.0)),
            )
            .als(
                "lower(o.organisatienaam) LIKE lower(?)",
                self.organisatienaam.map(|naam| begin(&naam.0)),
            )
            .als(
                "o.id IN (SELECT a.verstrekt_door_betrokkene FROM write_side.digitale_adressen a
                          WHERE lower(a.adres) IN (SELECT lower(vorm) FROM unnest(?) AS vorm))",
                self.digitaal_adres.map(|adres| adresvormen(adres.0)),
            )
            .als(
                "o.bezoekadres @> ? OR o.correspondentieadres @> ?",
                adresdeel(self.postcode, self.huisnummer, self.stad),
            )
    }
}
