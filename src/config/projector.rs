//! How the projector works.

use clap::Args;
use projector::ProjectorSettings;
use projector::rebuild::DriftPace;

/// How the projector works.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Projector")]
pub struct ProjectorArgs {
    /// Most objects of a product that may be parked because an event cannot be folded; with one more
    /// the projector stops
    #[arg(long, env = "KLANTBEELD_PARKED_MAX", value_name = "N", default_value_t = 100)]
    pub parked_max: u32,

    /// Keys a minute of which the rows are compared with a replay of the log; 0 = none
    #[arg(long, env = "KLANTBEELD_DRIFT_KEYS", value_name = "N", default_value_t = 120)]
    pub drift_keys: u32,

    /// Most of its time that this comparison may be busy, in percent
    #[arg(long, env = "KLANTBEELD_DRIFT_PERCENT", value_name = "PERCENT", default_value_t = 2)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100))]
    pub drift_percent: u32,
}

impl ProjectorArgs {
    /// As the projector takes them.
    #[must_use]
    pub fn settings(&self) -> ProjectorSettings {
        ProjectorSettings {
            parked_max: usize::try_from(self.parked_max).unwrap_or(usize::MAX),
            drift: DriftPace { keys_per_minute: self.drift_keys, percent_max: self.drift_percent },
            ..ProjectorSettings::default()
        }
    }
}
