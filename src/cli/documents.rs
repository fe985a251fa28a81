//! The commands on trusted documents.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use graphql::documents::DocumentId;

use crate::config::{DatabaseSettings, LimitSettings};

/// What to do with trusted documents.
#[derive(Debug, Subcommand)]
pub enum DocumentCommand {
    /// Register every .graphql file of a folder, so that an application may ask it by its name
    #[command(after_help = REGISTER_EXAMPLES)]
    Register(Box<RegisterArgs>),

    /// List what is registered, and whether this version of the program still answers it
    #[command(after_help = LIST_EXAMPLES)]
    List(DocumentListArgs),

    /// Take documents back; running processes refuse them within ten seconds
    #[command(after_help = WITHDRAW_EXAMPLES)]
    Withdraw(WithdrawArgs),

    /// Tell which application asks which documents and fields, and which of those will disappear
    #[command(after_help = USE_EXAMPLES)]
    Use(UseArgs),
}

/// What to register.
#[derive(Debug, Clone, Args)]
pub struct RegisterArgs {
    /// The folder; folders in it are looked at too
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,

    /// Only check the files; needs no database
    #[arg(long)]
    pub dry_run: bool,

    /// Print JSON instead of a table: what a build of the application can take the names from
    #[arg(long)]
    pub json: bool,

    /// Within which limits a document must stay.
    #[command(flatten)]
    pub limits: LimitSettings,

    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// How to list.
#[derive(Debug, Clone, Args)]
pub struct DocumentListArgs {
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,

    /// Within which limits a document must stay.
    #[command(flatten)]
    pub limits: LimitSettings,

    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// What to take back.
#[derive(Debug, Clone, Args)]
pub struct WithdrawArgs {
    /// Names of documents, sha256:…
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<DocumentId>,

    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// Of what use to tell.
#[derive(Debug, Clone, Args)]
pub struct UseArgs {
    /// Tell of today and this many days before it
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    #[arg(value_parser = clap::value_parser!(u16).range(0..=396))]
    pub days: u16,

    /// Tell of every field, not only of those that are deprecated
    #[arg(long)]
    pub fields: bool,

    /// Print JSON instead of tables
    #[arg(long)]
    pub json: bool,

    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

const REGISTER_EXAMPLES: &str = "\
Examples:
  klantbeeld documents register portal/queries
  klantbeeld documents register portal/queries --dry-run     in the build of the portal
  klantbeeld documents register portal/queries --json | jq -r '.documents[] | [.name, .id] | @tsv'

All files are registered, or none. Exit code 3: a file is not as it should be.
A KLANTBEELD_… variable names the database and the limits, as for `klantbeeld serve`.";

const LIST_EXAMPLES: &str = "\
Examples:
  klantbeeld documents list
  klantbeeld documents list --json | jq '.documents[] | select(.faults != [])'

Exit code 3: a document is registered that this version of the program does not answer.";

const WITHDRAW_EXAMPLES: &str = "\
Example:
  klantbeeld documents withdraw sha256:7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e

Registering the same text again brings it back. Exit code 3: one of them was not registered.";

const USE_EXAMPLES: &str = "\
Examples:
  klantbeeld documents use
  klantbeeld documents use --days 90 --fields
  klantbeeld documents use --json | jq '.fields[] | select(.deprecated) | {field, application}'

Use is counted by day and application (azp), never by person; running processes write it every ten
seconds. KLANTBEELD_DATABASE_URL names the database.";
