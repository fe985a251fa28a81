//! Reading the log ahead: what follows is read and decoded while the last of it is folded.

use chrono::{DateTime, Utc};
use clock::SharedClock;
use log_source::{Batch, Bounds, Cursor, PostgresLog, Source as _, SourceError, Unreadable};
use tokio::task::JoinHandle;

/// A part of the log.
#[derive(Debug)]
pub(crate) struct Range {
    pub(crate) batch: Batch,
    /// The events that this program cannot read.
    pub(crate) unreadable: Vec<Unreadable>,
    /// Before it was read: what is recorded after this moment may be missing.
    pub(crate) begun: DateTime<Utc>,
}

/// The log, with at most one part of it that is read ahead.
pub(crate) struct Ahead {
    source: PostgresLog,
    clock: SharedClock,
    reading: Option<Reading>,
}

struct Reading {
    after: Cursor,
    bounds: Bounds,
    task: JoinHandle<Result<Range, SourceError>>,
}

impl Ahead {
    pub(crate) fn new(source: PostgresLog, clock: SharedClock) -> Self {
        Self { source, clock, reading: None }
    }

    /// Begins to read what follows on `after`.
    pub(crate) fn begin(&mut self, after: &Cursor, bounds: Bounds) {
        let (mut source, clock, cursor) = (self.source.clone(), self.clock.clone(), after.clone());
        let task = tokio::spawn(async move { read(&mut source, &clock, &cursor, bounds).await });
        self.reading = Some(Reading { after: after.clone(), bounds, task });
    }

    /// What follows on `after`: what was read ahead, if it is that; else it is read now.
    pub(crate) async fn range(
        &mut self,
        after: &Cursor,
        bounds: Bounds,
    ) -> Result<Range, SourceError> {
        match self.reading.take() {
            Some(reading) if reading.after == *after && reading.bounds == bounds => {
                let crashed = |_| SourceError::Database {
                    action: "reading the log ahead",
                    source: sqlx::Error::WorkerCrashed,
                };
                reading.task.await.map_err(crashed)?
            }
            Some(_) | None => read(&mut self.source, &self.clock, after, bounds).await,
        }
    }
}

async fn read(
    source: &mut PostgresLog,
    clock: &SharedClock,
    after: &Cursor,
    bounds: Bounds,
) -> Result<Range, SourceError> {
    let begun = clock.now();
    let (batch, unreadable) = source.poll_apart(after, bounds).await?;
    Ok(Range { batch, unreadable, begun })
}
