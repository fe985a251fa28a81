//! How many there may be of something, in all and of one bearer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Seats, of which each bearer may take some.
#[derive(Debug)]
pub(crate) struct Seats {
    max: usize,
    per_bearer: usize,
    taken: Mutex<HashMap<String, usize>>,
    left: Notify,
}

/// A seat that is taken until it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    seats: Arc<Seats>,
    bearer: String,
}

impl Seats {
    pub(super) fn new(max: usize, per_bearer: usize) -> Arc<Self> {
        Arc::new(Self { max, per_bearer, taken: Mutex::default(), left: Notify::new() })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat for this bearer, if there is one left.
    pub(crate) fn take(self: &Arc<Self>, bearer: &str) -> Option<Seat> {
        let mut taken = self.taken();
        let all: usize = taken.values().sum();
        let own = taken.get(bearer).copied().unwrap_or_default();
        if all >= self.max || own >= self.per_bearer {
            return None;
        }
        taken.insert(bearer.to_owned(), own + 1);
        Some(Seat { seats: Arc::clone(self), bearer: bearer.to_owned() })
    }

    /// Waits until none is taken.
    pub(super) async fn all_left(&self) {
        loop {
            // From here on it hears of every seat that is left.
            let left = self.left.notified();
            if self.taken().is_empty() {
                return;
            }
            left.await;
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        if let Some(own) = taken.get_mut(&self.bearer) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.bearer);
            }
        }
        drop(taken);
        self.seats.left.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_seat_is_free_again_when_it_is_left() {
        let seats = Seats::new(3, 2);
        let first = seats.take("a").expect("a seat");
        let second = seats.take("a").expect("a seat");
        assert!(seats.take("a").is_none(), "more than its share");
        let third = seats.take("b").expect("a seat");
        assert!(seats.take("c").is_none(), "more than there are");
        drop(first);
        assert!(seats.take("c").is_some());
        let all = Arc::clone(&seats);
        let mut waits = tokio::spawn(async move { all.all_left().await });
        assert!(timeout(Duration::from_millis(20), &mut waits).await.is_err(), "two are taken");
        drop((second, third));
        timeout(Duration::from_secs(5), waits).await.expect("in time").expect("all left");
    }
}
