//! Trusted documents: registered by a command, asked by their name, counted by application.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use clock::Clock as _;
use graphql::documents::{self, DocumentId};
use graphql::{DocumentPolicy, Documents, Settings, TrustedDocuments};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::support::{App, Persona, answer};

const MIJN: &str = "query Mijn { mijnContactgegevens { naam actualiteit { volledig } } }\n";
const WERK: &str =
    "query Werk($voor: WerkvoorraadVoor!) { werkvoorraad(voor: $voor) { totaal } }\n";

/// A folder of documents, deleted at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let name = format!("kb-documenten-{}", clock::SystemClock.new_id());
        let folder = Self(std::env::temp_dir().join(name));
        for (name, text) in files {
            let path = folder.0.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        folder
    }

    fn arg(&self) -> String {
        self.0.to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn portal() -> Folder {
    Folder::new(&[("mijn.graphql", MIJN), ("desk/werk.graphql", WERK), ("leesmij.txt", "{")])
}

/// Runs `klantbeeld documents …` on the database of the service; gives exit code, stdout and
/// stderr.
async fn run(app: &App, args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_klantbeeld"))
        .arg("documents")
        .args(args)
        .env("KLANTBEELD_DATABASE_URL", app.database.url())
        .stdin(Stdio::null())
        .output()
        .await
        .expect("the binary runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("a code"), text(&output.stdout), text(&output.stderr))
}

async fn json_of(app: &App, args: &[&str]) -> Value {
    let (_, stdout, stderr) = run(app, args).await;
    serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stdout}{stderr}"))
}

/// Sends a body as somebody; gives the whole answer.
async fn send(app: &App, who: &Persona, body: Value) -> Value {
    let token = app.issuer.token(who);
    answer(app.request(Method::POST, graphql::PATH).bearer_auth(token).json(&body)).await.body
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

async fn only_documents() -> App {
    let documents = DocumentPolicy { trusted: TrustedDocuments::Only, ..Default::default() };
    App::start_with(Settings { documents, ..Settings::default() }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portal_asks_what_was_registered_and_nothing_else() {
    let app = only_documents().await;
    let kcc = Persona::kcc();
    let body = json!({
        "documentId": DocumentId::of(WERK).to_string(), "variables": { "voor": { "mij": true } }
    });
    assert_eq!(code(&send(&app, &kcc, body.clone()).await), "DOCUMENT_ONBEKEND");
    let folder = portal();
    let told = json_of(&app, &["register", &folder.arg(), "--json"]).await;
    let names: Vec<&Value> =
        told["documents"].as_array().expect("a list").iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["desk/werk", "mijn"]);
    assert_eq!(told["documents"][0]["id"], body["documentId"]);
    // The running process learns of it without a restart.
    assert_eq!(send(&app, &kcc, body.clone()).await["data"]["werkvoorraad"]["totaal"], 0);
    let apollo = json!({
        "extensions": { "persistedQuery": {
            "version": 1, "sha256Hash": DocumentId::of(WERK).hash() } },
        "variables": { "voor": { "mij": true } },
    });
    assert_eq!(send(&app, &kcc, apollo).await["data"]["werkvoorraad"]["totaal"], 0);
    let free = json!({ "query": WERK, "variables": { "voor": { "mij": true } } });
    assert_eq!(code(&send(&app, &kcc, free).await), "ALLEEN_DOCUMENTEN");
    let burger = Persona::burger("999990019");
    let mijn = json!({ "documentId": DocumentId::of(MIJN).to_string() });
    assert!(send(&app, &burger, mijn.clone()).await.get("errors").is_none());
    // A document gives no right: who it is not for is refused.
    assert_eq!(code(&send(&app, &kcc, mijn).await), "ONBEKEND_VELD");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_registers_nothing() {
    let app = App::start().await;
    let query = "query Nieuw { __typename }";
    let id = DocumentId::of(query);
    let named = json!({ "sha256Hash": id.hash(), "version": 1 });
    let both = json!({ "query": query, "extensions": { "persistedQuery": named } });
    assert_eq!(code(&send(&app, &Persona::kcc(), both).await), "ONGELDIGE_AANVRAAG");
    let alone = json!({ "documentId": id.to_string() });
    assert_eq!(code(&send(&app, &Persona::kcc(), alone).await), "DOCUMENT_ONBEKEND");
    assert!(documents::list(app.pool()).await.expect("a list").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_wrong_file_keeps_all_out() {
    let app = App::start_without_projector().await;
    let folder = Folder::new(&[
        ("goed.graphql", MIJN),
        ("fout.graphql", "query Fout {\n  geenVeld\n}\n"),
        ("naamloos.graphql", "{ __typename }"),
    ]);
    for args in [vec!["register", "--dry-run"], vec!["register"]] {
        let dir = folder.arg();
        let (exit, stdout, stderr) = run(&app, &[args, vec![&dir]].concat()).await;
        assert_eq!((exit, stdout.as_str()), (3, ""), "{stderr}");
        assert!(stderr.contains("fout.graphql:2: ") && stderr.contains("geenVeld"), "{stderr}");
        assert!(stderr.contains("naamloos.graphql:1: "), "{stderr}");
    }
    assert!(documents::list(app.pool()).await.expect("a list").is_empty());
    let empty = Folder::new(&[("a.txt", "")]);
    let (exit, _, stderr) = run(&app, &["register", &empty.arg()]).await;
    assert!(exit == 1 && stderr.contains("no .graphql file"), "{stderr}");
    let twice = Folder::new(&[("a.graphql", MIJN), ("b.graphql", MIJN)]);
    let (exit, _, stderr) = run(&app, &["register", &twice.arg()]).await;
    assert!(exit == 1 && stderr.contains("the same document"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_taken_back_is_refused_and_can_come_again() {
    let app = App::start().await;
    let folder = portal();
    let id = DocumentId::of(MIJN).to_string();
    let (exit, _, stderr) = run(&app, &["register", &folder.arg()]).await;
    assert_eq!(exit, 0, "{stderr}");
    let burger = Persona::burger("999990019");
    let mijn = json!({ "documentId": id });
    assert!(send(&app, &burger, mijn.clone()).await.get("errors").is_none());
    assert_eq!(run(&app, &["withdraw", &id]).await.0, 0);
    assert_eq!(run(&app, &["withdraw", &id]).await.0, 3);
    app.documents.round().await.expect("a round");
    assert_eq!(code(&send(&app, &burger, mijn.clone()).await), "DOCUMENT_ONBEKEND");
    let listed = json_of(&app, &["list", "--json"]).await;
    let states: Vec<bool> = listed["documents"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["withdrawn"].is_string())
        .collect();
    assert_eq!(states, [false, true]);
    let told = json_of(&app, &["register", &folder.arg(), "--json"]).await;
    assert_eq!(told["documents"][0]["state"], "was registered");
    assert_eq!(told["documents"][1]["state"], "registered");
    assert!(send(&app, &burger, mijn).await.get("errors").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_no_longer_fits_the_schema_is_seen_in_the_list() {
    let app = App::start_without_projector().await;
    let text = "query Oud { verdwenen }";
    sqlx::query(
        "INSERT INTO documenten.documenten (hash, naam, tekst, operaties, geregistreerd_op)
         VALUES ($1, 'oud', $2, ARRAY['Oud'], now())",
    )
    .bind(DocumentId::of(text).hash())
    .bind(text)
    .execute(app.pool())
    .await
    .expect("a document");
    let (exit, stdout, _) = run(&app, &["list"]).await;
    assert!(exit == 3 && stdout.contains("not answered any more"), "{stdout}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn use_is_counted_by_document_field_and_application() {
    let app = App::start().await;
    let folder = portal();
    assert_eq!(run(&app, &["register", &folder.arg()]).await.0, 0);
    let portaal = Persona::burger("999990019").claim("azp", json!("portaal"));
    let mijn = json!({ "documentId": DocumentId::of(MIJN).to_string() });
    for _ in 0..3 {
        send(&app, &portaal, mijn.clone()).await;
    }
    let desk = Persona::kcc().claim("azp", json!("desk"));
    send(&app, &desk, json!({ "query": "{ werkvoorraad(voor: {mij: true}) { totaal } }" })).await;
    // What is refused before it is executed is not use.
    for wrong in ["{ werkvoorraad", "{ geenVeld }"] {
        send(&app, &desk, json!({ "query": wrong })).await;
    }
    app.documents.round().await.expect("a round");
    send(&app, &portaal, mijn).await;
    app.documents.round().await.expect("a round");
    let told = json_of(&app, &["use", "--json"]).await;
    let counted = |list: &str, key: &str, value: Value, application: &str| {
        let found = told[list]
            .as_array()
            .expect("a list")
            .iter()
            .find(|it| it[key] == value && it["application"] == application);
        found.map_or(0, |it| it["times"].as_i64().expect("a number"))
    };
    assert_eq!(counted("documents", "name", json!("mijn"), "portaal"), 4, "{told:#}");
    assert_eq!(counted("documents", "id", Value::Null, "desk"), 1, "{told:#}");
    assert_eq!(counted("fields", "field", json!("MijnContactgegevens.naam"), "portaal"), 4);
    assert_eq!(counted("fields", "field", json!("Actualiteit.volledig"), "portaal"), 4);
    assert_eq!(counted("fields", "field", json!("Query.werkvoorraad"), "desk"), 1);
    assert_eq!(counted("fields", "field", json!("Query.werkvoorraad"), "portaal"), 0);
    let (_, table, _) = run(&app, &["use", "--fields"]).await;
    assert!(table.contains("MijnContactgegevens.naam") && table.contains("portaal"), "{table}");
    let totals = app.documents.totals();
    assert_eq!(totals.executed.get(&("portaal".to_owned(), true)), Some(&4));
    assert_eq!(totals.executed.get(&("desk".to_owned(), false)), Some(&1));
    for code in ["ONGELDIGE_AANVRAAG", "ONBEKEND_VELD"] {
        assert_eq!(totals.refused.get(code), Some(&1), "{code}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_written_is_not_lost() {
    let app = App::start().await;
    let other = Documents::new(app.pool().clone(), std::sync::Arc::clone(&app.clock));
    send(&app, &Persona::kcc(), json!({ "query": "query A { __typename }" })).await;
    let away = "ALTER TABLE documenten.gebruik RENAME TO weg";
    sqlx::query(away).execute(app.pool()).await.expect("renamed");
    app.documents.round().await.expect_err("there is no table");
    let back = "ALTER TABLE documenten.weg RENAME TO gebruik";
    sqlx::query(back).execute(app.pool()).await.expect("renamed");
    app.documents.round().await.expect("a round");
    // Another process adds to the same figures.
    other.round().await.expect("a round");
    let today = app.clock.now().date_naive();
    let used = documents::document_use(app.pool(), today).await.expect("use");
    assert_eq!(used.iter().map(|it| it.aantal).collect::<Vec<_>>(), [1]);
}
