//! What handelingen make of the lists: at once, and never of what was retired.

use serde_json::{Value, json};

use super::{contact, fault, medewerker};
use crate::support::{App, Counter, join_all, until};

#[tokio::test]
async fn what_is_retired_is_refused_for_new_data_and_shown_in_old() {
    let app = App::start_without_projector().await;
    let nicole = medewerker(&app).await;
    let old = app.post("/klantcontacten", contact(nicole, "post")).await.id();
    app.post("/kanalen/post/deactiveringen", json!({})).await;
    let refused = app.refused("/klantcontacten", contact(nicole, "post")).await;
    assert_eq!(refused, (400, vec![fault("kanaal", "referentiewaarde-niet-actief")]));
    assert_eq!(app.get(&format!("/klantcontacten/{old}")).await.body["kanaal"], "post");
    // By another spelling neither.
    assert_eq!(app.refused("/klantcontacten", contact(nicole, "005")).await.0, 400);
    app.post("/kanalen/post/activeringen", json!({})).await;
    app.post("/klantcontacten", contact(nicole, "post")).await;

    app.post("/kanalen/telefoon/deactiveringen", json!({})).await;
    let call = json!({ "onderwerp": "Vraag", "actoren": [nicole],
        "betrokkenen": [{ "rol": "klant" }] });
    let refused = app.refused("/binnenkomende-telefoongesprekken", call).await;
    assert_eq!(refused, (400, vec![fault("kanaal", "referentiewaarde-niet-actief")]));
}

#[tokio::test]
async fn a_new_value_is_used_at_once_with_what_it_says() {
    let app = App::start_without_projector().await;
    let nicole = medewerker(&app).await;
    assert_eq!(app.refused("/klantcontacten", contact(nicole, "fax")).await.0, 400);
    app.post("/kanalen", json!({ "code": "fax", "naam": "Fax" })).await;
    app.post("/klantcontacten", contact(nicole, "fax")).await;

    let soort = json!({ "code": "signal", "naam": "Signal", "validatie": "telefoonnummer" });
    app.post("/soorten-digitaal-adres", soort).await;
    let persoon = |adres: &str| json!({ "digitaleAdressen": [{ "soortDigitaalAdres": "signal", "adres": adres }] });
    let wrong = app.refused("/personen", persoon("jan@example.nl")).await;
    assert_eq!(wrong.1, [fault("digitaleAdressen[0].adres", "invalid-telefoonnummer")]);
    app.post("/personen", persoon("0612345678")).await;

    app.post("/categorieen", json!({ "code": "ondernemer", "naam": "Ondernemer" })).await;
    let jan = app.post("/personen", json!({})).await.id();
    let path = format!("/partijen/{jan}/categorie-relaties");
    app.post(&path, json!({ "categorie": "ondernemer" })).await;
    let body = json!({ "id": jan, "categorie": "ondernemer" });
    let found = app.post("/partijen/_zoek", body).await;
    assert_eq!(found.body["resultaten"][0]["id"], json!(jan));
}

#[tokio::test]
async fn the_values_of_a_key_fit_together_as_the_lists_say() {
    let app = App::start_without_projector().await;
    let nicole = medewerker(&app).await;
    let values = [
        ("/externe-registers", json!({ "code": "meldingen", "naam": "Meldingen" })),
        (
            "/soorten-object",
            json!({ "code": "melding", "naam": "Melding", "externRegister": "meldingen" }),
        ),
        (
            "/soorten-extern-id",
            json!({ "code": "meldingsnummer", "naam": "Nummer", "soortObject": "melding" }),
        ),
    ];
    for (path, body) in values {
        app.post(path, body).await;
    }
    let about = |register: &str, soort: &str| {
        let mut body = contact(nicole, "balie");
        body["onderwerpobjecten"] = json!([{ "onderwerpobjectidentificator": { "objectId": "12",
            "codeObjecttype": soort, "codeSoortObjectId": "meldingsnummer",
            "codeRegister": register } }]);
        body
    };
    app.post("/klantcontacten", about("meldingen", "melding")).await;
    for wrong in [about("zakenregister", "melding"), about("zakenregister", "zaak")] {
        assert_eq!(app.refused("/klantcontacten", wrong).await.0, 400);
    }
}

