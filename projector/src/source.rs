//! Where a projector takes its events from.

use kafka_client::Security;

/// Where a projector takes its events from.
#[derive(Debug, Clone)]
pub enum EventSource {
    /// The log in PostgreSQL: one process works, others wait to take over.
    Log,
    /// Kafka's topic with full events: several processes share its partitions.
    Kafka(KafkaSource),
}

/// The topic with full events, and who reads it.
#[derive(Debug, Clone)]
pub struct KafkaSource {
    /// Brokers to begin with, `host:port` by commas.
    pub brokers: String,
    /// How the connection is protected.
    pub security: Security,
    /// The topic.
    pub topic: String,
    /// The consumer group under which Kafka is told how far the projectors are: those of one database
    /// have one, those of another database another.
    pub group: String,
}
