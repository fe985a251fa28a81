//! How far each generation is in each partition, whose word counts, and who has which partition.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use log_source::Cursor;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

use super::follower::Place;
use crate::checkpoints::{self, json};
use crate::error::ProjectorError;
use crate::groups::Member;
use crate::leader::Leider;
use crate::product::Product;
use crate::tail::{BEGIN, end};

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

fn cursor(value: Value) -> Result<Cursor, sqlx::Error> {
    serde_json::from_value(value).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// The generations that follow Kafka, under the epochs that they have; those that readers do not see
/// first: so one that may be switched to is never behind the one that is served. `None` when one that
/// readers see should, and has no place in some of the partitions.
pub(super) async fn members(
    pool: &PgPool,
    products: &[Box<dyn Product>],
    (topic, partities): (&str, &[i32]),
) -> Result<Option<Vec<Member>>, ProjectorError> {
    let known = checkpoints::known(pool, products).await?;
    let rows = sqlx::query!(
        r#"SELECT g.product, g.generatie, g.actief, count(p.partitie) AS "places!"
           FROM projector.generaties g LEFT JOIN projector.partities p
               ON p.product = g.product AND p.generatie = g.generatie
               AND p.topic = $1 AND p.partitie = ANY($2)
           WHERE NOT g.gepauzeerd GROUP BY 1, 2, 3"#,
        topic,
        partities,
    )
    .fetch_all(pool)
    .await
    .map_err(ProjectorError::database("reading how far the products are in Kafka"))?;
    let mine = |product: &str| products.iter().any(|one| one.name() == product);
    let (whole, lacking): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| usize::try_from(row.places) == Ok(partities.len()));
    if lacking.iter().any(|row| row.actief && mine(&row.product)) {
        return Ok(None);
    }
    let follows = |member: &Member| {
        whole.iter().any(|row| row.product == member.naam && row.generatie == member.generatie)
    };
    Ok(Some(known.groups.into_iter().flat_map(|group| group.members).filter(follows).collect()))
}

/// The partitions of a process: all are dealt out, in turn, to those who follow the topic and give a
/// sign of life. None when it is not among them.
pub(super) fn share(leiders: &[Leider], (topic, pid): (&str, i32), partities: &[i32]) -> Vec<i32> {
    let follows = |leider: &&Leider| leider.topic.as_deref() == Some(topic) && !leider.hangt;
    let followers: Vec<i32> = leiders.iter().filter(follows).map(|leider| leider.pid).collect();
    let Some(turn) = followers.iter().position(|other| *other == pid) else { return Vec::new() };
    partities.iter().copied().skip(turn).step_by(followers.len()).collect()
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
    let mut tx = transactions::begin(pool, BEGIN).await.map_err(&failed)?;
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
    let mut tx = transactions::begin(pool, BEGIN).await.map_err(&failed)?;
    let ours = mark(&mut tx, (member, topic), beats).await.map_err(&failed)?
        && refresh(&mut tx, member, topic, 0).await.map_err(&failed)?;
    if ours {
        move_cursor(&mut tx, member, topic).await.map_err(&failed)?;
    }
    end(tx, ours).await.map_err(failed)?;
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

    fn leider(pid: i32, topic: Option<&str>, hangt: bool) -> Leider {
        Leider {
            pid,
            naam: format!("klantbeeld {pid}"),
            sinds: DateTime::default(),
            versies: BTreeMap::new(),
            topic: topic.map(str::to_owned),
            hangt,
        }
    }

    #[test]
    fn partitions_are_dealt_out_to_those_who_live_and_follow_the_topic() {
        let leiders = [
            leider(4, Some("t"), false),
            leider(5, Some("ander"), false),
            leider(6, Some("t"), true),
            leider(7, None, false),
            leider(3, Some("t"), false),
        ];
        let share = |pid| share(&leiders, ("t", pid), &[0, 1, 2, 3, 4]);
        assert_eq!((share(4), share(3)), (vec![0, 2, 4], vec![1, 3]));
        for other in [5, 6, 7, 8] {
            assert_eq!(share(other), [0; 0]);
        }
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
