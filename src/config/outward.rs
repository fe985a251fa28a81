//! Settings of what reaches other systems.

use clap::Args;
use ipnet::IpNet;
use write_side::{Afzender, Netwerkbeleid};

use super::values::{base_url, event_source};

/// What stands in every event that leaves, and where webhooks may go.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Events for other systems")]
pub struct OutwardSettings {
    /// Who tells, in every event: `urn:nld:oin:<20 digits>:systeem:<naam>`
    #[arg(long, env = "KLANTBEELD_EVENT_SOURCE", value_name = "URN", value_parser = event_source)]
    #[arg(default_value = "urn:nld:ontwikkeling:systeem:klantbeeld")]
    pub event_source: String,

    /// The address at which others reach this service [default: references are relative]
    #[arg(long, env = "KLANTBEELD_PUBLIC_URL", value_name = "URL", value_parser = base_url)]
    pub public_url: Option<String>,

    /// Networks that webhooks may reach though they are not public, by commas
    #[arg(long, env = "KLANTBEELD_WEBHOOK_ALLOW_NETWORK", value_name = "CIDR")]
    #[arg(value_delimiter = ',')]
    pub webhook_allow_network: Vec<IpNet>,

    /// Let webhooks use plain http
    #[arg(long, env = "KLANTBEELD_WEBHOOK_ALLOW_HTTP")]
    pub webhook_allow_http: bool,
}

impl OutwardSettings {
    /// Who tells.
    #[must_use]
    pub fn afzender(&self) -> Afzender {
        Afzender {
            bron: self.event_source.clone(),
            basis_url: self.public_url.clone().unwrap_or_default(),
        }
    }

    /// Where webhooks may go.
    #[must_use]
    pub fn webhooks(&self) -> Netwerkbeleid {
        Netwerkbeleid {
            http: self.webhook_allow_http,
            toegestaan: self.webhook_allow_network.clone(),
        }
    }
}
