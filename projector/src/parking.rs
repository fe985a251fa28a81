//! Parking: an event that cannot be folded holds up its own object, in one generation, and nothing
//! else. The object is parked in the transaction that moves the cursor; its later events wait in
//! the log. What is skipped, is so because somebody said it.

mod fold;
mod skips;
mod store;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use events::{Envelope, ObjectRef, Objectsoort};
use log_source::{SourceError, Unreadable};
use sqlx::PgPool;

use crate::error::ProjectorError;
use crate::groups::Member;
use crate::product::{Product, ProjectError};

pub(crate) use skips::{Replay, Skips};
pub(crate) use store::{count, unpark};

/// An event that cannot be folded. Nothing in it comes from what the event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bad {
    pub(crate) positie: i64,
    pub(crate) object: ObjectRef,
    pub(crate) versie: i64,
    pub(crate) gebeurtenis: String,
    pub(crate) oorzaak: String,
}

impl Bad {
    /// What an error says of one event; `None` when it is not about one.
    pub(crate) fn of(error: &ProjectError) -> Option<Self> {
        match error {
            ProjectError::Event { positie, object, versie, gebeurtenis, source } => Some(Self {
                positie: *positie,
                object: *object,
                versie: *versie,
                gebeurtenis: (*gebeurtenis).to_owned(),
                oorzaak: source.to_string(),
            }),
            ProjectError::Database(_) | ProjectError::Log(_) => None,
        }
    }

    /// An event that could not even be read.
    pub(crate) fn unreadable(strange: &Unreadable) -> Self {
        Self {
            positie: strange.positie,
            object: strange.object,
            versie: strange.versie,
            gebeurtenis: strange.gebeurtenis.clone(),
            // Not its source: that could quote what the event says.
            oorzaak: strange.source.to_string(),
        }
    }

    /// An event with which the database refuses the rows.
    fn refused(event: &Envelope, error: &sqlx::Error) -> Self {
        Self {
            positie: event.positie,
            object: event.object,
            versie: event.versie,
            gebeurtenis: event.gebeurtenis.soort().to_owned(),
            oorzaak: refusal(error),
        }
    }
}

/// What the database refuses, without the values that its message may quote.
pub(crate) fn refusal(error: &sqlx::Error) -> String {
    let Some(database) = error.as_database_error() else {
        return "its rows cannot be written as text".to_owned();
    };
    let code = database.code().unwrap_or_default().into_owned();
    let place = [("table", database.table()), ("constraint", database.constraint())];
    let place = place.into_iter().filter_map(|(what, name)| Some(format!(", {what} {}", name?)));
    format!("the database refuses its rows: SQLSTATE {code}{}", place.collect::<String>())
}

/// Whether an error is the fault of data, so that another batch would not have it.
pub(crate) fn is_of_data(error: &ProjectError) -> bool {
    match error {
        ProjectError::Event { .. } => true,
        ProjectError::Database(sqlx::Error::Encode(_)) => true,
        // Cardinality, data, integrity, and limits such as the size of an index row.
        ProjectError::Database(error) => error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .is_some_and(|code| ["21", "22", "23", "54"].iter().any(|of| code.starts_with(of))),
        ProjectError::Log(SourceError::Undecodable { .. }) => true,
        ProjectError::Log(_) => false,
    }
}

/// What one batch brought.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delivered<'b> {
    pub(crate) events: &'b [Envelope],
    pub(crate) unreadable: &'b [&'b Unreadable],
}

impl Delivered<'_> {
    pub(crate) const fn is_empty(&self) -> bool {
        self.events.is_empty() && self.unreadable.is_empty()
    }

    pub(crate) const fn len(&self) -> usize {
        self.events.len() + self.unreadable.len()
    }

    /// Position, object and number of every event, also of those that cannot be read.
    fn all(&self) -> impl Iterator<Item = (i64, ObjectRef, i64)> {
        let readable = self.events.iter().map(|one| (one.positie, one.object, one.versie));
        let strange = self.unreadable.iter().map(|one| (one.positie, one.object, one.versie));
        readable.chain(strange)
    }

    /// The number of the last event of an object.
    fn last_of(&self, object: ObjectRef) -> Option<i64> {
        self.all().filter(|(_, of, _)| *of == object).map(|(.., versie)| versie).max()
    }
}

/// The generation of a product.
pub(crate) type Key = (&'static str, i32);

/// From which position the events of objects wait.
pub(crate) type Waiting = BTreeMap<ObjectRef, i64>;

/// What folding a batch changed in what is parked.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    parked: Vec<(Key, ObjectRef)>,
    /// Objects of which all was destroyed: nothing more of them waits.
    freed: Vec<(Key, ObjectRef)>,
}

/// What is parked and skipped, as a leader knows it. Whoever changes it raises the epochs, so that
/// what is known here is never older than the checkpoint under which it is used.
#[derive(Debug, Default)]
pub(crate) struct Parking {
    /// Of these, everything that comes from now on waits.
    parked: BTreeMap<Key, BTreeSet<ObjectRef>>,
    skips: BTreeMap<&'static str, Skips>,
    /// Most objects that are parked in one generation.
    max: usize,
}

impl Parking {
    /// Reads what is parked and skipped of these products.
    pub(crate) async fn load(
        pool: &PgPool,
        products: &[Box<dyn Product>],
        max: usize,
    ) -> Result<Self, ProjectorError> {
        let failed = ProjectorError::database("reading what is parked");
        let mut conn = pool.acquire().await.map_err(&failed)?;
        let mut parking = Self { max, ..Self::default() };
        for product in products.iter().map(|product| product.name()) {
            for (generatie, object) in store::parked(&mut conn, product).await.map_err(&failed)? {
                parking.parked.entry((product, generatie)).or_default().insert(object);
            }
            let skips = Skips::load(&mut conn, product).await.map_err(&failed)?;
            parking.skips.insert(product, skips);
        }
        Ok(parking)
    }

    /// Nothing is parked: for one object that is tried again.
    pub(crate) fn of_one(product: &'static str, skips: Skips) -> Self {
        let skips = BTreeMap::from([(product, skips)]);
        Self { parked: BTreeMap::new(), skips, max: usize::MAX }
    }

    /// Takes in what a batch changed, once it is committed.
    pub(crate) fn accept(&mut self, changes: Changes) {
        for (key, object) in changes.parked {
            self.parked.entry(key).or_default().insert(object);
        }
        for (key, object) in changes.freed {
            self.parked.entry(key).or_default().remove(&object);
        }
    }

    fn of(&self, member: &Member) -> (Waiting, Cow<'_, Skips>) {
        let parked = self.parked.get(&(member.naam, member.generatie)).into_iter().flatten();
        let skips = self.skips.get(member.naam).map_or_else(Cow::default, Cow::Borrowed);
        (parked.map(|object| (*object, i64::MIN)).collect(), skips)
    }
}

/// Whether a product takes in events of this kind of object.
pub(crate) fn concerns(product: &dyn Product, soort: Objectsoort) -> bool {
    product.derived().is_none_or(|derived| derived.objectsoorten().contains(&soort))
}
