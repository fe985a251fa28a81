//! `klantbeeld generate`.

use std::cell::Cell;
use std::process::ExitCode;

use write_side::vulling::VullingError;

use super::progress::Progress;
use super::{CommandError, print, say};
use crate::database::{Database, Need};
use crate::generate::{self, GenerateArgs, GenerateError, Verslag, Voortgang};
use crate::migrations;
use projector::rebuild::{Reporter as _, Told};

/// The exit code when the database is not empty.
const NOT_EMPTY: u8 = 3;

/// Fills an empty database.
pub(super) async fn run(args: GenerateArgs) -> Result<ExitCode, CommandError> {
    let database = Database::open(&args.database, Need::Migrate).await?;
    let done = fill(&database, &args).await;
    let closed = database.close().await;
    match done {
        Err(CommandError::Generate(GenerateError::Vulling(error @ VullingError::NietLeeg))) => {
            say(&error);
            Ok(ExitCode::from(NOT_EMPTY))
        }
        Err(error) => Err(error),
        Ok(verslag) => {
            closed?;
            print(&told(&args, &verslag))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn fill(database: &Database, args: &GenerateArgs) -> Result<Verslag, CommandError> {
    let products = projector::products::all(&projector::products::Inrichting::default());
    migrations::migrate(&database.pool, &products).await?;
    let bar = Bar { progress: Progress::new(false), phase: Cell::new(None) };
    let done = generate::vul(&database.pool, args.omvang(), &bar).await;
    bar.progress.end();
    Ok(done?)
}

fn told(args: &GenerateArgs, verslag: &Verslag) -> String {
    let [schrijven, indexeren, analyseren] =
        [verslag.schrijven, verslag.indexeren, verslag.analyseren].map(|time| time.as_secs_f64());
    let rate = |seconds: f64| verslag.gebeurtenissen as f64 / seconds;
    let (writing, over_all) = (rate(schrijven), rate(schrijven + indexeren));
    format!(
        "{} inwoners, {} years, seed {}: {} events.\n\
         Written in {schrijven:.1} s ({writing:.0} events/s); with {indexeren:.1} s for indexes and \
         references {over_all:.0} events/s over all. VACUUM ANALYZE took {analyseren:.1} s more.",
        args.inwoners, args.jaren, args.seed, verslag.gebeurtenissen,
    )
}

/// What is under way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Write,
    Index,
}

/// A bar for each half.
struct Bar {
    progress: Progress,
    phase: Cell<Option<Phase>>,
}

impl Bar {
    fn at(&self, phase: Phase, (name, unit): (&str, &'static str), done: i64, total: i64) {
        if self.phase.replace(Some(phase)) != Some(phase) {
            // Indexes are of all sizes: from some of them nothing follows for the others.
            self.progress.begin(name, (unit, total), phase == Phase::Write);
        }
        self.progress.tell(Told::Done { amount: done });
    }
}

impl Voortgang for Bar {
    fn geschreven(&self, done: u64, total: u64) {
        let [done, total] = [done, total].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        self.at(Phase::Write, ("write", "klanten and contacts"), done, total);
    }

    fn geindexeerd(&self, done: usize, total: usize) {
        let [done, total] = [done, total].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        self.at(Phase::Index, ("index", "indexes and references"), done, total);
    }
}
