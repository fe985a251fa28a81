//! Objects handed over or created during a klantcontact; the object itself is stored first, in its
//! own register (F1975).

use events::{Bijlage, Gebeurtenis, Gecorrigeerd, Klantcontact, ObjectRef, Verwijderd};
use uuid::Uuid;

use super::vergrendeling::{lock, lock_owner};
use crate::fout::HandelingError;
use crate::invoer::{IdentificatorInvoer, Tekst, invoer};
use crate::uitvoering::{Handeling, Onderdeel, Uitvoering};

invoer! {
    /// Verwijzing naar een document of ander object bij het contact.
    pub struct RegistreerBijlage {
        /// Sleutel van het object.
        pub bijlageidentificator: IdentificatorInvoer = "bijlageidentificator",
    }
}

invoer! {
    /// Wat fout stond in de verwijzing.
    pub struct CorrigeerBijlage {
        /// Wat er fout was.
        pub reden: Tekst<200> = "reden",
        /// Sleutel van het object.
        pub bijlageidentificator: IdentificatorInvoer = "bijlageidentificator",
    }
}

invoer! {
    /// Waarom de bijlage er niet bij hoort.
    pub struct VerwijderBijlage {
        /// Reden.
        pub reden: Tekst<200> = "reden",
    }
}

impl RegistreerBijlage {
    /// Registers the bijlage with a klantcontact.
    pub(super) async fn registreer(
        self,
        uitvoering: &mut Uitvoering<'_>,
        klantcontact: Uuid,
    ) -> Result<(), HandelingError> {
        let id = uitvoering.new_id();
        let bijlage = Bijlage {
            id,
            was_bijlage_van_klantcontact: klantcontact,
            bijlageidentificator: self.bijlageidentificator.0,
        };
        uitvoering.gebeurt(Gebeurtenis::BijlageGeregistreerd(bijlage)).await?;
        let object = ObjectRef::klantcontact(klantcontact);
        uitvoering.meld(Onderdeel { soort: "bijlage", id, nummer: None, object });
        Ok(())
    }
}

impl Handeling for RegistreerBijlage {
    const OPERATION_ID: &'static str = "registreerBijlage";
    const SAMENVATTING: &'static str = "Registreer een bijlage bij een klantcontact";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let klantcontact = lock_owner::<Klantcontact>(uitvoering).await?.id;
        self.registreer(uitvoering, klantcontact).await
    }
}

impl Handeling for CorrigeerBijlage {
    const OPERATION_ID: &'static str = "corrigeerBijlage";
    const SAMENVATTING: &'static str = "Corrigeer een bijlage";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock::<Bijlage>(uitvoering).await?;
        let nieuw = Bijlage { bijlageidentificator: self.bijlageidentificator.0, ..oud.clone() };
        if oud == nieuw {
            return Ok(());
        }
        let event = Gecorrigeerd { oud, nieuw, reden: self.reden.0 };
        uitvoering.gebeurt(Gebeurtenis::BijlageGecorrigeerd(event)).await
    }
}

impl Handeling for VerwijderBijlage {
    const OPERATION_ID: &'static str = "verwijderBijlage";
    const SAMENVATTING: &'static str = "Verwijder een bijlage van een klantcontact";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let onderdeel = lock::<Bijlage>(uitvoering).await?;
        let event = Verwijderd { onderdeel, reden: self.reden.0 };
        uitvoering.gebeurt(Gebeurtenis::BijlageVerwijderd(event)).await
    }
}
