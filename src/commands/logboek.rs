//! `klantbeeld logboek`: a key for it, and whether it is as it was written.

use std::process::ExitCode;

use clock::{Clock as _, SystemClock};
use logboek::Oordeel;
use serde_json::json;
use sqlx::PgPool;

use super::{CommandError, print};
use crate::cli::{LogboekCheckArgs, LogboekCommand};
use crate::config::new_key;
use crate::database::{Database, Need};

/// The exit code when something is not as it was written.
const NOT_AS_WRITTEN: u8 = 3;

/// Carries out a command on the logbook.
pub(super) async fn run(command: LogboekCommand) -> Result<ExitCode, CommandError> {
    match command {
        LogboekCommand::Controleer(args) => controleer(args).await,
        LogboekCommand::Sleutel { name } => {
            let name = name.unwrap_or_else(|| SystemClock.now().format("%Y-%m-%d").to_string());
            print(&new_key(&name)?)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn controleer(args: LogboekCheckArgs) -> Result<ExitCode, CommandError> {
    let sleutels = args.keys.sleutels(&args.database)?;
    let database = Database::open(&args.database, Need::Look).await?;
    let mut places: Vec<(&str, PgPool)> = vec![("the database", database.pool.clone())];
    places.extend(args.place.pool()?.map(|pool| ("--logboek-url", pool)));
    let mut judged = Vec::new();
    for (name, pool) in places {
        judged.push((name, logboek::verify(&pool, &sleutels).await?));
    }
    database.close().await?;
    print(&if args.json { document(&judged) } else { lines(&judged) })?;
    let good = judged.iter().all(|(_, oordeel)| oordeel.bevindingen.is_empty());
    Ok(ExitCode::from(if good { 0 } else { NOT_AS_WRITTEN }))
}

fn lines(judged: &[(&str, Oordeel)]) -> String {
    let of = |(name, oordeel): &(&str, Oordeel)| {
        let count = oordeel.schakels;
        let found = match oordeel.bevindingen.as_slice() {
            [] => "as they were written".to_owned(),
            wrong => format!("{} findings", wrong.len()),
        };
        let first = format!("{name}: {count} links, {found}");
        let rest = oordeel.bevindingen.iter().map(|wrong| format!("  {wrong}"));
        std::iter::once(first).chain(rest).collect::<Vec<_>>().join("\n")
    };
    judged.iter().map(of).collect::<Vec<_>>().join("\n")
}

fn document(judged: &[(&str, Oordeel)]) -> String {
    let of = |(name, oordeel): &(&str, Oordeel)| {
        let findings: Vec<String> = oordeel.bevindingen.iter().map(ToString::to_string).collect();
        json!({ "place": name, "links": oordeel.schakels, "findings": findings })
    };
    json!({ "logbooks": judged.iter().map(of).collect::<Vec<_>>() }).to_string()
}
