//! What arrives of one producer is a beginning of what was sent, against the broker in process.

use std::sync::mpsc;
use std::time::Instant;

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::Message as _;
use rdkafka::mocking::MockCluster;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use rdkafka::{Offset, TopicPartitionList};

use super::*;
use crate::uitgaand::kafka::Security;

/// The topic, with one partition.
const TOPIC: &str = "levering";
/// The one broker.
const BROKER: i32 = 1;
/// Longest time that a test waits for anything.
const LIMIT: Duration = Duration::from_secs(30);

fn settings(bootstrap: &str) -> KafkaSettings {
    KafkaSettings {
        brokers: bootstrap.to_owned(),
        topic: TOPIC.to_owned(),
        intern_topic: None,
        security: Security::default(),
    }
}

/// Messages so large that they go in several requests.
fn berichten(numbers: std::ops::Range<usize>) -> Vec<Bericht> {
    let filling = "x".repeat(60_000);
    let bericht = |number| Bericht {
        key: "een".to_owned(),
        headers: vec![("nummer".to_owned(), format!("{number}"))],
        value: format!("{number} {filling}"),
    };
    numbers.map(bericht).collect()
}

/// The numbers that are in the topic, in the order of their offsets, up to its end. The consumer is
/// closed on a thread of its own: that may block.
fn arrived(bootstrap: &str) -> Vec<usize> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap).set("group.id", "test");
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || tell.send(read(&config)));
    told.recv_timeout(LIMIT).expect("read in time")
}

fn read(config: &ClientConfig) -> Vec<usize> {
    let consumer: BaseConsumer = config.create().expect("a consumer");
    let (_, end) = consumer.fetch_watermarks(TOPIC, 0, LIMIT).expect("the end");
    let mut partitions = TopicPartitionList::new();
    partitions.add_partition_offset(TOPIC, 0, Offset::Beginning).expect("a partition");
    consumer.assign(&partitions).expect("assigned");
    let mut numbers = Vec::new();
    while numbers.len() < usize::try_from(end).expect("a number") {
        let message = consumer.poll(LIMIT).expect("a message").expect("no error");
        let text = String::from_utf8_lossy(message.payload().expect("a value")).into_owned();
        numbers.push(text.split(' ').next().expect("a number").parse().expect("a number"));
    }
    numbers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_passes_what_was_refused() {
    use RDKafkaRespErr::{
        RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE as TOO_LARGE,
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED as NOT_ALLOWED,
    };
    for error in [TOO_LARGE, NOT_ALLOWED] {
        let mock = MockCluster::new(1).expect("a broker");
        mock.create_topic(TOPIC, 1, 1).expect("a topic");
        let bootstrap = mock.bootstrap_servers();
        let settings = settings(&bootstrap);
        let levering = Levering::open(&settings, TOPIC, &Told::default()).expect("a producer");
        levering.deliver(&berichten(0..1)).await.expect("delivered");
        // While the first is refused, the next ones are on their way.
        mock.broker_round_trip_time(BROKER, Duration::from_millis(50)).expect("slow");
        mock.request_errors(RDKafkaApiKey::Produce, &[error]);
        let start = Instant::now();
        let refused = levering.deliver(&berichten(1..60)).await.expect_err("refused");
        assert!(matches!(refused, LeveringError::Refused { .. }), "{refused}");
        levering.close().await;
        assert!(start.elapsed() < DELIVERY_LIMIT, "told at once, not after the limit");
        assert_eq!(arrived(&bootstrap), [0]);

        let levering = Levering::open(&settings, TOPIC, &Told::default()).expect("a producer");
        levering.deliver(&berichten(1..60)).await.expect("delivered");
        levering.close().await;
        assert_eq!(arrived(&bootstrap), (0..60).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_given_up_is_a_beginning() {
    let mock = MockCluster::new(1).expect("a broker");
    mock.create_topic(TOPIC, 1, 1).expect("a topic");
    let bootstrap = mock.bootstrap_servers();
    let settings = settings(&bootstrap);
    let levering = Levering::open(&settings, TOPIC, &Told::default()).expect("a producer");
    levering.deliver(&berichten(0..1)).await.expect("delivered");
    // Four requests, one after the other: two seconds, however busy the machine is.
    mock.broker_round_trip_time(BROKER, Duration::from_millis(500)).expect("slow");
    let given_up = timeout(Duration::from_millis(750), levering.deliver(&berichten(1..60))).await;
    assert!(given_up.is_err(), "the broker is too slow for it");
    levering.close().await;
    mock.broker_round_trip_time(BROKER, Duration::ZERO).expect("quick");
    let arrived = arrived(&bootstrap);
    assert!(arrived.len() < 60, "all of it arrived");
    assert_eq!(arrived, (0..arrived.len()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_message_without_a_value_is_not_sent() {
    let mock = MockCluster::new(1).expect("a broker");
    mock.create_topic(TOPIC, 1, 1).expect("a topic");
    let bootstrap = mock.bootstrap_servers();
    let levering =
        Levering::open(&settings(&bootstrap), TOPIC, &Told::default()).expect("a producer");
    let mut berichten = berichten(0..1);
    berichten[0].value.clear();
    let refused = levering.deliver(&berichten).await.expect_err("refused");
    assert!(matches!(refused, LeveringError::Empty { .. }), "{refused}");
    levering.close().await;
    assert_eq!(arrived(&bootstrap), Vec::<usize>::new());
}
