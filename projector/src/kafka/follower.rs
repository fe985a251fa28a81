//! Folding what the reader brings, into every product, and moving how far each is.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use events::{BerichtError, Envelope, Kop};
use log_source::{Cursor, Unreadable};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::bookkeeping::{self, Beat, Step};
use super::error::KafkaSourceError;
use super::reader::{Ask, Extent, Reader, Share, Taken};
use super::relay::{self, Carried};
use crate::checkpoints;
use crate::error::ProjectorError;
use crate::groups::Member;
use crate::leader::leiders;
use crate::meter;
use crate::parking::{Changes, Delivered, Parking};
use crate::partities;
use crate::run::{Doubling, Projector, is_stopped, warn_of};
use crate::tail::{BEGIN, Ended, end};

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

/// Messages as they were understood.
struct Batch {
    /// Where each event came from.
    from: Vec<Origin>,
    events: Vec<Envelope>,
    /// Events that this program cannot read.
    unreadable: Vec<(Origin, Unreadable)>,
}

/// Where an event came from, and when it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    partitie: i32,
    offset: i64,
    tijdstip: DateTime<Utc>,
}

/// What one product still has to take in of a batch.
struct Outstanding<'b> {
    steps: Vec<Step>,
    events: Cow<'b, [Envelope]>,
    unreadable: Vec<&'b Unreadable>,
}

impl Step {
    fn from(place: &Place, from: Origin) -> Self {
        let Origin { partitie, tijdstip, .. } = from;
        let (epoch, van, tot) = (place.epoch, place.volgende, place.volgende);
        Self { partitie, epoch, van, tot, tijdstip }
    }
}

/// How far a batch brought a product, and what it changed in what is parked.
type Folded = (Vec<Step>, Changes);

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
    /// What is parked of the objects in our partitions; read after those were taken over.
    parking: Parking,
    carried: Option<Carried>,
}

impl<'p> Follower<'p> {
    pub(super) fn new(
        projector: &'p Projector,
        (topic, partities): (&'p str, &'p [i32]),
        pid: i32,
    ) -> Self {
        let (members, held, parking) = (Vec::new(), BTreeMap::new(), Parking::default());
        Self { projector, topic, partities, pid, members, held, parking, carried: None }
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
        let parked_max = self.projector.settings.parked_max;
        self.parking = Parking::load(pool, products, parked_max).await?;
        self.held = claimed.into_iter().map(held).collect();
        tracing::info!(kafka.partities = ?share, "took partitions over");
        Ok(Go::On)
    }

    async fn fold(&mut self, messages: Vec<Taken>) -> Result<Done, ProjectorError> {
        let (folded, spent) = meter::measured(self.fold_measured(messages)).await;
        Ok(match folded? {
            Some(events) => {
                self.projector.meter.count(events, &spent);
                Done::Well
            }
            None => Done::Stale,
        })
    }

    /// Gives how many events there were; `None` when this process lost what it works on.
    async fn fold_measured(
        &mut self,
        messages: Vec<Taken>,
    ) -> Result<Option<usize>, ProjectorError> {
        let pool = &self.projector.pool;
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
                    // Whose tables are gone is none of ours any more.
                    Err(_)
                        if !checkpoints::are_ours(pool, &self.members[index..=index]).await? =>
                    {
                        break None;
                    }
                    ended => break ended?,
                }
            };
            let Some((steps, changes)) = done else { return Ok(None) };
            self.parking.accept(changes);
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
        let (mut came, mut unreadable) = (Vec::with_capacity(messages.len()), Vec::new());
        for Taken { partitie, offset, value } in messages {
            match Envelope::from_bericht(&value) {
                Ok(event) => {
                    came.push((Origin { partitie, offset, tijdstip: event.tijdstip }, event))
                }
                Err(BerichtError::Undecodable { kop, source }) => {
                    let Kop { positie, object, versie, soort: gebeurtenis, tijdstip } = *kop;
                    let from = Origin { partitie, offset, tijdstip };
                    let strange = Unreadable { positie, object, versie, gebeurtenis, source };
                    unreadable.push((from, strange));
                }
                Err(source) => {
                    let topic = self.topic.to_owned();
                    return Err(KafkaSourceError::Unreadable { topic, partitie, offset, source });
                }
            }
        }
        // Events of one object stay in the order of their versions, redeliveries beside the first.
        came.sort_by_key(|(from, event)| (event.positie, *from));
        let (from, events) = came.into_iter().unzip();
        Ok(Batch { from, events, unreadable })
    }

    /// What this product still has to take in. After a product failed, those before it are further than
    /// those behind it; a generation that came later is behind the others.
    fn outstanding<'b>(&self, index: usize, batch: &'b Batch) -> Outstanding<'b> {
        let mut steps: BTreeMap<i32, Step> = BTreeMap::new();
        let mut is_behind = |from: &Origin| {
            let place = self.held.get(&from.partitie).and_then(|held| held.places.get(index));
            let place = place.filter(|place| from.offset >= place.volgende);
            if let Some(place) = place {
                let step = steps.entry(from.partitie).or_insert_with(|| Step::from(place, *from));
                step.tot = step.tot.max(from.offset + 1);
                step.tijdstip = step.tijdstip.max(from.tijdstip);
            }
            place.is_some()
        };
        let all = batch.from.iter().zip(&batch.events);
        let behind: Vec<&Envelope> =
            all.filter(|(from, _)| is_behind(from)).map(|(_, event)| event).collect();
        let strange = batch.unreadable.iter().filter(|(from, _)| is_behind(from));
        let unreadable = strange.map(|(_, strange)| strange).collect();
        let events = if behind.len() == batch.events.len() {
            Cow::Borrowed(batch.events.as_slice())
        } else {
            Cow::Owned(behind.into_iter().cloned().collect())
        };
        Outstanding { steps: steps.into_values().collect(), events, unreadable }
    }

    /// Rows, what is parked and places of one product in one transaction; `None`, and nothing done,
    /// when a partition or the generation is another's, or a commit without an answer took effect.
    async fn commit(&self, index: usize, batch: &Batch) -> Result<Option<Folded>, ProjectorError> {
        let Outstanding { steps, events, unreadable } = self.outstanding(index, batch);
        if steps.is_empty() {
            return Ok(Some((steps, Changes::default())));
        }
        let member = &self.members[index];
        let begin = transactions::begin(&self.projector.pool, BEGIN).await;
        let mut tx = begin.map_err(ProjectorError::database("beginning a batch"))?;
        partities::alone(&mut tx, &member.schema)
            .await
            .map_err(ProjectorError::database("waiting for the others that write a product"))?;
        let product = self.projector.products[member.product].as_ref();
        let delivered = Delivered { events: &events, unreadable: &unreadable };
        let changes = self.parking.fold(&mut tx, (product, member), delivered).await?;
        let moved = bookkeeping::advance(&mut tx, (member, self.topic), &steps, delivered.len())
            .await
            .map_err(ProjectorError::database("moving the places in the partitions"))?;
        end(tx, moved).await.map_err(ProjectorError::database("ending a batch"))?;
        Ok(moved.then_some((steps, changes)))
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
