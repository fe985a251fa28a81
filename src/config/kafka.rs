//! Settings of Kafka: where it is, who we are to it, what goes where.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};
use write_side::uitgaand::kafka::{
    ClientCertificate, KafkaSettings, Password, Sasl, SaslMechanism, Security, Tls, TopicSettings,
};

use super::values::hours;

/// The variable with the password; not a flag, for everybody on the machine can read those.
const PASSWORD_VARIABLE: &str = "KLANTBEELD_KAFKA_SASL_PASSWORD";

/// Longest name of a topic, in characters.
const TOPIC_MAX: usize = 249;

/// Kafka: where it is, who we are to it, what goes where.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Kafka")]
pub struct KafkaArgs {
    /// Brokers to begin with, as host:port by commas; without them nothing goes to Kafka
    #[arg(long, env = "KLANTBEELD_KAFKA_BROKERS", value_name = "HOST:PORT,…")]
    pub kafka_brokers: Option<String>,

    /// Topic of the notifications, which hold no personal data
    #[arg(long, env = "KLANTBEELD_KAFKA_TOPIC", value_name = "TOPIC", value_parser = topic)]
    #[arg(default_value = "klantinteracties.gebeurtenissen.v1")]
    pub kafka_topic: String,

    /// Publish the full events too, for our own projectors; they hold personal data
    #[arg(long, env = "KLANTBEELD_KAFKA_INTERNAL", value_name = "BOOL")]
    #[arg(action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
    #[arg(default_value_t = false)]
    pub kafka_internal: bool,

    /// Topic of the full events; who may read it may read everything
    #[arg(long, env = "KLANTBEELD_KAFKA_INTERNAL_TOPIC", value_name = "TOPIC")]
    #[arg(value_parser = topic, default_value = "klantbeeld.intern.log.v1")]
    pub kafka_internal_topic: String,

    /// How the connection is protected
    #[arg(long, env = "KLANTBEELD_KAFKA_SECURITY", value_name = "PROTOCOL", value_enum)]
    #[arg(default_value_t = Protocol::Plaintext)]
    pub kafka_security: Protocol,

    /// File with the certificates to trust (PEM) [default: those of the system]
    #[arg(long, env = "KLANTBEELD_KAFKA_CA", value_name = "FILE")]
    pub kafka_ca: Option<PathBuf>,

    /// File with our own certificate (PEM), where the brokers ask for one
    #[arg(long, env = "KLANTBEELD_KAFKA_CLIENT_CERT", value_name = "FILE")]
    pub kafka_client_cert: Option<PathBuf>,

    /// File with the key of our own certificate (PEM)
    #[arg(long, env = "KLANTBEELD_KAFKA_CLIENT_KEY", value_name = "FILE")]
    pub kafka_client_key: Option<PathBuf>,

    /// How to log in, with sasl_plaintext and sasl_ssl
    #[arg(long, env = "KLANTBEELD_KAFKA_SASL_MECHANISM", value_name = "MECHANISM", value_enum)]
    #[arg(default_value_t = Mechanism::ScramSha512)]
    pub kafka_sasl_mechanism: Mechanism,

    /// Name to log in with
    #[arg(long, env = "KLANTBEELD_KAFKA_SASL_USERNAME", value_name = "NAME")]
    pub kafka_sasl_username: Option<String>,

    /// File with the password to log in with, or give it in KLANTBEELD_KAFKA_SASL_PASSWORD
    #[arg(long, env = "KLANTBEELD_KAFKA_SASL_PASSWORD_FILE", value_name = "FILE")]
    pub kafka_sasl_password_file: Option<PathBuf>,
}

/// How `kafka init` makes topics.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Topics")]
pub struct KafkaTopicArgs {
    /// Partitions of each topic; more of them later breaks the order within a key once
    #[arg(long, env = "KLANTBEELD_KAFKA_PARTITIONS", value_name = "N", default_value_t = 6)]
    #[arg(value_parser = clap::value_parser!(i32).range(1..=10_000))]
    pub kafka_partitions: i32,

