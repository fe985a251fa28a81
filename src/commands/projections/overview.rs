//! `klantbeeld projecties` and `klantbeeld gaps`.

use std::process::ExitCode;

use clock::{Clock as _, SystemClock};
use projector::rebuild::{Gat, Stand, gaps as open_gaps, overview};
use projector::{Fase, Leider};
use serde_json::{Value, json};

use crate::cli::LookArgs;
use crate::commands::table::table;
use crate::commands::{CommandError, print};
use crate::database::{Database, Need};

use super::code;

const COLUMNS: [&str; 7] =
    ["PRODUCT", "GENERATION", "VERSION", "STATE", "POSITION", "LAG (EVENTS)", "LAG (SECONDS)"];

const GAP_COLUMNS: [&str; 6] = ["PRODUCT", "POSITION", "PID", "SESSION", "AGE (SECONDS)", "QUERY"];

/// Most characters of a query in the table.
const QUERY_MAX: usize = 60;

/// Lists the generations.
pub(super) async fn projecties(args: LookArgs) -> Result<ExitCode, CommandError> {
    let database = Database::open(&args.database, Need::Look).await?;
    let products = projector::products::all(&projector::products::Inrichting::default());
    let found = overview(&database.pool, &products, &SystemClock).await;
    database.close().await?;
    let (stands, leiders) = found?;
    print(&if args.json {
        let generations: Vec<Value> = stands.iter().map(generation).collect();
        let leaders: Vec<Value> = leiders.iter().map(leader).collect();
        serde_json::to_string_pretty(&json!({ "generations": generations, "leaders": leaders }))?
    } else {
        format!("{}\n\n{}", table(COLUMNS, stands.iter().map(cells)), told(&leiders))
    })?;
    let stale = |stand: &Stand| {
        stand.status.generatie.is_none() || (stand.status.actief && stand.status.must_be_rebuilt())
    };
    Ok(code(!stands.iter().any(stale)))
}

fn leader(leider: &Leider) -> Value {
    json!({
        "session": leider.naam,
        "since": leider.sinds,
        "versions": leider.versies,
        "topic": leider.topic,
        "hangs": leider.hangt,
    })
}

/// Who lead, a line for each.
fn told(leiders: &[Leider]) -> String {
    let one = |leider: &Leider| {
        let source = match &leider.topic {
            Some(topic) => format!("topic {topic} of Kafka"),
            None => "the log".to_owned(),
        };
        let hangs = if leider.hangt { "; gives no sign of life" } else { "" };
        format!("Follows {source}: {}, since {}{hangs}.", leider.naam, leider.sinds)
    };
    if leiders.is_empty() {
        return "Nobody follows the log or Kafka now.".to_owned();
    }
    leiders.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// What happens to a generation, in words.
fn state(stand: &Stand) -> String {
    let status = &stand.status;
    let mut words = vec![match (stand.fase, status.actief) {
        (None, _) => "absent",
        (Some(_), true) => "served",
        (Some(Fase::Lezen), false) => "reads",
        (Some(Fase::Afleiden), false) => "derives",
        (Some(Fase::Indexeren), false) => "indexes",
        (Some(Fase::Inhalen), false) => "catches up",
        (Some(Fase::Klaar), false) => "follows",
        (Some(Fase::Vervalt), false) => "is dropped",
    }];
    if stand.gepauzeerd {
        words.push("paused");
    }
    if status.must_be_rebuilt() {
        words.push(if status.actief { "must be rebuilt" } else { "other version" });
    }
    words.join(", ")
}

fn generation(stand: &Stand) -> Value {
    let status = &stand.status;
    json!({
        "product": status.product,
        "generation": status.generatie,
        "active": status.actief,
        "state": state(stand),
        "phase": stand.fase.map(Fase::code),
        "paused": stand.gepauzeerd,
        "eventsPerSecondMax": stand.max_per_seconde,
        "version": status.versie_in_tabel,
        "versionInCode": status.versie_in_code,
        "position": status.positie,
        "lastPosition": status.laatste_positie,
        "events": status.gebeurtenissen,
        "lagEvents": status.achterstand,
        "openGaps": status.open_gaten,
        "updatedUntil": status.bijgewerkt_tot.map(|moment| moment.to_rfc3339()),
        "lagSeconds": status.oud.map(|age| age.num_seconds()),
    })
}

fn cells(stand: &Stand) -> [String; 7] {
    let status = &stand.status;
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    [
        status.product.clone(),
        or_none(status.generatie.map(|number| number.to_string())),
        or_none(status.versie_in_tabel.map(|number| number.to_string())),
        state(stand),
        format!("{} of {}", status.positie, status.laatste_positie),
        status.achterstand.to_string(),
        or_none(status.oud.map(|age| age.num_seconds().to_string())),
    ]
}

/// Lists the open gaps.
pub(super) async fn gaps(args: LookArgs) -> Result<ExitCode, CommandError> {
    let database = Database::open(&args.database, Need::Look).await?;
    let found = open_gaps(&database.pool).await;
    database.close().await?;
    let gaps = found?;
    let now = SystemClock.now();
    let age = |gap: &Gat| gap.sinds.map(|since| (now - since).num_seconds());
    print(&if args.json {
        let gaps: Vec<Value> = gaps
            .iter()
            .map(|gap| {
                json!({
                    "product": gap.product, "position": gap.positie, "transaction": gap.houder,
                    "pid": gap.pid, "session": gap.toepassing, "query": gap.query,
                    "ageSeconds": age(gap),
                })
            })
            .collect();
        serde_json::to_string_pretty(&json!({ "gaps": gaps }))?
    } else if gaps.is_empty() {
        "There are no open gaps.".to_owned()
    } else {
        table(GAP_COLUMNS, gaps.iter().map(|gap| gap_cells(gap, age(gap))))
    })?;
    Ok(ExitCode::SUCCESS)
}

fn gap_cells(gap: &Gat, age: Option<i64>) -> [String; 6] {
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let line = |query: &String| {
        let words: Vec<&str> = query.split_whitespace().collect();
        words.join(" ").chars().take(QUERY_MAX).collect()
    };
    [
        gap.product.clone(),
        gap.positie.to_string(),
        or_none(gap.pid.map(|pid| pid.to_string())),
        or_none(gap.toepassing.clone()),
        or_none(age.map(|age| age.to_string())),
        or_none(gap.query.as_ref().map(line)),
    ]
}
