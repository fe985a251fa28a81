//! losseContactverzoeken: found by what an unknown asker gave, whole, and by nothing else.

use read_side::losse_contactverzoeken::{Taakingang, vraag};
use read_side::{Leesrecht, Lezer};
use serde_json::{Value, json};
use uuid::Uuid;

use super::code;
use crate::support::{Answer, App, Persona, plans};

/// Rows beside which reading all of a table would show.
const CROWD: i64 = 20_000;
/// Contactverzoeken with the same address: more than a search gives.
const MANY: usize = 27;

const QUERY: &str =
    "query($zoek: LosZoekIngang!) { losseContactverzoeken(zoek: $zoek) { meer nodes {
    taakId nummer onderwerp status naam telefoon email behandelaars { naam } teams { naam }
    zaak { identificatie } } } }";

async fn team(app: &App) -> Uuid {
    app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id()
}

/// A contact of somebody, with a contactverzoek.
async fn contact(app: &App, team: Uuid, vertrouwelijk: bool, ook: Value) -> Answer {
    let mut betrokkene = json!({ "rol": "klant", "initiator": true,
        "contactnaam": { "voornaam": "Karel" },
        "digitaleAdressen": [
            { "soortDigitaalAdres": "telefoonnummer", "adres": "0612345678" },
            { "soortDigitaalAdres": "email", "adres": "Karel@example.nl" },
        ] });
    let fields = ook.as_object().expect("an object").clone();
    betrokkene.as_object_mut().expect("an object").extend(fields);
    let body = json!({
        "kanaal": "telefoon", "onderwerp": "Tegel", "vertrouwelijk": vertrouwelijk,
        "actoren": [team], "betrokkenen": [betrokkene],
        "interneTaken": [{ "gevraagdeHandeling": "Bellen", "toegewezenAanActoren": [team] }],
    });
    app.post("/klantcontacten", body).await
}

async fn search(app: &App, zoek: Value) -> Value {
    let data = app.ask(&Persona::kcc(), QUERY, json!({ "zoek": zoek })).await;
    data["losseContactverzoeken"].clone()
}

async fn found(app: &App, zoek: Value) -> usize {
    search(app, zoek).await["nodes"].as_array().expect("nodes").len()
}

#[tokio::test]
async fn what_an_unknown_asker_gave_finds_the_contactverzoek_and_shows_little_of_it() {
    let app = App::start().await;
    let team = team(&app).await;
    let kc = contact(&app, team, false, json!({})).await;
    let shown = search(&app, json!({ "email": " KAREL@example.NL" })).await;
    let node = &shown["nodes"][0];
    assert_eq!(node["taakId"], json!(kc.nth("interneTaak", 0)));
    assert_eq!((&node["naam"], &node["onderwerp"]), (&json!("Karel"), &json!("Tegel")));
    assert_eq!(node["telefoon"], "•••678");
    assert_eq!(node["email"], "K•••@•••.nl");
    assert_eq!(node["teams"], json!([{ "naam": "Team" }]));
    for secret in ["0612345678", "example"] {
        assert!(!shown.to_string().contains(secret), "{shown:#}");
    }
    for zoek in [
        json!({ "telefoon": "+31 (0)6 1234 5678" }),
        json!({ "nummer": node["nummer"] }),
        json!({ "nummer": kc.nummer() }),
    ] {
        assert_eq!(search(&app, zoek.clone()).await, shown, "{zoek}");
    }
    for zoek in [
        json!({ "telefoon": "061234567" }),
        json!({ "email": "karel@example.n" }),
        json!({ "nummer": "0612345678" }),
    ] {
        assert_eq!(found(&app, zoek.clone()).await, 0, "{zoek}");
    }
}

#[tokio::test]
async fn a_known_asker_is_not_found_and_one_that_becomes_known_no_longer() {
    let app = App::start().await;
    let team = team(&app).await;
    let jan = app.post("/personen", json!({ "contactnaam": { "voornaam": "Jan" } })).await.id();
    let known = contact(&app, team, false, json!({ "wasPartij": jan, "contactnaam": null })).await;
    let telefoon = json!({ "telefoon": "0612345678" });
    assert_eq!(found(&app, telefoon.clone()).await, 0);
    assert_eq!(found(&app, json!({ "nummer": known.nummer() })).await, 0);
    let unknown = contact(&app, team, false, json!({})).await;
    assert_eq!(found(&app, telefoon.clone()).await, 1);
    let path = format!("/betrokkenen/{}/partijkoppelingen", unknown.nth("betrokkene", 0));
    app.post(&path, json!({ "wasPartij": jan })).await;
    assert_eq!(found(&app, telefoon).await, 0);
}

