//! How far each generation is in each partition, and whose word counts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use log_source::Cursor;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

use super::follower::Place;
use super::reader::Extent;
use crate::error::ProjectorError;
use crate::groups::{Group, Member};
use crate::product::{Product, Schema};

/// The products and the topic that belong together.
pub(super) struct Names {
    products: Vec<String>,
    topic: String,
}

impl Names {
    pub(super) fn new(products: &[Box<dyn Product>], topic: &str) -> Self {
        let products = products.iter().map(|product| product.name().to_owned()).collect();
        Self { products, topic: topic.to_owned() }
    }
}

/// What one batch does to a partition of a product.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) partitie: i32,
    pub(super) epoch: i64,
    pub(super) van: i64,
    pub(super) tot: i64,
    /// All of this partition's objects that was recorded before is in it.
    pub(super) tijdstip: DateTime<Utc>,
}

/// How up to date a product is in a partition.
#[derive(Debug)]
pub(super) struct Beat {
    pub(super) partitie: i32,
    pub(super) einde: i64,
    pub(super) epoch: i64,
    pub(super) cursor: Cursor,
    pub(super) until: Option<DateTime<Utc>>,
}

fn json(cursor: &Cursor) -> Result<Value, sqlx::Error> {
    serde_json::to_value(cursor).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn cursor(value: Value) -> Result<Cursor, sqlx::Error> {
    serde_json::from_value(value).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Whether every active generation has a place in every partition.
pub(super) async fn is_complete(
    pool: &PgPool,
    names: &Names,
    partities: &[i32],
) -> Result<bool, ProjectorError> {
    let found = sqlx::query_scalar!(
        r#"SELECT count(*) AS "found!" FROM projector.partities p
           JOIN projector.generaties g USING (product, generatie)
           WHERE g.actief AND p.product = ANY($1) AND p.topic = $2 AND p.partitie = ANY($3)"#,
        &names.products,
        names.topic,
        partities,
    )
    .fetch_one(pool)
    .await
    .map_err(ProjectorError::database("reading how far the products are in Kafka"))?;
    Ok(usize::try_from(found) == Ok(names.products.len() * partities.len()))
}

/// Makes whoever follows Kafka for these products let go. Who follows the log keeps the lead.
pub(super) async fn let_go(pool: &PgPool, names: &Names) -> Result<(), ProjectorError> {
    sqlx::query!(
        "UPDATE projector.checkpoints c SET epoch = c.epoch + 1 FROM projector.generaties g
         WHERE g.product = c.product AND g.generatie = c.generatie AND g.actief
           AND c.product = ANY($1)
           AND EXISTS (SELECT FROM projector.partities WHERE product = ANY($1))",
        &names.products,
    )
    .execute(pool)
    .await
    .map_err(ProjectorError::database("raising the epoch of the checkpoints"))?;
    Ok(())
}

/// The last position that the log shows.
pub(super) async fn last_positie(pool: &PgPool) -> Result<i64, ProjectorError> {
    sqlx::query_scalar!(
        r#"SELECT COALESCE(max(positie), 0) AS "positie!" FROM write_side.gebeurtenissen"#
    )
    .fetch_one(pool)
    .await
    .map_err(ProjectorError::database("reading the end of the log"))
}

/// Writes where these generations begin in Kafka, if they are still those of this leader.
pub(super) async fn hand_over(
    pool: &PgPool,
    groups: &[Group],
    topic: &str,
    ends: &[Extent],
) -> Result<(), ProjectorError> {
    let failed = ProjectorError::database("writing where the products begin in Kafka");
    let partities: Vec<i32> = ends.iter().map(|end| end.partitie).collect();
    let offsets: Vec<i64> = ends.iter().map(|end| end.einde).collect();
    let mut tx = log_source::begin(pool, "BEGIN").await.map_err(&failed)?;
    for group in groups {
        let at = json(&group.cursor).map_err(&failed)?;
        for member in &group.members {
            sqlx::query!(
                "INSERT INTO projector.partities AS p (product, generatie, topic, partitie, volgende,
                     einde, cursor, bijgewerkt_tot)
                 SELECT c.product, c.generatie, $3, ends.partitie, ends.einde, ends.einde, $4,
                        c.bijgewerkt_tot
                 FROM projector.checkpoints c
                 CROSS JOIN unnest($5::int[], $6::bigint[]) AS ends(partitie, einde)
                 WHERE c.product = $1 AND c.generatie = $2 AND c.epoch = $7 AND c.cursor = $4
                 ON CONFLICT (product, generatie, topic, partitie) DO UPDATE
                 SET volgende = excluded.volgende, einde = excluded.einde, epoch = p.epoch + 1,
                     eigenaar = NULL, cursor = excluded.cursor,
                     bijgewerkt_tot = excluded.bijgewerkt_tot",
                member.naam,
                member.generatie,
                topic,
                at,
                &partities,
                &offsets,
                member.epoch,
            )
            .execute(&mut *tx)
            .await
            .map_err(&failed)?;
        }
    }
    tx.commit().await.map_err(failed)
}

/// The active generations, with the epochs under which they are written to.
pub(super) async fn members(
    pool: &PgPool,
    products: &[Box<dyn Product>],
) -> Result<Vec<Member>, ProjectorError> {
    let rows = sqlx::query!(
        "SELECT c.product, c.generatie, c.epoch
         FROM projector.checkpoints c JOIN projector.generaties g USING (product, generatie)
         WHERE g.actief"
    )
    .fetch_all(pool)
    .await
    .map_err(ProjectorError::database("reading the epochs of the checkpoints"))?;
    let mut members = Vec::with_capacity(products.len());
    for (index, product) in products.iter().enumerate() {
        let naam = product.name();
        let row = rows.iter().find(|row| row.product == naam);
        let row = row.ok_or(ProjectorError::NoGeneration { product: naam })?;
        let (generatie, epoch) = (row.generatie, row.epoch);
        let schema = Schema::new(naam, generatie)?;
        members.push(Member { product: index, naam, generatie, schema, epoch });
    }
    Ok(members)
}

/// Takes partitions over for every member: raises their epochs. Gives the places by member; `None` when
/// a generation is no longer written to under these epochs, or does not follow Kafka any more.
pub(super) async fn claim(
    pool: &PgPool,
    members: &[Member],
    topic: &str,
    partities: &[i32],
) -> Result<Option<BTreeMap<i32, Vec<Place>>>, ProjectorError> {
    let failed = ProjectorError::database("taking partitions over");
    let mut tx = log_source::begin(pool, "BEGIN").await.map_err(&failed)?;
    let mut places: BTreeMap<i32, Vec<Place>> = BTreeMap::new();
    for member in members {
        let rows = sqlx::query!(
            r#"UPDATE projector.partities p
               SET epoch = p.epoch + 1, eigenaar = current_setting('application_name')
               FROM projector.checkpoints c
               WHERE p.product = $1 AND p.generatie = $2 AND p.topic = $3 AND p.partitie = ANY($4)
                 AND c.product = p.product AND c.generatie = p.generatie AND c.epoch = $5
               RETURNING p.partitie, p.volgende, p.epoch, p.cursor AS "cursor: Value""#,
            member.naam,
            member.generatie,
            topic,
            partities,
            member.epoch,
        )
        .fetch_all(&mut *tx)
        .await
        .map_err(&failed)?;
        if rows.len() != partities.len() {
            tx.rollback().await.map_err(&failed)?;
            return Ok(None);
        }
        for row in rows {
            let cursor = cursor(row.cursor).map_err(&failed)?;
            let place = Place { volgende: row.volgende, epoch: row.epoch, cursor };
            places.entry(row.partitie).or_default().push(place);
        }
    }
    tx.commit().await.map_err(failed)?;
    Ok(Some(places))
}

/// Moves the places of a product, if all still stand where this process left them and it is still the
/// one that has them. When it says no the caller must roll back.
pub(super) async fn advance(
    conn: &mut PgConnection,
    (member, topic): (&Member, &str),
    steps: &[Step],
    gebeurtenissen: usize,
) -> Result<bool, sqlx::Error> {
    let moved = sqlx::query!(
        "UPDATE projector.partities p
         SET volgende = s.tot, einde = GREATEST(p.einde, s.tot),
             bijgewerkt_tot = GREATEST(p.bijgewerkt_tot, s.tijdstip)
         FROM unnest($4::int[], $5::bigint[], $6::bigint[], $7::bigint[], $8::timestamptz[])
              AS s(partitie, epoch, van, tot, tijdstip)
         WHERE p.product = $1 AND p.generatie = $2 AND p.topic = $3 AND p.partitie = s.partitie
           AND p.epoch = s.epoch AND p.volgende = s.van",
        member.naam,
        member.generatie,
        topic,
        &steps.iter().map(|step| step.partitie).collect::<Vec<_>>(),
        &steps.iter().map(|step| step.epoch).collect::<Vec<_>>(),
        &steps.iter().map(|step| step.van).collect::<Vec<_>>(),
        &steps.iter().map(|step| step.tot).collect::<Vec<_>>(),
        &steps.iter().map(|step| step.tijdstip).collect::<Vec<_>>(),
    )
    .execute(&mut *conn)
    .await?;
    if usize::try_from(moved.rows_affected()) != Ok(steps.len()) {
        return Ok(false);
    }
    refresh(conn, member, topic, gebeurtenissen).await
}

/// Counts events of a generation, and tells up to when it is complete: as its last partition is. No
/// when it is written to under another epoch.
async fn refresh(
    conn: &mut PgConnection,
    member: &Member,
    topic: &str,
    gebeurtenissen: usize,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE projector.checkpoints c
         SET gebeurtenissen = c.gebeurtenissen + $5,
             bijgewerkt_tot = GREATEST(c.bijgewerkt_tot, (
                 SELECT min(p.bijgewerkt_tot) FROM projector.partities p
                 WHERE p.product = $1 AND p.generatie = $2 AND p.topic = $3))
         WHERE c.product = $1 AND c.generatie = $2 AND c.epoch = $4",
        member.naam,
        member.generatie,
        topic,
        member.epoch,
        i64::try_from(gebeurtenissen).unwrap_or(i64::MAX),
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes how up to date a product is in these partitions, and with that how far in the log; no when it
/// is another's.
pub(super) async fn beat(
    pool: &PgPool,
    (member, topic): (&Member, &str),
    beats: &[Beat],
) -> Result<bool, ProjectorError> {
    let failed = ProjectorError::database("writing how up to date the products are");
    let mut tx = log_source::begin(pool, "BEGIN").await.map_err(&failed)?;
    let ours = mark(&mut tx, (member, topic), beats).await.map_err(&failed)?
        && refresh(&mut tx, member, topic, 0).await.map_err(&failed)?;
    if ours {
        move_cursor(&mut tx, member, topic).await.map_err(&failed)?;
    }
    let end = if ours { tx.commit().await } else { tx.rollback().await };
    end.map_err(failed)?;
    Ok(ours)
}

async fn mark(
    conn: &mut PgConnection,
    (member, topic): (&Member, &str),
    beats: &[Beat],
) -> Result<bool, sqlx::Error> {
    let cursors = beats.iter().map(|beat| json(&beat.cursor)).collect::<Result<Vec<_>, _>>()?;
    let until: Vec<Option<DateTime<Utc>>> = beats.iter().map(|beat| beat.until).collect();
    let done = sqlx::query!(
        "UPDATE projector.partities p
         SET einde = s.einde, cursor = s.cursor,
             bijgewerkt_tot = GREATEST(p.bijgewerkt_tot, s.until)
         FROM unnest($4::int[], $5::bigint[], $6::bigint[], $7::jsonb[], $8::timestamptz[])
              AS s(partitie, epoch, einde, cursor, until)
         WHERE p.product = $1 AND p.generatie = $2 AND p.topic = $3 AND p.partitie = s.partitie
           AND p.epoch = s.epoch",
        member.naam,
        member.generatie,
        topic,
        &beats.iter().map(|beat| beat.partitie).collect::<Vec<_>>(),
        &beats.iter().map(|beat| beat.epoch).collect::<Vec<_>>(),
        &beats.iter().map(|beat| beat.einde).collect::<Vec<_>>(),
        &cursors,
        &until as &[Option<DateTime<Utc>>],
    )
    .execute(conn)
    .await?;
    Ok(usize::try_from(done.rows_affected()) == Ok(beats.len()))
}

/// The cursor of the checkpoint stays a true place in the log: that of the partition that is furthest
/// behind. So status, and whoever follows the log later, need not know of Kafka. The row is locked by
/// now.
async fn move_cursor(
    conn: &mut PgConnection,
    member: &Member,
    topic: &str,
) -> Result<(), sqlx::Error> {
    let before = sqlx::query_scalar!(
        r#"SELECT cursor AS "cursor: Value" FROM projector.checkpoints
           WHERE product = $1 AND generatie = $2"#,
        member.naam,
        member.generatie,
    )
    .fetch_one(&mut *conn)
    .await?;
    let places = sqlx::query_scalar!(
        r#"SELECT cursor AS "cursor: Value" FROM projector.partities
           WHERE product = $1 AND generatie = $2 AND topic = $3"#,
        member.naam,
        member.generatie,
        topic,
    )
    .fetch_all(&mut *conn)
    .await?;
    let before = cursor(before)?;
    let places = places.into_iter().map(cursor).collect::<Result<Vec<_>, _>>()?;
    let Some(last) = last_of(&places).filter(|last| **last != before && last.covers(&before))
    else {
        return Ok(());
    };
    sqlx::query!(
        "UPDATE projector.checkpoints SET cursor = $3, positie = $4
         WHERE product = $1 AND generatie = $2",
        member.naam,
        member.generatie,
        json(last)?,
        last.horizon(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The place that all others cover; there may be none right after a hand-over.
fn last_of(places: &[Cursor]) -> Option<&Cursor> {
    places.iter().find(|last| places.iter().all(|place| place.covers(last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(low: i64, gaps: &[i64]) -> Cursor {
        let gaps: Vec<Value> = gaps
            .iter()
            .map(|positie| serde_json::json!({ "positie": positie, "houders": [] }))
            .collect();
        serde_json::from_value(serde_json::json!({ "low": low, "gaps": gaps })).expect("a cursor")
    }

    #[test]
    fn the_place_of_a_generation_is_that_of_its_last_partition() {
        let places = [at(9, &[]), at(7, &[5]), at(7, &[])];
        assert_eq!(last_of(&places), Some(&at(7, &[5])));
        // One read by another reader: neither has all that the other has.
        assert_eq!(last_of(&[at(9, &[6]), at(7, &[5])]), None);
        assert_eq!(last_of(&[]), None);
    }
}