    /// Brokers that keep each partition
    #[arg(
        long,
        env = "KLANTBEELD_KAFKA_REPLICATION_FACTOR",
        value_name = "N",
        default_value_t = 3
    )]
    #[arg(value_parser = clap::value_parser!(i32).range(1..=100))]
    pub kafka_replication_factor: i32,

    /// Brokers that must have a message before it counts as received
    #[arg(
        long,
        env = "KLANTBEELD_KAFKA_MIN_INSYNC_REPLICAS",
        value_name = "N",
        default_value_t = 2
    )]
    #[arg(value_parser = clap::value_parser!(i32).range(1..=100))]
    pub kafka_min_insync_replicas: i32,

    /// Hours that notifications are kept (7 days)
    #[arg(long, env = "KLANTBEELD_KAFKA_RETENTION", value_name = "HOURS")]
    #[arg(value_parser = hours, default_value = "168")]
    pub kafka_retention: Duration,

    /// Hours that full events are kept (30 days)
    #[arg(long, env = "KLANTBEELD_KAFKA_INTERNAL_RETENTION", value_name = "HOURS")]
    #[arg(value_parser = hours, default_value = "720")]
    pub kafka_internal_retention: Duration,
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Protocol {
    /// Not at all: for a machine of one's own.
    Plaintext,
    /// Encrypted; we may show a certificate.
    Ssl,
    /// Name and password, on a line that others can read.
    SaslPlaintext,
    /// Encrypted, with name and password.
    SaslSsl,
}

/// How to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mechanism {
    /// The password itself goes over the line.
    Plain,
    /// Challenge and response, SHA-256.
    #[value(name = "scram-sha-256")]
    ScramSha256,
    /// Challenge and response, SHA-512.
    #[value(name = "scram-sha-512")]
    ScramSha512,
}

/// What is wrong with the settings of Kafka.
#[derive(Debug, thiserror::Error)]
pub enum KafkaSettingsError {
    /// This program cannot speak Kafka.
    #[error(
        "this program was built without Kafka; build it with the feature `kafka` (it is on by \
         default, and needs OpenSSL's headers), or leave out KLANTBEELD_KAFKA_BROKERS"
    )]
    NotBuilt,
    /// A setting has no use without another.
    #[error("{given} has no use without {missing}; give both or neither")]
    Without {
        /// The setting that was given.
        given: &'static str,
        /// The setting that it needs.
        missing: &'static str,
    },
    /// A setting has no use with this protection.
    #[error(
        "{given} has no use with --kafka-security {protocol}; choose {wanted}, or leave it out"
    )]
    Unused {
        /// The setting that was given.
        given: &'static str,
        /// The protection that was chosen.
        protocol: &'static str,
        /// The protections that it belongs to.
        wanted: &'static str,
    },
    /// The password is in two places.
    #[error("the password is given twice: in a file and in {PASSWORD_VARIABLE}; give one of them")]
    TwoPasswords,
    /// The password cannot be read.
    #[error("the password file {path} cannot be read; check the path and who may read it")]
    PasswordFile {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Both streams would go to one topic.
    #[error(
        "notifications and full events would go to one topic, {0}; the full events hold personal \
         data, so give them a topic of their own with --kafka-internal-topic"
    )]
    OneTopic(String),
    /// Nothing could ever be received.
    #[error(
        "--kafka-min-insync-replicas {min} is more than --kafka-replication-factor {replication}: \
         Kafka would refuse every message"
    )]
    TooFewReplicas {
        /// Brokers that must have a message.
        min: i32,
        /// Brokers that keep it.
        replication: i32,
    },
}

impl KafkaArgs {
    /// The settings as the relay takes them; `None` = nothing goes to Kafka.
    ///
    /// # Errors
    /// When they contradict each other, or this program was built without Kafka.
    pub fn settings(&self) -> Result<Option<KafkaSettings>, KafkaSettingsError> {
        self.settings_with(std::env::var(PASSWORD_VARIABLE).ok())
    }

    fn settings_with(
        &self,
        password: Option<String>,
    ) -> Result<Option<KafkaSettings>, KafkaSettingsError> {
        let Some(brokers) = given(self.kafka_brokers.as_ref()) else {
            return match self.kafka_internal {
                true => Err(KafkaSettingsError::Without {
                    given: "--kafka-internal",
                    missing: "--kafka-brokers (KLANTBEELD_KAFKA_BROKERS)",
                }),
                false => Ok(None),
            };
        };
        if !cfg!(feature = "kafka") {
            return Err(KafkaSettingsError::NotBuilt);
        }
        if self.kafka_internal && self.kafka_internal_topic == self.kafka_topic {
            return Err(KafkaSettingsError::OneTopic(self.kafka_topic.clone()));
        }
        let security = Security { tls: self.tls()?, sasl: self.sasl(password)? };
        Ok(Some(KafkaSettings {
            brokers,
            topic: self.kafka_topic.clone(),
            intern_topic: self.kafka_internal.then(|| self.kafka_internal_topic.clone()),
            security,
        }))
    }

