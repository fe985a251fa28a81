//! The invariants of the information model, each with somebody who tries to break it: by what a
//! request says, and by two requests at the same moment. (I16 is in `referentielijsten`.)

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, App};

/// How often two requests meet.
const MEETINGS: usize = 10;

async fn team(app: &App) -> Uuid {
    app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id()
}

async fn persoon(app: &App) -> Uuid {
    app.post("/personen", json!({ "contactnaam": { "achternaam": "Jansen" } })).await.id()
}

fn contact(team: Uuid) -> Value {
    json!({
        "kanaal": "telefoon", "onderwerp": "Vraag", "inhoud": "Inhoud", "actoren": [team],
        "betrokkenen": [{ "rol": "klant", "initiator": true },
                        { "rol": "vertegenwoordiger", "initiator": false }],
        "interneTaken": [{ "gevraagdeHandeling": "Bel terug", "toegewezenAanActoren": [team] }],
    })
}

fn refused(answer: &Answer) -> (u16, String) {
    (
        answer.status.as_u16(),
        answer.faults().first().map(|fault| fault.1.clone()).unwrap_or_default(),
    )
}

/// Two requests at the same moment; gives their statuses, the lower first.
async fn meet(app: &App, een: (&str, Value), ander: (&str, Value)) -> [u16; 2] {
    let (een, ander) = tokio::join!(app.try_post(een.0, een.1), app.try_post(ander.0, ander.1));
    let mut statuses = [een.status.as_u16(), ander.status.as_u16()];
    statuses.sort_unstable();
    statuses
}

fn bsn(number: &str) -> Value {
    json!({ "partijIdentificator": { "objectId": number, "codeObjecttype": "natuurlijk_persoon",
        "codeSoortObjectId": "bsn", "codeRegister": "brp" } })
}

#[tokio::test]
async fn i01_what_is_fixed_at_registration_stays() {
    let app = App::start_without_projector().await;
    let (partij, team) = (persoon(&app).await, team(&app).await);
    for (path, fields) in [
        (format!("/personen/{partij}/wijzigingen"), ["id", "nummer", "soortPartij"]),
        (format!("/organisatorische-eenheden/{team}/wijzigingen"), ["id", "nummer", "soortActor"]),
    ] {
        for field in fields {
            let answer = app.try_post(&path, json!({ field: "anders" })).await;
            assert_eq!(refused(&answer), (400, "read-only".to_owned()), "{path} {field}");
        }
    }
}

#[tokio::test]
async fn i02_a_referentienummer_is_used_once() {
    let app = App::start_without_projector().await;
    let team = team(&app).await;
    for number in 0..MEETINGS {
        let mut body = contact(team);
        body["referentienummer"] = json!(format!("{number}"));
        let path = "/klantcontacten";
        assert_eq!(meet(&app, (path, body.clone()), (path, body)).await, [201, 409]);
    }
    let contact = app.post("/klantcontacten", contact(team)).await.id();
    for number in 0..MEETINGS {
        let body = json!({ "aanleidinggevendKlantcontact": contact, "gevraagdeHandeling": "Bel",
            "toegewezenAanActoren": [team], "referentienummer": format!("{number}") });
        let path = "/interne-taken";
        assert_eq!(meet(&app, (path, body.clone()), (path, body)).await, [201, 409]);
    }
}

#[tokio::test]
async fn i03_a_klantcontact_keeps_an_actor_and_a_betrokkene() {
    let app = App::start_without_projector().await;
    let (een, ander) = (team(&app).await, team(&app).await);
    for field in ["actoren", "betrokkenen"] {
        let mut body = contact(een);
        body[field] = json!([]);
        let answer = app.try_post("/klantcontacten", body).await;
        assert_eq!(refused(&answer), (400, "required".to_owned()));
    }
    for _ in 0..MEETINGS {
        let mut body = contact(een);
        body["actoren"] = json!([een, ander]);
        let made = app.post("/klantcontacten", body).await;
        let remove = |id: Uuid| format!("/betrokkenen/{id}/verwijderingen");
        let paths = [made.nth("betrokkene", 0), made.nth("betrokkene", 1)].map(remove);
        let reden = json!({ "reden": "vergissing" });
        let ended = meet(&app, (&paths[0], reden.clone()), (&paths[1], reden)).await;
        assert_eq!(ended, [200, 409]);

        let shown = app.get(&format!("/klantcontacten/{}", made.id())).await.body;
        let koppeling = |index: usize| {
            let id = shown["hadBetrokkenActoren"][index]["id"].as_str().expect("an id").to_owned();
            format!("/actorkoppelingen/{id}/verwijderingen")
        };
        let paths = [koppeling(0), koppeling(1)];
        let ended = meet(&app, (&paths[0], json!({})), (&paths[1], json!({}))).await;
        assert_eq!(ended, [200, 409]);
    }
}

