//! Runs the batches of the loaders inside the request's own task.
//!
//! The engine polls all resolvers of one level before it gives up its turn. A batch that is run at
//! that moment has all keys of the level: no timer, no race between threads, and the number of
//! statements is the same in every run. When the client goes away, its statements go with it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

type Batch = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Batches that still have to run.
#[derive(Default)]
pub(crate) struct BatchQueue(Mutex<Vec<Batch>>);

impl BatchQueue {
    /// Adds a batch.
    pub(crate) fn push(&self, batch: Batch) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
    }

    fn take(&self) -> Vec<Batch> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Runs `request` to its end, together with the batches that it puts in `queue`.
pub(crate) async fn drive<F: Future>(request: F, queue: &BatchQueue) -> F::Output {
    let mut request = pin!(request);
    let mut running: Vec<Batch> = Vec::new();
    poll_fn(move |task| {
        loop {
            if let Poll::Ready(output) = request.as_mut().poll(task) {
                return Poll::Ready(output);
            }
            running.extend(queue.take());
            // A finished batch has answers for the request: give it its turn at once.
            if !poll_all(&mut running, task) {
                return Poll::Pending;
            }
        }
    })
    .await
}

/// Polls every batch; says whether one of them finished.
fn poll_all(running: &mut Vec<Batch>, task: &mut Context<'_>) -> bool {
    let before = running.len();
    running.retain_mut(|batch| batch.as_mut().poll(task).is_pending());
    running.len() < before
}
