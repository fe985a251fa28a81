//! The document is true: what every operation answers, in a register where much has happened, is what
//! the document says of it.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::operations::{Operation, all, document};
use super::schemas::{Example, examples, faults, strict, validator};
use crate::history::Player;
use crate::notificaties::ontvanger::{Gedrag, Ontvanger};
use crate::notificaties::{published, start_relay};
use crate::register::history;
use crate::support::{App, Persona};

/// Steps of the history before anything is asked.
const STEPS: usize = 400;
/// Most objects of a kind that are read.
const READ_MAX: usize = 15;
/// Handelingen that are done with the document's own example and keys that exist, at the least.
const DONE_MIN: usize = 60;
/// A key in another register.
const SLEUTEL: &str = "a7b3c8d9-e4f5-4a7b-8c9d-e0f1a2b3c4d5";
/// What a bearer needs to see what is not for everybody.
const SENSITIVE: [&str; 3] = ["bsn:lezen", "interne-notitie:lezen", "vertrouwelijk:lezen"];

/// Asks, and holds the answers against the document.
struct Prover {
    document: Value,
    validators: BTreeMap<(String, String), Validator>,
    seen: BTreeMap<String, BTreeSet<u16>>,
    wrong: BTreeSet<String>,
}

impl Prover {
    fn new() -> Self {
        let document = document();
        let (validators, seen) = (BTreeMap::new(), BTreeMap::new());
        Self { document, validators, seen, wrong: BTreeSet::new() }
    }

    /// Sends a request of an operation, and gives the status and the body.
    async fn ask(&mut self, operation: &Operation, request: RequestBuilder) -> (u16, Value) {
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type").cloned();
        let kind = kind.and_then(|kind| kind.to_str().ok().map(str::to_owned)).unwrap_or_default();
        let text = response.text().await.expect("text");
        let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        self.seen.entry(operation.id().to_owned()).or_default().insert(status);
        let found = self.check(operation, status, &kind, &body);
        self.wrong
            .extend(found.into_iter().map(|fault| format!("{} {status}: {fault}", operation.id())));
        (status, body)
    }

    /// What the document does not say of an answer.
    fn check(
        &mut self,
        operation: &Operation,
        status: u16,
        kind: &str,
        body: &Value,
    ) -> Vec<String> {
        let responses = operation.responses(&self.document);
        let told = responses.into_iter().find(|(told, _)| *told == status.to_string());
        let Some((_, told)) = told else {
            return vec!["the document does not have this status".to_owned()];
        };
        if told["content"].is_null() {
            return if kind.is_empty() { Vec::new() } else { vec![format!("has a body: {kind}")] };
        }
        let media = kind.split(';').next().unwrap_or_default();
        let schema = &told["content"][media]["schema"];
        if schema.is_null() {
            return vec![format!("the document does not have {media}")];
        }
        let document = &self.document;
        let key = (operation.id().to_owned(), status.to_string());
        let validator = self.validators.entry(key).or_insert_with(|| strict(document, schema));
        faults(validator, body)
    }
}

/// Where the keys of a collection stand that is no table of its own name: key, table, and which rows.
const KEYS: [(&str, &str); 17] = [
    ("personen", "id FROM write_side.partijen WHERE soort_partij = 'persoon'"),
    ("organisaties", "id FROM write_side.partijen WHERE soort_partij = 'organisatie'"),
    ("contactpersonen", "id FROM write_side.partijen WHERE soort_partij = 'contactpersoon'"),
    ("medewerkers", "id FROM write_side.actoren WHERE soort_actor = 'medewerker'"),
    (
        "organisatorische-eenheden",
        "id FROM write_side.actoren WHERE soort_actor = 'organisatorische_eenheid'",
    ),
    (
        "geautomatiseerde-actoren",
        "id FROM write_side.actoren WHERE soort_actor = 'geautomatiseerde_actor'",
    ),
    ("actorkoppelingen", "id FROM write_side.actor_klantcontacten"),
    ("gebeurtenissen", "handeling_id FROM write_side.handelingen"),
    ("handelingen", "handeling_id FROM write_side.handelingen"),
    ("kanalen", "code FROM write_side.referentiewaarden WHERE lijst = 'kanaal'"),
    ("voorkeurstalen", "code FROM write_side.referentiewaarden WHERE lijst = 'taal'"),
    ("landen", "code FROM write_side.referentiewaarden WHERE lijst = 'land'"),
    (
        "soorten-digitaal-adres",
        "code FROM write_side.referentiewaarden WHERE lijst = 'soort_digitaal_adres'",
    ),
    ("soorten-object", "code FROM write_side.referentiewaarden WHERE lijst = 'soort_object'"),
    ("soorten-extern-id", "code FROM write_side.referentiewaarden WHERE lijst = 'soort_object_id'"),
    ("externe-registers", "code FROM write_side.referentiewaarden WHERE lijst = 'extern_register'"),
    ("categorieen", "code FROM write_side.referentiewaarden WHERE lijst = 'categorie'"),
];

