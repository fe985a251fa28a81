//! What came of a command, for people and for programs.

use std::process::ExitCode;

use projector::rebuild::{
    Estimate, Generatie, Outcome, ParkedObject, Repaired, Switched, TableDiff, Verification,
};
use serde_json::{Value, json};

use crate::commands::CommandError;
use crate::commands::table::table;

use super::tell;

/// Bytes in a MiB.
const MIB: i64 = 1024 * 1024;

/// A switch.
pub(super) fn switched(
    product: &str,
    switched: &Switched,
    as_json: bool,
) -> Result<ExitCode, CommandError> {
    let mut document = switch(switched);
    document["product"] = json!(product);
    tell(as_json, &document, &switch_line(product, switched))
}

fn switch(switched: &Switched) -> Value {
    json!({
        "from": switched.from,
        "to": switched.to,
        "lockedMilliseconds": switched.held.as_secs_f64() * 1000.0,
        "attemptsBefore": switched.attempts,
    })
}

fn switch_line(product: &str, switched: &Switched) -> String {
    if switched.from == switched.to {
        return format!("{product}: generation {} is served already", switched.to);
    }
    format!(
        "{product}: readers see generation {} instead of {} (locked for {:.1} ms)",
        switched.to,
        switched.from,
        switched.held.as_secs_f64() * 1000.0
    )
}

/// Rebuilds.
pub(super) fn outcomes(outcomes: &[Outcome], as_json: bool) -> Result<ExitCode, CommandError> {
    let document = |outcome: &Outcome| {
        json!({
            "product": outcome.product,
            "generation": outcome.generatie,
            "verification": verification(&outcome.verification),
            "difference": outcome.diff.iter().map(diff).collect::<Vec<_>>(),
            "switched": outcome.switched.as_ref().map(switch),
        })
    };
    let documents: Vec<Value> = outcomes.iter().map(document).collect();
    let text: Vec<String> = outcomes.iter().map(outcome_lines).collect();
    tell(as_json, &json!({ "rebuilt": documents }), &text.join("\n\n"))
}

fn outcome_lines(outcome: &Outcome) -> String {
    let (product, generatie) = (outcome.product, outcome.generatie);
    let mut lines = vec![format!("{product}: generation {generatie} is filled")];
    lines.push(verification_lines(&outcome.verification));
    if !outcome.diff.is_empty() {
        lines.push(diff_lines(&outcome.diff));
    }
    lines.push(match &outcome.switched {
        Some(switched) => switch_line(product, switched),
        None if outcome.waits_for_parked() => format!(
            "Readers do not see it yet: objects are parked in it. \
             `klantbeeld parked list {product}` tells why;\n\
             `klantbeeld switch {product} --with-parked` lets readers see it all the same"
        ),
        None => format!("Readers do not see it yet: `klantbeeld switch {product}`"),
    });
    lines.join("\n")
}

/// A verification.
pub(super) fn verified(
    own: &Generatie,
    found: &Verification,
    as_json: bool,
) -> Result<ExitCode, CommandError> {
    let mut document = verification(found);
    document["product"] = json!(own.product);
    document["generation"] = json!(own.generatie);
    let title = format!("{}: generation {}", own.product, own.generatie);
    tell(as_json, &document, &format!("{title}\n{}", verification_lines(found)))
}

fn verification(found: &Verification) -> Value {
    let table = |table: &projector::rebuild::TableVerification| {
        json!({
            "table": table.table, "rows": table.rows, "orphans": table.orphans,
            "wrong": table.wrong,
        })
    };
    json!({
        "good": found.is_good(),
        "parked": found.parked.iter().map(parked).collect::<Vec<_>>(),
        "eventsWaiting": found.events_waiting(),
        "objectsWaiting": found.objects_waiting(),
        "events": found.events_taken_in,
        "eventsInLog": found.events_in_log,
        "objects": found.objects,
        "objectsInLog": found.objects_in_log,
        "replayed": found.replayed,
        "tables": found.tables.iter().map(table).collect::<Vec<_>>(),
    })
}

fn parked(object: &ParkedObject) -> Value {
    json!({
        "kind": object.objectsoort, "object": object.object_id, "position": object.positie,
        "version": object.versie, "waiting": object.wachtend,
    })
}

/// Of a count that falls short: how much of that is parked.
fn waiting(count: i64) -> String {
    if count == 0 { String::new() } else { format!("; {count} wait behind what is parked") }
}

