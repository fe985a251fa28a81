//! Bewaaroverzicht: what may go and when, what is nobody's; for the archivist, without names.

use std::collections::BTreeSet;

use chrono::Months;
use read_side::bewaaroverzicht::Bewaartermijnen;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{App, Persona};

const QUERY: &str = "query($soort: Bewaarsoort!, $peildatum: Date, $wees: Boolean) {
    bewaaroverzicht(soort: $soort, peildatum: $peildatum, weesrisico: $wees) { totaal nodes {
        objectId nummer laatsteGebruik zaakGekoppeld bewaargrond vernietigenVanaf weesrisico } } }";

async fn start() -> App {
    App::start_with(graphql::Settings {
        bewaartermijnen: Bewaartermijnen { klantcontact: Some(Months::new(12)), partij: None },
        ..graphql::Settings::default()
    })
    .await
}

async fn klant(app: &App) -> Uuid {
    app.post("/personen", json!({ "contactnaam": { "achternaam": "Geheim" } })).await.id()
}

/// A contact of a moment, with these klanten and somebody who is not known.
fn contact(op: &str, team: Uuid, klanten: &[Uuid]) -> Value {
    let klant = |id: Option<&Uuid>| {
        json!({ "rol": "klant", "initiator": false, "wasPartij": id,
                "contactnaam": { "achternaam": "Geheim" } })
    };
    let klanten = klanten.iter().map(Some).chain([None]);
    json!({
        "kanaal": "telefoon", "onderwerp": "Geheim", "plaatsgevondenOp": op, "actoren": [team],
        "betrokkenen": klanten.map(klant).collect::<Vec<_>>(),
    })
}

fn about_a_zaak(mut contact: Value) -> Value {
    contact["onderwerpobjecten"] = json!([{ "onderwerpobjectidentificator": {
        "objectId": "ZAAK-1", "codeObjecttype": "zaak", "codeSoortObjectId": "zaakidentificatie",
        "codeRegister": "zakenregister" } }]);
    contact
}

async fn ask(app: &App, variables: Value) -> Vec<Value> {
    let data = app.ask(&Persona::archivaris(), QUERY, variables).await;
    let nodes = data["bewaaroverzicht"]["nodes"].as_array().expect("nodes").clone();
    assert_eq!(data["bewaaroverzicht"]["totaal"], nodes.len());
    nodes
}

/// What is said of one object.
fn of(nodes: &[Value], id: Uuid) -> Value {
    let found = nodes.iter().find(|node| node["objectId"] == json!(id));
    let mut found = found.unwrap_or_else(|| panic!("no {id} in {nodes:#?}")).clone();
    let fields = found.as_object_mut().expect("an object");
    fields.remove("objectId");
    fields.remove("nummer");
    found
}

#[tokio::test]
async fn what_may_go_follows_its_term_its_zaak_or_what_is_still_to_do() {
    let app = start().await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let (jan, nobody) = (klant(&app).await, klant(&app).await);
    let plain = contact("2024-02-29T12:00:00Z", team, &[jan]);
    let plain = app.post("/klantcontacten", plain).await.id();
    let zaak = about_a_zaak(contact("2024-03-02T12:00:00Z", team, &[]));
    let zaak = app.post("/klantcontacten", zaak).await.id();
    let loose = contact("2024-03-01T12:00:00Z", team, &[]);
    let loose = app.post("/klantcontacten", loose).await.id();

    let contacten = ask(&app, json!({ "soort": "KLANTCONTACT" })).await;
    let order: Vec<&Value> = contacten.iter().map(|node| &node["objectId"]).collect();
    assert_eq!(order, [&json!(plain), &json!(loose), &json!(zaak)]);
    let said = |last: &str, zaak: bool, grond: &str, vanaf: Option<&str>, wees: bool| {
        json!({ "laatsteGebruik": last, "zaakGekoppeld": zaak, "bewaargrond": grond,
                "vernietigenVanaf": vanaf, "weesrisico": wees })
    };
    let term = said("2024-02-29T12:00:00Z", false, "TERMIJN", Some("2025-02-28"), false);
    assert_eq!(of(&contacten, plain), term);
    let of_zaak = said("2024-03-02T12:00:00Z", true, "ZAAK", None, false);
    assert_eq!(of(&contacten, zaak), of_zaak);
    let orphan = said("2024-03-01T12:00:00Z", false, "TERMIJN", Some("2025-03-01"), true);
    assert_eq!(of(&contacten, loose), orphan);

    let partijen = ask(&app, json!({ "soort": "PARTIJ" })).await;
    // No term was decided for partijen.
    let used = said("2024-02-29T12:00:00Z", false, "ONBEPAALD", None, false);
    assert_eq!(of(&partijen, jan), used);
    let never = json!({ "laatsteGebruik": null, "zaakGekoppeld": false, "bewaargrond": "ONBEPAALD",
                        "vernietigenVanaf": null, "weesrisico": true });
    assert_eq!(of(&partijen, nobody), never);

    let ids = |nodes: Vec<Value>| -> BTreeSet<String> {
        nodes.iter().map(|node| node["objectId"].as_str().expect("a key").to_owned()).collect()
    };
    for (variables, expected) in [
        (json!({ "soort": "KLANTCONTACT", "peildatum": "2025-02-27" }), &[][..]),
        (json!({ "soort": "KLANTCONTACT", "peildatum": "2025-02-28" }), &[plain]),
        (json!({ "soort": "KLANTCONTACT", "peildatum": "2030-01-01" }), &[plain, loose]),
        (json!({ "soort": "KLANTCONTACT", "wees": true }), &[loose]),
        (json!({ "soort": "PARTIJ", "peildatum": "2030-01-01" }), &[]),
        (json!({ "soort": "PARTIJ", "wees": true }), &[nobody]),
    ] {
        let found = ids(ask(&app, variables.clone()).await);
        assert_eq!(found, expected.iter().map(Uuid::to_string).collect(), "{variables}");
    }
}

