//! kanaalgebruik and doorlooptijden: counts that are those of the rows, in any grouping, and from
//! which nobody can be known.

use std::collections::BTreeMap;

use graphql::{Analyse, Settings};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use uuid::Uuid;

use super::code;
use crate::support::{App, Persona};

const KANAAL: &str = "query($p: Dagen!, $i: Interval, $g: [ContactKenmerk!], $m: [String!]) {
    kanaalgebruik(periode: $p, interval: $i, groepeerOp: $g, metadata: $m) { onderdrukt nodes {
      vanaf kanaal richting onderwerptype team gespreksresultaat metadata { sleutel waarde } aantal
      gemiddeldeGespreksduur geluktPct eersteContactOplossingPct } } }";
const DOORLOOP: &str = "query($p: Dagen!, $i: Interval, $g: [TaakKenmerk!]) {
    doorlooptijden(periode: $p, interval: $i, groepeerOp: $g) { onderdrukt nodes { vanaf team kanaal
      gevraagdeHandeling aantal p50Uren p90Uren binnenTermijnPct heropend } } }";
const KENMERKEN: [&str; 4] = ["KANAAL", "RICHTING", "TEAM", "GESPREKSRESULTAAT"];
const KANALEN: [&str; 3] = ["telefoon", "balie", "email"];
/// Contacts whose counts are compared with the rows.
const CONTACTEN: usize = 60;
/// Questions that are compared.
const VRAGEN: usize = 24;

/// Every cell is shown, as it is.
fn exact() -> Settings {
    let analyse = Analyse { drempel: 1, afronding: 1, ..Analyse::default() };
    Settings { analyse, ..Settings::default() }
}

async fn team(app: &App, naam: &str) -> Uuid {
    app.post("/organisatorische-eenheden", json!({ "naam": naam })).await.id()
}

fn contact(kanaal: &str, op: &str, team: Uuid, ook: Value) -> Value {
    let mut body = json!({
        "kanaal": kanaal, "onderwerp": "Persoonlijk onderwerp", "plaatsgevondenOp": op,
        "indicatieContactGelukt": "ja", "actoren": [team],
        "betrokkenen": [{ "rol": "klant", "initiator": true,
            "contactnaam": { "voornaam": "Karel" } }],
        "metadata": { "gespreksresultaat": "beantwoord", "gespreksduur": "120",
            "vraag": "Waarom Karel?" },
    });
    body.as_object_mut().expect("an object").extend(ook.as_object().expect("an object").clone());
    body
}

fn january() -> Value {
    json!({ "vanaf": "2026-01-01", "tot": "2026-02-01" })
}

async fn kanaalgebruik(app: &App, groepen: &[&str], interval: Option<&str>) -> Value {
    let variables = json!({ "p": january(), "i": interval, "g": groepen });
    app.ask(&Persona::analist(), KANAAL, variables).await["kanaalgebruik"].clone()
}

fn nodes(found: &Value) -> &Vec<Value> {
    found["nodes"].as_array().expect("nodes")
}

/// What one contact is counted by.
#[derive(Debug, Clone)]
struct Geteld {
    dag: u32,
    kanaal: &'static str,
    team: usize,
    resultaat: Option<&'static str>,
    taak: bool,
}

fn geteld() -> impl Strategy<Value = Geteld> {
    let resultaat = prop::option::of(prop::sample::select(vec!["beantwoord", "doorverbonden"]));
    let kanaal = prop::sample::select(KANALEN.to_vec());
    (1..29_u32, kanaal, 0..2_usize, resultaat, any::<bool>()).prop_map(
        |(dag, kanaal, team, resultaat, taak)| Geteld { dag, kanaal, team, resultaat, taak },
    )
}

impl Geteld {
    fn body(&self, teams: [Uuid; 2]) -> Value {
        let taak = json!({ "gevraagdeHandeling": "Bellen",
            "toegewezenAanActoren": [teams[self.team]] });
        let metadata = match self.resultaat {
            Some(resultaat) => json!({ "gespreksresultaat": resultaat }),
            None => json!({}),
        };
        let ook = json!({
            "metadata": metadata,
            "interneTaken": if self.taak { vec![taak] } else { Vec::new() },
        });
        let op = format!("2026-01-{:02}T12:00:00Z", self.dag);
        contact(self.kanaal, &op, teams[self.team], ook)
    }

