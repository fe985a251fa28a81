//! Digital addresses as part of a partij or of a betrokkene (F1995).

pub(crate) mod beheer;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use events::{DigitaalAdres, EigenDigitaalAdres, Gebeurtenis, ObjectRef};
use serde_json::Value;
use uuid::Uuid;

use crate::fout::{Foutcode, HandelingError};
use crate::invoer::{Datum, Lees, Lezer, Referentie, SoortDigitaalAdres, Tekst, invoer};
use crate::referentielijsten::{Referentielijsten, Validatie};
use crate::uitvoering::{Onderdeel, Uitvoering};

/// Longest address that is no e-mail address, in characters.
const ADRES_MAX: usize = 80;

invoer! {
    /// Telefoonnummer, e-mailadres of andere digitale manier om iemand te bereiken.
    pub struct DigitaalAdresvelden {
        /// Soort adres (referentielijst soortDigitaalAdres).
        pub soort_digitaal_adres: SoortDigitaalAdres = "soortDigitaalAdres",
        /// Het adres zelf: tot 254 tekens voor e-mail, anders tot 80.
        pub adres: Tekst<254> = "adres",
        /// Omschrijving, zoals "werk".
        pub omschrijving: Option<Tekst<40>> = "omschrijving",
        /// Standaardadres van deze soort; alleen bij een partij.
        pub is_standaard_adres: Option<bool> = "isStandaardAdres",
        /// Kenmerk voor systemen, zoals een zaaknummer; uniek per partij en soort.
        pub referentie: Option<Referentie> = "referentie",
        /// Datum waarop het adres is geverifieerd.
        pub verificatie_datum: Option<Datum> = "verificatieDatum",
    }
}

/// A digital address, checked by the rule of its soort.
#[derive(Debug, Clone)]
pub struct DigitaalAdresInvoer {
    soort: String,
    adres: String,
    omschrijving: Option<String>,
    pub(super) standaard: bool,
    referentie: Option<String>,
    verificatie_datum: Option<NaiveDate>,
}

impl Lees for DigitaalAdresInvoer {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let velden = DigitaalAdresvelden::lees(waarde, lezer)?;
        let soort = velden.soort_digitaal_adres.0;
        let adres = canonical_adres(lezer.lijsten(), &soort, velden.adres.0)
            .map_err(|(code, melding)| lezer.fout_bij("adres", code, melding))
            .ok();
        let today = lezer.now().date_naive();
        if velden.verificatie_datum.is_some_and(|date| date.0 > today) {
            let melding = "een verificatie ligt niet in de toekomst";
            lezer.fout_bij("verificatieDatum", Foutcode::Invalid, melding);
            return None;
        }
        Some(Self {
            soort,
            adres: adres?,
            omschrijving: velden.omschrijving.map(|text| text.0),
            standaard: velden.is_standaard_adres.unwrap_or_default(),
            referentie: velden.referentie.map(|tag| tag.0),
            verificatie_datum: velden.verificatie_datum.map(|date| date.0),
        })
    }
}

/// An address by the rule of its soort, in one spelling; or what is wrong with it.
fn canonical_adres(
    lijsten: &Referentielijsten,
    soort: &str,
    adres: String,
) -> Result<String, (Foutcode, &'static str)> {
    match lijsten.validatie(soort) {
        Validatie::Email if crate::invoer::is_emailadres(&adres) => Ok(adres),
        Validatie::Email => {
            Err((Foutcode::InvalidEmail, "dit is geen e-mailadres, zoals naam@example.nl"))
        }
        Validatie::Telefoonnummer => crate::invoer::telefoonnummer(&adres).ok_or((
            Foutcode::InvalidTelefoonnummer,
            "dit is geen telefoonnummer, zoals 0612345678",
        )),
        Validatie::Overig if adres.chars().count() <= ADRES_MAX => Ok(adres),
        Validatie::Overig => Err((Foutcode::MaxLength, "ten hoogste 80 tekens")),
    }
}

/// Faults within a list of addresses of one owner: a tag used twice for a soort (I10), two standard
/// addresses of a soort (I09), or a standard address of a betrokkene.
pub(super) fn check_lijst(
    lezer: &mut Lezer<'_>,
    adressen: Option<&[DigitaalAdresInvoer]>,
    partij: bool,
) {
    let adressen = adressen.unwrap_or_default();
    let mut tags = BTreeSet::new();
    let mut standard = BTreeSet::new();
    for (index, adres) in adressen.iter().enumerate() {
        let veld = |naam: &str| format!("digitaleAdressen[{index}].{naam}");
        if let Some(tag) = &adres.referentie
            && !tags.insert((&adres.soort, tag))
        {
            let melding = "deze referentie is al gebruikt bij een adres van deze soort";
            lezer.fout_bij(&veld("referentie"), Foutcode::Unique, melding);
        }
        if adres.standaard && !partij {
            let melding = "een standaardadres hoort bij een partij, niet bij een betrokkene";
            lezer.fout_bij(&veld("isStandaardAdres"), Foutcode::Invalid, melding);
        } else if adres.standaard && !standard.insert(&adres.soort) {
            let melding = "er is al een standaardadres van deze soort";
            lezer.fout_bij(&veld("isStandaardAdres"), Foutcode::Invalid, melding);
        }
    }
}

/// To whom an address is registered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Eigenaar {
    /// A partij, for future contact.
    Partij(Uuid),
    /// A betrokkene, for the follow-up of one klantcontact.
    Betrokkene {
        /// The betrokkene.
        betrokkene: Uuid,
        /// Its klantcontact.
        klantcontact: Uuid,
    },
}

/// Registers addresses; gives their keys in the order of the list.
pub(super) async fn registreer(
    uitvoering: &mut Uitvoering<'_>,
    eigenaar: Eigenaar,
    adressen: Vec<DigitaalAdresInvoer>,
) -> Result<Vec<Uuid>, HandelingError> {
    let (hoort_bij, partij, betrokkene) = match eigenaar {
        Eigenaar::Partij(id) => (ObjectRef::partij(id), Some(id), None),
        Eigenaar::Betrokkene { betrokkene, klantcontact } => {
            (ObjectRef::klantcontact(klantcontact), None, Some(betrokkene))
        }
    };
    let mut ids = Vec::new();
    for invoer in adressen {
        let id = uitvoering.new_id();
        let digitaal_adres = DigitaalAdres {
            id,
            soort_digitaal_adres: invoer.soort,
            adres: invoer.adres,
            omschrijving: invoer.omschrijving,
            is_standaard_adres: invoer.standaard,
            referentie: invoer.referentie,
            verificatie_datum: invoer.verificatie_datum,
            verstrekt_door_partij: partij,
            verstrekt_door_betrokkene: betrokkene,
        };
        let event = EigenDigitaalAdres { hoort_bij, digitaal_adres };
        uitvoering.gebeurt(Gebeurtenis::DigitaalAdresGeregistreerd(event)).await?;
        uitvoering.meld(Onderdeel { soort: "digitaalAdres", id, nummer: None, object: hoort_bij });
        ids.push(id);
    }
    Ok(ids)
}

impl utoipa::PartialSchema for DigitaalAdresInvoer {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        DigitaalAdresvelden::schema()
    }
}

impl utoipa::ToSchema for DigitaalAdresInvoer {
    fn name() -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed("DigitaalAdres")
    }

    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
        <DigitaalAdresvelden as utoipa::ToSchema>::schemas(schemas);
    }
}
