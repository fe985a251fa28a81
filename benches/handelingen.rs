//! `cargo bench --bench handelingen`: how many full klantcontacten (betrokkene, actor, onderwerpobject,
//! interne taak) are registered per second over HTTP, with fsync on, beside the floor: one bare INSERT
//! of the same text per commit, with as many writers. In turns in one run, so that a noisy machine is
//! noisy for both.

#[path = "../tests/it/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use the rest")]
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::App;

/// Writers at the same time.
const WRITERS: [usize; 2] = [1, 8];
/// Turns of each side.
const TURNS: usize = 5;
/// Length of one turn.
const TURN: Duration = Duration::from_secs(2);
/// Time to warm up before the turns.
const WARM_UP: Duration = Duration::from_secs(1);

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Floor,
    Klantcontact,
}

const SIDES: [(&str, Side); 2] = [
    ("floor: one INSERT per commit", Side::Floor),
    ("full klantcontact over HTTP", Side::Klantcontact),
];

#[tokio::main]
async fn main() {
    let app = Arc::new(App::start_without_projector().await);
    make_durable(&app).await;
    let body: Arc<Value> = Arc::new(contact(&app).await);
    println!("| writers | side | p50 ms | p95 ms | per second | against the floor |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for writers in WRITERS {
        let mut answers = [Vec::new(), Vec::new()];
        let mut busy = [Duration::ZERO; 2];
        for (_, side) in SIDES {
            turn(&app, &body, side, writers, WARM_UP).await;
        }
        for _ in 0..TURNS {
            for (index, (_, side)) in SIDES.into_iter().enumerate() {
                let begin = Instant::now();
                answers[index].extend(turn(&app, &body, side, writers, TURN).await);
                busy[index] += begin.elapsed();
            }
        }
        report(writers, &mut answers, &busy);
    }
}

fn report(writers: usize, answers: &mut [Vec<Duration>; 2], busy: &[Duration; 2]) {
    let mut floor = 0.0;
    for (index, (name, side)) in SIDES.into_iter().enumerate() {
        let times = &mut answers[index];
        times.sort_unstable();
        let at = |percent: usize| times[times.len() * percent / 100].as_secs_f64() * 1e3;
        let count = f64::from(u32::try_from(times.len()).unwrap_or(u32::MAX));
        let rate = count / busy[index].as_secs_f64();
        if side == Side::Floor {
            floor = rate;
        }
        let (p50, p95, ratio) = (at(50), at(95), floor / rate);
        println!("| {writers} | {name} | {p50:.2} | {p95:.2} | {rate:.0} | 1 / {ratio:.1} |");
    }
}

/// The servers of the tests do not wait for the disk; this one does.
async fn make_durable(app: &App) {
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let sql = format!("ALTER SYSTEM SET {setting} = on");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(app.pool()).await.expect("set");
    }
    sqlx::query("SELECT pg_reload_conf()").execute(app.pool()).await.expect("reloaded");
    let fsync = support::until("fsync to be on", || async {
        let sql = "SELECT setting FROM pg_settings WHERE name = 'fsync' AND setting = 'on'";
        sqlx::query_scalar::<_, String>(sql).fetch_optional(app.pool()).await.expect("a setting")
    })
    .await;
    assert_eq!(fsync, "on");
    let sql = "CREATE TABLE vloer (id uuid PRIMARY KEY, data json NOT NULL)";
    sqlx::query(sql).execute(app.pool()).await.expect("the floor's table");
}

async fn contact(app: &App) -> Value {
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let klant = app.post("/personen", json!({ "contactnaam": { "achternaam": "Jansen" } })).await;
    json!({
        "kanaal": "telefoon", "onderwerp": "Container niet geleegd", "actoren": [team],
        "inhoud": "De klant vraagt wanneer de container alsnog wordt geleegd.",
        "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": klant.id() }],
        "onderwerpobjecten": [{ "onderwerpobjectidentificator": {
            "objectId": "a7b3c8d9-e4f5-4a7b-8c9d-e0f1a2b3c4d5", "codeObjecttype": "zaak",
            "codeSoortObjectId": "uuid", "codeRegister": "zakenregister" } }],
        "interneTaken": [{ "gevraagdeHandeling": "Bel terug", "toegewezenAanActoren": [team] }],
    })
}

/// One turn: every writer writes again as soon as it has its answer.
async fn turn(
    app: &Arc<App>,
    body: &Arc<Value>,
    side: Side,
    writers: usize,
    length: Duration,
) -> Vec<Duration> {
    let end = Instant::now() + length;
    let tasks: Vec<_> = (0..writers)
        .map(|_| {
            let (app, body) = (Arc::clone(app), Arc::clone(body));
            tokio::spawn(async move {
                let mut answers = Vec::new();
                while Instant::now() < end {
                    let begin = Instant::now();
                    write(&app, &body, side).await;
                    answers.push(begin.elapsed());
                }
                answers
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.extend(task.await.expect("a writer"));
    }
    answers
}

async fn write(app: &App, body: &Value, side: Side) {
    match side {
        Side::Floor => {
            sqlx::query("INSERT INTO vloer (id, data) VALUES ($1, $2::text::json)")
                .bind(app.clock.new_id())
                .bind(body.to_string())
                .execute(app.pool())
                .await
                .expect("a row");
        }
        Side::Klantcontact => {
            app.post("/klantcontacten", body.clone()).await;
        }
    }
}
