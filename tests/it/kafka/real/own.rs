//! A broker that a test has for itself: killing it is felt by no other.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use clock::{Clock as _, SystemClock};
use rdkafka::consumer::{BaseConsumer, Consumer as _};

use crate::kafka::reader::plain;
use crate::support::until;

/// How long one look at the broker may take.
const LOOK: std::time::Duration = std::time::Duration::from_secs(1);

/// A broker of this test alone.
pub struct OwnBroker {
    dir: PathBuf,
    child: Child,
}

impl OwnBroker {
    /// Starts one.
    pub fn start() -> Self {
        let dir = std::env::temp_dir().join(format!("own-kafka-{}", SystemClock.new_id()));
        let child = run(&dir);
        Self { dir, child }
    }

    /// Its address, when it answers.
    pub async fn address(&self) -> String {
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

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// Starts it again, with the same ports and data.
    pub fn start_again(&mut self) {
        self.child = run(&self.dir);
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
