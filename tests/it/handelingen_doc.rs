//! `docs/handelingen.md` says what the served document says: every operation stands in it, and every
//! operation of VNG's APIs has its place.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

const DOC: &str = "docs/handelingen.md";
const BEGIN: &str =
    "<!-- made by a test: KLANTBEELD_VERNIEUW=1 cargo test --test it handelingen_doc -->\n";
const END: &str = "<!-- end -->";
/// Operations of VNG's two APIs, each name once: 35 and 32, of which 6 are in both.
const VNG_OPERATIONS: usize = 61;

fn document() -> Value {
    let json = write_side::openapi_json().expect("a document");
    serde_json::from_str(&json).expect("JSON")
}

/// Every operation with its method, path and summary, but for the histories.
fn operations() -> BTreeMap<String, (String, String)> {
    let document = document();
    let paths = document["paths"].as_object().expect("paths");
    let mut found = BTreeMap::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("operations") {
            let id = operation["operationId"].as_str().expect("an operationId").to_owned();
            let summary = operation["summary"].as_str().expect("a summary").to_owned();
            let place = format!("{} {path}", method.to_uppercase());
            let twice = found.insert(id.clone(), (place, summary));
            assert!(twice.is_none(), "{id} stands for two operations");
        }
    }
    found.retain(|id, _| !id.starts_with("geschiedenis"));
    found
}

fn table() -> String {
    let mut text = "| operationId | Path | What |\n| --- | --- | --- |\n".to_owned();
    for (id, (place, summary)) in operations() {
        text.push_str(&format!("| `{id}` | `{place}` | {summary} |\n"));
    }
    text
}

#[test]
fn every_operation_stands_in_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(DOC);
    let text = std::fs::read_to_string(&path).expect("the document");
    let (before, rest) = text.split_once(BEGIN).expect("the mark");
    let (committed, after) = rest.split_once(END).expect("the end");
    let table = table();
    if std::env::var_os("KLANTBEELD_VERNIEUW").is_some() {
        let renewed = format!("{before}{BEGIN}{table}{END}{after}");
        std::fs::write(&path, renewed).expect("written");
        return;
    }
    assert_eq!(committed, table, "renew it: KLANTBEELD_VERNIEUW=1 cargo test handelingen_doc");
}

#[test]
fn every_operation_of_vng_has_its_place() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(DOC);
    let text = std::fs::read_to_string(path).expect("the document");
    let operations = operations();
    let mut names = BTreeSet::new();
    for row in text.lines().filter(|line| line.starts_with("| `_")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [name, here] = cells.as_slice() else { panic!("{row}") };
        assert!(names.insert(*name), "{name} stands twice");
        let id = here.trim_matches('`');
        assert!(operations.contains_key(id), "{name}: {id} is not served");
    }
    assert_eq!(names.len(), VNG_OPERATIONS, "a name of VNG's is missing");
}
