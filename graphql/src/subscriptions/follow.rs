//! One subscriber: waits until its bell rings, looks with its own eyes whether its answer is another,
//! and says so. What it may not see it looks at in vain, so hidden and absent are the same silence.

use std::convert::Infallible;
use std::time::Duration;

use access::Rol;
use async_graphql::{Context, Result};
use futures_util::{Stream, StreamExt, stream};
use logboek::Herkomst;
use read_side::wijzigingen::Stand;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;

use super::Wijziging;
use super::bells::Bell;
use super::subject::{Onlooker, Subject};
use crate::context::{ContextExt, wie};
use crate::error::ProductError;
use crate::gates::rows::Rijen;

/// How often is looked whether the token still counts.
const TOKEN_CHECK: Duration = Duration::from_secs(1);
/// Pause between two looks of who sees nothing: any klant that changes may be the one.
const ABSENT_PAUSE: Duration = Duration::from_secs(2);
/// Pause after a look that failed.
const FAILED_PAUSE: Duration = Duration::from_secs(1);
/// After how many looks in a row that failed it ends.
const FAILURES_MAX: u32 = 60;
/// How often is looked again, at most, when what can change changes itself meanwhile.
const LOOKS_MAX: usize = 5;

struct Follower {
    subject: Subject,
    by: Onlooker,
    bell: Bell,
    stop: watch::Receiver<bool>,
    last: Stand,
    /// Not before this moment is looked again.
    rested: Instant,
    /// Whether it was rung since the last look.
    rung: bool,
    /// Looks in a row that failed.
    failures: u32,
    herkomst: Option<Herkomst>,
    /// Who stands in the logbook as the one whose data this is about.
    logged: Option<Uuid>,
    ended: bool,
}

/// Subscribes the bearer; it has passed the decision for the query of this name. The first that is told
/// says that it stands: who asks its question then misses nothing.
pub(super) async fn follow(
    ctx: &Context<'_>,
    rol: Rol,
    subject: Subject,
) -> Result<impl Stream<Item = Result<Wijziging>> + use<>> {
    let env = ctx.env()?.clone();
    let rijen = ctx.data_opt::<Rijen>().ok_or(ProductError::Unprepared)?.clone();
    let by = Onlooker { env, rijen, identity: ctx.identity()?.clone(), rol };
    let follower = logboek::process(subject.name(), begin(subject, by)).await?;
    let stands = stream::iter([Ok(follower.told())]);
    Ok(stands.chain(stream::unfold(follower, async |mut follower| {
        let told = follower.next().await?;
        Some((told.map_err(Into::into), follower))
    })))
}

async fn begin(subject: Subject, by: Onlooker) -> Result<Follower, ProductError> {
    let (stop, mut bell) = (by.env.watcher.stopped(), by.env.watcher.hang());
    let last = look(&subject, &by, &mut bell).await?;
    let logged = last.klant;
    logged.into_iter().for_each(logboek::show);
    let (herkomst, rested) = (Herkomst::here(), Instant::now());
    let (rung, failures, ended) = (false, 0, false);
    Ok(Follower { subject, by, bell, stop, last, rested, rung, failures, herkomst, logged, ended })
}

/// How it stands now; the bell rings from before that for whatever changes.
async fn look(subject: &Subject, by: &Onlooker, bell: &mut Bell) -> Result<Stand, ProductError> {
    for _ in 0..LOOKS_MAX {
        let (found, interests) = subject.look(by).await?;
        if !bell.listen(interests) {
            return Ok(found);
        }
    }
    Err(ProductError::Unavailable { trace: by.env.clock.new_id() })
}

/// What a follower woke for.
enum Woke {
    Stopped,
    Rung,
    Time,
}

impl Follower {
    /// The next that is told; none after the end.
    async fn next(&mut self) -> Option<Result<Wijziging, ProductError>> {
        while !self.ended {
            match self.wake().await {
                Woke::Stopped => return None,
                Woke::Rung => self.rung = true,
                Woke::Time => {}
            }
            if self.by.env.now() >= self.by.identity.geldig_tot {
                self.ended = true;
                return Some(Err(ProductError::Expired));
            }
            if self.rung && Instant::now() >= self.rested {
                match self.turn().await {
                    Ok(Some(told)) => return Some(Ok(told)),
                    Ok(None) => {}
                    Err(ProductError::Unavailable { .. } | ProductError::Internal { .. })
                        if self.failures < FAILURES_MAX =>
                    {
                        self.failures += 1;
                        self.rest(FAILED_PAUSE);
                    }
                    Err(error) => {
                        self.ended = true;
                        return Some(Err(error));
                    }
                }
            }
        }
        None
    }

    async fn wake(&mut self) -> Woke {
        tokio::select! {
            biased;
            _ = self.stop.wait_for(|stop| *stop) => Woke::Stopped,
            () = self.bell.rung(), if !self.rung => Woke::Rung,
            () = sleep_until(self.rested), if self.rung => Woke::Time,
            () = sleep(TOKEN_CHECK) => Woke::Time,
        }
    }

    /// Waits with the next look, to which it will come all the same.
    fn rest(&mut self, pause: Duration) {
        self.rung = true;
        self.rested = Instant::now() + pause;
    }

    /// Looks whether the answer is another.
    async fn turn(&mut self) -> Result<Option<Wijziging>, ProductError> {
        self.rung = false;
        let unavailable = || ProductError::Unavailable { trace: self.by.env.clock.new_id() };
        let Ok(_turn) = self.by.env.watcher.looks().acquire().await else {
            return Err(unavailable());
        };
        let found = look(&self.subject, &self.by, &mut self.bell).await?;
        self.failures = 0;
        if !found.is_there() {
            self.rested = Instant::now() + ABSENT_PAUSE;
        }
        if !found.differs(&self.last) {
            return Ok(None);
        }
        if found.klant.is_some() && found.klant != self.logged {
            self.log(found.klant).await.ok_or_else(unavailable)?;
            self.logged = found.klant;
        }
        self.last = found;
        Ok(Some(self.told()))
    }

    fn told(&self) -> Wijziging {
        let opgemerkt_op = self.by.env.now().into();
        Wijziging { opgemerkt_op, positie: self.last.positie.to_string() }
    }

    /// What is told is about somebody of whom the logbook does not have it yet. None when that could not
    /// be kept.
    async fn log(&self, klant: Option<Uuid>) -> Option<()> {
        let Some(herkomst) = &self.herkomst else { return Some(()) };
        let told = async {
            logboek::asks(Some(wie(&self.by.identity)));
            let shown = logboek::process(self.subject.name(), async {
                klant.into_iter().for_each(logboek::show);
                Ok::<(), Infallible>(())
            });
            (shown.await.is_ok(), 200)
        };
        herkomst.operation(told).await.ok().map(|_| ())
    }
}