    fn value(&self, kenmerk: &str) -> Value {
        match kenmerk {
            "KANAAL" => json!(self.kanaal),
            "RICHTING" => json!("INKOMEND"),
            "TEAM" => json!(["Burgerzaken", "Zorg"][self.team]),
            _ => json!(self.resultaat),
        }
    }
}

fn field(kenmerk: &str) -> String {
    kenmerk.to_lowercase()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cells_of_any_grouping_are_the_counts_of_the_rows() {
    let app = App::start_with(exact()).await;
    let teams = [team(&app, "Burgerzaken").await, team(&app, "Zorg").await];
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let all = prop::collection::vec(geteld(), CONTACTEN).new_tree(&mut runner).expect("contacts");
    let all = all.current();
    for contact in &all {
        app.post("/klantcontacten", contact.body(teams)).await;
    }
    let groepen = prop::sample::subsequence(KENMERKEN.to_vec(), 0..=3);
    let vraag = (groepen, prop::option::of(Just("DAG")));
    for _ in 0..VRAGEN {
        let (groepen, interval) = vraag.new_tree(&mut runner).expect("a question").current();
        let mut expected: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for contact in &all {
            let dag = interval.map(|_| format!("2026-01-{:02}", contact.dag));
            let values: Vec<Value> = groepen.iter().map(|it| contact.value(it)).collect();
            let counted = expected.entry(json!([dag, values]).to_string()).or_default();
            counted.0 += 1;
            counted.1 += i64::from(!contact.taak);
        }
        let found = kanaalgebruik(&app, &groepen, interval).await;
        assert_eq!(found["onderdrukt"], false);
        let mut seen = BTreeMap::new();
        for node in nodes(&found) {
            let values: Vec<&Value> = groepen.iter().map(|it| &node[field(it)]).collect();
            let aantal = node["aantal"].as_i64().expect("a count");
            let pct = node["eersteContactOplossingPct"].as_i64().expect("a part");
            seen.insert(json!([node["vanaf"], values]).to_string(), (aantal, pct));
        }
        let expected: BTreeMap<String, (i64, i64)> = expected
            .into_iter()
            .map(|(key, (all, solved))| (key, (all, (solved * 100 + all / 2) / all)))
            .collect();
        assert_eq!(seen, expected, "{groepen:?} {interval:?}");
        let sum: i64 = seen.values().map(|(aantal, _)| aantal).sum();
        assert_eq!(usize::try_from(sum), Ok(CONTACTEN));
    }
}

/// Registers so many contacts by each channel, for one team.
async fn many(app: &App, aantallen: [usize; 3]) -> Uuid {
    let team = team(app, "Burgerzaken").await;
    for (kanaal, aantal) in KANALEN.into_iter().zip(aantallen) {
        for _ in 0..aantal {
            let body = contact(kanaal, "2026-01-15T12:00:00Z", team, json!({}));
            app.post("/klantcontacten", body).await;
        }
    }
    team
}

#[tokio::test]
async fn small_cells_are_left_out_and_do_not_follow_from_a_total() {
    let app = App::start().await;
    many(&app, [33, 12, 4]).await;
    let found = kanaalgebruik(&app, &["KANAAL"], None).await;
    // With email alone left out, it would be the total less the others: balie goes with it.
    assert_eq!(found["onderdrukt"], true);
    assert_eq!(nodes(&found).len(), 1, "{found:#}");
    let telefoon = &nodes(&found)[0];
    assert_eq!((&telefoon["kanaal"], &telefoon["aantal"]), (&json!("telefoon"), &json!(35)));
    assert_eq!(telefoon["gemiddeldeGespreksduur"], 120.0);
    assert_eq!(
        (&telefoon["geluktPct"], &telefoon["eersteContactOplossingPct"]),
        (&json!(100), &json!(100))
    );
    let total = kanaalgebruik(&app, &[], None).await;
    assert_eq!((&nodes(&total)[0]["aantal"], &total["onderdrukt"]), (&json!(50), &json!(false)));
    for secret in ["Karel", "Persoonlijk", "email", "balie"] {
        assert!(!found.to_string().contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn what_is_measured_over_few_is_not_told() {
    let app = App::start().await;
    let team = many(&app, [12, 0, 0]).await;
    for _ in 0..12 {
        let unknown = json!({ "indicatieContactGelukt": "onbekend", "metadata": {} });
        let body = contact("balie", "2026-01-15T12:00:00Z", team, unknown);
        app.post("/klantcontacten", body).await;
    }
    let nine = json!({ "metadata": { "gespreksduur": "7" }, "indicatieContactGelukt": "nee" });
    for _ in 0..9 {
        let body = contact("balie", "2026-01-15T12:00:00Z", team, nine.clone());
        app.post("/klantcontacten", body).await;
    }
    let found = kanaalgebruik(&app, &["KANAAL"], None).await;
    let balie = nodes(&found).iter().find(|node| node["kanaal"] == "balie").expect("balie");
    assert_eq!(balie["aantal"], 20);
    for measure in ["geluktPct", "gemiddeldeGespreksduur"] {
        assert_eq!(balie[measure], Value::Null, "nine have it: {balie:#}");
    }
}

#[tokio::test]
async fn days_are_those_of_the_netherlands_and_metadata_only_what_is_allowed() {
    let app = App::start_with(exact()).await;
    let team = team(&app, "Burgerzaken").await;
    // Half past midnight on the first of February, and so no longer January.
    for op in ["2026-01-31T23:30:00Z", "2025-12-31T23:30:00Z", "2026-01-04T22:00:00Z"] {
        app.post("/klantcontacten", contact("balie", op, team, json!({}))).await;
    }
    for (interval, expected) in [
        ("DAG", ["2026-01-01", "2026-01-04"]),
        ("WEEK", ["2025-12-29", ""]),
        ("MAAND", ["2026-01-01", ""]),
    ] {
        let found = kanaalgebruik(&app, &[], Some(interval)).await;
        let days: Vec<&Value> = nodes(&found).iter().map(|node| &node["vanaf"]).collect();
        let expected: Vec<&str> = expected.into_iter().filter(|day| !day.is_empty()).collect();
        assert_eq!(days, expected, "{interval}");
    }
    let stored: Vec<String> = sqlx::query_scalar("SELECT f::text FROM read_side.contactfeiten f")
        .fetch_all(app.pool())
        .await
        .expect("rows");
    assert!(stored.iter().all(|row| !row.contains("Karel") && !row.contains("onderwerp")));
    for wrong in [
        json!({ "p": january(), "g": [], "m": ["vraag"] }),
        json!({ "p": january(), "g": KENMERKEN }),
        json!({ "p": january(), "g": ["TEAM", "TEAM"] }),
        json!({ "p": { "vanaf": "2026-01-01", "tot": "2026-01-01" } }),
    ] {
        let answer = app.try_ask(&Persona::analist(), KANAAL, wrong).await;
        assert_eq!(code(&answer), "ONGELDIGE_INVOER", "{answer:#}");
        assert!(!answer.to_string().contains("vraag"), "{answer:#}");
    }
}

/// A taak whose contact was at a moment and that was handled at another.
async fn handled(app: &App, team: Uuid, op: &str, done: &str) -> Uuid {
    let taken = json!([{ "gevraagdeHandeling": "Bel Karel", "toegewezenAanActoren": [team] }]);
    let body = contact("telefoon", op, team, json!({ "interneTaken": taken }));
    let taak = app.post("/klantcontacten", body).await.nth("interneTaak", 0);
    let path = format!("/interne-taken/{taak}/afhandelingen");
    app.post(&path, json!({ "afgehandeldOp": done })).await;
    taak
}

async fn doorlooptijden(app: &App, who: &Persona, groepen: &[&str]) -> Value {
    let variables = json!({ "p": january(), "g": groepen });
    app.ask(who, DOORLOOP, variables).await["doorlooptijden"].clone()
}

#[tokio::test]
async fn a_weekend_does_not_count_and_what_is_passed_on_counts_where_it_is_done() {
    let app = App::start_with(exact()).await;
    let (een, ander) = (team(&app, "Burgerzaken").await, team(&app, "Zorg").await);
    // From Friday to Monday: 24 hours on working days; within the term of 48. The other takes 72.
    handled(&app, een, "2026-01-09T11:00:00Z", "2026-01-12T11:00:00Z").await;
    handled(&app, een, "2026-01-12T11:00:00Z", "2026-01-15T11:00:00Z").await;
    let again = handled(&app, een, "2026-01-19T11:00:00Z", "2026-01-19T11:00:00Z").await;
    app.post(&format!("/interne-taken/{again}/heropeningen"), json!({ "reden": "x" })).await;
    let found = doorlooptijden(&app, &Persona::analist(), &["TEAM"]).await;
    assert_eq!(nodes(&found)[0]["aantal"], 2, "what is open again is not done: {found:#}");
    let done = json!({ "afgehandeldOp": "2026-01-20T11:00:00Z" });
    app.post(&format!("/interne-taken/{again}/afhandelingen"), done).await;
    let body = contact(
        "balie",
        "2026-01-09T11:00:00Z",
        een,
        json!({ "interneTaken": [{ "gevraagdeHandeling": "x", "toegewezenAanActoren": [een] }] }),
    );
    let passed = app.post("/klantcontacten", body).await.nth("interneTaak", 0);
    let on =
        json!({ "nieuweTaak": { "gevraagdeHandeling": "y", "toegewezenAanActoren": [ander] } });
    app.post(&format!("/interne-taken/{passed}/doorsturingen"), on).await;

    let found = doorlooptijden(&app, &Persona::analist(), &["TEAM", "KANAAL"]).await;
    let expected = json!([{ "vanaf": null, "team": "Burgerzaken", "kanaal": "telefoon",
        "gevraagdeHandeling": null, "aantal": 3, "p50Uren": 24.0, "p90Uren": 62.4,
        "binnenTermijnPct": 67, "heropend": 1 }]);
    assert_eq!(found["nodes"], expected);
    let by_text = doorlooptijden(&app, &Persona::analist(), &["GEVRAAGDE_HANDELING"]).await;
    assert!(!by_text.to_string().contains("Karel"), "a text is no code: {by_text:#}");
    let lead = |team| Persona::teamleider(&[team]);
    assert_eq!(doorlooptijden(&app, &lead(een), &["TEAM", "KANAAL"]).await, found);
    assert_eq!(doorlooptijden(&app, &lead(ander), &["TEAM"]).await["nodes"], json!([]));
}

#[tokio::test]
async fn other_audiences_are_refused() {
    let app = App::start().await;
    let p = json!({ "p": january() });
    let others = [
        Persona::kcc(),
        Persona::behandelaar(&["*"]),
        Persona::burger("999990019"),
        Persona::outputmanagement(),
        Persona::systeem(),
        Persona::systeem().claim("rollen", json!(["beheerder"])),
    ];
    for (query, who) in others.iter().flat_map(|who| [(KANAAL, who), (DOORLOOP, who)]) {
        let answer = app.try_ask(who, query, p.clone()).await;
        assert_eq!(code(&answer), "ONBEKEND_VELD", "{answer:#}");
    }
    let lead = Persona::teamleider(&[Uuid::nil()]);
    assert_eq!(code(&app.try_ask(&lead, KANAAL, p.clone()).await), "ONBEKEND_VELD");
    for (query, field) in [(KANAAL, "kanaalgebruik"), (DOORLOOP, "doorlooptijden")] {
        let data = app.ask(&Persona::analist(), query, p.clone()).await;
        assert_eq!(data[field], json!({ "nodes": [], "onderdrukt": false }));
    }
}
