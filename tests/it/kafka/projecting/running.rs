//! Projectors that read from Kafka: in this process, and in processes of their own.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use projector::products::Inrichting;
use projector::{EventSource, KafkaSource, Projector, ProjectorError, ProjectorSettings};
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::kafka::support::Scene;
use crate::support::until;

/// Longest time that a projector may take to stop.
const STOP_LIMIT: Duration = Duration::from_secs(15);

/// Where the full events of a scene are.
pub fn source(scene: &Scene) -> KafkaSource {
    let topic = scene.settings.intern_topic.clone().expect("a topic");
    KafkaSource {
        brokers: scene.settings.brokers.clone(),
        security: scene.settings.security.clone(),
        group: format!("{topic}.projectors"),
        topic,
    }
}

/// How many processes have partitions.
pub async fn distinct_owners(pool: &PgPool) -> i64 {
    let sql = "SELECT count(DISTINCT eigenaar) FROM projector.partities";
    sqlx::query_scalar(sql).fetch_one(pool).await.expect("partitions")
}

/// A projector in this process.
pub struct Following {
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), ProjectorError>>,
}

impl Following {
    /// Asks it to stop, and tells how it ended.
    pub async fn stop(self) -> Result<(), ProjectorError> {
        self.stop.send_replace(true);
        self.ended().await
    }

    /// Waits until it ends by itself.
    pub async fn ended(self) -> Result<(), ProjectorError> {
        let ended = tokio::time::timeout(STOP_LIMIT, self.task).await;
        ended.expect("it ends in time").expect("no panic")
    }
}

/// Asks projectors to stop; none of them ends with an error.
pub async fn stop_all(projectors: impl IntoIterator<Item = Following>) {
    for projector in projectors {
        projector.stop().await.expect("no error");
    }
}

/// Starts a projector in this process that reads from Kafka, in batches of at most so many.
pub fn follow(scene: &Scene, source: &KafkaSource, max_batch: usize) -> Following {
    let settings = ProjectorSettings { max_batch, ..ProjectorSettings::default() };
    run(scene, EventSource::Kafka(source.clone()), settings)
}

/// The same with other settings.
pub fn follow_with(scene: &Scene, settings: ProjectorSettings) -> Following {
    run(scene, EventSource::Kafka(source(scene)), settings)
}

/// Starts one that reads the log.
pub fn follow_log(scene: &Scene) -> Following {
    let settings = ProjectorSettings { max_batch: 100, ..ProjectorSettings::default() };
    run(scene, EventSource::Log, settings)
}

fn run(scene: &Scene, source: EventSource, settings: ProjectorSettings) -> Following {
    let products = projector::products::all(&Inrichting::default());
    let (pool, clock) = (scene.app.pool().clone(), Arc::clone(&scene.app.clock));
    let projector = Projector::new(pool, clock, products, settings);
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(async move { projector.run_from(&source, stopped).await });
    Following { stop, task }
}

/// A projector in a process of its own.
pub struct KafkaProjector {
    child: Child,
    jwks: PathBuf,
    told: PathBuf,
}

impl KafkaProjector {
    /// Starts one.
    pub fn start(scene: &Scene) -> Self {
        let source = source(scene);
        let file =
            |end: &str| std::env::temp_dir().join(format!("{}.{end}", scene.app.clock.new_id()));
        let (jwks, told) = (file("json"), file("log"));
        std::fs::write(&jwks, scene.app.issuer.jwks()).expect("a file");
        let output = || std::fs::File::options().create(true).append(true).open(&told);
        let child = Command::new(env!("CARGO_BIN_EXE_klantbeeld"))
            .args(["serve", "--roles", "project", "--listen", "127.0.0.1:0"])
            .args(["--issuer", "urn:test:uitgever", "--jwks"])
            .arg(&jwks)
            .args(["--project-from", "kafka", "--project-group", &source.group])
            .args(["--kafka-brokers", &source.brokers, "--kafka-internal-topic", &source.topic])
            .env("KLANTBEELD_DATABASE_URL", scene.app.database.url())
            .stdout(Stdio::from(output().expect("a file")))
            .stderr(Stdio::from(output().expect("a file")))
            .spawn()
            .expect("a process");
        Self { child, jwks, told }
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(&mut self) {
        self.signal(Signal::SIGTERM);
        assert_eq!(self.ended().await, Some(0), "{}", self.told());
    }

    /// Waits until it ends by itself; gives its exit code.
    pub async fn ended(&mut self) -> Option<i32> {
        let child = std::cell::RefCell::new(&mut self.child);
        until("the projector to end", || async { child.borrow_mut().try_wait().expect("a state") })
            .await
            .code()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).expect("a process id"));
        kill(pid, signal).expect("signalled");
    }

    /// What it said.
    pub fn told(&self) -> String {
        std::fs::read_to_string(&self.told).unwrap_or_default()
    }
}

impl Drop for KafkaProjector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("process {} said:\n{}", self.child.id(), self.told());
        }
        let _ = std::fs::remove_file(&self.jwks);
        let _ = std::fs::remove_file(&self.told);
    }
}
