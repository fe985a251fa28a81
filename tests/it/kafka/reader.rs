//! Reading a topic from its beginning.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

/// Longest time that reading may take.
const LIMIT: Duration = Duration::from_secs(60);
/// One look for a message.
const POLL: Duration = Duration::from_millis(100);

/// A message as a consumer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub partition: i32,
    pub key: String,
    pub headers: Vec<(String, String)>,
    pub value: Vec<u8>,
}

impl Received {
    /// The value of a header.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header == name);
        &found.unwrap_or_else(|| panic!("no {name} in {self:?}")).1
    }
}

/// Reads a topic from its beginning until what was read is enough, and closes the consumer.
///
/// The consumer lives on a thread of its own: closing one may block, and must not hold up a test.
///
/// # Panics
/// When it is not enough in time.
pub async fn read_until(
    config: &ClientConfig,
    topic: &str,
    enough: impl Fn(&[Received]) -> bool + Send + 'static,
) -> Vec<Received> {
    let (config, topic) = (config.clone(), topic.to_owned());
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        // Whoever waited may be gone.
        let _ = tell.send(read(&config, &topic, &enough));
    });
    let read = tokio::task::spawn_blocking(move || told.recv_timeout(LIMIT + POLL));
    read.await.expect("a reader").expect("an answer of the reader in time").expect("messages")
}

/// Reads all messages of these ids, whose names stand in a header.
pub async fn read_ids(
    bootstrap: &str,
    topic: &str,
    header: &'static str,
    ids: &[String],
) -> Vec<Received> {
    let wanted: BTreeSet<String> = ids.iter().cloned().collect();
    read_until(&plain(bootstrap), topic, move |received| {
        let seen: BTreeSet<&str> = received.iter().map(|message| message.header(header)).collect();
        wanted.iter().all(|id| seen.contains(id.as_str()))
    })
    .await
}

/// How to reach a broker without protection.
pub fn plain(bootstrap: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap);
    config
}

fn read(
    config: &ClientConfig,
    topic: &str,
    enough: &impl Fn(&[Received]) -> bool,
) -> Result<Vec<Received>, String> {
    let consumer: BaseConsumer = config
        .clone()
        .set("group.id", "test")
        .set("enable.auto.commit", "false")
        .create()
        .map_err(|error| error.to_string())?;
    let start = Instant::now();
    let mut partitions = TopicPartitionList::new();
    while partitions.count() == 0 {
        let metadata = consumer.fetch_metadata(Some(topic), LIMIT);
        let metadata = metadata.map_err(|error| error.to_string())?;
        for partition in metadata.topics().iter().flat_map(|topic| topic.partitions()) {
            let added = partitions.add_partition_offset(topic, partition.id(), Offset::Beginning);
            added.map_err(|error| error.to_string())?;
        }
        if start.elapsed() > LIMIT {
            return Err(format!("topic {topic} has no partitions"));
        }
    }
    consumer.assign(&partitions).map_err(|error| error.to_string())?;
    let mut received = Vec::new();
    while !enough(&received) {
        if start.elapsed() > LIMIT {
            return Err(format!("{} messages in {LIMIT:?} are not enough", received.len()));
        }
        match consumer.poll(POLL) {
            Some(Ok(message)) => received.push(copy(&message)),
            // Brokers may come and go while it reads.
            Some(Err(KafkaError::MessageConsumption(
                RDKafkaErrorCode::BrokerTransportFailure | RDKafkaErrorCode::AllBrokersDown,
            )))
            | None => {}
            Some(Err(error)) => return Err(error.to_string()),
        }
    }
    Ok(received)
}

fn copy(message: &BorrowedMessage<'_>) -> Received {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let headers = message.headers().into_iter().flat_map(|headers| headers.iter());
    Received {
        partition: message.partition(),
        key: text(message.key().expect("a key")),
        headers: headers
            .map(|header| (header.key.to_owned(), text(header.value.expect("a value"))))
            .collect(),
        value: message.payload().unwrap_or_default().to_vec(),
    }
}

/// The ids in the order in which each was first seen, per key: what a consumer that drops what it has
/// seen makes of it.
pub fn first_seen(received: &[Received], header: &str) -> BTreeMap<String, Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut per_key: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in received {
        let id = message.header(header).to_owned();
        if seen.insert(id.clone()) {
            per_key.entry(message.key.clone()).or_default().push(id);
        }
    }
    per_key
}
