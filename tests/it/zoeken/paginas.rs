//! Pages: all together are all rows, each as it is read by key, at a cost that does not grow.

use std::collections::BTreeSet;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Register, contact, ids, jan};
use crate::support::{App, Counter};

/// Rows that are leafed through.
const ROWS: usize = 43;
/// Random ways to leaf through them.
const WAYS: usize = 24;

fn runner() -> TestRunner {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(Config::default(), rng)
}

#[tokio::test]
async fn all_pages_together_are_all_rows() {
    let app = App::start_without_projector().await;
    let mut all = Vec::new();
    for index in 0..ROWS {
        let naam = format!("Medewerker {index}");
        let body = json!({ "naam": naam, "functie": "KCC", "telefoonnummer": "0340232221" });
        all.push(app.post("/medewerkers", body).await.id());
    }
    all.reverse();
    let mut runner = runner();
    let sizes = proptest::collection::vec(1_usize..=ROWS + 2, ROWS);
    for _ in 0..WAYS {
        let sizes = sizes.new_tree(&mut runner).expect("sizes").current();
        let mut found = Vec::new();
        let mut na = Value::Null;
        for aantal in sizes {
            let body = json!({ "naam": "medewerker", "aantal": aantal, "na": na });
            let page = app.try_post("/actoren/_zoek", body).await;
            let rows = ids(&page);
            na = page.body["volgende"].clone();
            assert!(rows.len() == aantal || na.is_null(), "a page is full unless it is the last");
            found.extend(rows);
            if na.is_null() {
                break;
            }
        }
        assert_eq!(found, all);
    }
    let first = app.try_post("/actoren/_zoek", json!({})).await;
    assert_eq!(ids(&first).len(), 25, "the size of a page that names none");
}

#[tokio::test]
async fn a_new_row_does_not_disturb_who_leafs_through() {
    let app = App::start_without_projector().await;
    let medewerker = json!({ "naam": "A", "functie": "KCC", "telefoonnummer": "0340232221" });
    let mut all = BTreeSet::new();
    for _ in 0..4 {
        all.insert(app.post("/medewerkers", medewerker.clone()).await.id());
    }
    let first = app.try_post("/medewerkers/_zoek", json!({ "aantal": 2 })).await;
    app.post("/medewerkers", medewerker).await;
    let na = &first.body["volgende"];
    let rest = app.try_post("/medewerkers/_zoek", json!({ "aantal": 100, "na": na })).await;
    let found: Vec<Uuid> = ids(&first).into_iter().chain(ids(&rest)).collect();
    assert_eq!(found.len(), 4);
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), all);
}

/// One search that finds everything there is, and the collection in which it is read by key.
fn wide(register: &Register) -> Vec<(&'static str, &'static str, Value)> {
    let (nicole, jan) = (register.nicole, register.jan);
    vec![
        ("/partijen", "/partijen", json!({ "naam": "Vries", "stad": "Juinen" })),
        ("/personen", "/partijen", json!({ "naam": "Vries", "stad": "Juinen" })),
        ("/medewerkers", "/actoren", json!({})),
        ("/klantcontacten", "/klantcontacten", json!({ "actor": nicole })),
        ("/interne-taken", "/interne-taken", json!({ "actor": nicole })),
        ("/betrokkenen", "/betrokkenen", json!({ "naam": "Jansen", "stad": "Elders" })),
        ("/digitale-adressen", "/digitale-adressen", json!({ "adres": "jan@example.nl" })),
        ("/onderwerpobjecten", "/onderwerpobjecten", json!({})),
        ("/bijlagen", "/bijlagen", json!({})),
        (
            "/partij-identificatoren",
            "/partij-identificatoren",
            json!({ "identificeerdePartij": jan }),
        ),
    ]
}

#[tokio::test]
async fn what_is_found_is_what_is_read_by_key() {
    let register = Register::start().await;
    let app = &register.app;
    for (search, collection, body) in wide(&register) {
        let found = app.try_post(&format!("{search}/_zoek"), body).await;
        assert!(!ids(&found).is_empty(), "{search}");
        for item in found.body["resultaten"].as_array().expect("a list") {
            let id = item["id"].as_str().expect("an id");
            let read = app.get(&format!("{collection}/{id}")).await;
            assert_eq!(read.status, 200, "{collection}");
            assert_eq!(&read.body, item, "{search}");
        }
    }
}

#[tokio::test]
async fn the_number_of_statements_of_a_page_does_not_grow_with_its_rows() {
    let counter = Counter::start();
    let register = Register::start().await;
    let app = &register.app;
    let mut first: Vec<usize> = Vec::new();
    for round in 0..2 {
        for (index, (search, _, body)) in wide(&register).into_iter().enumerate() {
            let before = counter.written();
            let found = app.try_post(&format!("{search}/_zoek"), body).await;
            let statements = counter.written() - before;
            if round == 0 {
                first.push(statements);
            } else {
                let rows = ids(&found).len();
                assert!(rows >= 10 || search == "/medewerkers" || search.contains("identif"));
                assert_eq!(statements, first[index], "{search} with {rows} rows");
            }
            assert!((3..=10).contains(&statements), "{search}: {statements}");
        }
        for index in 0..10 {
            let mut more = jan();
            more.as_object_mut().expect("an object").remove("partijIdentificatoren");
            let partij = app.post("/personen", more).await.id();
            let mut more = contact(register.nicole, partij);
            more["referentienummer"] = json!(format!("9{round}{index}"));
            more["interneTaken"][0]["referentienummer"] = json!(format!("9{round}{index}"));
            app.post("/klantcontacten", more).await;
        }
    }
}

#[tokio::test]
async fn parts_are_read_by_key_with_the_version_of_their_object() {
    let Register { app, jan, contact, .. } = Register::start().await;
    let partij = app.get(&format!("/partijen/{jan}")).await;
    let klantcontact = app.get(&format!("/klantcontacten/{}", contact.id())).await;
    let parts = [
        ("/digitale-adressen", &partij, partij.body["digitaleAdressen"][0].clone()),
        ("/rekeningnummers", &partij, partij.body["rekeningnummers"][0].clone()),
        ("/partij-identificatoren", &partij, partij.body["partijIdentificatoren"][0].clone()),
        (
            "/onderwerpobjecten",
            &klantcontact,
            klantcontact.body["gingOverOnderwerpobjecten"][0].clone(),
        ),
        ("/bijlagen", &klantcontact, klantcontact.body["omvatteBijlagen"][0].clone()),
        ("/digitale-adressen", &klantcontact, klantcontact.body["digitaleAdressen"][0].clone()),
    ];
    for (collection, owner, part) in parts {
        let read = app.get(&format!("{collection}/{}", part["id"].as_str().expect("an id"))).await;
        assert_eq!(read.body, part, "{collection}");
        assert_eq!(read.headers["etag"], owner.headers["etag"], "{collection}");
        let unknown = app.get(&format!("{collection}/{}", Uuid::nil())).await;
        assert_eq!(unknown.status, 404);
        let post = app.bijhouding(Method::DELETE, &format!("{collection}/{}", Uuid::nil()));
        assert_eq!(post.send().await.expect("an answer").status(), 405);
    }
    let betrokkene = app.get(&format!("/betrokkenen/{}", contact.nth("betrokkene", 1))).await;
    assert_eq!(betrokkene.headers["etag"], klantcontact.headers["etag"]);
    assert_eq!(betrokkene.body["digitaleAdressen"], klantcontact.body["digitaleAdressen"]);
    assert_eq!(betrokkene.body["contactnaam"]["achternaam"], "Jansen");
}
