//! The state of a klantcontact with its parts.

use events::{
    Betrokkene, Bijlage, DigitaalAdres, Gebeurtenis, Klantcontact, Onderwerpobject, SoortActor,
    ZaakGekoppeld,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A klantcontact with its parts, each in order of registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KlantcontactToestand {
    /// The klantcontact itself.
    pub klantcontact: Klantcontact,
    /// Actoren that took part.
    pub actoren: Vec<Uuid>,
    /// Whether one of them was a program.
    pub geautomatiseerd: bool,
    /// Betrokkenen.
    pub betrokkenen: Vec<Betrokkene>,
    /// Digital addresses of the betrokkenen.
    pub digitale_adressen: Vec<DigitaalAdres>,
    /// Bijlagen.
    pub bijlagen: Vec<Bijlage>,
    /// What it was about.
    pub onderwerpobjecten: Vec<Onderwerpobject>,
    /// Zaken linked to it.
    pub zaken: Vec<ZaakGekoppeld>,
}

impl KlantcontactToestand {
    /// A klantcontact whose parts are still to come.
    #[must_use]
    pub const fn new(klantcontact: Klantcontact) -> Self {
        Self {
            klantcontact,
            actoren: Vec::new(),
            geautomatiseerd: false,
            betrokkenen: Vec::new(),
            digitale_adressen: Vec::new(),
            bijlagen: Vec::new(),
            onderwerpobjecten: Vec::new(),
            zaken: Vec::new(),
        }
    }

    /// The known partijen that took part.
    pub fn partijen(&self) -> impl Iterator<Item = Uuid> {
        self.betrokkenen.iter().filter_map(|betrokkene| betrokkene.was_partij)
    }

    /// The betrokkene for whom the follow-up is: who started the contact, else the first.
    #[must_use]
    pub fn vrager(&self) -> Option<&Betrokkene> {
        self.betrokkenen.iter().find(|item| item.initiator).or_else(|| self.betrokkenen.first())
    }

    /// The state after a later event; `None` = the event is not one of a klantcontact.
    pub(super) fn fold(mut self, event: &Gebeurtenis) -> Option<Self> {
        use Gebeurtenis as G;
        match event {
            G::ActorAanKlantcontactGekoppeld(coupling) => {
                self.actoren.push(coupling.actor);
                self.geautomatiseerd |= coupling.soort_actor == SoortActor::GeautomatiseerdeActor;
            }
            G::BetrokkeneBijKlantcontactGeregistreerd(betrokkene) => {
                self.betrokkenen.push(betrokkene.clone());
            }
            G::PartijAanBetrokkeneGekoppeld(betrokkene) => self.replace(betrokkene)?,
            G::PartijVanBetrokkeneOntkoppeld(event) => self.replace(&event.betrokkene)?,
            G::DigitaalAdresGeregistreerd(event) => {
                self.digitale_adressen.push(event.digitaal_adres.clone());
            }
            G::BijlageGeregistreerd(bijlage) => self.bijlagen.push(bijlage.clone()),
            G::OnderwerpobjectGeregistreerd(object) => self.onderwerpobjecten.push(object.clone()),
            G::ZaakGekoppeld(link) => self.zaken.push(link.clone()),
            G::PersoonGeregistreerd(_)
            | G::OrganisatieGeregistreerd(_)
            | G::ContactpersoonGeregistreerd(_)
            | G::PersoonGewijzigd(_)
            | G::OrganisatieGewijzigd(_)
            | G::ContactpersoonGewijzigd(_)
            | G::PartijIdentificatorGeregistreerd(_)
            | G::StandaardAdresAangewezen(_)
            | G::VoorkeursDigitaalAdresGekozen(_)
            | G::RekeningnummerGeregistreerd(_)
            | G::VoorkeursRekeningnummerGekozen(_)
            | G::VertegenwoordigingGeregistreerd(_)
            | G::KlantcontactGeregistreerd(_)
            | G::InterneTaakGeregistreerd(_)
            | G::InterneTaakToegewezen(_)
            | G::InterneTaakGecorrigeerd(_)
            | G::InterneTaakAfgehandeld(_)
            | G::InterneTaakHeropend(_)
            | G::MedewerkerGeregistreerd(_)
            | G::OrganisatorischeEenheidGeregistreerd(_)
            | G::GeautomatiseerdeActorGeregistreerd(_) => return None,
        }
        Some(self)
    }

    fn replace(&mut self, betrokkene: &Betrokkene) -> Option<()> {
        let place = self.betrokkenen.iter_mut().find(|item| item.id == betrokkene.id)?;
        place.clone_from(betrokkene);
        Some(())
    }
}
