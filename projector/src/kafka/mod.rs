//! Kafka as the source: several processes share the partitions of the topic with full events, and
//! write to the same generations.
//!
//! **Nothing lost, nothing twice.** How far a generation is in a partition stands in PostgreSQL and
//! moves in the transaction of the rows ([`bookkeeping`]). Who gets a partition begins there, whatever
//! the broker remembers. A message that comes again holds versions that the products have already; one
//! that would skip a version stops the projector.
//!
//! **Zombies.** Whoever takes a partition over raises its epoch; whoever takes a generation over (the
//! one who follows the log, a switch) raises the epoch of its checkpoint. A batch commits only under
//! both epochs that it began with.
//!
//! **Rows of objects in different partitions.** Two processes may derive the same row, each from an
//! object that the other does not have. So one transaction at a time writes to a generation
//! (`partities::alone`), from before its first look until its end: under READ COMMITTED every
//! statement after the lock sees all that the one before has committed, so a row is never derived from
//! states that are older than another row was derived from. Each product has a transaction of its own:
//! while one process writes a product, another writes the next, and the fetching and decoding is
//! shared too. One lock per transaction cannot deadlock.
//!
//! **Who has what.** Those who follow Kafka hold the lead together (`leader`) and deal the partitions
//! out among them. When two disagree for a moment, the epoch decides.
//!
//! **With the log, never beside it.** Who follows the log leads alone, and a hand-over ([`handover`])
//! stands between.

mod bookkeeping;
mod error;
mod follower;
mod handover;
mod reader;
mod relay;

use std::time::Duration;

use tokio::sync::watch;

pub use error::KafkaSourceError;

use self::follower::Follower;
use self::reader::Reader;
use crate::checkpoints;
use crate::error::ProjectorError;
use crate::leader::{Leadership, announce};
use crate::rebuild::{Rebuilder, Silent};
use crate::run::Projector;
use crate::source::KafkaSource;
use crate::tail::Ended;
use crate::wijzigingen;

/// How long closing the consumer may hold up whoever closes it.
const CLOSE_LIMIT: Duration = Duration::from_secs(3);

/// From waiting until nobody follows the log, to the end of following Kafka.
pub(crate) async fn reign(
    projector: &Projector,
    source: &KafkaSource,
    stop: &mut watch::Receiver<bool>,
) -> Result<Ended, ProjectorError> {
    // Before waiting too: who waits with the wrong version must not find out at the take-over.
    checkpoints::check(&projector.pool, &projector.products).await?;
    let extents = tokio::select! {
        extents = reader::extents(source) => extents?,
        _ = stop.changed() => return Ok(Ended::Stopped),
    };
    let partities: Vec<i32> = extents.iter().map(|extent| extent.partitie).collect();
    let Some(mut lead) = Leadership::share(&projector.pool, stop).await? else {
        return Ok(Ended::Stopped);
    };
    let at = (source.topic.as_str(), partities.as_slice());
    let ended = match bookkeeping::members(&projector.pool, &projector.products, at).await {
        Ok(Some(_)) => follow(projector, (source, &partities), &mut lead, stop).await,
        Ok(None) => handover::from_log(projector, source, &mut lead, stop).await,
        Err(error) => Err(error),
    };
    lead.release().await;
    ended
}

async fn follow(
    projector: &Projector,
    (source, partities): (&KafkaSource, &[i32]),
    lead: &mut Leadership,
    stop: &mut watch::Receiver<bool>,
) -> Result<Ended, ProjectorError> {
    let announced = announce(lead.session(), &projector.products, Some(&source.topic)).await;
    let pid = announced.map_err(ProjectorError::database("saying who follows Kafka"))?;
    let mut follower = Follower::new(projector, (&source.topic, partities), pid);
    let mut reader = Reader::start(source, partities, projector.settings.max_batch.max(1))?;
    tracing::info!(
        kafka.topic = source.topic,
        "this projector follows Kafka, together with the others of its database"
    );
    let checker = Rebuilder::new(projector, &Silent);
    let ended = tokio::select! {
        ended = follower.run(&mut reader, stop) => ended,
        never = checker.watch_drift(projector.settings.drift) => match never {},
        never = wijzigingen::keep_few(&projector.pool) => match never {},
        reason = lead.lost() => {
            tracing::warn!(fout = reason, "the session of the projector is lost");
            Ok(Some(Ended::StoodDown))
        }
    };
    let closed = reader.end(CLOSE_LIMIT).await;
    match ended? {
        Some(ended) => Ok(ended),
        // The reader ended by itself: it says why.
        None => Err(closed.err().unwrap_or(KafkaSourceError::Gone).into()),
    }
}
