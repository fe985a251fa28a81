//! `klantbeeld logboek`, as whoever runs the service uses it.

use std::path::PathBuf;
use std::process::{Command, Output};

use clock::Clock as _;
use serde_json::Value;
use uuid::Uuid;

use super::{klanten, tamper};
use crate::support::{App, LOGBOEK_KEYS, Persona};

/// A file that is gone with the test.
struct Keys(PathBuf);

impl Keys {
    fn new(text: &str) -> Self {
        let path = std::env::temp_dir().join(clock::SystemClock.new_id().to_string());
        std::fs::write(&path, text).expect("a file");
        Self(path)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn run(app: &App, args: &'static [&str], keys: &Keys) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_klantbeeld"));
    command.args(["logboek"]).args(args);
    command.env("KLANTBEELD_DATABASE_URL", app.database.url());
    command.env("KLANTBEELD_LOGBOEK_KEYS", &keys.0);
    tokio::task::spawn_blocking(move || command.output()).await.expect("a thread").expect("run")
}

#[tokio::test]
async fn the_command_tells_whether_the_logbook_is_as_it_was_written() {
    let app = App::start_without_projector().await;
    klanten(&app, 1).await;
    let keys = Keys::new(LOGBOEK_KEYS);
    let good = run(&app, &["controleer"], &keys).await;
    assert_eq!(good.status.code(), Some(0), "{good:?}");
    assert!(String::from_utf8_lossy(&good.stdout).contains("2 links, as they were written"));

    let change = "UPDATE logboek.audit SET wie = 'iemand anders' WHERE nummer = 1 AND streng = 1";
    assert_eq!(tamper(&app, change).await, 1);
    let bad = run(&app, &["controleer", "--json"], &keys).await;
    assert_eq!(bad.status.code(), Some(3), "{bad:?}");
    let told: Value = serde_json::from_slice(&bad.stdout).expect("JSON");
    let finding = told["logbooks"][0]["findings"][0].as_str().expect("a finding");
    assert!(finding.contains("chain 1, link 1"), "{finding}");
}

#[tokio::test]
async fn whoever_asks_for_access_is_told_which_processings_there_were() {
    let app = App::start().await;
    let (jan, others) = klanten(&app, 1).await;
    let query = "query Kijk { klantbeeld(voor: { bsn: \"999990019\" }) { klant { klantId } } }";
    app.ask(&Persona::kcc(), query, serde_json::json!({})).await;
    let keys = Keys::new(LOGBOEK_KEYS);
    let of = |id: Uuid| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_klantbeeld"));
        command.args(["logboek", "verwerkingen", &id.to_string(), "--json"]);
        command.env("KLANTBEELD_DATABASE_URL", app.database.url());
        command.env("KLANTBEELD_LOGBOEK_KEYS", &keys.0);
        async {
            let done = tokio::task::spawn_blocking(move || command.output()).await;
            let done = done.expect("a thread").expect("run");
            assert_eq!(done.status.code(), Some(0), "{done:?}");
            let text = String::from_utf8(done.stdout).expect("text");
            let lines = text.lines().filter(|line| !line.is_empty());
            let lines = lines.map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
            lines.map(|line| line["operation"].as_str().expect("a name").to_owned()).collect()
        }
    };
    let told: Vec<String> = of(jan).await;
    assert_eq!(told, ["klantbeeld", "registreerPersoon"]);
    let told: Vec<String> = of(others[0]).await;
    assert_eq!(told, ["registreerPersoon"]);
    let told: Vec<String> = of(Uuid::nil()).await;
    assert_eq!(told, Vec::<String>::new());
}

#[tokio::test]
async fn after_a_key_was_changed_for_another_the_old_one_still_judges() {
    let app = App::start_without_projector().await;
    klanten(&app, 1).await;
    let none = Keys::new("");
    let made = run(&app, &["sleutel", "nieuw"], &none).await;
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let line = String::from_utf8(made.stdout).expect("text");
    assert_eq!(run(&app, &["controleer"], &Keys::new(&line)).await.status.code(), Some(3));
    let both = Keys::new(&format!("{line}{LOGBOEK_KEYS}"));
    assert_eq!(run(&app, &["controleer"], &both).await.status.code(), Some(0));
}
