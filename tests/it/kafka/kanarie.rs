//! What goes to Kafka as a notification is poor in information too.

use std::collections::BTreeSet;

use crate::kanarie::{assert_caused, speel};

use super::broker::Broker;
use super::support::Scene;

#[tokio::test]
async fn no_canary_goes_to_the_topic_of_notifications() {
    let scene = Scene::with(Broker::any()).await;
    let relay = scene.relay();
    let (kanaries, log) = speel(&scene.app).await;
    assert_caused(&log, &kanaries);
    let published = scene.carried().await;
    for message in scene.assert_complete(&published).await {
        let value = String::from_utf8(message.value).expect("text");
        let shown = format!("{} {:?} {value}", message.key, message.headers);
        assert_eq!(kanaries.in_text(&shown), BTreeSet::new());
    }
    relay.stop().await;
}
