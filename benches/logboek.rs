//! `cargo bench --bench logboek`: what it costs to keep who saw whose data before an answer leaves, with
//! fsync on: the screen of a desk, which shows one klant, and a search that shows 25. Beside it the same
//! answers that do not wait for their lines, and the same whose lines are not written at all, because
//! their logbook is not there. In turns in one run, so that a noisy machine is noisy for all.

#[path = "../tests/it/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use the rest")]
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use logboek::{Logboek, Modus};
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use support::{App, Persona, logboek_settings};
use tokio::net::TcpListener;

/// Clients that ask at the same time.
const CLIENTS: [usize; 2] = [1, 8];
/// Turns of each side.
const TURNS: usize = 3;
/// Length of one turn.
const TURN: Duration = Duration::from_secs(2);
/// Time to warm up before the turns.
const WARM_UP: Duration = Duration::from_secs(1);
/// Klanten that a search finds.
const FOUND: usize = 25;
/// An address that they all have.
const ADRES: &str = "balie@example.nl";

const KLANTBEELD: &str = "query Klantbeeld($klant: ID!) { klantbeeld(voor: { klantId: $klant }) {
    klant { klantId weergavenaam } telefoonnummers { waarde } emailadressen { waarde }
    samenvatting { aantalContacten } recenteContacten(first: 5) { nodes { op onderwerp } }
    actualiteit { volledig } } }";
const ZOEKEN: &str = "query Zoeken($adres: String!) { klantZoeken(zoek: { email: $adres }) {
    nodes { klantId weergavenaam } actualiteit { volledig } } }";

/// A service with a logbook of its own.
struct Side {
    name: &'static str,
    url: String,
}

/// What came of one side: the time of every answer.
#[derive(Debug, Default)]
struct Measured {
    answers: Vec<Duration>,
    busy: Duration,
}

impl Measured {
    fn percentile(&self, percent: usize) -> f64 {
        self.answers[self.answers.len() * percent / 100].as_secs_f64() * 1e3
    }

    fn per_second(&self) -> f64 {
        f64::from(u32::try_from(self.answers.len()).unwrap_or(u32::MAX)) / self.busy.as_secs_f64()
    }
}

#[tokio::main]
async fn main() {
    let app = App::start().await;
    make_durable(app.pool()).await;
    let mut klant = Value::Null;
    for _ in 0..FOUND {
        let body = json!({ "contactnaam": { "voornaam": "An" },
            "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": ADRES }] });
        klant = json!(app.post("/personen", body).await.id());
    }
    app.settled().await;
    let absent = PgPoolOptions::new().connect_lazy("postgres://nobody@127.0.0.1:1/nothing");
    let absent = absent.expect("a pool");
    let sides = [
        serve(&app, "not written", absent, Modus::Ruim).await,
        serve(&app, "not waited for", app.pool().clone(), Modus::Ruim).await,
        serve(&app, "strict", app.pool().clone(), Modus::Strikt).await,
    ];
    let token: Arc<str> = app.issuer.token(&Persona::kcc()).into();
    println!(
        "| question | clients | logbook | p50 ms | p95 ms | per second | p50 against the first |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let klantbeeld = json!({ "query": KLANTBEELD, "variables": { "klant": klant } });
    let zoeken = json!({ "query": ZOEKEN, "variables": { "adres": ADRES } });
    for (question, body) in [("klantbeeld", klantbeeld), ("klantZoeken, 25 klanten", zoeken)] {
        let body: Arc<str> = body.to_string().into();
        for clients in CLIENTS {
            let asked = |side| turn(side, &token, &body, clients);
            measure(question, clients, &sides, asked).await;
        }
    }
    tell_batches(app.pool()).await;
}

async fn measure<'s, F>(
    question: &str,
    clients: usize,
    sides: &'s [Side],
    turn: impl Fn((&'s Side, Duration)) -> F,
) where
    F: Future<Output = Vec<Duration>>,
{
    let mut measured: Vec<Measured> = sides.iter().map(|_| Measured::default()).collect();
    for side in sides {
        turn((side, WARM_UP)).await;
    }
    for _ in 0..TURNS {
        for (side, sum) in sides.iter().zip(&mut measured) {
            let begin = Instant::now();
            sum.answers.extend(turn((side, TURN)).await);
            sum.busy += begin.elapsed();
        }
    }
    measured.iter_mut().for_each(|sum| sum.answers.sort_unstable());
    for (side, sum) in sides.iter().zip(&measured) {
        println!(
            "| {question} | {clients} | {} | {:.2} | {:.2} | {:.0} | {:.2} x |",
            side.name,
            sum.percentile(50),
            sum.percentile(95),
            sum.per_second(),
            sum.percentile(50) / measured[0].percentile(50),
        );
    }
}

/// How many requests shared a transaction of the logbook.
async fn tell_batches(pool: &PgPool) {
    let sql = "SELECT count(*), count(DISTINCT xmin::text) FROM logboek.audit";
    let (lines, batches): (i64, i64) = sqlx::query_as(sql).fetch_one(pool).await.expect("counts");
    println!("\n{lines} requests in {batches} transactions of the logbook");
}

async fn serve(app: &App, name: &'static str, pool: PgPool, modus: Modus) -> Side {
    let clock = Arc::clone(&app.clock);
    let logboek = Logboek::start(pool, Arc::clone(&clock), logboek_settings(modus));
    let settings = graphql::Settings::default();
    let schema = graphql::schema(app.pool().clone(), settings, Arc::clone(&clock));
    let documents = Arc::new(graphql::Documents::new(app.pool().clone(), Arc::clone(&clock)));
    let router = graphql::router(schema, documents, app.issuer.validator(&clock), logboek);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}{}", listener.local_addr().expect("an address"), graphql::PATH);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Side { name, url }
}

/// The servers of the tests do not wait for the disk; this one does.
async fn make_durable(pool: &PgPool) {
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let sql = format!("ALTER SYSTEM SET {setting} = on");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(pool).await.expect("set");
    }
    sqlx::query("SELECT pg_reload_conf()").execute(pool).await.expect("reloaded");
    support::until("fsync to be on", || async {
        let sql = "SELECT setting FROM pg_settings WHERE name = 'fsync' AND setting = 'on'";
        sqlx::query_scalar::<_, String>(sql).fetch_optional(pool).await.expect("a setting")
    })
    .await;
}

/// One turn: every client asks again as soon as it has its answer.
async fn turn(
    (side, length): (&Side, Duration),
    token: &Arc<str>,
    body: &Arc<str>,
    clients: usize,
) -> Vec<Duration> {
    let (end, client) = (Instant::now() + length, Client::new());
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let (url, client) = (side.url.clone(), client.clone());
            let (token, body) = (Arc::clone(token), Arc::clone(body));
            tokio::spawn(async move {
                let mut answers = Vec::new();
                while Instant::now() < end {
                    let begin = Instant::now();
                    let request = client.post(&url).bearer_auth(&token);
                    let request = request.header("content-type", "application/json");
                    let answer = request.body(body.to_string()).send().await.expect("an answer");
                    let bytes = answer.bytes().await.expect("a body");
                    assert!(bytes.starts_with(b"{\"data\":{\"klant"), "{bytes:?}");
                    answers.push(begin.elapsed());
                }
                answers
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.extend(task.await.expect("a client"));
    }
    answers
}
