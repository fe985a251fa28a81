//! Every criterion finds what it should, and not what it should not.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{BSN, Register, ids};
use crate::support::App;

/// Asserts that each body finds exactly this object.
async fn all_find(app: &App, path: &str, expected: Uuid, bodies: &[Value]) {
    for body in bodies {
        let answer = app.try_post(path, body.clone()).await;
        assert_eq!(ids(&answer), [expected], "{path} {body}");
    }
}

/// Asserts that each body finds nothing.
async fn none_find(app: &App, path: &str, bodies: &[Value]) {
    for body in bodies {
        let answer = app.try_post(path, body.clone()).await;
        assert_eq!(ids(&answer), [] as [Uuid; 0], "{path} {body}");
        assert_eq!(answer.body["volgende"], Value::Null);
    }
}

#[tokio::test]
async fn persons_and_organisations() {
    let Register { app, jan, bakker, piet, .. } = Register::start().await;
    let nummer = |answer: &Value| answer["nummer"].as_str().expect("a number").to_owned();
    let of_jan = nummer(&app.get(&format!("/partijen/{jan}")).await.body);
    all_find(
        &app,
        "/personen/_zoek",
        jan,
        &[
            json!({ "id": jan }),
            json!({ "nummer": of_jan, "indicatieActief": true }),
            json!({ "identificator": { "objectId": BSN } }),
            json!({ "identificator": { "objectId": BSN, "codeSoortObjectId": "bsn",
                "codeObjecttype": "natuurlijk_persoon", "codeRegister": "brp" } }),
            json!({ "digitaalAdres": "JAN@EXAMPLE.NL" }),
            json!({ "digitaalAdres": "06 12345678" }),
            json!({ "postcode": "1234ab", "huisnummer": 12 }),
            json!({ "naam": "vrie", "postcode": "1234 AB" }),
            json!({ "naam": "De Vries", "stad": "Juinen" }),
        ],
    )
    .await;
    none_find(
        &app,
        "/personen/_zoek",
        &[
            json!({ "id": bakker }),
            json!({ "id": jan, "indicatieActief": false }),
            json!({ "identificator": { "objectId": BSN, "codeSoortObjectId": "rsin" } }),
            json!({ "postcode": "1234 AB", "huisnummer": 13 }),
            json!({ "naam": "Vries", "stad": "Elders" }),
            json!({ "naam": "Vri_s", "postcode": "1234 AB" }),
            json!({ "digitaalAdres": "jan@example" }),
        ],
    )
    .await;
    all_find(
        &app,
        "/organisaties/_zoek",
        bakker,
        &[
            json!({ "identificator": { "objectId": "12345678" } }),
            json!({ "identificator": { "objectId": "123456789012" } }),
            json!({ "subIdentificatorVan": { "objectId": "12345678" } }),
            json!({ "naam": "bakkerij 50%_", "stad": "Juinen" }),
        ],
    )
    .await;
    let vestiging = json!({ "subIdentificatorVan": { "objectId": "123456789012" } });
    none_find(&app, "/organisaties/_zoek", &[vestiging, json!({ "id": jan })]).await;
    all_find(
        &app,
        "/partijen/_zoek",
        piet,
        &[
            json!({ "werkteVoorPartij": bakker }),
            json!({ "vertegenwoordigdePartij": jan, "soortPartij": "contactpersoon" }),
        ],
    )
    .await;
    none_find(&app, "/partijen/_zoek", &[json!({ "id": piet, "soortPartij": "persoon" })]).await;
}

#[tokio::test]
async fn actors() {
    let Register { app, nicole, team, .. } = Register::start().await;
    all_find(
        &app,
        "/medewerkers/_zoek",
        nicole,
        &[
            json!({}),
            json!({ "id": nicole }),
            json!({ "naam": "smit" }),
            json!({ "functie": "kcc", "indicatieActief": true }),
            json!({ "emailadres": "Nicole@example.nl" }),
        ],
    )
    .await;
    all_find(
        &app,
        "/organisatorische-eenheden/_zoek",
        team,
        &[json!({ "naam": "smit" }), json!({ "omschrijving": "vergun" })],
    )
    .await;
    none_find(&app, "/geautomatiseerde-actoren/_zoek", &[json!({})]).await;
    none_find(
        &app,
        "/medewerkers/_zoek",
        &[
            json!({ "id": team }),
            json!({ "indicatieActief": false }),
            json!({ "actoridentificator": { "objectId": "n.smit" } }),
        ],
    )
    .await;
    let both = app.try_post("/actoren/_zoek", json!({ "naam": "SMIT" })).await;
    assert_eq!(ids(&both), [team, nicole], "the newest first");
    let units = json!({ "naam": "smit", "soortActor": "organisatorische_eenheid" });
    all_find(&app, "/actoren/_zoek", team, &[units]).await;
}

