//! Waiting for a condition, with a limit.

use std::time::{Duration, Instant};

/// Longest time that a test waits for anything.
pub const LIMIT: Duration = Duration::from_secs(30);

/// Pause between two looks at a condition.
const PAUSE: Duration = Duration::from_millis(5);

/// Waits until `look` gives something.
///
/// # Panics
/// When it does not within [`LIMIT`]; says what was waited for.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(start.elapsed() < LIMIT, "waited {LIMIT:?} for {what}");
        tokio::time::sleep(PAUSE).await;
    }
}
