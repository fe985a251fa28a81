//! The commands on projections.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use uuid::Uuid;

use crate::config::{DatabaseSettings, RowSettings};

/// The commands on projections.
#[derive(Debug, Subcommand)]
pub enum ProjectionCommand {
    /// List the generations of every product: how far each is, and what happens to it
    #[command(after_help = PROJECTIES_EXAMPLES)]
    Projecties(LookArgs),

    /// Rebuild products from the log beside what is served, verify, and switch
    #[command(after_help = REBUILD_EXAMPLES)]
    Rebuild(Box<RebuildArgs>),

    /// Compare a generation with a replay of the log; exit code 3 when it is wrong
    #[command(after_help = VERIFY_HELP)]
    Verify(Box<VerifyArgs>),

    /// Tell what readers would see differently after a switch; exit code 3 when there is something
    #[command(after_help = EXIT_CODES)]
    Diff(Box<GenerationArgs>),

    /// Let readers see the generation that waits for it
    #[command(after_help = EXIT_CODES)]
    Switch(Box<SwitchArgs>),

    /// Let readers see what they saw before the last switch
    #[command(after_help = EXIT_CODES)]
    Rollback(Box<RollbackArgs>),

    /// Drop the generations that readers do not see
    #[command(after_help = EXIT_CODES)]
    Drop(Box<GenerationArgs>),

    /// Let the projection of a product, and its rebuild, stand still
    #[command(after_help = EXIT_CODES)]
    Pause(Box<GenerationArgs>),

    /// Let it go on
    #[command(after_help = EXIT_CODES)]
    Resume(Box<GenerationArgs>),

    /// Limit how fast a rebuild reads
    #[command(after_help = THROTTLE_EXAMPLES)]
    Throttle(Box<ThrottleArgs>),

    /// List the open gaps in the log, and who keeps them open
    #[command(after_help = EXIT_CODES)]
    Gaps(LookArgs),

    /// Objects of which an event cannot be folded: look, try again, or skip the event
    #[command(subcommand)]
    Parked(ParkedCommand),

    /// Rows that are not what the log says: look, check, or repair
    #[command(subcommand)]
    Drift(DriftCommand),
}

/// What to do with what is parked.
#[derive(Debug, Subcommand)]
pub enum ParkedCommand {
    /// List what is parked; exit code 3 when something is
    #[command(after_help = EXIT_CODES)]
    List(ListArgs),

    /// Tell the cause and the event (never its content), and what of the object was skipped
    #[command(after_help = EXIT_CODES)]
    Show(Box<ObjectArgs>),

    /// Fold what waits again, and what was skipped; exit code 3 when it is parked still
    #[command(after_help = EXIT_CODES)]
    Retry(Box<ObjectArgs>),

    /// Skip the event that cannot be folded, and fold what waits behind it
    #[command(after_help = SKIP_HELP)]
    Skip(Box<SkipArgs>),
}

/// What to do about drift.
#[derive(Debug, Subcommand)]
pub enum DriftCommand {
    /// List what is not what the log says; exit code 3 when something is
    #[command(after_help = EXIT_CODES)]
    List(ListArgs),

    /// Compare rows with a replay of the log; exit code 3 when some are wrong
    #[command(after_help = EXIT_CODES)]
    Check(Box<DriftCheckArgs>),

    /// Replay one object from the log, and put the result in the place of its rows
    #[command(after_help = EXIT_CODES)]
    Repair(Box<ObjectArgs>),
}

/// Of which product to list.
#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    /// The product [default: all]
    #[arg(value_name = "PRODUCT")]
    pub product: Option<String>,

    /// Where to look.
    #[command(flatten)]
    pub look: LookArgs,
}

/// An object of a product.
#[derive(Debug, Clone, Args)]
pub struct ObjectArgs {
    /// The product.
    #[command(flatten)]
    pub chosen: ChosenArgs,

    /// The key of the object
    #[arg(value_name = "OBJECT")]
    pub object: Uuid,
}

/// What to skip, and who says so.
#[derive(Debug, Clone, Args)]
pub struct SkipArgs {
    /// The object.
    #[command(flatten)]
    pub object: ObjectArgs,

    /// Why; it is kept
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub reason: String,

    /// Who says so; it is kept
    #[arg(long, value_name = "WHO", value_parser = NonEmptyStringValueParser::new())]
    pub door: String,

    /// Also every later event of the object that then cannot be folded
    #[arg(long)]
    pub all: bool,
}

/// What to compare.
#[derive(Debug, Clone, Args)]
pub struct DriftCheckArgs {
    /// All keys, not only the next ones
    #[arg(long)]
    pub all: bool,

    /// The product [default: all]
    #[arg(value_name = "PRODUCT")]
    pub product: Option<String>,

    /// Where to look.
    #[command(flatten)]
    pub look: LookArgs,

    /// What rows depend on, as the service has it.
    #[command(flatten)]
    pub rows: RowSettings,
}

/// Where to look, and how to tell.
#[derive(Debug, Clone, Args)]
pub struct LookArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

/// A product.
#[derive(Debug, Clone, Args)]
pub struct ChosenArgs {
    /// The product
    #[arg(value_name = "PRODUCT")]
    pub product: String,

    /// Where to look.
    #[command(flatten)]
    pub look: LookArgs,

    /// What rows depend on, as the service has it.
    #[command(flatten)]
    pub rows: RowSettings,
}

