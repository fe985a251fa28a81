//! The real binary, as somebody meets it for the first time: the demo with nothing set up, and what
//! the other commands say.

mod told;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use p256::pkcs8::EncodePrivateKey as _;
use rustls::crypto::CryptoProvider;
use serde_json::{Value, json};

/// How long the demo may take to be ready, and to stop: minutes, as other tests share the machine.
const LIMIT: Duration = Duration::from_secs(180);
/// Pause between two looks at a condition.
const PAUSE: Duration = Duration::from_millis(20);
/// The last line that the demo prints begins so.
const LAST_LINE: &str = "token privacyfunctionaris-2:";

fn within<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < LIMIT, "waited {LIMIT:?} for {what}");
        sleep(PAUSE);
    }
}

/// The binary with arguments, and nothing of our own environment that it would listen to.
fn klantbeeld(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_klantbeeld"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let ours = name.starts_with("KLANTBEELD_");
        if ours || name == "DATABASE_URL" || name == "KUBERNETES_SERVICE_HOST" {
            command.env_remove(name);
        }
    }
    command.args(args).stdin(Stdio::null());
    command
}

fn output(args: &[&str]) -> Output {
    klantbeeld(args).output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A directory of its own, deleted at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("kb-{name}-{}", std::process::id()));
        fs::create_dir(&dir).expect("a directory");
        Self(dir)
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    fn data_arg(&self) -> String {
        self.data().to_string_lossy().into_owned()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A demo that runs; killed at the end if it still does.
struct Demo {
    process: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Demo {
    fn start(scratch: &Scratch, run: &str) -> Self {
        Self::command(scratch, run, &["demo"])
    }

    /// Any command that serves, on a free port and the data of `scratch`.
    fn command(scratch: &Scratch, run: &str, args: &[&str]) -> Self {
        let stdout = scratch.0.join(format!("{run}.out"));
        let stderr = scratch.0.join(format!("{run}.err"));
        let process = klantbeeld(args)
            .args(["--listen", "127.0.0.1:0", "--data-dir"])
            .arg(scratch.data())
            .stdout(File::create(&stdout).expect("a file"))
            .stderr(File::create(&stderr).expect("a file"))
            .spawn()
            .expect("the demo starts");
        Self { process, stdout, stderr }
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap_or_default()
    }

    fn printed(&self) -> String {
        fs::read_to_string(&self.stdout).unwrap_or_default()
    }

    /// Waits for its last line, which must not come to nothing.
    fn ready(&mut self) -> Lines {
        within("the last lines of the demo", || {
            let ended = self.process.try_wait().expect("a process");
            assert!(ended.is_none(), "the demo ended: {ended:?}\n{}", self.said());
            let printed = self.printed();
            (printed.contains(LAST_LINE) && printed.ends_with('\n')).then_some(Lines(printed))
        })
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.process.id()).expect("a process id");
        kill(Pid::from_raw(pid), signal).expect("a signal");
    }

    fn ended(&mut self) -> ExitStatus {
        within("the end of the demo", || self.process.try_wait().expect("a process"))
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Without effect on a process that has ended; the server's guard does the rest.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// What the demo printed.
struct Lines(String);

impl Lines {
    fn value(&self, name: &str) -> &str {
        let line = self.0.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no line {name} in:\n{}", self.0)).trim()
    }

    fn base(&self) -> &str {
        self.value("GraphiQL:").strip_suffix("/graphiql").expect("the address of GraphiQL")
    }
}

fn client() -> reqwest::Client {
    // Unless a test before this one did.
    CryptoProvider::install_default(rustls::crypto::ring::default_provider()).ok();
    reqwest::Client::builder().no_proxy().timeout(LIMIT).build().expect("a client")
}

/// Asks over HTTP: the status and the answer.
fn request(url: &str, token: Option<&str>, query: Option<&str>) -> (u16, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let client = client();
        let mut request = match query {
            Some(query) => client.post(url).json(&json!({ "query": query })),
            None => client.get(url),
        };
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.text().await.expect("a body"))
    })
}

fn ask(base: &str, token: &str, query: &str) -> Value {
    let (status, body) = request(&format!("{base}/graphql"), Some(token), Some(query));
    assert_eq!(status, 200, "{body}");
    let answer: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(answer.get("errors"), None, "{body}");
    answer["data"].clone()
}

const KLANTBEELD: &str = r#"{ klantbeeld(voor: {bsn: "999990019"}) {
    klant { weergavenaam }
    samenvatting { aantalContacten openContactverzoeken }
} }"#;

