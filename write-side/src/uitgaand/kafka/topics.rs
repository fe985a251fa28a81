//! The topics: making them, and comparing those that are there with what they should be.

use std::sync::Arc;
use std::time::Duration;

use kafka_client::{KafkaClientError, Told};
use rdkafka::admin::{
    AdminClient, AdminOptions, ConfigResource, NewTopic, ResourceSpecifier, TopicReplication,
};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::time::timeout;

use super::settings::{KafkaSettings, TopicSettings};

/// How long Kafka may take for each step.
const STEP_LIMIT: Duration = Duration::from_secs(15);

/// How a topic was found, or came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicReport {
    /// Its name.
    pub topic: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is not there; only said when nothing may be changed.
    Missing,
    /// It was made.
    Made,
    /// It was there, as it should be.
    AsWanted,
    /// It was there, and is otherwise; it was left as it is.
    Differs(Vec<Difference>),
}

/// One setting that is otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The setting, as Kafka calls it.
    pub setting: String,
    /// How it is.
    pub found: String,
    /// How it should be.
    pub wanted: String,
}

/// Why the topics were not made or compared.
#[derive(Debug, thiserror::Error)]
pub enum TopicError {
    /// The settings cannot be used.
    #[error(transparent)]
    Client(#[from] KafkaClientError),
    /// Kafka does not answer, or refuses to tell.
    #[error("Kafka failed while {0}; check the brokers, and the rights of this user")]
    Failed(&'static str, #[source] KafkaError),
    /// Kafka does not answer.
    #[error("Kafka took longer than {STEP_LIMIT:?} for {0}; check that its brokers run")]
    TimedOut(&'static str),
    /// Kafka does not make it.
    #[error(
        "Kafka does not make topic {topic} with {partitions} partitions on {replication} brokers: \
         {reason}"
    )]
    Refused {
        /// The topic.
        topic: String,
        /// Partitions that were asked for.
        partitions: i32,
        /// Replicas that were asked for.
        replication: i32,
        /// What Kafka says.
        reason: RDKafkaErrorCode,
    },
}

/// A topic as it should be.
struct Wanted<'s> {
    name: &'s str,
    settings: &'s TopicSettings,
    config: [(&'static str, String); 3],
}

impl<'s> Wanted<'s> {
    fn new(name: &'s str, retention: Duration, settings: &'s TopicSettings) -> Self {
        let config = [
            // Not compact: every event counts, not the last one of a key.
            ("cleanup.policy", "delete".to_owned()),
            ("retention.ms", retention.as_millis().to_string()),
            ("min.insync.replicas", settings.min_insync_replicas.to_string()),
        ];
        Self { name, settings, config }
    }

    fn topic(&self) -> NewTopic<'_> {
        let replication = TopicReplication::Fixed(self.settings.replication);
        let topic = NewTopic::new(self.name, self.settings.partitions, replication);
        self.config.iter().fold(topic, |topic, (key, value)| topic.set(key, value))
    }
}

/// Makes the topics that are not there, and compares those that are. Never changes one: partitions
/// and retention of a topic with data in it are for its owner to decide.
///
/// # Errors
/// When Kafka does not answer or refuses. What was made before that stays, and a next time is found
/// as it should be.
pub async fn init(
    kafka: &KafkaSettings,
    settings: &TopicSettings,
    dry_run: bool,
) -> Result<Vec<TopicReport>, TopicError> {
    let mut config = kafka_client::config(&kafka.brokers, &kafka.security);
    config.set("socket.timeout.ms", STEP_LIMIT.as_millis().to_string());
    let admin: AdminClient<Told> =
        config.create_with_context(Told::default()).map_err(KafkaClientError::from)?;
    let topics = [
        (Some(&kafka.topic), settings.retention),
        (kafka.intern_topic.as_ref(), settings.intern_retention),
    ];
    let mut reports = Vec::new();
    let admin = Arc::new(admin);
    for (topic, retention) in topics {
        let Some(topic) = topic else { continue };
        let wanted = Wanted::new(topic, retention, settings);
        let outcome = match found(&admin, topic).await? {
            Some(found) => compare(&admin, &wanted, found).await?,
            None if dry_run => Outcome::Missing,
            None => make(&admin, &wanted).await?,
        };
        reports.push(TopicReport { topic: topic.clone(), outcome });
    }
    // Closing may take its time; nothing waits for it.
    std::thread::spawn(move || drop(admin));
    Ok(reports)
}

/// What the brokers say of a topic.
#[derive(Debug, Clone, Copy)]
struct Found {
    partitions: usize,
    replication: usize,
}

/// Looks for a topic; never makes it, as a question for one by name might.
async fn found(admin: &Arc<AdminClient<Told>>, topic: &str) -> Result<Option<Found>, TopicError> {
    let doing = "reading which topics there are";
    let (admin, topic) = (Arc::clone(admin), topic.to_owned());
    let read = tokio::task::spawn_blocking(move || {
        let metadata = admin.inner().fetch_metadata(None, STEP_LIMIT)?;
        let topic = metadata.topics().iter().find(|found| found.name() == topic);
        Ok::<_, KafkaError>(topic.map(|topic| Found {
            partitions: topic.partitions().len(),
            replication: topic.partitions().first().map_or(0, |one| one.replicas().len()),
        }))
    });
    match timeout(STEP_LIMIT, read).await {
        Ok(Ok(found)) => found.map_err(|error| TopicError::Failed(doing, error)),
        Ok(Err(_)) => Err(TopicError::Failed(doing, KafkaError::Canceled)),
        Err(_) => Err(TopicError::TimedOut(doing)),
    }
}

async fn make(admin: &AdminClient<Told>, wanted: &Wanted<'_>) -> Result<Outcome, TopicError> {
    let doing = "making a topic";
    let options = AdminOptions::new().operation_timeout(Some(STEP_LIMIT));
    let topic = wanted.topic();
    let made = match timeout(STEP_LIMIT, admin.create_topics([&topic], &options)).await {
        Ok(made) => made.map_err(|error| TopicError::Failed(doing, error))?,
        Err(_) => return Err(TopicError::TimedOut(doing)),
    };
    for result in made {
        if let Err((_, reason)) = result {
            return Err(TopicError::Refused {
                topic: wanted.name.to_owned(),
                partitions: wanted.settings.partitions,
                replication: wanted.settings.replication,
                reason,
            });
        }
    }
    Ok(Outcome::Made)
}

async fn compare(
    admin: &AdminClient<Told>,
    wanted: &Wanted<'_>,
    found: Found,
) -> Result<Outcome, TopicError> {
    let doing = "reading the settings of a topic";
    let resource = ResourceSpecifier::Topic(wanted.name);
    let options = AdminOptions::new().request_timeout(Some(STEP_LIMIT));
    let read = match timeout(STEP_LIMIT, admin.describe_configs([&resource], &options)).await {
        Ok(read) => read.map_err(|error| TopicError::Failed(doing, error))?,
        Err(_) => return Err(TopicError::TimedOut(doing)),
    };
    let config = match read.into_iter().next() {
        Some(Ok(config)) => config,
        Some(Err(code)) => return Err(TopicError::Failed(doing, KafkaError::AdminOp(code))),
        None => return Err(TopicError::Failed(doing, KafkaError::Canceled)),
    };
    let differences = differences(wanted, found, &config);
    Ok(if differences.is_empty() { Outcome::AsWanted } else { Outcome::Differs(differences) })
}

fn differences(wanted: &Wanted<'_>, found: Found, config: &ConfigResource) -> Vec<Difference> {
    let settings = &wanted.settings;
    let mut compared = vec![
        ("partitions", found.partitions.to_string(), settings.partitions.to_string()),
        ("replication.factor", found.replication.to_string(), settings.replication.to_string()),
    ];
    for (name, value) in &wanted.config {
        let found = config.get(name).and_then(|entry| entry.value.clone()).unwrap_or_default();
        compared.push((name, found, value.clone()));
    }
    compared
        .into_iter()
        .filter(|(_, found, wanted)| found != wanted)
        .map(|(setting, found, wanted)| Difference { setting: setting.to_owned(), found, wanted })
        .collect()
}
