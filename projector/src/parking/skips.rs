//! What is skipped: events that a product does not take in, in any generation, because somebody
//! said so. The object keeps the state that it had before, with the number of the skipped event.

use std::collections::{BTreeMap, BTreeSet};

use events::ObjectRef;
use log_source::Cursor;
use sqlx::PgConnection;

/// The skipped events of a product: per object the numbers, with their positions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Skips(BTreeMap<ObjectRef, BTreeMap<i64, i64>>);

impl Skips {
    /// Those of a product that hold.
    pub(crate) async fn load(conn: &mut PgConnection, product: &str) -> Result<Self, sqlx::Error> {
        let rows = sqlx::query!(
            "SELECT objectsoort, object_id, versie, positie FROM projector.overgeslagen
             WHERE product = $1 AND ingetrokken_op IS NULL",
            product,
        )
        .fetch_all(conn)
        .await?;
        let mut skips = Self::default();
        for row in rows {
            // A kind of object that this program does not know, no product of it is made of.
            if let Some(object) = ObjectRef::from_code(&row.objectsoort, row.object_id) {
                skips.add(object, row.versie, row.positie);
            }
        }
        Ok(skips)
    }

    /// Adds one.
    pub(crate) fn add(&mut self, object: ObjectRef, versie: i64, positie: i64) {
        self.0.entry(object).or_default().insert(versie, positie);
    }

    /// Whether the event of an object with this number is skipped.
    pub(crate) fn has(&self, object: ObjectRef, versie: i64) -> bool {
        self.0.get(&object).is_some_and(|skipped| skipped.contains_key(&versie))
    }

    /// Whether any event of an object is.
    pub(crate) fn names(&self, object: ObjectRef) -> bool {
        self.0.contains_key(&object)
    }

    /// The positions of all.
    pub(crate) fn posities(&self) -> Vec<i64> {
        self.0.values().flat_map(BTreeMap::values).copied().collect()
    }

    /// Those that were had where a generation is: `versies` are those of the objects that it has.
    pub(crate) fn until(&self, until: &Cursor, versies: &BTreeMap<ObjectRef, i64>) -> Self {
        let had = |object: &ObjectRef, versie: i64, positie: i64| {
            until.has(positie) || versies.get(object).is_some_and(|last| versie <= *last)
        };
        let mut skips = Self::default();
        for (object, skipped) in &self.0 {
            for (versie, positie) in skipped {
                if had(object, *versie, *positie) {
                    skips.add(*object, *versie, *positie);
                }
            }
        }
        skips
    }
}

/// What a replay of objects from the log must know to come to what the generation has.
#[derive(Debug, Clone)]
pub(crate) struct Replay {
    /// A place in the log at which, or beyond which, the generation is. What it has beyond it, the
    /// versions of its objects tell: who follows Kafka is further with one object than with another.
    pub(crate) until: Cursor,
    /// Objects that cannot be replayed: what is kept of them is believed.
    pub(crate) parked: BTreeSet<ObjectRef>,
    /// Events that do not count.
    pub(crate) skips: Skips,
}

impl Replay {
    /// For one generation of a product, in the snapshot or under the lock of `conn`.
    pub(crate) async fn load(
        conn: &mut PgConnection,
        (product, generatie): (&str, i32),
        until: Cursor,
    ) -> Result<Self, sqlx::Error> {
        let parked = super::store::parked(&mut *conn, product).await?;
        let parked = parked.into_iter().filter(|(own, _)| *own == generatie);
        let parked = parked.map(|(_, object)| object).collect();
        let skips = Skips::load(conn, product).await?;
        Ok(Self { until, parked, skips })
    }
}
