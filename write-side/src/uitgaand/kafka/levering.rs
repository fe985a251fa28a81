//! Sending messages and knowing that they arrived.

use std::time::Duration;

use kafka_client::{KafkaClientError, Told};
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::settings::KafkaSettings;

/// How long all messages of a round may take to arrive together; a change of leaders in a cluster
/// fits in it.
pub(super) const DELIVERY_LIMIT: Duration = Duration::from_secs(20);

/// How long the broker may wait for its replicas.
const ACKS_LIMIT_MS: &str = "10000";

/// How long closing may hold up whoever closes; it goes on by itself after that.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bericht {
    /// What decides the partition: messages of one key stay in order.
    pub(super) key: String,
    /// Name and value of each header.
    pub(super) headers: Vec<(String, String)>,
    /// The value; never empty, for nothing at all means removal to whoever compacts.
    pub(super) value: String,
}

/// Why messages did not all arrive, or not for certain.
#[derive(Debug, thiserror::Error)]
pub(super) enum LeveringError {
    /// There is no producer to send with.
    #[error(transparent)]
    Client(#[from] KafkaClientError),
    /// A message has no value.
    #[error("a message with key {key} has no value, and is not sent")]
    Empty {
        /// Its key.
        key: String,
    },
    /// Kafka refused a message.
    #[error("Kafka refused a message for topic {topic}{}", advice(.source))]
    Refused {
        /// The topic.
        topic: String,
        /// Why.
        source: KafkaError,
    },
    /// No acknowledgement came.
    #[error("Kafka did not acknowledge within {DELIVERY_LIMIT:?} what was sent to topic {topic}")]
    TimedOut {
        /// The topic.
        topic: String,
    },
    /// The producer was gone before it said anything.
    #[error("the producer ended before everything arrived")]
    Gone,
}

/// What whoever runs it can do about the usual refusals.
fn advice(error: &KafkaError) -> &'static str {
    use rdkafka::error::RDKafkaErrorCode as Code;
    match error.rdkafka_error_code() {
        Some(Code::UnknownTopic | Code::UnknownTopicOrPartition | Code::UnknownPartition) => {
            "; make it with `klantbeeld kafka init`"
        }
        Some(Code::TopicAuthorizationFailed | Code::ClusterAuthorizationFailed) => {
            "; give this user the right to write to it"
        }
        // Not our enum, and open.
        _ => "",
    }
}

/// A producer. It is good for as long as everything arrives: after a failure its next messages might
/// overtake those that failed, so it is closed, and another one begins again.
pub(super) struct Levering {
    producer: FutureProducer<Told>,
    told: Told,
    topic: String,
}

impl Levering {
    /// A producer for one topic; connects by itself.
    pub(super) fn open(
        settings: &KafkaSettings,
        topic: &str,
        told: &Told,
    ) -> Result<Self, KafkaClientError> {
        let mut config = kafka_client::config(&settings.brokers, &settings.security);
        config
            .set("enable.idempotence", "true")
            .set("acks", "all")
            // A message that is refused ends the producer: nothing may pass it.
            .set("enable.gapless.guarantee", "true")
            // One request at a time: also before the broker knows this producer, nothing overtakes.
            .set("max.in.flight.requests.per.connection", "1")
            // A message that runs out of time by itself would let the next one pass. The limit is
            // that of the round, DELIVERY_LIMIT, after which everything under way is dropped.
            .set("message.timeout.ms", "0")
            .set("request.timeout.ms", ACKS_LIMIT_MS)
            .set("topic.metadata.propagation.max.ms", "10000")
            .set("linger.ms", "1")
            // As Java's producers choose the partition, so that others can find a key's partition.
            .set("partitioner", "murmur2_random");
        let producer = config.create_with_context(told.clone())?;
        Ok(Self { producer, told: told.clone(), topic: topic.to_owned() })
    }

    /// Sends all, in order, and waits until all have arrived.
    ///
    /// # Errors
    /// When one did not arrive, or not for certain. The producer is of no use then: close it.
    pub(super) async fn deliver(&self, berichten: &[Bericht]) -> Result<(), LeveringError> {
        let mut sent = Vec::with_capacity(berichten.len());
        for bericht in berichten {
            sent.push(self.send(bericht)?);
        }
        match timeout(DELIVERY_LIMIT, self.arrive(sent)).await {
            Ok(arrived) => arrived,
            Err(_) => Err(LeveringError::TimedOut { topic: self.topic.clone() }),
        }
    }

    fn send(&self, bericht: &Bericht) -> Result<DeliveryFuture, LeveringError> {
        if bericht.value.is_empty() {
            return Err(LeveringError::Empty { key: bericht.key.clone() });
        }
        let headers = OwnedHeaders::new_with_capacity(bericht.headers.len());
        let headers = bericht.headers.iter().fold(headers, |headers, (key, value)| {
            headers.insert(Header { key, value: Some(value) })
        });
        let record = FutureRecord::to(&self.topic)
            .key(&bericht.key)
            .payload(&bericht.value)
            .headers(headers);
        self.producer.send_result(record).map_err(|(source, _)| self.refused(source))
    }

    async fn arrive(&self, sent: Vec<DeliveryFuture>) -> Result<(), LeveringError> {
        for delivery in sent {
            match delivery.await {
                Ok(Ok(_)) => self.told.arrived(),
                Ok(Err((source, _))) => return Err(self.refused(source)),
                Err(_) => return Err(LeveringError::Gone),
            }
        }
        Ok(())
    }

    fn refused(&self, source: KafkaError) -> LeveringError {
        LeveringError::Refused { topic: self.topic.clone(), source }
    }

    /// Drops what is still under way and closes the connections: on a thread of its own, for
    /// librdkafka may take its time, and with a limit to the waiting.
    pub(super) async fn close(self) {
        let (tell, closed) = oneshot::channel();
        std::thread::spawn(move || {
            drop(self);
            // Nobody waits any more when it took too long.
            let _ = tell.send(());
        });
        if timeout(CLOSE_LIMIT, closed).await.is_err() {
            tracing::debug!("closing the Kafka producer takes long; it goes on by itself");
        }
    }
}

#[cfg(test)]
mod tests;
