//! Searching parts: digital addresses, onderwerpobjecten, bijlagen and partij-identificatoren.

use access::Identity;
use uuid::Uuid;

use super::{
    Pagina, Voorwaarden, Zoekvraag, adresvormen, eis_sleutel, gegeven, json_sleutel, partij_sleutel,
};
use crate::invoer::{
    Aantal, Cursor, Identificatorcriterium, Referentie, SoortDigitaalAdresOoit, Tekst, invoer,
};
use crate::register::weergave::{
    Bijlagegegevens, DigitaalAdresgegevens, Onderwerpobjectgegevens, PartijIdentificatorgegevens,
};

invoer! {
    /// Waarop digitale adressen worden gezocht; alles wat wordt genoemd, moet kloppen.
    pub struct ZoekDigitaalAdres {
        /// Sleutel van het digitale adres.
        pub id: Option<Uuid> = "id",
        /// Het adres zelf, precies; hoofdletters maken niet uit.
        pub adres: Option<Tekst<254>> = "adres",
        /// Soort adres (referentielijst soortDigitaalAdres).
        pub soort_digitaal_adres: Option<SoortDigitaalAdresOoit> = "soortDigitaalAdres",
        /// Kenmerk voor systemen.
        pub referentie: Option<Referentie> = "referentie",
        /// De partij die het gaf.
        pub verstrekt_door_partij: Option<Uuid> = "verstrektDoorPartij",
        /// De betrokkene die het gaf.
        pub verstrekt_door_betrokkene: Option<Uuid> = "verstrektDoorBetrokkene",
        /// Of het het standaardadres van zijn soort is.
        pub is_standaard_adres: Option<bool> = "isStandaardAdres",
        /// Of het adres is geverifieerd.
        pub is_geverifieerd: Option<bool> = "isGeverifieerd",
        /// Aantal per pagina.
        #[schema(required = false)]
        pub aantal: Aantal = "aantal",
        /// De pagina na deze plaats: `volgende` uit het vorige antwoord.
        pub na: Option<Cursor> = "na",
    }
    check |lezer| {
        let sleutels = [
            gegeven(id.as_ref()),
            gegeven(adres.as_ref()),
            gegeven(verstrekt_door_partij.as_ref()),
            gegeven(verstrekt_door_betrokkene.as_ref()),
        ];
        let welke = "id, adres, verstrektDoorPartij of verstrektDoorBetrokkene";
        eis_sleutel(lezer, &sleutels, welke);
    }
}

impl Zoekvraag for ZoekDigitaalAdres {
    const OPERATION_ID: &'static str = "zoekDigitaalAdres";
    const SAMENVATTING: &'static str =
        "Zoek digitale adressen; die van betrokkenen alleen met de scope klantcontacten:lezen";
    const SCOPE: &'static str = "partijen:lezen";
    type Geeft = DigitaalAdresgegevens;

    fn pagina(&self) -> Pagina {
        Pagina::new(self.aantal, self.na)
    }

    fn voorwaarden(self, identity: &Identity) -> Voorwaarden {
        let found = Voorwaarden::van("digitale_adressen", identity)
            .als("o.id = ?", self.id)
            .als(
                "lower(o.adres) IN (SELECT lower(vorm) FROM unnest(?) AS vorm)",
                self.adres.map(|adres| adresvormen(adres.0)),
            )
            .als("o.soort_digitaal_adres = ?", self.soort_digitaal_adres.map(|code| code.0))
            .als("o.referentie = ?", self.referentie.map(|referentie| referentie.0))
            .als("o.verstrekt_door_partij = ?", self.verstrekt_door_partij)
            .als("o.verstrekt_door_betrokkene = ?", self.verstrekt_door_betrokkene)
            .als("o.is_standaard_adres = ?", self.is_standaard_adres)
            .als("(o.verificatie_datum IS NOT NULL) = ?", self.is_geverifieerd);
        if identity.may("klantcontacten:lezen") {
            found
        } else {
            found.altijd("o.verstrekt_door_betrokkene IS NULL")
        }
    }
}

invoer! {
    /// Waarop onderwerpobjecten worden gezocht; alles wat wordt genoemd, moet kloppen.
    pub struct ZoekOnderwerpobject {
        /// Sleutel van het onderwerpobject.
        pub id: Option<Uuid> = "id",
        /// Het klantcontact dat erover ging.
        pub was_onderwerp_van_klantcontact: Option<Uuid> = "wasOnderwerpVanKlantcontact",
        /// Sleutel van het object.
        pub onderwerpobjectidentificator: Option<Identificatorcriterium>
            = "onderwerpobjectidentificator",
        /// Het eerdere klantcontact dat onderwerp was.
        pub onderwerp_was_klantcontact: Option<Uuid> = "onderwerpWasKlantcontact",
        /// Aantal per pagina.
        #[schema(required = false)]
        pub aantal: Aantal = "aantal",
        /// De pagina na deze plaats: `volgende` uit het vorige antwoord.
        pub na: Option<Cursor> = "na",
    }
}

