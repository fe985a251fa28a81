//! The settings: every one is a flag and a `KLANTBEELD_…` variable, and has its default here.

mod api;
mod kafka;
mod logboek;
mod outward;
mod products;
mod project;
mod projector;
mod questions;
mod subscriptions;
mod tokens;
mod values;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

pub use api::BijhoudingSettings;
pub use kafka::{KafkaArgs, KafkaSettingsError, KafkaTopicArgs};
pub use logboek::{LogboekArgs, LogboekArgsError, LogboekKeyArgs, LogboekPlaceArgs};
pub(crate) use logboek::{new_key, own as own_logboek_keys, pool as logboek_pool};
pub use outward::OutwardSettings;
pub use products::{
    CellSettings, ConfidentialSettings, CountedSettings, LimitSettings, ProductSettings,
    RowSettings, TermSettings, VocabularySettings,
};
pub use project::{ProjectFrom, ProjectSettings};
pub use projector::ProjectorArgs;
pub use questions::{QuestionSettings, Roles, Trusted};
pub use subscriptions::SubscriptionArgs;
pub use tokens::{TokenArgsError, TokenSettings};

use crate::omgeving::Omgeving;
use crate::postgres::default_data_dir;

/// Where the service listens if nothing else is said.
pub const LISTEN_DEFAULT: &str = "127.0.0.1:8080";

/// All settings of the service.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Where to listen.
    #[command(flatten)]
    pub http: HttpSettings,

    /// Where the service runs
    #[arg(long, env = "KLANTBEELD_OMGEVING", value_name = "OMGEVING", value_enum)]
    #[arg(default_value_t = Omgeving::Productie, help_heading = "HTTP")]
    pub omgeving: Omgeving,

    /// The roles of this process, by commas
    #[arg(long, env = "KLANTBEELD_ROLES", value_name = "ROLE", value_enum)]
    #[arg(value_delimiter = ',', default_values = ["write", "project", "graphql", "relay"])]
    #[arg(help_heading = "Roles")]
    pub roles: Vec<Role>,

    /// Whose tokens are accepted.
    #[command(flatten)]
    pub tokens: TokenSettings,

    /// The bijhouding API.
    #[command(flatten)]
    pub bijhouding: BijhoudingSettings,

    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,

    /// The logbook.
    #[command(flatten)]
    pub logboek: LogboekArgs,

    /// The information products.
    #[command(flatten)]
    pub products: ProductSettings,

    /// The projector.
    #[command(flatten)]
    pub projector: ProjectorArgs,
    /// Where the projector takes its events from.
    #[command(flatten)]
    pub project: ProjectSettings,

    /// What reaches other systems.
    #[command(flatten)]
    pub outward: OutwardSettings,

    /// Kafka.
    #[command(flatten)]
    pub kafka: KafkaArgs,
}

impl Settings {
    /// The roles, each once.
    #[must_use]
    pub fn roles(&self) -> BTreeSet<Role> {
        self.roles.iter().copied().collect()
    }
}

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Role {
    /// Takes handelingen: the bijhouding API.
    Write,
    /// Keeps the information products up to date; see --project-from.
    Project,
    /// Answers: the information products over GraphQL.
    Graphql,
    /// Tells other systems what happened: notifications and webhooks.
    Relay,
}

/// Where to listen.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "HTTP")]
pub struct HttpSettings {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "KLANTBEELD_LISTEN", value_name = "HOST:PORT")]
    #[arg(default_value = LISTEN_DEFAULT)]
    pub listen: String,
}

/// The database.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Database")]
pub struct DatabaseSettings {
    /// PostgreSQL 15 or newer to use; DATABASE_URL is looked at too [default: a private server]
    #[arg(long, env = "KLANTBEELD_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Most connections at a time; the projector takes one more
    #[arg(long, env = "KLANTBEELD_DATABASE_CONNECTIONS", value_name = "N", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u32).range(4..))]
    pub database_connections: u32,

    /// Where the private server keeps its data.
    #[command(flatten)]
    pub data: DataSettings,
}

impl DatabaseSettings {
    /// The database that was named, if one was.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        let plain = || std::env::var("DATABASE_URL").ok();
        self.database_url.clone().or_else(plain).filter(|url| !url.is_empty())
    }
}

/// Where a private server keeps its data.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Database")]
pub struct DataSettings {
    /// Directory for the data of the private PostgreSQL server [default: /var/lib/klantbeeld for
    /// root, otherwise ~/.local/state/klantbeeld]
    #[arg(long, env = "KLANTBEELD_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

impl DataSettings {
    /// The directory.
    #[must_use]
    pub fn dir(&self) -> PathBuf {
        self.data_dir.clone().unwrap_or_else(default_data_dir)
    }
}
