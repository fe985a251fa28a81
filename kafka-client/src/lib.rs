//! How Kafka is reached: the write side publishes there, the projector reads from it, and neither
//! knows the other.

#[cfg(feature = "kafka")]
mod client;
mod settings;

#[cfg(feature = "kafka")]
pub use client::{KafkaClientError, Told, config};
pub use settings::{ClientCertificate, Password, Sasl, SaslMechanism, Security, Tls};