/// Where the log ends, as `klantbeeld status` tells it.
fn last_position(data: &str) -> i64 {
    let status = output(&["status", "--json", "--data-dir", data]);
    assert!(status.status.success(), "{}", text(&status.stderr));
    let products: Value = serde_json::from_slice(&status.stdout).expect("JSON");
    products["products"][0]["lastPosition"].as_i64().expect("a position")
}

/// The tokens of a demo: short-lived, of an issuer and a key that nobody else has; and its answers say
/// what they are.
fn the_issuer_is_of_this_start(base: &str, token: &str) {
    let claims = claims(token);
    let number = |name: &str| claims[name].as_i64().expect("a number");
    assert_eq!(number("exp") - number("iat"), 3600);
    assert!(claims["iss"].as_str().expect("an issuer").starts_with("urn:dev:"), "{claims}");
    for path in ["livez", "graphql", "graphiql", "bijhouding/v1/personen"] {
        assert_eq!(omgeving(&format!("{base}/{path}")).as_deref(), Some("ontwikkeling"), "{path}");
    }
}

/// Whoever opens GraphiQL gets a token for each persona, that works.
fn the_page_offers_personas(base: &str) {
    let (status, page) = request(&format!("{base}/graphiql"), None, None);
    assert!(status == 200 && page.contains("data-omgeving=\"demo\""), "{page}");
    let (status, list) = request(&format!("{base}/graphiql/personas"), None, None);
    assert_eq!(status, 200, "{list}");
    let list: Value = serde_json::from_str(&list).expect("JSON");
    let personas = list["personas"].as_array().expect("a list");
    assert_eq!(personas.len(), 8);
    let kcc = personas.iter().find(|persona| persona["code"] == "kcc").expect("kcc");
    let seen = ask(base, kcc["token"].as_str().expect("a token"), KLANTBEELD);
    assert_eq!(seen["klantbeeld"]["klant"]["weergavenaam"], "Jan de Vries");
    // The first may read what the second approved.
    for (code, readable) in [("privacyfunctionaris", true), ("privacyfunctionaris-2", false)] {
        let found = personas.iter().find(|persona| persona["code"] == code).expect(code);
        let token = found["token"].as_str().expect("a token");
        let asked = ask(base, token, "{ inzageverzoeken { nodes { verzoekId teLezen } } }");
        let verzoek = &asked["inzageverzoeken"]["nodes"][0];
        assert_eq!(verzoek["teLezen"], readable, "{code}");
        let id = &verzoek["verzoekId"];
        let dossier = format!("{{ inzagedossier(verzoek: {id}) {{ regels {{ totaal }} }} }}");
        let seen = ask(base, token, &dossier)["inzagedossier"]["regels"]["totaal"].as_i64();
        assert_eq!(seen > Some(0), readable, "{code}");
    }
}

/// What a token says.
fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("claims");
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// What an answer says of where it comes from.
fn omgeving(url: &str) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let answer = client().get(url).send().await.expect("an answer");
        let value = answer.headers().get("x-omgeving")?;
        Some(value.to_str().expect("text").to_owned())
    })
}

/// A first run: everything is printed, and works.
fn first_run(scratch: &Scratch) -> (Value, i64, String) {
    let data = scratch.data_arg();
    let mut demo = Demo::start(scratch, "first");
    let lines = demo.ready();
    for persona in ["kcc", "behandelaar", "burger", "analist", "beheerder"] {
        let token = lines.value(&format!("token {persona}:"));
        assert_eq!(token.split('.').count(), 3, "{persona}");
    }
    assert!(demo.said().contains("Playing Gemeente Voorbeeldstad"), "{}", demo.said());
    let api = lines.value("Bijhouding API:");
    assert_eq!(request(api, None, None).0, 200);
    let (status, document) = request(&format!("{api}openapi.json"), None, None);
    assert!(status == 200 && document.contains("registreerKlantcontact"));
    assert_eq!(request(lines.value("GraphiQL:"), None, None).0, 200);
    for probe in ["livez", "readyz"] {
        let (status, body) = request(&format!("{}/{probe}", lines.base()), None, None);
        assert_eq!(status, 200, "{probe}: {body}");
    }
    let kcc = lines.value("token kcc:").to_owned();
    let seen = ask(lines.base(), &kcc, KLANTBEELD);
    assert_eq!(seen["klantbeeld"]["klant"]["weergavenaam"], "Jan de Vries");

    let burger = output(&["token", "burger", "--data-dir", &data]);
    assert!(burger.status.success(), "{}", text(&burger.stderr));
    let burger = text(&burger.stdout);
    let own = ask(lines.base(), burger.trim(), "{ contactgeschiedenis(first: 1) { totaal } }");
    assert!(own["contactgeschiedenis"]["totaal"].as_i64() > Some(5), "{own}");

    the_page_offers_personas(lines.base());
    the_issuer_is_of_this_start(lines.base(), &kcc);
    let position = last_position(&data);
    demo.signal(Signal::SIGINT);
    assert!(demo.ended().success(), "{}", demo.said());
    (seen, position, kcc)
}

