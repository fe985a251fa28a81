//! From the log to Kafka: a generation that was filled from the log goes on with the topic.
//!
//! 1. Whoever follows Kafka lets go, and this process leads alone.
//! 2. Kafka is asked where each partition ends.
//! 3. The generations follow the log until they have all that it shows *after* that.
//! 4. Those ends are where the generations begin in Kafka.
//!
//! The relay sends only what the log shows. So what lies before an end was in the log before step 3,
//! and is in the generation; what lies behind it comes from Kafka. What comes both ways is dropped by
//! its version. No clock and no retention plays a part.

use log_source::PostgresLog;
use tokio::sync::watch;

use super::bookkeeping::{self, Names};
use super::reader::{self, Extent};
use crate::checkpoints;
use crate::error::ProjectorError;
use crate::leader::Leadership;
use crate::run::Projector;
use crate::source::KafkaSource;
use crate::tail::{Ended, Tail};

/// Hands the generations over, unless another has done so, or is at it. After it they are to be looked
/// at anew.
pub(super) async fn from_log(
    projector: &Projector,
    source: &KafkaSource,
    (names, partities): (&Names, &[i32]),
    stop: &mut watch::Receiver<bool>,
) -> Result<Ended, ProjectorError> {
    bookkeeping::let_go(&projector.pool, names).await?;
    // Not waited for: while one hands over, the others wait to follow with it, and not to do the same.
    let Some(mut lead) = Leadership::take_now(&projector.pool).await? else {
        return Ok(Ended::StoodDown);
    };
    let ended = match bookkeeping::is_complete(&projector.pool, names, partities).await {
        Ok(false) => lead_over(projector, source, &mut lead, stop).await,
        Ok(true) => Ok(Ended::StoodDown),
        Err(error) => Err(error),
    };
    lead.release().await;
    ended
}

async fn lead_over(
    projector: &Projector,
    source: &KafkaSource,
    lead: &mut Leadership,
    stop: &mut watch::Receiver<bool>,
) -> Result<Ended, ProjectorError> {
    let log = PostgresLog::open(&projector.pool).await.map_err(ProjectorError::Open)?;
    let groups = checkpoints::claim(lead.session(), &projector.products).await?;
    let tail = Tail::new(projector, log, groups);
    tokio::select! {
        ended = carry_over(projector, source, tail, stop) => ended,
        reason = lead.lost() => {
            tracing::warn!(fout = reason, "the lead is lost");
            Ok(Ended::StoodDown)
        }
    }
}

async fn carry_over(
    projector: &Projector,
    source: &KafkaSource,
    tail: Tail<'_>,
    stop: &mut watch::Receiver<bool>,
) -> Result<Ended, ProjectorError> {
    let ends: Vec<Extent> = reader::extents(source).await?;
    let doel = bookkeeping::last_positie(&projector.pool).await?;
    tracing::info!(log.positie = doel, kafka.topic = source.topic, "going over to Kafka");
    let Some(groups) = tail.run_to(doel, stop).await? else { return Ok(Ended::StoodDown) };
    bookkeeping::hand_over(&projector.pool, &groups, &source.topic, &ends).await?;
    tracing::info!(kafka.partities = ends.len(), "the products go on with Kafka");
    Ok(Ended::StoodDown)
}