fn verification_lines(found: &Verification) -> String {
    let (events, objects) = (waiting(found.events_waiting()), waiting(found.objects_waiting()));
    let mut lines = vec![
        format!("  events taken in: {} of {}{events}", found.events_taken_in, found.events_in_log),
        format!("  objects: {} of {}{objects}", found.objects, found.objects_in_log),
        format!("  objects replayed from the log: {}", found.replayed),
    ];
    for table in &found.tables {
        let mut line = format!("  {}: {} rows", table.table, table.rows);
        if table.orphans > 0 {
            line.push_str(&format!(", {} of no object", table.orphans));
        }
        if !table.wrong.is_empty() {
            let wrong: Vec<String> = table.wrong.iter().map(ToString::to_string).collect();
            line.push_str(&format!("; wrong for {}", wrong.join(", ")));
        }
        lines.push(line);
    }
    for object in &found.parked {
        lines.push(format!(
            "  parked: {} {} at position {}, {} events wait",
            object.objectsoort, object.object_id, object.positie, object.wachtend
        ));
    }
    lines.push(match (found.is_good(), found.parked.is_empty()) {
        (true, true) => "  good".to_owned(),
        (true, false) => "  good, but for what is parked".to_owned(),
        (false, true) => "  WRONG".to_owned(),
        (false, false) => "  WRONG, apart from what is parked".to_owned(),
    });
    lines.join("\n")
}

/// The difference of a table.
pub(super) fn diff(diff: &TableDiff) -> Value {
    let examples: Vec<Value> = diff
        .examples
        .iter()
        .map(|row| {
            json!({
                "object": row.root, "key": row.key, "columns": row.columns,
                "inServed": row.in_old, "inCompared": row.in_new,
            })
        })
        .collect();
    json!({
        "table": diff.table, "level": diff.level, "equal": diff.equal, "changed": diff.changed, "added": diff.added,
        "removed": diff.removed, "columns": diff.columns, "examples": examples,
    })
}

/// The differences for people.
pub(super) fn diff_lines(diffs: &[TableDiff]) -> String {
    let mut lines = Vec::new();
    for diff in diffs {
        lines.push(format!(
            "  {}: {} rows equal, {} differ, {} new, {} gone",
            diff.table, diff.equal, diff.changed, diff.added, diff.removed
        ));
        if !diff.level {
            lines.push("    (compared at different places in the log)".to_owned());
        }
        let columns: Vec<String> =
            diff.columns.iter().map(|(name, rows)| format!("{name} {rows}")).collect();
        if !columns.is_empty() {
            lines.push(format!("    columns that differ: {}", columns.join(", ")));
        }
        for row in &diff.examples {
            let what = match (row.in_old, row.in_new) {
                (true, true) => row.columns.join(", "),
                (true, false) => "gone".to_owned(),
                (false, _) => "new".to_owned(),
            };
            lines.push(format!("    {}: {what}", row.key));
        }
    }
    lines.join("\n")
}

/// Estimates.
pub(super) fn estimates(estimates: &[Estimate], as_json: bool) -> Result<ExitCode, CommandError> {
    const COLUMNS: [&str; 6] =
        ["PRODUCT", "GENERATION", "POSITIONS TO READ", "ROWS", "MIB", "READING (SECONDS)"];
    let document = |one: &Estimate| {
        json!({
            "product": one.product, "served": one.active, "version": one.versions.0,
            "versionInCode": one.versions.1, "goesOnWith": one.goes_on_with,
            "positions": one.positions, "rows": one.rows, "bytes": one.bytes,
            "measuredEvents": one.measured, "readingSeconds": one.reading.as_secs_f64(),
        })
    };
    let cells = |one: &Estimate| {
        let next = one.goes_on_with.map_or("new".to_owned(), |it| format!("goes on with {it}"));
        [
            one.product.to_owned(),
            next,
            one.positions.to_string(),
            one.rows.to_string(),
            (one.bytes / MIB).to_string(),
            format!("{:.1}", one.reading.as_secs_f64()),
        ]
    };
    let documents: Vec<Value> = estimates.iter().map(document).collect();
    let text = format!(
        "{}\n\nNothing was changed. Reading and folding was measured on the first events, for each \
         product alone;\nderiving, copying and indexes come on top.",
        table(COLUMNS, estimates.iter().map(cells))
    );
    tell(as_json, &json!({ "estimates": documents }), &text)
}

/// Repairs of one klant.
pub(super) fn repaired(
    repaired: &[(&'static str, Repaired)],
    as_json: bool,
) -> Result<ExitCode, CommandError> {
    let document = |(product, done): &(&'static str, Repaired)| {
        json!({
            "product": product, "generation": done.generatie, "replayed": done.objects,
            "wrong": done.wrong,
        })
    };
    let line = |(product, done): &(&'static str, Repaired)| {
        format!(
            "{product}: generation {}: {} objects replayed, {} were wrong; their rows are derived again",
            done.generatie, done.objects, done.wrong
        )
    };
    let documents: Vec<Value> = repaired.iter().map(document).collect();
    let lines: Vec<String> = repaired.iter().map(line).collect();
    tell(as_json, &json!({ "repaired": documents }), &lines.join("\n"))
}
