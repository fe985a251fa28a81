//! What is parked: telling it, trying it again, and skipping an event because somebody says so.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use events::ObjectRef;
use log_source::Cursor;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use uuid::Uuid;

use super::bookkeeping::{Generatie, generations};
use super::repair::{Attempts, BEGIN};
use super::{RebuildError, Rebuilder};
use crate::checkpoints;
use crate::error::ProjectorError;
use crate::fase::Fase;
use crate::generations::{self, BRONNEN};
use crate::groups::Member;
use crate::parking::{self, Delivered, Parking, Skips, unpark};
use crate::partities;
use crate::product::{Product, ProjectError};
use crate::products::bronnen::versies;

/// An object that is parked in a generation. Nothing in it comes from what an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Geparkeerd {
    /// The product.
    pub product: String,
    /// The generation.
    pub generatie: i32,
    /// Whether readers see that generation.
    pub actief: bool,
    /// Kind of the object.
    pub objectsoort: String,
    /// Its key.
    pub object_id: Uuid,
    /// Place in the log of the first event that cannot be folded.
    pub positie: i64,
    /// Its number within the object: the state is that of the one before.
    pub versie: i64,
    /// Its type.
    pub gebeurtenis: String,
    /// What is wrong with it.
    pub oorzaak: String,
    /// Since when it is parked.
    pub sinds: DateTime<Utc>,
    /// Events that wait.
    pub wachtend: i64,
}

/// An event that a product does not take in because somebody said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overgeslagen {
    /// The product.
    pub product: String,
    /// Kind of the object.
    pub objectsoort: String,
    /// Its key.
    pub object_id: Uuid,
    /// Place in the log of the event.
    pub positie: i64,
    /// Its number within the object.
    pub versie: i64,
    /// Its type.
    pub gebeurtenis: String,
    /// What was wrong with it.
    pub oorzaak: String,
    /// Why it was skipped.
    pub reden: String,
    /// Who said so.
    pub door: String,
    /// When.
    pub op: DateTime<Utc>,
    /// When that was taken back.
    pub ingetrokken_op: Option<DateTime<Utc>>,
}

/// What came of trying an object again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retried {
    /// The generations in which it was tried.
    pub generaties: Vec<i32>,
    /// Where it is parked still: at the same event, or at a later one.
    pub still: Vec<Geparkeerd>,
}

/// Who skips, and why.
#[derive(Debug, Clone, Copy)]
pub struct Skip<'s> {
    /// Why.
    pub reden: &'s str,
    /// Who.
    pub door: &'s str,
}

/// What is parked, the longest first; of one product or all.
///
/// # Errors
/// When the database does not answer.
pub async fn parked(pool: &PgPool, product: Option<&str>) -> Result<Vec<Geparkeerd>, RebuildError> {
    let failed = ProjectorError::database("reading what is parked");
    let mut conn = pool.acquire().await.map_err(&failed)?;
    Ok(rows(&mut conn, product, None).await.map_err(failed)?)
}

async fn rows(
    conn: &mut PgConnection,
    product: Option<&str>,
    object: Option<Uuid>,
) -> Result<Vec<Geparkeerd>, sqlx::Error> {
    sqlx::query_as!(
        Geparkeerd,
        "SELECT product, generatie, g.actief, objectsoort, object_id, positie, p.versie,
                gebeurtenis, oorzaak, sinds, wachtend
         FROM projector.geparkeerd p JOIN projector.generaties g USING (product, generatie)
         WHERE ($1::text IS NULL OR product = $1) AND ($2::uuid IS NULL OR object_id = $2)
         ORDER BY sinds, positie, product, generatie",
        product,
        object,
    )
    .fetch_all(conn)
    .await
}

/// What was skipped, the newest last, also what was taken back; of one product or all.
///
/// # Errors
/// When the database does not answer.
pub async fn skipped(
    pool: &PgPool,
    product: Option<&str>,
) -> Result<Vec<Overgeslagen>, RebuildError> {
    let rows = sqlx::query_as!(
        Overgeslagen,
        "SELECT product, objectsoort, object_id, positie, versie, gebeurtenis, oorzaak, reden,
                door, op, ingetrokken_op
         FROM projector.overgeslagen WHERE $1::text IS NULL OR product = $1 ORDER BY nummer",
        product,
    )
    .fetch_all(pool)
    .await
    .map_err(ProjectorError::database("reading what was skipped"))?;
    Ok(rows)
}