/// A generation of a product.
#[derive(Debug, Clone, Args)]
pub struct GenerationArgs {
    /// Which generation [default: the one that the command is about]
    #[arg(long, value_name = "N")]
    pub generation: Option<i32>,

    /// The product.
    #[command(flatten)]
    pub chosen: ChosenArgs,
}

/// What readers are to see.
#[derive(Debug, Clone, Args)]
pub struct SwitchArgs {
    /// Also when objects are parked in that generation
    #[arg(long)]
    pub with_parked: bool,

    /// The generation.
    #[command(flatten)]
    pub generation: GenerationArgs,
}

/// What readers are to see again.
#[derive(Debug, Clone, Args)]
pub struct RollbackArgs {
    /// Also when objects are parked in that generation
    #[arg(long)]
    pub with_parked: bool,

    /// The product.
    #[command(flatten)]
    pub chosen: ChosenArgs,
}

/// What to verify.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// Objects of each kind that are replayed
    #[arg(long, value_name = "N", default_value_t = 1000)]
    #[arg(value_parser = clap::value_parser!(i64).range(0..))]
    pub sample: i64,

    /// The generation.
    #[command(flatten)]
    pub generation: GenerationArgs,
}

/// How fast.
#[derive(Debug, Clone, Args)]
pub struct ThrottleArgs {
    /// Most events a second
    #[arg(long, value_name = "EVENTS", required_unless_present = "off")]
    #[arg(value_parser = clap::value_parser!(i32).range(1..))]
    pub per_second: Option<i32>,

    /// No limit
    #[arg(long, conflicts_with = "per_second")]
    pub off: bool,

    /// The generation.
    #[command(flatten)]
    pub generation: GenerationArgs,
}

/// What to rebuild, and how.
#[derive(Debug, Clone, Args)]
pub struct RebuildArgs {
    /// The products
    #[arg(value_name = "PRODUCT", required_unless_present = "all")]
    pub products: Vec<String>,

    /// Every product, in one pass over the log
    #[arg(long, conflicts_with = "products")]
    pub all: bool,

    /// Change nothing; tell what would be done and how long it would take
    #[arg(long)]
    pub dry_run: bool,

    /// Stop when the new generation is verified; `klantbeeld switch` lets readers see it
    #[arg(long)]
    pub no_switch: bool,

    /// Switch also when objects are parked in the new generation
    #[arg(long, conflicts_with = "no_switch")]
    pub with_parked: bool,

    /// Begin anew instead of going on with a rebuild that was broken off
    #[arg(long)]
    pub fresh: bool,

    /// Only this klant, in the generation that is served
    #[arg(long, value_name = "ID", conflicts_with_all = ["all", "dry_run", "no_switch", "fresh"])]
    pub klant: Option<Uuid>,

    /// Most memory for the states of objects; beyond it they are written in between
    #[arg(long, env = "KLANTBEELD_REBUILD_MEMORY", value_name = "MIB", default_value_t = 256)]
    pub memory: u16,

    /// Events that one statement reads
    #[arg(long, value_name = "N", default_value_t = 10_000, hide_short_help = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=50_000))]
    pub batch: u32,

    /// Objects of each kind that are replayed to verify
    #[arg(long, value_name = "N", default_value_t = 1000)]
    #[arg(value_parser = clap::value_parser!(i64).range(0..))]
    pub sample: i64,

    /// Where to look.
    #[command(flatten)]
    pub look: LookArgs,

    /// What rows depend on, as the service has it.
    #[command(flatten)]
    pub rows: RowSettings,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 it could not be done; 2 the command line is wrong; 3 looked at, and not as it
should be; 4 refused as things stand, and nothing has changed.";

const VERIFY_HELP: &str = "\
Exit codes: 0 it is what the log says; 1 it could not be looked at; 2 the command line is wrong;
3 it is wrong; 4 refused as things stand; 5 it is what the log says, but for objects that are parked.";

const SKIP_HELP: &str = "\
The object keeps the state that it had before the event, and goes on with the events behind it; one
that begins with it is not there for this product. It holds for every generation, also one that a
rebuild makes, until `klantbeeld parked retry` takes it back. Who skipped what, and why, is kept.

Exit codes: 0 done; 1 it could not be done; 2 the command line is wrong; 3 the object is parked still,
at a later event; 4 refused as things stand, and nothing has changed.";

const PROJECTIES_EXAMPLES: &str = "\
Examples:
  klantbeeld projecties
  klantbeeld projecties --json | jq '.generations[] | select(.active) | {product, lagEvents}'

Exit codes: 0 done; 1 it could not be done; 3 a product must be rebuilt.";

const REBUILD_EXAMPLES: &str = "\
Examples:
  klantbeeld rebuild klantbeeld --dry-run      what it would take
  klantbeeld rebuild klantbeeld --no-switch    fill and verify; then: diff, switch
  klantbeeld rebuild --all
  klantbeeld rebuild klantbeeld --klant 0190…  one klant, at once

The service may go on. Whatever breaks a rebuild off, the same command goes on with it.
Exit codes: 0 done; 1 it could not be done; 3 the new generation is wrong, and was not switched to;
4 refused as things stand, and nothing has changed; 5 it is right, but objects are parked in it, and it
was not switched to.";

const THROTTLE_EXAMPLES: &str = "\
Examples:
  klantbeeld throttle klantbeeld --per-second 20000
  klantbeeld throttle klantbeeld --off

A rebuild under way hears it at its next step.";
