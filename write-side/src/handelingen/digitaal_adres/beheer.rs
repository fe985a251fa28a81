//! Digital addresses of a partij or betrokkene that is there: added, changed (F2946), verified, removed,
//! and the one that a partij prefers (I08). The newest standard address of a soort wins (I09).

use std::borrow::Cow;

use events::{
    Betrokkene, DigitaalAdres, DigitaalAdresGewijzigd, EigenDigitaalAdres, Gebeurtenis, Partij,
    StandaardAdresAangewezen, VoorkeursDigitaalAdresGekozen,
};
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::{DigitaalAdresInvoer, DigitaalAdresvelden, Eigenaar, canonical_adres, registreer};
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::handelingen::vergrendeling::{lock, lock_owner};
use crate::handelingen::zonder_fouten;
use crate::invoer::{Datum, Indien, Lees, Lezer, Referentie, Tekst, Wijziging, invoer};
use crate::referentielijsten::Referentielijsten;
use crate::register;
use crate::uitvoering::{Handeling, Uitvoering};

/// Een adres voor toekomstig contact met de partij.
pub type RegistreerDigitaalAdres = DigitaalAdresInvoer;

/// Een adres voor de opvolging van dit ene contact.
#[derive(Debug)]
pub struct RegistreerDigitaalAdresVanBetrokkene(DigitaalAdresInvoer);

impl Lees for RegistreerDigitaalAdresVanBetrokkene {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        DigitaalAdresInvoer::lees(waarde, lezer).map(Self)
    }
}

impl PartialSchema for RegistreerDigitaalAdresVanBetrokkene {
    fn schema() -> RefOr<Schema> {
        DigitaalAdresvelden::schema()
    }
}

impl ToSchema for RegistreerDigitaalAdresVanBetrokkene {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("DigitaalAdres")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        <DigitaalAdresvelden as ToSchema>::schemas(schemas);
    }
}

invoer! {
    /// Wat verandert aan een digitaal adres. Soort en eigenaar blijven.
    pub struct WijzigDigitaalAdres {
        /// Het adres zelf; een nieuw adres is nog niet geverifieerd.
        #[schema(required = false, value_type = Tekst<254>)]
        pub adres: Indien<Tekst<254>> = "adres",
        /// Omschrijving, zoals "werk".
        #[schema(required = false, value_type = Option<Tekst<40>>)]
        pub omschrijving: Wijziging<Tekst<40>> = "omschrijving",
        /// Standaardadres van deze soort; alleen bij een partij.
        #[schema(required = false, value_type = bool)]
        pub is_standaard_adres: Indien<bool> = "isStandaardAdres",
        /// Kenmerk voor systemen, zoals een zaaknummer; uniek per partij en soort.
        #[schema(required = false, value_type = Option<Referentie>)]
        pub referentie: Wijziging<Referentie> = "referentie",
    }
}

invoer! {
    /// Dat is nagegaan dat het adres klopt.
    pub struct VerifieerDigitaalAdres {
        /// Wanneer; standaard vandaag, nooit in de toekomst.
        pub verificatie_datum: Option<Datum> = "verificatieDatum",
    }
    check |lezer| {
        let today = lezer.now().date_naive();
        if verificatie_datum.as_ref().and_then(Option::as_ref).is_some_and(|date| date.0 > today) {
            let melding = "een verificatie ligt niet in de toekomst";
            lezer.fout_bij("verificatieDatum", Foutcode::Invalid, melding);
        }
    }
}

invoer! {
    /// Het adres dat weg kan; het pad noemt het.
    pub struct VerwijderDigitaalAdres {
    }
}

invoer! {
    /// Het digitale adres dat de partij verkiest.
    pub struct KiesVoorkeursDigitaalAdres {
        /// Een eigen digitaal adres van de partij; null kiest er geen.
        pub digitaal_adres: Option<Uuid> = "digitaalAdres",
    }
}

