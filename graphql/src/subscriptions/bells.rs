//! Who waits for what: a bell per subscriber, which is rung when something may have changed for it. It
//! only rings: who is slow hears of many changes once, and nothing is kept for it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use read_side::wijzigingen::Wijziging;
use tokio::sync::watch;
use uuid::Uuid;

/// Something that may change: of a product, what concerns this klant or actor, or anything.
pub(super) type Interest = (&'static str, Option<Uuid>);

type Ringers = HashMap<u64, watch::Sender<()>>;

/// The bells of this process.
#[derive(Debug, Default)]
pub(super) struct Bells(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    next: u64,
    /// Whether somebody looks for changes.
    watched: bool,
    all: Ringers,
    by_interest: HashMap<&'static str, HashMap<Option<Uuid>, Ringers>>,
}

/// The bell of one subscriber, gone when it is dropped.
#[derive(Debug)]
pub(super) struct Bell {
    bells: Arc<Bells>,
    number: u64,
    ringer: watch::Sender<()>,
    rung: watch::Receiver<()>,
    interests: BTreeSet<Interest>,
}

impl Bells {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A bell for nothing yet; tells whether somebody must begin to look.
    pub(super) fn hang(self: &Arc<Self>) -> (Bell, bool) {
        let (ringer, rung) = watch::channel(());
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.all.insert(number, ringer.clone());
        let begin = !std::mem::replace(&mut state.watched, true);
        let interests = BTreeSet::new();
        (Bell { bells: Arc::clone(self), number, ringer, rung, interests }, begin)
    }

    /// Whether there is anybody to look for; if not, nobody looks from now on.
    pub(super) fn go_on(&self) -> bool {
        let mut state = self.state();
        state.watched = !state.all.is_empty();
        state.watched
    }

    /// Rings for everybody.
    pub(super) fn ring_all(&self) {
        ring(&self.state().all);
    }

    /// Rings for those whom a change may concern.
    pub(super) fn ring(&self, change: &Wijziging) {
        let state = self.state();
        let Some(by_id) = state.by_interest.get(change.product.as_str()) else { return };
        match change.id {
            None => by_id.values().for_each(ring),
            Some(_) => [change.id, None].iter().filter_map(|id| by_id.get(id)).for_each(ring),
        }
    }
}

fn ring(ringers: &Ringers) {
    ringers.values().for_each(|ringer| {
        ringer.send_replace(());
    });
}

impl Bell {
    /// Lets it be rung for these; tells whether they are others than before.
    pub(super) fn listen(&mut self, interests: BTreeSet<Interest>) -> bool {
        if interests == self.interests {
            return false;
        }
        let mut state = self.bells.state();
        self.remove(&mut state);
        for (product, id) in &interests {
            let by_id = state.by_interest.entry(product).or_default();
            by_id.entry(*id).or_default().insert(self.number, self.ringer.clone());
        }
        drop(state);
        self.interests = interests;
        true
    }

    /// Waits until it is rung, if it was not since it was last heard.
    pub(super) async fn rung(&mut self) {
        // It has a ringer itself, so it never fails.
        let _ = self.rung.changed().await;
    }

    fn remove(&self, state: &mut State) {
        for (product, id) in &self.interests {
            let Some(by_id) = state.by_interest.get_mut(product) else { continue };
            let Some(ringers) = by_id.get_mut(id) else { continue };
            ringers.remove(&self.number);
            if ringers.is_empty() {
                by_id.remove(id);
            }
        }
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        let mut state = self.bells.state();
        self.remove(&mut state);
        state.all.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn change(product: &str, id: Option<u128>) -> Wijziging {
        let op = DateTime::UNIX_EPOCH;
        Wijziging { nr: 1, tx: 1, product: product.to_owned(), id: id.map(Uuid::from_u128), op }
    }

    fn is_rung(bell: &mut Bell) -> bool {
        let rung = bell.rung.has_changed().expect("a ringer");
        bell.rung.mark_unchanged();
        rung
    }

    #[test]
    fn a_bell_rings_for_what_may_concern_it() {
        let bells = Arc::new(Bells::default());
        let (mut one, begin) = bells.hang();
        assert!(begin && !bells.hang().1);
        let (mut any, _) = bells.hang();
        assert!(one.listen([("klantbeeld", Some(Uuid::from_u128(1)))].into()));
        assert!(any.listen([("klantbeeld", None), ("actoren", None)].into()));
        assert!(!any.listen([("klantbeeld", None), ("actoren", None)].into()));
        for (product, id, expected) in [
            ("klantbeeld", Some(1), (true, true)),
            ("klantbeeld", Some(2), (false, true)),
            ("klantbeeld", None, (true, true)),
            ("actoren", Some(1), (false, true)),
            ("werkvoorraad", None, (false, false)),
        ] {
            bells.ring(&change(product, id));
            assert_eq!((is_rung(&mut one), is_rung(&mut any)), expected, "{product} {id:?}");
        }
        bells.ring_all();
        assert!(is_rung(&mut one) && is_rung(&mut any));
    }

    #[test]
    fn nothing_is_kept_of_who_is_gone() {
        let bells = Arc::new(Bells::default());
        let (mut bell, _) = bells.hang();
        bell.listen([("klantbeeld", Some(Uuid::nil()))].into());
        bell.listen([("klantbeeld", Some(Uuid::max()))].into());
        assert!(bells.go_on());
        drop(bell);
        assert!(!bells.go_on());
        assert!(bells.state().by_interest.values().all(HashMap::is_empty));
        assert!(bells.hang().1, "somebody must begin to look again");
    }
}
