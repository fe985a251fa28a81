//! Logging: to stderr, so that what a command prints can be read by a script.

use std::io;

use clap::{Args, ValueEnum};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// What is logged, and how.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Logging")]
pub struct LogSettings {
    /// What to log: a level (error, warn, info, debug) or `target=level` pairs, by commas
    /// [default: info for serve, otherwise warn]
    #[arg(long, global = true, env = "KLANTBEELD_LOG", value_name = "FILTER")]
    pub log: Option<String>,

    /// How a line of the log looks
    #[arg(long, global = true, env = "KLANTBEELD_LOG_FORMAT", value_name = "FORMAT")]
    #[arg(value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

/// Added to every default: PostgreSQL's notices are for whoever looks into its sessions, and come also
/// where nothing is wrong, as when a transaction is broken off before it began.
const WITHOUT_NOTICES: &str = "sqlx::postgres::notice=error";

/// Why logging could not start.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The filter has not the form of one.
    #[error("the log filter {filter:?} cannot be read; give a level, such as info")]
    Filter {
        /// What was given.
        filter: String,
        /// What is wrong with it.
        source: tracing_subscriber::filter::ParseError,
    },
    /// Something else logs already.
    #[error("logging was started twice in this process")]
    Twice(#[source] tracing_subscriber::util::TryInitError),
}

/// Starts logging; `default` is the level when the settings name none.
///
/// # Errors
/// When the filter cannot be read, or something in this process logs already.
pub fn start(settings: &LogSettings, default: &str) -> Result<(), LoggingError> {
    let default = || format!("{default},{WITHOUT_NOTICES}");
    let text = settings.log.clone().filter(|text| !text.is_empty()).unwrap_or_else(default);
    let filter: Targets =
        text.parse().map_err(|source| LoggingError::Filter { filter: text, source })?;
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let terminal = io::IsTerminal::is_terminal(&io::stderr());
    let layer = match settings.log_format {
        LogFormat::Text => lines.with_ansi(terminal).with_filter(filter).boxed(),
        LogFormat::Json => lines.json().with_filter(filter).boxed(),
    };
    tracing_subscriber::registry().with(layer).try_init().map_err(LoggingError::Twice)
}
