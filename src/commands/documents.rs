//! The commands on trusted documents: a folder of questions in, and what is asked of them out.

mod folder;
mod usage;

use std::collections::BTreeSet;
use std::process::ExitCode;

use clock::{Clock as _, SystemClock};
use graphql::Limits;
use graphql::documents::{self, Checked, Checker, DocumentId, Fault, Registered};
use serde_json::{Value, json};

use crate::cli::{DocumentCommand, DocumentListArgs, RegisterArgs, WithdrawArgs};
use crate::database::{Database, Need};

use super::table::table;
use super::{CommandError, print, say_line};

pub use folder::FolderError;

/// The exit code when something is not as it should be.
const NOT_AS_WANTED: u8 = 3;

const REGISTER_COLUMNS: [&str; 4] = ["NAME", "OPERATIONS", "ID", "STATE"];
const LIST_COLUMNS: [&str; 5] = ["NAME", "OPERATIONS", "REGISTERED", "STATE", "ID"];

/// Why a command on documents was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum DocumentsError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The database.
    #[error("the documents in the database cannot be used; run `klantbeeld migrate` if it is new")]
    Database(#[source] sqlx::Error),
}

fn code(good: bool) -> ExitCode {
    ExitCode::from(if good { 0 } else { NOT_AS_WANTED })
}

/// Carries out a command.
pub(super) async fn run(command: DocumentCommand) -> Result<ExitCode, CommandError> {
    match command {
        DocumentCommand::Register(args) => register(*args).await,
        DocumentCommand::List(args) => list(args).await,
        DocumentCommand::Withdraw(args) => withdraw(args).await,
        DocumentCommand::Use(args) => usage::run(args).await,
    }
}

/// Does something with the documents of a database, and closes it.
async fn with<T>(
    settings: &crate::config::DatabaseSettings,
    work: impl AsyncFnOnce(&sqlx::PgPool) -> sqlx::Result<T>,
) -> Result<T, CommandError> {
    let database = Database::open(settings, Need::Look).await?;
    let done = work(&database.pool).await.map_err(DocumentsError::Database);
    let closed = database.close().await;
    let done = done?;
    closed?;
    Ok(done)
}

async fn register(args: RegisterArgs) -> Result<ExitCode, CommandError> {
    let Some(checked) = check(&args).await? else {
        return Ok(code(false));
    };
    let new = match args.dry_run {
        true => None,
        false => {
            let now = SystemClock.now();
            Some(
                with(&args.database, async |pool| documents::register(pool, &checked, now).await)
                    .await?,
            )
        }
    };
    for document in &checked {
        for (field, reason) in &document.deprecated {
            say_line(&format!("{}: {field} is deprecated: {reason}", document.naam));
        }
    }
    print(&if args.json {
        let documents: Vec<Value> = checked.iter().map(|it| registered(it, new.as_ref())).collect();
        serde_json::to_string_pretty(&json!({ "documents": documents }))?
    } else {
        table(REGISTER_COLUMNS, checked.iter().map(|it| cells(it, new.as_ref())))
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The documents of the folder; nothing, and everything that is wrong told, when one of them is
/// not as it should be.
async fn check(args: &RegisterArgs) -> Result<Option<Vec<Checked>>, CommandError> {
    let files = folder::read(&args.dir).map_err(DocumentsError::Folder)?;
    let checker = Checker::new(args.limits.limits());
    let (mut checked, mut is_good) = (Vec::new(), true);
    for file in files {
        match checker.check(&file.name, &file.text).await {
            Ok(document) => checked.push(document),
            Err(faults) => {
                is_good = false;
                for fault in &faults {
                    say_line(&told(&file.path.display().to_string(), fault));
                }
            }
        }
    }
    Ok(is_good.then_some(checked))
}

/// A fault with its place, as compilers tell it.
fn told(path: &str, fault: &Fault) -> String {
    let detail = fault.detail.split_whitespace().collect::<Vec<_>>().join(" ");
    match fault.line {
        Some(line) => format!("{path}:{line}: {detail}"),
        None => format!("{path}: {detail}"),
    }
}

fn state(id: DocumentId, new: Option<&BTreeSet<DocumentId>>) -> &'static str {
    match new {
        None => "checked",
        Some(new) if new.contains(&id) => "registered",
        Some(_) => "was registered",
    }
}

fn registered(document: &Checked, new: Option<&BTreeSet<DocumentId>>) -> Value {
    let fields: Vec<&String> = document.deprecated.iter().map(|(field, _)| field).collect();
    json!({
        "name": document.naam,
        "id": document.id.to_string(),
        "operations": document.operaties,
        "state": state(document.id, new),
        "deprecatedFields": fields,
    })
}

fn cells(document: &Checked, new: Option<&BTreeSet<DocumentId>>) -> [String; 4] {
    let operations = document.operaties.join(", ");
    let state = state(document.id, new).to_owned();
    [document.naam.clone(), operations, document.id.to_string(), state]
}

async fn list(args: DocumentListArgs) -> Result<ExitCode, CommandError> {
    let found = with(&args.database, documents::list).await?;
    let looked = look(found, args.limits.limits()).await;
    print(&if args.json {
        let documents: Vec<Value> = looked.iter().map(listed).collect();
        serde_json::to_string_pretty(&json!({ "documents": documents }))?
    } else {
        table(LIST_COLUMNS, looked.iter().map(line))
    })?;
    let is_wrong =
        |(document, faults): &Looked| document.ingetrokken_op.is_none() && !faults.is_empty();
    Ok(code(!looked.iter().any(is_wrong)))
}

/// A document, and why this program does not answer it.
type Looked = (Registered, Vec<Fault>);

async fn look(found: Vec<Registered>, limits: Limits) -> Vec<Looked> {
    let checker = Checker::new(limits);
    let mut looked = Vec::with_capacity(found.len());
    for document in found {
        let faults = checker.check(&document.naam, &document.tekst).await.err();
        looked.push((document, faults.unwrap_or_default()));
    }
    looked
}

fn listed((document, faults): &Looked) -> Value {
    let faults: Vec<String> = faults.iter().map(|fault| told(&document.naam, fault)).collect();
    json!({
        "name": document.naam,
        "id": document.id.to_string(),
        "operations": document.operaties,
        "registered": document.geregistreerd_op.to_rfc3339(),
        "withdrawn": document.ingetrokken_op.map(|moment| moment.to_rfc3339()),
        "faults": faults,
    })
}

fn line((document, faults): &Looked) -> [String; 5] {
    let state = match document.ingetrokken_op {
        Some(_) => "withdrawn",
        None if faults.is_empty() => "good",
        None => "not answered any more",
    };
    let registered = document.geregistreerd_op.format("%Y-%m-%d %H:%M").to_string();
    let operations = document.operaties.join(", ");
    [document.naam.clone(), operations, registered, state.to_owned(), document.id.to_string()]
}

async fn withdraw(args: WithdrawArgs) -> Result<ExitCode, CommandError> {
    let now = SystemClock.now();
    let taken = with(&args.database, async |pool| {
        let mut taken = Vec::with_capacity(args.ids.len());
        for id in &args.ids {
            taken.push((*id, documents::withdraw(pool, *id, now).await?));
        }
        Ok(taken)
    })
    .await?;
    for (id, was_registered) in &taken {
        let state = if *was_registered { "taken back" } else { "was not registered" };
        print(&format!("{id}  {state}"))?;
    }
    Ok(code(taken.iter().all(|(_, was_registered)| *was_registered)))
}