/// The keys of what a path names, as its first segment says.
async fn keys(app: &App, path: &str) -> Vec<String> {
    let collection = path.split('/').nth(1).expect("a collection");
    let known = KEYS.iter().find(|(name, _)| *name == collection);
    let rows = match known {
        Some((_, rows)) => (*rows).to_owned(),
        None => format!("id FROM write_side.{}", collection.replace('-', "_")),
    };
    let sql = format!("SELECT k.sleutel::text FROM (SELECT {rows}) k (sleutel)");
    let sql = format!("{sql} ORDER BY 1 LIMIT {READ_MAX}");
    let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(app.pool()).await;
    found.unwrap_or_else(|error| panic!("{collection}: {error}"))
}

/// The paths of an operation that name something that exists.
async fn paths(app: &App, operation: &Operation) -> Vec<String> {
    let path = &operation.path;
    if path == "/schemas/{soort}" {
        let (_, parameter) = &operation.parameters("path")[0];
        let words = parameter["schema"]["enum"].as_array().expect("words");
        let words = words.iter().map(|word| word.as_str().expect("a word"));
        return words.map(|word| path.replace("{soort}", word)).collect();
    }
    if !path.contains('{') {
        return vec![path.clone()];
    }
    let keys = keys(app, path).await;
    let named = |key: &String| {
        path.replace("{id}", key).replace("{code}", key).replace("{volgnummer}", "1")
    };
    keys.iter().map(named).collect()
}

/// A service where much has happened: a random history, values of every list, and a subscription with
/// deliveries. The relay works as long as its sender lives.
async fn populated() -> (App, watch::Sender<bool>) {
    let app = App::start_without_projector().await;
    let receiver = Ontvanger::start(Gedrag::Aanvaard).await;
    let geheim = "een-geheim-van-meer-dan-24-bytes";
    let subscription = json!({
        "callbackUrl": receiver.url, "authenticatie": { "geheim": geheim },
        "filters": { "objectsoort": ["actor", "interne_taak"] },
    });
    app.post("/abonnementen", subscription).await;
    let player = Player::new(&app).await;
    player.play(&history(7, STEPS, false), 1).await;
    let organisatie = app.post("/organisaties", json!({ "naam": "De Ochtend" })).await.id();
    let name = json!({ "achternaam": "Bakker" });
    let adres = json!({ "straatnaam": "Dorpsstraat", "huisnummer": 12, "stad": "Voorbeeldstad" });
    let persoon = json!({
        "contactnaam": name, "bezoekadres": adres, "interneNotitie": "let op",
        "correspondentieadres": { "adresregel1": "Postbus 1", "land": "BE" },
    });
    let persoon = app.post("/personen", persoon).await.id();
    app.post("/categorieen", json!({ "code": "vip", "naam": "VIP" })).await;
    let relatie = json!({ "categorie": "vip" });
    app.post(&format!("/partijen/{persoon}/categorie-relaties"), relatie).await;
    let contactpersoon = json!({ "contactnaam": name, "werkteVoorPartij": organisatie });
    app.post("/contactpersonen", contactpersoon).await;
    let jo = json!({
        "naam": "Jo", "functie": "KCC", "emailadres": "jo@example.nl",
        "telefoonnummer": "0612345678",
        "actoridentificator": { "objectId": SLEUTEL, "codeObjecttype": "medewerker",
            "codeSoortObjectId": "uuid", "codeRegister": "personeel" },
    });
    app.post("/externe-registers", json!({ "code": "personeel", "naam": "Personeel" })).await;
    app.post("/medewerkers", jo).await;
    app.post(
        "/geautomatiseerde-actoren",
        json!({ "naam": "Portaal", "functie": "zaaksysteem", "omschrijving": "meldt" }),
    )
    .await;
    let pair = json!({ "vertegenwoordigendePartij": persoon,
                       "vertegenwoordigdePartij": organisatie });
    app.post("/vertegenwoordigingen", pair).await;
    let zaak = json!({ "uuid": "0192f0c8-0000-7000-8000-000000000001",
                       "identificatie": "ZAAK-2026-1", "codeRegister": "zakenregister" });
    app.post("/zaaksleutels", zaak).await;
    let voorstel = json!({ "objectsoort": "partij", "objectId": persoon, "grond": "14.1",
                           "besluit": "B-1" });
    app.post("/vernietigingsvoorstellen", voorstel).await;
    let verzoek = json!({ "partij": persoon, "kenmerk": "AVG-1", "reden": "verzoek" });
    app.post("/inzageverzoeken", verzoek).await;
    let relay = start_relay(&app);
    published(&app).await;
    receiver.wacht(1).await;
    (app, relay)
}

