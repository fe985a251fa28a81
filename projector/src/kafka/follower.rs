//! Folding what the reader brings, into every product, and moving how far each is.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use events::Envelope;
use log_source::Cursor;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::bookkeeping::{self, Beat, Step};
use super::error::KafkaSourceError;
use super::reader::{Ask, Extent, Reader, Share, Taken};
use super::relay::{self, Carried};
use crate::error::ProjectorError;
use crate::groups::Member;
use crate::leader::leiders;
use crate::partities;
use crate::run::{Doubling, Projector, is_stopped, warn_of};
use crate::tail::{BEGIN, Ended};

/// How long a batch is tried again after errors that pass. Then the process lets its partitions go to
/// others; well below the time that the group lets it be busy.
const RETRY_LIMIT: Duration = Duration::from_secs(20);

/// How far one product is in one partition that is ours.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) volgende: i64,
    pub(super) epoch: i64,
    pub(super) cursor: Cursor,
}

/// A partition that is ours.
#[derive(Debug)]
struct Held {
    /// By member.
    places: Vec<Place>,
    /// When every product has come to this end, it has all that was carried when it was measured.
    mark: Option<(i64, Carried)>,
}

impl Held {
    /// What some product needs next; none when there is no product to fold.
    fn volgende(&self) -> Option<i64> {
        self.places.iter().map(|place| place.volgende).min()
    }
}

/// Events, and the partition and offset from which each came.
struct Batch {
    from: Vec<(i32, i64)>,
    events: Vec<Envelope>,
}

/// What came of what the reader brought.
enum Done {
    Well,
    /// It is time to look who has what.
    Look,
    /// What is known here is not so any more: a partition or a generation was taken over, or a commit
    /// without an answer took effect.
    Stale,
}

/// Whether to go on with following.
enum Go {
    On,
    StandDown,
}

pub(super) struct Follower<'p> {
    projector: &'p Projector,
    topic: &'p str,
    /// All partitions of the topic.
    partities: &'p [i32],
    /// By which number the others know this process.
    pid: i32,
    members: Vec<Member>,
    held: BTreeMap<i32, Held>,
    carried: Option<Carried>,
}

impl<'p> Follower<'p> {
    pub(super) fn new(
        projector: &'p Projector,
        (topic, partities): (&'p str, &'p [i32]),
        pid: i32,
    ) -> Self {
        let (members, held) = (Vec::new(), BTreeMap::new());
        Self { projector, topic, partities, pid, members, held, carried: None }
    }

    /// Answers the reader until told to stop; `None` = the reader ended by itself.
    pub(super) async fn run(
        &mut self,
        reader: &mut Reader,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Option<Ended>, ProjectorError> {
        while !is_stopped(stop) {
            let asked = tokio::select! {
                asked = reader.next() => asked,
                _ = stop.changed() => break,
            };
            let Some(asked) = asked else { return Ok(None) };
            if let Go::StandDown = self.answer(asked).await? {
                return Ok(Some(Ended::StoodDown));
            }
        }
        Ok(Some(Ended::Stopped))
    }

    async fn answer(&mut self, asked: Ask) -> Result<Go, ProjectorError> {
        let (done, answer) = match asked {
            Ask::Look(answer) => {
                let now = self.projector.clock.now();
                self.carried = Some(relay::carried(&self.projector.pool, now).await?);
                (Done::Look, answer)
            }
            Ask::Messages(messages, answer) => (self.fold(messages).await?, answer),
            Ask::Measured(extents, answer) => (self.beat(&extents).await?, answer),
        };
        let go = match done {
            Done::Well => Go::On,
            Done::Look => self.look(false).await?,
            Done::Stale => self.look(true).await?,
        };
        if let Go::On = go {
            // Whoever asked may be gone.
            let _ = answer.send(self.share());
        }
        Ok(go)
    }

    /// What is to be read next of the partitions that are ours.
    fn share(&self) -> Share {
        let held = self.held.iter();
        held.filter_map(|(partitie, held)| Some((*partitie, held.volgende()?))).collect()
    }

    /// Sees which generations follow Kafka and which partitions are ours. When that is not as it was,
    /// or what is known here is `stale`, takes over what is ours: from there on nobody else can commit
    /// in it.
    async fn look(&mut self, stale: bool) -> Result<Go, ProjectorError> {
        let (pool, products) = (&self.projector.pool, &self.projector.products);
        let at = (self.topic, self.partities);
        let Some(members) = bookkeeping::members(pool, products, at).await? else {
            tracing::warn!("a product has no place in Kafka any more: this projector lets go");
            return Ok(Go::StandDown);
        };
        let leiders = leiders(pool).await?;
        let share = bookkeeping::share(&leiders, (self.topic, self.pid), self.partities);
        if !stale && members == self.members && self.held.keys().eq(&share) {
            return Ok(Go::On);
        }
        self.held.clear();
        let Some(claimed) = bookkeeping::claim(pool, &members, self.topic, &share).await? else {
            // It changed meanwhile: with the next look.
            self.members.clear();
            return Ok(Go::On);
        };
        self.members = members;
        let held = |(partitie, places)| (partitie, Held { places, mark: None });
        self.held = claimed.into_iter().map(held).collect();
        tracing::info!(kafka.partities = ?share, "took partitions over");
        Ok(Go::On)
    }

    async fn fold(&mut self, messages: Vec<Taken>) -> Result<Done, ProjectorError> {
        let batch = self.read(messages)?;
        for index in 0..self.members.len() {
            let mut pause = Doubling::after_errors();
            let start = Instant::now();
            let done = loop {
                match self.commit(index, &batch).await {
                    Err(error) if error.is_transient() && start.elapsed() < RETRY_LIMIT => {
                        let next = pause.next();
                        warn_of(&error, next);
                        sleep(next).await;
                    }
                    ended => break ended?,
                }
            };
            let Some(steps) = done else { return Ok(Done::Stale) };
            for step in steps {
                if let Some(held) = self.held.get_mut(&step.partitie) {
                    held.places[index].volgende = step.tot;
                }
            }
        }
        tracing::debug!(projectie.gebeurtenissen = batch.events.len(), "batch of Kafka folded");
        Ok(Done::Well)
    }

    fn read(&self, messages: Vec<Taken>) -> Result<Batch, KafkaSourceError> {
        let mut came = Vec::with_capacity(messages.len());
        for Taken { partitie, offset, value } in messages {
            let event = Envelope::from_bericht(&value).map_err(|source| {
                let topic = self.topic.to_owned();
                KafkaSourceError::Unreadable { topic, partitie, offset, source }
            })?;
            came.push(((partitie, offset), event));
        }
        // Events of one object stay in the order of their versions, redeliveries beside the first.
        came.sort_by_key(|(from, event)| (event.positie, *from));
        let (from, events) = came.into_iter().unzip();
        Ok(Batch { from, events })
    }

    /// What this product still has to take in: the steps of its partitions, and the events. After a
    /// product failed, those before it are further than those behind it.
    fn outstanding<'b>(&self, index: usize, batch: &'b Batch) -> (Vec<Step>, Cow<'b, [Envelope]>) {
        let mut steps: BTreeMap<i32, Step> = BTreeMap::new();
        let mut behind = Vec::with_capacity(batch.events.len());
        for ((partitie, offset), event) in batch.from.iter().zip(&batch.events) {
            let place = self.held.get(partitie).and_then(|held| held.places.get(index));
            let Some(place) = place.filter(|place| *offset >= place.volgende) else { continue };
            let step = steps.entry(*partitie).or_insert(Step {
                partitie: *partitie,
                epoch: place.epoch,
                van: place.volgende,
                tot: place.volgende,
                tijdstip: event.tijdstip,
            });
            step.tot = step.tot.max(offset + 1);
            step.tijdstip = step.tijdstip.max(event.tijdstip);
            behind.push(event);
        }
        let events = if behind.len() == batch.events.len() {
            Cow::Borrowed(batch.events.as_slice())
        } else {
            Cow::Owned(behind.into_iter().cloned().collect())
        };
        (steps.into_values().collect(), events)
    }

