//! The bijhouding API over HTTP: every fault at once, the right status for each, no trace of what was
//! refused.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{App, Persona, join_all};

fn medewerker() -> Value {
    json!({ "naam": "Nicole", "functie": "KCC", "telefoonnummer": "0340232221" })
}

fn taak(actor: Uuid) -> Value {
    json!({ "gevraagdeHandeling": "Terugbellen", "toegewezenAanActoren": [actor] })
}

fn contact(actor: Uuid) -> Value {
    json!({
        "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [actor],
        "betrokkenen": [{ "rol": "klant", "initiator": true }],
        "interneTaken": [taak(actor)],
    })
}

fn fault(veld: &str, code: &str) -> (String, String) {
    (veld.to_owned(), code.to_owned())
}

#[tokio::test]
async fn every_fault_of_a_request_is_named_at_once() {
    let app = App::start().await;
    let body = json!({
        "kanaal": "rooksignalen",
        "onderwerp": "x".repeat(201),
        "taal": 7,
        "plaatsgevondenOp": "2999-01-01T00:00:00Z",
        "indicatieContactGelukt": "misschien",
        "nummer": "12",
        "kleur": "blauw",
        "betrokkenen": [
            { "rol": "koning", "contactnaam": { "voorvoegselAchternaam": "de" } },
            { "rol": "klant", "initiator": true, "digitaleAdressen": [
                { "soortDigitaalAdres": "email", "adres": "geen adres" },
                { "soortDigitaalAdres": "telefoonnummer", "adres": "0800-1234", "omschrijving": "" },
            ] },
        ],
        "bijlagen": [{ "bijlageidentificator": { "objectId": "1", "codeObjecttype": "zaak",
            "codeSoortObjectId": "bsn", "codeRegister": "brp" } }],
    });
    let (status, mut faults) = app.refused("/klantcontacten", body).await;
    faults.sort();
    let mut expected = vec![
        fault("nummer", "read-only"),
        fault("kleur", "invalid"),
        fault("actoren", "required"),
        fault("plaatsgevondenOp", "invalid"),
        fault("kanaal", "onbekende-referentiewaarde"),
        fault("onderwerp", "max_length"),
        fault("taal", "invalid"),
        fault("indicatieContactGelukt", "invalid"),
        fault("betrokkenen[0].rol", "invalid"),
        fault("betrokkenen[0].initiator", "required"),
        fault("betrokkenen[0].contactnaam", "required"),
        fault("betrokkenen[1].digitaleAdressen[0].adres", "invalid-email"),
        fault("betrokkenen[1].digitaleAdressen[1].omschrijving", "min_length"),
        fault("bijlagen[0].bijlageidentificator.codeRegister", "invalid"),
    ];
    expected.sort();
    assert_eq!((status, faults), (400, expected));
}

#[tokio::test]
async fn faults_that_only_the_register_knows_are_named_together() {
    let app = App::start().await;
    let nicole = app.post("/medewerkers", medewerker()).await.id();
    let unknown = Uuid::nil();
    let body = json!({
        "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [nicole, unknown],
        "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": unknown }],
        "onderwerpobjecten": [{ "onderwerpWasKlantcontact": unknown }],
        "interneTaken": [taak(unknown)],
    });
    let (status, faults) = app.refused("/klantcontacten", body).await;
    let expected = [
        "actoren[1]",
        "betrokkenen[0].wasPartij",
        "onderwerpobjecten[0].onderwerpWasKlantcontact",
        "interneTaken[0].toegewezenAanActoren[0]",
    ];
    assert_eq!(status, 404);
    assert_eq!(faults, expected.map(|veld| fault(veld, "niet-gevonden")));
}

#[tokio::test]
async fn what_exists_already_is_refused() {
    let app = App::start().await;
    let nicole = app.post("/medewerkers", medewerker()).await.id();
    let mut with_reference = contact(nicole);
    with_reference["referentienummer"] = json!("0000000001");
    app.post("/klantcontacten", with_reference.clone()).await;
    let again = app.refused("/klantcontacten", with_reference).await;
    assert_eq!(again, (409, vec![fault("referentienummer", "unique")]));

    let een = app.post("/personen", json!({})).await.id();
    let ander = app.post("/personen", json!({})).await.id();
    let pair = json!({ "vertegenwoordigendePartij": een, "vertegenwoordigdePartij": ander });
    app.post("/vertegenwoordigingen", pair.clone()).await;
    let again = app.refused("/vertegenwoordigingen", pair).await;
    assert_eq!(again, (409, vec![fault("vertegenwoordigdePartij", "conflict")]));
}

#[tokio::test]
async fn two_requests_at_the_same_moment_do_not_register_one_bsn_twice() {
    let app = App::start().await;
    let body = json!({ "partijIdentificatoren": [{ "partijIdentificator": {
        "objectId": "999990019", "codeObjecttype": "natuurlijk_persoon",
        "codeSoortObjectId": "bsn", "codeRegister": "brp",
    } }] });
    let requests = (0..8).map(|_| app.try_post("/personen", body.clone()));
    let answers = join_all(requests).await;
    let done = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(done, 1);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(refused.status, 409);
        assert_eq!(refused.faults()[0].1, "unique");
    }
}

