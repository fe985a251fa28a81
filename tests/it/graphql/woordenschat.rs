//! One vocabulary: the spellings of a zaak are one zaak, and the actoren of one human are one.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::projection::tables::assert_as_log;
use crate::support::{App, Persona};

const ZAAK: &str = "a7b3c8d9-e4f5-4a7b-8c9d-e0f1a2b3c4d5";
const NUMMER: &str = "ZAAK-2026-7";

/// A link as a client spells it.
fn link((objecttype, register, soort, id): (&str, &str, &str, &str)) -> Value {
    json!({ "onderwerpobjectidentificator": { "codeObjecttype": objecttype,
        "codeRegister": register, "codeSoortObjectId": soort, "objectId": id } })
}

async fn contact(app: &App, actor: Uuid, links: &[(&str, &str, &str, &str)]) -> Uuid {
    let links: Vec<Value> = links.iter().copied().map(link).collect();
    let body = json!({ "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [actor],
        "betrokkenen": [{ "rol": "klant", "initiator": true }], 
        "onderwerpobjecten": links });
    app.post("/klantcontacten", body).await.id()
}

async fn medewerker(app: &App, naam: &str, email: Option<&str>, nummer: Option<&str>) -> Uuid {
    let mut body =
        json!({ "naam": naam, "functie": "Behandelaar", "telefoonnummer": "0340232221" });
    if let Some(email) = email {
        body["emailadres"] = json!(email);
    }
    if let Some(nummer) = nummer {
        body["actoridentificator"] = key("medewerker", nummer);
    }
    app.post("/medewerkers", body).await.id()
}

fn key(objecttype: &str, id: &str) -> Value {
    json!({ "codeObjecttype": objecttype, "codeRegister": "adressenboek",
        "codeSoortObjectId": "nummer", "objectId": id })
}

/// A service with the codes that other clients use.
async fn app() -> App {
    let app = App::start().await;
    for (path, code) in [
        ("/soorten-object", "zgw-Zaak"),
        ("/soorten-object", "team"),
        ("/externe-registers", "openzaak"),
        ("/externe-registers", "adressenboek"),
        ("/soorten-extern-id", "identificatie"),
        ("/soorten-extern-id", "nummer"),
    ] {
        app.post(path, json!({ "code": code, "naam": code })).await;
    }
    app
}

#[tokio::test]
async fn a_zaak_is_one_however_clients_spell_the_link_to_it() {
    let app = app().await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let upper = ZAAK.to_uppercase();
    let kiss = ("zgw-Zaak", "openzaak", "uuid", upper.as_str());
    let standard = ("zaak", "zakenregister", "uuid", ZAAK);
    let contacts = [
        contact(&app, team, &[kiss]).await,
        contact(&app, team, &[standard, kiss]).await,
        contact(&app, team, &[("zaak", "zakenregister", "identificatie", NUMMER)]).await,
        contact(&app, team, &[("zaak", "zakenregister", "zaakidentificatie", NUMMER)]).await,
    ];
    let other = ("onroerende_zaak", "brk", "onroerende_zaak_identificatie", "1");
    contact(&app, team, &[other]).await;
    let query =
        "query($zaak: ZaakRef!) { zaakContacthistorie(zaak: $zaak, volgorde: OUDSTE_EERST) {
        totaal nodes { contactId zaken { uuid identificatie } overigeOnderwerpen { id } } } }";
    let who = Persona::behandelaar(&[ZAAK, NUMMER]);
    for (zaak, expected) in [
        (json!({ "uuid": ZAAK }), &contacts[..2]),
        (json!({ "identificatie": NUMMER }), &contacts[2..]),
        (json!({ "uuid": ZAAK, "identificatie": NUMMER }), &contacts[..]),
    ] {
        let found = app.ask(&who, query, json!({ "zaak": zaak })).await;
        let found = &found["zaakContacthistorie"];
        let nodes = found["nodes"].as_array().expect("nodes");
        let mut ids: Vec<Uuid> = nodes
            .iter()
            .map(|node| node["contactId"].as_str().and_then(|id| id.parse().ok()).expect("a key"))
            .collect();
        ids.sort_unstable();
        assert_eq!(ids, expected, "{zaak}");
        assert_eq!(found["totaal"], expected.len(), "{zaak}");
        for node in nodes {
            assert_eq!(node["zaken"].as_array().map(Vec::len), Some(1), "{node}");
            assert_eq!(node["overigeOnderwerpen"], json!([]), "{node}");
        }
    }
    assert_as_log(app.pool()).await;
}

const WERK: &str = "query($voor: WerkvoorraadVoor!) { werkvoorraad(voor: $voor) {
    totaal nodes { taakId behandelaars { medewerkerId naam } teams { teamId } } } }";

/// A taak that is assigned to these.
async fn taak(app: &App, actoren: &[Uuid]) -> Uuid {
    let body = json!({ "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [actoren[0]],
        "betrokkenen": [{ "rol": "klant", "initiator": true }], 
        "interneTaken": [{ "gevraagdeHandeling": "Bellen", "toegewezenAanActoren": actoren }] });
    app.post("/klantcontacten", body).await.nth("interneTaak", 0)
}

async fn werk(app: &App, who: &Persona, voor: Value) -> Value {
    app.ask(who, WERK, json!({ "voor": voor })).await["werkvoorraad"].clone()
}

