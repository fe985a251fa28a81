//! The history of handelingen: on the path where one is done, on an object, and on its own key.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{App, Persona, answer};

fn person(naam: &str) -> Value {
    json!({ "contactnaam": { "voornaam": naam } })
}

fn ids(page: &Value) -> Vec<String> {
    let entries = page["resultaten"].as_array().expect("a list");
    entries.iter().map(|entry| entry["handelingId"].as_str().expect("an id").to_owned()).collect()
}

fn handeling(done: &crate::support::Answer) -> String {
    done.body["handelingId"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn an_entry_says_who_did_what_to_which_versions() {
    let app = App::start_without_projector().await;
    let kcc = app.issuer.token(&Persona::kcc());
    let done = answer(
        app.request(Method::POST, "/bijhouding/v1/personen").bearer_auth(kcc).json(&person("Jan")),
    )
    .await;
    let page = app.get("/personen").await;
    assert_eq!((page.status.as_u16(), &page.body["volgende"]), (200, &Value::Null));
    let expected = json!({
        "handelingId": done.body["handelingId"], "handeling": "registreerPersoon",
        "tijdstip": done.body["tijdstip"], "door": "nicole", "toepassing": "test",
        "doelbinding": "klantcontact", "positie": done.body["positie"],
        "objecten": [{ "soort": "partij", "id": done.id(), "versies": { "van": 1, "tot": 1 } }],
    });
    assert_eq!(page.body["resultaten"], json!([expected]));
    let one = app.get(&format!("/handelingen/{}", handeling(&done))).await;
    assert_eq!((one.status.as_u16(), one.body), (200, expected));
    assert_eq!(app.get(&format!("/handelingen/{}", Uuid::nil())).await.status, 404);
}

#[tokio::test]
async fn a_path_has_what_was_done_there_and_an_object_all_that_touched_it() {
    let app = App::start_without_projector().await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "KCC" })).await;
    let taak = json!({ "gevraagdeHandeling": "Bel", "toegewezenAanActoren": [team.id()] });
    let contact = app
        .post(
            "/klantcontacten",
            json!({
                "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [team.id()],
                "betrokkenen": [{ "rol": "klant", "initiator": true }],
                "interneTaken": [taak, taak],
            }),
        )
        .await;
    let (een, ander) = (contact.nth("interneTaak", 0), contact.nth("interneTaak", 1));
    let path = |id: Uuid, what: &str| format!("/interne-taken/{id}/{what}");
    let done = app.post(&path(een, "afhandelingen"), json!({})).await;
    let open = app.post(&path(een, "heropeningen"), json!({ "reden": "toch niet" })).await;
    let again = app.post(&path(een, "afhandelingen"), json!({})).await;
    let elsewhere = app.post(&path(ander, "afhandelingen"), json!({})).await;
    app.refused(&path(ander, "afhandelingen"), json!({})).await;

    let app = &app;
    let history = |path: String| async move { ids(&app.get(&path).await.body) };
    assert_eq!(history(path(een, "afhandelingen")).await, [handeling(&again), handeling(&done)]);
    assert_eq!(history(path(ander, "afhandelingen")).await, [handeling(&elsewhere)]);
    assert!(history(path(een, "correcties")).await.is_empty());
    let all = [&again, &open, &done, &contact].map(handeling);
    assert_eq!(history(path(een, "handelingen")).await, all);
    let of_contact = format!("/klantcontacten/{}/handelingen", contact.id());
    assert_eq!(history(of_contact).await, [handeling(&contact)]);

    let entry = &app.get(&path(een, "handelingen")).await.body["resultaten"][0];
    let touched = json!([{ "soort": "interneTaak", "id": een, "versies": { "van": 4, "tot": 4 } }]);
    assert_eq!(
        (&entry["handeling"], &entry["objecten"]),
        (&json!("markeerInterneTaakVerwerkt"), &touched)
    );
    let whole = &app.get("/klantcontacten").await.body["resultaten"][0]["objecten"];
    assert_eq!(whole.as_array().map(Vec::len), Some(3), "{whole:#}");
    assert_eq!(whole[0]["versies"], json!({ "van": 1, "tot": 3 }), "{whole:#}");
}

#[tokio::test]
async fn pages_have_every_handeling_once() {
    let app = App::start_without_projector().await;
    let mut done = Vec::new();
    for number in 0..7 {
        done.push(handeling(&app.post("/personen", person(&format!("P{number}"))).await));
    }
    done.reverse();
    let mut seen = Vec::new();
    let mut next = Some("/personen?aantal=3".to_owned());
    let mut pages = 0;
    while let Some(path) = next {
        let page = app.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        seen.extend(ids(&page.body));
        let uri = page.body["volgende"].as_str();
        next = uri.map(|uri| uri.strip_prefix("/bijhouding/v1").expect("the base").to_owned());
        pages += 1;
    }
    assert_eq!((seen, pages), (done, 3));
}

#[tokio::test]
async fn a_change_of_nothing_leaves_no_entry() {
    let app = App::start_without_projector().await;
    let jan = app.post("/personen", person("Jan")).await.id();
    let path = format!("/personen/{jan}/wijzigingen");
    app.post(&path, person("Jan")).await;
    assert!(ids(&app.get(&path).await.body).is_empty());
    assert_eq!(ids(&app.get(&format!("/partijen/{jan}/handelingen")).await.body).len(), 1);
}

#[tokio::test]
async fn parameters_are_known_and_right_or_told() {
    let app = App::start_without_projector().await;
    let fault = |name: &str| (name.to_owned(), "invalid".to_owned());
    for (query, faults) in [
        ("aantal=0", vec!["aantal"]),
        ("aantal=101", vec!["aantal"]),
        ("aantal=", vec!["aantal"]),
        ("na=x&aantal=-1", vec!["na", "aantal"]),
        ("aantal=1&aantal=2", vec!["aantal"]),
        ("pagina=2&na=x", vec!["pagina", "na"]),
    ] {
        let refused = app.get(&format!("/personen?{query}")).await;
        let faults: Vec<_> = faults.into_iter().map(fault).collect();
        assert_eq!((refused.status.as_u16(), refused.faults()), (400, faults), "{query}");
    }
    let one = app.get(&format!("/partijen/{}?x=1", Uuid::nil())).await;
    assert_eq!((one.status.as_u16(), one.faults()), (400, vec![fault("x")]));
}

#[tokio::test]
async fn the_history_needs_its_scope() {
    let app = App::start_without_projector().await;
    let jan = app.post("/personen", person("Jan")).await;
    let token = app.issuer.token(&Persona::systeem().claim("scope", json!("partijen:lezen")));
    let one = format!("/handelingen/{}", handeling(&jan));
    let of_object = format!("/partijen/{}/handelingen", jan.id());
    let on_path = format!("/personen/{}/wijzigingen", jan.id());
    for path in ["/personen", &one, &of_object, &on_path] {
        let request = app.request(Method::GET, &format!("/bijhouding/v1{path}"));
        let refused = answer(request.bearer_auth(&token)).await;
        assert_eq!(refused.status, 403, "{path}");
        assert!(refused.body["detail"].as_str().expect("text").contains("handelingen:lezen"));
    }
}
