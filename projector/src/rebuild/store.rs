//! The states of objects in memory, within a budget, between the log and the tables.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;

use events::{Envelope, ObjectRef};
use sqlx::PgConnection;

use crate::generations::BRONNEN;
use crate::parking::Skips;
use crate::product::{ProjectError, Schema};
use crate::products::bronnen::{Bron, document, store, stored};
use crate::products::table::Copy;
use crate::toestanden::Toestand;

/// Bytes in memory for each byte of a state's JSON: strings have their own allocations.
const BYTES_PER_BYTE: usize = 3;
/// Bytes in memory for each object besides its state.
const BYTES_PER_OBJECT: usize = 300;

/// One object.
#[derive(Debug, Default)]
struct Kept {
    bron: Bron,
    /// Whether the tables have an earlier state.
    stored: bool,
    /// Whether the tables have an older state, or none.
    changed: bool,
    bytes: usize,
}

/// The objects that were folded since the tables were last written.
#[derive(Debug, Default)]
pub(crate) struct Store {
    objects: HashMap<ObjectRef, Kept>,
    bytes: usize,
    /// Whether the tables may hold objects that are not in memory.
    spilled: bool,
    /// Events that do not count.
    skips: Skips,
}

impl Store {
    /// Nothing in memory; `spilled` when the tables may hold something.
    pub(crate) fn new(spilled: bool, skips: Skips) -> Self {
        Self { spilled, skips, ..Self::default() }
    }

    /// An estimate of the memory that it takes.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes in events, and passes those of `strange` objects that cannot be read and are skipped;
    /// `sources` are the generations in whose tables earlier states may be.
    pub(crate) async fn fold(
        &mut self,
        conn: &mut PgConnection,
        (events, strange): (&[&Envelope], &[ObjectRef]),
        sources: &[(&Schema, BTreeSet<events::Objectsoort>)],
    ) -> Result<(), ProjectError> {
        let touched: BTreeSet<ObjectRef> =
            events.iter().map(|event| event.object).chain(strange.iter().copied()).collect();
        if self.spilled {
            self.recall(conn, &touched, sources).await?;
        }
        for event in events {
            let kept = self.objects.entry(event.object).or_default();
            kept.changed |= kept.bron.pass_all(event.object, &self.skips);
            kept.changed |= kept.bron.fold(event)?;
        }
        for object in touched.iter().filter(|object| self.skips.names(**object)) {
            let kept = self.objects.entry(*object).or_default();
            kept.changed |= kept.bron.pass_all(*object, &self.skips);
        }
        for object in &touched {
            self.measure(object)?;
        }
        Ok(())
    }

    /// Brings earlier states back from the tables.
    async fn recall(
        &mut self,
        conn: &mut PgConnection,
        touched: &BTreeSet<ObjectRef>,
        sources: &[(&Schema, BTreeSet<events::Objectsoort>)],
    ) -> Result<(), ProjectError> {
        let mut missing: BTreeSet<ObjectRef> =
            touched.iter().filter(|object| !self.objects.contains_key(object)).copied().collect();
        for (schema, soorten) in sources {
            let (here, rest) =
                missing.into_iter().partition(|object| soorten.contains(&object.soort));
            missing = rest;
            for (object, bron) in stored(conn, schema, &here).await? {
                let kept = Kept { bron, stored: true, changed: false, bytes: 0 };
                self.objects.insert(object, kept);
            }
        }
        Ok(())
    }

    fn measure(&mut self, object: &ObjectRef) -> Result<(), ProjectError> {
        let Some(kept) = self.objects.get_mut(object) else { return Ok(()) };
        let bytes = BYTES_PER_OBJECT
            + BYTES_PER_BYTE * kept.bron.toestand.as_ref().map_or(Ok(0), length)?;
        self.bytes = self.bytes + bytes - kept.bytes;
        kept.bytes = bytes;
        Ok(())
    }

    /// Writes what has changed to the tables of a generation.
    pub(crate) async fn write(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
        soorten: &[events::Objectsoort],
    ) -> Result<(), ProjectError> {
        let mut new: BTreeMap<&ObjectRef, &Bron> = BTreeMap::new();
        let mut later: BTreeMap<ObjectRef, &Bron> = BTreeMap::new();
        for (object, kept) in &self.objects {
            if kept.changed && soorten.contains(&object.soort) {
                if kept.stored {
                    later.insert(*object, &kept.bron);
                } else {
                    new.insert(object, &kept.bron);
                }
            }
        }
        let table = schema.table(BRONNEN);
        let target =
            format!("{table} (objectsoort, object_id, versie, positie, hoort_bij, toestand)");
        let mut copy = Copy::begin(conn, &target).await?;
        for (object, bron) in new {
            let Some(state) = &bron.toestand else { continue };
            let (id, versie) = (object.id.to_string(), bron.versie.to_string());
            let positie = bron.positie.to_string();
            let owner = state.hoort_bij().map(|owner| owner.to_string());
            let text = document(state)?;
            let values = [
                Some(object.soort.code()),
                Some(&id),
                Some(&versie),
                Some(&positie),
                owner.as_deref(),
                Some(&text),
            ];
            copy.row(values.into_iter()).await?;
        }
        copy.end().await?;
        store(conn, schema, later.into_iter()).await
    }

    /// Forgets everything: it was written.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(true, std::mem::take(&mut self.skips));
    }
}

/// Bytes of a state's JSON.
fn length(state: &Toestand) -> Result<usize, ProjectError> {
    struct Counter(usize);
    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    serde_json::to_writer(&mut counter, state)
        .map_err(|error| ProjectError::Database(sqlx::Error::Encode(Box::new(error))))?;
    Ok(counter.0)
}
