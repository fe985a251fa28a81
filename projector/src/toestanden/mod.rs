//! The states of the objects, folded from their events: pure, one event at a time. What an event
//! says twice it says once: the fold of an object does not depend on how its events came in batches.

mod interne_taak;
mod klantcontact;
mod partij;

use events::{
    Actor, Envelope, Gebeurtenis, Inzageverzoek, Objectsoort, Vertegenwoordiging, Zaaksleutels,
    actor_events, digitaal_adres_events, interne_taak_events, inzage_events, klantcontact_events,
    partij_events, referentiewaarde_events, vernietigingsvoorstel_events,
    vertegenwoordiging_events, zaaksleutels_events,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use interne_taak::{TaakToestand, Taakfeit, Taakstap};
pub use klantcontact::KlantcontactToestand;
pub use partij::PartijToestand;

/// The state of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Toestand {
    /// A partij with its parts.
    Partij(Box<PartijToestand>),
    /// A klantcontact with its parts.
    Klantcontact(KlantcontactToestand),
    /// An interne taak with its course.
    InterneTaak(TaakToestand),
    /// An actor.
    Actor(Actor),
    /// A vertegenwoordiging.
    Vertegenwoordiging(Vertegenwoordiging),
    /// The keys of a zaak.
    Zaaksleutels(Zaaksleutels),
    /// A request for inzage.
    Inzageverzoek(Inzageverzoek),
    /// An object that was destroyed or ended: only its versions go on.
    Weg {
        /// The object by which one finds it.
        hoort_bij: Option<Uuid>,
    },
}

/// What an event says was destroyed of its object. That holds whatever else is known of the object,
/// so also when earlier events of it could not be folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vernietigd {
    /// All of it.
    Geheel,
    /// What one could know a betrokkene by.
    Betrokkene,
    /// Nothing.
    Niets,
}

impl Vernietigd {
    /// What an event says.
    pub(crate) const fn by(event: &Gebeurtenis) -> Self {
        use Gebeurtenis as G;
        match event {
            G::PartijVernietigd(_) | G::KlantcontactVernietigd(_) | G::InterneTaakVernietigd(_) => {
                Self::Geheel
            }
            G::BetrokkeneGeanonimiseerd(_) => Self::Betrokkene,
            // That of one event; what the state must lose for it, a later one says.
            G::InhoudVernietigd(_)
            | partij_events!()
            | digitaal_adres_events!()
            | vertegenwoordiging_events!()
            | klantcontact_events!()
            | interne_taak_events!()
            | actor_events!()
            | referentiewaarde_events!()
            | vernietigingsvoorstel_events!()
            | inzage_events!()
            | zaaksleutels_events!() => Self::Niets,
        }
    }
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
        let gebeurtenis = &event.gebeurtenis;
        let state = match gebeurtenis {
            partij_events!() => partij::fold(before, gebeurtenis),
            klantcontact_events!() => klantcontact::fold(before, gebeurtenis),
            digitaal_adres_events!() => match before {
                Some(Self::Partij(_)) => partij::fold(before, gebeurtenis),
                before => klantcontact::fold(before, gebeurtenis),
            },
            interne_taak_events!() => interne_taak::fold(before, event),
            actor_events!() => fold_actor(before, gebeurtenis),
            vertegenwoordiging_events!() => fold_vertegenwoordiging(before, gebeurtenis),
            zaaksleutels_events!() => fold_zaaksleutels(before, gebeurtenis),
            inzage_events!() => fold_inzage(before, gebeurtenis),
            // What was destroyed later says nothing now; the state that stays is said later again.
            G::InhoudVernietigd(_) => Some(before.unwrap_or(Self::Weg { hoort_bij: None })),
            // No product is made of these.
            referentiewaarde_events!() | vernietigingsvoorstel_events!() => None,
        };
        let soort = gebeurtenis.soort();
        state.ok_or(DoesNotFit { soort, objectsoort: event.object.soort })
    }

    /// Whether the object is no more.
    #[must_use]
    pub const fn is_weg(&self) -> bool {
        matches!(self, Self::Weg { .. })
    }

    /// The object by which one finds this one.
    #[must_use]
    pub fn hoort_bij(&self) -> Option<Uuid> {
        match self {
            Self::InterneTaak(state) => Some(state.taak.aanleidinggevend_klantcontact),
            Self::Vertegenwoordiging(item) => Some(item.vertegenwoordigende_partij),
            Self::Weg { hoort_bij } => *hoort_bij,
            Self::Partij(_)
            | Self::Klantcontact(_)
            | Self::Actor(_)
            | Self::Zaaksleutels(_)
            | Self::Inzageverzoek(_) => None,
        }
    }
}

