//! Settings of subscriptions: how many, and how soon.

use std::time::Duration;

use clap::Args;
use graphql::SubscriptionSettings;

use super::values::{at_least_one, milliseconds, seconds};

/// How is told that something changed.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Subscriptions over WebSocket and SSE")]
pub struct SubscriptionArgs {
    /// Most subscriptions of this process at a time, and most sockets
    #[arg(long, env = "KLANTBEELD_SUBSCRIPTIONS_MAX", value_name = "N")]
    #[arg(value_parser = at_least_one)]
    #[arg(default_value_t = SubscriptionSettings::default().max)]
    pub subscriptions_max: usize,

    /// Most subscriptions of one bearer at a time, and most sockets
    #[arg(long, env = "KLANTBEELD_SUBSCRIPTIONS_PER_BEARER", value_name = "N")]
    #[arg(value_parser = at_least_one)]
    #[arg(default_value_t = SubscriptionSettings::default().per_bearer)]
    pub subscriptions_per_bearer: usize,

    /// How often is looked for changes, in milliseconds, as long as somebody is subscribed
    #[arg(long, env = "KLANTBEELD_SUBSCRIPTIONS_POLL", value_name = "MILLISECONDS")]
    #[arg(value_parser = milliseconds, default_value = "250")]
    pub subscriptions_poll: Duration,

    /// After how many seconds without news a sign of life is sent
    #[arg(long, env = "KLANTBEELD_SUBSCRIPTIONS_KEEP_ALIVE", value_name = "SECONDS")]
    #[arg(value_parser = seconds, default_value = "15")]
    pub subscriptions_keep_alive: Duration,
}

impl SubscriptionArgs {
    /// The settings as the GraphQL side takes them.
    pub(super) fn settings(&self) -> SubscriptionSettings {
        SubscriptionSettings {
            poll: self.subscriptions_poll,
            max: self.subscriptions_max,
            per_bearer: self.subscriptions_per_bearer,
            keep_alive: self.subscriptions_keep_alive,
            ..SubscriptionSettings::default()
        }
    }
}
