//! A broker that is killed and started again.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use clock::{Clock as _, SystemClock};
use rdkafka::consumer::{BaseConsumer, Consumer as _};

use crate::kafka::broker::Broker;
use crate::kafka::projecting::running::KafkaProjector;
use crate::kafka::reader::plain;
use crate::kafka::support::Scene;
use crate::projection::tables::assert_as_log;
use crate::support::{settled, until};

/// How long one look at the broker may take.
const LOOK: std::time::Duration = std::time::Duration::from_secs(1);

/// A broker of this test alone.
struct OwnBroker {
    dir: PathBuf,
    child: Child,
}

impl OwnBroker {
    fn start() -> Self {
        let dir = std::env::temp_dir().join(format!("own-kafka-{}", SystemClock.new_id()));
        let child = run(&dir);
        Self { dir, child }
    }

    /// Its address, when it answers.
    async fn address(&self) -> String {
        until("the broker to answer", || async {
            let addresses = std::fs::read_to_string(self.dir.join("addresses")).ok()?;
            let plain_address = addresses.split(' ').next()?.to_owned();
            let config = plain(&plain_address);
            let answers = tokio::task::spawn_blocking(move || {
                let consumer: BaseConsumer = config.create().expect("a consumer");
                consumer.fetch_metadata(None, LOOK).is_ok_and(|found| !found.brokers().is_empty())
            });
            answers.await.expect("an answer").then_some(plain_address)
        })
        .await
    }

    fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }
}

fn run(dir: &Path) -> Child {
    Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kafka/broker"))
        .arg(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a broker")
}

impl Drop for OwnBroker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

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
        own.child = run(&own.dir);
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
        own.child = run(&own.dir);
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
