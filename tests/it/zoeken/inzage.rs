//! Who finds what: searches that point at nobody are refused, and what is masked is not found by
//! what the mask covers.

use reqwest::Method;
use serde_json::{Value, json};

use super::{BSN, Register, ids, zoek_als};
use crate::support::{Counter, Persona};

#[tokio::test]
async fn a_search_that_points_at_nobody_is_refused() {
    let Register { app, jan, nicole, .. } = Register::start().await;
    let long = json!({ "plaatsgevondenVanaf": "2024-01-01T00:00:00Z",
        "plaatsgevondenTot": "2024-02-01T00:00:01Z" });
    let requests = [
        ("/partijen", json!({})),
        ("/partijen", json!({ "soortPartij": "persoon", "indicatieActief": true })),
        ("/personen", json!({ "naam": "Vries" })),
        ("/personen", json!({ "stad": "Juinen", "postcode": "1234 AB" })),
        ("/personen", json!({ "nummer": null, "naam": null })),
        ("/organisaties", json!({ "huisnummer": 12, "stad": "Juinen" })),
        ("/digitale-adressen", json!({ "soortDigitaalAdres": "email", "referentie": "portaal" })),
        ("/klantcontacten", json!({ "kanaal": "email" })),
        ("/klantcontacten", json!({ "naamBetrokkene": "Jansen", "onderwerp": "container" })),
        ("/klantcontacten", json!({ "plaatsgevondenVanaf": "2024-01-01T00:00:00Z" })),
        ("/klantcontacten", long),
        ("/betrokkenen", json!({ "rol": "klant" })),
        ("/betrokkenen", json!({ "organisatienaam": "Buurthuis" })),
        ("/partij-identificatoren", json!({})),
        ("/interne-taken", json!({ "status": "te_verwerken", "toelichting": "Jansen" })),
    ];
    for (collection, body) in requests {
        let answer = app.try_post(&format!("{collection}/_zoek"), body.clone()).await;
        assert_eq!(answer.status, 400, "{collection} {body}");
        assert_eq!(answer.faults(), [(String::new(), "required".to_owned())], "{body}");
        let reason = answer.body["invalidParams"][0]["reason"].as_str().expect("a reason");
        assert!(reason.contains("id, "), "says which keys would do: {reason}");
    }
    let wrong = json!({ "naam": "Vr", "postcode": "12 AB", "kleur": 1, "aantal": 101, "na": "x" });
    let (status, mut faults) = app.refused("/personen/_zoek", wrong).await;
    faults.sort();
    let expected = [
        ("aantal", "invalid"),
        ("kleur", "invalid"),
        ("na", "invalid"),
        ("naam", "min_length"),
        ("postcode", "invalid-adres"),
    ];
    let expected = expected.map(|(veld, code)| (veld.to_owned(), code.to_owned()));
    assert_eq!((status, faults), (400, expected.to_vec()));
    let back = json!({ "actor": nicole, "plaatsgevondenVanaf": "2024-02-01T00:00:00Z",
        "plaatsgevondenTot": "2024-01-01T00:00:00Z" });
    assert_eq!(app.refused("/klantcontacten/_zoek", back).await.0, 400);
    // Reading what one has the key of stays possible.
    assert_eq!(ids(&app.try_post("/personen/_zoek", json!({ "id": jan })).await), [jan]);
}

fn reader(scope: &str) -> Persona {
    Persona(json!({ "sub": "lezer", "rollen": [], "scope": scope }))
}

#[tokio::test]
async fn a_bsn_is_neither_shown_nor_searched_by_without_its_scope() {
    let Register { app, jan, nicole, .. } = Register::start().await;
    let who = reader("partijen:lezen klantcontacten:lezen");
    let named = json!({ "identificator": { "objectId": BSN, "codeSoortObjectId": "bsn" } });
    let refused = zoek_als(&app, &who, "/personen/_zoek", &named).await;
    assert_eq!(refused.status, 403);
    let expected = ("identificator.codeSoortObjectId".to_owned(), "geen-toegang".to_owned());
    assert_eq!(refused.faults(), [expected]);

    let about = json!({ "kanaal": "post", "onderwerp": "Verhuizing", "actoren": [nicole],
        "betrokkenen": [{ "rol": "klant", "initiator": true }],
        "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": BSN,
            "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn",
            "codeRegister": "brp" } }] });
    let about = app.post("/klantcontacten", about).await;
    let requests = [
        ("/personen/_zoek", json!({ "identificator": { "objectId": BSN } })),
        ("/partij-identificatoren/_zoek", json!({ "partijIdentificator": { "objectId": BSN } })),
        ("/klantcontacten/_zoek", json!({ "partijIdentificator": { "objectId": BSN } })),
        (
            "/onderwerpobjecten/_zoek",
            json!({ "onderwerpobjectidentificator": { "objectId": BSN } }),
        ),
    ];
    for (path, body) in &requests {
        assert!(ids(&zoek_als(&app, &who, path, body).await).is_empty(), "{path}");
        assert_eq!(ids(&app.try_post(path, body.clone()).await).len(), 1, "{path}");
    }
    let masked = [
        ("/personen/_zoek", json!({ "id": jan })),
        ("/partij-identificatoren/_zoek", json!({ "identificeerdePartij": jan })),
        ("/klantcontacten/_zoek", json!({ "id": about.id() })),
        ("/onderwerpobjecten/_zoek", json!({ "wasOnderwerpVanKlantcontact": about.id() })),
    ];
    for (path, body) in &masked {
        let shown = zoek_als(&app, &who, path, body).await;
        assert_eq!(ids(&shown).len(), 1, "{path}");
        assert!(!shown.body.to_string().contains(BSN), "{path}");
        assert!(app.try_post(path, body.clone()).await.body.to_string().contains(BSN), "{path}");
    }
    let part = about.nth("onderwerpobject", 0);
    let part = app.als(&who, Method::GET, &format!("/onderwerpobjecten/{part}"), None).await;
    assert_eq!(part.body["onderwerpobjectidentificator"]["objectId"], Value::Null);
}