#[tokio::test]
async fn what_follows_later_counts_as_use_and_keeps_while_it_is_to_do() {
    let app = start().await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let jan = klant(&app).await;
    let mut body = contact("2020-01-01T12:00:00Z", team, &[jan]);
    body["interneTaken"] = json!([{ "gevraagdeHandeling": "Bel", "toegewezenAanActoren": [team] }]);
    let made = app.post("/klantcontacten", body).await;
    let grond = |nodes: &[Value], id| of(nodes, id)["bewaargrond"].clone();
    for (soort, id) in [("KLANTCONTACT", made.id()), ("PARTIJ", jan)] {
        let nodes = ask(&app, json!({ "soort": soort })).await;
        assert_eq!(grond(&nodes, id), "OPEN_CONTACTVERZOEK");
    }
    let taak = made.nth("interneTaak", 0);
    app.post(&format!("/interne-taken/{taak}/afhandelingen"), json!({})).await;
    let nodes = ask(&app, json!({ "soort": "KLANTCONTACT" })).await;
    assert_eq!(grond(&nodes, made.id()), "TERMIJN");
    let year = |node: &Value| node["laatsteGebruik"].as_str().expect("a moment")[..4].to_owned();
    assert_ne!(year(&of(&nodes, made.id())), "2020");
    let nodes = ask(&app, json!({ "soort": "PARTIJ" })).await;
    assert_ne!(year(&of(&nodes, jan)), "2020");
}

#[tokio::test]
async fn all_pages_together_are_all_objects_also_those_never_used() {
    let app = start().await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let mut all = BTreeSet::new();
    for index in 0..7 {
        let jan = klant(&app).await;
        all.insert(jan.to_string());
        if index % 2 == 0 {
            // Several at the same moment: then the key decides.
            app.post("/klantcontacten", contact("2024-03-01T12:00:00Z", team, &[jan])).await;
        }
    }
    let query = "query($first: Int!, $na: String) { bewaaroverzicht(soort: PARTIJ, first: $first,
        after: $na) { nodes { objectId } pageInfo { hasNextPage endCursor } } }";
    for first in 1..=8 {
        let (mut found, mut na) = (Vec::new(), Value::Null);
        loop {
            let variables = json!({ "first": first, "na": na });
            let data = app.ask(&Persona::archivaris(), query, variables).await;
            let page = &data["bewaaroverzicht"];
            let nodes = page["nodes"].as_array().expect("nodes");
            found.extend(
                nodes.iter().map(|node| node["objectId"].as_str().expect("a key").to_owned()),
            );
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            na = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(found.len(), all.len(), "pages of {first}");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), all, "pages of {first}");
    }
}

#[tokio::test]
async fn only_an_archivist_sees_it_and_no_name_is_in_it() {
    let app = start().await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let jan = klant(&app).await;
    app.post("/klantcontacten", contact("2024-03-01T12:00:00Z", team, &[jan])).await;
    for who in [
        Persona::kcc(),
        Persona::behandelaar(&["*"]),
        Persona::burger("999990019"),
        Persona::outputmanagement(),
        Persona::kcc().claim("rollen", json!(["beheerder", "analist"])),
    ] {
        let answer = app.try_ask(&who, QUERY, json!({ "soort": "PARTIJ" })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "ONBEKEND_VELD", "{who:?}");
        assert_eq!(answer["data"], Value::Null);
    }
    for soort in ["PARTIJ", "KLANTCONTACT"] {
        let nodes = Value::from(ask(&app, json!({ "soort": soort })).await).to_string();
        assert!(nodes.contains("objectId") && !nodes.contains("Geheim"), "{nodes}");
    }
}
