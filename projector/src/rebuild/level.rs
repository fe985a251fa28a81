//! Catching up: bringing a generation through the normal tail as far as the one that readers see.
//!
//! Whoever leads follows the generations of its own versions, so mostly there is only to wait. A
//! generation of another version than the leader has, or without a leader, is followed from here.
//!
//! **Where Kafka is followed**, a generation that was filled from the log needs places in Kafka to begin
//! at. Those of the one that is served will do: what lies before them was sent, so it was in the log
//! before they were read; so whoever has followed the log since then has it. What comes again is dropped
//! by its version.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::bookkeeping::{Generatie, active, generations};
use super::progress::Phase;
use super::{RebuildError, Rebuilder};
use crate::checkpoints::{self, Claimed};
use crate::error::ProjectorError;
use crate::fase::Fase;
use crate::leader::{Leider, leiders};
use crate::partities;
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

    /// Returns when the generation has all of the log up to a position; no when nobody brings it further.
    pub(super) async fn reach(&self, own: &Generatie, positie: i64) -> Result<bool, RebuildError> {
        let mut moved = (i64::MIN, Instant::now());
        loop {
            let (own, _) = self.look(own.product, own.generatie).await?;
            if own.cursor.horizon() >= positie {
                return Ok(true);
            }
            match self.bring_further(&own, &mut moved).await {
                Err(RebuildError::Behind { .. }) => return Ok(false),
                done => done?,
            }
            if moved.1.elapsed() > BEGUN * 2 {
                return Ok(false);
            }
        }
    }

    /// Waits for whoever follows with the generation, or else follows the log with it.
    async fn bring_further(
        &self,
        own: &Generatie,
        moved: &mut (i64, Instant),
    ) -> Result<(), RebuildError> {
        let (product, generatie, versie) = (own.product, own.generatie, own.versie);
        if own.progress() > moved.0 {
            *moved = (own.progress(), Instant::now());
        }
        let leiders = leiders(self.pool).await?;
        let follow = |leider: &&Leider| leider.has(product, versie);
        let (in_kafka, in_log): (Vec<_>, Vec<_>) =
            leiders.iter().filter(follow).partition(|leider| leider.topic.is_some());
        // Who follows Kafka takes along what has a place there, and goes no further than the relay.
        let kafka_follows = !in_kafka.is_empty() && !own.places.is_empty();
        let lives = moved.1.elapsed() < BEGUN;
        if (kafka_follows || !in_log.is_empty()) && lives {
            sleep(LOOK).await;
            Ok(())
        } else if !kafka_follows && self.product(product)?.version() == versie {
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
        let own = all.iter().find(|one| one.generatie == generatie);
        let own = own.ok_or(RebuildError::Superseded)?;
        let live = active(&all).filter(|live| !own.covers(live));
        let lag = live.map(|live| (live.cursor.low() - own.cursor.low()).max(0));
        Ok((own.clone(), lag))
    }

    /// Follows the log with a generation until there is nothing more, or another takes it over. Where
    /// Kafka is followed, it goes on there.
    async fn follow(&self, own: &Generatie) -> Result<(), RebuildError> {
        let key @ (name, generatie) = (own.product, own.generatie);
        let place = self.place(name)?;
        let failed = ProjectorError::database("handing a generation over");
        let mut conn = self.connection().await?;
        // Before the first look at the log.
        let all = generations(&mut conn, name).await?;
        let places = active(&all).map(|live| live.places.clone()).unwrap_or_default();
        partities::leave(&mut conn, key).await.map_err(&failed)?;
        let product = self.projector.products[place].as_ref();
        let group = checkpoints::claim_one(&mut conn, place, product, generatie).await?;
        drop(conn);
        let source = PostgresLog::open(self.pool).await.map_err(ProjectorError::Open)?;
        let claimed = Claimed { groups: vec![group], paused: Vec::new() };
        let mut tail = Tail::new(self.projector, source, claimed).await?;
        while tail.round().await? == Step::Progress {}
        let mut conn = self.connection().await?;
        for group in tail.into_groups() {
            for member in &group.members {
                let at = (member, &group.cursor);
                partities::enter(&mut conn, at, &places).await.map_err(&failed)?;
            }
        }
        Ok(())
    }
}
