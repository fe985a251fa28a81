//! What an operator sees and sets of the work on generations.

use chrono::{DateTime, Utc};
use clock::Clock;
use sqlx::PgPool;

use super::{RebuildError, Rebuilder};
use crate::checkpoints;
use crate::error::ProjectorError;
use crate::fase::Fase;
use crate::generations::lock;
use crate::leader::{Leider, leiders};
use crate::product::Product;
use crate::status::{ProductStatus, status};

/// How one generation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// How far it is.
    pub status: ProductStatus,
    /// How far its making is; none for a product without a generation.
    pub fase: Option<Fase>,
    /// Whether an operator lets it stand still.
    pub gepauzeerd: bool,
    /// Most events a second that its rebuild reads.
    pub max_per_seconde: Option<i32>,
}

/// How every generation stands, and who lead.
///
/// # Errors
/// When the database does not answer.
pub async fn overview(
    pool: &PgPool,
    products: &[Box<dyn Product>],
    clock: &dyn Clock,
) -> Result<(Vec<Stand>, Vec<Leider>), RebuildError> {
    let rows = sqlx::query!(
        "SELECT product, generatie, fase, gepauzeerd, max_per_seconde FROM projector.generaties"
    )
    .fetch_all(pool)
    .await
    .map_err(ProjectorError::database("reading the generations"))?;
    let of = |status: ProductStatus| {
        let row = rows
            .iter()
            .find(|row| row.product == status.product && Some(row.generatie) == status.generatie);
        Stand {
            fase: row.and_then(|row| Fase::from_code(&row.fase)),
            gepauzeerd: row.is_some_and(|row| row.gepauzeerd),
            max_per_seconde: row.and_then(|row| row.max_per_seconde),
            status,
        }
    };
    let stands = status(pool, products, clock).await?.into_iter().map(of).collect();
    Ok((stands, leiders(pool).await?))
}

impl Rebuilder<'_> {
    /// Lets the work on a product stand still, or go on: all its generations, or one. A batch under way
    /// is finished or rolled back.
    ///
    /// # Errors
    /// When there is no such generation.
    pub async fn pause(
        &self,
        product: &'static str,
        generatie: Option<i32>,
        paused: bool,
    ) -> Result<Vec<i32>, RebuildError> {
        let failed = ProjectorError::database("recording a pause");
        let mut tx = self.pool.begin().await.map_err(&failed)?;
        lock(&mut tx).await.map_err(&failed)?;
        let changed = sqlx::query_scalar!(
            "UPDATE projector.generaties SET gepauzeerd = $3
             WHERE product = $1 AND ($2::int IS NULL OR generatie = $2) RETURNING generatie",
            product,
            generatie,
            paused,
        )
        .fetch_all(&mut *tx)
        .await
        .map_err(&failed)?;
        found(product, generatie, &changed)?;
        checkpoints::nudge(&mut tx, product).await.map_err(&failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(changed)
    }

    /// Limits how many events a second the rebuild of a product reads; `None` = no limit. A rebuild
    /// under way hears it at its next step.
    ///
    /// # Errors
    /// When there is no such generation.
    pub async fn throttle(
        &self,
        product: &'static str,
        generatie: Option<i32>,
        limit: Option<i32>,
    ) -> Result<Vec<i32>, RebuildError> {
        let changed = sqlx::query_scalar!(
            "UPDATE projector.generaties SET max_per_seconde = $3
             WHERE product = $1 AND ($2::int IS NULL OR generatie = $2) RETURNING generatie",
            product,
            generatie,
            limit,
        )
        .fetch_all(self.pool)
        .await
        .map_err(ProjectorError::database("recording a limit"))?;
        found(product, generatie, &changed)?;
        Ok(changed)
    }
}

fn found(
    product: &'static str,
    generatie: Option<i32>,
    changed: &[i32],
) -> Result<(), RebuildError> {
    let what = || generatie.map_or("generation".to_owned(), |it| format!("generation {it}"));
    if changed.is_empty() {
        return Err(RebuildError::NoGeneration { product, what: what() });
    }
    Ok(())
}

/// An open gap in the log, and one of those who may still fill it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gat {
    /// The product whose active generation waits.
    pub product: String,
    /// The position.
    pub positie: i64,
    /// The transaction, as `pg_locks` names it; none when the gap closes at the next look.
    pub houder: Option<String>,
    /// Its process of the server; none for a prepared transaction, or one that has just ended.
    pub pid: Option<i32>,
    /// The name of its session.
    pub toepassing: Option<String>,
    /// Its last statement, without values.
    pub query: Option<String>,
    /// When its transaction began.
    pub sinds: Option<DateTime<Utc>>,
}

/// The open gaps of the active generations, by product and position.
///
/// # Errors
/// When the database does not answer.
pub async fn gaps(pool: &PgPool) -> Result<Vec<Gat>, RebuildError> {
    let gaps = sqlx::query_as!(
        Gat,
        r#"SELECT c.product, (gap->>'positie')::bigint AS "positie!", houder AS "houder?",
                  a.pid AS "pid?", a.application_name AS "toepassing?", a.query AS "query?",
                  a.xact_start AS "sinds?"
           FROM projector.checkpoints c
           JOIN projector.generaties g USING (product, generatie)
           CROSS JOIN jsonb_array_elements(c.cursor->'gaps') AS gap
           LEFT JOIN LATERAL jsonb_array_elements_text(gap->'houders') AS houder ON true
           LEFT JOIN pg_locks l ON l.virtualtransaction = houder AND l.locktype = 'relation'
               AND l.mode = 'RowExclusiveLock' AND l.granted
               AND l.relation = 'write_side.gebeurtenissen'::regclass
           LEFT JOIN pg_stat_activity a ON a.pid = l.pid
           WHERE g.actief
           ORDER BY 1, 2, 3"#
    )
    .fetch_all(pool)
    .await
    .map_err(ProjectorError::database("reading the open gaps"))?;
    Ok(gaps)
}
