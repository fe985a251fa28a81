//! What is still to happen: the steps that follow from a handeling, each at its moment.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{DateTime, Utc};
use events::ObjectRef;
use uuid::Uuid;

use super::klanten::{Klant, Plaats};

/// With whom a contact is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wie {
    /// A klant that is registered.
    Bekend(Klant),
    /// Somebody whose identity was not established; the number decides the name.
    Onbekend(u64),
}

/// A conversation, of which more may follow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draad {
    /// The last contact.
    pub(super) contact: Uuid,
    pub(super) wie: Wie,
    /// The subject, by its place in the list.
    pub(super) onderwerp: usize,
    /// The number of the zaak.
    pub(super) zaak: Option<u64>,
}

/// An interne taak that is not done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taak {
    pub(super) id: Uuid,
    /// The conversation that it follows.
    pub(super) draad: Draad,
    /// Whether it was opened again.
    pub(super) heropend: bool,
}

/// One step.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stap {
    /// Something is appended to a contact.
    VulAan(Uuid),
    /// A contact is corrected.
    Corrigeer(Uuid),
    /// The gemeente answers.
    Antwoord(Draad),
    /// The klant reacts.
    Reactie(Draad),
    /// A taak is assigned to a medewerker.
    WijsToe(Taak),
    /// A taak is explained better.
    LichtToe(Taak),
    /// A taak is done.
    HandelAf(Taak),
    /// A taak was not done after all.
    Heropen(Taak),
    /// A persoon moves house.
    Verhuis(Uuid),
    /// A persoon goes away.
    Vertrek(Uuid, Option<Plaats>),
}

impl Stap {
    /// The objects that it names, which must be held until then.
    pub(super) fn objecten(&self) -> [Option<ObjectRef>; 2] {
        match self {
            Self::VulAan(contact) | Self::Corrigeer(contact) => {
                [Some(ObjectRef::klantcontact(*contact)), None]
            }
            Self::Antwoord(draad) | Self::Reactie(draad) => {
                [Some(ObjectRef::klantcontact(draad.contact)), None]
            }
            Self::WijsToe(taak)
            | Self::LichtToe(taak)
            | Self::HandelAf(taak)
            | Self::Heropen(taak) => {
                let contact = ObjectRef::klantcontact(taak.draad.contact);
                [Some(ObjectRef::interne_taak(taak.id)), Some(contact)]
            }
            Self::Verhuis(partij) | Self::Vertrek(partij, _) => {
                [Some(ObjectRef::partij(*partij)), None]
            }
        }
    }
}

#[derive(Debug)]
struct Gepland {
    moment: DateTime<Utc>,
    /// What was planned first comes first.
    nummer: u64,
    stap: Stap,
}

impl Gepland {
    const fn rang(&self) -> (DateTime<Utc>, u64) {
        (self.moment, self.nummer)
    }
}

impl PartialEq for Gepland {
    fn eq(&self, other: &Self) -> bool {
        self.rang() == other.rang()
    }
}

impl Eq for Gepland {}

impl PartialOrd for Gepland {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Gepland {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rang().cmp(&other.rang())
    }
}

/// The steps that are planned.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    stappen: BinaryHeap<Reverse<Gepland>>,
    nummer: u64,
}

impl Agenda {
    /// Plans a step.
    pub(super) fn plan(&mut self, moment: DateTime<Utc>, stap: Stap) {
        self.nummer += 1;
        self.stappen.push(Reverse(Gepland { moment, nummer: self.nummer, stap }));
    }

    /// The next step that is due at a moment.
    pub(super) fn volgende(&mut self, moment: DateTime<Utc>) -> Option<(DateTime<Utc>, Stap)> {
        let Reverse(first) = self.stappen.peek()?;
        if first.moment > moment {
            return None;
        }
        self.stappen.pop().map(|Reverse(due)| (due.moment, due.stap))
    }
}