#[tokio::test]
async fn i04_an_inactive_actor_gets_nothing_new() {
    let app = App::start_without_projector().await;
    for _ in 0..MEETINGS {
        let team = team(&app).await;
        let deactivate = format!("/actoren/{team}/deactiveringen");
        meet(&app, ("/klantcontacten", contact(team)), (&deactivate, json!({}))).await;
        let answer = app.try_post("/klantcontacten", contact(team)).await;
        assert_eq!(refused(&answer), (409, "actor-niet-actief".to_owned()));
    }
    let late: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM write_side.gebeurtenissen k
         JOIN write_side.gebeurtenissen d ON d.soort = 'ActorGedeactiveerd'
             AND d.object_id::text = k.data ->> 'actor' AND d.positie < k.positie
         WHERE k.soort = 'ActorAanKlantcontactGekoppeld'",
    )
    .fetch_one(app.pool())
    .await
    .expect("a count");
    assert_eq!(late, 0, "an actor was coupled after it was deactivated");
}

#[tokio::test]
async fn i05_a_taak_has_a_klantcontact_and_an_actor() {
    let app = App::start_without_projector().await;
    let team = team(&app).await;
    let body = |contact: Uuid, actoren: Value| {
        json!({ "aanleidinggevendKlantcontact": contact, "gevraagdeHandeling": "Bel",
            "toegewezenAanActoren": actoren })
    };
    let answer = app.try_post("/interne-taken", body(Uuid::nil(), json!([team]))).await;
    assert_eq!(refused(&answer), (404, "niet-gevonden".to_owned()));
    let made = app.post("/klantcontacten", contact(team)).await;
    let answer = app.try_post("/interne-taken", body(made.id(), json!([]))).await;
    assert_eq!(refused(&answer), (400, "required".to_owned()));
    let path = format!("/interne-taken/{}/toewijzingen", made.nth("interneTaak", 0));
    let answer = app.try_post(&path, json!({ "toegewezenAanActoren": [] })).await;
    assert_eq!(refused(&answer), (400, "required".to_owned()));
}

#[tokio::test]
async fn i06_a_taak_is_handled_once_and_then_has_a_moment() {
    let app = App::start_without_projector().await;
    let team = team(&app).await;
    for _ in 0..MEETINGS {
        let taak = app.post("/klantcontacten", contact(team)).await.nth("interneTaak", 0);
        let early = json!({ "afgehandeldOp": "2026-01-01T09:00:00Z" });
        let answer = app.try_post(&format!("/interne-taken/{taak}/correcties"), early).await;
        assert_eq!(refused(&answer), (400, "invalid".to_owned()));
        let done = format!("/interne-taken/{taak}/afhandelingen");
        let passed = format!("/interne-taken/{taak}/doorsturingen");
        let new = json!({ "nieuweTaak": { "gevraagdeHandeling": "Bel",
            "toegewezenAanActoren": [team] } });
        let ended = meet(&app, (&done, json!({})), (&passed, new)).await;
        assert_eq!(ended[1], 409);
        let shown = app.get(&format!("/interne-taken/{taak}")).await.body;
        assert!(shown["status"] == "verwerkt" && shown["afgehandeldOp"].is_string(), "{shown:#}");
    }
}

