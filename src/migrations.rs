//! The tables of both sides in one database: bringing them up to date, and telling whether they are.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use clock::Clock;
use projector::{Product, ProjectorError};
use sqlx::PgPool;

/// What PostgreSQL says of a table that does not exist.
const UNDEFINED_TABLE: &str = "42P01";

/// Why the tables are not, or cannot be made, as this program needs them.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// Something is still to be done.
    #[error("the database is not migrated ({what}); run `klantbeeld migrate`")]
    Needed {
        /// What is missing.
        what: String,
    },
    /// A newer program was here.
    #[error(
        "the database was migrated by a newer klantbeeld (migration {version}); use that version"
    )]
    Newer {
        /// The migration that this program does not know.
        version: i64,
    },
    /// A migration was changed after it had been applied.
    #[error(
        "migration {version} of the write side is not the one that was applied to this database; \
         use the klantbeeld that migrated it"
    )]
    Changed {
        /// The migration.
        version: i64,
    },
    /// A product must be rebuilt.
    #[error(
        "product {product} was folded by version {in_table}, and this klantbeeld has version \
         {in_code}; run `klantbeeld rebuild {product}`, or use the klantbeeld that folded it"
    )]
    OtherVersion {
        /// The product.
        product: String,
        /// Version in the program.
        in_code: i32,
        /// Version in the database.
        in_table: i32,
    },
    /// The database did not answer.
    #[error("the database could not be asked whether it is migrated; check that it runs")]
    Database(#[source] sqlx::Error),
    /// The migrations of the write side failed.
    #[error("migrating the write side failed; the cause below says what to mend, then try again")]
    WriteSide(#[source] sqlx::migrate::MigrateError),
    /// The migrations of trusted documents failed.
    #[error("migrating the documents failed; the cause below says what to mend, then try again")]
    Documents(#[source] sqlx::migrate::MigrateError),
    /// The migrations of the logbook failed.
    #[error("migrating the logbook failed; the cause below says what to mend, then try again")]
    Logboek(#[source] sqlx::migrate::MigrateError),
    /// The migrations of the projector failed.
    #[error("migrating the read side failed; the cause below says what to mend, then try again")]
    ReadSide(#[source] ProjectorError),
}

/// Brings the tables of both sides up to date. May run any number of times, and in several
/// processes at once.
///
/// # Errors
/// When the database refuses; trying again goes on where it stopped.
pub async fn migrate(pool: &PgPool, products: &[Box<dyn Product>]) -> Result<(), MigrationError> {
    write_side::MIGRATOR.run(pool).await.map_err(MigrationError::WriteSide)?;
    migrate_logboek(pool).await?;
    projector::migrate(pool, products).await.map_err(MigrationError::ReadSide)?;
    graphql::documents::migrate(pool).await.map_err(MigrationError::Documents)
}

/// Brings the tables of the logbook up to date.
///
/// # Errors
/// When the database refuses.
pub async fn migrate_logboek(pool: &PgPool) -> Result<(), MigrationError> {
    logboek::migrate(pool).await.map_err(MigrationError::Logboek)
}

/// Tells whether the tables of the logbook are as this program needs them.
///
/// # Errors
/// When they are not.
pub async fn check_logboek(pool: &PgPool) -> Result<(), MigrationError> {
    let last = logboek::migrator().iter().map(|migration| migration.version).max();
    let applied = match logboek::applied(pool).await {
        Ok(version) => version,
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(UNDEFINED_TABLE) => 0,
        Err(error) => return Err(MigrationError::Database(error)),
    };
    match applied.cmp(&last.unwrap_or_default()) {
        Ordering::Less => Err(MigrationError::Needed {
            what: "the logbook has no tables, or old ones".to_owned(),
        }),
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(MigrationError::Newer { version: applied }),
    }
}

/// Tells whether the tables are as this program needs them.
///
/// # Errors
/// When they are not: the error says what to do.
pub async fn check(
    pool: &PgPool,
    products: &[Box<dyn Product>],
    clock: &dyn Clock,
) -> Result<(), MigrationError> {
    check_write_side(pool).await?;
    if !graphql::documents::is_migrated(pool).await.map_err(MigrationError::Database)? {
        let what = "the documents have no tables".to_owned();
        return Err(MigrationError::Needed { what });
    }
    check_logboek(pool).await?;
    let status = projector::status(pool, products, clock).await.map_err(|error| {
        tracing::debug!(%error, "the status of the products cannot be read");
        MigrationError::Needed { what: "the read side has no tables".to_owned() }
    })?;
    for product in status.iter().filter(|product| product.actief || product.generatie.is_none()) {
        match (product.versie_in_code, product.versie_in_tabel) {
            (Some(_), None) => {
                let what = format!("product {} has no tables", product.product);
                return Err(MigrationError::Needed { what });
            }
            (Some(in_code), Some(in_table)) if in_code != in_table => {
                let product = product.product.clone();
                return Err(MigrationError::OtherVersion { product, in_code, in_table });
            }
            (Some(_) | None, Some(_)) | (None, None) => {}
        }
    }
    Ok(())
}

async fn check_write_side(pool: &PgPool) -> Result<(), MigrationError> {
    let applied = sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations WHERE success")
        .fetch_all(pool)
        .await;
    let mut applied: BTreeMap<i64, Vec<u8>> = match applied {
        Ok(rows) => rows.into_iter().collect(),
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(UNDEFINED_TABLE) => {
            BTreeMap::new()
        }
        Err(error) => return Err(MigrationError::Database(error)),
    };
    for migration in write_side::MIGRATOR.iter() {
        match applied.remove(&migration.version) {
            Some(checksum) if *checksum == *migration.checksum => {}
            Some(_) => return Err(MigrationError::Changed { version: migration.version }),
            None => {
                let what = format!("migration {} is missing", migration.version);
                return Err(MigrationError::Needed { what });
            }
        }
    }
    match applied.last_key_value() {
        Some((version, _)) => Err(MigrationError::Newer { version: *version }),
        None => Ok(()),
    }
}
