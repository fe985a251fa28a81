//! What can be set of subscriptions.

use std::time::Duration;

/// What can be set of subscriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionSettings {
    /// How often is looked for changes, as long as somebody is subscribed.
    pub poll: Duration,
    /// Most subscriptions of this process, and most sockets.
    pub max: usize,
    /// Most subscriptions of one bearer, and most sockets.
    pub per_bearer: usize,
    /// How long a socket may be silent before it must say who asks.
    pub init_limit: Duration,
    /// How often something is sent when nothing happens, so that nothing in between closes.
    pub keep_alive: Duration,
}

impl Default for SubscriptionSettings {
    /// Every 250 ms; 5,000 subscriptions, of one bearer 50; 5 seconds to say who asks; every 15 seconds a
    /// sign of life.
    fn default() -> Self {
        Self {
            poll: Duration::from_millis(250),
            max: 5_000,
            per_bearer: 50,
            init_limit: Duration::from_secs(5),
            keep_alive: Duration::from_secs(15),
        }
    }
}
