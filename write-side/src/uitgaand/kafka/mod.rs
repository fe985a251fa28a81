//! Kafka: the relay that publishes there, and the topics it publishes to.
//!
//! Two streams, each with its own progress and its own producer, so that neither waits for the
//! other: notifications for everybody (`notificaties`), and for our own projectors the full events of
//! the log (`intern`).
//!
//! **Nothing lost, order kept.** One round is: read what follows on the stored progress, lock the
//! progress, send everything, wait for every acknowledgement, store the new progress, commit. What
//! goes wrong before the commit is done again from the same progress, with the same ids, so a message
//! may come twice and is never missing. Order per key rests on this: a producer has one request under
//! way per broker, and gives up altogether when a message is refused, so that what arrives of one
//! producer is always a beginning of what was sent; and every next producer begins at the stored
//! progress. So whoever drops what it has seen before, by id, sees each key in order.

#[cfg(feature = "kafka")]
mod intern;
#[cfg(feature = "kafka")]
mod levering;
#[cfg(feature = "kafka")]
mod notificaties;
#[cfg(feature = "kafka")]
mod relay;
#[cfg(feature = "kafka")]
mod round;
mod settings;
#[cfg(feature = "kafka")]
mod topics;

#[cfg(feature = "kafka")]
pub use kafka_client::KafkaClientError;
pub use kafka_client::{ClientCertificate, Password, Sasl, SaslMechanism, Security, Tls};
pub use settings::{KafkaSettings, TopicSettings};

#[cfg(feature = "kafka")]
pub use relay::KafkaRelay;
#[cfg(feature = "kafka")]
pub use topics::{Difference, Outcome, TopicError, TopicReport, init};
