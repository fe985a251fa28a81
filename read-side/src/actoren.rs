//! Actoren: the names of who works for the gemeente, shared by all products.

use uuid::Uuid;

use crate::reader::Reader;

/// An actor as other products show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorRow {
    /// Key of the actor.
    pub actor_id: Uuid,
    /// `medewerker`, `organisatorische_eenheid` or `geautomatiseerde_actor`.
    pub soort: String,
    /// Name.
    pub naam: String,
}

/// These actoren, in no order; unknown keys are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn by_ids(reader: &Reader, ids: &[Uuid]) -> sqlx::Result<Vec<ActorRow>> {
    sqlx::query_as!(
        ActorRow,
        r#"SELECT actor_id AS "actor_id!", soort AS "soort!", naam AS "naam!"
           FROM read_side.actoren WHERE actor_id = ANY($1)"#,
        ids,
    )
    .fetch_all(&mut *reader.begin().await?)
    .await
}