#[tokio::test]
async fn a_betrokkene_is_coupled_once_also_by_requests_at_the_same_moment() {
    let app = App::start().await;
    let nicole = app.post("/medewerkers", medewerker()).await.id();
    let betrokkene = app.post("/klantcontacten", contact(nicole)).await.nth("betrokkene", 0);
    let mut partijen = Vec::new();
    for _ in 0..6 {
        partijen.push(app.post("/personen", json!({})).await.id());
    }
    let path = format!("/betrokkenen/{betrokkene}/partijkoppelingen");
    let requests = partijen.iter().map(|id| app.try_post(&path, json!({ "wasPartij": id })));
    let answers = join_all(requests).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 5);
    let back = format!("/betrokkenen/{betrokkene}/partijontkoppelingen");
    app.post(&back, json!({ "reden": "vergissing" })).await;
    let twice = app.refused(&back, json!({ "reden": "vergissing" })).await;
    assert_eq!(twice, (409, vec![fault("id", "status-conflict")]));
}

#[tokio::test]
async fn a_stale_version_is_refused_and_the_present_one_is_not() {
    let app = App::start().await;
    let jan = app.post("/personen", json!({ "contactnaam": { "voornaam": "Jan" } })).await;
    assert_eq!(jan.headers["etag"], "\"1\"");
    assert_eq!(jan.headers["location"], format!("/bijhouding/v1/partijen/{}", jan.id()));
    let path = format!("/personen/{}/wijzigingen", jan.id());
    let change = |versie: &'static str, naam: &'static str| {
        app.bijhouding(Method::POST, &path)
            .header("if-match", versie)
            .json(&json!({ "contactnaam": { "voornaam": naam } }))
    };
    let done = change("\"1\"", "Johan").send().await.expect("an answer");
    assert_eq!(done.status(), 200);
    assert_eq!(done.headers()["etag"], "\"2\"");
    let stale = change("\"1\"", "Joop").send().await.expect("an answer");
    assert_eq!(stale.status(), 412);
    let unreadable = change("1", "Joop").send().await.expect("an answer");
    assert_eq!(unreadable.status(), 400);
    let now = app.get(&format!("/partijen/{}", jan.id())).await;
    assert_eq!(now.body["contactnaam"]["voornaam"], "Johan");
    assert_eq!(now.headers["etag"], "\"2\"");
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_no_event() {
    let app = App::start().await;
    let jan = app.post("/personen", json!({ "contactnaam": { "voornaam": "Jan" } })).await.id();
    let before = app.positie().await;
    let path = format!("/personen/{jan}/wijzigingen");
    let answer = app.post(&path, json!({ "contactnaam": { "voornaam": "Jan" } })).await;
    assert_eq!(answer.body["positie"], Value::Null);
    assert!(app.events_after(before).await.is_empty());
}

#[tokio::test]
async fn the_life_of_an_interne_taak_goes_by_its_status() {
    let app = App::start().await;
    let nicole = app.post("/medewerkers", medewerker()).await.id();
    let answer = app.post("/klantcontacten", contact(nicole)).await;
    let taak = answer.nth("interneTaak", 0);
    let path = |step: &str| format!("/interne-taken/{taak}/{step}");
    let wrong = app.refused(&path("heropeningen"), json!({ "reden": "toch niet" })).await;
    assert_eq!(wrong, (409, vec![fault("status", "status-conflict")]));
    let same = json!({ "toegewezenAanActoren": [nicole] });
    assert_eq!(app.post(&path("toewijzingen"), same.clone()).await.body["positie"], Value::Null);
    app.post(&path("afhandelingen"), json!({ "afsluittoelichting": "gebeld" })).await;
    let twice = app.refused(&path("afhandelingen"), json!({})).await;
    assert_eq!(twice, (409, vec![fault("status", "status-conflict")]));
    let closed = app.refused(&path("toewijzingen"), same).await;
    assert_eq!(closed.0, 409);
    app.post(&path("heropeningen"), json!({ "reden": "toch niet" })).await;
    let now = app.get(&format!("/interne-taken/{taak}")).await;
    assert_eq!(now.body["status"], "te_verwerken");
    assert_eq!(now.body["afgehandeldOp"], Value::Null);
    assert_eq!(now.headers["etag"], "\"3\"");
}

#[tokio::test]
async fn a_short_form_fills_what_it_knows() {
    let app = App::start().await;
    let nicole = app.post("/medewerkers", medewerker()).await.id();
    let call = json!({
        "onderwerp": "Vraag", "actoren": [nicole],
        "betrokkenen": [{ "rol": "klant" }, { "rol": "vertegenwoordiger" }],
    });
    let id = app.post("/binnenkomende-telefoongesprekken", call).await.id();
    let call = app.get(&format!("/klantcontacten/{id}")).await.body;
    assert_eq!(
        (&call["kanaal"], &call["indicatieContactGelukt"]),
        (&json!("telefoon"), &json!("ja"))
    );
    let initiators: Vec<&Value> = call["hadBetrokkenen"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|b| &b["initiator"])
        .collect();
    assert_eq!(initiators, [true, false]);

    let visit = json!({
        "onderwerp": "Wmo", "actoren": [nicole],
        "betrokkenen": [{ "rol": "klant", "initiator": false }],
    });
    let id = app.post("/keukentafelgesprekken", visit.clone()).await.id();
    let kept = app.get(&format!("/klantcontacten/{id}")).await.body;
    assert_eq!(kept["kanaal"], "keukentafelgesprek");
    let mut planned = visit;
    planned["plaatsgevondenOp"] = json!("2024-01-01T00:00:00Z");
    let refused = app.refused("/keukentafelgesprekken", planned).await;
    assert_eq!(refused, (400, vec![fault("plaatsgevondenOp", "invalid")]));
}

#[tokio::test]
async fn a_betrokkene_may_become_a_partij_when_asked() {
    let app = App::start().await;
    let nicole = app.post("/medewerkers", medewerker()).await.id();
    let before = app.positie().await;
    let answer = app
        .post(
            "/klantcontacten",
            json!({
                "kanaal": "balie", "onderwerp": "Verhuizing", "actoren": [nicole],
                "indicatieHergebruikPartij": true,
                "betrokkenen": [{
                    "rol": "klant", "initiator": true, "contactnaam": { "voornaam": "Sam" },
                    "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": "sam@example.nl" }],
                }],
            }),
        )
        .await;
    let expected = [
        "KlantcontactGeregistreerd",
        "PersoonGeregistreerd",
        "DigitaalAdresGeregistreerd",
        "ActorAanKlantcontactGekoppeld",
        "BetrokkeneBijKlantcontactGeregistreerd",
    ];
    assert_eq!(app.events_after(before).await, expected);
    let sam = app.get(&format!("/partijen/{}", answer.nth("partij", 0))).await.body;
    assert_eq!(sam["volledigeNaam"], "Sam");
    assert_eq!(sam["digitaleAdressen"][0]["adres"], "sam@example.nl");
}