#[tokio::test]
async fn what_is_masked_is_not_found_by_what_the_mask_covers() {
    let Register { app, nicole, geheim, jan, .. } = Register::start().await;
    let who = reader("klantcontacten:lezen partijen:lezen");
    for text in [json!({ "onderwerp": "uithuis" }), json!({ "inhoud": "gezin" })] {
        let mut body = text.clone();
        body["actor"] = json!(nicole);
        assert!(ids(&zoek_als(&app, &who, "/klantcontacten/_zoek", &body).await).is_empty());
        let all = app.try_post("/klantcontacten/_zoek", body).await;
        assert_eq!(ids(&all), [geheim.id()], "{text}");
        assert_eq!(all.body["resultaten"][0]["onderwerp"], "Uithuisplaatsing");
    }
    let body = json!({ "nummer": geheim.nummer() });
    let shown = zoek_als(&app, &who, "/klantcontacten/_zoek", &body).await;
    assert_eq!(ids(&shown), [geheim.id()]);
    assert_eq!(shown.body["resultaten"][0]["onderwerp"], Value::Null);
    assert_eq!(shown.body["resultaten"][0]["inhoud"], Value::Null);
    let shown = zoek_als(&app, &who, "/partijen/_zoek", &json!({ "id": jan })).await;
    assert_eq!(shown.body["resultaten"][0]["interneNotitie"], Value::Null);
}

#[tokio::test]
async fn addresses_of_betrokkenen_are_for_who_may_read_klantcontacten() {
    let Register { app, contact, .. } = Register::start().await;
    let (some, all) = (reader("partijen:lezen"), reader("partijen:lezen klantcontacten:lezen"));
    let body = json!({ "adres": "buur@example.nl" });
    assert!(ids(&zoek_als(&app, &some, "/digitale-adressen/_zoek", &body).await).is_empty());
    let found = ids(&zoek_als(&app, &all, "/digitale-adressen/_zoek", &body).await);
    let path = format!("/digitale-adressen/{}", found[0]);
    assert_eq!(app.als(&some, Method::GET, &path, None).await.status, 403);
    let shown = app.als(&all, Method::GET, &path, None).await;
    assert_eq!(shown.headers["etag"], format!("\"{}\"", contact.body["objecten"][0]["versie"]));
}

#[tokio::test]
async fn a_search_needs_its_scope() {
    let Register { app, .. } = Register::start().await;
    let searches = [
        ("/personen", "partijen:lezen"),
        ("/organisaties", "partijen:lezen"),
        ("/partijen", "partijen:lezen"),
        ("/digitale-adressen", "partijen:lezen"),
        ("/partij-identificatoren", "partijen:lezen"),
        ("/medewerkers", "actoren:lezen"),
        ("/organisatorische-eenheden", "actoren:lezen"),
        ("/geautomatiseerde-actoren", "actoren:lezen"),
        ("/actoren", "actoren:lezen"),
        ("/interne-taken", "interne-taken:lezen"),
        ("/klantcontacten", "klantcontacten:lezen"),
        ("/betrokkenen", "klantcontacten:lezen"),
        ("/onderwerpobjecten", "klantcontacten:lezen"),
        ("/bijlagen", "klantcontacten:lezen"),
    ];
    let body = json!({ "id": uuid::Uuid::nil() });
    for (collection, scope) in searches {
        let path = format!("{collection}/_zoek");
        let others: Vec<&str> =
            searches.iter().map(|(_, other)| *other).filter(|other| *other != scope).collect();
        let other = reader(&others.join(" "));
        assert_eq!(zoek_als(&app, &other, &path, &body).await.status, 403, "{path}");
        assert!(ids(&zoek_als(&app, &reader(scope), &path, &body).await).is_empty(), "{path}");
    }
}

#[tokio::test]
async fn a_search_is_logged_without_what_was_asked_and_is_no_event() {
    let counter = Counter::start();
    let Register { app, jan, .. } = Register::start().await;
    let before = app.positie().await;
    let body = json!({ "digitaalAdres": "jan@example.nl", "stad": "Juinen" });
    assert_eq!(ids(&app.try_post("/partijen/_zoek", body).await), [jan]);
    assert_eq!(app.positie().await, before);
    let logged = counter.searches();
    let [line] = logged.as_slice() else { panic!("{logged:?}") };
    for part in ["zoekPartij", "systeem", "resultaten=1", "digitaalAdres"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!line.contains("example.nl") && !line.contains("Juinen"), "{line}");
}
