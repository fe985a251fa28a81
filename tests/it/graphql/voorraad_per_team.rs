//! voorraadPerTeam: what stands with the teams that somebody leads, what came and what went, now
//! and at any moment before; and nothing of a klant.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::code;
use crate::support::{Answer, App, Persona};

const QUERY: &str = "query($teams: [ID!], $periode: Periode, $peildatum: DateTime) {
    voorraadPerTeam(teams: $teams, periode: $periode, peildatum: $peildatum) { peildatum vanaf tot
      teams { team { naam } open verlopen bijnaVerlopen zonderBehandelaar oudsteContactOp instroom
        uitstroom behandelaars { behandelaar { naam } open verlopen instroom uitstroom } } } }";

/// Two teams and a medewerker.
struct Scene {
    app: App,
    team: Uuid,
    ander: Uuid,
    nicole: Uuid,
}

async fn scene() -> Scene {
    scene_of(App::start().await).await
}

async fn scene_of(app: App) -> Scene {
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Burgerzaken" })).await.id();
    let ander = app.post("/organisatorische-eenheden", json!({ "naam": "Zorg" })).await.id();
    let nicole = json!({ "naam": "Nicole", "functie": "KCC", "telefoonnummer": "0340232221" });
    let nicole = app.post("/medewerkers", nicole).await.id();
    Scene { app, team, ander, nicole }
}

/// A contact at a moment (now, if none is said), with a taak for these actoren; gives the taak.
async fn taak(app: &App, op: Option<&str>, actoren: &[Uuid]) -> Uuid {
    let mut body = json!({
        "kanaal": "telefoon", "onderwerp": "Paspoort", "inhoud": "geheim", "actoren": [actoren[0]],
        "betrokkenen": [{ "rol": "klant", "initiator": true,
            "contactnaam": { "voornaam": "Karel" } }],
        "interneTaken": [{ "gevraagdeHandeling": "Bel terug", "toegewezenAanActoren": actoren }],
    });
    if let Some(op) = op {
        body["plaatsgevondenOp"] = json!(op);
    }
    app.post("/klantcontacten", body).await.nth("interneTaak", 0)
}

async fn on_taak(app: &App, taak: Uuid, wat: &str, body: Value) -> Answer {
    app.post(&format!("/interne-taken/{taak}/{wat}"), body).await
}

/// How one team stands.
async fn stand(app: &App, team: Uuid, variables: Value) -> Value {
    let data = app.ask(&Persona::teamleider(&[team]), QUERY, variables).await;
    let teams = data["voorraadPerTeam"]["teams"].as_array().expect("teams").clone();
    assert_eq!(teams.len(), 1, "{data:#}");
    teams[0].clone()
}

fn counts(stand: &Value) -> [i64; 4] {
    ["open", "zonderBehandelaar", "instroom", "uitstroom"]
        .map(|name| stand[name].as_i64().unwrap_or_else(|| panic!("{name}: {stand:#}")))
}

/// The moment now, and a while in which nothing else has the same.
fn moment(app: &App) -> DateTime<Utc> {
    app.clock.now()
}

#[tokio::test]
async fn what_comes_goes_and_is_opened_again_is_counted_at_every_moment() {
    let Scene { app, team, ander, nicole } = scene().await;
    let begin = moment(&app);
    let first = taak(&app, None, &[team]).await;
    taak(&app, None, &[team, nicole]).await;
    let two = moment(&app);
    on_taak(&app, first, "toewijzingen", json!({ "toegewezenAanActoren": [team, nicole] })).await;
    let within = moment(&app);
    on_taak(&app, first, "afhandelingen", json!({})).await;
    let done = moment(&app);
    on_taak(&app, first, "heropeningen", json!({ "reden": "Niet gebeld" })).await;
    let again = moment(&app);
    on_taak(&app, first, "toewijzingen", json!({ "toegewezenAanActoren": [ander] })).await;

    let mut before = 0;
    for (peil, open, zonder) in
        [(begin, 0, 0), (two, 2, 1), (within, 2, 0), (done, 1, 0), (again, 2, 0)]
    {
        let variables = json!({ "peildatum": peil,
            "periode": { "vanaf": begin, "tot": peil } });
        let [found, without, came, went] = counts(&stand(&app, team, variables).await);
        assert_eq!((found, without), (open, zonder), "at {peil}");
        assert_eq!(found, came - went, "at {peil}");
        before += 1;
    }
    assert_eq!(before, 5);
    let now = stand(&app, team, json!({})).await;
    // Two new ones and one that was opened again came; one that was done and one passed on went.
    assert_eq!(counts(&now), [1, 0, 3, 2]);
    let nicole = json!([{ "behandelaar": { "naam": "Nicole" }, "open": 1, "verlopen": 0,
        "instroom": 3, "uitstroom": 2 }]);
    assert_eq!(now["behandelaars"], nicole);
    let other = stand(&app, ander, json!({})).await;
    assert_eq!((counts(&other), &other["behandelaars"]), ([1, 1, 1, 0], &json!([])));
}

