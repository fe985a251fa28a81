//! The state of a klantcontact with its parts.

use events::{
    ActorKlantcontact, Betrokkene, Bijlage, DigitaalAdres, Gebeurtenis, Klantcontact,
    Klantcontactrol, Onderwerpobject, SoortActor, Zaakkoppeling, actor_events,
    digitaal_adres_events, interne_taak_events, inzage_events, klantcontact_events, partij_events,
    referentiewaarde_events, vernietigingsvoorstel_events, vertegenwoordiging_events,
    zaaksleutels_events,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Toestand, replace};

/// A klantcontact with its parts, each in order of registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KlantcontactToestand {
    /// The klantcontact itself.
    pub klantcontact: Klantcontact,
    /// Couplings with the actoren that took part.
    pub actoren: Vec<ActorKlantcontact>,
    /// Betrokkenen.
    pub betrokkenen: Vec<Betrokkene>,
    /// Digital addresses of the betrokkenen.
    pub digitale_adressen: Vec<DigitaalAdres>,
    /// Bijlagen.
    pub bijlagen: Vec<Bijlage>,
    /// What it was about.
    pub onderwerpobjecten: Vec<Onderwerpobject>,
    /// Zaken linked to it.
    pub zaken: Vec<Zaakkoppeling>,
    /// Betrokkenen that one cannot know any more: they were somebody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub geanonimiseerd: Vec<Uuid>,
}

impl KlantcontactToestand {
    /// A klantcontact whose parts are still to come.
    #[must_use]
    pub const fn new(klantcontact: Klantcontact) -> Self {
        Self {
            klantcontact,
            actoren: Vec::new(),
            betrokkenen: Vec::new(),
            digitale_adressen: Vec::new(),
            bijlagen: Vec::new(),
            onderwerpobjecten: Vec::new(),
            zaken: Vec::new(),
            geanonimiseerd: Vec::new(),
        }
    }

    /// The actoren that took part.
    pub fn actor_ids(&self) -> Vec<Uuid> {
        self.actoren.iter().map(|coupling| coupling.actor).collect()
    }

