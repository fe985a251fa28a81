//! `klantbeeld migrate`.

use crate::cli::MigrateArgs;
use crate::database::{Database, Need};
use crate::migrations;

use super::{CommandError, print};

/// Brings the database up to date.
pub(super) async fn run(args: MigrateArgs) -> Result<(), CommandError> {
    let database = Database::open(&args.database, Need::Migrate).await?;
    let products = projector::products::all(&projector::products::Inrichting::default());
    let migrated = match args.logboek.pool()? {
        Some(pool) => migrations::migrate_logboek(&pool).await,
        None => Ok(()),
    };
    let migrated = match migrated {
        Ok(()) => migrations::migrate(&database.pool, &products).await,
        failed => failed,
    };
    let closed = database.close().await;
    migrated?;
    closed?;
    print("The database is up to date.")
}
