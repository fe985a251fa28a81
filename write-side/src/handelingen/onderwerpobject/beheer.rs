//! Subjects of a klantcontact that is there: corrected (F5639), removed, or named by way of an interne
//! taak.

use events::{
    Gebeurtenis, Gecorrigeerd, Identificator, InterneTaak, Klantcontact, Onderwerpobject,
    Zaakkoppeling,
};
use uuid::Uuid;

use super::{NieuwOnderwerp, ZAAK, keur_onderwerp};
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::handelingen::vergrendeling::{Vergrendelbaar as _, lock, lock_owner};
use crate::invoer::{IdentificatorInvoer, Tekst, Wijziging, invoer};
use crate::uitvoering::{Handeling, Uitvoering, niet_gevonden};

invoer! {
    /// Wat fout stond in een onderwerpobject.
    pub struct CorrigeerOnderwerpobject {
        /// Wat er fout was.
        pub reden: Tekst<200> = "reden",
        /// Sleutel van het object.
        #[schema(required = false, value_type = Option<IdentificatorInvoer>)]
        pub onderwerpobjectidentificator: Wijziging<IdentificatorInvoer> = "onderwerpobjectidentificator",
        /// Het eerdere klantcontact.
        #[schema(required = false, value_type = Option<Uuid>)]
        pub onderwerp_was_klantcontact: Wijziging<Uuid> = "onderwerpWasKlantcontact",
    }
}

invoer! {
    /// Het onderwerp dat er niet bij hoort; het pad noemt het.
    pub struct VerwijderOnderwerpobject {
    }
}

invoer! {
    /// De interne taak waar het contact over ging; het onderwerp wordt haar klantcontact.
    pub struct RegistreerKlantcontactGaatOverInterneTaak {
        /// De interne taak.
        pub interne_taak: Uuid = "interneTaak",
    }
}

/// The link with a zaak that an onderwerpobject holds, if it does.
pub(in crate::handelingen) fn zaakkoppeling(object: &Onderwerpobject) -> Option<Zaakkoppeling> {
    let zaak = object.onderwerpobjectidentificator.clone();
    Some(Zaakkoppeling {
        zaak: zaak.filter(|key: &Identificator| key.code_objecttype == ZAAK)?,
        klantcontact: object.was_onderwerp_van_klantcontact,
        onderwerpobject: object.id,
        via_interne_taak: None,
    })
}

impl Handeling for CorrigeerOnderwerpobject {
    const OPERATION_ID: &'static str = "corrigeerOnderwerpobject";
    const SAMENVATTING: &'static str = "Corrigeer een onderwerpobject";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock::<Onderwerpobject>(uitvoering).await?;
        let mut nieuw = oud.clone();
        let key = self.onderwerpobjectidentificator;
        key.into(&mut nieuw.onderwerpobjectidentificator, |key| key.0);
        self.onderwerp_was_klantcontact.into(&mut nieuw.onderwerp_was_klantcontact, |id| id);
        if oud == nieuw {
            return Ok(());
        }
        let empty = nieuw.onderwerpobjectidentificator.is_none();
        if empty && nieuw.onderwerp_was_klantcontact.is_none() {
            let melding = "vul onderwerpobjectidentificator of onderwerpWasKlantcontact";
            return Err(Fout::new("", Foutcode::Required, melding).into());
        }
        if let Some(earlier) = nieuw.onderwerp_was_klantcontact {
            keur_onderwerp(uitvoering, nieuw.was_onderwerp_van_klantcontact, earlier).await?;
        }
        record_correction(uitvoering, oud, nieuw, self.reden.0).await
    }
}

/// Records a correction; the zaak's side hears when it is about another zaak.
pub(in crate::handelingen) async fn record_correction(
    uitvoering: &mut Uitvoering<'_>,
    oud: Onderwerpobject,
    nieuw: Onderwerpobject,
    reden: String,
) -> Result<(), HandelingError> {
    let (from, to) = (zaakkoppeling(&oud), zaakkoppeling(&nieuw));
    let event = Gecorrigeerd { oud, nieuw, reden };
    uitvoering.gebeurt(Gebeurtenis::OnderwerpobjectGecorrigeerd(event)).await?;
    if from == to {
        return Ok(());
    }
    if let Some(link) = from {
        uitvoering.gebeurt(Gebeurtenis::ZaakOntkoppeld(link)).await?;
    }
    match to {
        Some(link) => uitvoering.gebeurt(Gebeurtenis::ZaakGekoppeld(link)).await,
        None => Ok(()),
    }
}

/// Records a removal; the zaak's side hears of it.
pub(in crate::handelingen) async fn record_removal(
    uitvoering: &mut Uitvoering<'_>,
    object: Onderwerpobject,
) -> Result<(), HandelingError> {
    let link = zaakkoppeling(&object);
    uitvoering.gebeurt(Gebeurtenis::OnderwerpobjectVerwijderd(object)).await?;
    match link {
        Some(link) => uitvoering.gebeurt(Gebeurtenis::ZaakOntkoppeld(link)).await,
        None => Ok(()),
    }
}

impl Handeling for VerwijderOnderwerpobject {
    const OPERATION_ID: &'static str = "verwijderOnderwerpobject";
    const SAMENVATTING: &'static str = "Verwijder een onderwerpobject van een klantcontact";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let object = lock::<Onderwerpobject>(uitvoering).await?;
        record_removal(uitvoering, object).await
    }
}

impl Handeling for RegistreerKlantcontactGaatOverInterneTaak {
    const OPERATION_ID: &'static str = "registreerKlantcontactGaatOverInterneTaak";
    const SAMENVATTING: &'static str = "Registreer dat een klantcontact over een interne taak ging";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let klantcontact = lock_owner::<Klantcontact>(uitvoering).await?.id;
        let taak = InterneTaak::load(uitvoering.register(), self.interne_taak).await?;
        let earlier =
            taak.ok_or_else(|| niet_gevonden("interneTaak"))?.aanleidinggevend_klantcontact;
        if earlier == klantcontact {
            let melding = "deze interne taak volgde op het klantcontact zelf";
            return Err(Fout::new("interneTaak", Foutcode::Invalid, melding).into());
        }
        let onderwerp = NieuwOnderwerp {
            identificator: None,
            was_klantcontact: Some(earlier),
            via_interne_taak: None,
        };
        onderwerp.registreer(uitvoering, klantcontact).await
    }
}
