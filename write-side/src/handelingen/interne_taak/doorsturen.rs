//! Passing an interne taak on: the old one is handled, a new one takes its place, in one transaction
//! (C6114, C9708).

use events::{Gebeurtenis, InterneTaak, InterneTaakAfgehandeld, ObjectRef, Taakstatus};

use super::{InterneTaakInvoer, NieuweTaak, demand};
use crate::fout::HandelingError;
use crate::handelingen::vergrendeling::lock_owner;
use crate::handelingen::zonder_fouten;
use crate::invoer::{Tekst, invoer};
use crate::uitvoering::{Handeling, Onderdeel, Uitvoering};

invoer! {
    /// Hoe een interne taak verder gaat bij anderen.
    pub struct StuurInterneTaakDoor {
        /// De taak die haar plaats inneemt.
        pub nieuwe_taak: InterneTaakInvoer = "nieuweTaak",
        /// Slotopmerking bij de oude taak.
        pub afsluittoelichting: Option<Tekst<1000>> = "afsluittoelichting",
    }
}

impl Handeling for StuurInterneTaakDoor {
    const OPERATION_ID: &'static str = "stuurInterneTaakDoor";
    const SAMENVATTING: &'static str = "Stuur een interne taak door";
    const SCOPE: &'static str = "interne-taken:afhandelen";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let taak = lock_owner::<InterneTaak>(uitvoering).await?;
        demand(&taak, Taakstatus::TeVerwerken)?;
        zonder_fouten(self.nieuwe_taak.keur(uitvoering, "nieuweTaak.").await?)?;
        let klantcontact = taak.aanleidinggevend_klantcontact;
        let new = NieuweTaak::new(klantcontact, self.nieuwe_taak).registreer(uitvoering).await?;
        let interne_taak = InterneTaak {
            status: Taakstatus::Verwerkt,
            afgehandeld_op: Some(uitvoering.tijdstip()),
            afsluittoelichting: self.afsluittoelichting.map(|text| text.0),
            ..taak
        };
        uitvoering.meld(Onderdeel {
            soort: "interneTaak",
            id: interne_taak.id,
            nummer: Some(interne_taak.nummer.clone()),
            object: ObjectRef::interne_taak(interne_taak.id),
        });
        let event = InterneTaakAfgehandeld {
            interne_taak,
            zaak: None,
            antwoord_klantcontact: None,
            vervangen_door_interne_taak: Some(new),
            afgehandeld_door: uitvoering.door().to_owned(),
        };
        uitvoering.gebeurt(Gebeurtenis::InterneTaakAfgehandeld(event)).await
    }
}
