//! The deliverer: a task per subscription that has something due, and one process per subscription.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use clock::SharedClock;
use sqlx::PgPool;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::abonnement::{self, Abonnement, Geheimen};
use super::verzending::{Verzender, Zending};
use super::wachtrij;
use crate::uitgaand::cloudevent::Afzender;
use crate::uitgaand::feed::{self, Vraag};

/// How often subscriptions with something due are looked for.
const LOOK: Duration = Duration::from_millis(100);
/// Pause after the database failed.
const RETRY: Duration = Duration::from_secs(1);
/// How long the right to deliver lasts when it is not renewed: what a receiver waits when the process
/// that delivered to it was killed.
const LEASE_SECONDS: f64 = 10.0;
/// How often it is renewed, so that neither a slow receiver nor a slow database ends it.
const RENEW: Duration = Duration::from_secs(3);
/// Longest time that giving back the right to deliver may take at the end.
const RELEASE_MAX: Duration = Duration::from_secs(2);
/// Objects of one subscription that are told of at the same time.
const AT_ONCE: i32 = 8;
/// Turns that a subscription can get in a minute, one per look.
const TURNS_PER_MINUTE: i32 = 600;

/// Delivers to every subscription.
#[derive(Debug, Clone)]
pub(in crate::uitgaand) struct Bezorger {
    pub(in crate::uitgaand) pool: PgPool,
    pub(in crate::uitgaand) clock: SharedClock,
    pub(in crate::uitgaand) verzender: Verzender,
    pub(in crate::uitgaand) afzender: Arc<Afzender>,
    /// The subscriptions that this process works at.
    busy: Arc<Mutex<HashSet<Uuid>>>,
    werker: Uuid,
}

impl Bezorger {
    /// A deliverer.
    pub(in crate::uitgaand) fn new(
        pool: PgPool,
        clock: SharedClock,
        verzender: Verzender,
        afzender: Arc<Afzender>,
    ) -> Self {
        let werker = clock.new_id();
        Self { pool, clock, verzender, afzender, busy: Arc::default(), werker }
    }

    /// Delivers until `stop` says so; then another process may go on at once.
    pub(in crate::uitgaand) async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        tokio::select! {
            () = self.look(&mut tasks) => (),
            _ = stop.wait_for(|stopped| *stopped) => (),
        }
        tasks.shutdown().await;
        timeout(RELEASE_MAX, wachtrij::release_all(&self.pool, self.werker)).await.ok();
    }

    /// Keeps looking for subscriptions with something due, and works at each in a task of its own.
    async fn look(&self, tasks: &mut JoinSet<()>) {
        loop {
            while tasks.try_join_next().is_some() {}
            match wachtrij::due(&self.pool, self.clock.now()).await {
                Ok(due) => {
                    for id in due {
                        if self.lock().insert(id) {
                            let bezorger = self.clone();
                            tasks.spawn(async move { bezorger.work(id).await });
                        }
                    }
                    sleep(LOOK).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "webhooks wait for the database");
                    sleep(RETRY).await;
                }
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<Uuid>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn work(&self, id: Uuid) {
        let ended = tokio::select! {
            ended = self.deliver_all(id) => ended,
            ended = self.keep(id) => ended,
        };
        if let Err(error) = ended {
            tracing::warn!(%error, abonnement = %id, "webhooks wait for the database");
        }
        wachtrij::release(&self.pool, id, self.werker).await.ok();
        self.lock().remove(&id);
    }

    /// Renews the right to deliver, until another process has it.
    async fn keep(&self, id: Uuid) -> sqlx::Result<()> {
        loop {
            sleep(RENEW).await;
            if !wachtrij::lease(&self.pool, id, self.werker, LEASE_SECONDS).await? {
                return Ok(());
            }
        }
    }

    /// Delivers what is due for one subscription, until nothing is.
    async fn deliver_all(&self, id: Uuid) -> sqlx::Result<()> {
        loop {
            if !wachtrij::lease(&self.pool, id, self.werker, LEASE_SECONDS).await? {
                return Ok(());
            }
            let mut conn = self.pool.acquire().await?;
            let Some(abonnement) = abonnement::load(&mut conn, id).await? else {
                return Ok(());
            };
            let paused = abonnement.pauze_tot.is_some_and(|until| until > self.clock.now());
            if abonnement.status != "actief" || paused {
                return Ok(());
            }
            let geheimen = abonnement::geheimen(&mut conn, id).await?;
            drop(conn);
            let max = abonnement.per_minuut.map_or(AT_ONCE, per_turn);
            let now = self.clock.now();
            let next = wachtrij::next(&self.pool, id, now, i64::from(max)).await?;
            if next.is_empty() {
                return Ok(());
            }
            let rest = abonnement.per_minuut.map(|rate| rest(next.len(), rate));
            self.deliver_batch(&abonnement, &geheimen, next).await?;
            if let Some(rest) = rest {
                wachtrij::rest(&self.pool, id, now + rest).await?;
            }
        }
    }

    async fn deliver_batch(
        &self,
        abonnement: &Abonnement,
        geheimen: &Geheimen,
        next: Vec<i64>,
    ) -> sqlx::Result<()> {
        let mut tasks = JoinSet::new();
        for volgnummer in next {
            let (bezorger, abonnement, geheimen) =
                (self.clone(), abonnement.clone(), geheimen.clone());
            tasks.spawn(async move { bezorger.deliver(&abonnement, &geheimen, volgnummer).await });
        }
        while let Some(done) = tasks.join_next().await {
            done.map_err(|_| sqlx::Error::WorkerCrashed)??;
        }
        Ok(())
    }

    /// Delivers one event, and writes at once what came of it.
    async fn deliver(
        &self,
        abonnement: &Abonnement,
        geheimen: &Geheimen,
        volgnummer: i64,
    ) -> sqlx::Result<()> {
        let vraag = Vraag { na: volgnummer - 1, aantal: 1, ..Vraag::default() };
        let found = feed::page(&self.pool, &vraag).await?;
        let Some(notificatie) = found.into_iter().next() else {
            return Ok(());
        };
        let moment = self.clock.now();
        let body = self.afzender.event(&notificatie).to_string();
        let zending = Zending { id: notificatie.handeling_id.to_string(), body, moment };
        let uitslag = self.verzender.deliver(abonnement, geheimen, zending).await;
        let now = self.clock.now();
        wachtrij::record(&self.pool, abonnement.id, volgnummer, &uitslag, now).await
    }
}

/// How many deliveries a receiver gets in one turn that allows so many a minute.
fn per_turn(per_minuut: i32) -> i32 {
    (per_minuut / TURNS_PER_MINUTE).clamp(1, AT_ONCE)
}

/// How long a receiver is left alone that got so many deliveries, and allows so many a minute.
fn rest(deliveries: usize, per_minuut: i32) -> TimeDelta {
    TimeDelta::minutes(1) * i32::try_from(deliveries).unwrap_or(AT_ONCE) / per_minuut.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_gets_no_more_than_it_allows() {
        for per_minuut in [1, 7, 600, 1200, 100_000] {
            let (turn, wait) = (per_turn(per_minuut), rest(1, per_minuut));
            let deliveries = usize::try_from(turn).expect("a count");
            assert!((1..=AT_ONCE).contains(&turn));
            assert!(rest(deliveries, per_minuut) >= wait * turn, "{per_minuut} a minute");
            assert!(wait * per_minuut > TimeDelta::milliseconds(59_999), "{per_minuut} a minute");
        }
        assert_eq!(rest(1, 1), TimeDelta::minutes(1));
    }
}