#[tokio::test]
async fn i07_a_digital_address_has_one_owner() {
    let app = App::start_without_projector().await;
    let partij = persoon(&app).await;
    let body = json!({ "soortDigitaalAdres": "email", "adres": "a@example.nl",
        "verstrektDoorPartij": partij });
    let path = format!("/partijen/{partij}/digitale-adressen");
    assert_eq!(app.try_post(&path, body).await.status, 400, "the path says who owns it");
    let sql = "INSERT INTO write_side.digitale_adressen
                   (id, soort_digitaal_adres, adres, is_standaard_adres)
               VALUES (gen_random_uuid(), 'email', 'a@example.nl', false)";
    let error = sqlx::query(sql).execute(app.pool()).await.expect_err("refused").to_string();
    assert!(error.contains("check constraint"), "{error}");
}

#[tokio::test]
async fn i08_a_preference_is_one_of_the_own() {
    let app = App::start_without_projector().await;
    let (partij, ander) = (persoon(&app).await, persoon(&app).await);
    let adres = |id: Uuid| format!("/partijen/{id}/digitale-adressen");
    let email = || json!({ "soortDigitaalAdres": "email", "adres": "a@example.nl" });
    let choose = format!("/partijen/{partij}/voorkeurs-digitale-adressen");
    let theirs = app.post(&adres(ander), email()).await.id();
    let answer = app.try_post(&choose, json!({ "digitaalAdres": theirs })).await;
    assert_eq!(refused(&answer), (400, "invalid".to_owned()));
    let iban = json!({ "iban": "NL91ABNA0417164300" });
    let account = app.post(&format!("/partijen/{ander}/rekeningnummers"), iban).await.id();
    let path = format!("/partijen/{partij}/voorkeursrekeningnummers");
    let answer = app.try_post(&path, json!({ "rekeningnummer": account })).await;
    assert_eq!(refused(&answer), (400, "invalid".to_owned()));

    for _ in 0..MEETINGS {
        let own = app.post(&adres(partij), email()).await.id();
        let remove = format!("/digitale-adressen/{own}/verwijderingen");
        let chosen = json!({ "digitaalAdres": own });
        meet(&app, (&choose, chosen), (&remove, json!({}))).await;
        let shown = app.get(&format!("/partijen/{partij}")).await.body;
        assert_eq!(shown["voorkeursDigitaalAdres"], Value::Null, "it was removed");
    }
}

#[tokio::test]
async fn i09_one_address_of_a_soort_is_the_standard_and_the_newest_wins() {
    let app = App::start_without_projector().await;
    let partij = persoon(&app).await;
    let path = format!("/partijen/{partij}/digitale-adressen");
    for _ in 0..MEETINGS {
        let body = json!({ "soortDigitaalAdres": "email", "adres": "a@example.nl",
            "isStandaardAdres": true });
        assert_eq!(meet(&app, (&path, body.clone()), (&path, body)).await, [201, 201]);
        let shown = app.get(&format!("/partijen/{partij}")).await.body;
        let adressen = shown["digitaleAdressen"].as_array().expect("addresses").clone();
        let standard = adressen.iter().filter(|adres| adres["isStandaardAdres"] == true).count();
        assert_eq!(standard, 1);
    }
    let first =
        app.get(&format!("/partijen/{partij}")).await.body["digitaleAdressen"][0]["id"].clone();
    let first = first.as_str().expect("an id").to_owned();
    let change = json!({ "isStandaardAdres": true });
    app.post(&format!("/digitale-adressen/{first}/wijzigingen"), change).await;
    let shown = app.get(&format!("/partijen/{partij}")).await.body;
    assert_eq!(shown["digitaleAdressen"][0]["isStandaardAdres"], true);
}

#[tokio::test]
async fn i10_a_tag_is_used_once_per_partij_and_soort() {
    let app = App::start_without_projector().await;
    let partij = persoon(&app).await;
    let path = format!("/partijen/{partij}/digitale-adressen");
    for number in 0..MEETINGS {
        let body = json!({ "soortDigitaalAdres": "email", "adres": "a@example.nl",
            "referentie": format!("zaak-{number}") });
        assert_eq!(meet(&app, (&path, body.clone()), (&path, body)).await, [201, 409]);
    }
    let plain = json!({ "soortDigitaalAdres": "email", "adres": "b@example.nl" });
    let id = app.post(&path, plain).await.id();
    let change = json!({ "referentie": "zaak-0" });
    let answer = app.try_post(&format!("/digitale-adressen/{id}/wijzigingen"), change).await;
    assert_eq!(refused(&answer), (409, "unique".to_owned()));
}

