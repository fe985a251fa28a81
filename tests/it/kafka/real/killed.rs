//! A broker that is killed and started again.

use crate::kafka::broker::Broker;
use crate::kafka::projecting::running::KafkaProjector;
use crate::kafka::support::Scene;
use crate::projection::tables::assert_as_log;
use crate::support::settled;

use super::own::OwnBroker;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_was_killed_has_everything_in_order() {
    let mut own = OwnBroker::start();
    let bootstrap = own.address().await;
    let scene = Scene::with(Broker { mock: None, bootstrap }).await;
    let relay = scene.relay();
    let partijen = scene.partijen(3).await;
    let before = scene.carried().await.len();
    for _ in 0..2 {
        scene.change(&partijen, 5).await;
        own.kill();
        scene.change(&partijen, 5).await;
        own.start_again();
        own.address().await;
    }
    let published = scene.carried().await;
    assert_eq!(published.len(), before + 60);
    scene.assert_complete(&published).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn projectors_go_on_with_a_broker_that_was_killed() {
    let mut own = OwnBroker::start();
    let bootstrap = own.address().await;
    let scene = Scene::with(Broker { mock: None, bootstrap }).await;
    let relay = scene.relay();
    let mut projectors = [KafkaProjector::start(&scene), KafkaProjector::start(&scene)];
    let partijen = scene.partijen(6).await;
    settled(scene.app.pool()).await;
    for _ in 0..2 {
        scene.change(&partijen, 3).await;
        own.kill();
        scene.change(&partijen, 3).await;
        own.start_again();
        own.address().await;
        scene.change(&partijen, 3).await;
        settled(scene.app.pool()).await;
    }
    // Nobody had to begin anew: both still run, and stop when they are asked to.
    for projector in &mut projectors {
        projector.stop().await;
    }
    assert_as_log(scene.app.pool()).await;
    relay.stop().await;
}
