//! `klantbeeld kafka init`: the topics.

use std::process::ExitCode;

use crate::cli::KafkaInitArgs;

use super::CommandError;

/// Makes the topics that are not there, and tells what is otherwise.
#[cfg(feature = "kafka")]
pub(super) async fn init(args: KafkaInitArgs) -> Result<ExitCode, CommandError> {
    use write_side::uitgaand::kafka;

    let topics = args.topics.settings()?;
    let Some(settings) = args.kafka.settings()? else { return Err(CommandError::NoKafka) };
    let reports = kafka::init(&settings, &topics, args.dry_run).await?;
    report::tell(&reports)
}

/// This program cannot; the settings say so.
#[cfg(not(feature = "kafka"))]
pub(super) async fn init(args: KafkaInitArgs) -> Result<ExitCode, CommandError> {
    args.kafka.settings()?;
    Err(CommandError::NoKafka)
}

#[cfg(feature = "kafka")]
mod report {
    use std::process::ExitCode;

    use write_side::uitgaand::kafka::{Outcome, TopicReport};

    use crate::commands::{CommandError, print};

    /// The exit code when a topic is not as it should be.
    const NOT_AS_WANTED: u8 = 3;

    /// Prints what came of the topics, and sums it up in an exit code.
    pub(super) fn tell(reports: &[TopicReport]) -> Result<ExitCode, CommandError> {
        let told: Vec<String> = reports.iter().flat_map(lines).collect();
        print(&told.join("\n"))?;
        let done = |report: &TopicReport| match report.outcome {
            Outcome::Made | Outcome::AsWanted => true,
            Outcome::Missing | Outcome::Differs(_) => false,
        };
        Ok(ExitCode::from(if reports.iter().all(done) { 0 } else { NOT_AS_WANTED }))
    }

    fn lines(report: &TopicReport) -> Vec<String> {
        let topic = &report.topic;
        match &report.outcome {
            Outcome::Missing => vec![format!("{topic}: is not there, and would be made")],
            Outcome::Made => vec![format!("{topic}: made")],
            Outcome::AsWanted => vec![format!("{topic}: is there, as it should be")],
            Outcome::Differs(differences) => {
                let first = format!("{topic}: is there, but differs; nothing was changed");
                let rest = differences.iter().map(|one| {
                    format!("  {} is {}, should be {}", one.setting, one.found, one.wanted)
                });
                std::iter::once(first).chain(rest).collect()
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use write_side::uitgaand::kafka::Difference;

        use super::*;

        #[test]
        fn what_differs_is_told_setting_by_setting() {
            let difference = Difference {
                setting: "retention.ms".to_owned(),
                found: "-1".to_owned(),
                wanted: "604800000".to_owned(),
            };
            let outcome = Outcome::Differs(vec![difference]);
            let told = lines(&TopicReport { topic: "a".to_owned(), outcome });
            assert!(told[0].contains("nothing was changed"), "{told:?}");
            assert_eq!(told[1], "  retention.ms is -1, should be 604800000");
        }
    }
}
