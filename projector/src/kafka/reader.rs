//! The consumer, on a thread of its own. It knows no database: what it needs to know it asks, and
//! while it waits for an answer it does nothing else. Every answer says which partitions are ours and
//! where to go on; so partitions come and go between batches, never inside one.
//!
//! Who has which partition is not asked of Kafka: its groups notice that a process was killed after 6 s
//! at the earliest, PostgreSQL does at once. The group is only the name under which Kafka is told how far
//! we are.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kafka_client::{KafkaClientError, Told};
use rdkafka::client::ClientContext as _;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message as _;
use rdkafka::{Offset, TopicPartitionList};
use tokio::sync::{mpsc, oneshot};

use super::error::{ANSWER, KafkaSourceError};
use crate::source::KafkaSource;

/// Longest wait for a first message; as long, at most, a stop waits for the reader.
const POLL: Duration = Duration::from_millis(100);
/// How long messages are gathered after the first.
const GATHER: Duration = Duration::from_millis(10);
/// How often it is established who has which partition, and how up to date they are.
const BEAT: Duration = Duration::from_secs(1);
/// The same, when messages were followed by none.
const BEAT_AFTER_WORK: Duration = Duration::from_millis(100);

/// A message as it came.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) partitie: i32,
    pub(super) offset: i64,
    pub(super) value: Vec<u8>,
}

/// Where a partition begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) partitie: i32,
    pub(super) begin: i64,
    pub(super) einde: i64,
}

/// The partitions that are ours, and the offset of what is to be read next in each.
pub(super) type Share = BTreeMap<i32, i64>;

/// What the reader asks of whoever folds. The answer is what is ours now; no answer means: stop.
#[derive(Debug)]
pub(super) enum Ask {
    /// The moment to see who has which partition, and how far the log and the relay are, before the
    /// partitions are measured.
    Look(oneshot::Sender<Share>),
    /// Messages, in the order of each partition.
    Messages(Vec<Taken>, oneshot::Sender<Share>),
    /// Where our partitions end since that look.
    Measured(Vec<Extent>, oneshot::Sender<Share>),
}

fn failed(doing: &'static str) -> impl Fn(KafkaError) -> KafkaSourceError {
    move |source| KafkaSourceError::Failed { doing, source }
}

fn measure<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    topic: &str,
    partitie: i32,
) -> Result<Extent, KafkaSourceError> {
    let (begin, einde) = consumer
        .fetch_watermarks(topic, partitie, ANSWER)
        .map_err(failed("asking where a partition begins and ends"))?;
    Ok(Extent { partitie, begin, einde })
}

/// Whether what follows on this place is all there.
fn check(topic: &str, extent: Extent, volgende: i64) -> Result<(), KafkaSourceError> {
    let Extent { partitie, begin, einde } = extent;
    let topic = || topic.to_owned();
    if volgende < begin {
        return Err(KafkaSourceError::HistoryGone { topic: topic(), partitie, volgende, begin });
    }
    if volgende > einde {
        return Err(KafkaSourceError::Shorter { topic: topic(), partitie, volgende, einde });
    }
    Ok(())
}

/// Which partitions the topic has.
fn present<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    topic: &str,
) -> Result<Vec<i32>, KafkaSourceError> {
    let metadata = consumer
        .fetch_metadata(Some(topic), ANSWER)
        .map_err(failed("asking which partitions there are"))?;
    let topics = metadata.topics().iter();
    Ok(topics.flat_map(|topic| topic.partitions().iter().map(|one| one.id())).collect())
}

/// A client for questions only: a broker answers one request of a connection after the other, so those
/// of a consumer wait behind its request for messages, which the broker holds when there are none.
fn surveyor(source: &KafkaSource) -> Result<BaseConsumer<Told>, KafkaSourceError> {
    let mut config = kafka_client::config(&source.brokers, &source.security);
    config.set("allow.auto.create.topics", "false");
    Ok(config.create_with_context(Told::default()).map_err(KafkaClientError::from)?)
}

/// A question that is asked on a thread of its own: closing a client may block.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KafkaSourceError> + Send + 'static,
) -> Result<T, KafkaSourceError> {
    let (tell, told) = oneshot::channel();
    std::thread::spawn(move || {
        // Whoever asked may be gone.
        let _ = tell.send(work());
    });
    told.await.unwrap_or(Err(KafkaSourceError::Gone))
}

/// Where every partition of the topic begins and ends.
///
/// # Errors
/// When Kafka does not answer, or has no such topic.
pub(super) async fn extents(source: &KafkaSource) -> Result<Vec<Extent>, KafkaSourceError> {
    let topic = source.topic.clone();
    let consumer = surveyor(source)?;
    aside(move || {
        let partities = present(&consumer, &topic)?;
        if partities.is_empty() {
            return Err(KafkaSourceError::NoTopic { topic });
        }
        partities.into_iter().map(|partitie| measure(&consumer, &topic, partitie)).collect()
    })
    .await
}