impl Zoekvraag for ZoekOnderwerpobject {
    const OPERATION_ID: &'static str = "zoekOnderwerpobject";
    const SAMENVATTING: &'static str = "Zoek onderwerpobjecten van klantcontacten";
    const SCOPE: &'static str = "klantcontacten:lezen";
    type Geeft = Onderwerpobjectgegevens;

    fn pagina(&self) -> Pagina {
        Pagina::new(self.aantal, self.na)
    }

    fn voorwaarden(self, identity: &Identity) -> Voorwaarden {
        Voorwaarden::van("onderwerpobjecten", identity)
            .als("o.id = ?", self.id)
            .als("o.was_onderwerp_van_klantcontact = ?", self.was_onderwerp_van_klantcontact)
            .sleutel(
                "onderwerpobjectidentificator",
                ["", ""],
                json_sleutel!("o.onderwerpobjectidentificator"),
                self.onderwerpobjectidentificator,
            )
            .als("o.onderwerp_was_klantcontact = ?", self.onderwerp_was_klantcontact)
    }
}

invoer! {
    /// Waarop bijlagen worden gezocht; alles wat wordt genoemd, moet kloppen.
    pub struct ZoekBijlage {
        /// Sleutel van de bijlage.
        pub id: Option<Uuid> = "id",
        /// Het klantcontact.
        pub was_bijlage_van_klantcontact: Option<Uuid> = "wasBijlageVanKlantcontact",
        /// Sleutel van het object.
        pub bijlageidentificator: Option<Identificatorcriterium> = "bijlageidentificator",
        /// Aantal per pagina.
        #[schema(required = false)]
        pub aantal: Aantal = "aantal",
        /// De pagina na deze plaats: `volgende` uit het vorige antwoord.
        pub na: Option<Cursor> = "na",
    }
}

impl Zoekvraag for ZoekBijlage {
    const OPERATION_ID: &'static str = "zoekBijlage";
    const SAMENVATTING: &'static str = "Zoek bijlagen bij klantcontacten";
    const SCOPE: &'static str = "klantcontacten:lezen";
    type Geeft = Bijlagegegevens;

    fn pagina(&self) -> Pagina {
        Pagina::new(self.aantal, self.na)
    }

    fn voorwaarden(self, identity: &Identity) -> Voorwaarden {
        Voorwaarden::van("bijlagen", identity)
            .als("o.id = ?", self.id)
            .als("o.was_bijlage_van_klantcontact = ?", self.was_bijlage_van_klantcontact)
            .sleutel(
                "bijlageidentificator",
                ["", ""],
                json_sleutel!("o.bijlageidentificator"),
                self.bijlageidentificator,
            )
    }
}

invoer! {
    /// Waarop partij-identificatoren worden gezocht; alles wat wordt genoemd, moet kloppen.
    pub struct ZoekPartijIdentificator {
        /// Sleutel van de partij-identificator.
        pub id: Option<Uuid> = "id",
        /// De partij.
        pub identificeerde_partij: Option<Uuid> = "identificeerdePartij",
        /// De sleutel in een ander register.
        pub partij_identificator: Option<Identificatorcriterium> = "partijIdentificator",
        /// De partij-identificator waarbinnen de sleutel uniek is.
        pub sub_identificator_van: Option<Uuid> = "subIdentificatorVan",
        /// Aantal per pagina.
        #[schema(required = false)]
        pub aantal: Aantal = "aantal",
        /// De pagina na deze plaats: `volgende` uit het vorige antwoord.
        pub na: Option<Cursor> = "na",
    }
    check |lezer| {
        let sleutels = [
            gegeven(id.as_ref()),
            gegeven(identificeerde_partij.as_ref()),
            gegeven(partij_identificator.as_ref()),
            gegeven(sub_identificator_van.as_ref()),
        ];
        let welke = "id, identificeerdePartij, partijIdentificator of subIdentificatorVan";
        eis_sleutel(lezer, &sleutels, welke);
    }
}

impl Zoekvraag for ZoekPartijIdentificator {
    const OPERATION_ID: &'static str = "zoekPartijIdentificator";
    const SAMENVATTING: &'static str = "Zoek partij-identificatoren";
    const SCOPE: &'static str = "partijen:lezen";
    type Geeft = PartijIdentificatorgegevens;

    fn pagina(&self) -> Pagina {
        Pagina::new(self.aantal, self.na)
    }

    fn voorwaarden(self, identity: &Identity) -> Voorwaarden {
        Voorwaarden::van("partij_identificatoren", identity)
            .als("o.id = ?", self.id)
            .als("o.identificeerde_partij = ?", self.identificeerde_partij)
            .sleutel(
                "partijIdentificator",
                ["", ""],
                partij_sleutel!("o"),
                self.partij_identificator,
            )
            .als("o.sub_identificator_van = ?", self.sub_identificator_van)
    }
}
