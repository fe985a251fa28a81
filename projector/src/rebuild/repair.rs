//! Rebuilding the rows of one klant, while everything goes on.

use std::collections::BTreeSet;
use std::time::Duration;

use events::{ObjectRef, Objectsoort};
use log_source::Cursor;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::time::sleep;
use uuid::Uuid;

use super::bookkeeping::Generatie;
use super::verify::from_log;
use super::{RebuildError, Rebuilder};
use crate::checkpoints;
use crate::generations::BRONNEN;
use crate::partities;
use crate::product::Schema;
use crate::products::derived::{Derived, replace, settle};
use crate::wijzigingen;

/// Longest wait for a row that the live projection is writing.
pub(super) const BEGIN: &str = "BEGIN; SET LOCAL lock_timeout = '200ms'; SET LOCAL jit = off";
/// How often a repair is tried.
const ATTEMPTS: u32 = 50;
/// Pause between two attempts.
const PAUSE: Duration = Duration::from_millis(100);

/// What a repair of one klant did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repaired {
    /// The generation.
    pub generatie: i32,
    /// Objects that were replayed.
    pub objects: usize,
    /// Of these the ones whose stored state was wrong.
    pub wrong: usize,
}

/// The attempts at something that waits for its turn.
#[derive(Debug, Default)]
pub(super) struct Attempts(u32);

impl Attempts {
    /// Whether to try again after this error; pauses first.
    pub(super) async fn again(&mut self, error: &RebuildError) -> bool {
        let again = error.is_transient() && self.0 < ATTEMPTS;
        if again {
            self.0 += 1;
            sleep(PAUSE).await;
        }
        again
    }
}

impl Rebuilder<'_> {
    /// Replays one klant with its contacts and contactverzoeken from the log, and puts the result in
    /// the place of the states and rows of the active generation.
    ///
    /// # Errors
    /// When the product has no rows of klanten, or the database refuses; nothing has changed then.
    pub async fn repair(
        &self,
        product: &'static str,
        klant: Uuid,
    ) -> Result<Repaired, RebuildError> {
        let derived = self.derived(product)?;
        let own = self.served(product).await?;
        let mut conn = self.connection().await?;
        let mut attempts = Attempts::default();
        loop {
            match repair(&mut conn, derived, &own, klant).await {
                Err(error) if attempts.again(&error).await => {}
                done => return done,
            }
        }
    }
}

async fn repair(
    conn: &mut PgConnection,
    derived: &dyn Derived,
    own: &Generatie,
    klant: Uuid,
) -> Result<Repaired, RebuildError> {
    let (product, generatie) = (own.product, own.generatie);
    let schema = own.schema()?;
    let failed = RebuildError::tables(product, generatie, "repairing a klant");
    let broken = RebuildError::project(product);
    let mut tx = conn.begin_with(BEGIN).await.map_err(&failed)?;
    seize(&mut tx, own, &schema).await.map_err(&failed)?;
    let contacts = contacts(&mut tx, derived, &schema, klant).await.map_err(&failed)?;
    let mut bronnen = from_log(&mut tx, own, &schema, Cursor::end()).await?;
    let named = contacts.iter().copied().map(ObjectRef::klantcontact);
    let named = named.chain([ObjectRef::partij(klant)]);
    let soorten = derived.objectsoorten();
    let named: Vec<ObjectRef> = named.filter(|object| soorten.contains(&object.soort)).collect();
    bronnen.load(&mut tx, named).await.map_err(&broken)?;
    let mut taken = BTreeSet::new();
    if soorten.contains(&Objectsoort::InterneTaak) {
        let soort = Objectsoort::InterneTaak;
        bronnen.load_of(&mut tx, soort, &contacts).await.map_err(&broken)?;
        taken.extend(bronnen.taken().map(|(_, taak)| taak.id));
    }
    let wrong = bronnen.differing(&mut tx).await.map_err(&broken)?;
    let objects = bronnen.overwrite(&mut tx).await.map_err(&broken)?;
    // States may have come further than they were, and rows of others depend on them.
    bronnen.touch(wrong.iter().copied());
    settle(derived, &mut tx, &schema, &mut bronnen).await.map_err(&broken)?;
    let mut told = BTreeSet::new();
    for layer in derived.layers() {
        let ids = match layer.root {
            Objectsoort::Partij => BTreeSet::from([klant]),
            Objectsoort::Klantcontact => contacts.clone(),
            Objectsoort::InterneTaak => taken.clone(),
            Objectsoort::Actor
            | Objectsoort::Vertegenwoordiging
            | Objectsoort::Referentiewaarde
            | Objectsoort::Vernietigingsvoorstel
            | Objectsoort::Zaaksleutelpaar
            | Objectsoort::Inzageverzoek => BTreeSet::new(),
        };
        let place = (&schema, &mut bronnen);
        let replaced = replace(derived, &mut tx, place, (layer, &ids)).await.map_err(&broken)?;
        told.extend(replaced.told);
    }
    wijzigingen::tell(&mut tx, product, &schema, &told).await.map_err(&failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(Repaired { generatie, objects, wrong: wrong.len() })
}

/// Takes a generation for itself until the transaction ends. Whoever is in the middle of a batch ends
/// it first (Kafka), or finds at its end that what it has read is old (the log); after it both look
/// anew. What is replayed up to the end of the log is at least what they had.
pub(super) async fn seize(
    conn: &mut PgConnection,
    own: &Generatie,
    schema: &Schema,
) -> Result<(), sqlx::Error> {
    partities::alone(conn, schema).await?;
    checkpoints::hold(conn, own.product).await?;
    checkpoints::take_away(conn, own.product, &[own.generatie]).await
}

/// The klantcontacten that have, or show, this klant: from the stored states, which are all looked
/// through, and from the rows.
async fn contacts(
    conn: &mut PgConnection,
    derived: &dyn Derived,
    schema: &Schema,
    klant: Uuid,
) -> Result<BTreeSet<Uuid>, sqlx::Error> {
    let sql = format!(
        "SELECT object_id FROM {}
         WHERE objectsoort = 'klantcontact' AND toestand::text LIKE '%' || $1 || '%'",
        schema.table(BRONNEN)
    );
    let found: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(klant.to_string())
        .fetch_all(&mut *conn)
        .await?;
    let mut found: BTreeSet<Uuid> = found.into_iter().collect();
    for table in derived.tables() {
        let has = |name: &str| table.columns.iter().any(|(column, _)| *column == name);
        if table.root == Objectsoort::Klantcontact && has("partij_id") {
            let (name, root) = (schema.table(table.name), table.root_column);
            let sql = format!("SELECT {root} FROM {name} WHERE partij_id = $1");
            let rows: Vec<Uuid> =
                sqlx::query_scalar(AssertSqlSafe(sql)).bind(klant).fetch_all(&mut *conn).await?;
            found.extend(rows);
        }
    }
    Ok(found)
}
