//! `klantbeeld status`: how far every product is, and every part that tells others.

use std::process::ExitCode;

use clock::SystemClock;
use projector::{PartitieStatus, ProductStatus};
use serde_json::{Value, json};
use write_side::uitgaand::{self, RelayStatus};

use crate::cli::StatusArgs;
use crate::database::{Database, Need};
use crate::migrations::{self, MigrationError};

use super::table::table;
use super::{CommandError, partitions, print};

/// The columns of the table of products.
const COLUMNS: [&str; 7] =
    ["PRODUCT", "GENERATION", "ACTIVE", "VERSION", "POSITION", "LAG (EVENTS)", "LAG (SECONDS)"];

/// The columns of the table of the relay.
const RELAY_COLUMNS: [&str; 4] = ["RELAY", "POSITION", "WAITING", "OLDEST WAITING (SECONDS)"];

/// Prints the table; the exit code tells whether something is wrong.
pub(super) async fn run(args: StatusArgs) -> Result<ExitCode, CommandError> {
    let database = Database::open(&args.database, Need::Look).await?;
    let told = tell(&database, args.json).await;
    let closed = database.close().await;
    let code = told?;
    closed?;
    Ok(code)
}

async fn tell(database: &Database, as_json: bool) -> Result<ExitCode, CommandError> {
    let products = projector::products::all(&projector::products::Inrichting::default());
    let wrong = match migrations::check(&database.pool, &products, &SystemClock).await {
        Ok(()) => None,
        // The table shows which; anything else leaves nothing to show.
        Err(error @ MigrationError::OtherVersion { .. }) => Some(error),
        Err(error) => return Err(error.into()),
    };
    let rows = projector::status(&database.pool, &products, &SystemClock).await?;
    let relay =
        uitgaand::status(&database.pool, &SystemClock).await.map_err(CommandError::RelayStatus)?;
    let partitions = projector::partities(&database.pool).await?;
    let told = match as_json {
        true => document(&rows, &relay, &partitions)?,
        false => tables(&rows, &relay, &partitions),
    };
    print(&told)?;
    match wrong {
        Some(error) => Err(error.into()),
        None => Ok(ExitCode::SUCCESS),
    }
}

fn document(
    rows: &[ProductStatus],
    relay: &[RelayStatus],
    partitions: &[PartitieStatus],
) -> Result<String, serde_json::Error> {
    let products: Vec<Value> = rows.iter().map(product).collect();
    let relay: Vec<Value> = relay.iter().map(part).collect();
    let partitions: Vec<Value> = partitions.iter().map(partitions::document).collect();
    let told = json!({ "products": products, "relay": relay, "partitions": partitions });
    serde_json::to_string_pretty(&told)
}

fn product(row: &ProductStatus) -> Value {
    json!({
        "product": row.product,
        "generation": row.generatie,
        "active": row.actief,
        "versionInCode": row.versie_in_code,
        "versionInTable": row.versie_in_tabel,
        "position": row.positie,
        "lastPosition": row.laatste_positie,
        "events": row.gebeurtenissen,
        "lagEvents": row.achterstand,
        "openGaps": row.open_gaten,
        "updatedUntil": row.bijgewerkt_tot.map(|moment| moment.to_rfc3339()),
        "lagSeconds": row.oud.map(|age| age.num_seconds()),
    })
}

fn part(row: &RelayStatus) -> Value {
    json!({
        "relay": row.naam,
        "position": row.positie,
        "lastPosition": row.laatste,
        "waiting": row.achterstand,
        "oldestWaitingSeconds": row.oudste.map(|age| age.num_seconds()),
        "updated": row.bijgewerkt.map(|moment| moment.to_rfc3339()),
    })
}

fn cells(row: &ProductStatus) -> [String; 7] {
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let version = match (row.versie_in_tabel, row.versie_in_code) {
        (Some(table), Some(code)) if table == code => table.to_string(),
        (table, code) => {
            let (table, code) = (table.map(|v| v.to_string()), code.map(|v| v.to_string()));
            format!("{} (this program: {})", or_none(table), or_none(code))
        }
    };
    [
        row.product.clone(),
        or_none(row.generatie.map(|number| number.to_string())),
        if row.actief { "yes" } else { "no" }.to_owned(),
        version,
        format!("{} of {}", row.positie, row.laatste_positie),
        row.achterstand.to_string(),
        or_none(row.oud.map(|age| age.num_seconds().to_string())),
    ]
}

fn relay_cells(row: &RelayStatus) -> [String; 4] {
    [
        row.naam.clone(),
        format!("{} of {}", row.positie, row.laatste),
        row.achterstand.to_string(),
        row.oudste.map_or_else(|| "-".to_owned(), |age| age.num_seconds().to_string()),
    ]
}

fn tables(rows: &[ProductStatus], relay: &[RelayStatus], partitions: &[PartitieStatus]) -> String {
    let mut tables = vec![table(COLUMNS, rows.iter().map(cells))];
    if !relay.is_empty() {
        tables.push(table(RELAY_COLUMNS, relay.iter().map(relay_cells)));
    }
    if !partitions.is_empty() {
        tables.push(table(partitions::COLUMNS, partitions.iter().map(partitions::cells)));
    }
    tables.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_is_seen_in_the_table() {
        let row = ProductStatus {
            product: "klantbeeld".to_owned(),
            generatie: Some(1),
            actief: true,
            versie_in_code: Some(2),
            versie_in_tabel: Some(1),
            positie: 7,
            laatste_positie: 9,
            gebeurtenissen: 7,
            achterstand: 2,
            open_gaten: 0,
            bijgewerkt_tot: None,
            oud: None,
        };
        let table = tables(&[row], &[], &[]);
        let line = table.lines().nth(1).unwrap();
        assert!(line.contains("1 (this program: 2)") && line.contains("7 of 9"), "{table}");
    }

    #[test]
    fn what_waits_is_seen_below_the_products() {
        let row = RelayStatus {
            naam: "kafka".to_owned(),
            positie: 7,
            laatste: 9,
            achterstand: 2,
            oudste: Some(chrono::TimeDelta::seconds(12)),
            bijgewerkt: None,
        };
        let tables = tables(&[], &[row], &[]);
        let line = tables.lines().last().unwrap();
        assert_eq!(
            line.split_whitespace().collect::<Vec<_>>(),
            ["kafka", "7", "of", "9", "2", "12"]
        );
    }
}
