//! `cargo bench`: how fast a klantbeeld is answered over HTTP, for a klant with 5 contacts and one
//! with 500, beside the floor: the same row read by key through sqlx, without HTTP and GraphQL. All
//! in one run, in turns, so that a noisy machine is noisy for all.

#[path = "../tests/it/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use the rest")]
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use read_side::klantbeeld::{KlantKey, by_key};
use read_side::{Leesrecht, Lezer, Reader, Verbinding};
use serde_json::json;
use support::{App, Persona};
use uuid::Uuid;

/// Clients that ask at the same time.
const CLIENTS: [usize; 2] = [1, 8];
/// Turns of each side.
const TURNS: usize = 5;
/// Length of one turn.
const TURN: Duration = Duration::from_secs(2);
/// Time to warm up before the turns.
const WARM_UP: Duration = Duration::from_secs(1);
/// Contacts of the two klanten.
const CONTACTS: [u32; 2] = [5, 500];

const QUERY: &str = "query Klantbeeld($voor: Identificatie!) { klantbeeld(voor: $voor) {
    klant { klantId weergavenaam magBenaderdWorden afgeschermd ... on Inwoner { bsn } }
    telefoonnummers { waarde omschrijving isVoorkeur } emailadressen { waarde isVoorkeur }
    samenvatting { aantalContacten laatsteContactOp openContactverzoeken }
    recenteContacten(first: 5) { nodes { op kanaal richting onderwerp medewerker team
      zaken { identificatie } } pageInfo { hasNextPage endCursor } }
    openContactverzoeken(first: 5) { nodes { onderwerp status streefdatum urgentie
      teams { naam } } }
    waarschuwingen actualiteit { bijgewerktTot volledig } } }";

/// What is measured.
#[derive(Debug, Clone, Copy)]
enum Side {
    Floor(Uuid),
    Klantbeeld(Uuid),
}

/// What came of one side: the time of every answer.
#[derive(Debug, Default)]
struct Measured {
    answers: Vec<Duration>,
    busy: Duration,
}

impl Measured {
    fn percentile(&self, percent: usize) -> f64 {
        let index = (self.answers.len() * percent / 100).min(self.answers.len() - 1);
        self.answers[index].as_secs_f64() * 1e3
    }

    fn per_second(&self) -> f64 {
        f64::from(u32::try_from(self.answers.len()).unwrap_or(u32::MAX)) / self.busy.as_secs_f64()
    }
}

#[tokio::main]
async fn main() {
    let app = Arc::new(App::start().await);
    let [small, large] = [register(&app, CONTACTS[0]).await, register(&app, CONTACTS[1]).await];
    app.settled().await;
    let sides = [
        ("floor, 5 contacts", Side::Floor(small)),
        ("floor, 500 contacts", Side::Floor(large)),
        ("klantbeeld, 5 contacts", Side::Klantbeeld(small)),
        ("klantbeeld, 500 contacts", Side::Klantbeeld(large)),
    ];
    println!("| clients | side | p50 ms | p95 ms | per second | p50 against the floor |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for clients in CLIENTS {
        let mut measured: Vec<Measured> = sides.iter().map(|_| Measured::default()).collect();
        for (_, side) in sides {
            turn(&app, side, clients, WARM_UP).await;
        }
        for _ in 0..TURNS {
            for ((_, side), sum) in sides.iter().zip(&mut measured) {
                let begin = Instant::now();
                sum.answers.extend(turn(&app, *side, clients, TURN).await);
                sum.busy += begin.elapsed();
            }
        }
        for sum in &mut measured {
            sum.answers.sort_unstable();
        }
        for (index, ((name, _), sum)) in sides.iter().zip(&measured).enumerate() {
            let ratio = sum.percentile(50) / measured[index % 2].percentile(50);
            println!(
                "| {clients} | {name} | {:.2} | {:.2} | {:.0} | {ratio:.1} x |",
                sum.percentile(50),
                sum.percentile(95),
                sum.per_second(),
            );
        }
    }
}

/// Registers a klant with contacts, each third with a contactverzoek.
async fn register(app: &App, contacts: u32) -> Uuid {
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let medewerker = json!({ "naam": "Nicole", "functie": "KCC", "telefoonnummer": "0340232221" });
    let nicole = app.post("/medewerkers", medewerker).await.id();
    let klant = json!({
        "contactnaam": { "voornaam": "Jan", "achternaam": "Jansen" },
        "digitaleAdressen": [
            { "soortDigitaalAdres": "telefoonnummer", "adres": "0612345678" },
            { "soortDigitaalAdres": "email", "adres": "jan@example.nl" },
        ],
    });
    let klant = app.post("/personen", klant).await.id();
    for index in 0..contacts {
        let taak = json!({ "gevraagdeHandeling": "Terugbellen", "toegewezenAanActoren": [team] });
        let taken = if index % 3 == 0 { vec![taak] } else { Vec::new() };
        let body = json!({
            "kanaal": "telefoon", "onderwerp": format!("Vraag {index}"),
            "inhoud": "De klant vraagt hoe het staat met de aanvraag.",
            "actoren": [nicole, team],
            "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": klant }],
            "interneTaken": taken,
        });
        app.post("/klantcontacten", body).await;
    }
    klant
}

/// One turn: every client asks again as soon as it has its answer.
async fn turn(app: &Arc<App>, side: Side, clients: usize, length: Duration) -> Vec<Duration> {
    let end = Instant::now() + length;
    let token: Arc<str> = app.issuer.token(&Persona::kcc()).into();
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let (app, token) = (Arc::clone(app), Arc::clone(&token));
            tokio::spawn(async move {
                let mut answers = Vec::new();
                while Instant::now() < end {
                    let begin = Instant::now();
                    ask(&app, &token, side).await;
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

async fn ask(app: &App, token: &str, side: Side) {
    match side {
        Side::Floor(klant) => {
            let reader =
                Reader::new(Verbinding::new(app.pool().clone()), &Leesrecht::of(Lezer::Kcc));
            let found = by_key(&reader, &KlantKey::KlantId(klant)).await.expect("an answer");
            assert!(found.is_some());
        }
        Side::Klantbeeld(klant) => {
            let body = json!({ "query": QUERY, "variables": { "voor": { "klantId": klant } } });
            let response = app
                .request(reqwest::Method::POST, graphql::PATH)
                .bearer_auth(token)
                .json(&body)
                .send()
                .await
                .expect("an answer");
            let bytes = response.bytes().await.expect("a body");
            assert!(bytes.starts_with(b"{\"data\":{\"klantbeeld\":{\"klant\""));
        }
    }
}