fn nothing_runs(data: &Path) {
    for file in [
        "postgres/data/postmaster.pid",
        "postgres/run/.s.PGSQL.5432",
        "running.json",
        "demo/issuer.json",
    ] {
        assert!(!data.join(file).exists(), "{file} is left behind");
    }
}

#[test]
fn a_demo_plays_once_serves_and_stops() {
    let scratch = Scratch::new("demo");
    let (seen, position, old_token) = first_run(&scratch);
    nothing_runs(&scratch.data());
    let refused = output(&["token", "kcc", "--data-dir", &scratch.data_arg()]);
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("no demo runs"), "{}", text(&refused.stderr));

    let mut demo = Demo::start(&scratch, "second");
    let lines = demo.ready();
    assert!(!demo.said().contains("Playing"), "{}", demo.said());
    assert_eq!(last_position(&scratch.data_arg()), position);
    assert_eq!(ask(lines.base(), lines.value("token kcc:"), KLANTBEELD), seen);
    let graphql = format!("{}/graphql", lines.base());
    assert_eq!(request(&graphql, Some(&old_token), Some(KLANTBEELD)).0, 401);
    let new_token = lines.value("token kcc:");
    assert_ne!(claims(&old_token)["iss"], claims(new_token)["iss"]);
    assert_eq!(request(&graphql, None, Some(KLANTBEELD)).0, 401);
    demo.signal(Signal::SIGTERM);
    assert!(demo.ended().success(), "{}", demo.said());
    nothing_runs(&scratch.data());
    production_refuses_the_demo(&scratch);
}

/// The municipality that does not exist is not served as one that does.
fn production_refuses_the_demo(scratch: &Scratch) {
    let (jwks, _) = issuer(scratch);
    let serve = ["serve", "--issuer", "urn:test", "--jwks", &jwks];
    let mut service = Demo::command(scratch, "production", &serve);
    assert_eq!(service.ended().code(), Some(1));
    assert!(service.said().contains("klantbeeld demo"), "{}", service.said());
}

#[test]
fn a_demo_that_was_broken_off_begins_again() {
    let scratch = Scratch::new("broken-off");
    let mut first = Demo::start(&scratch, "first");
    within("the municipality", || first.said().contains("(10 %)").then_some(()));
    first.signal(Signal::SIGKILL);
    assert!(!first.ended().success());
    assert!(!first.printed().contains(LAST_LINE));

    let mut second = Demo::start(&scratch, "second");
    let lines = second.ready();
    assert!(second.said().contains("beginning again"), "{}", second.said());
    let seen = ask(lines.base(), lines.value("token kcc:"), KLANTBEELD);
    assert_eq!(seen["klantbeeld"]["klant"]["weergavenaam"], "Jan de Vries");
    second.signal(Signal::SIGINT);
    assert!(second.ended().success(), "{}", second.said());
    nothing_runs(&scratch.data());
}

