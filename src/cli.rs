//! The command line.

mod documents;
mod projections;

use clap::{Args, Parser, Subcommand};
use uuid::Uuid;

use crate::bench::BenchArgs;
use crate::bench::read::{FloorArgs, ReadArgs};
use crate::config::{
    DatabaseSettings, KafkaArgs, KafkaTopicArgs, LogboekKeyArgs, LogboekPlaceArgs, Settings,
};
use crate::demo::{DemoArgs, TokenArgs};
use crate::generate::GenerateArgs;
use crate::logging::LogSettings;

pub use documents::{DocumentCommand, DocumentListArgs, RegisterArgs, UseArgs, WithdrawArgs};
pub use projections::{
    ChosenArgs, DriftCheckArgs, DriftCommand, GenerationArgs, ListArgs, LookArgs, ObjectArgs,
    ParkedCommand, ProjectionCommand, RebuildArgs, RollbackArgs, SkipArgs, SwitchArgs,
    ThrottleArgs, VerifyArgs,
};

/// Klantbeeld: what a municipality must know to help a klant, in one request.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// Logging.
    #[command(flatten)]
    pub log: LogSettings,
}

/// The commands, the easiest first.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show it: a small municipality on this machine, without any set-up
    #[command(after_help = DEMO_EXAMPLES)]
    Demo(Box<DemoArgs>),

    /// Print a fresh token for a demo that runs
    #[command(after_help = TOKEN_EXAMPLES)]
    Token(TokenArgs),

    /// Run the service, in all roles or some
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(Box<Settings>),

    /// Bring the tables of the database up to date
    #[command(after_help = MIGRATE_EXAMPLES)]
    Migrate(MigrateArgs),

    /// Tell how far every information product is, and what leaves; exit code 1 when something is wrong
    #[command(after_help = STATUS_EXAMPLES)]
    Status(StatusArgs),

    /// Look at the projections and work on them: rebuild, verify, switch, …
    #[command(flatten)]
    Projections(ProjectionCommand),

    /// Register the questions that applications ask, and see which are asked
    #[command(subcommand)]
    Documents(DocumentCommand),

    /// Prepare Kafka
    #[command(subcommand)]
    Kafka(KafkaCommand),

    /// Look whether the logbook is as it was written, or make a key for it
    #[command(subcommand)]
    Logboek(LogboekCommand),

    /// Fill an empty database with a municipality of any size that is made up
    #[command(after_help = GENERATE_EXAMPLES)]
    Generate(Box<GenerateArgs>),

    /// Measure how fast this program is on this machine
    #[command(subcommand)]
    Bench(BenchCommand),

    /// Print the GraphQL schema (SDL)
    #[command(after_help = "Example:\n  klantbeeld schema > klantbeeld.graphql")]
    Schema,

    /// Print the OpenAPI document of the bijhouding API
    #[command(after_help = "Example:\n  klantbeeld openapi > bijhouding.json")]
    Openapi,
}

impl Command {
    /// What is logged if nothing else is said: a service tells what it does, a command only what
    /// goes wrong.
    #[must_use]
    pub const fn default_log_level(&self) -> &'static str {
        match self {
            Self::Serve(_) => "info",
            Self::Demo(_)
            | Self::Token(_)
            | Self::Migrate(_)
            | Self::Status(_)
            | Self::Projections(_)
            | Self::Documents(_)
            | Self::Kafka(_)
            | Self::Logboek(_)
            | Self::Generate(_)
            | Self::Bench(_)
            | Self::Schema
            | Self::Openapi => "warn",
        }
    }
}

/// Which database to bring up to date.
#[derive(Debug, Clone, Args)]
pub struct MigrateArgs {
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,

    /// Where the logbook is.
    #[command(flatten)]
    pub logboek: LogboekPlaceArgs,
}

/// Of which database to tell.
#[derive(Debug, Clone, Args)]
pub struct StatusArgs {
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,

    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// What to do with Kafka.
#[derive(Debug, Subcommand)]
pub enum KafkaCommand {
    /// Make the topics that are not there, and tell what is otherwise than it should be
    #[command(after_help = KAFKA_INIT_EXAMPLES)]
    Init(Box<KafkaInitArgs>),
}

/// What to do with the logbook.
#[derive(Debug, Subcommand)]
pub enum LogboekCommand {
    /// Walk every chain of the logbook and tell what is not as it was written
    #[command(after_help = LOGBOEK_EXAMPLES)]
    Controleer(LogboekCheckArgs),

    /// Tell which processings there were of the data of one partij, newest first: what a request for
    /// access (AVG, article 15) asks of the logbook
    #[command(after_help = VERWERKINGEN_EXAMPLES)]
    Verwerkingen(LogboekReadArgs),

    /// Print a new key, as a line for the file of --logboek-keys
    Sleutel {
        /// What the key is called [default: the day]
        name: Option<String>,
    },
}

/// Whose processings to tell.
#[derive(Debug, Clone, Args)]
pub struct LogboekReadArgs {
    /// Key of the partij (klantId)
    #[arg(value_name = "KLANT_ID")]
    pub partij: Uuid,

    /// Which logbook.
    #[command(flatten)]
    pub logboek: LogboekCheckArgs,
}

/// Which logbook to look at.
#[derive(Debug, Clone, Args)]
pub struct LogboekCheckArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,

    /// The keys.
    #[command(flatten)]
    pub keys: LogboekKeyArgs,

    /// Where the logbook of what is read is.
    #[command(flatten)]
    pub place: LogboekPlaceArgs,
}

