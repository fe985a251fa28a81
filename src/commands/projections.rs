//! The commands on projections: they open the database, work on the generations in it, and tell what
//! came of it. The running service hears of what changes through the database.

mod drift;
mod overview;
mod parked;
mod rebuild;
mod report;

use std::process::ExitCode;
use std::sync::Arc;

use clock::{Clock, SystemClock};
use projector::rebuild::{RebuildError, Rebuilder, Silent};
use projector::{Projector, ProjectorSettings};
use serde_json::{Value, json};

use crate::cli::{
    ChosenArgs, GenerationArgs, LookArgs, ProjectionCommand, RollbackArgs, SwitchArgs,
};
use crate::config::RowSettings;
use crate::database::{Database, Need};

use super::{CommandError, print, say};

/// The exit code when something was looked at and is not as it should be.
const NOT_AS_WANTED: u8 = 3;
/// The exit code when a command was refused as things stand.
const REFUSED: u8 = 4;
/// The exit code when a generation is as it should be, but for objects that are parked in it.
const PARKED: u8 = 5;

/// The exit code after looking at something that is as it should be, or not.
fn code(good: bool) -> ExitCode {
    ExitCode::from(if good { 0 } else { NOT_AS_WANTED })
}

/// Carries out a command.
pub(super) async fn run(command: ProjectionCommand) -> Result<ExitCode, CommandError> {
    let done = match command {
        ProjectionCommand::Projecties(args) => overview::projecties(args).await,
        ProjectionCommand::Gaps(args) => overview::gaps(args).await,
        ProjectionCommand::Parked(command) => parked::run(command).await,
        ProjectionCommand::Drift(command) => drift::run(command).await,
        ProjectionCommand::Rebuild(args) => rebuild::run(*args).await,
        ProjectionCommand::Verify(args) => rebuild::verify(*args).await,
        ProjectionCommand::Diff(args) => rebuild::diff(*args).await,
        ProjectionCommand::Switch(args) => {
            let SwitchArgs { with_parked, generation: GenerationArgs { generation, chosen } } =
                *args;
            with(&chosen, async |rebuilder, product| {
                let switched = rebuilder.switch(product, generation, with_parked).await?;
                report::switched(product, &switched, chosen.look.json)
            })
            .await
        }
        ProjectionCommand::Rollback(args) => {
            let RollbackArgs { with_parked, chosen } = *args;
            with(&chosen, async |rebuilder, product| {
                let switched = rebuilder.rollback(product, with_parked).await?;
                report::switched(product, &switched, chosen.look.json)
            })
            .await
        }
        ProjectionCommand::Drop(args) => change(*args, Change::Drop).await,
        ProjectionCommand::Pause(args) => change(*args, Change::Pause(true)).await,
        ProjectionCommand::Resume(args) => change(*args, Change::Pause(false)).await,
        ProjectionCommand::Throttle(args) => {
            change(args.generation, Change::Throttle(args.per_second)).await
        }
    };
    match done {
        Err(CommandError::Projections(error)) => Ok(refused(error)?),
        done => done,
    }
}

/// What is refused as things stand, or found to be wrong, has an exit code of its own.
fn refused(error: RebuildError) -> Result<ExitCode, RebuildError> {
    let code = match error {
        RebuildError::Busy
        | RebuildError::NoGeneration { .. }
        | RebuildError::UnknownProduct { .. }
        | RebuildError::NotDerived { .. }
        | RebuildError::NotReady { .. }
        | RebuildError::Behind { .. }
        | RebuildError::OtherVersionRuns { .. }
        | RebuildError::ViewsInUse { .. }
        | RebuildError::ObjectsParked { .. }
        | RebuildError::NotParked { .. }
        | RebuildError::Active { .. } => REFUSED,
        RebuildError::Wrong { .. } => NOT_AS_WANTED,
        RebuildError::Projector(_)
        | RebuildError::Project { .. }
        | RebuildError::Tables { .. }
        | RebuildError::UnknownFase { .. }
        | RebuildError::Superseded => return Err(error),
    };
    say(&error);
    Ok(ExitCode::from(code))
}

/// A change that the running service hears of through the database.
enum Change {
    Drop,
    Pause(bool),
    Throttle(Option<i32>),
}

async fn change(args: GenerationArgs, change: Change) -> Result<ExitCode, CommandError> {
    let GenerationArgs { generation, chosen } = args;
    with(&chosen, async |rebuilder, product| {
        let (word, changed) = match change {
            Change::Drop => ("dropped", rebuilder.drop(product, generation).await?),
            Change::Pause(true) => ("paused", rebuilder.pause(product, generation, true).await?),
            Change::Pause(false) => ("resumed", rebuilder.pause(product, generation, false).await?),
            Change::Throttle(limit) => {
                let word = if limit.is_some() { "throttled" } else { "no longer throttled" };
                (word, rebuilder.throttle(product, generation, limit).await?)
            }
        };
        let document = json!({ "product": product, "generations": changed, "done": word });
        let numbers: Vec<String> = changed.iter().map(i32::to_string).collect();
        let line = format!("{product}: generation {} {word}", numbers.join(", "));
        tell(chosen.look.json, &document, &line)
    })
    .await
}

/// Prints a document as JSON, or the same for people.
fn tell(as_json: bool, document: &Value, text: &str) -> Result<ExitCode, CommandError> {
    print(&if as_json { serde_json::to_string_pretty(document)? } else { text.to_owned() })?;
    Ok(ExitCode::SUCCESS)
}

/// Works on one product, without telling how far it is.
async fn with(
    chosen: &ChosenArgs,
    work: impl AsyncFnOnce(&Rebuilder<'_>, &'static str) -> Result<ExitCode, CommandError>,
) -> Result<ExitCode, CommandError> {
    let opened = Work::open(&chosen.look, &chosen.rows).await?;
    let rebuilder = Rebuilder::new(&opened.projector, &Silent);
    let done = match rebuilder.named(&chosen.product) {
        Ok(product) => work(&rebuilder, product).await,
        Err(error) => Err(error.into()),
    };
    opened.close(done).await
}

/// The database with the products of this program.
struct Work {
    database: Database,
    projector: Projector,
}

impl Work {
    async fn open(look: &LookArgs, rows: &RowSettings) -> Result<Self, CommandError> {
        let database = Database::open(&look.database, Need::Look).await?;
        let products = projector::products::all(&rows.inrichting());
        let clock = Arc::new(SystemClock);
        let settings = ProjectorSettings::default();
        let projector = Projector::new(database.pool.clone(), clock, products, settings);
        Ok(Self { database, projector })
    }

    /// Closes the database, whatever came of the work.
    async fn close<T>(self, done: Result<T, CommandError>) -> Result<T, CommandError> {
        let closed = self.database.close().await;
        let done = done?;
        closed?;
        Ok(done)
    }
}

/// A number that chooses which objects are looked at, another each time.
fn seed() -> i64 {
    let id = SystemClock.new_id().as_u128();
    i64::from_ne_bytes(u64::try_from(id & u128::from(u64::MAX)).unwrap_or_default().to_ne_bytes())
}