#[tokio::test]
async fn a_land_is_used_within_its_dates() {
    let app = App::start_without_projector().await;
    let persoon = |land: &str| json!({ "bezoekadres": { "adresregel1": "x", "land": land } });
    let status = async |land: &str| app.try_post("/personen", persoon(land)).await.status.as_u16();
    let later = json!({ "landcode": "ZZ", "landnaam": "Z", "ingangsdatumLand": "2999-01-01" });
    app.post("/landen", later).await;
    assert_eq!(status("ZZ").await, 400);
    app.post("/landen/ZZ/correcties", json!({ "ingangsdatumLand": null })).await;
    assert_eq!(status("ZZ").await, 201);
    app.post("/landen/ZZ/correcties", json!({ "einddatumLand": "2999-01-01" })).await;
    assert_eq!(status("ZZ").await, 201);
    app.post("/landen/ZZ/correcties", json!({ "einddatumLand": "2020-01-01" })).await;
    assert_eq!(status("ZZ").await, 400);
    app.post("/landen/ZZ/activeringen", json!({})).await;
    assert_eq!(status("ZZ").await, 201);
    app.post("/landen/ZZ/deactiveringen", json!({ "einddatumLand": "2020-01-01" })).await;
    assert_eq!(status("ZZ").await, 400);
    assert_eq!(app.get("/landen/ZZ").await.body["einddatum"], "2020-01-01");
}

#[tokio::test]
async fn who_changes_a_list_waits_for_who_works_with_it_and_holds_up_who_comes_after() {
    let app = App::start_without_projector().await;
    let nicole = medewerker(&app).await;
    let mut working = app.pool().begin().await.expect("a transaction");
    sqlx::query("SELECT write_side.vergrendel_referentielijsten(false)")
        .execute(&mut *working)
        .await
        .expect("the lock");
    let waiting = async |count: i64| {
        until("who waits for the lists", || async {
            let sql = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE locktype = 'advisory' AND NOT granted AND d.datname = current_database()";
            let found: i64 = sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("locks");
            (found == count).then_some(())
        })
        .await;
    };
    let retire = app.try_post("/kanalen/post/deactiveringen", json!({}));
    let use_it = async {
        waiting(1).await;
        let late = app.try_post("/klantcontacten", contact(nicole, "post"));
        let release = async {
            waiting(2).await;
            working.commit().await.expect("released");
        };
        tokio::join!(late, release).0
    };
    let (retired, late) = tokio::join!(retire, use_it);
    assert_eq!((retired.status.as_u16(), late.status.as_u16()), (200, 400));
    assert_eq!(late.faults(), [fault("kanaal", "referentiewaarde-niet-actief")]);
}

#[tokio::test]
async fn no_new_data_come_after_the_retirement_of_their_code() {
    let app = App::start_without_projector().await;
    let nicole = medewerker(&app).await;
    for _ in 0..5 {
        let use_it = || app.try_post("/klantcontacten", contact(nicole, "post"));
        let contacts = join_all((0..8).map(|_| use_it()));
        let retire = app.post("/kanalen/post/deactiveringen", json!({}));
        let (contacts, retired) = tokio::join!(contacts, retire);
        let end = retired.body["positie"].as_i64().expect("a position");
        for contact in contacts {
            match contact.body["positie"].as_i64() {
                Some(positie) => assert!(positie < end),
                None => assert_eq!(contact.faults()[0].1, "referentiewaarde-niet-actief"),
            }
        }
        app.post("/kanalen/post/activeringen", json!({})).await;
    }
}

#[tokio::test]
async fn the_lists_are_read_again_only_when_they_changed() {
    let counter = Counter::start();
    let app = App::start_without_projector().await;
    let cost = async || {
        let before = counter.written();
        app.post("/personen", json!({})).await;
        counter.written() - before
    };
    cost().await;
    let warm = cost().await;
    assert_eq!(cost().await, warm);
    app.post("/kanalen", json!({ "code": "fax", "naam": "Fax" })).await;
    assert_eq!(cost().await, warm + 1);
    assert_eq!(cost().await, warm);
    // Also by another program, or by hand.
    sqlx::query("UPDATE write_side.referentiewaarden SET naam = 'Telefax' WHERE code = 'fax'")
        .execute(app.pool())
        .await
        .expect("a change");
    assert_eq!(cost().await, warm + 1);
    assert_eq!(cost().await, warm);
    let refused = app.try_post("/personen", json!({ "voorkeurstaal": "xxx" })).await;
    assert_eq!((refused.status.as_u16(), &refused.body["positie"]), (400, &Value::Null));
}
