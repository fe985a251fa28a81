//! Folding a batch into one generation, around what is parked and what is skipped.

use std::borrow::Cow;
use std::collections::BTreeMap;

use events::{Envelope, ObjectRef};
use sqlx::{Acquire, PgConnection};

use super::{Bad, Changes, Delivered, Key, Parking, Skips, Waiting, concerns, is_of_data, store};
use crate::error::ProjectorError;
use crate::groups::Member;
use crate::product::{Product, ProjectError};
use crate::products::derived;
use crate::toestanden::Vernietigd;

/// New objects of one batch that may be parked whatever share of it they are.
const FEW: usize = 10;
/// Most objects of a batch that may be parked, in percent, when there are more than [`FEW`].
const SHARE_MAX: usize = 10;

/// What folding a batch into one generation has to do.
struct Work<'w> {
    product: &'w dyn Product,
    member: &'w Member,
    skips: Cow<'w, Skips>,
    /// From where the events of which objects wait.
    waiting: Waiting,
    new: Vec<Bad>,
}

impl Parking {
    /// Folds a batch in the transaction of `conn`; gives what it parked there, and what not any
    /// more.
    pub(crate) async fn fold(
        &self,
        conn: &mut PgConnection,
        (product, member): (&dyn Product, &Member),
        delivered: Delivered<'_>,
    ) -> Result<Changes, ProjectorError> {
        let (waiting, skips) = self.of(member);
        let mut work = Work { product, member, skips, waiting, new: Vec::new() };
        work.divert_unreadable(delivered);
        self.limit(conn, &work, delivered).await?;
        loop {
            let failed = match work.attempt(conn, delivered).await {
                Ok(()) => break,
                Err(error) => error,
            };
            let bad = match Bad::of(&failed) {
                Some(bad) if !work.waits(bad.object, bad.positie) => bad,
                Some(_) => return Err(work.failed(delivered, failed)),
                None if is_of_data(&failed) => {
                    let found = work.bisect(conn, delivered, failed).await;
                    found.map_err(|error| work.failed(delivered, error))?
                }
                None => return Err(work.failed(delivered, failed)),
            };
            work.park(bad);
            self.limit(conn, &work, delivered).await?;
        }
        let freed = work.scrub(conn, delivered).await;
        let freed = freed.map_err(|error| work.failed(delivered, error))?;
        let recorded = work.record(conn, delivered).await;
        recorded.map_err(ProjectorError::database("recording what is parked"))?;
        let key = work.key();
        let parked = work.new.iter().map(|bad| (key, bad.object)).collect();
        Ok(Changes { parked, freed: freed.into_iter().map(|object| (key, object)).collect() })
    }

    /// Parking is for a few objects: what is wrong with many is not wrong with the objects. Counted in
    /// the database: others may park objects of other partitions.
    async fn limit(
        &self,
        conn: &mut PgConnection,
        work: &Work<'_>,
        delivered: Delivered<'_>,
    ) -> Result<(), ProjectorError> {
        let Some(last) = work.new.last() else { return Ok(()) };
        let known = store::count(conn, work.key()).await;
        let known = known.map_err(ProjectorError::database("counting what is parked"))?;
        let new = work.new.len();
        let share = new > FEW && new * 100 > delivered.len() * SHARE_MAX;
        if known + new <= self.max && !share {
            return Ok(());
        }
        Err(ProjectorError::TooManyParked {
            product: work.member.naam,
            generatie: work.member.generatie,
            geparkeerd: known,
            nieuw: new,
            max: self.max,
            positie: last.positie,
            oorzaak: last.oorzaak.clone(),
        })
    }
}

