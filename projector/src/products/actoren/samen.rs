//! Which actoren are one and the same: systems record an employee each in its own way. Pure; the
//! result depends on who they are, not on the order in which they came.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use events::{Actor, SoortActor};
use read_side::zoekterm::emailadres;
use uuid::Uuid;

/// What two actoren of one kind do not share unless they are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Sleutel {
    /// The e-mail address of an employee, in one spelling.
    Email(String),
    /// The key of an employee in a register.
    Medewerker { register: String, object_id: String },
    /// The key of a team in a register.
    Team { register: String, object_id: String },
}

/// The keys of an actor. Teams share mailboxes, so only what identifies one counts; of a program
/// nothing does. Some clients keep the e-mail address of an employee as its actoridentificator.
fn sleutels(actor: &Actor) -> Vec<Sleutel> {
    let identificator = actor.actoridentificator.as_ref();
    let codes = identificator.map(|key| (key.code_register.to_lowercase(), key.object_id.clone()));
    match actor.soort_actor {
        SoortActor::Medewerker => {
            let as_address = identificator.map(|key| &key.object_id);
            let adressen = [actor.emailadres.as_ref(), as_address].into_iter().flatten();
            let emails = adressen.filter_map(|text| emailadres(text)).map(Sleutel::Email);
            let own =
                codes.map(|(register, object_id)| Sleutel::Medewerker { register, object_id });
            emails.chain(own).collect()
        }
        SoortActor::OrganisatorischeEenheid => codes
            .map(|(register, object_id)| Sleutel::Team { register, object_id })
            .into_iter()
            .collect(),
        SoortActor::GeautomatiseerdeActor => Vec::new(),
    }
}

/// Of each of these actoren the one that leads those that are the same: the one that was registered
/// first. Whoever shares a key with one of them is the same as all of them.
pub(super) fn hoofden<'a>(actoren: impl IntoIterator<Item = &'a Actor>) -> BTreeMap<Uuid, Uuid> {
    let mut before: BTreeMap<Uuid, Uuid> = BTreeMap::new();
    let mut owners: BTreeMap<Sleutel, Uuid> = BTreeMap::new();
    for actor in actoren {
        before.insert(actor.id, actor.id);
        for sleutel in sleutels(actor) {
            match owners.entry(sleutel) {
                Entry::Vacant(free) => {
                    free.insert(actor.id);
                }
                Entry::Occupied(owner) => {
                    let (one, other) = (first(&before, *owner.get()), first(&before, actor.id));
                    before.insert(one.max(other), one.min(other));
                }
            }
        }
    }
    before.keys().map(|id| (*id, first(&before, *id))).collect()
}

/// The first of those with which an actor is one, as far as is known.
fn first(before: &BTreeMap<Uuid, Uuid>, mut id: Uuid) -> Uuid {
    while let Some(earlier) = before.get(&id).filter(|earlier| **earlier != id) {
        id = *earlier;
    }
    id
}

#[cfg(test)]
mod tests;
