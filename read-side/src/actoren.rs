//! Actoren: the names of who works for the gemeente, shared by all products; and which actoren are
//! one human, or one team.

use uuid::Uuid;

use crate::reader::Reader;

/// An actor as other products show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorRow {
    /// Key of the actor.
    pub actor_id: Uuid,
    /// Key of the actor that leads those that are the same.
    pub hoofd: Uuid,
    /// `medewerker`, `organisatorische_eenheid` or `geautomatiseerde_actor`.
    pub soort: String,
    /// Name of the one that leads.
    pub naam: String,
}

/// These actoren, in no order; unknown keys are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn by_ids(reader: &Reader, ids: &[Uuid]) -> sqlx::Result<Vec<ActorRow>> {
    sqlx::query_as!(
        ActorRow,
        r#"SELECT actor.actor_id AS "actor_id!", hoofd.actor_id AS "hoofd!",
                  hoofd.soort AS "soort!", hoofd.naam AS "naam!"
           FROM read_side.actoren actor JOIN read_side.actoren hoofd ON hoofd.actor_id = actor.hoofd
           WHERE actor.actor_id = ANY($1)"#,
        ids,
    )
    .fetch_all(reader)
    .await
}

/// These actoren and all that are the same as one of them, in no order; unknown keys are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn zelfde(reader: &Reader, ids: &[Uuid]) -> sqlx::Result<Vec<ActorRow>> {
    sqlx::query_as!(
        ActorRow,
        r#"SELECT actor.actor_id AS "actor_id!", hoofd.actor_id AS "hoofd!",
                  hoofd.soort AS "soort!", hoofd.naam AS "naam!"
           FROM read_side.actoren actor JOIN read_side.actoren hoofd ON hoofd.actor_id = actor.hoofd
           WHERE actor.hoofd IN (SELECT hoofd FROM read_side.actoren WHERE actor_id = ANY($1))"#,
        ids,
    )
    .fetch_all(reader)
    .await
}