#[tokio::test]
async fn what_is_no_request_is_answered_as_a_problem() {
    let app = App::start().await;
    let post = |path: &str| app.bijhouding(Method::POST, path);
    let json = ("content-type", "application/json");
    let requests = [
        (app.request(Method::POST, "/bijhouding/v1/personen").json(&json!({})), 401),
        (app.request(Method::POST, "/bijhouding/v1/personen").bearer_auth("x"), 401),
        (post("/personen").body("{}"), 415),
        (post("/personen").header("content-type", "text/plain").body("{}"), 415),
        (post("/personen").header(json.0, json.1).body("{"), 400),
        (post("/personen").header(json.0, json.1).body("[]"), 400),
        (post("/personen").header(json.0, json.1).body(vec![b' '; 1024 * 1024 + 1]), 413),
        (post("/bestaatniet").json(&json!({})), 404),
        (post("/personen/").json(&json!({})), 404),
        (app.request(Method::GET, "/bijhouding/v1"), 404),
        (app.bijhouding(Method::GET, "/partijen/%FF"), 404),
        (post("/openapi.json").json(&json!({})), 405),
        (app.bijhouding(Method::DELETE, "/personen"), 405),
        (app.bijhouding(Method::PUT, "/personen/x/wijzigingen"), 405),
        (app.bijhouding(Method::GET, "/personen/x/wijzigingen"), 404),
        (app.bijhouding(Method::GET, "/partijen/geen-uuid"), 404),
        (app.bijhouding(Method::GET, &format!("/partijen/{}", Uuid::nil())), 404),
        (post(&format!("/personen/{}/wijzigingen", Uuid::nil())).json(&json!({})), 404),
    ];
    for (index, (request, status)) in requests.into_iter().enumerate() {
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), status, "request {index}");
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "application/problem+json", "request {index}");
        assert_eq!(headers["api-version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers.contains_key("www-authenticate"), status == 401);
        assert_eq!(headers.contains_key("allow"), status == 405);
        let problem: Value = response.json().await.expect("JSON");
        assert_eq!(problem["status"], status);
    }
}

#[tokio::test]
async fn a_handeling_needs_its_scope() {
    let app = App::start().await;
    for who in [Persona::burger("999990019"), Persona::behandelaar(&["*"])] {
        let response = app
            .request(Method::POST, "/bijhouding/v1/personen")
            .bearer_auth(app.issuer.token(&who))
            .json(&json!({}))
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status(), 403);
    }
    assert_eq!(app.positie().await, 0);
}

#[tokio::test]
async fn the_document_is_served_to_everybody() {
    let app = App::start().await;
    let response =
        app.request(Method::GET, "/bijhouding/v1/openapi.json").send().await.expect("an answer");
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let served: Value = response.json().await.expect("JSON");
    let own: Value =
        serde_json::from_str(&write_side::openapi_json().expect("a document")).expect("JSON");
    assert_eq!(served, own);
    assert_eq!(served["openapi"], "3.1.0");
}
