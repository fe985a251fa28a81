//! Who reads: a process that answers questions says with which versions of the products it can, so
//! that nobody lets it see a generation of another version.
//!
//! It says so by a session that holds a shared advisory lock for each product and version. That
//! goes with the process, however that ends, and asks for no right to write.

use std::fmt;

use sqlx::{Connection, PgConnection, PgPool};
use tokio::sync::watch;

use crate::checkpoints;
use crate::error::ProjectorError;
use crate::generations;
use crate::leader::{lost, open};
use crate::product::Product;
use crate::run::{Doubling, is_stopped, wait, warn_of};

/// First key of the locks of who reads: "lees" in ASCII.
const READING: i32 = 0x6c65_6573;
/// Bits of the second key that hold the version; those above hold the product.
const VERSION_BITS: u32 = 16;

/// A process that reads a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reader {
    /// The name of its session, as far as one may see that.
    pub(crate) naam: String,
    /// The version that it has.
    pub(crate) versie: i32,
}

/// A product in 16 bits (FNV-1a, folded).
fn code(product: &str) -> u16 {
    let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let hash = product.bytes().fold(0x811c_9dc5, mix);
    let [a, b, c, d] = hash.to_be_bytes();
    u16::from_be_bytes([a ^ c, b ^ d])
}

/// The second key of a lock.
fn key(product: &dyn Product) -> i32 {
    let versie = u16::try_from(product.version()).unwrap_or(u16::MAX);
    let key = (u32::from(code(product.name())) << VERSION_BITS) | u32::from(versie);
    i32::from_be_bytes(key.to_be_bytes())
}

/// Tells with which versions of products this process answers.
pub struct Announcer {
    pool: PgPool,
    products: Vec<Box<dyn Product>>,
}

impl fmt::Debug for Announcer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.products.iter().map(|product| product.name()).collect();
        f.debug_struct("Announcer").field("products", &names).finish_non_exhaustive()
    }
}

impl Announcer {
    /// Of these products, on a session beside the pool.
    #[must_use]
    pub fn new(pool: PgPool, products: Vec<Box<dyn Product>>) -> Self {
        Self { pool, products }
    }

    /// Tells so until `stop`; again when its session is lost.
    ///
    /// # Errors
    /// When what is served is of another version: who goes on would answer from rows that it does
    /// not know.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) -> Result<(), ProjectorError> {
        let mut pause = Doubling::after_errors();
        while !is_stopped(&stop) {
            match hold(&self.pool, &self.products).await {
                Ok(mut session) => {
                    pause.reset();
                    tokio::select! {
                        reason = lost(&mut session) => {
                            tracing::warn!(fout = reason, "the session that tells what is read ended");
                        }
                        _ = stop.changed() => {}
                    }
                }
                Err(error) if error.is_transient() => {
                    let next = pause.next();
                    warn_of(&error, next);
                    wait(next, &mut stop).await;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Takes the locks, and then looks whether what is served is of these versions: whoever switches
/// holds the lock on the list of generations, and either sees these or is seen here.
async fn hold(
    pool: &PgPool,
    products: &[Box<dyn Product>],
) -> Result<PgConnection, ProjectorError> {
    let failed = ProjectorError::database("telling what is read");
    let mut session = open(pool).await?;
    let mut tx = session.begin().await.map_err(&failed)?;
    generations::lock(&mut tx).await.map_err(&failed)?;
    for product in products {
        sqlx::query!(
            "SELECT pg_advisory_lock_shared($1::int, $2::int)",
            READING,
            key(product.as_ref())
        )
        .execute(&mut *tx)
        .await
        .map_err(&failed)?;
    }
    tx.commit().await.map_err(&failed)?;
    checkpoints::check(pool, products).await?;
    Ok(session)
}

/// Who reads a product now.
pub(crate) async fn of(conn: &mut PgConnection, product: &str) -> Result<Vec<Reader>, sqlx::Error> {
    sqlx::query_as!(
        Reader,
        r#"SELECT COALESCE(a.application_name, 'a process that answers') AS "naam!",
                  (l.objid::bigint & 65535)::int AS "versie!"
           FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
           WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
             AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
             AND l.classid::bigint = $1 AND l.objid::bigint >> 16 = $2
           ORDER BY 1, 2"#,
        i64::from(READING),
        i64::from(code(product)),
    )
    .fetch_all(conn)
    .await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_product_has_a_code_of_its_own() {
        let products = crate::products::all(&crate::products::Inrichting::default());
        let codes: BTreeSet<u16> = products.iter().map(|product| code(product.name())).collect();
        assert_eq!(codes.len(), products.len());
    }
}
