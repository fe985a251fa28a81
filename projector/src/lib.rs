//! The projector: follows the event log without missing an event, and folds it into the read tables
//! of the information products.
//!
//! [`log_source`] reads the log gap-safe, [`Product`] is what a product has to say for itself, and
//! [`Projector`] runs them: one leader, one transaction for a batch's rows and the cursor.

mod ahead;
mod checkpoints;
mod ddl;
mod error;
mod fase;
mod generations;
mod groups;
#[cfg(feature = "kafka")]
mod kafka;
mod leader;
mod meter;
mod parking;
mod partities;
mod product;
pub mod products;
mod readers;
pub mod rebuild;
mod run;
mod source;
mod status;
mod tail;
pub mod toestanden;
mod toezicht;
mod wijzigingen;

/// For implementing [`Product`].
pub use async_trait::async_trait;
pub use error::ProjectorError;
pub use fase::Fase;
pub use generations::{BRONNEN_DDL, migrate};
#[cfg(feature = "kafka")]
pub use kafka::KafkaSourceError;
pub use leader::Leider;
pub use meter::{Counted, Histogram, Meter, Step};
pub use partities::{PartitieStatus, partities};
pub use product::{InvalidName, Product, ProjectError, Schema};
pub use products::bronnen::Bronnen;
pub use products::derived::Derived;
pub use products::table::{Rows, Table};
pub use readers::Announcer;
pub use run::{Projector, ProjectorSettings};
pub use source::{EventSource, KafkaSource};
pub use status::{ProductStatus, status};
pub use toezicht::{Toezicht, toezicht};
pub use wijzigingen::Tells;
