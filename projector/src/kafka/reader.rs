//! The consumer, on a thread of its own. It knows no database: what it needs to know it asks, and
//! while it waits for an answer it does nothing else. So a rebalance, which librdkafka reports only
//! when it is polled, never falls inside a batch: before it everything handed over is committed or
//! refused, after it nothing of a partition that went away is handed over any more.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use kafka_client::{KafkaClientError, Told};
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{
    BaseConsumer, CommitMode, Consumer as _, ConsumerContext, RebalanceProtocol,
};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message as _;
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{Offset, TopicPartitionList};
use tokio::sync::{mpsc, oneshot};

use super::error::{ANSWER, KafkaSourceError};
use crate::source::KafkaSource;

/// Longest wait for a first message; as long, at most, a stop waits for the reader.
const POLL: Duration = Duration::from_millis(100);
/// How long messages are gathered after the first.
const GATHER: Duration = Duration::from_millis(10);
/// How often it is established how up to date the partitions are.
const BEAT: Duration = Duration::from_secs(1);
/// The same, when messages were followed by none.
const BEAT_AFTER_WORK: Duration = Duration::from_millis(100);
/// After so long without a sign of life the group gives the partitions of a process to others. The
/// shortest that brokers take unless told otherwise.
const SESSION_MS: &str = "6000";
/// How often a process gives a sign of life.
const HEARTBEAT_MS: &str = "1500";
/// How long a process may be busy with a batch before the group gives its partitions away.
const BUSY_MS: &str = "120000";

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

/// What the reader asks of whoever folds. No answer means: stop.
#[derive(Debug)]
pub(super) enum Ask {
    /// These partitions are ours now. The answer: where to begin in each.
    Assigned(Vec<i32>, oneshot::Sender<Vec<(i32, i64)>>),
    /// These partitions are no longer ours.
    Revoked(Vec<i32>, oneshot::Sender<()>),
    /// Messages, in the order of each partition. The answer: up to where each partition is folded.
    Messages(Vec<Taken>, oneshot::Sender<Vec<(i32, i64)>>),
    /// The moment to see how far the log and the relay are, before the partitions are measured.
    Look(oneshot::Sender<()>),
    /// Where the partitions end since that look.
    Measured(Vec<Extent>, oneshot::Sender<()>),
}

/// What librdkafka calls back.
struct Callbacks {
    told: Told,
    topic: String,
    asks: mpsc::Sender<Ask>,
    /// Partitions that came or went, until the reader has seen it.
    moved: Mutex<BTreeSet<i32>>,
    failed: Mutex<Option<KafkaSourceError>>,
}

impl ClientContext for Callbacks {
    fn log(&self, level: RDKafkaLogLevel, fac: &str, log_message: &str) {
        self.told.log(level, fac, log_message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.told.error(error, reason);
    }
}

impl ConsumerContext for Callbacks {
    fn rebalance(
        &self,
        consumer: &BaseConsumer<Self>,
        err: RDKafkaRespErr,
        list: &mut TopicPartitionList,
    ) {
        let partities: Vec<i32> = list.elements().iter().map(|one| one.partition()).collect();
        self.moved.lock().unwrap_or_else(PoisonError::into_inner).extend(&partities);
        let cooperative = matches!(consumer.rebalance_protocol(), RebalanceProtocol::Cooperative);
        let comes = err == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
        tracing::info!(kafka.partities = ?partities, kafka.erbij = comes, "partitions move");
        let ended = if comes {
            if let Err(error) = self.place(consumer, &partities, list) {
                self.fail(error);
            }
            // Also after a failure: the group waits for it. Nothing is handed over then.
            if cooperative { consumer.incremental_assign(list) } else { consumer.assign(list) }
        } else {
            // No answer = whoever folds has ended, and holds nothing.
            let _ = ask(&self.asks, |answer| Ask::Revoked(partities, answer));
            if cooperative { consumer.incremental_unassign(list) } else { consumer.unassign() }
        };
        if let Err(source) = ended {
            let doing = "taking over or giving up partitions";
            self.fail(KafkaSourceError::Failed { doing, source });
        }
    }
}

impl Callbacks {
    /// Gives each partition the offset at which the products are, if that is still there.
    fn place(
        &self,
        consumer: &BaseConsumer<Self>,
        partities: &[i32],
        list: &mut TopicPartitionList,
    ) -> Result<(), KafkaSourceError> {
        let begin = ask(&self.asks, |answer| Ask::Assigned(partities.to_vec(), answer));
        let Some(begin) = begin else { return Ok(()) };
        for (partitie, volgende) in begin {
            check(&self.topic, measure(consumer, &self.topic, partitie)?, volgende)?;
            list.set_partition_offset(&self.topic, partitie, Offset::Offset(volgende))
                .map_err(failed("setting the offset of a partition"))?;
        }
        Ok(())
    }

