//! What all parts of the torture share: how much is written and how fast, what was committed when,
//! and whether there is trouble yet.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Instant;

use chrono::{DateTime, Utc};
use klantbeeld::random::Random;
use tokio::sync::watch;
use uuid::Uuid;

/// Most events a second while nothing is killed, and after that if nothing else was asked.
const RATE: i64 = 600;
/// Of the events so many are written while nothing is killed: one in three, and at most these.
const CALM_MAX: i64 = 36_000;
/// Which moments are chosen.
const SEED: u64 = 20_261_128;

/// A time of the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Writers with rollbacks and slow transactions, and an unrelated transaction that stays open.
    Calm,
    /// The same, and things are killed.
    Trouble,
}

/// A contact that was committed, for who wants to see it in GraphQL.
#[derive(Debug, Clone, Copy)]
pub struct Contact {
    /// When its writer heard that it was.
    pub committed: Instant,
    /// Of whom it is.
    pub partij: Uuid,
    /// When it took place: later contacts of this klant took place later.
    pub op: DateTime<Utc>,
}

/// What all parts share.
pub struct Course {
    /// Events to write.
    pub events: i64,
    /// Most events a second in time of trouble; 0 = as fast as they can.
    pub rate: i64,
    /// Which moments are chosen.
    pub seed: u64,
    /// The contact that was committed last.
    pub latest: watch::Sender<Option<Contact>>,
    begin: OnceLock<Instant>,
    trouble: OnceLock<Instant>,
    written: AtomicI64,
    done: AtomicBool,
    committed: Mutex<BTreeMap<i64, Instant>>,
}

impl Course {
    /// As the environment asks, or of so many events at so many a second.
    pub fn from_environment(events: i64, variable: &str) -> Self {
        let number = |name: &str, default: i64| {
            std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
        };
        let seed = number("KLANTBEELD_FOLTERING_SEED", i64::try_from(SEED).expect("a seed"));
        Self {
            events: number(variable, events),
            rate: number("KLANTBEELD_FOLTERING_PER_SECONDE", RATE),
            seed: u64::try_from(seed).expect("a seed"),
            latest: watch::Sender::new(None),
            begin: OnceLock::new(),
            trouble: OnceLock::new(),
            written: AtomicI64::new(0),
            done: AtomicBool::new(false),
            committed: Mutex::default(),
        }
    }

    /// The random moments of one part.
    pub fn random(&self, part: u64) -> Random {
        Random::new(self.seed.wrapping_mul(1_000).wrapping_add(part))
    }

    /// The writers begin.
    pub fn begin(&self) {
        self.begin.set(Instant::now()).expect("it begins once");
    }

    /// Trouble begins.
    pub fn begin_trouble(&self) {
        self.trouble.set(Instant::now()).expect("it begins once");
    }

    /// In which phase something happened.
    pub fn phase_of(&self, moment: Instant) -> Phase {
        match self.trouble.get() {
            Some(trouble) if moment >= *trouble => Phase::Trouble,
            Some(_) | None => Phase::Calm,
        }
    }

    /// Whether enough was written in peace.
    pub fn is_calm_over(&self) -> bool {
        self.written() >= self.calm()
    }

    fn calm(&self) -> i64 {
        (self.events / 3).min(CALM_MAX)
    }

    /// Whether more was written than there should be by now.
    pub fn is_ahead(&self) -> bool {
        let allowed = |since: Instant, rate: i64| rate as f64 * since.elapsed().as_secs_f64();
        let begin = *self.begin.get().expect("the writers began");
        match self.trouble.get() {
            None => self.written() as f64 > allowed(begin, RATE),
            Some(_) if self.rate == 0 => false,
            Some(trouble) => (self.written() - self.calm()) as f64 > allowed(*trouble, self.rate),
        }
    }

    /// Notes what was committed just now; what was before the writers began has no readers yet.
    pub fn note(&self, posities: &[i64]) {
        let now = Instant::now();
        if self.begin.get().is_none() {
            return;
        }
        let mut committed = self.committed.lock().expect("unpoisoned");
        committed.extend(posities.iter().map(|one| (*one, now)));
        self.written.fetch_add(posities.len() as i64, Ordering::Relaxed);
    }

    /// When each position was committed, as its writer heard.
    pub fn committed(&self) -> BTreeMap<i64, Instant> {
        self.committed.lock().expect("unpoisoned").clone()
    }

    /// Events whose commit was acknowledged.
    pub fn written(&self) -> i64 {
        self.written.load(Ordering::Relaxed)
    }

    /// The writers are done.
    pub fn end(&self) {
        self.done.store(true, Ordering::Relaxed);
    }

    /// Whether the writers are done.
    pub fn is_done(&self) -> bool {
        self.done.load(Ordering::Relaxed)
    }
}