impl Handeling for RegistreerDigitaalAdres {
    const OPERATION_ID: &'static str = "registreerDigitaalAdres";
    const SAMENVATTING: &'static str = "Registreer een digitaal adres van een partij";
    const SCOPE: &'static str = "digitale-adressen:beheren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let partij = lock_owner::<Partij>(uitvoering).await?.id;
        let tag = (self.soort.as_str(), self.referentie.as_deref());
        zonder_fouten(tag_faults(uitvoering, partij, None, tag).await?)?;
        let own = register::partij::load_digitale_adressen(uitvoering.conn()?, partij).await?;
        let has_standard = own
            .iter()
            .any(|adres| adres.is_standaard_adres && adres.soort_digitaal_adres == self.soort);
        let moves = self.standaard && has_standard;
        let soort = self.soort.clone();
        let invoer = DigitaalAdresInvoer { standaard: self.standaard && !moves, ..self };
        let ids = registreer(uitvoering, Eigenaar::Partij(partij), vec![invoer]).await?;
        match ids.first() {
            Some(id) if moves => wijs_standaard_aan(uitvoering, partij, &soort, *id).await,
            _ => Ok(()),
        }
    }
}

impl Handeling for RegistreerDigitaalAdresVanBetrokkene {
    const OPERATION_ID: &'static str = "registreerDigitaalAdresVanBetrokkene";
    const SAMENVATTING: &'static str = "Registreer een digitaal adres van een betrokkene";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let betrokkene = lock_owner::<Betrokkene>(uitvoering).await?;
        let eigenaar = Eigenaar::Betrokkene {
            betrokkene: betrokkene.id,
            klantcontact: betrokkene.had_klantcontact,
        };
        if self.0.standaard {
            let melding = "een standaardadres hoort bij een partij, niet bij een betrokkene";
            return Err(Fout::new("isStandaardAdres", Foutcode::Invalid, melding).into());
        }
        registreer(uitvoering, eigenaar, vec![self.0]).await.map(|_| ())
    }
}

/// I10: a tag is used once per partij and soort.
async fn tag_faults(
    uitvoering: &mut Uitvoering<'_>,
    partij: Uuid,
    own: Option<Uuid>,
    (soort, referentie): (&str, Option<&str>),
) -> Result<Vec<Fout>, HandelingError> {
    let adressen = register::partij::load_digitale_adressen(uitvoering.conn()?, partij).await?;
    let taken = |adres: &DigitaalAdres| {
        Some(adres.id) != own
            && adres.soort_digitaal_adres == soort
            && adres.referentie.as_deref() == referentie
    };
    if referentie.is_none() || !adressen.iter().any(taken) {
        return Ok(Vec::new());
    }
    let melding = "deze referentie is al gebruikt bij een adres van deze soort van de partij";
    Ok(vec![Fout::new("referentie", Foutcode::Unique, melding)])
}

/// Moves the standard address of a soort to another address of the partij (I09).
async fn wijs_standaard_aan(
    uitvoering: &mut Uitvoering<'_>,
    partij: Uuid,
    soort: &str,
    digitaal_adres: Uuid,
) -> Result<(), HandelingError> {
    let own = register::partij::load_digitale_adressen(uitvoering.conn()?, partij).await?;
    let present =
        own.iter().find(|item| item.is_standaard_adres && item.soort_digitaal_adres == soort);
    let event = StandaardAdresAangewezen {
        partij,
        soort_digitaal_adres: soort.to_owned(),
        digitaal_adres,
        vorig_digitaal_adres: present.map(|item| item.id),
    };
    uitvoering.gebeurt(Gebeurtenis::StandaardAdresAangewezen(event)).await
}

impl Handeling for WijzigDigitaalAdres {
    const OPERATION_ID: &'static str = "wijzigDigitaalAdres";
    const SAMENVATTING: &'static str = "Wijzig een digitaal adres";
    const SCOPE: &'static str = "digitale-adressen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let EigenDigitaalAdres { hoort_bij, digitaal_adres: oud } = lock(uitvoering).await?;
        let standaard = self.is_standaard_adres.0;
        let mut fouten = Vec::new();
        let nieuw = self.change(oud.clone(), uitvoering.lijsten(), &mut fouten);
        match nieuw.verstrekt_door_partij {
            Some(partij) => {
                let tag = (nieuw.soort_digitaal_adres.as_str(), nieuw.referentie.as_deref());
                fouten.extend(tag_faults(uitvoering, partij, Some(nieuw.id), tag).await?);
            }
            None if standaard == Some(true) => {
                let melding = "een standaardadres hoort bij een partij, niet bij een betrokkene";
                fouten.push(Fout::new("isStandaardAdres", Foutcode::Invalid, melding));
            }
            None => {}
        }
        zonder_fouten(fouten)?;
        let becomes = standaard == Some(true) && !oud.is_standaard_adres;
        if oud != nieuw {
            let event = DigitaalAdresGewijzigd { hoort_bij, oud, nieuw: nieuw.clone() };
            uitvoering.gebeurt(Gebeurtenis::DigitaalAdresGewijzigd(event)).await?;
        }
        match nieuw.verstrekt_door_partij {
            Some(partij) if becomes => {
                let soort = &nieuw.soort_digitaal_adres;
                wijs_standaard_aan(uitvoering, partij, soort, nieuw.id).await
            }
            _ => Ok(()),
        }
    }
}