/// A reader that runs.
pub(super) struct Reader {
    asks: mpsc::Receiver<Ask>,
    ended: oneshot::Receiver<Result<(), KafkaSourceError>>,
}

impl Reader {
    /// Starts one that hands over at most `max` messages at a time, of a topic with these partitions.
    pub(super) fn start(
        source: &KafkaSource,
        partities: &[i32],
        max: usize,
    ) -> Result<Self, KafkaSourceError> {
        let (asks, asked) = mpsc::channel(1);
        let mut config = kafka_client::config(&source.brokers, &source.security);
        config
            .set("group.id", &source.group)
            // What counts stands in PostgreSQL; what the broker has is for whoever looks there.
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            // Kafka's `none`: what is gone is told, never passed over.
            .set("auto.offset.reset", "error")
            .set("isolation.level", "read_committed")
            .set("allow.auto.create.topics", "false");
        let consumer: BaseConsumer<Told> =
            config.create_with_context(Told::default()).map_err(KafkaClientError::from)?;
        let surveyor = surveyor(source)?;
        let (topic, partities) = (source.topic.clone(), partities.to_vec());
        let (tell, ended) = oneshot::channel();
        std::thread::spawn(move || {
            let at = Share::default();
            let mut reading = Reading { consumer, surveyor, topic, partities, max, asks, at };
            let result = reading.read();
            // Closing may block: never on a thread that others wait for.
            drop(reading);
            // Whoever started it may be gone.
            let _ = tell.send(result);
        });
        Ok(Self { asks: asked, ended })
    }

    /// What it asks next; `None` = it has ended.
    pub(super) async fn next(&mut self) -> Option<Ask> {
        self.asks.recv().await
    }

    /// Tells it to stop, and waits for its end, but not longer than this.
    ///
    /// # Errors
    /// When something failed before.
    pub(super) async fn end(self, limit: Duration) -> Result<(), KafkaSourceError> {
        // Questions under way get no answer.
        drop(self.asks);
        match tokio::time::timeout(limit, self.ended).await {
            Ok(ended) => ended.unwrap_or(Err(KafkaSourceError::Gone)),
            Err(_) => {
                tracing::debug!("closing the Kafka consumer takes long; it goes on by itself");
                Ok(())
            }
        }
    }
}

/// The reader, on its thread.
struct Reading {
    consumer: BaseConsumer<Told>,
    surveyor: BaseConsumer<Told>,
    topic: String,
    /// Those that there were at the start.
    partities: Vec<i32>,
    max: usize,
    asks: mpsc::Sender<Ask>,
    /// The partitions that are read, and what comes after all that was handed over of each.
    at: Share,
}

impl Reading {
    /// Reads until nobody answers any more.
    fn read(&mut self) -> Result<(), KafkaSourceError> {
        let mut beat = Beat::default();
        loop {
            let messages = self.gather()?;
            let some = !messages.is_empty();
            if some && !self.hand_over(messages)? {
                return Ok(());
            }
            if beat.is_due(some) && !self.beat()? {
                return Ok(());
            }
        }
    }

    /// Asks, waits for the answer, and does what it says; no when nobody answers any more.
    fn ask(
        &mut self,
        make: impl FnOnce(oneshot::Sender<Share>) -> Ask,
    ) -> Result<bool, KafkaSourceError> {
        let (tell, told) = oneshot::channel();
        if self.asks.blocking_send(make(tell)).is_err() {
            return Ok(false);
        }
        let Ok(share) = told.blocking_recv() else { return Ok(false) };
        self.obey(share)?;
        Ok(true)
    }

    fn hand_over(&mut self, messages: Vec<Taken>) -> Result<bool, KafkaSourceError> {
        for message in &messages {
            self.at.insert(message.partitie, message.offset + 1);
        }
        self.ask(|answer| Ask::Messages(messages, answer))
    }

    fn beat(&mut self) -> Result<bool, KafkaSourceError> {
        if !self.ask(Ask::Look)? {
            return Ok(false);
        }
        self.inform();
        let extents = self.measured()?;
        self.ask(|answer| Ask::Measured(extents, answer))
    }

    /// Reads what is ours, where it is to be read next.
    fn obey(&mut self, share: Share) -> Result<(), KafkaSourceError> {
        let is_there = |(partitie, volgende): (&i32, &i64)| {
            self.at.get(partitie).is_some_and(|at| at <= volgende)
        };
        if share.len() == self.at.len() && share.iter().all(is_there) {
            return Ok(());
        }
        let mut list = TopicPartitionList::with_capacity(share.len());
        for (partitie, volgende) in &share {
            let extent = measure(&self.surveyor, &self.topic, *partitie)?;
            check(&self.topic, extent, *volgende)?;
            list.add_partition_offset(&self.topic, *partitie, Offset::Offset(*volgende))
                .map_err(failed("setting the offset of a partition"))?;
        }
        tracing::info!(kafka.partities = ?share.keys(), "these partitions are ours");
        // What was fetched before goes with it.
        self.consumer.assign(&list).map_err(failed("taking over or giving up partitions"))?;
        self.at = share;
        Ok(())
    }