/// Reads everything that there is, as who may see all and as who may not.
async fn read_all(prover: &mut Prover, app: &App) {
    let scopes = Persona::systeem().0["scope"].as_str().expect("scopes").to_owned();
    let scopes: Vec<&str> =
        scopes.split_whitespace().filter(|scope| !SENSITIVE.contains(scope)).collect();
    let modest = app.issuer.token(&Persona::systeem().claim("scope", json!(scopes.join(" "))));
    let reads = all().into_iter().filter(|operation| operation.method == "GET");
    for operation in reads {
        for path in paths(app, &operation).await {
            let (_, own) = prover.ask(&operation, app.bijhouding(Method::GET, &path)).await;
            let request = app.request(Method::GET, &format!("/bijhouding/v1{path}"));
            prover.ask(&operation, request.bearer_auth(&modest)).await;
            if !own["volgende"].is_null() {
                let small = format!("{path}?aantal=1");
                prover.ask(&operation, app.bijhouding(Method::GET, &small)).await;
            }
        }
        let nothing = operation.with_key();
        prover.ask(&operation, app.bijhouding(Method::GET, &nothing)).await;
        let unknown = format!("{nothing}?bestaatNiet=1");
        prover.ask(&operation, app.bijhouding(Method::GET, &unknown)).await;
    }
}

/// Searches for each thing by its key.
async fn search_all(prover: &mut Prover, app: &App) {
    let modest = app.issuer.token(&Persona::systeem().claim(
        "scope",
        json!("partijen:lezen klantcontacten:lezen interne-taken:lezen actoren:lezen"),
    ));
    for operation in all().into_iter().filter(|operation| operation.path.ends_with("/_zoek")) {
        let mut found = 0;
        for key in keys(app, &operation.path).await {
            let body = json!({ "id": key });
            let request = app.bijhouding(Method::POST, &operation.path).json(&body);
            let (_, page) = prover.ask(&operation, request).await;
            found += page["resultaten"].as_array().map_or(0, Vec::len);
            let path = format!("/bijhouding/v1{}", operation.path);
            let request = app.request(Method::POST, &path).bearer_auth(&modest).json(&body);
            prover.ask(&operation, request).await;
        }
        assert!(found > 0, "{} found nothing", operation.id());
        for wrong in [json!({}), json!({ "id": "x" }), json!({ "bestaatNiet": 1 })] {
            let request = app.bijhouding(Method::POST, &operation.path).json(&wrong);
            prover.ask(&operation, request).await;
        }
    }
}

/// Does everything with its own example, on what there is and on what there is not.
async fn do_all(prover: &mut Prover, app: &App) {
    let changes = all()
        .into_iter()
        .filter(|operation| operation.method != "GET" && !operation.path.ends_with("/_zoek"));
    for operation in changes {
        let method: Method = operation.method.parse().expect("a method");
        let example = &operation.object["requestBody"]["content"]["application/json"]["example"];
        let mut paths = paths(app, &operation).await;
        paths.truncate(3);
        paths.push(operation.with_key());
        for path in paths {
            for body in [example, &json!({}), &json!({ "bestaatNiet": 1 })] {
                let request = app.bijhouding(method.clone(), &path).json(body);
                prover.ask(&operation, request).await;
            }
        }
    }
}

#[tokio::test]
async fn every_answer_is_what_the_document_says() {
    let (app, _relay) = populated().await;
    let mut prover = Prover::new();
    read_all(&mut prover, &app).await;
    search_all(&mut prover, &app).await;
    do_all(&mut prover, &app).await;
    assert!(prover.wrong.is_empty(), "{:#?}", prover.wrong);
    let mut done = 0;
    for operation in all() {
        let seen = prover.seen.get(operation.id()).cloned().unwrap_or_default();
        let reads = operation.method == "GET" || operation.path.ends_with("/_zoek");
        assert!(!reads || seen.contains(&200), "{} was never answered: {seen:?}", operation.id());
        assert!(seen.iter().any(|status| *status >= 400), "{}: {seen:?}", operation.id());
        done += usize::from(!reads && seen.iter().any(|status| *status < 300));
    }
    assert!(done >= DONE_MIN, "only {done} handelingen were done");
}

#[test]
fn every_example_is_right() {
    let document = document();
    let mut found = Vec::new();
    examples("", &document, &mut found);
    assert!(found.len() > 300, "{}", found.len());
    let mut wrong = Vec::new();
    for Example { place, schema, value, answer } in found {
        let closed = if answer { strict } else { validator };
        for fault in faults(&closed(&document, schema), value) {
            wrong.push(format!("{place}: {fault}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether a schema says what is in an object, wherever one stands.
fn bare<'v>(place: &str, value: &'v Value, found: &mut Vec<String>) {
    let says = ["properties", "additionalProperties", "allOf", "oneOf", "anyOf"];
    if value["type"] == "object" && says.iter().all(|key| value[*key].is_null()) {
        found.push(place.to_owned());
    }
    let below: Vec<(String, &'v Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, below)| (name.clone(), below)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, below)| (index.to_string(), below)).collect()
        }
        _ => Vec::new(),
    };
    for (name, below) in below.into_iter().filter(|(name, _)| !name.starts_with("example")) {
        bare(&format!("{place}/{name}"), below, found);
    }
}

#[test]
fn no_answer_is_just_an_object() {
    let document = document();
    let mut found = Vec::new();
    bare("", &document["components"]["schemas"], &mut found);
    for operation in all() {
        for (status, response) in operation.responses(&document) {
            bare(&format!("{} {status}", operation.id()), &response["content"], &mut found);
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
