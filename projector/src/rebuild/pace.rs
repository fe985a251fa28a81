//! The pace of a rebuild: what the operator wishes, and never at the cost of the live generation.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::bookkeeping::wishes;
use super::fill::Tools;
use super::{RebuildError, Told, Waits};
use crate::error::ProjectorError;
use crate::leader::leiders;

/// Positions that the live generations may be behind before a rebuild waits for them.
const MAX_LAG: i64 = 1_000;
/// How often one who waits looks again.
const LOOK: Duration = Duration::from_millis(50);
/// A live generation that stands still so long is not held up by the rebuild.
const STUCK: Duration = Duration::from_secs(5);

/// Keeps the pace of one rebuild.
pub(super) struct Pace<'t> {
    tools: &'t Tools<'t>,
    product: &'static str,
    generatie: i32,
    since: Instant,
}

impl<'t> Pace<'t> {
    pub(super) fn new(tools: &'t Tools<'t>, (product, generatie): (&'static str, i32)) -> Self {
        Self { tools, product, generatie, since: Instant::now() }
    }

    /// After `done` events or objects: waits as long as it must before the next.
    pub(super) async fn keep(&mut self, done: usize) -> Result<(), RebuildError> {
        let mut told = false;
        let limit = loop {
            let wishes = wishes(self.tools.pool, self.product, self.generatie).await?;
            if !wishes.paused {
                break wishes.limit;
            }
            if !std::mem::replace(&mut told, true) {
                self.tools.reporter.tell(Told::Waits { why: Waits::Paused });
            }
            sleep(LOOK).await;
        };
        if let Some(limit) = limit {
            let least = Duration::from_secs_f64(done as f64 / f64::from(limit));
            sleep(least.saturating_sub(self.since.elapsed())).await;
        }
        self.let_live_go_first().await?;
        self.since = Instant::now();
        Ok(())
    }

    /// Waits while the live generations are behind and come nearer. Nobody leads: nobody is in a hurry.
    async fn let_live_go_first(&self) -> Result<(), RebuildError> {
        let mut moved = (0, Instant::now());
        let mut told = false;
        loop {
            let (positie, lag) = self.lag().await?;
            if positie > moved.0 {
                moved = (positie, Instant::now());
            }
            let stuck = moved.1.elapsed() > STUCK;
            if lag <= MAX_LAG || stuck || leiders(self.tools.pool).await?.is_empty() {
                return Ok(());
            }
            if !std::mem::replace(&mut told, true) {
                self.tools.reporter.tell(Told::Waits { why: Waits::Live { lag } });
            }
            sleep(LOOK).await;
        }
    }

    /// Where the slowest generation that readers see is, and how far behind the log.
    async fn lag(&self) -> Result<(i64, i64), RebuildError> {
        let row = sqlx::query!(
            r#"SELECT COALESCE(min(c.positie), 0) AS "positie!",
                      COALESCE((SELECT max(positie) FROM write_side.gebeurtenissen), 0)
                      - COALESCE(min(c.positie), 0) AS "lag!"
               FROM projector.checkpoints c JOIN projector.generaties g USING (product, generatie)
               WHERE g.actief AND NOT g.gepauzeerd"#
        )
        .fetch_one(self.tools.pool)
        .await
        .map_err(ProjectorError::database("measuring how far the live generations are behind"))?;
        Ok((row.positie, row.lag))
    }
}