impl Rebuilder<'_> {
    /// Folds what waits of a parked object again, in every generation where it waits; what of it was
    /// skipped is taken back, and folded too. What can be folded is; what then cannot, stays parked.
    ///
    /// # Errors
    /// When nothing of it is parked or skipped, or the database refuses; nothing has changed then.
    pub async fn retry(
        &self,
        product: &'static str,
        object: Uuid,
    ) -> Result<Retried, RebuildError> {
        self.again(product, object, None).await
    }

    /// Skips the event at which an object is parked, and folds what waits behind it. The object keeps
    /// the state that it had before that event, with its number; one that begins with it is not there.
    ///
    /// # Errors
    /// When it is not parked, or the database refuses; nothing has changed then.
    pub async fn skip(
        &self,
        product: &'static str,
        object: Uuid,
        skip: Skip<'_>,
    ) -> Result<Retried, RebuildError> {
        self.again(product, object, Some(skip)).await
    }

    /// How many objects are parked in a generation.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn parked_in(&self, own: &Generatie) -> Result<usize, RebuildError> {
        let failed = ProjectorError::database("counting what is parked");
        let mut conn = self.connection().await?;
        Ok(parking::count(&mut conn, (own.product, own.generatie)).await.map_err(failed)?)
    }

    async fn again(
        &self,
        name: &'static str,
        object: Uuid,
        skip: Option<Skip<'_>>,
    ) -> Result<Retried, RebuildError> {
        let product = self.product(name)?;
        let mut conn = self.connection().await?;
        let mut attempts = Attempts::default();
        loop {
            match again(&mut conn, product, object, skip).await {
                Err(error) if attempts.again(&error).await => {}
                done => return done,
            }
        }
    }
}

async fn again(
    conn: &mut PgConnection,
    product: &dyn Product,
    id: Uuid,
    skip: Option<Skip<'_>>,
) -> Result<Retried, RebuildError> {
    let name = product.name();
    let failed = ProjectorError::database("trying a parked object again");
    let mut tx = conn.begin_with(BEGIN).await.map_err(&failed)?;
    generations::lock(&mut tx).await.map_err(&failed)?;
    // Whoever follows Kafka ends its batch first. Whoever follows the log waits at the end of it until
    // this is done, and then finds that the checkpoints are no longer its own. Both then read anew what
    // is parked.
    for own in generations(&mut tx, name).await? {
        partities::alone(&mut tx, &own.schema()?).await.map_err(&failed)?;
    }
    checkpoints::hold(&mut tx, name).await.map_err(&failed)?;
    let parked = rows(&mut tx, Some(name), Some(id)).await.map_err(&failed)?;
    let all = generations(&mut tx, name).await?;
    let taken_back = match skip {
        Some(skip) => {
            let own = parked.iter().find(|row| row.actief).or(parked.first());
            let own = own.ok_or(RebuildError::NotParked { product: name, object: id })?;
            record(&mut tx, own, skip).await.map_err(&failed)?;
            None
        }
        None => take_back(&mut tx, name, id, &all).await?,
    };
    let mut generaties = Vec::new();
    for own in all.iter().filter(|own| follows(own, product)) {
        let found = parked.iter().find(|row| row.generatie == own.generatie);
        let Some(object) = taken_back.or_else(|| found.and_then(of)) else { continue };
        refold(&mut tx, product, own, (object, taken_back.is_some())).await?;
        generaties.push(own.generatie);
    }
    if generaties.is_empty() {
        return Err(RebuildError::NotParked { product: name, object: id });
    }
    checkpoints::take_away(&mut tx, name, &generaties).await.map_err(&failed)?;
    let still = rows(&mut tx, Some(name), Some(id)).await.map_err(&failed)?;
    let still = still.into_iter().filter(|row| generaties.contains(&row.generatie)).collect();
    tx.commit().await.map_err(failed)?;
    Ok(Retried { generaties, still })
}

