//! The logbook: whose data were processed (Logboek Dataverwerkingen) and what was done by whom (audit).
//!
//! The two logs are joined by trace and span, and neither holds content. In the first stands a
//! pseudonym of the betrokkene and never who asked; in the second who asked. Lines are linked in hash
//! chains under a key that the database does not have, so that [`verify()`] finds what was changed.
//!
//! [`Laag`] goes around an interface: what it answers leaves when its lines are kept. Inside, whoever
//! makes something of a partij that is shown says so with [`show`]. A transaction that writes events
//! writes its own lines with [`record`].

mod activities;
mod chain;
mod inzage;
mod keys;
mod layer;
mod lines;
mod read;
mod request;
mod store;
mod trace;
mod verify;
mod writer;

pub use activities::Activiteiten;
pub use inzage::{Ontvanger, aantal, ontvangers, verwerkingen};
pub use keys::{Pseudoniem, SleutelError, Sleutels};
pub use layer::{Laag, logged};
pub use lines::{Kanaal, Resultaat};
pub use read::{Verwerkingsregel, of_betrokkene};
pub use request::{Herkomst, Wie, action, asks, document, fault, process, record, recorded, show};
pub use trace::Spoor;
pub use verify::{Bevinding, ControleError, Oordeel, verify};
pub use writer::{Logboek, LogboekError, LogboekSettings, Modus};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection as _, PgConnection, PgPool};

/// The tables of the logbook.
#[must_use]
pub fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("../migrations/logboek");
    // Each crate keeps its own list: the numbers of their migrations overlap.
    migrator.create_schema("logboek");
    migrator.dangerous_set_table_name(MIGRATIONS);
    migrator
}

/// Where it is kept which of them were applied.
const MIGRATIONS: &str = "logboek.migraties";

/// Brings the tables up to date.
///
/// # Errors
/// When the database refuses.
pub async fn migrate(pool: &PgPool) -> Result<(), MigrateError> {
    // A session of its own: the migrator's lock stays behind when it fails, and goes with the session.
    let mut session = PgConnection::connect_with(&pool.connect_options()).await?;
    migrator().run(&mut session).await?;
    Ok(session.close().await?)
}

/// The last migration that was applied to a database.
///
/// # Errors
/// When the database does not answer, or has no logbook.
pub async fn applied(pool: &PgPool) -> sqlx::Result<i64> {
    let sql = "SELECT COALESCE(max(version), 0) FROM logboek.migraties WHERE success";
    sqlx::query_scalar(sql).fetch_one(pool).await
}
