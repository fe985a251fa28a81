//! The two keys of a zaak: recorded once however often they are told, corrected, never of two
//! zaken; and then either key finds what the other is linked to.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::projection::tables::assert_as_log;
use crate::support::{App, Persona};

const ZAAK: &str = "a7b3c8d9-e4f5-4a7b-8c9d-e0f1a2b3c4d5";
const ANDERE: &str = "b8c4d9e0-f5a6-4b8c-9d0e-f1a2b3c4d5e6";
const NUMMER: &str = "ZAAK-2026-7";

fn paar(uuid: &str, identificatie: &str) -> Value {
    json!({ "uuid": uuid, "identificatie": identificatie, "codeRegister": "zakenregister" })
}

fn gebruikt(veld: &str) -> (u16, Vec<(String, String)>) {
    (409, vec![(veld.to_owned(), "unique".to_owned())])
}

#[tokio::test]
async fn a_pair_is_recorded_once_and_a_key_is_of_one_zaak() {
    let app = App::start_without_projector().await;
    let first = app.post("/zaaksleutels", paar(ZAAK, NUMMER)).await;
    let path = format!("/zaaksleutels/{}", first.id());
    let told = app.positie().await;
    for same in [paar(ZAAK, NUMMER), paar(&ZAAK.to_uppercase(), "zaak-2026-7")] {
        let again = app.post("/zaaksleutels", same).await;
        assert_eq!((again.id(), &again.body["positie"]), (first.id(), &Value::Null));
    }
    assert_eq!(app.positie().await, told);
    let refused = app.refused("/zaaksleutels", paar(ZAAK, "ZAAK-2026-8")).await;
    assert_eq!(refused, gebruikt("uuid"));
    let refused = app.refused("/zaaksleutels", paar(ANDERE, "zaak-2026-7")).await;
    assert_eq!(refused, gebruikt("identificatie"));

    let other = app.post("/zaaksleutels", paar(ANDERE, "ZAAK-2026-8")).await.id();
    let correctie = json!({ "identificatie": NUMMER, "reden": "verwisseld" });
    let refused = app.refused(&format!("/zaaksleutels/{other}/correcties"), correctie).await;
    assert_eq!(refused, gebruikt("identificatie"));
    let correctie = json!({ "identificatie": "ZAAK-2026-9", "reden": "typefout" });
    let before = app.positie().await;
    app.post(&format!("{path}/correcties"), correctie.clone()).await;
    assert_eq!(app.events_after(before).await, ["ZaaksleutelsGecorrigeerd"]);
    let same = app.post(&format!("{path}/correcties"), correctie).await;
    assert_eq!(same.body["positie"], Value::Null);
    let read = app.get(&path).await;
    assert_eq!(
        (read.headers["etag"].to_str().ok(), &read.body["uuid"]),
        (Some("\"2\""), &json!(ZAAK))
    );
    assert_eq!(read.body["identificatie"], "ZAAK-2026-9");
}

#[tokio::test]
async fn only_who_knows_the_register_of_zaken_may_tell() {
    let app = App::start_without_projector().await;
    let who = Persona::systeem().claim("scope", json!("klantcontacten:registreren"));
    let answer = app.try_post_as(&who, "/zaaksleutels", paar(ZAAK, NUMMER)).await;
    assert_eq!((answer.status.as_u16(), app.positie().await), (403, 0));
}

/// A contact about what these keys name.
async fn contact(app: &App, jan: Uuid, links: &[(&str, &str)]) {
    let links: Vec<Value> = links
        .iter()
        .map(|(soort, key)| {
            json!({ "onderwerpobjectidentificator": { "codeObjecttype": "zaak",
                "codeRegister": "zakenregister", "codeSoortObjectId": soort, "objectId": key } })
        })
        .collect();
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let body = json!({ "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [team],
        "onderwerpobjecten": links, "betrokkenen": [{ "rol": "klant", "initiator": true,
            "wasPartij": jan }] });
    app.post("/klantcontacten", body).await;
}

