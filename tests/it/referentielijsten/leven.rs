//! The life of a value of each list.

use reqwest::Method;
use serde_json::{Value, json};

use super::fault;
use crate::support::{Answer, App, Persona, join_all};

/// A list, a value for it, and the name of the list in answers.
struct Lijst {
    pad: &'static str,
    lijst: &'static str,
    code: &'static str,
    registreer: Value,
    corrigeer: Value,
    deactiveer: Value,
}

fn lijst(pad: &'static str, lijst: &'static str, code: &'static str) -> Lijst {
    let registreer = json!({ "code": code, "naam": "Eerst" });
    let corrigeer = json!({ "naam": "Later" });
    Lijst { pad, lijst, code, registreer, corrigeer, deactiveer: json!({}) }
}

fn lijsten() -> Vec<Lijst> {
    vec![
        lijst("/kanalen", "kanaal", "fax"),
        lijst("/voorkeurstalen", "taal", "lat"),
        lijst("/soorten-digitaal-adres", "soortDigitaalAdres", "mastodon"),
        lijst("/soorten-object", "soortObject", "melding"),
        lijst("/soorten-extern-id", "soortObjectId", "meldingsnummer"),
        lijst("/externe-registers", "externRegister", "meldingenregister"),
        lijst("/categorieen", "categorie", "ondernemer"),
        Lijst {
            registreer: json!({ "landcode": "ZZ", "landnaam": "Eerst",
                "ingangsdatumLand": "1815-06-09" }),
            corrigeer: json!({ "landnaam": "Later" }),
            deactiveer: json!({ "einddatumLand": "2020-12-31" }),
            ..lijst("/landen", "land", "ZZ")
        },
    ]
}

/// Asserts what a value is now.
fn is(read: &Answer, etag: &str, naam: &str, actief: bool) {
    assert_eq!(read.headers["etag"], etag);
    let said = (&read.body["naam"], &read.body["indicatieActief"]);
    assert_eq!(said, (&json!(naam), &json!(actief)));
}

#[tokio::test]
async fn a_value_is_registered_corrected_retired_and_taken_back() {
    let app = App::start_without_projector().await;
    for Lijst { pad, lijst, code, registreer, corrigeer, deactiveer } in lijsten() {
        let value = format!("{pad}/{code}");
        let step = |step: &str| format!("{value}/{step}");
        assert_eq!(app.get(&value).await.status, 404, "{pad}");
        let before = app.positie().await;
        let done = app.post(pad, registreer.clone()).await;
        assert_eq!(done.status, 201);
        let read = app.get(&value).await;
        is(&read, "\"1\"", "Eerst", true);
        assert_eq!((&read.body["lijst"], &read.body["code"]), (&json!(lijst), &json!(code)));
        let again = app.refused(pad, registreer).await;
        let veld = if pad == "/landen" { "landcode" } else { "code" };
        assert_eq!(again, (409, vec![fault(veld, "unique")]), "{pad}");

        let nothing = Value::Null;
        app.post(&step("correcties"), corrigeer.clone()).await;
        let same = app.post(&step("correcties"), corrigeer).await;
        assert_eq!(same.body["positie"], nothing, "{pad}");
        let same = app.post(&step("activeringen"), json!({})).await;
        assert_eq!(same.body["positie"], nothing, "{pad}");
        app.post(&step("deactiveringen"), deactiveer.clone()).await;
        let same = app.post(&step("deactiveringen"), deactiveer).await;
        assert_eq!(same.body["positie"], nothing, "{pad}");
        is(&app.get(&value).await, "\"3\"", "Later", false);
        app.post(&step("activeringen"), json!({})).await;
        let read = app.get(&value).await;
        is(&read, "\"4\"", "Later", true);
        assert_eq!(read.body["einddatum"], nothing);
        let happened = ["Geregistreerd", "Gecorrigeerd", "Gedeactiveerd", "Geactiveerd"];
        let happened = happened.map(|what| format!("Referentiewaarde{what}"));
        assert_eq!(app.events_after(before).await, happened, "{pad}");
        let by_key = app.get(&format!("/referentiewaarden/{}", done.id())).await;
        assert_eq!(by_key.body, read.body);
    }
}

#[tokio::test]
async fn a_value_that_does_not_exist_is_not_found() {
    let app = App::start_without_projector().await;
    for lijst in lijsten() {
        let steps = [
            ("correcties", &lijst.corrigeer),
            ("activeringen", &json!({})),
            ("deactiveringen", &lijst.deactiveer),
        ];
        for (step, body) in steps {
            let path = format!("{}/{}/{step}", lijst.pad, lijst.code);
            let unknown = app.refused(&path, body.clone()).await;
            assert_eq!(unknown, (404, vec![fault("code", "niet-gevonden")]), "{path}");
        }
    }
    // A code of another list is none of this one.
    assert_eq!(app.get("/kanalen/nld").await.status, 404);
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let app = App::start_without_projector().await;
    let land = |first: &str, last: &str| {
        json!({ "landcode": "ZZ", "landnaam": "x", "ingangsdatumLand": first,
            "einddatumLand": last })
    };
    let einde = |last: &str| json!({ "einddatumLand": last });
    let object = json!({ "code": "melding", "naam": "x", "externRegister": "bestaatniet" });
    let adres = json!({ "code": "fax", "naam": "x", "validatie": "geen" });
    let actief = json!({ "code": "fax", "naam": "x", "indicatieActief": false });
    let code = |code: &str| json!({ "code": code, "naam": "x" });
    let refusals = [
        ("/kanalen", code("met spatie"), 400, "code", "invalid"),
        ("/kanalen", json!({ "code": "fax" }), 400, "naam", "required"),
        ("/kanalen", code("003"), 409, "code", "unique"),
        ("/kanalen", actief, 400, "indicatieActief", "read-only"),
        ("/kanalen/post/correcties", code("y"), 400, "code", "invalid"),
        ("/voorkeurstalen", code("NLD"), 400, "code", "invalid"),
        ("/landen", json!({ "landcode": "6030", "landnaam": "x" }), 400, "landcode", "invalid"),
        ("/landen", land("2020-01-02", "2020-01-01"), 400, "einddatumLand", "invalid"),
        ("/landen/BE/deactiveringen", json!({}), 400, "einddatumLand", "required"),
        ("/landen/BE/deactiveringen", einde("2999-01-01"), 400, "einddatumLand", "invalid"),
        ("/soorten-object", object, 400, "externRegister", "onbekende-referentiewaarde"),
        ("/soorten-digitaal-adres", adres, 400, "validatie", "invalid"),
    ];
    for (path, body, status, veld, code) in refusals {
        let refused = app.refused(path, body.clone()).await;
        assert_eq!(refused, (status, vec![fault(veld, code)]), "{path} {body}");
    }
}

