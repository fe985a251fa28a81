//! What a klantcontact was about: a zaak or another object, or an earlier klantcontact (F9322).

pub(crate) mod beheer;

use events::{Gebeurtenis, Identificator, Klantcontact, ObjectRef, Onderwerpobject, Zaakkoppeling};
use uuid::Uuid;

use super::vergrendeling::lock_owner;
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::invoer::{IdentificatorInvoer, invoer};
use crate::uitvoering::{Handeling, Onderdeel, Uitvoering, niet_gevonden};

/// The object type of a zaak, whose link is told to the zaak's side too.
const ZAAK: &str = "zaak";

invoer! {
    /// Waar het contact over ging: een object in een ander register, een eerder klantcontact, of
    /// beide.
    pub struct RegistreerOnderwerpobject {
        /// Sleutel van het object.
        pub onderwerpobjectidentificator: Option<IdentificatorInvoer> = "onderwerpobjectidentificator",
        /// Het eerdere klantcontact.
        pub onderwerp_was_klantcontact: Option<Uuid> = "onderwerpWasKlantcontact",
    }
    minstens_een ["onderwerpobjectidentificator", "onderwerpWasKlantcontact"]
        = "vul onderwerpobjectidentificator of onderwerpWasKlantcontact"
}

/// Checks that the earlier klantcontacten exist; `veld` names the place of each in the request.
pub(super) async fn keur(
    uitvoering: &mut Uitvoering<'_>,
    objecten: &[RegistreerOnderwerpobject],
    veld: impl Fn(usize) -> String,
) -> Result<Vec<Fout>, HandelingError> {
    let named: Vec<(usize, Uuid)> = objecten
        .iter()
        .enumerate()
        .filter_map(|(index, object)| Some((index, object.onderwerp_was_klantcontact?)))
        .collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = named.iter().map(|(_, id)| *id).collect();
    let known = uitvoering.register().klantcontacten(&ids).await?;
    Ok(named
        .into_iter()
        .filter(|(_, id)| !known.contains(id))
        .map(|(index, _)| niet_gevonden(veld(index)))
        .collect())
}

/// Checks that an earlier klantcontact exists and is another one.
async fn keur_onderwerp(
    uitvoering: &mut Uitvoering<'_>,
    klantcontact: Uuid,
    earlier: Uuid,
) -> Result<(), HandelingError> {
    let veld = "onderwerpWasKlantcontact";
    if earlier == klantcontact {
        let melding = "een klantcontact gaat niet over zichzelf";
        return Err(Fout::new(veld, Foutcode::Invalid, melding).into());
    }
    let known = uitvoering.register().klantcontacten(&[earlier]).await?;
    if known.is_empty() {
        return Err(niet_gevonden(veld).into());
    }
    Ok(())
}

/// A subject to register with a klantcontact.
#[derive(Debug)]
pub(super) struct NieuwOnderwerp {
    /// Key of the object.
    pub(super) identificator: Option<Identificator>,
    /// The earlier klantcontact.
    pub(super) was_klantcontact: Option<Uuid>,
    /// The interne taak through which it came.
    pub(super) via_interne_taak: Option<Uuid>,
}

impl From<RegistreerOnderwerpobject> for NieuwOnderwerp {
    fn from(invoer: RegistreerOnderwerpobject) -> Self {
        Self {
            identificator: invoer.onderwerpobjectidentificator.map(|key| key.0),
            was_klantcontact: invoer.onderwerp_was_klantcontact,
            via_interne_taak: None,
        }
    }
}

impl NieuwOnderwerp {
    /// Registers the subject; a zaak is linked besides.
    pub(super) async fn registreer(
        self,
        uitvoering: &mut Uitvoering<'_>,
        klantcontact: Uuid,
    ) -> Result<(), HandelingError> {
        let id = uitvoering.new_id();
        let zaak = self.identificator.clone().filter(|key| key.code_objecttype == ZAAK);
        let onderwerpobject = Onderwerpobject {
            id,
            was_onderwerp_van_klantcontact: klantcontact,
            onderwerpobjectidentificator: self.identificator,
            onderwerp_was_klantcontact: self.was_klantcontact,
            // A zaak that came out of a taak arose from the contact.
            ontstond_uit_klantcontact: self.via_interne_taak.is_some(),
        };
        let event = Gebeurtenis::OnderwerpobjectGeregistreerd(onderwerpobject);
        uitvoering.gebeurt(event).await?;
        let object = ObjectRef::klantcontact(klantcontact);
        uitvoering.meld(Onderdeel { soort: "onderwerpobject", id, nummer: None, object });
        if let Some(zaak) = zaak {
            let link = Zaakkoppeling {
                zaak,
                klantcontact,
                onderwerpobject: id,
                via_interne_taak: self.via_interne_taak,
            };
            uitvoering.gebeurt(Gebeurtenis::ZaakGekoppeld(link)).await?;
        }
        Ok(())
    }
}

impl Handeling for RegistreerOnderwerpobject {
    const OPERATION_ID: &'static str = "registreerOnderwerpobject";
    const SAMENVATTING: &'static str = "Registreer waar een klantcontact over ging";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let klantcontact = lock_owner::<Klantcontact>(uitvoering).await?.id;
        if let Some(earlier) = self.onderwerp_was_klantcontact {
            keur_onderwerp(uitvoering, klantcontact, earlier).await?;
        }
        NieuwOnderwerp::from(self).registreer(uitvoering, klantcontact).await
    }
}