#[tokio::test]
async fn an_address_that_was_given_for_a_zaak_is_found_by_its_other_key() {
    let app = App::start().await;
    let jan = json!({ "contactnaam": { "voornaam": "Jan" }, "digitaleAdressen": [
        { "soortDigitaalAdres": "email", "adres": "jan@example.nl", "referentie": NUMMER }] });
    let jan = app.post("/personen", jan).await.id();
    contact(&app, jan, &[("uuid", ZAAK)]).await;
    let query = "query($zaak: ZaakRef!) { zaakContacthistorie(zaak: $zaak) {
        zaakspecifiekeContactgegevens { waarde } } }";
    let who = Persona::behandelaar(&[ZAAK]);
    let mut found = Vec::new();
    for _ in 0..2 {
        let data = app.ask(&who, query, json!({ "zaak": { "uuid": ZAAK } })).await;
        found.push(data["zaakContacthistorie"]["zaakspecifiekeContactgegevens"].clone());
        app.post("/zaaksleutels", paar(ZAAK, NUMMER)).await;
    }
    assert_eq!(found, [json!([]), json!([{ "waarde": "jan@example.nl" }])]);
}

const QUERY: &str = "query($zaak: ZaakRef!) { zaakContacthistorie(zaak: $zaak) {
    totaal nodes { zaken { uuid identificatie } } actualiteit { volledig ontbrekendeBronnen } } }";

/// How many contacts, whether that is all, and the zaken of each.
async fn ask(app: &App, key: &str, zaak: Value) -> (i64, bool, Value) {
    let who = Persona::behandelaar(&[key]);
    let found = app.ask(&who, QUERY, json!({ "zaak": zaak })).await["zaakContacthistorie"].clone();
    let missing = &found["actualiteit"]["ontbrekendeBronnen"];
    let whole = found["actualiteit"]["volledig"] == true;
    assert_eq!(*missing, if whole { json!([]) } else { json!(["zaken"]) });
    (found["totaal"].as_i64().expect("a count"), whole, found["nodes"].clone())
}

#[tokio::test]
async fn either_key_finds_what_the_other_is_linked_to_once_the_pair_is_known() {
    let app = App::start().await;
    let jan = app.post("/personen", json!({ "contactnaam": { "voornaam": "Jan" } })).await.id();
    let (uuid, nummer) = (("uuid", ZAAK), ("zaakidentificatie", NUMMER));
    contact(&app, jan, &[uuid]).await;
    contact(&app, jan, &[nummer]).await;
    contact(&app, jan, &[uuid, nummer]).await;
    let by_uuid = || json!({ "uuid": ZAAK });
    let by_nummer = || json!({ "identificatie": NUMMER });
    for (key, zaak, expected) in [
        (ZAAK, by_uuid(), (2, false)),
        (NUMMER, by_nummer(), (2, false)),
        (ZAAK, by_nummer(), (0, false)),
    ] {
        let found = ask(&app, key, zaak).await;
        assert_eq!((found.0, found.1), expected);
    }

    let pair = app.post("/zaaksleutels", paar(ZAAK, NUMMER)).await.id();
    let both = json!({ "uuid": ZAAK, "identificatie": NUMMER });
    for key in [ZAAK, NUMMER] {
        for zaak in [by_uuid(), by_nummer(), both.clone()] {
            let found = ask(&app, key, zaak).await;
            assert_eq!((found.0, found.1), (3, true));
            let nodes = found.2.as_array().expect("nodes");
            assert!(nodes.iter().all(|node| node["zaken"] == json!([both])), "{nodes:?}");
        }
        assert_eq!(ask(&app, "ANDERE", json!({ "uuid": ZAAK })).await.0, 0);
    }
    let query = "query($voor: Identificatie!, $zaak: ZaakRef) {
        klantbeeld(voor: $voor) { samenvatting { zaken { uuid identificatie } } }
        contactgeschiedenis(voor: $voor, filter: { zaak: $zaak }) { totaal } }";
    let variables = json!({ "voor": { "klantId": jan }, "zaak": by_nummer() });
    let found = app.ask(&Persona::kcc(), query, variables).await;
    assert_eq!(found["klantbeeld"]["samenvatting"]["zaken"], json!([both]));
    assert_eq!(found["contactgeschiedenis"]["totaal"], 3);

    // The pair was wrong: the two are again two.
    let correctie = json!({ "uuid": ANDERE, "reden": "andere zaak" });
    app.post(&format!("/zaaksleutels/{pair}/correcties"), correctie).await;
    let found = ask(&app, ZAAK, by_uuid()).await;
    assert_eq!((found.0, found.1), (2, false));
    assert_as_log(app.pool()).await;
}
