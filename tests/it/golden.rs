//! Facts about the house that are kept as files, so that a change of them is a change that one sees.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The bijhouding API as it is committed.
const OPENAPI: &str = "docs/bijhouding.openapi.json";
/// Which crate of ours knows which, and with what from outside.
const DEPENDENCIES: &str = "tests/it/golden/dependencies.txt";

fn committed(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    std::fs::read_to_string(path).unwrap_or_default()
}

#[test]
fn the_committed_openapi_document_is_the_one_that_is_served() {
    let own = write_side::openapi_json().expect("a document");
    let renew = format!("renew it: cargo run -- openapi > {OPENAPI}");
    assert_eq!(committed(OPENAPI).trim(), own.trim(), "{renew}");
}

#[test]
fn the_dependencies_between_crates_are_the_committed_ones() {
    let found = dependencies();
    let text: String = found.iter().map(|edge| format!("{edge}\n")).collect();
    assert_eq!(committed(DEPENDENCIES), text, "a new arrow: is it one of the house?");
}

#[test]
fn each_side_knows_only_what_it_may() {
    let found = dependencies();
    let arrow =
        |from: &str, to: &str| found.contains(&format!("klantbeeld-{from} -> klantbeeld-{to}"));
    for (from, to) in [
        ("graphql", "events"),
        ("graphql", "projector"),
        ("graphql", "write-side"),
        ("write-side", "read-side"),
        ("write-side", "projector"),
        ("read-side", "events"),
        ("projector", "write-side"),
        ("projector", "graphql"),
        ("logboek", "read-side"),
        ("logboek", "events"),
    ] {
        assert!(!arrow(from, to), "{from} knows {to}");
    }
    assert!(arrow("graphql", "read-side") && arrow("projector", "events"));
}

/// Every normal dependency of a crate of ours, as `crate -> crate`.
fn dependencies() -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let edges = packages.iter().flat_map(|package| {
        let from = package["name"].as_str().expect("a name");
        let dependencies = package["dependencies"].as_array().expect("dependencies");
        dependencies
            .iter()
            .filter(|dependency| dependency["kind"].is_null())
            .map(move |to| format!("{from} -> {}", to["name"].as_str().expect("a name")))
    });
    edges.collect()
}
