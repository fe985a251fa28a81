//! Which settings of Kafka go together.

use clap::Parser as _;

use super::*;

#[derive(Debug, clap::Parser)]
struct Only {
    #[command(flatten)]
    kafka: KafkaArgs,
    #[command(flatten)]
    topics: KafkaTopicArgs,
}

fn parse(flags: &[&str]) -> Only {
    Only::parse_from(["klantbeeld"].iter().chain(flags))
}

fn settings(flags: &[&str]) -> Result<Option<KafkaSettings>, String> {
    parse(flags).kafka.settings_with(None).map_err(|error| error.to_string())
}

const BROKERS: &str = "--kafka-brokers=kafka-1:9092,kafka-2:9092";

#[test]
fn without_brokers_nothing_goes_to_kafka() {
    assert!(settings(&[]).unwrap().is_none());
    assert!(settings(&["--kafka-brokers="]).unwrap().is_none());
    let error = settings(&["--kafka-internal"]).unwrap_err();
    assert!(error.contains("KLANTBEELD_KAFKA_BROKERS"), "{error}");
}

#[cfg(not(feature = "kafka"))]
#[test]
fn a_program_without_kafka_says_so() {
    let error = settings(&[BROKERS]).unwrap_err();
    assert!(error.contains("built without Kafka"), "{error}");
}

#[cfg(feature = "kafka")]
#[test]
fn full_events_go_nowhere_unless_asked_for() {
    let plain = settings(&[BROKERS]).unwrap().unwrap();
    assert_eq!(plain.topic, "klantinteracties.gebeurtenissen.v1");
    assert_eq!(plain.intern_topic, None);
    assert!(plain.security.tls.is_none() && plain.security.sasl.is_none());
    let both = settings(&[BROKERS, "--kafka-internal"]).unwrap().unwrap();
    assert_eq!(both.intern_topic.as_deref(), Some("klantbeeld.intern.log.v1"));
    let one = [BROKERS, "--kafka-internal", "--kafka-topic=a", "--kafka-internal-topic=a"];
    assert!(settings(&one).unwrap_err().contains("personal data"));
}

#[cfg(feature = "kafka")]
#[test]
fn logging_in_needs_a_name_and_one_password() {
    let sasl = [BROKERS, "--kafka-security=sasl_ssl"];
    assert!(settings(&sasl).unwrap_err().contains("--kafka-sasl-username"));
    let named = [sasl.as_slice(), &["--kafka-sasl-username=klantbeeld"]].concat();
    assert!(settings(&named).unwrap_err().contains("KLANTBEELD_KAFKA_SASL_PASSWORD"));

    let given = parse(&named).kafka.settings_with(Some("geheim".to_owned())).unwrap().unwrap();
    let sasl = given.security.sasl.unwrap();
    assert_eq!((sasl.username.as_str(), sasl.password.expose()), ("klantbeeld", "geheim"));
    assert_eq!(sasl.mechanism, SaslMechanism::ScramSha512);
    assert!(given.security.tls.is_some());

    let file = std::env::temp_dir().join(format!("klantbeeld-wachtwoord-{}", std::process::id()));
    std::fs::write(&file, "ook geheim\n").unwrap();
    let flag = format!("--kafka-sasl-password-file={}", file.display());
    let from_file = [named.as_slice(), &[flag.as_str()]].concat();
    let read = settings(&from_file).unwrap().unwrap().security.sasl.unwrap();
    let twice = parse(&from_file).kafka.settings_with(Some("geheim".to_owned())).unwrap_err();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(read.password.expose(), "ook geheim");
    assert!(matches!(twice, KafkaSettingsError::TwoPasswords));
    let gone = settings(&from_file).unwrap_err();
    assert!(gone.contains(&*file.to_string_lossy()), "{gone}");
}

#[cfg(feature = "kafka")]
#[test]
fn what_would_be_ignored_is_refused() {
    for (flags, said) in [
        (vec![BROKERS, "--kafka-ca=ca.pem"], "--kafka-ca has no use"),
        (vec![BROKERS, "--kafka-sasl-username=a"], "--kafka-sasl-username has no use"),
        (
            vec![BROKERS, "--kafka-security=ssl", "--kafka-client-cert=a.pem"],
            "without --kafka-client-key",
        ),
        (
            vec![BROKERS, "--kafka-security=ssl", "--kafka-client-key=a.pem"],
            "without --kafka-client-cert",
        ),
    ] {
        let error = settings(&flags).unwrap_err();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn a_topic_has_a_name_that_kafka_allows() {
    assert!(topic("klantinteracties.gebeurtenissen.v1").is_ok());
    for wrong in ["", ".", "..", "met spatie", "ë", &"a".repeat(250)] {
        assert!(topic(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn topics_are_made_with_copies_unless_said_otherwise() {
    let made = parse(&[]).topics.settings().unwrap();
    assert_eq!((made.partitions, made.replication, made.min_insync_replicas), (6, 3, 2));
    assert_eq!(made.retention.as_secs(), 7 * 24 * 3600);
    assert_eq!(made.intern_retention.as_secs(), 30 * 24 * 3600);
    let error = parse(&["--kafka-replication-factor=1"]).topics.settings().unwrap_err();
    assert!(matches!(error, KafkaSettingsError::TooFewReplicas { min: 2, replication: 1 }));
}
