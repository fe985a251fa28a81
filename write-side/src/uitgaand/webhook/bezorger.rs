//! The deliverer: a task per subscription that has something due, and one process per subscription.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use clock::SharedClock;
use sqlx::PgPool;
use tokio::task::JoinSet;
use tokio::time::sleep;
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
/// How long the right to deliver lasts: longer than the longest request.
const LEASE_SECONDS: f64 = 30.0;
/// Objects of one subscription that are told of at the same time.
const AT_ONCE: i64 = 8;

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

    /// Delivers until it is dropped; its tasks end with it.
    pub(in crate::uitgaand) async fn run(self) {
        let mut tasks = JoinSet::new();
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
        if let Err(error) = self.deliver_all(id).await {
            tracing::warn!(%error, abonnement = %id, "webhooks wait for the database");
        }
        wachtrij::release(&self.pool, id, self.werker).await.ok();
        self.lock().remove(&id);
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
            let max = if abonnement.per_minuut.is_some() { 1 } else { AT_ONCE };
            let next = wachtrij::next(&self.pool, id, self.clock.now(), max).await?;
            if next.is_empty() {
                return Ok(());
            }
            self.deliver_batch(&abonnement, &geheimen, next).await?;
            if let Some(rate) = abonnement.per_minuut {
                let gap = TimeDelta::minutes(1) / rate;
                sleep(gap.to_std().unwrap_or_default()).await;
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
