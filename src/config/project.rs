//! Settings of the role project: where its events come from.

use clap::{Args, ValueEnum};
use projector::{EventSource, KafkaSource};
use write_side::uitgaand::kafka::KafkaSettings;

use super::kafka::KafkaSettingsError;

/// Where the role project takes its events from.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Projector")]
pub struct ProjectSettings {
    /// Where the role project takes its events from: the log in PostgreSQL (one process works, others
    /// wait), or Kafka's internal topic (processes share its partitions)
    #[arg(long, env = "KLANTBEELD_PROJECT_FROM", value_name = "SOURCE", value_enum)]
    #[arg(default_value_t = ProjectFrom::Log)]
    pub project_from: ProjectFrom,

    /// Name under which Kafka is told how far the projectors are; those of another database need another
    #[arg(long, env = "KLANTBEELD_PROJECT_GROUP", value_name = "GROUP")]
    #[arg(default_value = "klantbeeld.projector")]
    pub project_group: String,
}

/// Where events come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProjectFrom {
    /// The log in PostgreSQL.
    Log,
    /// Kafka's topic with full events.
    Kafka,
}

impl ProjectSettings {
    /// Where events come from; `kafka` is how Kafka is reached, `topic` has the full events.
    ///
    /// # Errors
    /// When Kafka is chosen and not named.
    pub fn source(
        &self,
        kafka: Option<&KafkaSettings>,
        topic: &str,
    ) -> Result<EventSource, KafkaSettingsError> {
        match self.project_from {
            ProjectFrom::Log => Ok(EventSource::Log),
            ProjectFrom::Kafka => {
                let settings = kafka.ok_or(KafkaSettingsError::Without {
                    given: "--project-from kafka",
                    missing: "--kafka-brokers (KLANTBEELD_KAFKA_BROKERS)",
                })?;
                Ok(EventSource::Kafka(KafkaSource {
                    brokers: settings.brokers.clone(),
                    security: settings.security.clone(),
                    topic: topic.to_owned(),
                    group: self.project_group.clone(),
                }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::kafka::KafkaArgs;
    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        project: ProjectSettings,
        #[command(flatten)]
        kafka: KafkaArgs,
    }

    fn source(line: &[&str]) -> Result<EventSource, KafkaSettingsError> {
        let line = Line::parse_from([&["klantbeeld"], line].concat());
        let kafka = line.kafka.settings()?;
        line.project.source(kafka.as_ref(), &line.kafka.kafka_internal_topic)
    }

    #[test]
    fn the_log_unless_told_otherwise() {
        assert!(matches!(source(&[]), Ok(EventSource::Log)));
        let error = source(&["--project-from", "kafka"]).expect_err("no brokers").to_string();
        assert!(error.contains("KLANTBEELD_KAFKA_BROKERS"), "{error}");
    }

    #[cfg(feature = "kafka")]
    #[test]
    fn kafka_is_read_where_full_events_go() {
        let line = ["--project-from", "kafka", "--kafka-brokers", "a:1", "--project-group", "g"];
        let Ok(EventSource::Kafka(kafka)) = source(&line) else { panic!("no Kafka") };
        assert_eq!((kafka.brokers.as_str(), kafka.group.as_str()), ("a:1", "g"));
        assert_eq!(kafka.topic, "klantbeeld.intern.log.v1");
    }
}
