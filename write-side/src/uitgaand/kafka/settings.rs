//! How to reach Kafka, and what goes where.

use std::time::Duration;

use kafka_client::Security;

/// Everything that publishing to Kafka needs to know.
#[derive(Debug, Clone)]
pub struct KafkaSettings {
    /// Brokers to begin with, `host:port` by commas.
    pub brokers: String,
    /// Topic of the notifications.
    pub topic: String,
    /// Topic of the full events; `None` = they are not published.
    pub intern_topic: Option<String>,
    /// How the connection is protected.
    pub security: Security,
}

/// How topics are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicSettings {
    /// Number of partitions.
    pub partitions: i32,
    /// On how many brokers each partition is kept.
    pub replication: i32,
    /// How many of them must have a message before it counts as received.
    pub min_insync_replicas: i32,
    /// How long the topic of notifications keeps them.
    pub retention: Duration,
    /// How long the topic of full events keeps them.
    pub intern_retention: Duration,
}
