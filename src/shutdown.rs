//! Stopping: the first signal asks everything to finish, the second ends the process at once.

use std::io;
use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// The exit code of a process that a signal ended at once: 128 + SIGINT.
const EXIT_AT_ONCE: i32 = 130;

/// Within this time a second signal is taken for the first: some programs that start others send it
/// to the process and to its group.
const SAME_SIGNAL: Duration = Duration::from_millis(300);

/// Tells every part of the process to stop. Clones tell the same parts.
#[derive(Debug, Clone)]
pub struct Stop {
    sender: watch::Sender<bool>,
}

impl Default for Stop {
    fn default() -> Self {
        Self { sender: watch::Sender::new(false) }
    }
}

impl Stop {
    /// A stop that SIGINT (Ctrl-C) and SIGTERM trigger. A second signal ends the process at once:
    /// that is safe, as the database keeps what was committed, and the guard of a private server
    /// stops it.
    ///
    /// # Errors
    /// When the system does not let signals be caught.
    pub fn on_signals() -> io::Result<Self> {
        let stop = Self::default();
        let signals = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::spawn(listen(signals, stop.clone()));
        Ok(stop)
    }

    /// Tells every part to stop.
    pub fn trigger(&self) {
        self.sender.send_replace(true);
    }

    /// For a part that wants to know.
    #[must_use]
    pub fn receiver(&self) -> watch::Receiver<bool> {
        self.sender.subscribe()
    }

    /// Whether it was triggered.
    #[must_use]
    pub fn is_triggered(&self) -> bool {
        *self.sender.borrow()
    }

    /// Returns when it is triggered.
    pub async fn triggered(&self) {
        // It cannot fail: this value has the sender.
        let _ = self.receiver().wait_for(|stopped| *stopped).await;
    }
}

async fn listen((mut interrupt, mut terminate): (Signal, Signal), stop: Stop) {
    let name = next(&mut interrupt, &mut terminate).await;
    tracing::info!(signal = name, "stopping; a second signal ends at once");
    stop.trigger();
    let first = Instant::now();
    let mut name = next(&mut interrupt, &mut terminate).await;
    while first.elapsed() < SAME_SIGNAL {
        name = next(&mut interrupt, &mut terminate).await;
    }
    tracing::warn!(signal = name, "ending at once");
    std::process::exit(EXIT_AT_ONCE);
}

async fn next(interrupt: &mut Signal, terminate: &mut Signal) -> &'static str {
    tokio::select! {
        _ = interrupt.recv() => "SIGINT",
        _ = terminate.recv() => "SIGTERM",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_asks_late_still_hears_it() {
        let stop = Stop::default();
        let early = stop.receiver();
        assert!(!stop.is_triggered());
        stop.clone().trigger();
        stop.triggered().await;
        assert!(*early.borrow() && *stop.receiver().borrow());
    }
}
