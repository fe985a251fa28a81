//! The states of the objects, folded from their events: pure, one event at a time. What an event
//! says twice it says once: the fold of an object does not depend on how its events came in batches.

mod klantcontact;
mod partij;

use events::{Actor, Envelope, Gebeurtenis, InterneTaak, Objectsoort, Vertegenwoordiging};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use klantcontact::KlantcontactToestand;
pub use partij::PartijToestand;

/// The state of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "soort", rename_all = "snake_case")]
pub enum Toestand {
    /// A partij with its parts.
    Partij(Box<PartijToestand>),
    /// A klantcontact with its parts.
    Klantcontact(KlantcontactToestand),
    /// An interne taak.
    InterneTaak(InterneTaak),
    /// An actor.
    Actor(Actor),
    /// A vertegenwoordiging.
    Vertegenwoordiging(Vertegenwoordiging),
}

/// An event that does not fit the state of its object.
#[derive(Debug, thiserror::Error)]
#[error("event type {soort} of a {objectsoort:?} does not fit the state that its object has")]
pub struct DoesNotFit {
    /// Event type.
    pub soort: &'static str,
    /// Kind of the object.
    pub objectsoort: Objectsoort,
}

impl Toestand {
    /// The state after an event; `None` = the object did not exist.
    ///
    /// # Errors
    /// When the event belongs to a life that has not begun, or begins one that has.
    pub fn fold(before: Option<Self>, event: &Envelope) -> Result<Self, DoesNotFit> {
        use Gebeurtenis as G;
        let state = match &event.gebeurtenis {
            G::PersoonGeregistreerd(partij)
            | G::OrganisatieGeregistreerd(partij)
            | G::ContactpersoonGeregistreerd(partij) => {
                first(before, || Self::Partij(Box::new(PartijToestand::new(partij.clone()))))
            }
            G::KlantcontactGeregistreerd(contact) => {
                first(before, || Self::Klantcontact(KlantcontactToestand::new(contact.clone())))
            }
            G::InterneTaakGeregistreerd(taak) => first(before, || Self::InterneTaak(taak.clone())),
            G::MedewerkerGeregistreerd(actor)
            | G::OrganisatorischeEenheidGeregistreerd(actor)
            | G::GeautomatiseerdeActorGeregistreerd(actor) => {
                first(before, || Self::Actor(actor.clone()))
            }
            G::VertegenwoordigingGeregistreerd(item) => {
                first(before, || Self::Vertegenwoordiging(item.clone()))
            }
            later @ (G::PersoonGewijzigd(_)
            | G::OrganisatieGewijzigd(_)
            | G::ContactpersoonGewijzigd(_)
            | G::PartijIdentificatorGeregistreerd(_)
            | G::DigitaalAdresGeregistreerd(_)
            | G::StandaardAdresAangewezen(_)
            | G::VoorkeursDigitaalAdresGekozen(_)
            | G::RekeningnummerGeregistreerd(_)
            | G::VoorkeursRekeningnummerGekozen(_)
            | G::ActorAanKlantcontactGekoppeld(_)
            | G::BetrokkeneBijKlantcontactGeregistreerd(_)
            | G::PartijAanBetrokkeneGekoppeld(_)
            | G::PartijVanBetrokkeneOntkoppeld(_)
            | G::BijlageGeregistreerd(_)
            | G::OnderwerpobjectGeregistreerd(_)
            | G::ZaakGekoppeld(_)
            | G::InterneTaakToegewezen(_)
            | G::InterneTaakGecorrigeerd(_)
            | G::InterneTaakAfgehandeld(_)
            | G::InterneTaakHeropend(_)) => match before {
                Some(Self::Partij(state)) => {
                    state.fold(later).map(|state| Self::Partij(Box::new(state)))
                }
                Some(Self::Klantcontact(state)) => state.fold(later).map(Self::Klantcontact),
                Some(Self::InterneTaak(_)) => fold_taak(later).map(Self::InterneTaak),
                Some(Self::Actor(_) | Self::Vertegenwoordiging(_)) | None => None,
            },
        };
        let soort = event.gebeurtenis.soort();
        state.ok_or(DoesNotFit { soort, objectsoort: event.object.soort })
    }

    /// The object by which one finds this one.
    #[must_use]
    pub fn hoort_bij(&self) -> Option<Uuid> {
        match self {
            Self::InterneTaak(taak) => Some(taak.aanleidinggevend_klantcontact),
            Self::Vertegenwoordiging(item) => Some(item.vertegenwoordigende_partij),
            Self::Partij(_) | Self::Klantcontact(_) | Self::Actor(_) => None,
        }
    }
}

fn first(before: Option<Toestand>, state: impl FnOnce() -> Toestand) -> Option<Toestand> {
    before.is_none().then(state)
}

/// The state of an interne taak after an event: each carries it whole.
fn fold_taak(event: &Gebeurtenis) -> Option<InterneTaak> {
    use Gebeurtenis as G;
    match event {
        G::InterneTaakToegewezen(event) => Some(event.interne_taak.clone()),
        G::InterneTaakGecorrigeerd(event) => Some(event.nieuw.clone()),
        G::InterneTaakAfgehandeld(event) => Some(event.interne_taak.clone()),
        G::InterneTaakHeropend(event) => Some(event.interne_taak.clone()),
        G::PersoonGeregistreerd(_)
        | G::OrganisatieGeregistreerd(_)
        | G::ContactpersoonGeregistreerd(_)
        | G::PersoonGewijzigd(_)
        | G::OrganisatieGewijzigd(_)
        | G::ContactpersoonGewijzigd(_)
        | G::PartijIdentificatorGeregistreerd(_)
        | G::DigitaalAdresGeregistreerd(_)
        | G::StandaardAdresAangewezen(_)
        | G::VoorkeursDigitaalAdresGekozen(_)
        | G::RekeningnummerGeregistreerd(_)
        | G::VoorkeursRekeningnummerGekozen(_)
        | G::VertegenwoordigingGeregistreerd(_)
        | G::KlantcontactGeregistreerd(_)
        | G::ActorAanKlantcontactGekoppeld(_)
        | G::BetrokkeneBijKlantcontactGeregistreerd(_)
        | G::PartijAanBetrokkeneGekoppeld(_)
        | G::PartijVanBetrokkeneOntkoppeld(_)
        | G::BijlageGeregistreerd(_)
        | G::OnderwerpobjectGeregistreerd(_)
        | G::ZaakGekoppeld(_)
        | G::InterneTaakGeregistreerd(_)
        | G::MedewerkerGeregistreerd(_)
        | G::OrganisatorischeEenheidGeregistreerd(_)
        | G::GeautomatiseerdeActorGeregistreerd(_) => None,
    }
}