/// Whether a generation follows the log, and this program can fold it.
fn follows(own: &Generatie, product: &dyn Product) -> bool {
    own.versie == product.version() && matches!(own.fase, Fase::Inhalen | Fase::Klaar)
}

fn of(row: &Geparkeerd) -> Option<ObjectRef> {
    ObjectRef::from_code(&row.objectsoort, row.object_id)
}

/// Records who skips, what and why.
async fn record(
    conn: &mut PgConnection,
    own: &Geparkeerd,
    skip: Skip<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO projector.overgeslagen (product, objectsoort, object_id, positie, versie,
             gebeurtenis, oorzaak, reden, door)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (product, positie) WHERE ingetrokken_op IS NULL DO NOTHING",
        own.product,
        own.objectsoort,
        own.object_id,
        own.positie,
        own.versie,
        own.gebeurtenis,
        own.oorzaak,
        skip.reden,
        skip.door,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes back what was skipped of an object; gives it, when something was.
async fn take_back(
    conn: &mut PgConnection,
    product: &'static str,
    object: Uuid,
    all: &[Generatie],
) -> Result<Option<ObjectRef>, RebuildError> {
    let soorten = sqlx::query_scalar!(
        "UPDATE projector.overgeslagen SET ingetrokken_op = now()
         WHERE product = $1 AND object_id = $2 AND ingetrokken_op IS NULL RETURNING objectsoort",
        product,
        object,
    )
    .fetch_all(conn)
    .await
    .map_err(ProjectorError::database("taking back what was skipped"))?;
    let skipped = soorten.first().and_then(|soort| ObjectRef::from_code(soort, object));
    // A rebuild under way has read what is skipped, and may have come past it.
    if skipped.is_some() && all.iter().any(|own| own.fase < Fase::Inhalen) {
        return Err(RebuildError::Busy);
    }
    Ok(skipped)
}

/// Folds what a generation that is held has not of an object, up to the end of the log, and parks it
/// again when one of the events cannot be folded. What of it is delivered later is dropped by its
/// version. From its first event when it is taken `anew`: what is kept may have passed what is no
/// longer skipped.
async fn refold(
    conn: &mut PgConnection,
    product: &dyn Product,
    own: &Generatie,
    (object, anew): (ObjectRef, bool),
) -> Result<(), RebuildError> {
    let (name, generatie, schema) = (own.product, own.generatie, own.schema()?);
    let failed = RebuildError::tables(name, generatie, "folding an object again");
    let broken = RebuildError::project(name);
    unpark(conn, (name, generatie), object).await.map_err(&failed)?;
    if anew {
        let table = schema.table(BRONNEN);
        let sql = format!("DELETE FROM {table} WHERE objectsoort = $1 AND object_id = $2");
        let deleted = sqlx::query(AssertSqlSafe(sql)).bind(object.soort.code()).bind(object.id);
        deleted.execute(&mut *conn).await.map_err(&failed)?;
    }
    let skips = Skips::load(conn, name).await.map_err(&failed)?;
    let has = versies(conn, &schema, &BTreeSet::from([object])).await.map_err(&broken)?;
    let read = log_source::of_objects_apart(conn, &has, &Cursor::end(), &[]).await;
    let (events, unreadable) = read.map_err(|source| broken(ProjectError::Log(source)))?;
    let is_new = |versie: i64| has.get(&object).is_none_or(|last| versie > *last);
    let events: Vec<_> = events.into_iter().filter(|event| is_new(event.versie)).collect();
    let unreadable: Vec<_> = unreadable.iter().filter(|it| is_new(it.versie)).collect();
    let member = Member { product: 0, naam: name, generatie, schema, epoch: 0 };
    let delivered = Delivered { events: &events, unreadable: &unreadable };
    let parking = Parking::of_one(name, skips);
    parking.fold(conn, (product, &member), delivered).await?;
    Ok(())
}
