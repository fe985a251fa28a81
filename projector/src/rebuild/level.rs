//! Catching up: bringing a generation through the normal tail as far as the one that readers see.
//!
//! Whoever leads follows the generations of its own versions, so mostly there is only to wait. A
//! generation of another version than the leader has, or without a leader, is followed from here.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::bookkeeping::{Generatie, active, generations};
use super::progress::Phase;
use super::{RebuildError, Rebuilder};
use crate::checkpoints::{self, Claimed};
use crate::error::ProjectorError;
use crate::fase::Fase;
use crate::leader::leider;
use crate::tail::{Step, Tail};
use log_source::PostgresLog;

/// How often one who waits looks again.
const LOOK: Duration = Duration::from_millis(20);
/// Within this time a leader that is told must have begun to follow.
const BEGUN: Duration = Duration::from_secs(10);

impl Rebuilder<'_> {
    /// Returns when the generation is at least as far as the active one.
    pub(super) async fn level(
        &self,
        product: &'static str,
        generatie: i32,
    ) -> Result<(), RebuildError> {
        let mut moved = (i64::MIN, Instant::now());
        let mut begun: Option<Phase<'_>> = None;
        loop {
            let (own, lag) = self.look(product, generatie).await?;
            let Some(lag) = lag else { return Ok(()) };
            if let Some(phase) = &mut begun {
                phase.done((phase.total() - lag).max(0)).await?;
            } else {
                let (tools, keys) = ((self.pool, self.reporter), [(product, generatie)]);
                begun = Some(Phase::begin(tools, &keys, Fase::Inhalen, (0, lag)).await?);
            }
            self.bring_further(&own, &mut moved).await?;
        }
    }

    /// Returns when the generation has all of the log up to a position, or nobody brings it further.
    pub(super) async fn reach(&self, own: &Generatie, positie: i64) -> Result<(), RebuildError> {
        let mut moved = (i64::MIN, Instant::now());
        loop {
            let (own, _) = self.look(own.product, own.generatie).await?;
            if own.cursor.horizon() >= positie {
                return Ok(());
            }
            match self.bring_further(&own, &mut moved).await {
                Err(RebuildError::Behind { .. }) => return Ok(()),
                done => done?,
            }
            if moved.1.elapsed() > BEGUN * 2 {
                return Ok(());
            }
        }
    }

    /// Waits for whoever follows the log with the generation, or else does it.
    async fn bring_further(
        &self,
        own: &Generatie,
        moved: &mut (i64, Instant),
    ) -> Result<(), RebuildError> {
        let (product, generatie, versie) = (own.product, own.generatie, own.versie);
        if own.cursor.low() > moved.0 {
            *moved = (own.cursor.low(), Instant::now());
        }
        let follows = leider(self.pool).await?.is_some_and(|leider| {
            leider.versies.get(product).is_some_and(|known| *known == versie)
        });
        if follows && moved.1.elapsed() < BEGUN {
            sleep(LOOK).await;
            Ok(())
        } else if self.product(product)?.version() == versie {
            self.follow(own).await?;
            // What a slow writer still hides shows in a later look.
            sleep(LOOK).await;
            Ok(())
        } else {
            Err(RebuildError::Behind { product, generatie, versie })
        }
    }

    /// The generation, and how many positions it is behind the active one; `None` when it is level.
    async fn look(
        &self,
        product: &'static str,
        generatie: i32,
    ) -> Result<(Generatie, Option<i64>), RebuildError> {
        let mut conn = self.connection().await?;
        let all = generations(&mut conn, product).await?;
        let live = active(&all).map(|one| one.cursor.clone()).unwrap_or_default();
        let own = all
            .into_iter()
            .find(|one| one.generatie == generatie)
            .ok_or(RebuildError::Superseded)?;
        let lag = (!own.cursor.covers(&live)).then(|| live.low() - own.cursor.low());
        Ok((own, lag))
    }

    /// Follows the log with a generation until there is nothing more, or another takes it over.
    async fn follow(&self, own: &Generatie) -> Result<(), RebuildError> {
        let place = self.place(own.product)?;
        let mut conn = self.connection().await?;
        let product = self.projector.products[place].as_ref();
        let group = checkpoints::claim_one(&mut conn, place, product, own.generatie).await?;
        drop(conn);
        let source = PostgresLog::open(self.pool).await.map_err(ProjectorError::Open)?;
        let claimed = Claimed { groups: vec![group], paused: Vec::new() };
        let mut tail = Tail::new(self.projector, Box::new(source), claimed);
        while tail.round().await? == Step::Progress {}
        Ok(())
    }
}
