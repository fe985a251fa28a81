//! What is kept of each partition of Kafka's topic, for whoever follows the log, or looks.

use std::collections::BTreeMap;

use sqlx::{PgConnection, PgPool};

use log_source::Cursor;

use crate::checkpoints;
use crate::error::ProjectorError;
use crate::groups::Member;
use crate::product::{Product, Schema};

/// First half of the key under which a generation is written: "proj" in ASCII. Keys in halves are
/// apart from whole ones.
const WRITING: i32 = 0x7072_6f6a;

/// How far a generation is in one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitieStatus {
    /// The product.
    pub product: String,
    /// The generation.
    pub generatie: i32,
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partitie: i32,
    /// Offset of the first message that is not in the generation.
    pub volgende: i64,
    /// Where the partition ended when it was last looked at.
    pub einde: i64,
    /// Who had it last; `None` = nobody yet.
    pub eigenaar: Option<String>,
}

/// How far each active generation that follows Kafka is, partition by partition.
///
/// # Errors
/// When the database does not answer, or has not been migrated.
pub async fn partities(pool: &PgPool) -> Result<Vec<PartitieStatus>, ProjectorError> {
    sqlx::query_as!(
        PartitieStatus,
        "SELECT p.product, p.generatie, p.topic, p.partitie, p.volgende, p.einde, p.eigenaar
         FROM projector.partities p JOIN projector.generaties g USING (product, generatie)
         WHERE g.actief ORDER BY 1, 2, 3, 4"
    )
    .fetch_all(pool)
    .await
    .map_err(ProjectorError::database("reading how far the partitions are"))
}

/// Offsets of the first messages that are not in a generation, by topic and partition.
pub(crate) type Places = BTreeMap<(String, i32), i64>;

/// Where the generations of a product are in Kafka; those that follow the log are not there.
pub(crate) async fn places(
    conn: &mut PgConnection,
    product: &str,
) -> Result<BTreeMap<i32, Places>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT generatie, topic, partitie, volgende FROM projector.partities WHERE product = $1",
        product,
    )
    .fetch_all(conn)
    .await?;
    let mut places: BTreeMap<i32, Places> = BTreeMap::new();
    for row in rows {
        let of = places.entry(row.generatie).or_default();
        of.insert((row.topic, row.partitie), row.volgende);
    }
    Ok(places)
}

/// Takes a generation away from those who follow Kafka. Nobody of them can commit to it any more once
/// this is committed; one that was about to has by then.
pub(crate) async fn leave(
    conn: &mut PgConnection,
    (product, generatie): (&str, i32),
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM projector.partities WHERE product = $1 AND generatie = $2",
        product,
        generatie,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets a generation follow Kafka from these places on, if it still stands at this cursor and is still
/// written to by this member. All messages before the places must be in it.
pub(crate) async fn enter(
    conn: &mut PgConnection,
    (member, cursor): (&Member, &Cursor),
    places: &Places,
) -> Result<(), sqlx::Error> {
    let at = checkpoints::json(cursor)?;
    sqlx::query!(
        "INSERT INTO projector.partities (product, generatie, topic, partitie, volgende, einde,
             cursor, bijgewerkt_tot)
         SELECT c.product, c.generatie, place.topic, place.partitie, place.volgende,
                place.volgende, c.cursor, c.bijgewerkt_tot
         FROM projector.checkpoints c
         CROSS JOIN unnest($5::text[], $6::int[], $7::bigint[])
              AS place(topic, partitie, volgende)
         WHERE c.product = $1 AND c.generatie = $2 AND c.epoch = $3 AND c.cursor = $4",
        member.naam,
        member.generatie,
        member.epoch,
        at,
        &places.keys().map(|(topic, _)| topic.clone()).collect::<Vec<_>>(),
        &places.keys().map(|(_, partitie)| *partitie).collect::<Vec<_>>(),
        &places.values().copied().collect::<Vec<_>>(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets how far these products are in Kafka: they follow the log from here on. Whoever wants to
/// follow Kafka again begins with a hand-over.
pub(crate) async fn forget(
    conn: &mut PgConnection,
    products: &[Box<dyn Product>],
) -> Result<(), ProjectorError> {
    let names: Vec<String> = products.iter().map(|product| product.name().to_owned()).collect();
    sqlx::query!("DELETE FROM projector.partities WHERE product = ANY($1)", &names)
        .execute(conn)
        .await
        .map_err(ProjectorError::database("forgetting how far the products are in Kafka"))?;
    Ok(())
}

/// Waits until nobody else writes to this generation, and keeps others from it until the transaction
/// ends. Statements after this one see all that whoever wrote before has committed.
pub(crate) async fn alone(conn: &mut PgConnection, schema: &Schema) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1, hashtext($2))", WRITING, schema.as_str())
        .execute(conn)
        .await?;
    Ok(())
}
