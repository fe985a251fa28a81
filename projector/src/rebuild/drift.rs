//! Drift: rows, or states, that are not what a replay of the log gives. One of those who lead goes
//! through all keys of what is served, slowly, again and again; what is found is recorded, and can be
//! repaired.
//!
//! A replay goes as far as the generation is. That is a cursor for who follows the log; who follows
//! Kafka is further with one object than with another. So an object is replayed up to the version that
//! the generation has of it, and never less far than the cursor, which is a place in the log before all
//! that is missing. Place, versions, rows and log are read in one snapshot.

mod store;
mod watch;

use std::collections::{BTreeMap, BTreeSet};

use events::ObjectRef;
use log_source::Cursor;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use super::bookkeeping::{Generatie, end_of_log};
use super::diff::differing_rows;
use super::repair::{Attempts, BEGIN as BEGIN_REPAIR, seize};
use super::verify::{BEGIN, create_temporary, from_log, laid_out};
use super::{RebuildError, Rebuilder, Repaired};
use crate::generations::BRONNEN;
use crate::leader;
use crate::product::Schema;
use crate::products::derived::{Derived, Layer, layers_of, settle};

pub use store::{Drift, drift};
pub use watch::DriftPace;

/// Keys that one step checks.
const STEP: i64 = 10;
/// Keys that one step checks when nothing else is to be spared.
const STEP_ALL: i64 = 200;

/// What a check looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    /// Keys that were replayed.
    pub keys: usize,
    /// Keys that have something wrong.
    pub wrong: usize,
}

/// What is wrong: in which table, of which object; and the columns.
type Found = BTreeMap<(&'static str, ObjectRef), BTreeSet<String>>;

/// What a comparison looked at.
#[derive(Debug, Default)]
struct Compared {
    found: Found,
    /// The tables whose rows were compared.
    tables: Vec<&'static str>,
    /// The objects whose states were replayed.
    loaded: BTreeSet<ObjectRef>,
}

/// A session with temporary tables for what a replay of a product gives.
struct Bench {
    conn: PgConnection,
    /// For which generation of which product it has them.
    made: BTreeMap<&'static str, i32>,
    /// Whether it has the lock of the one that checks all the time.
    watches: bool,
}

impl Rebuilder<'_> {
    /// Checks the next keys of each layer of what is served of a product, or all.
    ///
    /// # Errors
    /// When it could not be checked; what is wrong is recorded, see [`drift`].
    pub async fn check_drift(
        &self,
        product: &'static str,
        all: bool,
    ) -> Result<Checked, RebuildError> {
        let mut bench = self.bench().await?;
        let mut checked = Checked::default();
        for layer in self.derived(product)?.layers() {
            if all {
                let own = self.served(product).await?;
                store::begin_anew(self.pool, &own, layer).await?;
            }
            loop {
                let keys = if all { STEP_ALL } else { STEP };
                let (part, to_end) = self.check_step(&mut bench, product, layer, keys).await?;
                checked.keys += part.keys;
                checked.wrong += part.wrong;
                if to_end || !all {
                    break;
                }
            }
        }
        Ok(checked)
    }

    async fn bench(&self) -> Result<Bench, RebuildError> {
        let conn = leader::open(self.pool).await?;
        Ok(Bench { conn, made: BTreeMap::new(), watches: false })
    }

    /// Checks some keys of one layer, after those that were checked last; and whether that was the end.
    async fn check_step(
        &self,
        bench: &mut Bench,
        product: &'static str,
        layer: Layer,
        keys: i64,
    ) -> Result<(Checked, bool), RebuildError> {
        let own = self.served(product).await?;
        let ids = store::next_keys(self.pool, &own, layer, keys).await?;
        let (mut compared, mut told) = (self.compare(bench, &own, layer, &ids).await?, true);
        if !compared.found.is_empty() {
            // What was destroyed is gone from the log at once, and from the rows when they have read
            // so: only what is wrong still when they have is drift.
            if self.reach(&own, end_of_log(self.pool).await?).await? {
                let again = self.compare(bench, &own, layer, &ids).await?;
                compared.found.retain(|place, _| again.found.contains_key(place));
            } else {
                // That cannot be told now; these keys come round again.
                (compared, told) = (Compared::default(), false);
            }
        }
        let wrong: BTreeSet<&ObjectRef> = compared.found.keys().map(|(_, object)| object).collect();
        let checked = Checked { keys: ids.len(), wrong: wrong.len() };
        let to_end = i64::try_from(ids.len()).is_ok_and(|found| found < keys);
        if told {
            store::record(self.pool, &own, (layer.root, &ids), &compared).await?;
        }
        store::advance(self.pool, &own, layer, (&ids, to_end)).await?;
        Ok((checked, to_end))
    }

    async fn compare(
        &self,
        bench: &mut Bench,
        own: &Generatie,
        layer: Layer,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Compared, RebuildError> {
        if ids.is_empty() {
            return Ok(Compared::default());
        }
        let derived = self.derived(own.product)?;
        let failed = RebuildError::tables(own.product, own.generatie, "making temporary tables");
        if bench.made.get(own.product) != Some(&own.generatie) {
            for table in derived.tables() {
                let sql = format!("DROP TABLE IF EXISTS pg_temp.{}", table.name);
                let dropped = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut bench.conn).await;
                dropped.map_err(&failed)?;
            }
            create_temporary(&mut bench.conn, derived, own).await.map_err(&failed)?;
            bench.made.insert(own.product, own.generatie);
        }
        compare(&mut bench.conn, derived, own, (layer, ids)).await
    }

    /// Replays one object from the log, with what its rows are made of, and puts the result in the
    /// place of what the active generation has; then checks it.
    ///
    /// # Errors
    /// When the object is not known, or the database refuses; nothing has changed then.
    pub async fn repair_object(
        &self,
        product: &'static str,
        object: Uuid,
    ) -> Result<Repaired, RebuildError> {
        let derived = self.derived(product)?;
        let own = self.served(product).await?;
        let Some(object) = store::kind(self.pool, &own, object).await? else {
            let what = format!("object {object}");
            return Err(RebuildError::NoGeneration { product, what });
        };
        let mut conn = self.connection().await?;
        let mut attempts = Attempts::default();
        let repaired = loop {
            match repair(&mut conn, derived, &own, object).await {
                Err(error) if attempts.again(&error).await => {}
                done => break done?,
            }
        };
        let mut bench = self.bench().await?;
        let ids = BTreeSet::from([object.id]);
        for layer in layers_of(derived, object.soort) {
            let compared = self.compare(&mut bench, &own, layer, &ids).await?;
            store::record(self.pool, &own, (object.soort, &ids), &compared).await?;
        }
        Ok(repaired)
    }
}