#[tokio::test]
async fn i11_a_key_identifies_one_partij() {
    let app = App::start_without_projector().await;
    for number in ["999990019", "999990020", "999990032"] {
        let body = json!({ "partijIdentificatoren": [bsn(number)] });
        assert_eq!(meet(&app, ("/personen", body.clone()), ("/personen", body)).await, [201, 409]);
    }
    let path = |id: Uuid| format!("/partijen/{id}/partij-identificatoren");
    let paths = [path(persoon(&app).await), path(persoon(&app).await)];
    let ended = meet(&app, (&paths[0], bsn("999990044")), (&paths[1], bsn("999990044"))).await;
    assert_eq!(ended, [201, 409]);
}

#[tokio::test]
async fn i11_keys_under_a_key_follow_it() {
    let app = App::start_without_projector().await;
    let key = |soort: &str, objecttype: &str, id: &str| {
        json!({ "partijIdentificator": { "objectId": id, "codeObjecttype": objecttype,
            "codeSoortObjectId": soort, "codeRegister": "hr" } })
    };
    let vestiging = key("vestigingsnummer", "vestiging", "000012345678");
    let body = json!({ "naam": "Bakkerij", "partijIdentificatoren": [vestiging.clone()] });
    let answer = app.try_post("/organisaties", body).await;
    assert_eq!(refused(&answer), (409, "sub-identificator-vereist".to_owned()));
    let kvk = key("kvk_nummer", "niet_natuurlijk_persoon", "12345678");
    let body = json!({ "naam": "Bakkerij", "partijIdentificatoren": [kvk, vestiging] });
    let made = app.post("/organisaties", body).await;
    let parent = made.nth("partijIdentificator", 0);
    let reden = json!({ "reden": "vergissing" });
    let path = format!("/partij-identificatoren/{parent}/verwijderingen");
    let answer = app.try_post(&path, reden).await;
    assert_eq!(refused(&answer), (409, "sub-identificator-in-gebruik".to_owned()));

    let mut right = key("kvk_nummer", "niet_natuurlijk_persoon", "87654321");
    right["reden"] = json!("typefout");
    app.post(&format!("/partij-identificatoren/{parent}/correcties"), right).await;
    let shown = app.get(&format!("/partijen/{}", made.id())).await.body;
    let child = &shown["partijIdentificatoren"][1];
    assert_eq!(child["hoofdidentificator"]["objectId"], "87654321", "{child:#}");
}

#[tokio::test]
async fn i12_a_pair_is_represented_once_and_never_by_itself() {
    let app = App::start_without_projector().await;
    let een = persoon(&app).await;
    let pair =
        |ander: Uuid| json!({ "vertegenwoordigendePartij": een, "vertegenwoordigdePartij": ander });
    let path = "/vertegenwoordigingen";
    let answer = app.try_post(path, pair(een)).await;
    assert_eq!(refused(&answer), (400, "invalid".to_owned()));
    for _ in 0..MEETINGS {
        let ander = persoon(&app).await;
        assert_eq!(meet(&app, (path, pair(ander)), (path, pair(ander))).await, [201, 409]);
    }
}

#[tokio::test]
async fn i13_one_works_for_an_organisatie() {
    let app = App::start_without_projector().await;
    let partij = persoon(&app).await;
    let body = json!({ "contactnaam": { "achternaam": "Bakker" }, "werkteVoorPartij": partij });
    let answer = app.try_post("/contactpersonen", body).await;
    assert_eq!(refused(&answer), (400, "invalid".to_owned()));
    let body = json!({ "contactnaam": { "achternaam": "Bakker" } });
    let id = app.post("/contactpersonen", body).await.id();
    let path = format!("/contactpersonen/{id}/wijzigingen");
    let answer = app.try_post(&path, json!({ "werkteVoorPartij": partij })).await;
    assert_eq!(refused(&answer), (400, "invalid".to_owned()));
}

