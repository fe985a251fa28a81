//! The checkpoint rows: how far each active generation is, and whose word counts.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

use crate::error::ProjectorError;
use crate::groups::{Group, Member};
use crate::product::{Product, Schema};
use log_source::Cursor;

/// What one batch does to the checkpoints of the members that took part.
pub(crate) struct Advance<'a> {
    pub(crate) previous: &'a Cursor,
    pub(crate) next: &'a Cursor,
    /// Number of events folded.
    pub(crate) gebeurtenissen: usize,
    /// Up to when everything recorded is included; `None` leaves it as it is.
    pub(crate) bijgewerkt_tot: Option<DateTime<Utc>>,
}

struct ActiveRow {
    product: String,
    generatie: i32,
    versie: i32,
    epoch: i64,
    cursor: Value,
}

/// Checks that every product has an active generation that its own version has folded.
pub(crate) async fn check(
    pool: &PgPool,
    products: &[Box<dyn Product>],
) -> Result<(), ProjectorError> {
    let rows = sqlx::query_as!(
        ActiveRow,
        r#"SELECT g.product, g.generatie, g.versie, c.epoch, c.cursor AS "cursor: Value"
           FROM projector.generaties g JOIN projector.checkpoints c USING (product, generatie)
           WHERE g.actief"#
    )
    .fetch_all(pool)
    .await
    .map_err(ProjectorError::database("reading the active generations"))?;
    groups(rows, products).map(drop)
}

/// Takes the checkpoints over: raises their epochs, so that whoever led before can no longer
/// commit, and gives the cursors at which they stand.
pub(crate) async fn claim(
    conn: &mut PgConnection,
    products: &[Box<dyn Product>],
) -> Result<Vec<Group>, ProjectorError> {
    let names: Vec<String> = products.iter().map(|product| product.name().to_owned()).collect();
    let rows = sqlx::query_as!(
        ActiveRow,
        r#"UPDATE projector.checkpoints c SET epoch = c.epoch + 1
           FROM projector.generaties g
           WHERE g.product = c.product AND g.generatie = c.generatie AND g.actief
             AND c.product = ANY($1)
           RETURNING c.product, c.generatie, g.versie, c.epoch, c.cursor AS "cursor: Value""#,
        &names,
    )
    .fetch_all(conn)
    .await
    .map_err(ProjectorError::database("raising the epoch of the checkpoints"))?;
    groups(rows, products)
}

/// Every product's row as a group of its own.
fn groups(
    mut rows: Vec<ActiveRow>,
    products: &[Box<dyn Product>],
) -> Result<Vec<Group>, ProjectorError> {
    let mut groups = Vec::with_capacity(products.len());
    for (index, product) in products.iter().enumerate() {
        let naam = product.name();
        let at = rows.iter().position(|row| row.product == naam);
        let row = at
            .map(|at| rows.swap_remove(at))
            .ok_or(ProjectorError::NoGeneration { product: naam })?;
        groups.push(group(index, product.as_ref(), row)?);
    }
    Ok(groups)
}

fn group(index: usize, product: &dyn Product, row: ActiveRow) -> Result<Group, ProjectorError> {
    let (naam, generatie) = (product.name(), row.generatie);
    if row.versie != product.version() {
        return Err(ProjectorError::OtherVersion {
            product: naam,
            generatie,
            in_code: product.version(),
            in_table: row.versie,
        });
    }
    let cursor = serde_json::from_value(row.cursor).map_err(|source| ProjectorError::Cursor {
        product: row.product,
        generatie,
        source,
    })?;
    let schema = Schema::new(naam, generatie)?;
    let member = Member { product: index, naam, generatie, schema, epoch: row.epoch };
    Ok(Group::new(cursor, member))
}

/// The keys and epochs of members, as arrays for `unnest`.
struct Keys {
    products: Vec<String>,
    generaties: Vec<i32>,
    epochs: Vec<i64>,
}

impl Keys {
    fn of(members: &[Member]) -> Self {
        Self {
            products: members.iter().map(|member| member.naam.to_owned()).collect(),
            generaties: members.iter().map(|member| member.generatie).collect(),
            epochs: members.iter().map(|member| member.epoch).collect(),
        }
    }

    fn all(&self, rows: u64) -> bool {
        u64::try_from(self.products.len()) == Ok(rows)
    }
}

/// Moves the checkpoints, if all still stand where this leader left them and under its epoch. When
/// it says no the caller must roll back: another leads, or a commit without an answer succeeded.
pub(crate) async fn advance(
    conn: &mut PgConnection,
    members: &[Member],
    step: &Advance<'_>,
) -> Result<bool, sqlx::Error> {
    let keys = Keys::of(members);
    let encode = |cursor: &Cursor| {
        serde_json::to_value(cursor).map_err(|error| sqlx::Error::Encode(error.into()))
    };
    let done = sqlx::query!(
        "UPDATE projector.checkpoints c
         SET cursor = $5, positie = $6, gebeurtenissen = c.gebeurtenissen + $7,
             bijgewerkt_tot = GREATEST(c.bijgewerkt_tot, $8)
         FROM unnest($1::text[], $2::int[], $3::bigint[]) AS mine(product, generatie, epoch)
         WHERE c.product = mine.product AND c.generatie = mine.generatie
           AND c.epoch = mine.epoch AND c.cursor = $4",
        &keys.products,
        &keys.generaties,
        &keys.epochs,
        encode(step.previous)?,
        encode(step.next)?,
        step.next.horizon(),
        i64::try_from(step.gebeurtenissen).unwrap_or(i64::MAX),
        step.bijgewerkt_tot,
    )
    .execute(conn)
    .await?;
    Ok(keys.all(done.rows_affected()))
}

/// Says that these members are complete up to `moment`; no when another leads.
pub(crate) async fn heartbeat(
    pool: &PgPool,
    members: &[Member],
    moment: DateTime<Utc>,
) -> Result<bool, ProjectorError> {
    let keys = Keys::of(members);
    let done = sqlx::query!(
        "UPDATE projector.checkpoints c SET bijgewerkt_tot = GREATEST(c.bijgewerkt_tot, $4)
         FROM unnest($1::text[], $2::int[], $3::bigint[]) AS mine(product, generatie, epoch)
         WHERE c.product = mine.product AND c.generatie = mine.generatie
           AND c.epoch = mine.epoch",
        &keys.products,
        &keys.generaties,
        &keys.epochs,
        moment,
    )
    .execute(pool)
    .await
    .map_err(ProjectorError::database("writing the heartbeat"))?;
    Ok(keys.all(done.rows_affected()))
}
