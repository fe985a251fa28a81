//! Counting what is asked: in memory while requests run, written down by and by.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::fields;
use super::id::DocumentId;
use super::prepared::Prepared;
use super::store::Tally;
use crate::completion::Shapes;

/// Most different things that wait to be written; beyond, what is new is not counted.
const WAITING_MAX: usize = 50_000;
/// Most applications, codes and fields of which figures are told to Prometheus; beyond, they are
/// told together.
const TOLD_MAX: usize = 200;
/// Under which name those beyond are told.
const OTHERS: &str = "overig";

/// What was asked, by whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    toepassing: String,
    document: DocumentId,
    operatie: Option<String>,
}

#[derive(Debug)]
struct Counted {
    prepared: Arc<Prepared>,
    aantal: i64,
    laatst_op: DateTime<Utc>,
}

/// What this process answered since it began.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Questions that were executed, by application and whether they were registered.
    pub executed: BTreeMap<(String, bool), u64>,
    /// Questions that were refused before they were executed, by code.
    pub refused: BTreeMap<String, u64>,
    /// Questions with a deprecated field in them, by application and field, once they are written
    /// down.
    pub deprecated: BTreeMap<(String, String), u64>,
}

#[derive(Debug, Default)]
struct State {
    waiting: HashMap<Key, Counted>,
    totals: Totals,
}

/// The counters of this process.
#[derive(Debug, Default)]
pub(super) struct Usage(Mutex<State>);

/// What is to be written: how often each document and each field was asked.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) documents: Vec<Tally>,
    pub(super) fields: Vec<Tally>,
    taken: HashMap<Key, Counted>,
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.taken.is_empty()
    }
}

impl Usage {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a question that is executed.
    pub(super) fn executed(
        &self,
        toepassing: &str,
        prepared: &Arc<Prepared>,
        operatie: Option<&str>,
        now: DateTime<Utc>,
    ) {
        let mut state = self.state();
        let totals = &mut state.totals.executed;
        let known = (toepassing.to_owned(), prepared.is_registered);
        let others = (OTHERS.to_owned(), prepared.is_registered);
        *totals
            .entry(within(totals.len(), totals.contains_key(&known), known, others))
            .or_default() += 1;
        let toepassing = toepassing.to_owned();
        let key = Key { toepassing, document: prepared.id, operatie: operatie.map(str::to_owned) };
        put(
            &mut state.waiting,
            key,
            Counted { prepared: Arc::clone(prepared), aantal: 1, laatst_op: now },
        );
    }

    /// Counts a question that is refused.
    pub(super) fn refused(&self, code: &str) {
        let totals = &mut self.state().totals.refused;
        let (known, others) = (code.to_owned(), OTHERS.to_owned());
        *totals
            .entry(within(totals.len(), totals.contains_key(&known), known, others))
            .or_default() += 1;
    }

    /// Takes what waits, to be written.
    pub(super) fn take(&self, shapes: &Shapes) -> Batch {
        let taken = std::mem::take(&mut self.state().waiting);
        let (mut documents, mut fields) = (BTreeMap::new(), BTreeMap::new());
        for (key, counted) in &taken {
            let document = match counted.prepared.is_registered {
                true => key.document.hash(),
                false => String::new(),
            };
            tally(&mut documents, &key.toepassing, document, counted);
            let document = &counted.prepared.document;
            if let Some(operation) = fields::operation(document, key.operatie.as_deref()) {
                for field in fields::asked(shapes, document, operation) {
                    tally(&mut fields, &key.toepassing, field, counted);
                }
            }
        }
        let documents = documents.into_values().collect();
        Batch { documents, fields: fields.into_values().collect(), taken }
    }

    /// Puts back what could not be written.
    pub(super) fn put_back(&self, batch: Batch) {
        let waiting = &mut self.state().waiting;
        for (key, counted) in batch.taken {
            put(waiting, key, counted);
        }
    }

    /// Adds what was written to what is told of deprecated fields.
    pub(super) fn written(&self, batch: &Batch, deprecated: &BTreeMap<String, String>) {
        let totals = &mut self.state().totals.deprecated;
        for tally in batch.fields.iter().filter(|tally| deprecated.contains_key(&tally.wat)) {
            let known = (tally.toepassing.clone(), tally.wat.clone());
            let others = (OTHERS.to_owned(), tally.wat.clone());
            let key = within(totals.len(), totals.contains_key(&known), known, others);
            *totals.entry(key).or_default() += u64::try_from(tally.aantal).unwrap_or_default();
        }
    }

    /// What was answered since the process began.
    pub(super) fn totals(&self) -> Totals {
        self.state().totals.clone()
    }
}

/// The key itself while there is room, else that of the others.
fn within<K>(len: usize, is_known: bool, known: K, others: K) -> K {
    if is_known || len < TOLD_MAX { known } else { others }
}

fn put(waiting: &mut HashMap<Key, Counted>, key: Key, counted: Counted) {
    if let Some(known) = waiting.get_mut(&key) {
        known.aantal += counted.aantal;
        known.laatst_op = known.laatst_op.max(counted.laatst_op);
    } else if waiting.len() < WAITING_MAX {
        waiting.insert(key, counted);
    }
}

fn tally(
    tallies: &mut BTreeMap<(String, String), Tally>,
    toepassing: &str,
    wat: String,
    counted: &Counted,
) {
    let tally = tallies.entry((toepassing.to_owned(), wat)).or_insert_with_key(|(_, wat)| Tally {
        toepassing: toepassing.to_owned(),
        wat: wat.clone(),
        aantal: 0,
        laatst_op: counted.laatst_op,
    });
    tally.aantal += counted.aantal;
    tally.laatst_op = tally.laatst_op.max(counted.laatst_op);
}
