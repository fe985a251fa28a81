//! Which version of an object is in a product: how a reader who has just written knows that its answer
//! will have it.

use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use crate::reader::Reader;

/// An object that a product does not have in the version that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Achterlopend {
    /// Key of the object.
    pub object_id: Uuid,
    /// The version that is wanted.
    pub gewenst: i64,
    /// The version that is there; 0 when the object is not.
    pub aanwezig: i64,
}

/// Those of these objects that a product does not have in this version or a later one. `product` is the
/// name under which the projector keeps it, `soorten` are the kinds of objects that it is made of.
///
/// # Errors
/// When the database does not answer.
pub async fn behind(
    reader: &Reader,
    (product, soorten): (&'static str, &[&'static str]),
    objects: &[(Uuid, i64)],
) -> sqlx::Result<Vec<Achterlopend>> {
    let (ids, versies): (Vec<Uuid>, Vec<i64>) = objects.iter().copied().unzip();
    let sql = format!(
        "SELECT w.object_id, w.versie AS gewenst, COALESCE(b.versie, 0) AS aanwezig
         FROM unnest($1::uuid[], $2::bigint[]) AS w (object_id, versie)
         LEFT JOIN read_side.{product}_bronnen b
             ON b.object_id = w.object_id AND b.objectsoort = ANY($3)
         WHERE COALESCE(b.versie, 0) < w.versie"
    );
    sqlx::query_as(AssertSqlSafe(sql)).bind(ids).bind(versies).bind(soorten).fetch_all(reader).await
}
