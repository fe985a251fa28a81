//! The numbers that people read aloud: drawn by the service, unique, never a key.

use crate::fout::{Doing, HandelingError};
use crate::uitvoering::Uitvoering;

/// A new number for a partij.
pub(super) async fn partij(uitvoering: &mut Uitvoering<'_>) -> Result<String, HandelingError> {
    sqlx::query_scalar!(r#"SELECT nextval('write_side.partij_nummer')::text AS "nummer!""#)
        .fetch_one(uitvoering.conn())
        .await
        .doing("drawing a number")
}

/// A new number for a klantcontact.
pub(super) async fn klantcontact(
    uitvoering: &mut Uitvoering<'_>,
) -> Result<String, HandelingError> {
    sqlx::query_scalar!(r#"SELECT nextval('write_side.klantcontact_nummer')::text AS "nummer!""#)
        .fetch_one(uitvoering.conn())
        .await
        .doing("drawing a number")
}

/// A new number for an interne taak.
pub(super) async fn interne_taak(
    uitvoering: &mut Uitvoering<'_>,
) -> Result<String, HandelingError> {
    sqlx::query_scalar!(r#"SELECT nextval('write_side.interne_taak_nummer')::text AS "nummer!""#)
        .fetch_one(uitvoering.conn())
        .await
        .doing("drawing a number")
}
