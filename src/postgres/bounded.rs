//! A bound on calls that have none of their own.

use std::{sync::mpsc, thread, time::Duration};

/// Runs `work` on a thread of its own and gives its result, or `None` if it
/// took longer than `limit` (the thread is then left behind; this is for calls
/// that hang only when something is badly wrong).
pub(super) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, result) = mpsc::sync_channel(1);
    thread::spawn(move || {
        // Nobody listens after the limit, which is no fault of the work.
        drop(done.send(work()));
    });
    result.recv_timeout(limit).ok()
}
