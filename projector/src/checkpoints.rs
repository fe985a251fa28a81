//! The checkpoint rows: how far each active generation is, and whose word counts.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{Connection, PgConnection, PgPool};

use crate::error::ProjectorError;
use crate::generations;
use crate::groups::{Group, Member};
use crate::leader::announce;
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

struct GeneratieRow {
    product: String,
    generatie: i32,
    versie: i32,
    actief: bool,
    gepauzeerd: bool,
    epoch: i64,
    cursor: Value,
}

/// What a leader has to work on.
pub(crate) struct Claimed {
    pub(crate) groups: Vec<Group>,
    /// Generations that stand still until an operator lets them go on.
    pub(crate) paused: Vec<Member>,
}

/// Checks that every product has an active generation that its own version has folded.
pub(crate) async fn check(
    pool: &PgPool,
    products: &[Box<dyn Product>],
) -> Result<(), ProjectorError> {
    let rows = sqlx::query_as!(
        GeneratieRow,
        r#"SELECT g.product, g.generatie, g.versie, g.actief, g.gepauzeerd, c.epoch,
                  c.cursor AS "cursor: Value"
           FROM projector.generaties g JOIN projector.checkpoints c USING (product, generatie)
           WHERE g.actief"#
    )
    .fetch_all(pool)
    .await
    .map_err(ProjectorError::database("reading the active generations"))?;
    claimed(rows, products).map(drop)
}

/// Takes the checkpoints over: raises their epochs, so that whoever led before can no longer
/// commit, and gives the cursors at which they stand. Of a product these are the active generation
/// and the filled ones of the same version: those that one can switch to, or go back to.
pub(crate) async fn claim(
    conn: &mut PgConnection,
    products: &[Box<dyn Product>],
) -> Result<Claimed, ProjectorError> {
    let failed = ProjectorError::database("raising the epoch of the checkpoints");
    let mut tx = conn.begin().await.map_err(&failed)?;
    generations::lock(&mut tx).await.map_err(&failed)?;
    let names: Vec<String> = products.iter().map(|product| product.name().to_owned()).collect();
    let versions: Vec<i32> = products.iter().map(|product| product.version()).collect();
    let rows = sqlx::query_as!(
        GeneratieRow,
        r#"UPDATE projector.checkpoints c SET epoch = c.epoch + 1
           FROM projector.generaties g
           JOIN unnest($1::text[], $2::int[]) AS mine(product, versie) USING (product)
           WHERE g.product = c.product AND g.generatie = c.generatie
             AND (g.actief OR (g.versie = mine.versie AND g.fase IN ('inhalen', 'klaar')))
           RETURNING c.product, c.generatie, g.versie, g.actief, g.gepauzeerd, c.epoch,
                     c.cursor AS "cursor: Value""#,
        &names,
        &versions,
    )
    .fetch_all(&mut *tx)
    .await
    .map_err(&failed)?;
    announce(&mut tx, products, None).await.map_err(&failed)?;
    tx.commit().await.map_err(&failed)?;
    claimed(rows, products)
}

/// The generations that [`claim`] would take over, under the epochs that they have: for those who
/// follow Kafka together. Those that readers do not see come first.
#[cfg(feature = "kafka")]
pub(crate) async fn known(
    pool: &PgPool,
    products: &[Box<dyn Product>],
) -> Result<Claimed, ProjectorError> {
    let names: Vec<String> = products.iter().map(|product| product.name().to_owned()).collect();
    let versions: Vec<i32> = products.iter().map(|product| product.version()).collect();
    let rows = sqlx::query_as!(
        GeneratieRow,
        r#"SELECT c.product, c.generatie, g.versie, g.actief, g.gepauzeerd, c.epoch,
                  c.cursor AS "cursor: Value"
           FROM projector.checkpoints c JOIN projector.generaties g USING (product, generatie)
           JOIN unnest($1::text[], $2::int[]) AS mine(product, versie) USING (product)
           WHERE g.actief OR (g.versie = mine.versie AND g.fase IN ('inhalen', 'klaar'))
           ORDER BY g.actief, c.product, c.generatie"#,
        &names,
        &versions,
    )
    .fetch_all(pool)
    .await
    .map_err(ProjectorError::database("reading which generations there are"))?;
    claimed(rows, products)
}