#[tokio::test]
async fn what_is_late_is_seen_from_the_peildatum() {
    let Scene { app, team, .. } = scene().await;
    taak(&app, Some("2026-03-02T09:00:00Z"), &[team]).await;
    taak(&app, None, &[team]).await;
    let found = stand(&app, team, json!({})).await;
    assert_eq!((&found["open"], &found["verlopen"]), (&json!(2), &json!(1)));
    assert_eq!(found["oudsteContactOp"], "2026-03-02T09:00:00Z");
    // A stock of before anything was registered has nothing, however old the contact.
    let early = stand(&app, team, json!({ "peildatum": "2026-03-10T09:00:00Z" })).await;
    assert_eq!((&early["open"], &early["oudsteContactOp"]), (&json!(0), &Value::Null));
}

#[tokio::test]
async fn only_teams_of_the_token_are_there_and_nothing_of_a_klant() {
    let Scene { app, team, ander, nicole } = scene().await;
    taak(&app, None, &[ander, nicole]).await;
    let who = Persona::teamleider(&[team]);
    for teams in [Value::Null, json!([team, ander]), json!([team, "geen sleutel"])] {
        let data = app.ask(&who, QUERY, json!({ "teams": teams })).await;
        let found = data["voorraadPerTeam"]["teams"].as_array().expect("teams");
        assert_eq!((found.len(), counts(&found[0])), (1, [0, 0, 0, 0]), "{data:#}");
    }
    let data = app.ask(&who, QUERY, json!({ "teams": [ander] })).await;
    assert_eq!(data["voorraadPerTeam"]["teams"], json!([]));
    // A medewerker is no team, also when a token says so.
    let data = app.ask(&Persona::teamleider(&[nicole]), QUERY, json!({})).await;
    assert_eq!(data["voorraadPerTeam"]["teams"], json!([]));
    let text = app.ask(&Persona::teamleider(&[ander]), QUERY, json!({})).await.to_string();
    for secret in ["Karel", "geheim", "Bel terug", "Paspoort"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn the_municipality_decides_whether_medewerkers_are_named() {
    let analyse = graphql::Analyse { per_behandelaar: false, ..Default::default() };
    let settings = graphql::Settings { analyse, ..Default::default() };
    let Scene { app, team, nicole, .. } = scene_of(App::start_with(settings).await).await;
    taak(&app, None, &[team, nicole]).await;
    let found = stand(&app, team, json!({})).await;
    assert_eq!((counts(&found), &found["behandelaars"]), ([1, 0, 1, 0], &json!([])));
    assert!(!found.to_string().contains("Nicole"), "{found:#}");
}

#[tokio::test]
async fn other_audiences_and_a_peildatum_to_come_are_refused() {
    let Scene { app, team, .. } = scene().await;
    for who in [
        Persona::kcc().with(&[team], &[]),
        Persona::behandelaar(&["*"]).with(&[team], &[]),
        Persona::burger("999990019"),
        Persona::analist(),
        Persona::outputmanagement(),
        Persona::systeem(),
        Persona::systeem().claim("rollen", json!(["beheerder"])),
    ] {
        let answer = app.try_ask(&who, QUERY, json!({})).await;
        assert_eq!(code(&answer), "ONBEKEND_VELD", "{answer:#}");
    }
    for wrong in [
        json!({ "peildatum": "2999-01-01T00:00:00Z" }),
        json!({ "periode": { "vanaf": "2026-02-01T00:00:00Z", "tot": "2026-01-01T00:00:00Z" } }),
    ] {
        let answer = app.try_ask(&Persona::teamleider(&[team]), QUERY, wrong).await;
        assert_eq!(code(&answer), "ONGELDIGE_INVOER", "{answer:#}");
    }
}
