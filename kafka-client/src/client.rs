//! The settings as librdkafka takes them, and what it tells us.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rdkafka::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::settings::{SaslMechanism, Security, Tls};

/// How we are called in the broker's logs and quotas.
const CLIENT_ID: &str = "klantbeeld";

/// The settings of Kafka cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("Kafka cannot be used with these settings; check the files and names that they give")]
pub struct KafkaClientError(#[from] KafkaError);

/// What every client of ours begins with: brokers as `host:port` by commas, and how it is protected.
#[must_use]
pub fn config(brokers: &str, security: &Security) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", brokers)
        .set("client.id", CLIENT_ID)
        .set("security.protocol", protocol(security))
        // A broker that comes back is found within this time.
        .set("reconnect.backoff.max.ms", "1000")
        .set("log.connection.close", "false");
    if let Some(tls) = &security.tls {
        set_tls(&mut config, tls);
    }
    if let Some(sasl) = &security.sasl {
        config
            .set("sasl.mechanisms", mechanism(sasl.mechanism))
            .set("sasl.username", &sasl.username)
            .set("sasl.password", sasl.password.expose());
    }
    // What librdkafka logs comes to the context; the level is that of the whole program.
    config.set_log_level(RDKafkaLogLevel::Info);
    config
}

const fn protocol(security: &Security) -> &'static str {
    match (&security.tls, &security.sasl) {
        (None, None) => "plaintext",
        (Some(_), None) => "ssl",
        (None, Some(_)) => "sasl_plaintext",
        (Some(_), Some(_)) => "sasl_ssl",
    }
}

const fn mechanism(mechanism: SaslMechanism) -> &'static str {
    match mechanism {
        SaslMechanism::Plain => "PLAIN",
        SaslMechanism::ScramSha256 => "SCRAM-SHA-256",
        SaslMechanism::ScramSha512 => "SCRAM-SHA-512",
    }
}

fn set_tls(config: &mut ClientConfig, tls: &Tls) {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    config.set("enable.ssl.certificate.verification", "true");
    config.set("ssl.endpoint.identification.algorithm", "https");
    if let Some(ca) = &tls.ca {
        config.set("ssl.ca.location", text(ca));
    }
    if let Some(client) = &tls.client {
        config.set("ssl.certificate.location", text(&client.certificate));
        config.set("ssl.key.location", text(&client.key));
    }
}

/// Passes on what librdkafka tells. That no broker answers it tells at every attempt; we say it once,
/// until something came over again.
#[derive(Debug, Clone, Default)]
pub struct Told {
    away: Arc<AtomicBool>,
}

impl Told {
    /// Something came over.
    pub fn arrived(&self) {
        if self.away.swap(false, Ordering::Relaxed) {
            tracing::info!("Kafka answers again");
        }
    }
}

impl ClientContext for Told {
    fn log(&self, level: RDKafkaLogLevel, fac: &str, log_message: &str) {
        tracing::debug!(kafka.niveau = ?level, kafka.soort = fac, "librdkafka: {log_message}");
    }

    fn error(&self, error: KafkaError, reason: &str) {
        let away = matches!(
            error.rdkafka_error_code(),
            Some(RDKafkaErrorCode::AllBrokersDown | RDKafkaErrorCode::BrokerTransportFailure)
        );
        if !away {
            tracing::warn!(fout = %error, reden = reason, "Kafka reports an error");
        } else if !self.away.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                fout = %error,
                reden = reason,
                "Kafka does not answer; nothing is lost, and the work goes on when it does"
            );
        }
    }
}

impl ConsumerContext for Told {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Password, Sasl};

    #[test]
    fn the_protocol_follows_from_what_protects() {
        let tls = Some(Tls::default());
        let sasl = Some(Sasl {
            mechanism: SaslMechanism::ScramSha512,
            username: "klantbeeld".to_owned(),
            password: Password::new("geheim".to_owned()),
        });
        let of = |tls: &Option<Tls>, sasl: &Option<Sasl>| {
            protocol(&Security { tls: tls.clone(), sasl: sasl.clone() })
        };
        assert_eq!(of(&None, &None), "plaintext");
        assert_eq!(of(&tls, &None), "ssl");
        assert_eq!(of(&None, &sasl), "sasl_plaintext");
        assert_eq!(of(&tls, &sasl), "sasl_ssl");
    }
}