/// Takes one generation over, whatever its phase: for the one who fills it.
pub(crate) async fn claim_one(
    conn: &mut PgConnection,
    place: usize,
    product: &dyn Product,
    generatie: i32,
) -> Result<Group, ProjectorError> {
    let row = sqlx::query_as!(
        GeneratieRow,
        r#"UPDATE projector.checkpoints c SET epoch = c.epoch + 1
           FROM projector.generaties g
           WHERE g.product = c.product AND g.generatie = c.generatie
             AND c.product = $1 AND c.generatie = $2
           RETURNING c.product, c.generatie, g.versie, g.actief, g.gepauzeerd, c.epoch,
                     c.cursor AS "cursor: Value""#,
        product.name(),
        generatie,
    )
    .fetch_optional(conn)
    .await
    .map_err(ProjectorError::database("raising the epoch of a generation"))?
    .ok_or(ProjectorError::NoGeneration { product: product.name() })?;
    group(place, product, row)
}

/// Makes whoever works on the active generation of a product let go and read the bookkeeping anew.
pub(crate) async fn nudge(conn: &mut PgConnection, product: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE projector.checkpoints c SET epoch = c.epoch + 1 FROM projector.generaties g
         WHERE g.product = c.product AND g.generatie = c.generatie AND g.actief
           AND g.product = $1",
        product,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes whoever works on these generations of a product let go and read the bookkeeping anew.
pub(crate) async fn take_away(
    conn: &mut PgConnection,
    product: &str,
    generaties: &[i32],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE projector.checkpoints SET epoch = epoch + 1
         WHERE product = $1 AND generatie = ANY($2)",
        product,
        generaties,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps the checkpoints of a product where they are until the transaction ends.
pub(crate) async fn hold(conn: &mut PgConnection, product: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "SELECT generatie FROM projector.checkpoints WHERE product = $1
         ORDER BY generatie FOR UPDATE",
        product,
    )
    .fetch_all(conn)
    .await?;
    Ok(())
}

/// Whether these generations are still this worker's.
pub(crate) async fn are_ours(pool: &PgPool, members: &[Member]) -> Result<bool, ProjectorError> {
    let keys = Keys::of(members);
    let ours = sqlx::query_scalar!(
        r#"SELECT count(*) AS "ours!" FROM projector.checkpoints c
           JOIN unnest($1::text[], $2::int[], $3::bigint[]) AS mine(product, generatie, epoch)
               USING (product, generatie, epoch)"#,
        &keys.products,
        &keys.generaties,
        &keys.epochs,
    )
    .fetch_one(pool)
    .await
    .map_err(ProjectorError::database("reading the epochs"))?;
    Ok(u64::try_from(ours).is_ok_and(|ours| keys.all(ours)))
}

/// Every generation as a group of its own; each product must have an active one.
fn claimed(
    rows: Vec<GeneratieRow>,
    products: &[Box<dyn Product>],
) -> Result<Claimed, ProjectorError> {
    for product in products.iter().map(|product| product.name()) {
        if !rows.iter().any(|row| row.actief && row.product == product) {
            return Err(ProjectorError::NoGeneration { product });
        }
    }
    let mut claimed = Claimed { groups: Vec::new(), paused: Vec::new() };
    for row in rows {
        let at = products.iter().position(|product| product.name() == row.product);
        let Some((index, product)) = at.and_then(|at| Some((at, products.get(at)?))) else {
            continue;
        };
        let paused = row.gepauzeerd;
        let group = group(index, product.as_ref(), row)?;
        if paused {
            claimed.paused.extend(group.members);
        } else {
            claimed.groups.push(group);
        }
    }
    Ok(claimed)
}

fn group(index: usize, product: &dyn Product, row: GeneratieRow) -> Result<Group, ProjectorError> {
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

/// A cursor as the tables keep it.
pub(crate) fn json(cursor: &Cursor) -> Result<Value, sqlx::Error> {
    serde_json::to_value(cursor).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// Moves the checkpoints, if all still stand where this leader left them and under its epoch. When
/// it says no the caller must roll back: another leads, or a commit without an answer succeeded.
pub(crate) async fn advance(
    conn: &mut PgConnection,
    members: &[Member],
    step: &Advance<'_>,
) -> Result<bool, sqlx::Error> {
    let keys = Keys::of(members);
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
        json(step.previous)?,
        json(step.next)?,
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