#[tokio::test]
async fn i14_no_further_action_when_contact_succeeded() {
    let app = App::start_without_projector().await;
    let team = team(&app).await;
    let mut both = contact(team);
    both["indicatieContactGelukt"] = json!("ja");
    both["verdereActieOndernomen"] = json!(true);
    let answer = app.try_post("/klantcontacten", both).await;
    assert_eq!(refused(&answer), (409, "no-further-action-when-contact-succesful".to_owned()));
    for _ in 0..MEETINGS {
        let id = app.post("/klantcontacten", contact(team)).await.id();
        let path = format!("/klantcontacten/{id}/correcties");
        let gelukt = json!({ "reden": "typefout", "indicatieContactGelukt": "ja" });
        let verder = json!({ "reden": "typefout", "verdereActieOndernomen": true });
        assert_eq!(meet(&app, (&path, gelukt), (&path, verder)).await, [200, 409]);
    }
}

#[tokio::test]
async fn i15_a_subject_names_something() {
    let app = App::start_without_projector().await;
    let team = team(&app).await;
    let een = app.post("/klantcontacten", contact(team)).await.id();
    let path = format!("/klantcontacten/{een}/onderwerpobjecten");
    assert_eq!(refused(&app.try_post(&path, json!({})).await), (400, "required".to_owned()));
    let own = json!({ "onderwerpWasKlantcontact": een });
    assert_eq!(refused(&app.try_post(&path, own).await), (400, "invalid".to_owned()));
    let ander = app.post("/klantcontacten", contact(team)).await.id();
    let about = app.post(&path, json!({ "onderwerpWasKlantcontact": ander })).await.id();
    let path = format!("/onderwerpobjecten/{about}/correcties");
    let nothing = json!({ "reden": "x", "onderwerpWasKlantcontact": null });
    assert_eq!(refused(&app.try_post(&path, nothing).await), (400, "required".to_owned()));
    let own = json!({ "reden": "x", "onderwerpWasKlantcontact": een });
    assert_eq!(refused(&app.try_post(&path, own).await), (400, "invalid".to_owned()));
}

#[tokio::test]
async fn i17_a_klantcontact_lies_not_in_the_future() {
    let app = App::start_without_projector().await;
    let mut body = contact(team(&app).await);
    let id = app.post("/klantcontacten", body.clone()).await.id();
    body["plaatsgevondenOp"] = json!("2999-01-01T00:00:00Z");
    let answer = app.try_post("/klantcontacten", body).await;
    assert_eq!(refused(&answer), (400, "invalid".to_owned()));
    let late = json!({ "reden": "x", "plaatsgevondenOp": "2999-01-01T00:00:00Z" });
    let answer = app.try_post(&format!("/klantcontacten/{id}/correcties"), late).await;
    assert_eq!(refused(&answer), (400, "invalid".to_owned()));
}

#[tokio::test]
async fn i18_a_klantcontact_is_appended_to_on_its_day_or_corrected_with_a_reason() {
    let app = App::start_without_projector().await;
    let team = team(&app).await;
    let id = app.post("/klantcontacten", contact(team)).await.id();
    let add = format!("/klantcontacten/{id}/aanvullingen");
    let text = |text: &str| json!({ "aanvulling": text });
    assert_eq!(meet(&app, (&add, text("een")), (&add, text("twee"))).await, [200, 200]);
    let inhoud = app.get(&format!("/klantcontacten/{id}")).await.body["inhoud"].clone();
    let inhoud = inhoud.as_str().expect("text").to_owned();
    assert!(inhoud.starts_with("Inhoud\n") && inhoud.contains("een") && inhoud.contains("twee"));
    let answer = app.try_post(&add, text(&"x".repeat(990))).await;
    assert_eq!(refused(&answer), (400, "max_length".to_owned()));

    let path = format!("/klantcontacten/{id}/correcties");
    let answer = app.try_post(&path, json!({ "inhoud": "Anders" })).await;
    assert_eq!(refused(&answer), (400, "required".to_owned()), "a correction has a reason");
    let mut old = contact(team);
    old["plaatsgevondenOp"] = json!("2026-01-05T09:00:00Z");
    let id = app.post("/klantcontacten", old).await.id();
    let answer = app.try_post(&format!("/klantcontacten/{id}/aanvullingen"), text("later")).await;
    assert_eq!(refused(&answer), (409, "status-conflict".to_owned()));
}
