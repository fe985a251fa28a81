//! `klantbeeld logboek`: a key for it, and whether it is as it was written.

use std::process::ExitCode;

use chrono::SecondsFormat;
use clock::{Clock as _, SystemClock};
use logboek::{ControleError, Oordeel, Verwerkingsregel};
use serde_json::json;
use sqlx::PgPool;

use super::{CommandError, print};
use crate::cli::{LogboekCheckArgs, LogboekCommand, LogboekReadArgs};
use crate::config::new_key;
use crate::database::{Database, Need};

/// The exit code when something is not as it was written.
const NOT_AS_WRITTEN: u8 = 3;

/// Lines that are read at a time.
const PAGE: i64 = 1_000;

/// Carries out a command on the logbook.
pub(super) async fn run(command: LogboekCommand) -> Result<ExitCode, CommandError> {
    match command {
        LogboekCommand::Controleer(args) => controleer(args).await,
        LogboekCommand::Verwerkingen(args) => verwerkingen(args).await,
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
    let mut judged = Vec::new();
    for (name, pool) in places(&args, &database)? {
        judged.push((name, logboek::verify(&pool, &sleutels).await?));
    }
    database.close().await?;
    print(&if args.json { document(&judged) } else { lines(&judged) })?;
    let good = judged.iter().all(|(_, oordeel)| oordeel.bevindingen.is_empty());
    Ok(ExitCode::from(if good { 0 } else { NOT_AS_WRITTEN }))
}

/// Where lines may be.
fn places(
    args: &LogboekCheckArgs,
    database: &Database,
) -> Result<Vec<(&'static str, PgPool)>, CommandError> {
    let own = args.place.pool()?.map(|pool| ("--logboek-url", pool));
    Ok(std::iter::once(("the database", database.pool.clone())).chain(own).collect())
}

/// The processings of one partij, of reading and of writing together.
async fn verwerkingen(args: LogboekReadArgs) -> Result<ExitCode, CommandError> {
    let LogboekReadArgs { partij, logboek: args } = args;
    let pseudoniemen = args.keys.sleutels(&args.database)?.pseudoniemen(partij);
    let database = Database::open(&args.database, Need::Look).await?;
    let mut found = Vec::new();
    for (_, pool) in places(&args, &database)? {
        found.extend(all(&pool, &pseudoniemen).await.map_err(ControleError::from)?);
    }
    database.close().await?;
    found.sort_by_key(|line| std::cmp::Reverse(line.tijdstip));
    let told: Vec<String> = found.iter().map(|line| told(line, args.json)).collect();
    print(&told.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

async fn all(pool: &PgPool, pseudoniemen: &[String]) -> sqlx::Result<Vec<Verwerkingsregel>> {
    let mut found: Vec<Verwerkingsregel> = Vec::new();
    loop {
        let after = found.last().map(|last| (last.tijdstip.timestamp_millis(), &last.span_id[..]));
        let page = logboek::of_betrokkene(pool, pseudoniemen, after, PAGE).await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}

/// One processing on a line, as text or as JSON.
fn told(line: &Verwerkingsregel, as_json: bool) -> String {
    let at = line.tijdstip.to_rfc3339_opts(SecondsFormat::Millis, true);
    let outcome = if line.gelukt { "Ok" } else { "Error" };
    if as_json {
        let line = json!({ "time": at, "operation": line.naam, "activity": line.activiteit,
                           "status": outcome });
        return line.to_string();
    }
    format!("{at}  {}  {}  {outcome}", line.naam, line.activiteit)
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