/// Replays objects from the log alone, and compares states and rows.
async fn compare(
    conn: &mut PgConnection,
    derived: &dyn Derived,
    own: &Generatie,
    (layer, ids): (Layer, &BTreeSet<Uuid>),
) -> Result<Compared, RebuildError> {
    let (product, schema) = (own.product, own.schema()?);
    let failed = RebuildError::tables(product, own.generatie, "comparing its rows");
    let broken = RebuildError::project(product);
    let mut tx = conn.begin_with(BEGIN).await.map_err(&failed)?;
    let (tables, bronnen) = laid_out(&mut tx, derived, (own, &schema), (layer, ids)).await?;
    let mut compared = Compared::default();
    let given: Vec<Uuid> = ids.iter().copied().collect();
    for table in tables {
        compared.tables.push(table.name);
        let condition = format!("{} = ANY($1)", table.root_column);
        let sql = differing_rows(table, &(schema.clone(), Schema::temporary()), &condition);
        let sql = format!("SELECT root, columns FROM ({sql}) AS differing");
        let differing: Vec<(Uuid, Vec<String>)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(&given)
            .fetch_all(&mut *tx)
            .await
            .map_err(&failed)?;
        for (id, columns) in differing {
            let place = (table.name, ObjectRef { soort: layer.root, id });
            compared.found.entry(place).or_default().extend(columns);
        }
    }
    for object in bronnen.differing(&mut tx).await.map_err(&broken)? {
        let columns = BTreeSet::from(["toestand".to_owned()]);
        compared.found.insert((BRONNEN, object), columns);
    }
    compared.loaded = bronnen.loaded().collect();
    tx.rollback().await.map_err(failed)?;
    Ok(compared)
}

async fn repair(
    conn: &mut PgConnection,
    derived: &dyn Derived,
    own: &Generatie,
    object: ObjectRef,
) -> Result<Repaired, RebuildError> {
    let (product, generatie, schema) = (own.product, own.generatie, own.schema()?);
    let failed = RebuildError::tables(product, generatie, "repairing an object");
    let broken = RebuildError::project(product);
    let mut tx = conn.begin_with(BEGIN_REPAIR).await.map_err(&failed)?;
    seize(&mut tx, own, &schema).await.map_err(&failed)?;
    let mut bronnen = from_log(&mut tx, own, &schema, Cursor::end()).await?;
    bronnen.load(&mut tx, [object]).await.map_err(&broken)?;
    let ids = BTreeSet::from([object.id]);
    for layer in layers_of(derived, object.soort) {
        derived.rows(&mut tx, &mut bronnen, layer, &ids).await.map_err(&broken)?;
    }
    let wrong = bronnen.differing(&mut tx).await.map_err(&broken)?;
    let objects = bronnen.overwrite(&mut tx).await.map_err(&broken)?;
    bronnen.touch(wrong.iter().copied().chain([object]));
    settle(derived, &mut tx, &schema, &mut bronnen).await.map_err(&broken)?;
    store::forget(&mut tx, own, &wrong).await.map_err(&failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(Repaired { generatie, objects, wrong: wrong.len() })
}
