//! The role `relay`: keeps publishing, and tells others.

use std::sync::Arc;
use std::time::Duration;

use clock::SharedClock;
use log_source::PostgresLog;
use sqlx::PgPool;
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use super::cloudevent::Afzender;
use super::publicatie::{self, PublicationError, Round};
use super::webhook::netwerk::Netwerkbeleid;
use super::webhook::verzending::Verzender;
use super::webhook::{Bezorger, wachtrij};

/// Shortest and longest pause after a round that failed.
const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(5);
/// How often old deliveries are removed.
const FORGET_EVERY: Duration = Duration::from_secs(3600);

/// How the relay works.
#[derive(Debug, Clone)]
pub struct RelaySettings {
    /// Longest pause between looks at the log.
    pub max_idle: Duration,
    /// Poked when something was committed in this process.
    pub wake: Option<Arc<Notify>>,
    /// Who tells.
    pub afzender: Afzender,
    /// Where webhooks may go.
    pub beleid: Netwerkbeleid,
}

impl Default for RelaySettings {
    fn default() -> Self {
        Self {
            max_idle: Duration::from_millis(50),
            wake: None,
            afzender: Afzender::default(),
            beleid: Netwerkbeleid::default(),
        }
    }
}

/// Why the relay ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// Publication met something that trying again does not mend.
    #[error("publication stopped; nothing was skipped, and it goes on where it was when mended")]
    Publication(#[from] PublicationError),
    /// Nothing can be sent from this machine.
    #[error("webhooks cannot be sent: the certificates of this machine cannot be read")]
    Client(#[from] reqwest::Error),
}

/// The relay.
#[derive(Debug)]
pub struct Relay {
    pool: PgPool,
    clock: SharedClock,
    settings: RelaySettings,
}

impl Relay {
    /// A relay on this database.
    #[must_use]
    pub fn new(pool: PgPool, clock: SharedClock, settings: RelaySettings) -> Self {
        Self { pool, clock, settings }
    }

    /// Works until `stop` says so.
    ///
    /// # Errors
    /// When it met something that trying again does not mend.
    pub async fn run(self, stop: watch::Receiver<bool>) -> Result<(), RelayError> {
        let verzender = Verzender::new(self.settings.beleid.clone())?;
        let afzender = Arc::new(self.settings.afzender.clone());
        let bezorger =
            Bezorger::new(self.pool.clone(), Arc::clone(&self.clock), verzender, afzender);
        tokio::select! {
            ended = self.publish() => ended,
            () = bezorger.run(stop) => Ok(()),
            () = self.forget() => Ok(()),
        }
    }

    async fn publish(&self) -> Result<(), RelayError> {
        let mut pause = RETRY_MIN;
        let mut log = None;
        loop {
            match self.round(&mut log).await {
                Ok(Round::More) => pause = RETRY_MIN,
                Ok(Round::Idle) => {
                    pause = RETRY_MIN;
                    self.idle().await;
                }
                Err(error) if error.is_transient() => {
                    tracing::warn!(error = %error, cause = ?std::error::Error::source(&error),
                        "publication waits for the database");
                    sleep(pause).await;
                    pause = (pause * 2).min(RETRY_MAX);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Removes what was delivered long ago, now and then.
    async fn forget(&self) {
        loop {
            if let Err(error) = wachtrij::forget_old(&self.pool, self.clock.now()).await {
                tracing::warn!(%error, "old deliveries could not be removed");
            }
            sleep(FORGET_EVERY).await;
        }
    }

    async fn round(&self, log: &mut Option<PostgresLog>) -> Result<Round, PublicationError> {
        let source = match log {
            Some(source) => source,
            None => log.insert(PostgresLog::open(&self.pool).await?),
        };
        publicatie::round(&self.pool, source, &*self.clock).await
    }

    async fn idle(&self) {
        match &self.settings.wake {
            Some(wake) => {
                timeout(self.settings.max_idle, wake.notified()).await.ok();
            }
            None => sleep(self.settings.max_idle).await,
        }
    }
}