#[tokio::test]
async fn an_employee_recorded_as_three_actoren_has_one_name_and_one_work_list() {
    let app = app().await;
    let eerste = medewerker(&app, "An Bos", Some("An.Bos@example.nl"), None).await;
    let tweede = medewerker(&app, "A. Bos", Some("an.bos@EXAMPLE.nl"), Some("7")).await;
    let derde = medewerker(&app, "Bos", None, Some("7")).await;
    let ander = medewerker(&app, "Cor", Some("cor@example.nl"), None).await;
    let taak = taak(&app, &[tweede, derde]).await;
    let mij = |actor| (Persona::behandelaar(&[]).with(&[], &[actor]), json!({ "mij": true }));
    let own = json!([{ "taakId": taak, "teams": [],
        "behandelaars": [{ "medewerkerId": eerste, "naam": "An Bos" }] }]);
    for actor in [eerste, tweede, derde] {
        let (who, voor) = mij(actor);
        let found = werk(&app, &who, voor).await;
        assert_eq!((&found["nodes"], &found["totaal"]), (&own, &json!(1)));
    }
    let (who, voor) = mij(ander);
    assert_eq!(werk(&app, &who, voor).await["totaal"], 0);
    let query = "query($welk: ContactverzoekRef!) { contactverzoek(welk: $welk) { taakId } }";
    for (actor, seen) in [(eerste, true), (ander, false)] {
        let found = app.ask(&mij(actor).0, query, json!({ "welk": { "taakId": taak } })).await;
        assert_eq!(found["contactverzoek"].is_object(), seen);
    }

    // What tied the first to the others is no longer so.
    let path = format!("/medewerkers/{tweede}/wijzigingen");
    app.post(&path, json!({ "emailadres": "bos@example.nl" })).await;
    let (who, voor) = mij(eerste);
    assert_eq!(werk(&app, &who, voor).await["totaal"], 0);
    let (who, voor) = mij(derde);
    let found = werk(&app, &who, voor).await;
    let leading = json!([{ "medewerkerId": tweede, "naam": "A. Bos" }]);
    assert_eq!(found["nodes"][0]["behandelaars"], leading);
    assert_as_log(app.pool()).await;
}

#[tokio::test]
async fn a_team_recorded_twice_is_one_in_work_lists_and_filters() {
    let app = app().await;
    let mut teams = Vec::new();
    for (naam, nummer) in [("Vergunningen", "1"), ("Afdeling vergunningen", "1"), ("Parkeren", "2")]
    {
        let body = json!({ "naam": naam, "actoridentificator": key("team", nummer) });
        teams.push(app.post("/organisatorische-eenheden", body).await.id());
    }
    let [eerste, tweede, ander] = teams[..] else { panic!("three teams") };
    let taak = taak(&app, &[tweede]).await;
    let who = Persona::behandelaar(&[]).with(&[eerste], &[]);
    for named in [eerste, tweede] {
        let found = werk(&app, &who, json!({ "teams": [named, ander] })).await;
        assert_eq!(found["nodes"][0]["taakId"], json!(taak));
        assert_eq!(found["nodes"][0]["teams"], json!([{ "teamId": eerste }]));
    }
    assert_eq!(werk(&app, &who, json!({ "teams": [ander] })).await["totaal"], 0);

    let jan = app.post("/personen", json!({ "contactnaam": { "voornaam": "Jan" } })).await.id();
    let body = json!({ "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [tweede],
        "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": jan }] });
    app.post("/klantcontacten", body).await;
    let query = "query($voor: Identificatie!, $team: ID) {
        contactgeschiedenis(voor: $voor, filter: { team: $team }) { totaal } }";
    for (team, expected) in [(eerste, 1), (tweede, 1), (ander, 0)] {
        let variables = json!({ "voor": { "klantId": jan }, "team": team });
        let found = app.ask(&Persona::kcc(), query, variables).await;
        assert_eq!(found["contactgeschiedenis"]["totaal"], expected);
    }
}

/// Steps of one history of actoren, and how many of them there are.
const STEPS: u64 = 40;
const ACTOREN: u64 = 12;

#[tokio::test]
async fn who_is_one_follows_every_change_as_if_all_were_projected_anew() {
    let app = app().await;
    let mut actoren = Vec::new();
    // Any sequence does, as long as it is the same in every run.
    let mut number: u64 = 7;
    let mut draw = |below: u64| {
        number =
            number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (number >> 33) % below
    };
    for step in 0..STEPS {
        let email = format!("m{}@example.nl", draw(6));
        let nummer = draw(5).to_string();
        if step < ACTOREN {
            actoren.push(medewerker(&app, "M", Some(&email), Some(&nummer)).await);
        } else {
            let actor = actoren[usize::try_from(draw(ACTOREN)).expect("few")];
            let identificator = if draw(3) == 0 { Value::Null } else { key("medewerker", &nummer) };
            let email = if draw(4) == 0 { Value::Null } else { json!(email) };
            let body = json!({ "emailadres": email, "actoridentificator": identificator });
            app.post(&format!("/medewerkers/{actor}/wijzigingen"), body).await;
        }
        // One at a time now and then, and many at once otherwise.
        if step % 3 == 0 {
            app.settled().await;
        }
    }
    app.settled().await;
    let sql = "SELECT count(DISTINCT hoofd) FROM read_side.actoren";
    let humans: i64 = sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("a count");
    assert!((2..12).contains(&humans), "{humans}");
    assert_as_log(app.pool()).await;
}
