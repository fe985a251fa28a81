//! `klantbeeld parked`.

use std::process::ExitCode;

use projector::rebuild::{Geparkeerd, Overgeslagen, Rebuilder, Retried, Skip, parked, skipped};
use serde_json::{Value, json};

use crate::cli::{ListArgs, ObjectArgs, ParkedCommand, SkipArgs};
use crate::commands::table::table;
use crate::commands::{CommandError, print};
use crate::database::{Database, Need};

use super::{code, tell, with};

const COLUMNS: [&str; 7] =
    ["PRODUCT", "GENERATION", "KIND", "OBJECT", "POSITION", "WAITING", "SINCE"];

/// Carries out a command.
pub(super) async fn run(command: ParkedCommand) -> Result<ExitCode, CommandError> {
    match command {
        ParkedCommand::List(args) => list(args).await,
        ParkedCommand::Show(args) => show(*args).await,
        ParkedCommand::Retry(args) => retry(*args).await,
        ParkedCommand::Skip(args) => skip(*args).await,
    }
}

async fn list(args: ListArgs) -> Result<ExitCode, CommandError> {
    let database = Database::open(&args.look.database, Need::Look).await?;
    let found = parked(&database.pool, args.product.as_deref()).await;
    database.close().await?;
    let found = found?;
    print(&if args.look.json {
        let documents: Vec<Value> = found.iter().map(document).collect();
        serde_json::to_string_pretty(&json!({ "parked": documents }))?
    } else if found.is_empty() {
        "Nothing is parked.".to_owned()
    } else {
        table(COLUMNS, found.iter().map(cells))
    })?;
    Ok(code(found.is_empty()))
}

fn document(row: &Geparkeerd) -> Value {
    json!({
        "product": row.product, "generation": row.generatie, "served": row.actief,
        "kind": row.objectsoort, "object": row.object_id, "position": row.positie,
        "version": row.versie, "event": row.gebeurtenis, "cause": row.oorzaak,
        "since": row.sinds, "waiting": row.wachtend,
    })
}

fn cells(row: &Geparkeerd) -> [String; 7] {
    [
        row.product.clone(),
        row.generatie.to_string(),
        row.objectsoort.clone(),
        row.object_id.to_string(),
        row.positie.to_string(),
        row.wachtend.to_string(),
        row.sinds.format("%F %T UTC").to_string(),
    ]
}

fn lines(row: &Geparkeerd) -> String {
    format!(
        "{}, generation {}: {} {} is parked since {}\n  event: {} at position {}, version {}\n  \
         cause: {}\n  waiting: {} events; the rows are those of version {}",
        row.product,
        row.generatie,
        row.objectsoort,
        row.object_id,
        row.sinds.format("%F %T UTC"),
        row.gebeurtenis,
        row.positie,
        row.versie,
        row.oorzaak,
        row.wachtend,
        row.versie - 1,
    )
}

fn skipped_document(row: &Overgeslagen) -> Value {
    json!({
        "kind": row.objectsoort, "object": row.object_id, "position": row.positie,
        "version": row.versie, "event": row.gebeurtenis, "cause": row.oorzaak,
        "reason": row.reden, "by": row.door, "at": row.op, "takenBackAt": row.ingetrokken_op,
    })
}

fn skipped_lines(row: &Overgeslagen) -> String {
    let back = row.ingetrokken_op.map(|at| format!("; taken back {}", at.format("%F %T UTC")));
    format!(
        "  skipped: {} at position {}, version {}, by {} on {}: {}{}",
        row.gebeurtenis,
        row.positie,
        row.versie,
        row.door,
        row.op.format("%F %T UTC"),
        row.reden,
        back.unwrap_or_default(),
    )
}

async fn show(args: ObjectArgs) -> Result<ExitCode, CommandError> {
    let database = Database::open(&args.chosen.look.database, Need::Look).await?;
    let product = args.chosen.product.as_str();
    let found = parked(&database.pool, Some(product)).await;
    let kept = skipped(&database.pool, Some(product)).await;
    database.close().await?;
    let (mut found, mut kept) = (found?, kept?);
    found.retain(|row| row.object_id == args.object);
    kept.retain(|row| row.object_id == args.object);
    let document = json!({
        "parked": found.iter().map(document).collect::<Vec<_>>(),
        "skipped": kept.iter().map(skipped_document).collect::<Vec<_>>(),
    });
    let mut text: Vec<String> = found.iter().map(lines).collect();
    if text.is_empty() {
        text.push(format!("{product}: {} is not parked", args.object));
    }
    text.extend(kept.iter().map(skipped_lines));
    tell(args.chosen.look.json, &document, &text.join("\n"))?;
    Ok(code(found.is_empty()))
}

async fn retry(args: ObjectArgs) -> Result<ExitCode, CommandError> {
    with(&args.chosen, async |rebuilder, product| {
        let done = rebuilder.retry(product, args.object).await?;
        told(&args, product, &done)
    })
    .await
}

async fn skip(args: SkipArgs) -> Result<ExitCode, CommandError> {
    let SkipArgs { object: args, reason, door, all } = args;
    let skip = Skip { reden: &reason, door: &door };
    with(&args.chosen, async |rebuilder: &Rebuilder<'_>, product| {
        let mut done = rebuilder.skip(product, args.object, skip).await?;
        while all && !done.still.is_empty() {
            done = rebuilder.skip(product, args.object, skip).await?;
        }
        told(&args, product, &done)
    })
    .await
}

fn told(args: &ObjectArgs, product: &str, done: &Retried) -> Result<ExitCode, CommandError> {
    let still: Vec<Value> = done.still.iter().map(document).collect();
    let document = json!({
        "product": product, "object": args.object, "generations": done.generaties, "parked": still,
    });
    let text = if done.still.is_empty() {
        format!("{product}: {} is up to date again", args.object)
    } else {
        done.still.iter().map(lines).collect::<Vec<_>>().join("\n")
    };
    tell(args.chosen.look.json, &document, &text)?;
    Ok(code(done.still.is_empty()))
}
