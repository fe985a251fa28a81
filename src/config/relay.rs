//! Settings of what reaches other systems.

use clap::Args;
use write_side::uitgaand::Herkomst;

use super::values::{base_url, event_source};

/// Who tells, when nothing else is said: an installation for development.
pub const EVENT_SOURCE_DEFAULT: &str = "urn:nld:ontwikkeling:systeem:klantbeeld";

/// What stands in every event that leaves.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Events for other systems")]
pub struct RelaySettings {
    /// Who tells, in every event: urn:nld:oin:<20 digits>:systeem:<naam>
    #[arg(long, env = "KLANTBEELD_EVENT_SOURCE", value_name = "URN", value_parser = event_source)]
    #[arg(default_value = EVENT_SOURCE_DEFAULT)]
    pub event_source: String,

    /// The address at which others reach this service [default: where it listens]
    #[arg(long, env = "KLANTBEELD_PUBLIC_URL", value_name = "URL", value_parser = base_url)]
    pub public_url: Option<String>,
}

impl RelaySettings {
    /// Where events come from; `listening` is the address that is true on this machine.
    #[must_use]
    pub fn herkomst(&self, listening: &str) -> Herkomst {
        let here = || format!("http://{listening}");
        Herkomst {
            source: self.event_source.clone(),
            base_url: self.public_url.clone().unwrap_or_else(here),
        }
    }
}
