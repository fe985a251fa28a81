//! Looking for changes: one task of the process, with one statement at a time, for as long as somebody is
//! subscribed.

use std::sync::Arc;
use std::time::Duration;

use read_side::wijzigingen;
use sqlx::PgPool;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};

use super::SubscriptionSettings;
use super::bells::{Bell, Bells};
use super::seats::Seats;

/// Longest time that one look may take.
const LOOK_LIMIT: Duration = Duration::from_secs(5);
/// After how long without a look changes may be gone (the projector keeps them twice as long): then
/// everybody looks again.
const BEHIND_MAX: Duration = Duration::from_secs(300);
/// How many subscribers look at the same time whether their answer changed: what concerns all at once
/// leaves connections for questions.
const LOOKS_MAX: usize = 4;

/// Who looks for changes, and who is subscribed. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Watcher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: PgPool,
    settings: SubscriptionSettings,
    bells: Arc<Bells>,
    looks: Semaphore,
    subscriptions: Arc<Seats>,
    sockets: Arc<Seats>,
    waiting: Arc<Seats>,
    stop: watch::Sender<bool>,
}

impl Watcher {
    /// A watcher of the changes in this database; it begins with the first subscriber.
    #[must_use]
    pub fn new(pool: PgPool, settings: SubscriptionSettings) -> Self {
        let seats = || Seats::new(settings.max, settings.per_bearer);
        Self(Arc::new(Inner {
            pool,
            settings,
            bells: Arc::default(),
            looks: Semaphore::new(LOOKS_MAX),
            subscriptions: seats(),
            sockets: seats(),
            waiting: Seats::new(settings.max, settings.max),
            stop: watch::channel(false).0,
        }))
    }

    /// Ends every subscription and every socket, and those that are still to come.
    pub fn stop(&self) {
        self.0.stop.send_replace(true);
    }

    /// Waits until there is no subscription and no socket.
    pub async fn ended(&self) {
        for seats in [&self.0.waiting, &self.0.sockets, &self.0.subscriptions] {
            seats.all_left().await;
        }
    }

    pub(crate) fn settings(&self) -> &SubscriptionSettings {
        &self.0.settings
    }

    /// The seats of subscriptions.
    pub(crate) fn subscriptions(&self) -> &Arc<Seats> {
        &self.0.subscriptions
    }

    /// The seats of sockets.
    pub(crate) fn sockets(&self) -> &Arc<Seats> {
        &self.0.sockets
    }

    /// The seats of sockets whose bearer is not known yet.
    pub(crate) fn waiting(&self) -> &Arc<Seats> {
        &self.0.waiting
    }

    /// Becomes true when everything must end.
    pub(crate) fn stopped(&self) -> watch::Receiver<bool> {
        self.0.stop.subscribe()
    }

    /// Turns for looking whether an answer changed.
    pub(super) fn looks(&self) -> &Semaphore {
        &self.0.looks
    }

    /// A bell for a subscriber.
    pub(super) fn hang(&self) -> Bell {
        let (bell, begin) = self.0.bells.hang();
        if begin {
            tokio::spawn(watch_changes(Arc::clone(&self.0)));
        }
        bell
    }
}

/// How far was looked.
#[derive(Debug, Default)]
struct Seen {
    /// Every transaction below this had ended; `None` when it is not known.
    vanaf: Option<i64>,
    /// The numbers of changes of later transactions, each with its transaction.
    numbers: Vec<(i64, i64)>,
}

async fn watch_changes(inner: Arc<Inner>) {
    let (mut seen, mut looked) = (Seen::default(), Instant::now());
    while inner.bells.go_on() && !*inner.stop.borrow() {
        match timeout(LOOK_LIMIT, look(&inner, &mut seen)).await {
            Ok(Ok(())) => {
                if looked.elapsed() > BEHIND_MAX {
                    inner.bells.ring_all();
                }
                looked = Instant::now();
            }
            Ok(Err(_)) | Err(_) => {
                tracing::warn!("changes cannot be read: whoever is subscribed is told later");
                // It may be another server that answers next.
                seen = Seen::default();
            }
        }
        sleep(inner.settings.poll).await;
    }
}

/// One look; rings for what changed. What changed before the first one rings for everybody.
async fn look(inner: &Inner, seen: &mut Seen) -> sqlx::Result<()> {
    let numbers: Vec<i64> = seen.numbers.iter().map(|(_, nr)| *nr).collect();
    let blik = wijzigingen::since(&inner.pool, seen.vanaf, &numbers).await?;
    if seen.vanaf.is_none_or(|vanaf| blik.grens < vanaf) {
        inner.bells.ring_all();
    }
    for change in &blik.wijzigingen {
        inner.bells.ring(change);
        seen.numbers.push((change.tx, change.nr));
    }
    seen.numbers.retain(|(tx, _)| *tx >= blik.grens);
    seen.vanaf = Some(blik.grens);
    Ok(())
}
