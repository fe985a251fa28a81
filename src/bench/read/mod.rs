//! `klantbeeld bench read`: whole screens over HTTP, beside the same answers made by hand and beside
//! PostGraphile, in one run.

mod error;
mod history;
mod load;
mod postgraphile;
mod process;
mod questions;
mod report;
mod same;
mod screens;
mod service;
mod turns;
mod world;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use clock::{Clock as _, SystemClock};

use super::{document, machine};
use crate::generate::Omvang;
use history::Histories;
use postgraphile::PostGraphile;
use process::{Server, Start, free_port, ourselves};
use questions::{KLANTBEELD_VIJF, Scherm};
use report::{Aim, Report};
use screens::Measuring;
use service::Service;
use turns::Pace;
use world::World;

pub use error::ReadError;

/// Where the municipality begins; another number gives other people.
const SEED: u64 = 1;
/// Most memory of the service that is aimed at.
const MEMORY_AIM_MIB: f64 = 150.0;
const KIB_PER_MIB: f64 = 1024.0;
/// The marks between which a document has the figures.
const BLOCK: &str = "bench read";

/// What to measure, and on what.
#[derive(Debug, Clone, Args)]
pub struct ReadArgs {
    /// Inhabitants of the municipality that is made up
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(100..=5_000_000))]
    pub inwoners: u32,

    /// Years of contacts
    #[arg(long, value_name = "Y", default_value_t = 5)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=50))]
    pub jaren: u32,

    /// Contacts of the klant with a long history
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(5..=100_000))]
    pub contacten: u32,

    /// Turns of each side
    #[arg(long, value_name = "N", default_value_t = 5)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100))]
    pub turns: u32,

    /// Length of a turn, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 2_000)]
    #[arg(value_parser = clap::value_parser!(u64).range(50..=60_000))]
    pub turn: u64,

    /// What the service does when its logbook does not answer, as of `klantbeeld serve`
    #[arg(long, value_name = "MODE", default_value = "strikt")]
    #[arg(value_parser = ["strikt", "ruim"])]
    pub logboek: String,

    /// Leave PostGraphile out
    #[arg(long)]
    pub without_postgraphile: bool,

    /// Where PostGraphile's server, its lock file and queries are
    #[arg(long, value_name = "DIR", default_value = "benches/postgraphile")]
    pub postgraphile: PathBuf,

    /// A document with the lines <!-- bench read --> and <!-- /bench read -->, between which the figures
    /// are put
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,

    /// A database without any tables of ours, instead of a server that is thrown away afterwards
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
}

/// How the floor is served.
#[derive(Debug, Clone, Args)]
pub struct FloorArgs {
    /// The database, filled
    #[arg(long, value_name = "URL")]
    pub database_url: String,

    /// Address and port to listen on
    #[arg(long, value_name = "HOST:PORT")]
    pub listen: String,
}

/// Serves what a hand-written handler answers, until the process ends.
///
/// # Errors
/// When it cannot listen, or the database does not answer.
pub async fn floor(args: &FloorArgs) -> Result<(), ReadError> {
    Ok(::floor::serve(&args.database_url, &args.listen).await?)
}

/// Measures, and gives the tables.
///
/// # Errors
/// When it could not be measured, or the sides do not say the same.
pub async fn read(args: &ReadArgs) -> Result<String, ReadError> {
    let dir = std::env::temp_dir().join(format!("klantbeeld-bench-{}", SystemClock.new_id()));
    let unusable = |source| ReadError::File { path: dir.clone(), source };
    std::fs::create_dir(&dir).map_err(unusable)?;
    let done = on_world(args, &dir).await;
    std::fs::remove_dir_all(&dir).map_err(unusable)?;
    let text = done?;
    if let Some(path) = &args.write {
        document::write(path, BLOCK, &text)?;
    }
    Ok(text)
}

async fn on_world(args: &ReadArgs, dir: &Path) -> Result<String, ReadError> {
    let omvang = Omvang {
        inwoners: args.inwoners,
        jaren: args.jaren,
        tot: SystemClock.now().date_naive(),
        seed: SEED,
    };
    let world = World::make(args.database_url.as_deref(), omvang).await?;
    let done = measured(args, dir, &world).await;
    world.end().await?;
    done
}

async fn measured(args: &ReadArgs, dir: &Path, world: &World) -> Result<String, ReadError> {
    let hundred = questions::hundred();
    let mut documents: Vec<&str> = Scherm::ALL.iter().map(|scherm| scherm.document()).collect();
    documents.extend([KLANTBEELD_VIJF, &hundred]);
    documents.dedup();
    let service = Service::start(&world.url, dir, &args.logboek, &documents).await?;
    let histories = Histories::register(&service, args.contacten).await?;
    world.settle().await?;
    let floor = start_floor(&world.url, dir).await?;
    let postgraphile = match args.without_postgraphile {
        true => None,
        false => Some(PostGraphile::start(world, &args.postgraphile, dir).await?),
    };
    let mut measuring = Measuring {
        world,
        service: &service,
        floor: &floor,
        postgraphile: postgraphile.as_ref(),
        pace: Pace { turns: args.turns, turn: Duration::from_millis(args.turn) },
        report: Report::new(),
    };
    measuring.report.note(about(args, world));
    measuring.all(&histories, &hundred).await?;
    let mut report = measuring.report;
    let peak = |server: &Server| server.peak_kib().map(|kib| kib as f64 / KIB_PER_MIB);
    if let Some(value) = peak(&service.server) {
        let what = "most memory of the service, all roles".to_owned();
        report.aim(Aim { what, value, limit: MEMORY_AIM_MIB, least: false, unit: " MiB" });
    }
    Ok(report.text())
}

async fn start_floor(url: &str, dir: &Path) -> Result<Server, ReadError> {
    let address = free_port()?;
    let command =
        ourselves(["bench", "floor", "--database-url", url, "--listen", &address.to_string()])?;
    let log = dir.join("floor.log");
    Server::start(Start {
        program: "klantbeeld bench floor",
        command,
        address,
        path: "/",
        log: &log,
    })
    .await
}

/// On what, and how.
fn about(args: &ReadArgs, world: &World) -> String {
    let ReadArgs { inwoners, jaren, contacten, turns, turn, logboek, .. } = args;
    format!(
        "{}{} inwoners, {} years of contacts, {} events; one klant with {contacten} contacts besides. \
         {turns} turns of {turn} ms for each side, in turns, after half a turn to warm up. \
         Load average at the end of filling: {}. The service runs all its roles, with its logbook \
         {logboek}.",
        machine::description(),
        inwoners,
        jaren,
        world.events,
        machine::load().unwrap_or_else(|| "unknown".to_owned()),
    )
}
