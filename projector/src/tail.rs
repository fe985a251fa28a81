//! Following the log while leading: read a batch, fold it into every product of the group, each in
//! one transaction with its checkpoint.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use sqlx::{Postgres, Transaction};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::ahead::{Ahead, Range};
use crate::checkpoints::{self, Advance, Claimed};
use crate::error::ProjectorError;
use crate::groups::{Group, Member, arrange, until};
use crate::meter::{self, timed};
use crate::parking::{Changes, Delivered, Parking};
use crate::run::{Doubling, Projector, is_stopped, wait, warn_of};
use log_source::{Bounds, Cursor, PostgresLog};

/// Shortest pause between two polls when nothing happens.
const MIN_IDLE: Duration = Duration::from_millis(2);

/// How often an idle projector writes how up to date it is.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// Begins a batch. Should this process hang or lose its network in the middle, the server ends the
/// transaction by itself, so that whoever takes over does not wait for its row locks.
///
/// Keys are looked up by index whatever the statistics say: after a first fill there are none yet.
pub(crate) const BEGIN: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '4s'; \
                     SET LOCAL enable_seqscan = off; SET LOCAL jit = off";

/// Ends a transaction: what it did holds, or not.
pub(crate) async fn end(tx: Transaction<'_, Postgres>, holds: bool) -> Result<(), sqlx::Error> {
    if holds { tx.commit().await } else { tx.rollback().await }
}

/// Why the tail has stopped without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It was told to.
    Stopped,
    /// Another leads, or the lead is lost.
    StoodDown,
}

/// What one look at the log came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A batch was folded.
    Progress,
    /// There was nothing to do.
    Idle,
    /// The checkpoints are not as this leader left them. So another leads, or an own commit took
    /// effect whose answer was lost: either way what is known here is old.
    Stale,
}

/// What became of a batch in one generation.
enum Folded {
    /// Its rows and its checkpoint are there, and this changed in what is parked.
    Committed(Changes),
    /// The checkpoint is not as this leader left it: nothing was done.
    Stale,
}

pub(crate) struct Tail<'a> {
    projector: &'a Projector,
    ahead: Ahead,
    groups: Vec<Group>,
    paused: Vec<Member>,
    /// When it was last seen that the paused ones still are.
    looked: Instant,
    idle: Doubling,
    /// What is parked.
    parking: Parking,
}

impl<'a> Tail<'a> {
    /// Of generations that were taken over: what is parked in them is read only now.
    pub(crate) async fn new(
        projector: &'a Projector,
        source: PostgresLog,
        claimed: Claimed,
    ) -> Result<Self, ProjectorError> {
        let max = projector.settings.parked_max;
        let parking = Parking::load(&projector.pool, &projector.products, max).await?;
        let ahead = Ahead::new(source, projector.clock.clone());
        let idle = Doubling::new(MIN_IDLE, projector.settings.max_idle.max(MIN_IDLE));
        let (groups, paused) = (arrange(claimed.groups), claimed.paused);
        Ok(Self { projector, ahead, groups, paused, looked: Instant::now(), idle, parking })
    }