    /// Whether one of them was a program.
    #[must_use]
    pub fn geautomatiseerd(&self) -> bool {
        let program = SoortActor::GeautomatiseerdeActor;
        self.actoren.iter().any(|coupling| coupling.soort_actor == program)
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

    /// Whether this partij took part for itself, and nobody else did.
    #[must_use]
    pub fn alleen_klant(&self, partij: Uuid) -> bool {
        self.betrokkenen.iter().all(|betrokkene| {
            betrokkene.was_partij == Some(partij) && betrokkene.rol == Klantcontactrol::Klant
        })
    }

    /// Whether nothing says that somebody outside took part: nobody began it, and of no betrokkene
    /// anything is known, nor was known before it was made unknowable.
    #[must_use]
    pub fn zonder_betrokkene(&self) -> bool {
        let addressed = |id: Uuid| {
            let mut adressen = self.digitale_adressen.iter();
            adressen.any(|adres| adres.verstrekt_door_betrokkene == Some(id))
        };
        self.betrokkenen.iter().all(|betrokkene| {
            !betrokkene.initiator
                && betrokkene.was_partij.is_none()
                && betrokkene.eigen_naam().is_none()
                && betrokkene.bezoekadres.is_none()
                && betrokkene.correspondentieadres.is_none()
                && !addressed(betrokkene.id)
                && !self.geanonimiseerd.contains(&betrokkene.id)
        })
    }

    /// The earlier klantcontacten that it was about.
    pub fn eerdere_contacten(&self) -> impl Iterator<Item = Uuid> {
        self.onderwerpobjecten.iter().filter_map(|object| object.onderwerp_was_klantcontact)
    }

    fn apply(&mut self, event: &Gebeurtenis) -> Option<()> {
        use Gebeurtenis as G;
        match event {
            G::KlantcontactAangevuld(event) => self.klantcontact = event.klantcontact.clone(),
            G::KlantcontactGecorrigeerd(change) => self.klantcontact = change.nieuw.clone(),
            G::ActorAanKlantcontactGekoppeld(coupling) => self.actoren.push(coupling.clone()),
            G::ActorVanKlantcontactOntkoppeld(coupling) => {
                self.actoren.retain(|item| item.id != coupling.id);
            }
            G::BetrokkeneBijKlantcontactGeregistreerd(_)
            | G::BetrokkeneBijKlantcontactGewijzigd(_)
            | G::PartijAanBetrokkeneGekoppeld(_)
            | G::PartijVanBetrokkeneOntkoppeld(_)
            | G::BetrokkeneGeanonimiseerd(_)
            | G::BetrokkeneBijKlantcontactVerwijderd(_)
            | digitaal_adres_events!() => return self.apply_betrokkene(event),
            G::BijlageGeregistreerd(bijlage) => self.bijlagen.push(bijlage.clone()),
            G::BijlageGecorrigeerd(change) => {
                replace(&mut self.bijlagen, &change.nieuw, |item| item.id)?;
            }
            G::BijlageVerwijderd(event) => {
                self.bijlagen.retain(|item| item.id != event.onderdeel.id);
            }
            G::OnderwerpobjectGeregistreerd(object) => self.onderwerpobjecten.push(object.clone()),
            G::OnderwerpobjectGecorrigeerd(change) => {
                replace(&mut self.onderwerpobjecten, &change.nieuw, |item| item.id)?;
            }
            G::OnderwerpobjectVerwijderd(object) => {
                self.onderwerpobjecten.retain(|item| item.id != object.id);
            }
            G::ZaakGekoppeld(link) => self.zaken.push(link.clone()),
            G::ZaakOntkoppeld(link) => {
                self.zaken.retain(|item| item.onderwerpobject != link.onderwerpobject);
            }
            G::KlantcontactGeregistreerd(_)
            | G::KlantcontactVernietigd(_)
            | G::InhoudVernietigd(_)
            | partij_events!()
            | vertegenwoordiging_events!()
            | interne_taak_events!()
            | actor_events!()
            | referentiewaarde_events!()
            | vernietigingsvoorstel_events!()
            | inzage_events!()
            | zaaksleutels_events!() => return None,
        }
        Some(())
    }

    fn apply_betrokkene(&mut self, event: &Gebeurtenis) -> Option<()> {
        use Gebeurtenis as G;
        match event {
            G::BetrokkeneBijKlantcontactGeregistreerd(betrokkene) => {
                self.betrokkenen.push(betrokkene.clone());
            }
            G::BetrokkeneBijKlantcontactGewijzigd(change) => self.change(&change.nieuw)?,
            G::PartijAanBetrokkeneGekoppeld(betrokkene) => self.change(betrokkene)?,
            G::PartijVanBetrokkeneOntkoppeld(event) => self.change(&event.betrokkene)?,
            G::BetrokkeneGeanonimiseerd(betrokkene) => {
                self.change(betrokkene)?;
                self.forget_addresses(betrokkene.id);
                if !self.geanonimiseerd.contains(&betrokkene.id) {
                    self.geanonimiseerd.push(betrokkene.id);
                }
            }
            G::BetrokkeneBijKlantcontactVerwijderd(event) => {
                self.betrokkenen.retain(|item| item.id != event.onderdeel.id);
                self.forget_addresses(event.onderdeel.id);
            }
            G::DigitaalAdresGeregistreerd(event) => {
                self.digitale_adressen.push(event.digitaal_adres.clone());
            }
            G::DigitaalAdresGewijzigd(change) => {
                replace(&mut self.digitale_adressen, &change.nieuw, |adres| adres.id)?;
            }
            G::DigitaalAdresGeverifieerd(event) => {
                replace(&mut self.digitale_adressen, &event.digitaal_adres, |adres| adres.id)?;
            }
            G::DigitaalAdresVerwijderd(event) => {
                self.digitale_adressen.retain(|adres| adres.id != event.digitaal_adres.id);
            }
            klantcontact_events!()
            | partij_events!()
            | vertegenwoordiging_events!()
            | interne_taak_events!()
            | actor_events!()
            | referentiewaarde_events!()
            | vernietigingsvoorstel_events!()
            | G::InhoudVernietigd(_)
            | inzage_events!()
            | zaaksleutels_events!() => return None,
        }
        Some(())
    }

    fn change(&mut self, betrokkene: &Betrokkene) -> Option<()> {
        replace(&mut self.betrokkenen, betrokkene, |item| item.id)
    }

    fn forget_addresses(&mut self, betrokkene: Uuid) {
        self.digitale_adressen.retain(|adres| adres.verstrekt_door_betrokkene != Some(betrokkene));
    }
}

/// The state after an event of a klantcontact; `None` = the event does not fit.
pub(super) fn fold(before: Option<Toestand>, event: &Gebeurtenis) -> Option<Toestand> {
    use Gebeurtenis as G;
    match (before, event) {
        (_, G::KlantcontactVernietigd(_)) => Some(Toestand::Weg { hoort_bij: None }),
        (None, G::KlantcontactGeregistreerd(contact)) => {
            Some(Toestand::Klantcontact(KlantcontactToestand::new(contact.clone())))
        }
        (Some(Toestand::Klantcontact(mut state)), event) => {
            state.apply(event)?;
            Some(Toestand::Klantcontact(state))
        }
        (before, _) => before.filter(Toestand::is_weg),
    }
}