    /// Rows and places of one product in one transaction; `None`, and nothing done, when a partition
    /// or the generation is another's, or a commit without an answer took effect.
    async fn commit(
        &self,
        index: usize,
        batch: &Batch,
    ) -> Result<Option<Vec<Step>>, ProjectorError> {
        let (steps, events) = self.outstanding(index, batch);
        let (Some(first), Some(last)) = (events.first(), events.last()) else {
            return Ok(Some(steps));
        };
        let member = &self.members[index];
        let begin = log_source::begin(&self.projector.pool, BEGIN).await;
        let mut tx = begin.map_err(ProjectorError::database("beginning a batch"))?;
        partities::alone(&mut tx, &member.schema)
            .await
            .map_err(ProjectorError::database("waiting for the others that write a product"))?;
        let product = &self.projector.products[member.product];
        product.project(&mut tx, &member.schema, &events).await.map_err(|source| {
            let (van, tot) = (first.positie, last.positie);
            ProjectorError::Project { product: member.naam, van, tot, source }
        })?;
        let moved = bookkeeping::advance(&mut tx, (member, self.topic), &steps, events.len())
            .await
            .map_err(ProjectorError::database("moving the places in the partitions"))?;
        let end = if moved { tx.commit().await } else { tx.rollback().await };
        end.map_err(ProjectorError::database("ending a batch"))?;
        Ok(moved.then_some(steps))
    }

    /// Says how up to date the products are in the partitions that are ours.
    async fn beat(&mut self, extents: &[Extent]) -> Result<Done, ProjectorError> {
        let mut reached: BTreeMap<i32, (i64, Option<Carried>)> = BTreeMap::new();
        for extent in extents {
            let Some(held) = self.held.get_mut(&extent.partitie) else { continue };
            let Some(volgende) = held.volgende() else { continue };
            let mut done = held.mark.take_if(|(einde, _)| *einde <= volgende);
            if held.mark.is_none() {
                held.mark = self.carried.clone().map(|carried| (extent.einde, carried));
                done = held.mark.take_if(|(einde, _)| *einde <= volgende).or(done);
            }
            reached.insert(extent.partitie, (extent.einde, done.map(|(_, carried)| carried)));
        }
        for index in 0..self.members.len() {
            let beats: Vec<Beat> = reached
                .iter()
                .filter_map(|(partitie, (einde, carried))| {
                    let place = self.held.get_mut(partitie)?.places.get_mut(index)?;
                    Some(beat_of((*partitie, *einde), place, carried.as_ref()))
                })
                .collect();
            let pool = &self.projector.pool;
            if !bookkeeping::beat(pool, (&self.members[index], self.topic), &beats).await? {
                return Ok(Done::Stale);
            }
        }
        Ok(Done::Well)
    }
}

fn beat_of((partitie, einde): (i32, i64), place: &mut Place, carried: Option<&Carried>) -> Beat {
    let until: Option<DateTime<Utc>> = carried.and_then(|carried| carried.until);
    // Right after a hand-over the generation may be further than the relay was.
    if let Some(carried) = carried.filter(|carried| carried.cursor.covers(&place.cursor)) {
        place.cursor = carried.cursor.clone();
    }
    Beat { partitie, einde, epoch: place.epoch, cursor: place.cursor.clone(), until }
}