#[tokio::test]
async fn a_confidential_one_is_found_by_number_only_and_says_nothing() {
    let hidden = graphql::Settings {
        vertrouwelijk: graphql::VertrouwelijkBeleid {
            kcc: graphql::Weergave::Verbergen,
            ..graphql::VertrouwelijkBeleid::default()
        },
        ..graphql::Settings::default()
    };
    for (settings, by_number) in [(graphql::Settings::default(), 1), (hidden, 0)] {
        let app = App::start_with(settings).await;
        let team = team(&app).await;
        let kc = contact(&app, team, true, json!({})).await;
        for zoek in [json!({ "telefoon": "0612345678" }), json!({ "email": "karel@example.nl" })] {
            assert_eq!(found(&app, zoek.clone()).await, 0, "{zoek}");
        }
        let shown = search(&app, json!({ "nummer": kc.nummer() })).await;
        assert_eq!(shown["nodes"].as_array().map(Vec::len), Some(by_number));
        for secret in ["Karel", "678", "Tegel"] {
            assert!(!shown.to_string().contains(secret), "{shown:#}");
        }
    }
}

#[tokio::test]
async fn at_most_25_are_given_the_newest_first() {
    let app = App::start().await;
    let team = team(&app).await;
    let mut last = None;
    for _ in 0..MANY {
        last = Some(contact(&app, team, false, json!({})).await.nth("interneTaak", 0));
    }
    let shown = search(&app, json!({ "email": "karel@example.nl" })).await;
    assert_eq!(shown["nodes"].as_array().map(Vec::len), Some(25));
    assert_eq!((&shown["meer"], &shown["nodes"][0]["taakId"]), (&json!(true), &json!(last)));
}

#[tokio::test]
async fn other_audiences_and_useless_entries_are_refused() {
    let app = App::start().await;
    let team = team(&app).await;
    contact(&app, team, false, json!({})).await;
    let zoek = json!({ "zoek": { "telefoon": "0612345678" } });
    for (who, expected) in [
        (Persona::kcc().claim("doelbinding", Value::Null), "DOELBINDING_VEREIST"),
        (Persona::behandelaar(&["*"]).with(&[team], &[]), "ONBEKEND_VELD"),
        (Persona::burger("999990019"), "ONBEKEND_VELD"),
        (Persona::outputmanagement(), "ONBEKEND_VELD"),
        (Persona::systeem(), "ONBEKEND_VELD"),
        (Persona::systeem().claim("rollen", json!(["analist"])), "ONBEKEND_VELD"),
        (Persona::systeem().claim("rollen", json!(["beheerder"])), "ONBEKEND_VELD"),
    ] {
        let answer = app.try_ask(&who, QUERY, zoek.clone()).await;
        assert_eq!(code(&answer), expected, "{answer:#}");
        assert!(!answer.to_string().contains("Karel"), "{answer:#}");
    }
    for zoek in [json!({ "telefoon": "zeg ik niet" }), json!({ "email": "zeg ik niet" })] {
        let answer = app.try_ask(&Persona::kcc(), QUERY, json!({ "zoek": zoek })).await;
        assert_eq!(code(&answer), "ONGELDIGE_INVOER", "{answer:#}");
        assert!(!answer.to_string().contains("zeg ik"), "{answer:#}");
    }
}

#[tokio::test]
async fn every_entry_is_one_walk_over_one_index() {
    let app = App::start().await;
    let team = team(&app).await;
    contact(&app, team, false, json!({})).await;
    app.settled().await;
    let sql = "INSERT INTO werkvoorraad_g1.taak_ingangen
               SELECT 'email', n::text, gen_random_uuid(), false, '{}' FROM generate_series(1, $1) n";
    sqlx::query(sql).bind(CROWD).execute(app.pool()).await.expect("rows");
    let sql = "ANALYZE werkvoorraad_g1.taak_ingangen";
    sqlx::raw_sql(sql).execute(app.pool()).await.expect("analysed");
    let statement = vraag((Taakingang::Email, "x"), false).sql().as_str().to_owned();
    let (kcc, types) = (Leesrecht::of(Lezer::Kcc), "text, text, bigint");
    for plan in plans(app.pool(), &kcc, &statement, (types, "'email', 'x', 26")).await {
        assert!(plan.contains("using taak_ingangen_pkey"), "{plan}");
        assert!(!plan.contains("Seq Scan") && !plan.contains("Sort"), "{plan}");
    }
}
