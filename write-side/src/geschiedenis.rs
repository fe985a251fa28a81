//! Which handelingen were done: read from the log, newest first, in pages.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use events::ObjectRef;
use sqlx::PgPool;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};
use crate::uitvoering::niet_gevonden;

/// Which handelingen are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Selectie {
    /// All of a kind.
    Soort(&'static str),
    /// Those of a kind that were done on the key in the path.
    OpPad(&'static str, Uuid),
    /// Those that touched an object.
    Object(ObjectRef),
}

/// A page: what comes after a handeling, and how many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pagina {
    /// Only handelingen that are older than this one.
    pub(crate) na: Option<Uuid>,
    /// Most handelingen of the page.
    pub(crate) aantal: u16,
}

/// A handeling that was done.
#[derive(Debug)]
pub(crate) struct GedaneHandeling {
    /// Key of the handeling.
    pub(crate) id: Uuid,
    /// Its operationId.
    pub(crate) soort: String,
    /// When it was done.
    pub(crate) tijdstip: DateTime<Utc>,
    /// Who did it.
    pub(crate) door: String,
    /// With which application.
    pub(crate) toepassing: String,
    /// For what purpose.
    pub(crate) doelbinding: Option<String>,
    /// Place in the log of its last event.
    pub(crate) positie: i64,
    /// The objects that it touched, in the order of their first event.
    pub(crate) objecten: Vec<GeraaktObject>,
}

/// An object that a handeling touched.
#[derive(Debug)]
pub(crate) struct GeraaktObject {
    /// Its kind, as the log has it.
    pub(crate) soort: String,
    /// Its key.
    pub(crate) id: Uuid,
    /// Its version after the first event of the handeling.
    pub(crate) van: i64,
    /// Its version after the last.
    pub(crate) tot: i64,
}

struct Row {
    handeling_id: Uuid,
    soort: String,
    tijdstip: DateTime<Utc>,
    door: String,
    toepassing: String,
    doelbinding: Option<String>,
}

/// One page, newest first, and whether there is more after it.
pub(crate) async fn page(
    pool: &PgPool,
    selectie: Selectie,
    pagina: Pagina,
) -> Result<(Vec<GedaneHandeling>, bool), HandelingError> {
    let aantal = usize::from(pagina.aantal);
    let mut rows = rows(pool, selectie, pagina).await?;
    let more = rows.len() > aantal;
    rows.truncate(aantal);
    Ok((with_objects(pool, rows).await?, more))
}

/// One handeling.
pub(crate) async fn one(pool: &PgPool, id: Uuid) -> Result<GedaneHandeling, HandelingError> {
    let row = sqlx::query_as!(
        Row,
        "SELECT handeling_id, soort, tijdstip, door, toepassing, doelbinding
         FROM write_side.handelingen WHERE handeling_id = $1",
        id,
    )
    .fetch_optional(pool)
    .await
    .doing("reading a handeling")?;
    let found = with_objects(pool, row.into_iter().collect()).await?;
    found.into_iter().next().ok_or_else(|| niet_gevonden("id").into())
}

/// The rows of a page, and one more when there is more.
async fn rows(
    pool: &PgPool,
    selectie: Selectie,
    pagina: Pagina,
) -> Result<Vec<Row>, HandelingError> {
    // Every key is at most this one, so that no page needs another query than the first.
    let na = pagina.na.unwrap_or(Uuid::max());
    let limit = i64::from(pagina.aantal) + 1;
    let rows = match selectie {
        Selectie::Soort(soort) => {
            sqlx::query_as!(
                Row,
                "SELECT handeling_id, soort, tijdstip, door, toepassing, doelbinding
                 FROM write_side.handelingen
                 WHERE soort = $1 AND pad_id IS NULL AND handeling_id < $2
                 ORDER BY handeling_id DESC LIMIT $3",
                soort,
                na,
                limit,
            )
            .fetch_all(pool)
            .await
        }
        Selectie::OpPad(soort, id) => {
            sqlx::query_as!(
                Row,
                "SELECT handeling_id, soort, tijdstip, door, toepassing, doelbinding
                 FROM write_side.handelingen
                 WHERE soort = $1 AND pad_id = $2 AND handeling_id < $3
                 ORDER BY handeling_id DESC LIMIT $4",
                soort,
                id,
                na,
                limit,
            )
            .fetch_all(pool)
            .await
        }
        Selectie::Object(object) => {
            exists(pool, object).await?;
            sqlx::query_as!(
                Row,
                "SELECT handeling_id, soort, tijdstip, door, toepassing, doelbinding
                 FROM write_side.handelingen
                 WHERE handeling_id < $3 AND handeling_id IN (
                     SELECT handeling_id FROM write_side.gebeurtenissen
                     WHERE objectsoort = $1 AND object_id = $2)
                 ORDER BY handeling_id DESC LIMIT $4",
                object.soort.code(),
                object.id,
                na,
                limit,
            )
            .fetch_all(pool)
            .await
        }
    };
    rows.doing("reading handelingen")
}

async fn exists(pool: &PgPool, object: ObjectRef) -> Result<(), HandelingError> {
    let found = sqlx::query_scalar!(
        "SELECT versie FROM write_side.objecten WHERE objectsoort = $1 AND object_id = $2",
        object.soort.code(),
        object.id,
    )
    .fetch_optional(pool)
    .await
    .doing("reading a version")?;
    found.map(drop).ok_or_else(|| niet_gevonden("id").into())
}

/// Adds to each handeling what it touched: one statement for all.
async fn with_objects(
    pool: &PgPool,
    rows: Vec<Row>,
) -> Result<Vec<GedaneHandeling>, HandelingError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.handeling_id).collect();
    let touched = sqlx::query!(
        r#"SELECT handeling_id, objectsoort, object_id, min(versie) AS "van!",
                  max(versie) AS "tot!", max(positie) AS "positie!"
           FROM write_side.gebeurtenissen WHERE handeling_id = ANY($1)
           GROUP BY handeling_id, objectsoort, object_id ORDER BY min(positie)"#,
        &ids,
    )
    .fetch_all(pool)
    .await
    .doing("reading what handelingen touched")?;
    let mut parts: HashMap<Uuid, (i64, Vec<GeraaktObject>)> = HashMap::new();
    for row in touched {
        let (positie, objecten) = parts.entry(row.handeling_id).or_default();
        *positie = row.positie.max(*positie);
        objecten.push(GeraaktObject {
            soort: row.objectsoort,
            id: row.object_id,
            van: row.van,
            tot: row.tot,
        });
    }
    let whole = rows.into_iter().map(|row| {
        let (positie, objecten) = parts.remove(&row.handeling_id).unwrap_or_default();
        GedaneHandeling {
            id: row.handeling_id,
            soort: row.soort,
            tijdstip: row.tijdstip,
            door: row.door,
            toepassing: row.toepassing,
            doelbinding: row.doelbinding,
            positie,
            objecten,
        }
    });
    Ok(whole.collect())
}