#[tokio::test]
async fn klantcontacten() {
    let Register { app, nicole, jan, contact, geheim, bakker, .. } = Register::start().await;
    let week = json!({ "plaatsgevondenVanaf": "2024-02-01T11:00:00+01:00",
        "plaatsgevondenTot": "2024-02-08T00:00:00Z" });
    let with = |more: Value| {
        let mut body = week.clone();
        let fields = body.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        body
    };
    all_find(
        &app,
        "/klantcontacten/_zoek",
        contact.id(),
        &[
            week.clone(),
            json!({ "id": contact.id() }),
            json!({ "nummer": contact.nummer() }),
            json!({ "referentienummer": "77" }),
            with(json!({ "kanaal": "email", "vertrouwelijk": false })),
            with(json!({ "onderwerp": "CONTAINER", "inhoud": "deksel" })),
            with(json!({ "naamBetrokkene": "janse" })),
            with(json!({ "naamBetrokkene": "buurt" })),
            json!({ "actor": nicole, "leiddeTotInterneTaken": true }),
            json!({ "actor": nicole, "indicatieContactGelukt": "ja" }),
            json!({ "wasPartij": jan }),
            json!({ "partijIdentificator": { "objectId": BSN } }),
            json!({ "digitaalAdres": "buur@example.nl" }),
            json!({ "onderwerpobjectidentificator": {
                "objectId": "a7b3c8d9e4f54a7b8c9de0f1a2b3c4d5" } }),
        ],
    )
    .await;
    all_find(
        &app,
        "/klantcontacten/_zoek",
        geheim.id(),
        &[
            json!({ "onderwerpWasKlantcontact": contact.id() }),
            json!({ "actor": nicole, "vertrouwelijk": true }),
            json!({ "actor": nicole, "leiddeTotInterneTaken": false, "inhoud": "kade" }),
        ],
    )
    .await;
    none_find(
        &app,
        "/klantcontacten/_zoek",
        &[
            json!({ "wasPartij": bakker }),
            json!({ "plaatsgevondenVanaf": "2024-01-02T00:00:00Z",
            "plaatsgevondenTot": "2024-02-01T10:00:00Z" }),
            with(json!({ "kanaal": "telefoon" })),
            with(json!({ "naamBetrokkene": "Vries" })),
            json!({ "digitaalAdres": "jan@example.nl" }),
        ],
    )
    .await;
}

#[tokio::test]
async fn interne_taken() {
    let Register { app, nicole, team, contact, .. } = Register::start().await;
    let taak = contact.nth("interneTaak", 0);
    let nummer = app.get(&format!("/interne-taken/{taak}")).await.body["nummer"].clone();
    all_find(
        &app,
        "/interne-taken/_zoek",
        taak,
        &[
            json!({}),
            json!({ "id": taak }),
            json!({ "nummer": nummer }),
            json!({ "referentienummer": "88" }),
            json!({ "actor": nicole, "toelichting": "jansen", "gevraagdeHandeling": "DEKSEL" }),
            json!({ "aanleidinggevendKlantcontact": contact.id(), "status": "te_verwerken" }),
            json!({ "toegewezenVanaf": "2020-01-01T00:00:00Z" }),
        ],
    )
    .await;
    none_find(
        &app,
        "/interne-taken/_zoek",
        &[
            json!({ "actor": team }),
            json!({ "status": "verwerkt" }),
            json!({ "toegewezenTot": "2020-01-01T00:00:00Z" }),
            json!({ "actor": nicole, "toelichting": "pietersen" }),
        ],
    )
    .await;
}

#[tokio::test]
async fn betrokkenen() {
    let Register { app, jan, contact, .. } = Register::start().await;
    let vertegenwoordiger = contact.nth("betrokkene", 1);
    all_find(
        &app,
        "/betrokkenen/_zoek",
        vertegenwoordiger,
        &[
            json!({ "id": vertegenwoordiger }),
            json!({ "hadKlantcontact": contact.id(), "rol": "vertegenwoordiger" }),
            json!({ "naam": "JANSEN", "stad": "Elders" }),
            json!({ "naam": "Jansen", "organisatienaam": "buurt" }),
            json!({ "postcode": "4321zz", "huisnummer": 3 }),
            json!({ "digitaalAdres": "BUUR@example.nl" }),
        ],
    )
    .await;
    all_find(
        &app,
        "/betrokkenen/_zoek",
        contact.nth("betrokkene", 0),
        &[json!({ "wasPartij": jan })],
    )
    .await;
    none_find(&app, "/betrokkenen/_zoek", &[json!({ "naam": "Jansen", "stad": "Juinen" })]).await;
}

