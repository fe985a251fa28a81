//! What can go wrong between Kafka and the projector.

use std::time::Duration;

use events::BerichtError;
use kafka_client::KafkaClientError;
use rdkafka::error::KafkaError;

/// How long Kafka may take to answer a question.
pub(super) const ANSWER: Duration = Duration::from_secs(5);

/// Why events could not be taken from Kafka.
#[derive(Debug, thiserror::Error)]
pub enum KafkaSourceError {
    /// The settings cannot be used.
    #[error(transparent)]
    Client(#[from] KafkaClientError),
    /// Kafka does not answer, or refuses.
    #[error("Kafka failed while {doing}; check the brokers, and the rights of this user")]
    Failed {
        /// What was tried.
        doing: &'static str,
        /// What Kafka says.
        source: KafkaError,
    },
    /// There is no such topic.
    #[error(
        "topic {topic} is not there; make it with `klantbeeld kafka init --kafka-internal`, and let \
         a relay publish to it with --kafka-internal"
    )]
    NoTopic {
        /// The topic.
        topic: String,
    },
    /// Messages that are still to be folded are no longer there.
    #[error(
        "partition {partitie} of topic {topic} begins at offset {begin}, and the products still need \
         what was at {volgende}: Kafka has removed it (retention). Nothing is lost, the log has it: \
         stop the projectors that read from Kafka, let one run with --project-from log until it has \
         caught up, then start those with --project-from kafka again; they go on behind it. Keep \
         the topic longer (retention.ms) than a projector may be away"
    )]
    HistoryGone {
        /// The topic.
        topic: String,
        /// The partition.
        partitie: i32,
        /// Offset that is needed.
        volgende: i64,
        /// First offset that is there.
        begin: i64,
    },
    /// The partition ends before the place up to which it was read.
    #[error(
        "partition {partitie} of topic {topic} ends at offset {einde}, and was read up to {volgende} \
         before: its broker is still starting, or the topic was emptied or made anew. In the latter \
         case stop the projectors that read from Kafka, let one run with --project-from log until it \
         has caught up, then start those with --project-from kafka again"
    )]
    Shorter {
        /// The topic.
        topic: String,
        /// The partition.
        partitie: i32,
        /// Offset up to which it was read.
        volgende: i64,
        /// Where it ends.
        einde: i64,
    },
    /// The topic has other partitions than when the reading began.
    #[error("topic {topic} has got other partitions; the products go over to those by themselves")]
    OtherPartitions {
        /// The topic.
        topic: String,
    },
    /// A message is no event that this program can read.
    #[error(
        "the message at offset {offset} of partition {partitie} of topic {topic} cannot be read"
    )]
    Unreadable {
        /// The topic.
        topic: String,
        /// The partition.
        partitie: i32,
        /// Its offset.
        offset: i64,
        /// What is wrong with it; never its data.
        source: BerichtError,
    },
    /// The thread that reads ended.
    #[error("the reader of Kafka ended unexpectedly")]
    Gone,
}

impl KafkaSourceError {
    /// Whether trying again may help.
    pub(crate) const fn is_transient(&self) -> bool {
        match self {
            Self::Failed { .. }
            | Self::NoTopic { .. }
            | Self::Shorter { .. }
            | Self::OtherPartitions { .. }
            | Self::Gone => true,
            Self::Client(_) | Self::HistoryGone { .. } | Self::Unreadable { .. } => false,
        }
    }
}
