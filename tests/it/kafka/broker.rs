//! A Kafka to test against.

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

/// A real broker that is given: host:port.
pub const REAL: &str = "KLANTBEELD_TEST_KAFKA";

/// Partitions of a topic: enough for keys to be spread.
pub const PARTITIONS: i32 = 3;

/// A Kafka.
pub struct Broker {
    /// The one in process; `None` when a real one was given.
    pub mock: Option<MockCluster<'static, DefaultProducerContext>>,
    /// Where it is.
    pub bootstrap: String,
}

impl Broker {
    /// The real one if it was given, else one in process.
    pub fn any() -> Self {
        match std::env::var(REAL) {
            Ok(bootstrap) => Self { mock: None, bootstrap },
            Err(_) => Self::mock(),
        }
    }

    /// One in process, that can be made to fail.
    pub fn mock() -> Self {
        let mock = MockCluster::new(1).expect("a broker in process");
        let bootstrap = mock.bootstrap_servers();
        Self { mock: Some(mock), bootstrap }
    }

    /// The controls of the one in process.
    pub fn controls(&self) -> &MockCluster<'static, DefaultProducerContext> {
        self.mock.as_ref().expect("a broker in process")
    }

    /// Makes a topic.
    pub async fn create(&self, topic: &str) {
        if let Some(mock) = &self.mock {
            mock.create_topic(topic, PARTITIONS, 1).expect("a topic");
            return;
        }
        let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
            .set("bootstrap.servers", &self.bootstrap)
            .create()
            .expect("an admin client");
        let topic = NewTopic::new(topic, PARTITIONS, TopicReplication::Fixed(1));
        let made = admin.create_topics([&topic], &AdminOptions::new()).await.expect("an answer");
        assert!(made.iter().all(Result::is_ok), "{made:?}");
    }
}
