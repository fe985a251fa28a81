//! `klantbeeld drift`.

use std::process::ExitCode;

use projector::rebuild::{Checked, Drift, Rebuilder, Silent, drift};
use serde_json::{Value, json};

use crate::cli::{DriftCheckArgs, DriftCommand, ListArgs};
use crate::commands::table::table;
use crate::commands::{CommandError, print};
use crate::database::{Database, Need};

use super::{Work, code, report, tell, with};

const COLUMNS: [&str; 7] = ["PRODUCT", "GENERATION", "TABLE", "KIND", "OBJECT", "COLUMNS", "SINCE"];

/// Carries out a command.
pub(super) async fn run(command: DriftCommand) -> Result<ExitCode, CommandError> {
    match command {
        DriftCommand::List(args) => list(args).await,
        DriftCommand::Check(args) => check(*args).await,
        DriftCommand::Repair(args) => {
            with(&args.chosen, async |rebuilder, product| {
                let done = rebuilder.repair_object(product, args.object).await?;
                report::repaired(&[(product, done)], args.chosen.look.json)
            })
            .await
        }
    }
}

async fn list(args: ListArgs) -> Result<ExitCode, CommandError> {
    let database = Database::open(&args.look.database, Need::Look).await?;
    let found = drift(&database.pool, args.product.as_deref()).await;
    database.close().await?;
    let found = found?;
    print(&if args.look.json {
        let documents: Vec<Value> = found.iter().map(document).collect();
        serde_json::to_string_pretty(&json!({ "drift": documents }))?
    } else if found.is_empty() {
        "Nothing that was checked is other than the log says.".to_owned()
    } else {
        table(COLUMNS, found.iter().map(cells))
    })?;
    Ok(code(found.is_empty()))
}

fn document(row: &Drift) -> Value {
    json!({
        "product": row.product, "generation": row.generatie, "table": row.tabel,
        "kind": row.objectsoort, "object": row.object_id, "columns": row.kolommen,
        "since": row.sinds,
    })
}

fn cells(row: &Drift) -> [String; 7] {
    let columns = match row.kolommen.is_empty() {
        true => "(a row too many or too few)".to_owned(),
        false => row.kolommen.join(", "),
    };
    [
        row.product.clone(),
        row.generatie.to_string(),
        row.tabel.clone(),
        row.objectsoort.clone(),
        row.object_id.to_string(),
        columns,
        row.sinds.format("%F %T UTC").to_string(),
    ]
}

async fn check(args: DriftCheckArgs) -> Result<ExitCode, CommandError> {
    let work = Work::open(&args.look, &args.rows).await?;
    let done = checked(&Rebuilder::new(&work.projector, &Silent), &args).await;
    work.close(done).await
}

async fn checked(
    rebuilder: &Rebuilder<'_>,
    args: &DriftCheckArgs,
) -> Result<ExitCode, CommandError> {
    let products = match &args.product {
        Some(name) => vec![rebuilder.named(name)?],
        None => rebuilder.names(),
    };
    let mut all: Vec<(&str, Checked)> = Vec::new();
    for product in products {
        all.push((product, rebuilder.check_drift(product, args.all).await?));
    }
    let document = |(product, done): &(&str, Checked)| json!({ "product": product, "keys": done.keys, "wrong": done.wrong });
    let line = |(product, done): &(&str, Checked)| {
        format!("{product}: {} keys compared with the log, {} wrong", done.keys, done.wrong)
    };
    let documents: Vec<Value> = all.iter().map(document).collect();
    let lines: Vec<String> = all.iter().map(line).collect();
    tell(args.look.json, &json!({ "checked": documents }), &lines.join("\n"))?;
    let good = all.iter().all(|(_, done)| done.wrong == 0);
    Ok(code(good))
}