/// Puts an item in the place of the one with its key.
fn replace<T: Clone>(items: &mut [T], item: &T, key: impl Fn(&T) -> Uuid) -> Option<()> {
    let place = items.iter_mut().find(|found| key(found) == key(item))?;
    place.clone_from(item);
    Some(())
}

fn first(before: Option<Toestand>, state: impl FnOnce() -> Toestand) -> Option<Toestand> {
    before.is_none().then(state)
}

/// The state of an actor after an event: each carries it whole.
fn fold_actor(before: Option<Toestand>, event: &Gebeurtenis) -> Option<Toestand> {
    use Gebeurtenis as G;
    let actor = match event {
        G::MedewerkerGeregistreerd(actor)
        | G::OrganisatorischeEenheidGeregistreerd(actor)
        | G::GeautomatiseerdeActorGeregistreerd(actor) => {
            return first(before, || Toestand::Actor(actor.clone()));
        }
        G::MedewerkerGewijzigd(change)
        | G::OrganisatorischeEenheidGewijzigd(change)
        | G::GeautomatiseerdeActorGewijzigd(change) => &change.nieuw,
        G::ActorGeactiveerd(actor) | G::ActorGedeactiveerd(actor) => actor,
        partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | G::InhoudVernietigd(_)
        | inzage_events!()
        | zaaksleutels_events!() => return None,
    };
    matches!(before, Some(Toestand::Actor(_))).then(|| Toestand::Actor(actor.clone()))
}

/// The state of a vertegenwoordiging after an event.
fn fold_vertegenwoordiging(before: Option<Toestand>, event: &Gebeurtenis) -> Option<Toestand> {
    use Gebeurtenis as G;
    match event {
        G::VertegenwoordigingGeregistreerd(item) => {
            first(before, || Toestand::Vertegenwoordiging(item.clone()))
        }
        G::VertegenwoordigingBeeindigd(item) => {
            let hoort_bij = Some(item.vertegenwoordigende_partij);
            before.is_some().then_some(Toestand::Weg { hoort_bij })
        }
        partij_events!()
        | digitaal_adres_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | G::InhoudVernietigd(_)
        | inzage_events!()
        | zaaksleutels_events!() => None,
    }
}

/// The state of the keys of a zaak after an event: each carries it whole.
fn fold_zaaksleutels(before: Option<Toestand>, event: &Gebeurtenis) -> Option<Toestand> {
    use Gebeurtenis as G;
    match event {
        G::ZaaksleutelsVastgelegd(pair) => first(before, || Toestand::Zaaksleutels(pair.clone())),
        G::ZaaksleutelsGecorrigeerd(change) => matches!(before, Some(Toestand::Zaaksleutels(_)))
            .then(|| Toestand::Zaaksleutels(change.nieuw.clone())),
        partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | inzage_events!()
        | G::InhoudVernietigd(_) => None,
    }
}

/// The state of a request for inzage after an event: each carries it whole.
fn fold_inzage(before: Option<Toestand>, event: &Gebeurtenis) -> Option<Toestand> {
    use Gebeurtenis as G;
    match event {
        G::InzageAangevraagd(verzoek) => first(before, || Toestand::Inzageverzoek(verzoek.clone())),
        G::InzageGoedgekeurd(verzoek) | G::InzageAfgewezen(verzoek) => {
            matches!(before, Some(Toestand::Inzageverzoek(_)))
                .then(|| Toestand::Inzageverzoek(verzoek.clone()))
        }
        partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | interne_taak_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | zaaksleutels_events!()
        | G::InhoudVernietigd(_) => None,
    }
}