impl WijzigDigitaalAdres {
    /// The address as it becomes; that it becomes the standard is an event of its own.
    fn change(
        self,
        mut adres: DigitaalAdres,
        lijsten: &Referentielijsten,
        fouten: &mut Vec<Fout>,
    ) -> DigitaalAdres {
        if let Some(text) = self.adres.0 {
            match canonical_adres(lijsten, &adres.soort_digitaal_adres, text.0) {
                Ok(text) if text == adres.adres => {}
                Ok(text) => {
                    adres.adres = text;
                    adres.verificatie_datum = None;
                }
                Err((code, melding)) => fouten.push(Fout::new("adres", code, melding)),
            }
        }
        self.omschrijving.into(&mut adres.omschrijving, |text| text.0);
        self.referentie.into(&mut adres.referentie, |tag| tag.0);
        if self.is_standaard_adres.0 == Some(false) {
            adres.is_standaard_adres = false;
        }
        adres
    }
}

impl Handeling for VerifieerDigitaalAdres {
    const OPERATION_ID: &'static str = "verifieerDigitaalAdres";
    const SAMENVATTING: &'static str = "Leg vast dat een digitaal adres klopt";
    const SCOPE: &'static str = "digitale-adressen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let EigenDigitaalAdres { hoort_bij, digitaal_adres: oud } = lock(uitvoering).await?;
        let today = uitvoering.tijdstip().date_naive();
        let verificatie_datum = Some(self.verificatie_datum.map_or(today, |date| date.0));
        if oud.verificatie_datum == verificatie_datum {
            return Ok(());
        }
        let digitaal_adres = DigitaalAdres { verificatie_datum, ..oud };
        let event = EigenDigitaalAdres { hoort_bij, digitaal_adres };
        uitvoering.gebeurt(Gebeurtenis::DigitaalAdresGeverifieerd(event)).await
    }
}

impl Handeling for VerwijderDigitaalAdres {
    const OPERATION_ID: &'static str = "verwijderDigitaalAdres";
    const SAMENVATTING: &'static str = "Verwijder een digitaal adres";
    const SCOPE: &'static str = "digitale-adressen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let event = lock::<EigenDigitaalAdres>(uitvoering).await?;
        if let Some(partij) = event.digitaal_adres.verstrekt_door_partij {
            let (preferred, _) =
                register::partij::load_voorkeuren(uitvoering.conn()?, partij).await?;
            if preferred == Some(event.digitaal_adres.id) {
                record_choice(uitvoering, partij, None).await?;
            }
        }
        uitvoering.gebeurt(Gebeurtenis::DigitaalAdresVerwijderd(event)).await
    }
}

impl Handeling for KiesVoorkeursDigitaalAdres {
    const OPERATION_ID: &'static str = "kiesVoorkeursDigitaalAdres";
    const SAMENVATTING: &'static str = "Kies het digitale adres dat een partij verkiest";
    const SCOPE: &'static str = "digitale-adressen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let partij = lock::<Partij>(uitvoering).await?.id;
        let (present, _) = register::partij::load_voorkeuren(uitvoering.conn()?, partij).await?;
        if present == self.digitaal_adres {
            return Ok(());
        }
        if let Some(keuze) = self.digitaal_adres {
            let own = register::partij::load_digitale_adressen(uitvoering.conn()?, partij).await?;
            if !own.iter().any(|adres| adres.id == keuze) {
                let melding = "dit is geen digitaal adres van de partij zelf";
                return Err(Fout::new("digitaalAdres", Foutcode::Invalid, melding).into());
            }
        }
        record_choice(uitvoering, partij, self.digitaal_adres).await
    }
}

async fn record_choice(
    uitvoering: &mut Uitvoering<'_>,
    partij: Uuid,
    digitaal_adres: Option<Uuid>,
) -> Result<(), HandelingError> {
    let event = VoorkeursDigitaalAdresGekozen { partij, digitaal_adres };
    uitvoering.gebeurt(Gebeurtenis::VoorkeursDigitaalAdresGekozen(event)).await
}