/// Which topics to make.
#[derive(Debug, Clone, Args)]
pub struct KafkaInitArgs {
    /// Change nothing; tell what would be done
    #[arg(long)]
    pub dry_run: bool,

    /// Where Kafka is.
    #[command(flatten)]
    pub kafka: KafkaArgs,

    /// How topics are made.
    #[command(flatten)]
    pub topics: KafkaTopicArgs,
}

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// The projector: live, a rebuild, and COPY of the same rows as the floor
    #[command(after_help = BENCH_EXAMPLES)]
    Projector(BenchArgs),

    /// Reading: whole screens over HTTP, a hand-written handler as the floor, and PostGraphile
    #[command(after_help = BENCH_READ_EXAMPLES)]
    Read(Box<ReadArgs>),

    /// Serve the floor of `bench read`
    #[command(hide = true)]
    Floor(FloorArgs),
}

const EXAMPLES: &str = "\
Examples:
  klantbeeld demo                     see it work, with nothing set up
  klantbeeld token kcc                a fresh token for that demo
  klantbeeld migrate && klantbeeld serve --oidc-issuer https://id.example.nl

Every setting is a flag and a KLANTBEELD_… variable; the flag wins.";

const DEMO_EXAMPLES: &str = "\
Examples:
  klantbeeld demo
  klantbeeld demo --listen 127.0.0.1:9000 --data-dir /tmp/demo
  klantbeeld demo --reset             begin again with a new municipality

The last lines on stdout are the addresses and, per persona, a token that is good for an hour.
Ctrl-C stops everything that was started; the data stay, and the next start finds them again.";

const TOKEN_EXAMPLES: &str = "\
Example:
  curl -s http://127.0.0.1:8080/graphql \\
    -H \"Authorization: Bearer $(klantbeeld token kcc)\" -H 'Content-Type: application/json' \\
    -d '{\"query\": \"{ klantbeeld(voor: {bsn: \\\"999990019\\\"}) { klant { weergavenaam } } }\"}'";

const SERVE_EXAMPLES: &str = "\
Examples:
  klantbeeld serve --oidc-issuer https://id.example.nl
  klantbeeld serve --oidc-issuer 'https://mijn.example.nl applications=portaal types=at+jwt'
  klantbeeld serve --issuer https://id.example.nl --jwks keys.json
  klantbeeld serve --roles graphql    one role a machine, on one database
  KLANTBEELD_DATABASE_URL=postgres://klantbeeld@db/klantbeeld klantbeeld serve

Checks for whoever runs it: GET /livez (the process lives), GET /readyz (it can work); figures for
Prometheus: GET /metrics.
SIGINT and SIGTERM let requests under way finish; a second signal ends at once.";

const MIGRATE_EXAMPLES: &str = "\
Example:
  klantbeeld migrate --database-url postgres://klantbeeld@db/klantbeeld

May run any number of times, and in several places at once.";

const STATUS_EXAMPLES: &str = "\
Examples:
  klantbeeld status
  klantbeeld status --json | jq '.products[] | {product, lagEvents}'

Without a database URL it looks at the private server in the data directory, also while a demo runs.";

const KAFKA_INIT_EXAMPLES: &str = "\
Examples:
  klantbeeld kafka init --kafka-brokers kafka-1:9092,kafka-2:9092
  klantbeeld kafka init --kafka-brokers localhost:9092 --dry-run \\
    --kafka-replication-factor 1 --kafka-min-insync-replicas 1

A topic that is there is never changed. Exit code 0: every topic is as it should be, or was made;
3: a topic is otherwise, or, with --dry-run, is not there yet; 1: it could not be done.";

const LOGBOEK_EXAMPLES: &str = "\
Examples:
  klantbeeld logboek controleer --logboek-keys keys
  klantbeeld logboek controleer --json | jq '.logbooks[].findings'

Exit code 0: the logbook is as it was written; 3: it is not; 1: it could not be read. Of a chain the
first link that is wrong is told: what comes after it cannot be judged.";

const VERWERKINGEN_EXAMPLES: &str = "\
Example:
  klantbeeld logboek verwerkingen 01981f2e-6b1c-7c3a-9a52-3f1d7d0c4b11 --logboek-keys keys

It tells when, by which operation and as part of which activity; who did it stands in the audit log only.";

const GENERATE_EXAMPLES: &str = "\
Examples:
  klantbeeld generate --inwoners 10000
  klantbeeld generate --inwoners 100000 --jaren 5 --seed 7 --tot 2026-11-01 \\
    --database-url postgres://klantbeeld@db/klantbeeld

The same arguments give the same events, bit for bit. 100,000 inwoners in 5 years are about 1,000,000
contacts. Nobody in it exists: every burgerservicenummer passes the elfproef and begins with 9.
All is written in one transaction: when it is interrupted, the database is as it was.

Exit code 0: the database is filled; 3: it is not empty, and nothing was done; 1: it could not be done.";

const BENCH_EXAMPLES: &str = "\
Examples:
  klantbeeld bench projector
  klantbeeld bench projector --events 100000 --events 1000000

It makes a PostgreSQL server of its own, fills a log, and throws all of it away. The first table tells
the machine; compare ratios rather than seconds.";

const BENCH_READ_EXAMPLES: &str = "\
Examples:
  klantbeeld bench read --without-postgraphile
  klantbeeld bench read --write docs/performance.md
  klantbeeld bench read --inwoners 100000 --turns 10

It makes a PostgreSQL server of its own, makes up a municipality, and throws all of it away. Before a
screen is measured, all sides must give the same answer. PostGraphile is installed by npm.";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