#[test]
fn an_address_that_others_can_reach_is_refused() {
    let refused = output(&["demo", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("this machine only"), "{}", text(&refused.stderr));
}

#[test]
fn a_demo_is_refused_where_a_municipality_is_served() {
    for (name, value) in [
        ("KLANTBEELD_OIDC_ISSUER", "https://id.example.nl"),
        ("KLANTBEELD_OMGEVING", "productie"),
        ("KLANTBEELD_DATABASE_URL", "postgres://klantbeeld@db.example.nl/klantbeeld"),
        ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
    ] {
        let scratch = Scratch::new(&format!("refused-{}", name.to_lowercase()));
        let refused = klantbeeld(&["demo", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(scratch.data())
            .env(name, value)
            .output()
            .expect("the binary runs");
        assert_eq!(refused.status.code(), Some(1), "{name}");
        let why = text(&refused.stderr);
        assert!(why.contains("the demo is not for") && why.contains(name), "{why}");
        assert!(!scratch.data().exists(), "{name}: it began nevertheless");
    }
}

#[cfg(feature = "kafka")]
#[test]
fn a_demo_tells_only_a_kafka_on_this_machine() {
    for brokers in ["kafka.example.nl:9092", "localhost:9092,10.0.0.1:9092"] {
        let refused = output(&["demo", "--kafka-brokers", brokers]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(text(&refused.stderr).contains("on this machine only"), "{brokers}");
    }
}

#[test]
fn development_stays_on_this_machine() {
    let serve = |listen: &str, name: &str, value: &str| {
        klantbeeld(&["serve", "--omgeving", "ontwikkeling", "--listen", listen])
            .args(["--oidc-issuer", "http://127.0.0.1:9"])
            .env(name, value)
            .output()
            .expect("the binary runs")
    };
    let database = "postgres://klantbeeld@db.example.nl/klantbeeld";
    for (listen, name, value, why) in [
        ("0.0.0.0:0", "X", "x", "this machine only"),
        ("127.0.0.1:0", "KUBERNETES_SERVICE_HOST", "10.0.0.1", "KUBERNETES_SERVICE_HOST"),
        ("127.0.0.1:0", "KLANTBEELD_DATABASE_URL", database, "the database URL"),
    ] {
        let refused = serve(listen, name, value);
        assert_eq!(refused.status.code(), Some(1), "{name}");
        assert!(text(&refused.stderr).contains(why), "{}", text(&refused.stderr));
    }
}

#[test]
fn a_service_without_an_issuer_does_not_start_and_says_what_is_missing() {
    for omgeving in ["productie", "ontwikkeling"] {
        let refused = output(&["serve", "--omgeving", omgeving]);
        assert_eq!(refused.status.code(), Some(1));
        let why = text(&refused.stderr);
        for name in ["--oidc-issuer", "KLANTBEELD_OIDC_ISSUER", "--issuer", "--jwks"] {
            assert!(why.contains(name), "{why}");
        }
    }
    let refused = output(&["serve", "--oidc-issuer", "http://127.0.0.1:9"]);
    assert!(text(&refused.stderr).contains("https"), "{}", text(&refused.stderr));
}

/// An issuer as a municipality has one: the key set in a file, and a token of it.
fn issuer(scratch: &Scratch) -> (String, String) {
    let secret = p256::SecretKey::from_slice(&[7; 32]).expect("a key");
    let der = secret.to_pkcs8_der().expect("DER");
    let key = EncodingKey::from_ec_der(der.as_bytes());
    let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).expect("a JWK");
    jwk.common.key_id = Some("test".to_owned());
    let path = scratch.0.join("jwks.json");
    fs::write(&path, json!({ "keys": [jwk] }).to_string()).expect("a file");
    let now = clock::Clock::now(&clock::SystemClock).timestamp();
    let claims = json!({ "iss": "urn:test", "aud": ["klantbeeld"], "sub": "nicole", "azp": "desk",
        "jti": "1", "iat": now, "exp": now + 600, "rollen": ["kcc"], "doelbinding": "klantcontact" });
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some("test".to_owned());
    let token = jsonwebtoken::encode(&header, &claims, &key).expect("a token");
    (path.to_string_lossy().into_owned(), token)
}

#[test]
fn a_service_takes_the_tokens_of_its_issuer_once_the_database_is_migrated() {
    let scratch = Scratch::new("serve");
    let (jwks, token) = issuer(&scratch);
    let serve = ["serve", "--issuer", "urn:test", "--jwks", &jwks];
    let mut early = Demo::command(&scratch, "early", &serve);
    assert_eq!(early.ended().code(), Some(1));
    assert!(early.said().contains("klantbeeld migrate"), "{}", early.said());
    for _ in 0..2 {
        let migrated = output(&["migrate", "--data-dir", &scratch.data_arg()]);
        assert!(migrated.status.success(), "{}", text(&migrated.stderr));
    }

    let mut service = Demo::command(&scratch, "serve", &serve);
    let base = within("the service", || {
        let ended = service.process.try_wait().expect("a process");
        assert!(ended.is_none(), "{}", service.said());
        let said = service.said();
        let address = said.split_once("address=\"")?.1.split_once('"')?.0;
        Some(format!("http://{address}"))
    });
    within("the service to be ready", || {
        let (status, _) = request(&format!("{base}/readyz"), None, None);
        (status == 200).then_some(())
    });
    assert_eq!(ask(&base, &token, KLANTBEELD), json!({ "klantbeeld": null }));
    assert_eq!(omgeving(&format!("{base}/livez")), None);
    service.signal(Signal::SIGTERM);
    assert!(service.ended().success(), "{}", service.said());
    nothing_runs(&scratch.data());

    let demo = output(&["demo", "--listen", "127.0.0.1:0", "--data-dir", &scratch.data_arg()]);
    assert_eq!(demo.status.code(), Some(1));
    assert!(text(&demo.stderr).contains("not made by the demo"), "{}", text(&demo.stderr));
}