impl Work<'_> {
    const fn key(&self) -> Key {
        (self.member.naam, self.member.generatie)
    }

    fn waits(&self, object: ObjectRef, positie: i64) -> bool {
        self.waiting.get(&object).is_some_and(|from| positie >= *from)
    }

    fn park(&mut self, bad: Bad) {
        tracing::error!(
            projectie.product = self.member.naam,
            projectie.generatie = self.member.generatie,
            log.positie = bad.positie,
            object.soort = bad.object.soort.code(),
            object.id = %bad.object.id,
            gebeurtenis.soort = bad.gebeurtenis,
            fout = bad.oorzaak,
            "an event cannot be folded: its object is parked"
        );
        self.waiting.insert(bad.object, bad.positie);
        self.new.push(bad);
    }

    /// What cannot be read cannot be folded.
    fn divert_unreadable(&mut self, delivered: Delivered<'_>) {
        for strange in delivered.unreadable {
            let (object, positie) = (strange.object, strange.positie);
            let ours = concerns(self.product, object.soort);
            if ours && !self.skips.has(object, strange.versie) && !self.waits(object, positie) {
                self.park(Bad::unreadable(strange));
            }
        }
    }

    /// The events to fold, and the skipped ones among them as places where to stop.
    fn events<'b>(&self, delivered: Delivered<'b>) -> Cow<'b, [Envelope]> {
        let waits = |event: &Envelope| self.waits(event.object, event.positie);
        if self.waiting.is_empty() || !delivered.events.iter().any(waits) {
            return Cow::Borrowed(delivered.events);
        }
        Cow::Owned(delivered.events.iter().filter(|event| !waits(event)).cloned().collect())
    }

    /// The skipped events of the batch that do not wait, in order.
    fn skipped(&self, delivered: Delivered<'_>) -> Vec<(i64, ObjectRef, i64)> {
        let mut skipped: Vec<_> = delivered
            .all()
            .filter(|(positie, object, versie)| {
                self.skips.has(*object, *versie) && !self.waits(*object, *positie)
            })
            .collect();
        skipped.sort_unstable();
        skipped
    }

    /// Tries the batch; what fails leaves nothing.
    async fn attempt(
        &self,
        conn: &mut PgConnection,
        delivered: Delivered<'_>,
    ) -> Result<(), ProjectError> {
        let events = self.events(delivered);
        let skipped = self.skipped(delivered);
        let mut save = conn.begin().await?;
        match self.project(&mut save, &events, &skipped).await {
            Ok(()) => Ok(save.commit().await?),
            Err(error) => {
                save.rollback().await?;
                Err(error)
            }
        }
    }

    /// Folds events, and stops at each skipped one to let its object pass it.
    async fn project(
        &self,
        conn: &mut PgConnection,
        events: &[Envelope],
        skipped: &[(i64, ObjectRef, i64)],
    ) -> Result<(), ProjectError> {
        let schema = &self.member.schema;
        let mut rest = events;
        for (positie, object, versie) in skipped {
            let before = rest.partition_point(|event| event.positie < *positie);
            if before > 0 {
                self.product.project(conn, schema, &rest[..before]).await?;
            }
            rest = &rest[before..];
            rest = rest
                .split_first()
                .filter(|(one, _)| one.positie == *positie)
                .map_or(rest, |it| it.1);
            derived::pass(self.product, conn, schema, (*object, *versie)).await?;
        }
        if !rest.is_empty() {
            self.product.project(conn, schema, rest).await?;
        }
        Ok(())
    }

    /// The first event with which the batch can no longer be folded.
    async fn bisect(
        &self,
        conn: &mut PgConnection,
        delivered: Delivered<'_>,
        failed: ProjectError,
    ) -> Result<Bad, ProjectError> {
        let (events, skipped) = (self.events(delivered), self.skipped(delivered));
        let (mut good, mut bad, mut failed) = (0, events.len(), failed);
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            let until = events[middle].positie;
            let passed = skipped.partition_point(|(positie, ..)| *positie < until);
            let mut save = conn.begin().await?;
            let tried = self.project(&mut save, &events[..middle], &skipped[..passed]).await;
            save.rollback().await?;
            match tried {
                Ok(()) => good = middle,
                Err(error) if is_of_data(&error) => (bad, failed) = (middle, error),
                Err(error) => return Err(error),
            }
        }
        match (events.get(good), failed) {
            (Some(event), ProjectError::Database(error)) => Ok(Bad::refused(event, &error)),
            (_, failed) => Bad::of(&failed).ok_or(failed),
        }
    }

    /// What was destroyed does not wait: takes it out of the states and rows of parked objects.
    /// Gives those of which all was destroyed; they are parked no more.
    async fn scrub(
        &mut self,
        conn: &mut PgConnection,
        delivered: Delivered<'_>,
    ) -> Result<Vec<ObjectRef>, ProjectError> {
        let mut freed = Vec::new();
        for event in delivered.events {
            let (object, what) = (event.object, Vernietigd::by(&event.gebeurtenis));
            if what == Vernietigd::Niets || !self.waits(object, event.positie) {
                continue;
            }
            let versie = delivered.last_of(object).unwrap_or(event.versie);
            derived::scrub(self.product, conn, &self.member.schema, (event, versie)).await?;
            if what == Vernietigd::Geheel {
                store::unpark(conn, self.key(), object).await?;
                self.waiting.remove(&object);
                self.new.retain(|bad| bad.object != object);
                freed.push(object);
            }
        }
        Ok(freed)
    }

    /// Records what is parked, and what waits.
    async fn record(
        &self,
        conn: &mut PgConnection,
        delivered: Delivered<'_>,
    ) -> Result<(), sqlx::Error> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let mut last: BTreeMap<ObjectRef, i64> = BTreeMap::new();
        let waits = |one: &(i64, ObjectRef, i64)| self.waits(one.1, one.0);
        for (_, object, versie) in delivered.all().filter(waits) {
            let last = last.entry(object).or_default();
            *last = versie.max(*last);
        }
        for bad in &self.new {
            store::park(conn, self.key(), bad).await?;
        }
        if !last.is_empty() {
            store::set_waiting(conn, self.key(), &last).await?;
        }
        Ok(())
    }

    fn failed(&self, delivered: Delivered<'_>, source: ProjectError) -> ProjectorError {
        let posities = || delivered.events.iter().map(|event| event.positie);
        let (van, tot) = (posities().min(), posities().max());
        ProjectorError::Project {
            product: self.member.naam,
            van: van.unwrap_or_default(),
            tot: tot.unwrap_or_default(),
            source,
        }
    }
}
