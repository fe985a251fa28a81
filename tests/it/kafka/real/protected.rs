//! Connections that are encrypted, and brokers that ask who we are.

use std::path::{Path, PathBuf};

use rdkafka::ClientConfig;
use write_side::uitgaand::kafka::{
    ClientCertificate, Password, Sasl, SaslMechanism, Security, Tls,
};

use crate::kafka::broker::Broker;
use crate::kafka::reader::read_until;
use crate::kafka::support::Scene;

use super::given;

const SSL: &str = "KLANTBEELD_TEST_KAFKA_SSL";
const SASL_SSL: &str = "KLANTBEELD_TEST_KAFKA_SASL_SSL";
const CERTS: &str = "KLANTBEELD_TEST_KAFKA_CERTS";

fn certificate(name: &str) -> PathBuf {
    Path::new(&given(CERTS)).join(name)
}

fn tls() -> Tls {
    let (certificate, key) = (certificate("client.pem"), certificate("client.key"));
    let client = Some(ClientCertificate { certificate, key });
    Tls { ca: Some(self::certificate("ca.pem")), client }
}

fn sasl(password: &str) -> Sasl {
    Sasl {
        mechanism: SaslMechanism::ScramSha512,
        username: "klantbeeld".to_owned(),
        password: Password::new(password.to_owned()),
    }
}

/// Checks that nothing counts as sent with these settings, while with the right ones a relay that
/// starts later sends everything over the same listener.
async fn assert_nothing_leaves(scene: &mut Scene, wrong: Security, right: &Security) {
    scene.settings.security = wrong;
    let relay = scene.relay();
    let mut other = Scene::with(Broker::any()).await;
    other.settings.brokers = scene.settings.brokers.clone();
    other.settings.security = right.clone();
    other.partijen(1).await;
    let well = other.relay();
    other.carried().await;
    assert_eq!(scene.volgnummer().await, 0);
    relay.stop().await;
    well.stop().await;
}

#[tokio::test]
async fn an_encrypted_connection_with_a_certificate_of_ours() {
    let mut scene = Scene::with(Broker::any()).await;
    scene.partijen(3).await;
    scene.settings.brokers = given(SSL);
    // A broker that nobody we trust vouches for, and one that does not know us.
    let stranger = Tls { ca: Some(certificate("client.pem")), ..tls() };
    let nobody = Tls { client: None, ..tls() };
    let right = Security { tls: Some(tls()), sasl: None };
    for tls in [stranger, nobody] {
        assert_nothing_leaves(&mut scene, Security { tls: Some(tls), sasl: None }, &right).await;
    }
    scene.settings.security = right;
    let relay = scene.relay();
    let published = scene.carried().await;
    scene.assert_complete(&published).await;
    relay.stop().await;
}

#[tokio::test]
async fn a_name_and_a_password() {
    let mut scene = Scene::with(Broker::any()).await;
    scene.partijen(3).await;
    scene.settings.brokers = given(SASL_SSL);
    let tls = Tls { client: None, ..tls() };
    let security = |password| Security { tls: Some(tls.clone()), sasl: Some(sasl(password)) };
    let right = security("alleen-voor-tests");
    assert_nothing_leaves(&mut scene, security("verkeerd"), &right).await;
    scene.settings.security = right;
    let relay = scene.relay();
    let published = scene.carried().await;
    scene.assert_complete(&published).await;
    relay.stop().await;

    // And the other way: what a consumer with the same settings reads.
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", given(SASL_SSL))
        .set("security.protocol", "sasl_ssl")
        .set("ssl.ca.location", certificate("ca.pem").to_string_lossy())
        .set("sasl.mechanisms", "SCRAM-SHA-512")
        .set("sasl.username", "klantbeeld")
        .set("sasl.password", "alleen-voor-tests");
    let received = read_until(&config, &scene.settings.topic, |all| all.len() == 3).await;
    assert!(received.iter().all(|message| message.header("ce_specversion") == "1.0"));
}
