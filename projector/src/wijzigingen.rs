//! That something changed, for whoever waits for it: rows of a small table, in the transaction of what
//! changed. They say which klant or actor it concerns, never what it was.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use sqlx::{PgConnection, PgPool};
use tokio::time::sleep;
use uuid::Uuid;

use crate::product::Schema;

/// Most keys that one batch names; of more it says that everything may have changed.
const IDS_MAX: usize = 100;
/// How long a row stays at least: many times what a reader may be behind (`graphql` looks at everything
/// again when it has not read for half of it).
const KEPT: Duration = Duration::from_secs(600);
/// How often old rows are removed.
const ROUND: Duration = Duration::from_secs(60);

/// What a product tells about: the column, of one of its tables, with the keys that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tells {
    /// The table, unqualified.
    pub table: &'static str,
    /// Its column, a `uuid` or `uuid[]`.
    pub column: &'static str,
}

/// Says in the transaction of `conn` that what these keys name changed in a generation.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn tell(
    conn: &mut PgConnection,
    product: &str,
    schema: &Schema,
    ids: &BTreeSet<Uuid>,
) -> Result<(), sqlx::Error> {
    if ids.is_empty() {
        return Ok(());
    }
    if ids.len() > IDS_MAX {
        return tell_all(conn, product, schema).await;
    }
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    sqlx::query!(
        "INSERT INTO projector.wijzigingen (product, schema, id) SELECT $1, $2, unnest($3::uuid[])",
        product,
        schema.as_str(),
        &ids,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Says that everything may have changed in a generation.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn tell_all(
    conn: &mut PgConnection,
    product: &str,
    schema: &Schema,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO projector.wijzigingen (product, schema) VALUES ($1, $2)",
        product,
        schema.as_str(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes old rows now and then, for ever. Several may: none waits for another.
pub(crate) async fn keep_few(pool: &PgPool) -> Infallible {
    loop {
        sleep(ROUND).await;
        if let Err(error) = remove_old(pool).await {
            tracing::warn!(fout = %error, "old changes were not removed");
        }
    }
}

async fn remove_old(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM projector.wijzigingen WHERE nr IN (
             SELECT nr FROM projector.wijzigingen
             WHERE op < clock_timestamp() - make_interval(secs => $1) FOR UPDATE SKIP LOCKED)",
        KEPT.as_secs_f64(),
    )
    .execute(pool)
    .await?;
    Ok(())
}
