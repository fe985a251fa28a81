//! Brokers that refuse, are slow, or are away.

use std::time::Duration;

use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

use crate::support::until;

use super::broker::Broker;
use super::support::Scene;

/// The one broker in process.
const BROKER: i32 = 1;

#[tokio::test]
async fn a_broker_that_was_away_gets_everything_when_it_is_back() {
    let scene = Scene::with(Broker::mock()).await;
    let relay = scene.relay();
    let partijen = scene.partijen(3).await;
    let before = scene.carried().await.len();
    scene.broker.controls().broker_down(BROKER).expect("down");
    scene.change(&partijen, 10).await;
    until("the notifications to be published", || async {
        (scene.published().await == before + 30).then_some(())
    })
    .await;
    assert_eq!(scene.volgnummer().await, 3, "nothing counts as arrived while the broker is away");
    scene.broker.controls().broker_up(BROKER).expect("up");
    let published = scene.carried().await;
    scene.assert_complete(&published).await;
    relay.stop().await;
}

#[tokio::test]
async fn a_relay_starts_without_a_broker_and_stops_in_time() {
    let scene = Scene::with(Broker::mock()).await;
    scene.broker.controls().broker_down(BROKER).expect("down");
    let relay = scene.relay();
    scene.partijen(3).await;
    relay.stop().await;
    assert_eq!(scene.volgnummer().await, 0);
    scene.broker.controls().broker_up(BROKER).expect("up");
    let relay = scene.relay();
    let published = scene.carried().await;
    scene.assert_complete(&published).await;
    relay.stop().await;
}

#[tokio::test]
async fn a_refusal_that_passes_is_tried_again() {
    use RDKafkaRespErr::{
        RD_KAFKA_RESP_ERR__TRANSPORT as BROKEN_OFF,
        RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS as TOO_FEW,
        RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION as NOT_LEADER,
        RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT as TIMED_OUT,
    };
    let scene = Scene::with(Broker::mock()).await;
    let relay = scene.relay();
    let partijen = scene.partijen(4).await;
    for error in [TOO_FEW, NOT_LEADER, TIMED_OUT, BROKEN_OFF] {
        let controls = scene.broker.controls();
        controls.request_errors(RDKafkaApiKey::Produce, &[error, error]);
        scene.change(&partijen, 5).await;
    }
    let published = scene.carried().await;
    scene.assert_complete(&published).await;
    relay.stop().await;
}

#[tokio::test]
async fn nothing_passes_a_message_that_is_refused_for_good() {
    use RDKafkaRespErr::{
        RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE as TOO_LARGE,
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED as NOT_ALLOWED,
    };
    let scene = Scene::with(Broker::mock()).await;
    let published = scene.fill(1_200, 2).await;
    // Slow answers: while the first messages are refused, many more stand in line behind them.
    let controls = scene.broker.controls();
    controls.broker_round_trip_time(BROKER, Duration::from_millis(20)).expect("slow");
    controls.request_errors(RDKafkaApiKey::Produce, &[TOO_LARGE, NOT_ALLOWED]);
    let relay = scene.relay();
    scene.assert_complete(&published).await;
    relay.stop().await;
}

#[tokio::test]
async fn a_topic_that_is_not_there_loses_nothing() {
    use RDKafkaRespErr::{
        RD_KAFKA_RESP_ERR_NO_ERROR as FINE, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART as UNKNOWN,
    };
    let scene = Scene::with(Broker::mock()).await;
    let topic = scene.settings.topic.clone();
    scene.broker.controls().topic_error(&topic, UNKNOWN).expect("set");
    let relay = scene.relay();
    scene.partijen(3).await;
    assert_eq!(scene.volgnummer().await, 0);
    scene.broker.controls().topic_error(&topic, FINE).expect("set");
    let published = scene.carried().await;
    scene.assert_complete(&published).await;
    relay.stop().await;
}