    pub(crate) async fn run(
        &mut self,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Ended, ProjectorError> {
        let mut pause = Doubling::after_errors();
        while !is_stopped(stop) {
            match self.round().await {
                Ok(Step::Progress) => {
                    pause.reset();
                    self.idle.reset();
                }
                Ok(Step::Idle) => {
                    pause.reset();
                    self.rest(stop).await;
                }
                Ok(Step::Stale) => {
                    tracing::warn!(
                        "the checkpoints were moved by another: this projector lets go of them"
                    );
                    return Ok(Ended::StoodDown);
                }
                Err(error) if error.is_transient() => {
                    let next = pause.next();
                    warn_of(&error, next);
                    wait(next, stop).await;
                }
                // Whose tables are gone is none of ours any more.
                Err(_) if !self.leads().await? => return Ok(Ended::StoodDown),
                Err(error) => return Err(error),
            }
        }
        Ok(Ended::Stopped)
    }

    /// Whether all generations are still this leader's.
    async fn leads(&self) -> Result<bool, ProjectorError> {
        let members = self.groups.iter().flat_map(|group| &group.members).cloned();
        checkpoints::are_ours(&self.projector.pool, &members.collect::<Vec<_>>()).await
    }

    /// Follows the log until every group has all that was visible when `doel` was its last position.
    /// Gives the groups; `None` when told to stop, or another leads.
    #[cfg(feature = "kafka")]
    pub(crate) async fn run_to(
        mut self,
        doel: i64,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Option<Vec<Group>>, ProjectorError> {
        while !is_stopped(stop) {
            let step = self.round().await?;
            let low = self.groups.iter().map(|group| group.cursor.low()).min();
            // A group stands behind `doel` only after a look at the log since; one that stands at it
            // has looked since when nobody had anything to do.
            match step {
                Step::Stale => return Ok(None),
                Step::Progress if low > Some(doel) => return Ok(Some(self.groups)),
                Step::Idle if low >= Some(doel) => return Ok(Some(self.groups)),
                Step::Progress => {}
                Step::Idle => self.rest(stop).await,
            }
        }
        Ok(None)
    }

    /// Where it has brought the generations.
    pub(crate) fn into_groups(self) -> Vec<Group> {
        self.groups
    }

    /// One batch, of the group that is furthest behind and has something to do.
    pub(crate) async fn round(&mut self) -> Result<Step, ProjectorError> {
        if !self.paused.is_empty() && self.looked.elapsed() >= HEARTBEAT {
            self.looked = Instant::now();
            if !checkpoints::are_ours(&self.projector.pool, &self.paused).await? {
                return Ok(Step::Stale);
            }
        }
        for index in 0..self.groups.len() {
            match self.step(index).await? {
                Step::Idle => {}
                done @ (Step::Progress | Step::Stale) => return Ok(done),
            }
        }
        Ok(Step::Idle)
    }

    async fn step(&mut self, index: usize) -> Result<Step, ProjectorError> {
        let (done, spent) = meter::measured(self.batch(index)).await;
        let (step, events) = done?;
        if step == Step::Progress {
            self.projector.meter.count(events, &spent);
        }
        Ok(step)
    }

    /// Reads a batch and commits it; gives how many events it had.
    async fn batch(&mut self, index: usize) -> Result<(Step, usize), ProjectorError> {
        let max = self.projector.settings.max_batch.max(1);
        let bounds = Bounds { max, until: until(&self.groups, index) };
        let group = &self.groups[index];
        let after = group.cursor.low();
        let range = timed(meter::Step::Load, self.ahead.range(&group.cursor, bounds)).await;
        let Range { batch, unreadable, begun } =
            range.map_err(|source| ProjectorError::Source { after, source })?;
        if !batch.to_end && batch.cursor_after.low() < bounds.until {
            self.ahead.begin(&batch.cursor_after, bounds);
        }
        let last = batch.events.last().map(|event| event.tijdstip);
        // What a gap still hides was not recorded before this moment: it is not committed yet.
        let bijgewerkt_tot = if batch.to_end { Some(begun) } else { last };
        let unreadable: Vec<_> = unreadable.iter().collect();
        let delivered = Delivered { events: &batch.events, unreadable: &unreadable };
        if delivered.is_empty() && batch.cursor_after == group.cursor {
            return Ok((self.heartbeat(index, bijgewerkt_tot).await?, 0));
        }
        let step = Advance {
            previous: &group.cursor,
            next: &batch.cursor_after,
            gebeurtenissen: delivered.len(),
            bijgewerkt_tot,
        };
        // Each in a transaction of its own, and at the same time: a reader of one product does not
        // wait for the others, and what holds up one does not hold up the others.
        let folds = group.members.iter().map(|member| self.commit(member, delivered, &step));
        let folded = join_all(folds).await;
        tracing::debug!(
            projectie.gebeurtenissen = batch.events.len(),
            projectie.producten = self.groups[index].members.len(),
            log.positie = batch.cursor_after.low(),
            "batch folded"
        );
        let (step, events) = (self.moved(index, folded, batch.cursor_after)?, batch.events.len());
        Ok((step, events))
    }

    /// Takes in what became of a batch: the members that have folded it stand at `cursor` from now on,
    /// the others where they stood.
    fn moved(
        &mut self,
        index: usize,
        folded: Vec<Result<Folded, ProjectorError>>,
        cursor: Cursor,
    ) -> Result<Step, ProjectorError> {
        let Group { cursor: previous, members, beat } = self.groups.remove(index);
        let (mut step, mut further, mut behind) = (Ok(Step::Progress), Vec::new(), Vec::new());
        for (member, folded) in members.into_iter().zip(folded) {
            match folded {
                Ok(Folded::Committed(changes)) => {
                    self.parking.accept(changes);
                    further.push(member);
                }
                Ok(Folded::Stale) => {
                    step = step.map(|_| Step::Stale);
                    behind.push(member);
                }
                Err(error) => {
                    step = step.and(Err(error));
                    behind.push(member);
                }
            }
        }
        for (cursor, members) in [(cursor, further), (previous, behind)] {
            if !members.is_empty() {
                self.groups.push(Group { cursor, members, beat });
            }
        }
        self.groups = arrange(std::mem::take(&mut self.groups));
        step
    }

    /// Rows and checkpoint of one generation in one transaction.
    async fn commit(
        &self,
        member: &Member,
        delivered: Delivered<'_>,
        step: &Advance<'_>,
    ) -> Result<Folded, ProjectorError> {
        let begin = transactions::begin(&self.projector.pool, BEGIN).await;
        let mut tx = begin.map_err(ProjectorError::database("beginning a batch"))?;
        let mut changes = Changes::default();
        if !delivered.is_empty() {
            let product = self.projector.products[member.product].as_ref();
            changes = self.parking.fold(&mut tx, (product, member), delivered).await?;
        }
        // Last, so that the checkpoint row is locked for a moment only and a new leader can raise
        // its epoch while this one still folds.
        let ended = async {
            let moved = checkpoints::advance(&mut tx, std::slice::from_ref(member), step)
                .await
                .map_err(ProjectorError::database("moving the checkpoints"))?;
            end(tx, moved).await.map_err(ProjectorError::database("ending a batch"))?;
            Ok(if moved { Folded::Committed(changes) } else { Folded::Stale })
        };
        timed(meter::Step::Commit, ended).await
    }

    /// Nothing happened: says so in the checkpoints, now and then.
    async fn heartbeat(
        &mut self,
        index: usize,
        bijgewerkt_tot: Option<DateTime<Utc>>,
    ) -> Result<Step, ProjectorError> {
        let Some(moment) = bijgewerkt_tot else { return Ok(Step::Idle) };
        let group = &mut self.groups[index];
        if group.beat.is_some_and(|beat| beat.elapsed() < HEARTBEAT) {
            return Ok(Step::Idle);
        }
        let ours = checkpoints::heartbeat(&self.projector.pool, &group.members, moment).await?;
        group.beat = Some(Instant::now());
        Ok(if ours { Step::Idle } else { Step::Stale })
    }

    /// Waits until the next poll, or until the write side says that there is something.
    async fn rest(&mut self, stop: &mut watch::Receiver<bool>) {
        let settings = &self.projector.settings;
        match &settings.wake {
            Some(wake) => tokio::select! {
                () = wake.notified() => {}
                () = sleep(settings.max_idle.max(MIN_IDLE)) => {}
                _ = stop.changed() => {}
            },
            None => wait(self.idle.next(), stop).await,
        }
    }
}
