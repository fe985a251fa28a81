//! The klanten, by how often they are in contact: most of them hardly ever, some all the time.
//!
//! What is kept of a klant is this and no more: its key, and that of who speaks for it.

use uuid::Uuid;

use crate::random::Random;

/// A klant, and who speaks for it when it is an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Klant {
    pub(super) id: Uuid,
    pub(super) contactpersoon: Option<Uuid>,
}

/// How often a klant is in contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Klasse {
    /// Two of the extremes: a tenth of a thousandth part, such as a bewindvoerder with many cases.
    Meest,
    /// People who call every day.
    Dagelijks,
    /// Every two weeks.
    ZeerVaak,
    /// Some seven times a year.
    Vaak,
    /// Twice a year.
    Soms,
    /// Less than once a year.
    Zelden,
    /// Organisations.
    Organisatie,
    /// Never.
    Nooit,
}

/// Of a million inwoners so many are of each class; who is left is never in contact. And of a
/// thousand contacts with known klanten so many are with that class.
const VERDELING: [(Klasse, u64, u32); 6] = [
    (Klasse::Meest, 10, 7),
    (Klasse::Dagelijks, 200, 50),
    (Klasse::ZeerVaak, 5800, 114),
    (Klasse::Vaak, 94_000, 340),
    (Klasse::Soms, 250_000, 230),
    (Klasse::Zelden, 500_000, 179),
];
const MILLION: u64 = 1_000_000;
/// What a share is a part of; what [`VERDELING`] leaves is of organisations.
const THOUSAND: u32 = 1000;
/// Coprime to every number of inwoners: multiplying by it shuffles them.
const SHUFFLE: u64 = 2_147_483_647;
/// Who was drawn and is gone is drawn again, at most so often.
const ATTEMPTS: u32 = 8;

impl Klasse {
    /// The class of an inwoner by its place in the order of registration. The first inwoner of all is
    /// of the first class, so that each class that is small is there from the beginning.
    pub(super) fn van_inwoner(place: u32, inwoners: u32) -> Self {
        let inwoners = u64::from(inwoners.max(1));
        let shuffled = u64::from(place) * SHUFFLE % inwoners;
        let mut end = 0;
        for (klasse, share, _) in VERDELING {
            end += (inwoners * share / MILLION).max(1);
            if shuffled < end {
                return klasse;
            }
        }
        Self::Nooit
    }
}

/// A place among the klanten.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plaats {
    klasse: Klasse,
    index: usize,
}

/// The klanten that are registered.
#[derive(Debug, Default)]
pub(super) struct Klanten {
    klassen: [Vec<Option<Klant>>; Klasse::Nooit as usize],
}

impl Klanten {
    /// Adds a klant; gives its place, when it is ever drawn.
    pub(super) fn voeg(&mut self, klasse: Klasse, klant: Klant) -> Option<Plaats> {
        let of_klasse = self.klassen.get_mut(klasse as usize)?;
        of_klasse.push(Some(klant));
        Some(Plaats { klasse, index: of_klasse.len() - 1 })
    }

    /// Takes a klant away: it is not drawn any more.
    pub(super) fn neem_weg(&mut self, plaats: Plaats) {
        let of_klasse = self.klassen.get_mut(plaats.klasse as usize);
        if let Some(place) = of_klasse.and_then(|all| all.get_mut(plaats.index)) {
            *place = None;
        }
    }

    /// Draws who is in contact; none while nobody is registered.
    pub(super) fn kies(&self, random: &mut Random) -> Option<Klant> {
        for _ in 0..ATTEMPTS {
            let klasse = draw(random);
            let of_klasse = &self.klassen[klasse as usize];
            if !of_klasse.is_empty()
                && let Some(klant) = random.pick(of_klasse)
            {
                return Some(*klant);
            }
        }
        self.klassen.iter().flatten().find_map(|klant| *klant)
    }
}

fn draw(random: &mut Random) -> Klasse {
    let mut left = random.below(THOUSAND);
    for (klasse, _, share) in VERDELING {
        if left < share {
            return klasse;
        }
        left -= share;
    }
    Klasse::Organisatie
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn each_inwoner_has_one_class_and_the_small_ones_are_there() {
        for inwoners in [10_u32, 1000, 100_000] {
            let mut counts = HashMap::new();
            for place in 0..inwoners {
                *counts.entry(Klasse::van_inwoner(place, inwoners) as usize).or_insert(0) += 1;
            }
            assert_eq!(counts[&(Klasse::Meest as usize)], 1, "{inwoners}");
            assert!(counts[&(Klasse::Dagelijks as usize)] >= 1, "{inwoners}");
        }
        assert_eq!(Klasse::van_inwoner(0, 100_000), Klasse::Meest);
    }

    #[test]
    fn most_contacts_are_with_few() {
        let mut klanten = Klanten::default();
        for place in 0..10_000 {
            let klasse = Klasse::van_inwoner(place, 10_000);
            klanten.voeg(klasse, Klant { id: Uuid::from_u128(place.into()), contactpersoon: None });
        }
        let mut random = Random::new(1);
        let mut counts: HashMap<Uuid, u32> = HashMap::new();
        for _ in 0..92_000 {
            *counts.entry(klanten.kies(&mut random).expect("a klant").id).or_default() += 1;
        }
        let few = 10_000 - counts.values().filter(|count| **count > 10).count();
        let many = counts.values().filter(|count| **count >= 500).count();
        assert!(few > 7_000, "{few} klanten with at most 10 contacts");
        assert!((2..20).contains(&many), "{many} klanten with 500 contacts");
    }

    #[test]
    fn who_is_gone_is_not_drawn() {
        let mut klanten = Klanten::default();
        let klant = Klant { id: Uuid::nil(), contactpersoon: None };
        let plaats = klanten.voeg(Klasse::Soms, klant).expect("a place");
        assert_eq!(klanten.kies(&mut Random::new(1)), Some(klant));
        klanten.neem_weg(plaats);
        assert_eq!(klanten.kies(&mut Random::new(1)), None);
        assert!(klanten.voeg(Klasse::Nooit, klant).is_none());
    }
}
