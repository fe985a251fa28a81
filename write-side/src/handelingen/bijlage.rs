//! Objects handed over or created during a klantcontact; the object itself is stored first, in its
//! own register (F1975).

use events::{Bijlage, Gebeurtenis, ObjectRef};
use uuid::Uuid;

use crate::fout::HandelingError;
use crate::invoer::{IdentificatorInvoer, invoer};
use crate::uitvoering::{Handeling, Onderdeel, Uitvoering};

invoer! {
    /// Verwijzing naar een document of ander object bij het contact.
    pub struct RegistreerBijlage {
        /// Sleutel van het object.
        pub bijlageidentificator: IdentificatorInvoer = "bijlageidentificator",
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
        let klantcontact = uitvoering.pad_id()?;
        uitvoering.vergrendel(ObjectRef::klantcontact(klantcontact)).await?;
        self.registreer(uitvoering, klantcontact).await
    }
}