#[tokio::test]
async fn digital_addresses() {
    let Register { app, jan, contact, .. } = Register::start().await;
    let adressen = app.get(&format!("/partijen/{jan}")).await.body["digitaleAdressen"].clone();
    let adres = |index: usize| -> Uuid {
        adressen[index]["id"].as_str().expect("an id").parse().expect("a UUID")
    };
    all_find(
        &app,
        "/digitale-adressen/_zoek",
        adres(0),
        &[
            json!({ "adres": "0612345678" }),
            json!({ "verstrektDoorPartij": jan, "soortDigitaalAdres": "telefoonnummer" }),
            json!({ "verstrektDoorPartij": jan, "referentie": "portaal" }),
            json!({ "verstrektDoorPartij": jan, "isGeverifieerd": false }),
        ],
    )
    .await;
    all_find(
        &app,
        "/digitale-adressen/_zoek",
        adres(1),
        &[json!({ "verstrektDoorPartij": jan, "isStandaardAdres": true, "isGeverifieerd": true })],
    )
    .await;
    let of_betrokkene = json!({ "verstrektDoorBetrokkene": contact.nth("betrokkene", 1) });
    let found = app.try_post("/digitale-adressen/_zoek", of_betrokkene).await;
    assert_eq!(found.body["resultaten"][0]["adres"], "buur@example.nl");
}

#[tokio::test]
async fn subjects_bijlagen_and_keys() {
    let Register { app, jan, contact, geheim, .. } = Register::start().await;
    all_find(
        &app,
        "/onderwerpobjecten/_zoek",
        contact.nth("onderwerpobject", 0),
        &[
            json!({ "wasOnderwerpVanKlantcontact": contact.id() }),
            json!({ "onderwerpobjectidentificator": { "codeObjecttype": "zaak",
            "objectId": "A7B3C8D9-E4F5-4A7B-8C9D-E0F1A2B3C4D5" } }),
        ],
    )
    .await;
    all_find(
        &app,
        "/onderwerpobjecten/_zoek",
        geheim.nth("onderwerpobject", 0),
        &[json!({ "onderwerpWasKlantcontact": contact.id() })],
    )
    .await;
    all_find(
        &app,
        "/bijlagen/_zoek",
        contact.nth("bijlage", 0),
        &[
            json!({}),
            json!({ "wasBijlageVanKlantcontact": contact.id() }),
            json!({ "bijlageidentificator": { "objectId": "brief-1" } }),
        ],
    )
    .await;
    none_find(&app, "/bijlagen/_zoek", &[json!({ "wasBijlageVanKlantcontact": geheim.id() })])
        .await;
    let of_jan = json!({ "identificeerdePartij": jan });
    let found = app.try_post("/partij-identificatoren/_zoek", of_jan).await;
    assert_eq!(found.body["resultaten"][0]["partijIdentificator"]["objectId"], BSN);
    let kvk = json!({ "partijIdentificator": { "objectId": "12345678" } });
    let kvk = ids(&app.try_post("/partij-identificatoren/_zoek", kvk).await)[0];
    let under =
        app.try_post("/partij-identificatoren/_zoek", json!({ "subIdentificatorVan": kvk })).await;
    assert_eq!(under.body["resultaten"][0]["partijIdentificator"]["objectId"], "123456789012");
}

#[tokio::test]
async fn old_data_are_found_by_a_code_that_was_retired() {
    let Register { app, nicole, contact, .. } = Register::start().await;
    sqlx::query("UPDATE write_side.referentiewaarden SET indicatie_actief = false WHERE code = $1")
        .bind("email")
        .execute(app.pool())
        .await
        .expect("retired");
    let body = json!({ "actor": nicole, "kanaal": "email" });
    all_find(&app, "/klantcontacten/_zoek", contact.id(), &[body]).await;
    let unknown = json!({ "actor": nicole, "kanaal": "rooksignalen" });
    let (status, faults) = app.refused("/klantcontacten/_zoek", unknown).await;
    let expected = ("kanaal".to_owned(), "onbekende-referentiewaarde".to_owned());
    assert_eq!((status, faults), (400, vec![expected]));
}
