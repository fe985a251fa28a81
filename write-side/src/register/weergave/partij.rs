//! Partijen and their parts.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::codes::Partijsoort;
use super::groepen::{Adresgegevens, Contactnaamgegevens, Identificatorgegevens};
use super::weergave;

weergave! {
    /// Een partij zelf.
    Partijgegevens toont Partij {
        /// Sleutel van de partij.
        id: Uuid,
        /// Nummer om de partij in gesprek te noemen.
        nummer: String,
        /// Soort partij.
        soort_partij: Partijsoort,
        /// Naam van een persoon of contactpersoon.
        contactnaam: Option<Contactnaamgegevens>,
        /// Naam van een organisatie.
        naam: Option<String>,
        /// Organisatie waarvoor een contactpersoon werkte.
        werkte_voor_partij: Option<Uuid>,
        /// Bezoekadres.
        bezoekadres: Option<Adresgegevens>,
        /// Postadres.
        correspondentieadres: Option<Adresgegevens>,
        /// Voorkeurstaal, ISO 639-2/T (referentielijst taal).
        #[schema(examples("nld"))]
        voorkeurstaal: Option<String>,
        /// Of de leverancier om geheimhouding vroeg; null als dat niet bekend is.
        indicatie_geheimhouding: Option<bool>,
        /// Notitie voor collega's; null als zij er niet is of de scope interne-notitie:lezen ontbreekt.
        #[schema(examples("Belt liever dan dat hij schrijft."))]
        interne_notitie: Option<String>,
        /// Of de contactgegevens mogen worden gebruikt.
        indicatie_actief: bool,
    }
}

weergave! {
    /// Een sleutel van een partij in een ander register.
    PartijIdentificatorgegevens toont PartijIdentificator {
        /// Sleutel van de partij-identificator.
        id: Uuid,
        /// De partij.
        identificeerde_partij: Uuid,
        /// De sleutel in het andere register.
        partij_identificator: Identificatorgegevens,
        /// Partij-identificator waarbinnen deze uniek is.
        sub_identificator_van: Option<Uuid>,
        /// De sleutel van die partij-identificator, zoals het KVK-nummer bij een vestiging.
        hoofdidentificator: Option<Identificatorgegevens>,
    }
}

weergave! {
    /// Een digitaal adres van een partij of een betrokkene.
    DigitaalAdresgegevens toont DigitaalAdres {
        /// Sleutel van het digitale adres.
        id: Uuid,
        /// Soort adres (referentielijst soortDigitaalAdres).
        #[schema(examples("email"))]
        soort_digitaal_adres: String,
        /// Het adres zelf.
        #[schema(examples("jan.de.vries@example.nl"))]
        adres: String,
        /// Omschrijving, zoals werk.
        omschrijving: Option<String>,
        /// Of het voor de partij het standaardadres van zijn soort is.
        is_standaard_adres: bool,
        /// Kenmerk voor systemen.
        #[schema(examples("ZAAK-2026-0001"))]
        referentie: Option<String>,
        /// Wanneer het adres is geverifieerd.
        verificatie_datum: Option<NaiveDate>,
        /// De partij die het gaf.
        verstrekt_door_partij: Option<Uuid>,
        /// De betrokkene die het gaf.
        verstrekt_door_betrokkene: Option<Uuid>,
    }
}

weergave! {
    /// Een bankrekening van een partij.
    Rekeningnummergegevens toont Rekeningnummer {
        /// Sleutel van het rekeningnummer.
        id: Uuid,
        /// De partij.
        partij: Uuid,
        /// IBAN.
        #[schema(examples("NL91ABNA0417164300"))]
        iban: String,
        /// BIC.
        #[schema(examples("ABNANL2A"))]
        bic: Option<String>,
    }
}

weergave! {
    /// Dat een partij een tijd in een categorie zat.
    CategorieRelatiegegevens toont CategorieRelatie {
        /// Sleutel van de relatie.
        id: Uuid,
        /// De partij.
        partij: Uuid,
        /// Categorie (referentielijst categorie).
        #[schema(examples("vip"))]
        categorie: String,
        /// Eerste dag.
        begin_datum: NaiveDate,
        /// Laatste dag; null als het nog geldt.
        eind_datum: Option<NaiveDate>,
    }
}

weergave! {
    /// Dat een partij voor een andere optrad.
    Vertegenwoordiginggegevens toont Vertegenwoordiging {
        /// Sleutel van de vertegenwoordiging.
        id: Uuid,
        /// De partij die optrad.
        vertegenwoordigende_partij: Uuid,
        /// De partij voor wie zij dat deed.
        vertegenwoordigde_partij: Uuid,
    }
}

/// Een partij met haar onderdelen.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PartijMetOnderdelen {
    #[serde(flatten)]
    pub(crate) partij: Partijgegevens,
    /// De naam om te tonen: die van de organisatie, of de delen van de contactnaam.
    #[schema(required)]
    pub(crate) volledige_naam: Option<String>,
    /// Sleutels in andere registers.
    pub(crate) partij_identificatoren: Vec<PartijIdentificatorgegevens>,
    /// Digitale adressen.
    pub(crate) digitale_adressen: Vec<DigitaalAdresgegevens>,
    /// Sleutel van het digitale adres dat de voorkeur heeft.
    #[schema(required)]
    pub(crate) voorkeurs_digitaal_adres: Option<Uuid>,
    /// Bankrekeningen.
    pub(crate) rekeningnummers: Vec<Rekeningnummergegevens>,
    /// Sleutel van het rekeningnummer dat de voorkeur heeft.
    #[schema(required)]
    pub(crate) voorkeurs_rekeningnummer: Option<Uuid>,
    /// Categorieën waarin de partij zit of zat.
    pub(crate) categorie_relaties: Vec<CategorieRelatiegegevens>,
}
