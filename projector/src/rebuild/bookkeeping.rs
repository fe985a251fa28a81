//! What is recorded of generations, as commands see and change it.

use chrono::{DateTime, Utc};
use log_source::Cursor;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::RebuildError;
use crate::error::ProjectorError;
use crate::fase::Fase;
use crate::partities::{self, Places};
use crate::product::Schema;

/// One generation of a product.
#[derive(Debug, Clone)]
pub struct Generatie {
    /// The product.
    pub product: &'static str,
    /// Its number.
    pub generatie: i32,
    /// The version of the product that folds it.
    pub versie: i32,
    /// Whether readers see it.
    pub actief: bool,
    /// How far its making is.
    pub fase: Fase,
    /// Last position that is read in bulk.
    pub doel: i64,
    /// How far deriving is: the kind of object, and the last key.
    pub gevuld: (Option<String>, Option<Uuid>),
    /// When readers last began to see it.
    pub geserveerd_op: Option<DateTime<Utc>>,
    /// How far it is in the log, at the least.
    pub cursor: Cursor,
    /// Where it is in Kafka, if it follows that.
    pub(crate) places: Places,
}

impl Generatie {
    /// The schema of its tables.
    pub(crate) fn schema(&self) -> Result<Schema, RebuildError> {
        Ok(Schema::new(self.product, self.generatie).map_err(ProjectorError::Name)?)
    }

    /// Whether it has all that another has.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let is_there = |(partitie, place): (&(String, i32), &i64)| {
            self.places.get(partitie).is_some_and(|own| own >= place)
        };
        self.cursor.covers(&other.cursor) && other.places.iter().all(is_there)
    }

    /// Grows whenever it comes further.
    pub(crate) fn progress(&self) -> i64 {
        self.cursor.low() + self.places.values().sum::<i64>()
    }
}

struct Row {
    generatie: i32,
    versie: i32,
    actief: bool,
    fase: String,
    doel: Option<i64>,
    gevuld_soort: Option<String>,
    gevuld_tot: Option<Uuid>,
    geserveerd_op: Option<DateTime<Utc>>,
    cursor: Value,
}

/// The generations of a product, the oldest first.
pub(crate) async fn generations(
    conn: &mut PgConnection,
    product: &'static str,
) -> Result<Vec<Generatie>, RebuildError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT generatie, versie, actief, fase, doel, gevuld_soort, gevuld_tot, geserveerd_op,
                  cursor AS "cursor: Value"
           FROM projector.generaties JOIN projector.checkpoints USING (product, generatie)
           WHERE product = $1 ORDER BY generatie"#,
        product,
    )
    .fetch_all(&mut *conn)
    .await
    .map_err(ProjectorError::database("reading the generations of a product"))?;
    let mut places = partities::places(conn, product)
        .await
        .map_err(ProjectorError::database("reading where the generations are in Kafka"))?;
    let with_places = |row: Row| {
        let places = places.remove(&row.generatie).unwrap_or_default();
        of(product, row, places)
    };
    rows.into_iter().map(with_places).collect()
}

fn of(product: &'static str, row: Row, places: Places) -> Result<Generatie, RebuildError> {
    let generatie = row.generatie;
    let cursor = serde_json::from_value(row.cursor).map_err(|source| ProjectorError::Cursor {
        product: product.to_owned(),
        generatie,
        source,
    })?;
    let fase = Fase::from_code(&row.fase).ok_or(RebuildError::UnknownFase {
        product,
        generatie,
        fase: row.fase,
    })?;
    Ok(Generatie {
        product,
        generatie,
        versie: row.versie,
        actief: row.actief,
        fase,
        doel: row.doel.unwrap_or_default(),
        gevuld: (row.gevuld_soort, row.gevuld_tot),
        geserveerd_op: row.geserveerd_op,
        cursor,
        places,
    })
}

/// The generation that readers see.
pub(crate) fn active(generations: &[Generatie]) -> Option<&Generatie> {
    generations.iter().find(|one| one.actief)
}

/// The generation that was made to be switched to, and has not been served yet.
pub(crate) fn candidate(generations: &[Generatie]) -> Option<&Generatie> {
    let fresh = |one: &&Generatie| one.geserveerd_op.is_none() && one.fase != Fase::Vervalt;
    generations.iter().rev().find(fresh)
}

/// The generation that was served before the active one.
pub(crate) fn previous(generations: &[Generatie]) -> Option<&Generatie> {
    let served = |one: &&Generatie| !one.actief && one.fase == Fase::Klaar;
    let served = generations.iter().filter(served).filter(|one| one.geserveerd_op.is_some());
    served.max_by_key(|one| one.geserveerd_op)
}

/// The last visible position of the log.
pub(crate) async fn end_of_log(pool: &PgPool) -> Result<i64, ProjectorError> {
    sqlx::query_scalar!(
        r#"SELECT COALESCE(max(positie), 0) AS "last!" FROM write_side.gebeurtenissen"#
    )
    .fetch_one(pool)
    .await
    .map_err(ProjectorError::database("reading where the log ends"))
}

/// Moves a generation to its next phase.
pub(crate) async fn enter(
    conn: &mut PgConnection,
    (product, generatie): (&str, i32),
    fase: Fase,
) -> Result<(), RebuildError> {
    sqlx::query!(
        "UPDATE projector.generaties SET fase = $3 WHERE product = $1 AND generatie = $2",
        product,
        generatie,
        fase.code(),
    )
    .execute(conn)
    .await
    .map_err(ProjectorError::database("recording a phase"))?;
    Ok(())
}

/// What an operator has said of a rebuild under way.
pub(crate) struct Wishes {
    pub(crate) paused: bool,
    /// Most events a second.
    pub(crate) limit: Option<i32>,
}

/// What an operator has said of these generations: the strictest of it.
pub(crate) async fn wishes(
    pool: &PgPool,
    product: &str,
    generatie: i32,
) -> Result<Wishes, RebuildError> {
    let row = sqlx::query!(
        "SELECT gepauzeerd, max_per_seconde FROM projector.generaties
         WHERE product = $1 AND generatie = $2",
        product,
        generatie,
    )
    .fetch_optional(pool)
    .await
    .map_err(ProjectorError::database("reading what the operator wishes"))?;
    let row = row.ok_or(RebuildError::Superseded)?;
    Ok(Wishes { paused: row.gepauzeerd, limit: row.max_per_seconde })
}
