//! The relay: round after round, until it is told to stop.

use std::error::Error;
use std::time::Duration;

use clock::SharedClock;
use kafka_client::{KafkaClientError, Told};
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::intern::Intern;
use super::levering::Levering;
use super::notificaties::Notificaties;
use super::round::{Carrier, Ronde, Stroom};
use super::settings::KafkaSettings;
use crate::uitgaand::Afzender;
use crate::uitgaand::pauze::{Doubling, is_stopped, wait};

/// First pause when there is nothing to send, or another process sends; each next one is twice as
/// long.
const IDLE_MIN: Duration = Duration::from_millis(20);
/// Longest pause when there is nothing to send.
const IDLE_MAX: Duration = Duration::from_millis(200);
/// First pause after a failure; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Longest pause after a failure.
const MAX_PAUSE: Duration = Duration::from_secs(15);
/// How often the log tells how far the relay is, while it sends.
const TELL_EVERY: Duration = Duration::from_secs(60);
/// How long a round under way may go on after a stop; then it is dropped, and done again later.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// Publishes to Kafka what happened here. Any number of processes may run it: the progress in the
/// database lets one at a time send, and another goes on where it stopped.
pub struct KafkaRelay {
    carriers: Vec<Carrier>,
}

impl std::fmt::Debug for KafkaRelay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let topics: Vec<_> = self.carriers.iter().map(|carrier| &carrier.topic).collect();
        f.debug_struct("KafkaRelay").field("topics", &topics).finish_non_exhaustive()
    }
}

impl KafkaRelay {
    /// A relay. It connects by itself, and does not need the brokers to be there yet.
    ///
    /// # Errors
    /// When the settings cannot be used, such as files that are not there.
    pub fn new(
        pool: PgPool,
        clock: SharedClock,
        settings: &KafkaSettings,
        afzender: &Afzender,
    ) -> Result<Self, KafkaClientError> {
        let carrier = |topic: &str, stroom: Box<dyn Stroom>| {
            let told = Told::default();
            // Opened here already, so that wrong settings are told at the start.
            let levering = Levering::open(settings, topic, &told)?;
            Ok::<_, KafkaClientError>(Carrier {
                pool: pool.clone(),
                clock: clock.clone(),
                settings: settings.clone(),
                topic: topic.to_owned(),
                stroom,
                told,
                levering: Some(levering),
            })
        };
        let mut carriers =
            vec![carrier(&settings.topic, Box::new(Notificaties { afzender: afzender.clone() }))?];
        if let Some(topic) = &settings.intern_topic {
            carriers.push(carrier(topic, Box::<Intern>::default())?);
        }
        Ok(Self { carriers })
    }

    /// Works until `stop` becomes true, or its sender is gone. Nothing that fails ends it: it tries
    /// again, ever more slowly, and says so.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let mut running = tokio::task::JoinSet::new();
        for carrier in self.carriers {
            running.spawn(carry(carrier, stop.clone()));
        }
        while let Some(ended) = running.join_next().await {
            if let Err(error) = ended {
                tracing::error!(fout = %error, "a part of the Kafka relay broke down");
            }
        }
    }
}

async fn carry(mut carrier: Carrier, mut stop: watch::Receiver<bool>) {
    let naam = carrier.stroom.naam();
    tracing::info!(relay.naam = naam, kafka.topic = carrier.topic, "the relay runs");
    let mut pause = Doubling::new(FIRST_PAUSE, MAX_PAUSE);
    let mut idle = Doubling::new(IDLE_MIN, IDLE_MAX);
    let mut sent = Sent::new();
    while !is_stopped(&stop) {
        let ended = tokio::select! {
            ended = carrier.round() => ended,
            () = overdue(stop.clone()) => break,
        };
        match ended {
            Ok(Ronde::Sent(count)) => {
                pause.reset();
                idle.reset();
                sent.count(naam, count);
            }
            Ok(Ronde::Nothing | Ronde::Busy) => {
                pause.reset();
                wait(idle.next(), &mut stop).await;
            }
            Err(error) => {
                let next = pause.next();
                tracing::warn!(
                    relay.naam = naam,
                    fout = chain(&error),
                    pauze.ms = u64::try_from(next.as_millis()).unwrap_or(u64::MAX),
                    "nothing is lost; the relay tries again after a pause"
                );
                wait(next, &mut stop).await;
            }
        }
    }
    carrier.close().await;
    tracing::info!(relay.naam = naam, "the relay has stopped");
}

/// How much was sent since it was last told.
struct Sent {
    count: usize,
    told: Instant,
}

impl Sent {
    fn new() -> Self {
        Self { count: 0, told: Instant::now() }
    }

    fn count(&mut self, naam: &str, count: usize) {
        self.count += count;
        tracing::debug!(relay.naam = naam, relay.verzonden = count, "a round arrived");
        if self.told.elapsed() >= TELL_EVERY {
            tracing::info!(relay.naam = naam, relay.verzonden = self.count, "messages arrived");
            *self = Self::new();
        }
    }
}

/// Returns when a stop was asked for, and a round under way has had its time.
async fn overdue(mut stop: watch::Receiver<bool>) {
    // A sender that is gone can ask for nothing more, and counts as having done so.
    let _ = stop.wait_for(|stopped| *stopped).await;
    sleep(STOP_LIMIT).await;
}

/// An error with all its causes in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