    fn fail(&self, error: KafkaSourceError) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    fn failure(&self) -> Result<(), KafkaSourceError> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}

/// Asks, and waits for the answer; `None` = nobody answers any more.
fn ask<T>(asks: &mpsc::Sender<Ask>, make: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Option<T> {
    let (tell, told) = oneshot::channel();
    asks.blocking_send(make(tell)).ok()?;
    told.blocking_recv().ok()
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
    let mut config = kafka_client::config(&source.brokers, &source.security);
    config.set("allow.auto.create.topics", "false");
    aside(move || {
        let consumer: BaseConsumer<Told> =
            config.create_with_context(Told::default()).map_err(KafkaClientError::from)?;
        let metadata = consumer
            .fetch_metadata(Some(&topic), ANSWER)
            .map_err(failed("asking which partitions there are"))?;
        let partities: Vec<i32> = metadata
            .topics()
            .iter()
            .flat_map(|topic| topic.partitions().iter().map(|one| one.id()))
            .collect();
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
    /// Starts one that hands over at most `max` messages at a time.
    pub(super) fn start(source: &KafkaSource, max: usize) -> Result<Self, KafkaSourceError> {
        let (asks, asked) = mpsc::channel(1);
        let callbacks = Callbacks {
            told: Told::default(),
            topic: source.topic.clone(),
            asks,
            moved: Mutex::default(),
            failed: Mutex::default(),
        };
        let mut config = kafka_client::config(&source.brokers, &source.security);
        config
            .set("group.id", &source.group)
            .set("partition.assignment.strategy", "cooperative-sticky")
            // What counts stands in PostgreSQL; what the broker has is for whoever looks there.
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            // Kafka's `none`: what is gone is told, never passed over.
            .set("auto.offset.reset", "error")
            .set("isolation.level", "read_committed")
            .set("allow.auto.create.topics", "false")
            .set("session.timeout.ms", SESSION_MS)
            .set("heartbeat.interval.ms", HEARTBEAT_MS)
            .set("max.poll.interval.ms", BUSY_MS);
        let consumer: BaseConsumer<Callbacks> =
            config.create_with_context(callbacks).map_err(KafkaClientError::from)?;
        let (tell, ended) = oneshot::channel();
        std::thread::spawn(move || {
            let result = read(&consumer, max);
            // Closing leaves the group, and may block: never on a thread that others wait for.
            drop(consumer);
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

/// Reads until nobody answers any more.
fn read(consumer: &BaseConsumer<Callbacks>, max: usize) -> Result<(), KafkaSourceError> {
    let callbacks = consumer.context();
    consumer.subscribe(&[&callbacks.topic]).map_err(failed("joining the group"))?;
    let mut beat = Beat::default();
    while !callbacks.asks.is_closed() {
        let messages = gather(consumer, max)?;
        let some = !messages.is_empty();
        if some {
            let Some(folded) = ask(&callbacks.asks, |answer| Ask::Messages(messages, answer))
            else {
                return Ok(());
            };
            inform(consumer, &callbacks.topic, &folded);
        }
        if beat.is_due(some) {
            if ask(&callbacks.asks, Ask::Look).is_none() {
                return Ok(());
            }
            let extents = assigned(consumer)?;
            if ask(&callbacks.asks, |answer| Ask::Measured(extents, answer)).is_none() {
                return Ok(());
            }
        }
    }
    Ok(())
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

/// The messages that are there, at most so many; none of a partition that went away meanwhile.
fn gather(consumer: &BaseConsumer<Callbacks>, max: usize) -> Result<Vec<Taken>, KafkaSourceError> {
    let callbacks = consumer.context();
    let mut messages: Vec<Taken> = Vec::new();
    let mut until: Option<Instant> = None;
    while messages.len() < max && until.is_none_or(|until| Instant::now() < until) {
        let polled = consumer.poll(if messages.is_empty() { POLL } else { Duration::ZERO });
        callbacks.failure()?;
        let mut moved = callbacks.moved.lock().unwrap_or_else(PoisonError::into_inner);
        if !moved.is_empty() {
            // One poll brings a message or a rebalance, never both: what came before is what goes.
            messages.retain(|message| !moved.contains(&message.partitie));
            moved.clear();
            return Ok(messages);
        }
        drop(moved);
        match polled {
            Some(Ok(message)) => {
                callbacks.told.arrived();
                messages.push(Taken {
                    partitie: message.partition(),
                    offset: message.offset(),
                    value: message.payload().unwrap_or_default().to_vec(),
                });
                until.get_or_insert_with(|| Instant::now() + GATHER);
            }
            Some(Err(error)) => refuse(consumer, error)?,
            None => break,
        }
    }
    Ok(messages)
}

/// Whether an error of the consumer ends it; those of brokers that come and go do not.
fn refuse(consumer: &BaseConsumer<Callbacks>, error: KafkaError) -> Result<(), KafkaSourceError> {
    let callbacks = consumer.context();
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange) => {
            let list =
                consumer.position().map_err(failed("asking for the place in a partition"))?;
            for one in list.elements() {
                if let Offset::Offset(volgende) = one.offset() {
                    let extent = measure(consumer, &callbacks.topic, one.partition())?;
                    check(&callbacks.topic, extent, volgende)?;
                }
            }
            Err(KafkaSourceError::Failed { doing: "reading at the stored offsets", source: error })
        }
        Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => {
            Err(KafkaSourceError::NoTopic { topic: callbacks.topic.clone() })
        }
        Some(
            RDKafkaErrorCode::TopicAuthorizationFailed
            | RDKafkaErrorCode::GroupAuthorizationFailed
            | RDKafkaErrorCode::Fatal
            | RDKafkaErrorCode::PollExceeded,
        ) => Err(KafkaSourceError::Failed { doing: "reading messages", source: error }),
        // Not our enum, and open: brokers come and go, and the consumer goes on by itself.
        _ => {
            callbacks.told.error(error, "reading messages");
            Ok(())
        }
    }
}

/// Where the partitions that are ours end; none when Kafka does not tell.
fn assigned(consumer: &BaseConsumer<Callbacks>) -> Result<Vec<Extent>, KafkaSourceError> {
    let callbacks = consumer.context();
    let list = consumer.assignment().map_err(failed("asking which partitions are ours"))?;
    let measured: Result<Vec<Extent>, KafkaSourceError> = list
        .elements()
        .iter()
        .map(|one| measure(consumer, &callbacks.topic, one.partition()))
        .collect();
    Ok(measured.unwrap_or_else(|error| {
        tracing::debug!(fout = %error, "how far the partitions are is not known now");
        Vec::new()
    }))
}

/// Tells the broker how far we are, for whoever looks there; it plays no part in what is read.
fn inform(consumer: &BaseConsumer<Callbacks>, topic: &str, folded: &[(i32, i64)]) {
    let mut list = TopicPartitionList::with_capacity(folded.len());
    let ended = folded
        .iter()
        .try_for_each(|(partitie, volgende)| {
            list.add_partition_offset(topic, *partitie, Offset::Offset(*volgende))
        })
        .and_then(|()| consumer.commit(&list, CommitMode::Async));
    if let Err(error) = ended {
        tracing::debug!(fout = %error, "the broker was not told how far we are");
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
