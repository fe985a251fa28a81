//! Runs the batches of the loaders inside the request's own task.
//!
//! A batch is run when nothing else of the request can go on: no resolver, no statement, no other
//! batch. It then has all keys that there will be: no timer, no race between threads or statements,
//! and the number of statements is the same in every run. When the client goes away, its statements
//! go with it.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

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

/// Passes a wake on to the task, and remembers it: a request that was woken while it was polled has
/// resolvers that can go on.
struct Signal {
    woken: AtomicBool,
    task: Mutex<Waker>,
}

impl Signal {
    fn new() -> Arc<Self> {
        Arc::new(Self { woken: AtomicBool::new(false), task: Mutex::new(Waker::noop().clone()) })
    }

    /// Begins a poll on behalf of `task`.
    fn begin(&self, task: &Context<'_>) {
        self.woken.store(false, Ordering::SeqCst);
        self.task.lock().unwrap_or_else(PoisonError::into_inner).clone_from(task.waker());
    }

    fn is_woken(&self) -> bool {
        self.woken.load(Ordering::SeqCst)
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        self.task.lock().unwrap_or_else(PoisonError::into_inner).wake_by_ref();
    }
}

tokio::task_local! {
    /// Number of statements of this request that are on their way.
    static IN_FLIGHT: Cell<usize>;
}

/// Runs a statement of this request; batches wait for it. Outside a request it is just run.
pub(crate) async fn in_flight<F: Future>(statement: F) -> F::Output {
    struct Landed;
    impl Drop for Landed {
        fn drop(&mut self) {
            let _ = IN_FLIGHT.try_with(|count| count.set(count.get().saturating_sub(1)));
        }
    }
    let _landed = IN_FLIGHT.try_with(|count| count.set(count.get() + 1)).is_ok().then_some(Landed);
    statement.await
}

/// Runs `request` to its end, together with the batches that it puts in `queue`.
pub(crate) async fn drive<F: Future>(request: F, queue: &BatchQueue) -> F::Output {
    IN_FLIGHT.scope(Cell::new(0), drive_counted(request, queue)).await
}

async fn drive_counted<F: Future>(request: F, queue: &BatchQueue) -> F::Output {
    let mut request = pin!(request);
    let mut running: Vec<Batch> = Vec::new();
    let signal = Signal::new();
    let waker = Waker::from(Arc::clone(&signal));
    poll_fn(move |task| {
        loop {
            if running.is_empty() {
                signal.begin(task);
                let polled = request.as_mut().poll(&mut Context::from_waker(&waker));
                if let Poll::Ready(output) = polled {
                    return Poll::Ready(output);
                }
                // The engine gives up its turn now and then in the middle of a long list; a batch
                // that began then would have half of the keys. The wake brings us back here.
                let statements = IN_FLIGHT.try_with(Cell::get).unwrap_or_default();
                if !signal.is_woken() && statements == 0 {
                    running = queue.take();
                }
                if running.is_empty() {
                    return Poll::Pending;
                }
            }
            // The request goes on when all have answered: a resolver that went on before would ask
            // again for what is on its way.
            running.retain_mut(|batch| batch.as_mut().poll(task).is_pending());
            if !running.is_empty() {
                return Poll::Pending;
            }
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::convert::Infallible;
    use std::sync::atomic::AtomicUsize;

    use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
    use async_graphql::{Context, EmptyMutation, EmptySubscription, Object, Request, Schema};

    use super::*;

    struct Counting(Arc<AtomicUsize>);

    impl Loader<u64> for Counting {
        type Value = u64;
        type Error = Infallible;

        async fn load(&self, keys: &[u64]) -> Result<HashMap<u64, u64>, Infallible> {
            self.0.fetch_add(1, Ordering::SeqCst);
            // As a database would: the answer comes later.
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            Ok(keys.iter().map(|key| (*key, *key)).collect())
        }
    }

    type Numbers = DataLoader<Counting, HashMapCache>;

    struct Row(u64);

    #[Object]
    impl Row {
        async fn value(&self, ctx: &Context<'_>) -> u64 {
            let found = ctx.data_unchecked::<Numbers>().load_one(self.0).await;
            found.ok().flatten().unwrap_or_default()
        }

        async fn children(&self, ctx: &Context<'_>) -> Vec<Row> {
            let own = self.value(ctx).await.unwrap_or_default();
            (0..5).map(|child| Row(1_000 + own * 5 + child)).collect()
        }
    }

    struct Root;

    #[Object]
    impl Root {
        async fn rows(&self, first: u64) -> Vec<Row> {
            (0..first).map(Row).collect()
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_number_of_batches_does_not_grow_with_the_rows() {
        let schema = Schema::new(Root, EmptyMutation, EmptySubscription);
        for first in [1, 10, 100] {
            for _ in 0..20 {
                let counter = Arc::new(AtomicUsize::new(0));
                let queue = Arc::new(BatchQueue::default());
                let spawned = Arc::clone(&queue);
                let numbers: Numbers = DataLoader::with_cache(
                    Counting(Arc::clone(&counter)),
                    move |batch| spawned.push(batch),
                    HashMapCache::default(),
                )
                .delay(crate::loaders::BATCH_DELAY)
                .max_batch_size(crate::loaders::BATCH_MAX_KEYS);
                let query = format!("{{ rows(first: {first}) {{ value children {{ value }} }} }}");
                let request = schema.execute(Request::new(query).data(numbers));
                let response = drive(request, &queue).await;
                assert!(response.errors.is_empty(), "{:?}", response.errors);
                assert_eq!(counter.load(Ordering::SeqCst), 2, "{first} rows");
            }
        }
    }
}