    /// The messages that are there, at most so many.
    fn gather(&self) -> Result<Vec<Taken>, KafkaSourceError> {
        let mut messages: Vec<Taken> = Vec::new();
        let mut until: Option<Instant> = None;
        while messages.len() < self.max && until.is_none_or(|until| Instant::now() < until) {
            let wait = if messages.is_empty() { POLL } else { Duration::ZERO };
            match self.consumer.poll(wait) {
                // Fetched before we were told to read elsewhere.
                Some(Ok(message)) if !self.is_next(message.partition(), message.offset()) => {}
                Some(Ok(message)) => {
                    self.consumer.context().arrived();
                    messages.push(Taken {
                        partitie: message.partition(),
                        offset: message.offset(),
                        value: message.payload().unwrap_or_default().to_vec(),
                    });
                    until.get_or_insert_with(|| Instant::now() + GATHER);
                }
                Some(Err(error)) => self.refuse(error)?,
                None => break,
            }
        }
        Ok(messages)
    }

    fn is_next(&self, partitie: i32, offset: i64) -> bool {
        self.at.get(&partitie).is_some_and(|at| offset >= *at)
    }

    /// Whether an error of the consumer ends it; those of brokers that come and go do not.
    fn refuse(&self, error: KafkaError) -> Result<(), KafkaSourceError> {
        match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange) => {
                for (partitie, volgende) in &self.at {
                    let extent = measure(&self.surveyor, &self.topic, *partitie)?;
                    check(&self.topic, extent, *volgende)?;
                }
                let doing = "reading at the stored offsets";
                Err(KafkaSourceError::Failed { doing, source: error })
            }
            Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => {
                Err(KafkaSourceError::NoTopic { topic: self.topic.clone() })
            }
            Some(RDKafkaErrorCode::TopicAuthorizationFailed | RDKafkaErrorCode::Fatal) => {
                Err(KafkaSourceError::Failed { doing: "reading messages", source: error })
            }
            // Not our enum, and open: brokers come and go, and the consumer goes on by itself.
            _ => {
                self.consumer.context().error(error, "reading messages");
                Ok(())
            }
        }
    }

    /// Where the partitions that are ours end; none when Kafka does not tell. Also sees whether there
    /// are others than at the start: nobody would read those.
    fn measured(&self) -> Result<Vec<Extent>, KafkaSourceError> {
        let present = present(&self.surveyor, &self.topic);
        if present.as_ref().is_ok_and(|now| !now.is_empty() && *now != self.partities) {
            return Err(KafkaSourceError::OtherPartitions { topic: self.topic.clone() });
        }
        let each = |partitie| measure(&self.surveyor, &self.topic, partitie);
        let measured = present.and_then(|_| self.at.keys().copied().map(each).collect());
        Ok(measured.unwrap_or_else(|error| {
            tracing::debug!(fout = %error, "how far the partitions are is not known now");
            Vec::new()
        }))
    }

    /// Tells the broker how far we are, for whoever looks there; it plays no part in what is read.
    fn inform(&self) {
        let mut list = TopicPartitionList::with_capacity(self.at.len());
        let ended = self
            .at
            .iter()
            .try_for_each(|(partitie, volgende)| {
                list.add_partition_offset(&self.topic, *partitie, Offset::Offset(*volgende))
            })
            .and_then(|()| self.consumer.commit(&list, CommitMode::Async));
        if let Err(error) = ended {
            tracing::debug!(fout = %error, "the broker was not told how far we are");
        }
    }
}

/// When it is time to see how far everything is.
#[derive(Default)]
struct Beat {
    last: Option<Instant>,
    worked: bool,
}

impl Beat {
    fn is_due(&mut self, some: bool) -> bool {
        let pause = if self.worked && !some { BEAT_AFTER_WORK } else { BEAT };
        self.worked |= some;
        let due = self.last.is_none_or(|last| last.elapsed() >= pause);
        if due {
            *self = Self { last: Some(Instant::now()), worked: some };
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wholly_there_is_read() {
        let extent = Extent { partitie: 3, begin: 10, einde: 20 };
        assert!(check("t", extent, 10).is_ok());
        assert!(check("t", extent, 20).is_ok());
        let gone = check("t", extent, 9).expect_err("refused");
        assert!(!gone.is_transient());
        let text = gone.to_string();
        assert!(text.contains("partition 3") && text.contains("--project-from log"), "{text}");
        assert!(check("t", extent, 21).expect_err("refused").is_transient());
    }
}
