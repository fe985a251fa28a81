//! What is kept of each partition of Kafka's topic, for whoever follows the log, or looks.

use sqlx::{PgConnection, PgPool};

use crate::error::ProjectorError;
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
#[cfg_attr(not(feature = "kafka"), expect(dead_code, reason = "who follows the log is alone"))]
pub(crate) async fn alone(conn: &mut PgConnection, schema: &Schema) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1, hashtext($2))", WRITING, schema.as_str())
        .execute(conn)
        .await?;
    Ok(())
}
