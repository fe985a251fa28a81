//! Folding what the reader brings, into every product, and moving how far each is.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use events::Envelope;
use log_source::Cursor;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep};

use super::bookkeeping::{self, Beat, Step};
use super::error::KafkaSourceError;
use super::reader::{Ask, Extent, Reader, Taken};
use super::relay::{self, Carried};
use crate::error::ProjectorError;
use crate::groups::Member;
use crate::meter;
use crate::partities;
use crate::run::{Doubling, Projector, is_stopped, warn_of};
use crate::source::KafkaSource;
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
    fn volgende(&self) -> i64 {
        self.places.iter().map(|place| place.volgende).min().unwrap_or_default()
    }
}

/// Events, and the partition and offset from which each came.
struct Batch {
    from: Vec<(i32, i64)>,
    events: Vec<Envelope>,
}

/// What is only over when another has taken over, or must be.
enum Go {
    On,
    Stale,
}

pub(super) struct Follower<'p> {
    projector: &'p Projector,
    topic: String,
    members: Vec<Member>,
    held: BTreeMap<i32, Held>,
    carried: Option<Carried>,
}

impl<'p> Follower<'p> {
    pub(super) async fn new(
        projector: &'p Projector,
        source: &KafkaSource,
    ) -> Result<Self, ProjectorError> {
        let members = bookkeeping::members(&projector.pool, &projector.products).await?;
        let topic = source.topic.clone();
        Ok(Self { projector, topic, members, held: BTreeMap::new(), carried: None })
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
            match self.answer(asked).await? {
                Go::On => {}
                Go::Stale => {
                    tracing::warn!("a partition or product was taken over: this projector lets go");
                    return Ok(Some(Ended::StoodDown));
                }
            }
        }
        Ok(Some(Ended::Stopped))
    }

    async fn answer(&mut self, asked: Ask) -> Result<Go, ProjectorError> {
        match asked {
            Ask::Assigned(partities, answer) => self.take(&partities, answer).await,
            Ask::Revoked(partities, answer) => {
                self.held.retain(|partitie, _| !partities.contains(partitie));
                reply(answer, ());
                Ok(Go::On)
            }
            Ask::Messages(messages, answer) => {
                let Go::On = self.fold(messages).await? else { return Ok(Go::Stale) };
                let places = self.held.iter().map(|(partitie, held)| (*partitie, held.volgende()));
                reply(answer, places.collect());
                Ok(Go::On)
            }
            Ask::Look(answer) => {
                let now = self.projector.clock.now();
                self.carried = Some(relay::carried(&self.projector.pool, now).await?);
                reply(answer, ());
                Ok(Go::On)
            }
            Ask::Measured(extents, answer) => {
                let Go::On = self.beat(&extents).await? else { return Ok(Go::Stale) };
                reply(answer, ());
                Ok(Go::On)
            }
        }
    }

    /// Takes partitions over: from here on nobody else can commit in them.
    async fn take(
        &mut self,
        partities: &[i32],
        answer: oneshot::Sender<Vec<(i32, i64)>>,
    ) -> Result<Go, ProjectorError> {
        let pool = &self.projector.pool;
        let claimed = bookkeeping::claim(pool, &self.members, &self.topic, partities).await?;
        let Some(claimed) = claimed else { return Ok(Go::Stale) };
        let mut begin = Vec::with_capacity(claimed.len());
        for (partitie, places) in claimed {
            let held = Held { places, mark: None };
            begin.push((partitie, held.volgende()));
            self.held.insert(partitie, held);
        }
        reply(answer, begin);
        Ok(Go::On)
    }

    async fn fold(&mut self, messages: Vec<Taken>) -> Result<Go, ProjectorError> {
        let (folded, spent) = meter::measured(self.fold_measured(messages)).await;
        Ok(match folded? {
            Some(events) => {
                self.projector.meter.count(events, &spent);
                Go::On
            }
            None => Go::Stale,
        })
    }

    /// Gives how many events there were; `None` when this process lost what it works on.
    async fn fold_measured(
        &mut self,
        messages: Vec<Taken>,
    ) -> Result<Option<usize>, ProjectorError> {
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
            let Some(steps) = done else { return Ok(None) };
            for step in steps {
                if let Some(held) = self.held.get_mut(&step.partitie) {
                    held.places[index].volgende = step.tot;
                }
            }
        }
        tracing::debug!(projectie.gebeurtenissen = batch.events.len(), "batch of Kafka folded");
        Ok(Some(batch.events.len()))
    }

    fn read(&self, messages: Vec<Taken>) -> Result<Batch, KafkaSourceError> {
        let mut came = Vec::with_capacity(messages.len());
        for Taken { partitie, offset, value } in messages {
            let event = Envelope::from_bericht(&value).map_err(|source| {
                let topic = self.topic.clone();
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
        let moved = bookkeeping::advance(&mut tx, (member, &self.topic), &steps, events.len())
            .await
            .map_err(ProjectorError::database("moving the places in the partitions"))?;
        let end = if moved { tx.commit().await } else { tx.rollback().await };
        end.map_err(ProjectorError::database("ending a batch"))?;
        Ok(moved.then_some(steps))
    }

    /// Says how up to date the products are in the partitions that are ours.
    async fn beat(&mut self, extents: &[Extent]) -> Result<Go, ProjectorError> {
        let mut reached: BTreeMap<i32, (i64, Option<Carried>)> = BTreeMap::new();
        for extent in extents {
            let Some(held) = self.held.get_mut(&extent.partitie) else { continue };
            let volgende = held.volgende();
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
            if !bookkeeping::beat(pool, (&self.members[index], &self.topic), &beats).await? {
                return Ok(Go::Stale);
            }
        }
        Ok(Go::On)
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

/// Answers; whoever asked may be gone.
fn reply<T>(answer: oneshot::Sender<T>, value: T) {
    let _ = answer.send(value);
}
