//! What the documents for integrators say is so: their examples are run, their tables compared.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use write_side::uitgaand::soorten;

use crate::notificaties::ontvanger::{Gedrag, Ontvanger};
use crate::notificaties::start_relay;
use crate::support::{App, Persona};

const NOTIFICATIES: &str = "docs/notificaties.md";
const BEGIN: &str = "<!-- made by a test: KLANTBEELD_VERNIEUW=1 cargo test --test it docs -->\n";
const END: &str = "<!-- end -->";
/// The heading before the example that verifies what was delivered.
const VERIFY: &str = "\n## Verify a signature\n";
/// The secret of the examples.
const GEHEIM: &str = "een-geheim-van-meer-dan-24-bytes";

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn document(name: &str) -> String {
    std::fs::read_to_string(file(name)).expect("the document")
}

/// The examples in a part of a document, in their order.
fn examples(text: &str) -> String {
    let blocks: Vec<&str> = text
        .split("```bash\n")
        .skip(1)
        .map(|rest| rest.split_once("```").expect("the end of a block").0)
        .collect();
    assert!(!blocks.is_empty());
    format!("set -euo pipefail\n{}", blocks.join("\n"))
}

/// A directory of its own, deleted at the end.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

async fn run(script: String, dir: &Path, variables: Vec<(&'static str, String)>) -> String {
    let dir = dir.to_owned();
    let output: Output = tokio::task::spawn_blocking(move || {
        let mut command = Command::new("timeout");
        command.args(["60", "bash", "-c", &script]).current_dir(dir).envs(variables);
        command.output().expect("bash runs")
    })
    .await
    .expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{printed}");
    printed
}

fn scratch(app: &App) -> Scratch {
    let dir = std::env::temp_dir().join(app.clock.new_id().to_string());
    std::fs::create_dir(&dir).expect("a directory");
    Scratch(dir)
}

fn variables(app: &App) -> Vec<(&'static str, String)> {
    vec![("KLANTBEELD", app.base().to_owned()), ("TOKEN", app.issuer.token(&Persona::systeem()))]
}

#[test]
fn the_table_has_every_soort() {
    let text = document(NOTIFICATIES);
    let (before, rest) = text.split_once(BEGIN).expect("the mark");
    let (committed, after) = rest.split_once(END).expect("the end");
    let table: String = soorten().iter().map(|soort| format!("- `{soort}`\n")).collect();
    if std::env::var_os("KLANTBEELD_VERNIEUW").is_some() {
        let renewed = format!("{before}{BEGIN}{table}{END}{after}");
        std::fs::write(file(NOTIFICATIES), renewed).expect("written");
        return;
    }
    assert_eq!(committed, table, "renew it: KLANTBEELD_VERNIEUW=1 cargo test --test it docs");
}

#[tokio::test]
async fn the_examples_of_handelingen_run() {
    let app = App::start_without_projector().await;
    let scratch = scratch(&app);
    run(examples(&document("docs/handelingen.md")), &scratch.0, variables(&app)).await;
}

#[tokio::test]
async fn the_examples_of_documenten_run() {
    let app = App::start().await;
    let scratch = scratch(&app);
    let binary = Path::new(env!("CARGO_BIN_EXE_klantbeeld")).parent().expect("a directory");
    let path = std::env::var("PATH").expect("a path");
    let burger = app.issuer.token(&Persona::burger("999990019"));
    let given = vec![
        ("KLANTBEELD", app.base().to_owned()),
        ("TOKEN", burger),
        ("KLANTBEELD_DATABASE_URL", app.database.url()),
        ("PATH", format!("{}:{path}", binary.display())),
    ];
    let printed = run(examples(&document("docs/documenten.md")), &scratch.0, given).await;
    assert!(printed.contains("mijnContactgegevens") && printed.contains("data"), "{printed}");
}

#[tokio::test]
async fn the_examples_of_notificaties_run() {
    let app = App::start_without_projector().await;
    let ontvanger = Ontvanger::start(Gedrag::Aanvaard).await;
    let _relay = start_relay(&app);
    let scratch = scratch(&app);
    let document = document(NOTIFICATIES);
    let (before, verify) = document.split_once(VERIFY).expect("the heading");
    let mut given = variables(&app);
    given.push(("RECEIVER", ontvanger.url.clone()));
    given.push(("GEHEIM", GEHEIM.to_owned()));
    let printed = run(examples(before), &scratch.0, given).await;
    let soort = "nl.klantinteracties.organisatorische-eenheid-geregistreerd.v1";
    assert!(printed.contains(soort), "{printed}");
    ontvanger.wacht(1).await;
    let (headers, body) = ontvanger.bodies().remove(0);
    std::fs::write(scratch.0.join("body.json"), &body).expect("written");
    let header = |name: &str| headers[name].to_str().expect("text").to_owned();
    let given = vec![
        ("WEBHOOK_ID", header("webhook-id")),
        ("WEBHOOK_TIMESTAMP", header("webhook-timestamp")),
        ("WEBHOOK_SIGNATURE", header("webhook-signature")),
        ("GEHEIM", GEHEIM.to_owned()),
    ];
    let printed = run(examples(verify), &scratch.0, given).await;
    assert_eq!(printed, "it is from Klantbeeld\n");
}
