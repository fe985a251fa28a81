//! The state of an interne taak with its course: what happened to it, and when. How long it was
//! whose cannot be told from how it is now.

use chrono::{DateTime, Utc};
use events::{
    Envelope, Gebeurtenis, InterneTaak, actor_events, digitaal_adres_events, inzage_events,
    klantcontact_events, partij_events, referentiewaarde_events, vernietigingsvoorstel_events,
    vertegenwoordiging_events, zaaksleutels_events,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Toestand;

/// An interne taak, and what happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaakToestand {
    /// The taak as it is now.
    pub taak: InterneTaak,
    /// What happened to it, in the order of its events; never empty.
    pub verloop: Vec<Taakstap>,
}

/// One step in the course of an interne taak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taakstap {
    /// When it happened. A handling may be said to be earlier than the step before it.
    pub op: DateTime<Utc>,
    /// What happened.
    pub feit: Taakfeit,
    /// To whom it is assigned from then on.
    pub actoren: Vec<Uuid>,
    /// What was said about it; internal.
    pub toelichting: Option<String>,
}

/// What moves an interne taak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taakfeit {
    /// It was registered, and so assigned.
    Geregistreerd,
    /// It was assigned to others.
    Toegewezen,
    /// It was handled.
    Afgehandeld,
    /// It was handled by being passed on: another taak took its place.
    Doorgestuurd,
    /// It was opened again.
    Heropend,
}

impl Taakfeit {
    /// Whether it is still to be done after this.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Geregistreerd | Self::Toegewezen | Self::Heropend => true,
            Self::Afgehandeld | Self::Doorgestuurd => false,
        }
    }
}

impl TaakToestand {
    fn new(taak: &InterneTaak) -> Self {
        let mut state = Self { taak: taak.clone(), verloop: Vec::new() };
        state.step(taak, Taakfeit::Geregistreerd, taak.toegewezen_op, None);
        state
    }

    fn step(
        &mut self,
        taak: &InterneTaak,
        feit: Taakfeit,
        op: DateTime<Utc>,
        toelichting: Option<String>,
    ) {
        self.taak = taak.clone();
        let actoren = taak.toegewezen_aan_actoren.clone();
        self.verloop.push(Taakstap { op, feit, actoren, toelichting });
    }

    /// Takes in a correction; what it says of when the taak was handled holds for its last step.
    fn correct(&mut self, taak: &InterneTaak) {
        self.taak = taak.clone();
        let handled = self.verloop.last_mut().filter(|stap| !stap.feit.is_open());
        if let Some((stap, op)) = handled.zip(taak.afgehandeld_op) {
            stap.op = op;
        }
    }

    /// Whether it was ever opened again.
    #[must_use]
    pub fn heropend(&self) -> bool {
        self.verloop.iter().any(|stap| stap.feit == Taakfeit::Heropend)
    }
}

/// The state after an event of an interne taak; `None` = the event does not fit.
pub(super) fn fold(before: Option<Toestand>, event: &Envelope) -> Option<Toestand> {
    use Gebeurtenis as G;
    match (before, &event.gebeurtenis) {
        (_, G::InterneTaakVernietigd(event)) => Some(Toestand::Weg { hoort_bij: event.hoorde_bij }),
        (None, G::InterneTaakGeregistreerd(taak)) => {
            Some(Toestand::InterneTaak(TaakToestand::new(taak)))
        }
        (Some(Toestand::InterneTaak(mut state)), _) => {
            apply(&mut state, event)?;
            Some(Toestand::InterneTaak(state))
        }
        (_, _) => None,
    }
}

fn apply(state: &mut TaakToestand, event: &Envelope) -> Option<()> {
    use Gebeurtenis as G;
    match &event.gebeurtenis {
        G::InterneTaakToegewezen(event) => {
            let taak = &event.interne_taak;
            state.step(taak, Taakfeit::Toegewezen, taak.toegewezen_op, None);
        }
        G::InterneTaakGecorrigeerd(change) => state.correct(&change.nieuw),
        G::InterneTaakAfgehandeld(handled) => {
            let taak = &handled.interne_taak;
            let feit = match handled.vervangen_door_interne_taak {
                Some(_) => Taakfeit::Doorgestuurd,
                None => Taakfeit::Afgehandeld,
            };
            let op = taak.afgehandeld_op.unwrap_or(event.tijdstip);
            state.step(taak, feit, op, taak.afsluittoelichting.clone());
        }
        G::InterneTaakHeropend(again) => {
            let reden = Some(again.reden.clone());
            state.step(&again.interne_taak, Taakfeit::Heropend, event.tijdstip, reden);
        }
        G::InterneTaakGeregistreerd(_)
        | G::InterneTaakVernietigd(_)
        | G::InhoudVernietigd(_)
        | partij_events!()
        | digitaal_adres_events!()
        | vertegenwoordiging_events!()
        | klantcontact_events!()
        | actor_events!()
        | referentiewaarde_events!()
        | vernietigingsvoorstel_events!()
        | inzage_events!()
        | zaaksleutels_events!() => return None,
    }
    Some(())
}
