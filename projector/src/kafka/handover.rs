//! From the log to Kafka: generations that were filled from the log go on with the topic.
//!
//! 1. Those who follow Kafka lose the generations, and one process follows the log with them.
//! 2. Kafka is asked where each partition ends.
//! 3. The generations follow the log until they have all that it shows *after* that.
//! 4. Those ends are where the generations begin in Kafka.
//!
//! The relay sends only what the log shows. So what lies before an end was in the log before step 3,
//! and is in the generation; what lies behind it comes from Kafka. What comes both ways is dropped by
//! its version. No clock and no retention plays a part.

use log_source::PostgresLog;
use sqlx::PgConnection;
use tokio::sync::watch;

use super::reader::{self, Extent};
use crate::checkpoints;
use crate::error::ProjectorError;
use crate::leader::{Leadership, try_alone};
use crate::partities::{self, Places};
use crate::rebuild::bookkeeping::end_of_log;
use crate::run::Projector;
use crate::source::KafkaSource;
use crate::tail::{Ended, Tail};

/// Key of the advisory lock of whoever hands over: "overgaan" in ASCII.
const HANDING_OVER: i64 = 0x6f76_6572_6761_616e;

/// Hands the generations over, unless another is at it. After it they are to be looked at anew.
pub(super) async fn from_log(
    projector: &Projector,
    source: &KafkaSource,
    lead: &mut Leadership,
    stop: &mut watch::Receiver<bool>,
) -> Result<Ended, ProjectorError> {
    if !begin(lead.session()).await? {
        return Ok(Ended::StoodDown);
    }
    let log = PostgresLog::open(&projector.pool).await.map_err(ProjectorError::Open)?;
    partities::forget(lead.session(), &projector.products).await?;
    let claimed = checkpoints::claim(lead.session(), &projector.products).await?;
    let tail = Tail::new(projector, log, claimed).await?;
    tokio::select! {
        ended = carry_over(projector, source, tail, stop) => ended,
        reason = lead.lost() => {
            tracing::warn!(fout = reason, "the lead is lost");
            Ok(Ended::StoodDown)
        }
    }
}

/// Not waited for: while one hands over, the others wait to follow with it, and not to do the same.
/// The lock goes with the session.
async fn begin(session: &mut PgConnection) -> Result<bool, ProjectorError> {
    let taken = try_alone(session, HANDING_OVER).await;
    taken.map_err(ProjectorError::database("looking who hands over"))
}

async fn carry_over(
    projector: &Projector,
    source: &KafkaSource,
    tail: Tail<'_>,
    stop: &mut watch::Receiver<bool>,
) -> Result<Ended, ProjectorError> {
    let ends: Vec<Extent> = reader::extents(source).await?;
    let doel = end_of_log(&projector.pool).await?;
    tracing::info!(log.positie = doel, kafka.topic = source.topic, "going over to Kafka");
    let Some(groups) = tail.run_to(doel, stop).await? else { return Ok(Ended::StoodDown) };
    let topic = &source.topic;
    let places: Places =
        ends.iter().map(|end| ((topic.clone(), end.partitie), end.einde)).collect();
    let failed = ProjectorError::database("writing where the products begin in Kafka");
    let mut tx = transactions::begin(&projector.pool, "BEGIN").await.map_err(&failed)?;
    for group in &groups {
        for member in &group.members {
            partities::enter(&mut tx, (member, &group.cursor), &places).await.map_err(&failed)?;
        }
    }
    tx.commit().await.map_err(failed)?;
    tracing::info!(kafka.partities = ends.len(), "the products go on with Kafka");
    Ok(Ended::StoodDown)
}