    fn tls(&self) -> Result<Option<Tls>, KafkaSettingsError> {
        let (cert, key) = (&self.kafka_client_cert, &self.kafka_client_key);
        let client = match (cert.clone(), key.clone()) {
            (Some(certificate), Some(key)) => Some(ClientCertificate { certificate, key }),
            (None, None) => None,
            (Some(_), None) => {
                let (given, missing) = ("--kafka-client-cert", "--kafka-client-key");
                return Err(KafkaSettingsError::Without { given, missing });
            }
            (None, Some(_)) => {
                let (given, missing) = ("--kafka-client-key", "--kafka-client-cert");
                return Err(KafkaSettingsError::Without { given, missing });
            }
        };
        match self.kafka_security {
            Protocol::Ssl | Protocol::SaslSsl => {
                Ok(Some(Tls { ca: self.kafka_ca.clone(), client }))
            }
            Protocol::Plaintext | Protocol::SaslPlaintext => {
                let wanted = "ssl or sasl_ssl";
                self.unused(self.kafka_ca.is_some(), "--kafka-ca", wanted)?;
                self.unused(client.is_some(), "--kafka-client-cert", wanted)?;
                Ok(None)
            }
        }
    }

    fn sasl(&self, password: Option<String>) -> Result<Option<Sasl>, KafkaSettingsError> {
        let username = given(self.kafka_sasl_username.as_ref());
        match self.kafka_security {
            Protocol::SaslPlaintext | Protocol::SaslSsl => {}
            Protocol::Plaintext | Protocol::Ssl => {
                let wanted = "sasl_ssl or sasl_plaintext";
                self.unused(username.is_some(), "--kafka-sasl-username", wanted)?;
                return Ok(None);
            }
        }
        let given = "--kafka-security sasl_…";
        let username = username.ok_or(KafkaSettingsError::Without {
            given,
            missing: "--kafka-sasl-username (KLANTBEELD_KAFKA_SASL_USERNAME)",
        })?;
        let password = self.password(password)?.ok_or(KafkaSettingsError::Without {
            given,
            missing: "a password: --kafka-sasl-password-file or KLANTBEELD_KAFKA_SASL_PASSWORD",
        })?;
        let mechanism = match self.kafka_sasl_mechanism {
            Mechanism::Plain => SaslMechanism::Plain,
            Mechanism::ScramSha256 => SaslMechanism::ScramSha256,
            Mechanism::ScramSha512 => SaslMechanism::ScramSha512,
        };
        Ok(Some(Sasl { mechanism, username, password }))
    }

    fn password(&self, variable: Option<String>) -> Result<Option<Password>, KafkaSettingsError> {
        let variable = given(variable.as_ref());
        match (&self.kafka_sasl_password_file, variable) {
            (Some(_), Some(_)) => Err(KafkaSettingsError::TwoPasswords),
            (None, variable) => Ok(variable.map(Password::new)),
            (Some(path), None) => {
                let text = std::fs::read_to_string(path).map_err(|source| {
                    KafkaSettingsError::PasswordFile { path: path.clone(), source }
                })?;
                // An editor ends a file with a new line; a password does not end with one.
                let text = text.trim_end_matches(['\r', '\n']).to_owned();
                Ok(given(Some(&text)).map(Password::new))
            }
        }
    }

    fn unused(
        &self,
        is_given: bool,
        given: &'static str,
        wanted: &'static str,
    ) -> Result<(), KafkaSettingsError> {
        let protocol = match self.kafka_security {
            Protocol::Plaintext => "plaintext",
            Protocol::Ssl => "ssl",
            Protocol::SaslPlaintext => "sasl_plaintext",
            Protocol::SaslSsl => "sasl_ssl",
        };
        match is_given {
            true => Err(KafkaSettingsError::Unused { given, protocol, wanted }),
            false => Ok(()),
        }
    }
}

impl KafkaTopicArgs {
    /// The settings as the write side takes them.
    ///
    /// # Errors
    /// When no message could ever be received.
    pub fn settings(&self) -> Result<TopicSettings, KafkaSettingsError> {
        let (min, replication) = (self.kafka_min_insync_replicas, self.kafka_replication_factor);
        if min > replication {
            return Err(KafkaSettingsError::TooFewReplicas { min, replication });
        }
        Ok(TopicSettings {
            partitions: self.kafka_partitions,
            replication,
            min_insync_replicas: min,
            retention: self.kafka_retention,
            intern_retention: self.kafka_internal_retention,
        })
    }
}

/// What was given; a variable that is set to nothing gives nothing.
fn given(value: Option<&String>) -> Option<String> {
    value.filter(|value| !value.trim().is_empty()).cloned()
}

/// The name of a topic, as Kafka allows it.
fn topic(text: &str) -> Result<String, String> {
    let legal = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    match !matches!(text, "" | "." | "..") && text.len() <= TOPIC_MAX && text.chars().all(legal) {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "a topic has at most {TOPIC_MAX} characters: letters, digits, point, hyphen, underscore"
        )),
    }
}

#[cfg(test)]
mod tests;