#[tokio::test]
async fn a_value_that_came_with_the_program_has_a_version_too() {
    let app = App::start_without_projector().await;
    let before = app.get("/kanalen/post").await;
    assert_eq!(before.headers["etag"], "\"0\"");
    let correct = |versie: &'static str, naam: &'static str| {
        app.bijhouding(Method::POST, "/kanalen/post/correcties")
            .header("if-match", versie)
            .json(&json!({ "naam": naam }))
    };
    let done = correct("\"0\"", "Brief").send().await.expect("an answer");
    assert_eq!(done.status(), 200);
    assert_eq!(done.headers()["etag"], "\"1\"");
    let stale = correct("\"0\"", "Briefpost").send().await.expect("an answer");
    assert_eq!(stale.status(), 412);
    let known = app.bijhouding(Method::GET, "/kanalen/post").header("if-none-match", "\"1\"");
    assert_eq!(known.send().await.expect("an answer").status(), 304);
}

#[tokio::test]
async fn of_requests_at_the_same_moment_one_registers_a_code() {
    let app = App::start_without_projector().await;
    let body = json!({ "code": "fax", "naam": "Fax" });
    let answers = join_all((0..8).map(|_| app.try_post("/kanalen", body.clone()))).await;
    let with = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((with(201), with(409)), (1, 7));
}

#[tokio::test]
async fn what_was_done_to_a_value_is_its_history() {
    let app = App::start_without_projector().await;
    let path = "/kanalen/post/deactiveringen";
    app.post(path, json!({})).await;
    app.post("/kanalen/balie/deactiveringen", json!({})).await;
    let done = app.get(path).await;
    assert_eq!(done.body["resultaten"].as_array().map(Vec::len), Some(1), "{:#}", done.body);
    assert_eq!(done.body["resultaten"][0]["handeling"], "deactiveerKanaal");
    assert_eq!(app.get("/kanalen/bestaatniet/deactiveringen").await.status, 404);
}

#[tokio::test]
async fn the_lists_are_read_together() {
    let app = App::start_without_projector().await;
    app.post("/kanalen/post/deactiveringen", json!({})).await;
    let codes = |body: &Value, index: usize| -> Vec<String> {
        let found = body["referentielijsten"][index]["waarden"].as_array().expect("values").iter();
        found.map(|item| item["code"].as_str().expect("a code").to_owned()).collect()
    };
    let all = app.get("/referentielijsten").await.body;
    assert_eq!(all["referentielijsten"].as_array().map(Vec::len), Some(8));
    let two = app.get("/referentielijsten?lijst=land,kanaal").await.body;
    assert_eq!(two["referentielijsten"][0]["lijst"], "land");
    assert!(codes(&two, 1).contains(&"post".to_owned()));
    assert!(codes(&two, 1).is_sorted());
    let active = app.get("/referentielijsten?lijst=kanaal&actief=true").await.body;
    assert!(!codes(&active, 0).contains(&"post".to_owned()) && codes(&active, 0).len() == 9);
    let retired = app.get("/referentielijsten?lijst=kanaal&actief=false").await.body;
    assert_eq!(codes(&retired, 0), ["post"]);
    let wrong = app.get("/referentielijsten?lijst=kanaal,kleur&actief=ja&x=1").await;
    let mut faults = wrong.faults();
    faults.sort();
    let expected = [fault("actief", "invalid"), fault("lijst", "invalid"), fault("x", "invalid")];
    assert_eq!((wrong.status.as_u16(), faults), (400, expected.to_vec()));
}

#[tokio::test]
async fn keeping_the_lists_needs_its_scope_and_so_does_reading_them() {
    let app = App::start_without_projector().await;
    let with = |scope: &str| Persona(json!({ "sub": "lezer", "rollen": [], "scope": scope }));
    let (reader, nobody) = (with("referentielijsten:lezen"), with("partijen:lezen"));
    for lijst in lijsten() {
        let body = Some(&lijst.registreer);
        assert_eq!(app.als(&reader, Method::POST, lijst.pad, body).await.status, 403);
        for step in ["correcties", "activeringen", "deactiveringen"] {
            // Also when the code does not exist: who may not, learns nothing.
            let path = format!("{}/{}/{step}", lijst.pad, lijst.code);
            assert_eq!(app.als(&reader, Method::POST, &path, Some(&json!({}))).await.status, 403);
        }
    }
    for path in ["/kanalen/post", "/referentielijsten"] {
        assert_eq!(app.als(&reader, Method::GET, path, None).await.status, 200);
        assert_eq!(app.als(&nobody, Method::GET, path, None).await.status, 403);
    }
}
