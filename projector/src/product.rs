//! The contract of a product: how it names and versions itself, and how it folds a batch.

use std::fmt;

use async_trait::async_trait;
use events::{Envelope, ObjectRef};
use log_source::SourceError;
use sqlx::PgConnection;

use crate::products::derived::Derived;

/// Longest name of a product, in bytes: with `_g` and ten digits it stays below PostgreSQL's 63.
const MAX_NAME: usize = 50;

/// An information product: a fold of events into tables of its own.
#[async_trait]
pub trait Product: Send + Sync {
    /// Its durable name, with which the names of its schemas begin: `klantbeeld`. Lower case letters,
    /// digits and `_`, beginning with a letter, at most 50 bytes.
    fn name(&self) -> &'static str;

    /// The version of the fold. Raise it when rows would come out different than before.
    fn version(&self) -> i32;

    /// The DDL of its tables and indexes, with unqualified names that no other product uses.
    fn ddl(&self) -> &'static str;

    /// What the product derives its rows from, if it works in two stages; only such a product can be
    /// rebuilt.
    fn derived(&self) -> Option<&dyn Derived> {
        None
    }

    /// Folds a batch into the tables of `schema`, inside the transaction that `conn` is in; that
    /// transaction also moves the cursor. The batch is in the order of positions, never empty, and
    /// events of one object are in the order of their versions. It must not commit or roll back.
    ///
    /// # Errors
    /// The transaction is rolled back and the cursor does not move; no event is ever skipped.
    ///
    /// - **Transient** ([`ProjectError::is_transient`]: the connection, serialisation failures 40001
    ///   and 40P01, a server that shuts down or starts 57P0x, too few resources 53xxx, …): the batch
    ///   is tried again, with a growing pause. Give these as [`ProjectError::Database`].
    /// - **Anything else**: the projector stops and names the product and the event. Give what
    ///   belongs to one event as [`ProjectError::Event`]: parking that event's object instead of
    ///   stopping hooks in there.
    async fn project(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
        batch: &[Envelope],
    ) -> Result<(), ProjectError>;
}

/// Why a product could not fold a batch.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The database refused a statement, or was away.
    #[error("the database did not carry out the statement")]
    Database(#[from] sqlx::Error),
    /// The log could not be read.
    #[error("the events of objects could not be read")]
    Log(#[from] SourceError),
    /// One event cannot be folded.
    #[error("{gebeurtenis} at positie {positie}, version {versie} of {object:?}, cannot be folded")]
    Event {
        /// Place in the log.
        positie: i64,
        /// The object to which it happened.
        object: ObjectRef,
        /// Number of the event within the object.
        versie: i64,
        /// Event type.
        gebeurtenis: &'static str,
        /// What is wrong; never with data of the event.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ProjectError {
    /// This event cannot be folded, because of `source`.
    pub fn event(
        event: &Envelope,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Event {
            positie: event.positie,
            object: event.object,
            versie: event.versie,
            gebeurtenis: event.gebeurtenis.soort(),
            source: source.into(),
        }
    }

    /// Whether the same batch may succeed when it is tried again.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(source) => log_source::is_transient(source),
            Self::Log(source) => source.is_transient(),
            Self::Event { .. } => false,
        }
    }
}

/// The schema that holds one generation of a product's tables: `klantbeeld_g1`. Only made from a
/// checked name and a number, so it may stand in SQL text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Schema(String);

/// A name that a product may not have.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{naam:?} generation {generatie} names no schema: a product's name is at most {MAX_NAME} lower \
     case letters, digits and _, beginning with a letter, and generations count from 1"
)]
pub struct InvalidName {
    /// The name.
    pub naam: String,
    /// The generation.
    pub generatie: i32,
}

impl Schema {
    /// The schema of a generation of the product with this name.
    ///
    /// # Errors
    /// When the name or the number is not allowed.
    pub fn new(product: &'static str, generatie: i32) -> Result<Self, InvalidName> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let begins = product.starts_with(|c: char| c.is_ascii_lowercase());
        if begins && product.len() <= MAX_NAME && product.chars().all(plain) && generatie > 0 {
            Ok(Self(format!("{product}_g{generatie}")))
        } else {
            Err(InvalidName { naam: product.to_owned(), generatie })
        }
    }

    /// The temporary tables of a session.
    pub(crate) fn temporary() -> Self {
        Self("pg_temp".to_owned())
    }

    /// The qualified name of a table in it, for SQL text: `klantbeeld_g1.klanten`.
    #[must_use]
    pub fn table(&self, name: &'static str) -> String {
        format!("{}.{name}", self.0)
    }

    /// The bare name: `klantbeeld_g1`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_qualifies_its_tables() {
        let schema = Schema::new("zaak_contacthistorie", 12).expect("a schema");
        assert_eq!(schema.table("zaak_contacten"), "zaak_contacthistorie_g12.zaak_contacten");
    }

    #[test]
    fn names_that_could_mean_something_else_in_sql_are_refused() {
        for name in ["", "Klant", "1e", "_x", "a b", "a;b", "a\"b", "a.b", "é"] {
            assert!(Schema::new(name, 1).is_err(), "{name:?}");
        }
        assert!(Schema::new("klantbeeld", 0).is_err());
    }
}
