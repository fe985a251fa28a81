//! The NL API Design Rules 2.2, over the served document and over answers that were provoked.

use std::collections::BTreeSet;

use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use super::operations::{Operation, all, document, objects};
use crate::support::{App, Persona};

/// Words that say of whom something is; none of them stands in an address.
const SENSITIVE: [&str; 10] =
    ["bsn", "naam", "email", "telefoon", "adres", "postcode", "token", "geboorte", "iban", "kvk"];
/// What an answer never tells of the program behind it.
const INSIDES: [&str; 8] =
    ["sqlx", "postgres", "write_side", "panicked", "SELECT ", "axum", "serde", ".rs:"];

/// The operations that everybody may ask for.
const PUBLIC: [&str; 1] = ["raadpleegGebeurtenisschema"];
/// The media types of answers.
const JSON: [&str; 3] =
    ["application/json", "application/cloudevents+json", "application/schema+json"];

fn is_kebab(segment: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    segment.split('-').all(word)
}

fn is_camel(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The forms of the verb that an operationId begins with.
fn verb_forms(operation_id: &str) -> [String; 3] {
    let verb: String = operation_id.chars().take_while(char::is_ascii_lowercase).collect();
    // registreer → registreren
    let (stem, last) = verb.split_at(verb.len() - 1);
    let infinitive = format!("{}{last}en", stem.strip_suffix('e').unwrap_or(stem));
    [format!("{verb}en"), infinitive, verb]
}

#[test]
fn paths_are_plural_nouns_in_kebab_case() {
    let operations = all();
    let verbs: BTreeSet<String> = operations.iter().flat_map(|op| verb_forms(op.id())).collect();
    assert!(verbs.contains("registreren") && verbs.contains("wijzig"), "{verbs:?}");
    for Operation { path, .. } in &operations {
        let segments: Vec<&str> = path.strip_prefix('/').expect("a slash").split('/').collect();
        for (index, segment) in segments.iter().enumerate() {
            if segment
                .strip_prefix('{')
                .and_then(|name| name.strip_suffix('}'))
                .is_some_and(is_camel)
            {
                assert!(index > 0, "{path}");
                continue;
            }
            // A search that does not fit a collection, as the rules allow as the last segment.
            let search = segment.strip_prefix('_').filter(|_| index + 1 == segments.len());
            if let Some(search) = search {
                assert!(search.bytes().all(|byte| byte.is_ascii_lowercase()), "{path}");
                continue;
            }
            assert!(is_kebab(segment), "{path}: {segment} is not kebab-case");
            // In several words the noun comes first: "soorten-extern-id".
            let plural = |word: &str| word.ends_with("en") || word.ends_with('s');
            assert!(segment.split('-').any(plural), "{path}: {segment} is no plural");
            assert!(!verbs.contains(*segment), "{path}: {segment} is a verb");
        }
    }
}

#[test]
fn an_action_is_a_resource_that_can_be_read() {
    let operations = all();
    let has = |path: &str, method: &str| {
        operations.iter().any(|operation| operation.path == path && operation.method == method)
    };
    for Operation { path, method, .. } in &operations {
        assert!(["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()), "{method}");
        if method == "POST" && !path.contains("/_") {
            assert!(has(path, "GET"), "{path} has no history");
        }
    }
}

#[test]
fn no_address_has_anything_of_a_person() {
    for operation in all() {
        let names = [operation.parameters("path"), operation.parameters("query")].concat();
        for (name, parameter) in names {
            assert!(is_camel(&name), "{}: {name}", operation.path);
            let lower = name.to_lowercase();
            assert!(
                !SENSITIVE.iter().any(|word| lower.contains(word)),
                "{}: {name}",
                operation.path
            );
            assert!(parameter["description"].is_string(), "{}: {name}", operation.path);
        }
        assert!(operation.parameters("cookie").is_empty());
    }
}

#[test]
fn every_operation_says_who_may_and_what_can_go_wrong() {
    let document = document();
    let mut ids = BTreeSet::new();
    for operation in all() {
        let id = operation.id();
        assert!(is_camel(id) && ids.insert(id.to_owned()), "{}: {id}", operation.path);
        assert!(operation.object["summary"].is_string(), "{id}");
        let scopes = operation.object["security"][0]["bearer"].as_array();
        let limited = scopes.is_some_and(|scopes| !scopes.is_empty());
        assert!(limited || (operation.is_public() && PUBLIC.contains(&id)), "{id}");
        let responses = operation.responses(&document);
        let mut expected = vec!["400", "406", "500", "503"];
        if limited {
            expected.extend(["401", "403"]);
        }
        if operation.has_body() {
            expected.extend(["413", "415"]);
        }
        for status in expected {
            assert!(responses.iter().any(|(found, _)| found == status), "{id} has no {status}");
        }
        for (status, response) in responses {
            assert!(response["headers"]["API-Version"].is_object(), "{id} {status}");
            let content = response["content"].as_object();
            let kinds: Vec<&String> = content.into_iter().flat_map(|kinds| kinds.keys()).collect();
            match status.as_bytes()[0] {
                b'4' | b'5' => assert_eq!(kinds, ["application/problem+json"], "{id} {status}"),
                b'3' => assert!(kinds.is_empty(), "{id} {status}"),
                _ => {
                    assert!(kinds.iter().all(|kind| JSON.contains(&kind.as_str())), "{id} {status}")
                }
            }
        }
    }
}

#[test]
fn the_document_says_whom_to_ask_and_which_version_it_is() {
    let document = document();
    let info = &document["info"];
    for field in ["name", "url", "email"] {
        assert!(info["contact"][field].as_str().is_some_and(|text| !text.is_empty()), "{field}");
    }
    let version = info["version"].as_str().expect("a version");
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
    let numbers: Vec<Result<u64, _>> = version.split('.').map(str::parse).collect();
    assert!(numbers.len() == 3 && numbers.iter().all(Result::is_ok), "{version}");
    for server in document["servers"].as_array().expect("servers") {
        assert!(server["url"].as_str().is_some_and(|url| url.ends_with("/v1")), "{server}");
    }
    let problem = &document["components"]["schemas"]["Problem"]["properties"];
    for member in ["status", "title", "detail"] {
        assert!(problem[member].is_object(), "{member}");
    }
}

#[test]
fn fields_are_in_camel_case_and_dates_are_dates() {
    let document = document();
    let mut found = Vec::new();
    objects("", &document["components"]["schemas"], &mut found);
    assert!(found.len() > 30, "{}", found.len());
    for name in document["components"]["schemas"].as_object().expect("schemas").keys() {
        assert!(name.starts_with(|first: char| first.is_ascii_uppercase()), "{name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name}");
    }
    for (place, object) in found {
        for (name, field) in object["properties"].as_object().expect("properties") {
            assert!(is_camel(name), "{place}: {name}");
            if name.ends_with("Datum") || name == "datum" {
                assert_eq!(field["format"], "date", "{place}: {name}");
            }
            assert_ne!(field["format"], "time", "{place}: {name}");
        }
    }
}

/// Checks what holds for every answer; of a problem also its form. Gives what is
/// wrong, and the body.
async fn faults(response: Response, status: u16) -> (Vec<String>, Value) {
    let mut wrong = Vec::new();
    let mut demand = |right: bool, what: String| {
        if !right {
            wrong.push(what);
        }
    };
    let headers = response.headers().clone();
    let own = response.status();
    demand(own == status, format!("{own} instead of {status}"));
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    for (name, expected) in [
        ("api-version", env!("CARGO_PKG_VERSION")),
        ("cache-control", "no-store"),
        ("content-security-policy", "frame-ancestors 'none'"),
        ("strict-transport-security", "max-age=31536000"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        demand(value(name) == Some(expected), format!("{name}: {:?}", value(name)));
    }
    for (name, expected) in [
        ("server", false),
        ("x-powered-by", false),
        ("location", status == 201),
        ("www-authenticate", status == 401),
        ("allow", status == 405),
    ] {
        demand(headers.contains_key(name) == expected, format!("{name}: {:?}", value(name)));
    }
    let text = response.text().await.expect("text");
    for inside in INSIDES {
        demand(!text.contains(inside), format!("tells of {inside}: {text}"));
    }
    let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if status >= 400 {
        let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok());
        demand(kind == Some("application/problem+json"), format!("content-type: {kind:?}"));
        demand(body["status"] == status, text.clone());
        for member in ["title", "detail", "instance", "type"] {
            let filled = body[member].as_str().is_some_and(|text| !text.is_empty());
            demand(filled, format!("{member}: {text}"));
        }
        if status == 400 {
            demand(body["invalidParams"][0].is_object(), text.clone());
        }
    }
    (wrong, body)
}

async fn checked(what: &str, request: RequestBuilder, status: u16) -> Value {
    let response = request.send().await.expect("an answer");
    let (wrong, body) = faults(response, status).await;
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
    body
}

#[tokio::test]
async fn every_operation_refuses_as_the_document_says() {
    let app = App::start_without_projector().await;
    let nobody = app.issuer.token(&Persona::systeem().claim("scope", json!("")));
    let large = vec![b' '; 1024 * 1024 + 1];
    let mut wrong = Vec::new();
    for operation in all() {
        let method: Method = operation.method.parse().expect("a method");
        let path = operation.with_key();
        let own = || app.bijhouding(method.clone(), &path);
        let bare = || app.request(method.clone(), &format!("/bijhouding/v1{path}"));
        let mut provoked: Vec<(&str, RequestBuilder, u16)> = vec![
            ("no JSON wanted", own().header("accept", "text/html").json(&json!({})), 406),
            ("another method", app.bijhouding(Method::PUT, &path), 405),
            ("a slash behind it", app.bijhouding(method.clone(), &format!("{path}/")), 404),
        ];
        if !operation.is_public() {
            provoked.extend([
                ("no token", bare(), 401),
                ("no good token", bare().bearer_auth("x"), 401),
                ("no scope", bare().bearer_auth(&nobody).json(&json!({})), 403),
            ]);
        }
        if operation.has_body() {
            let json = || own().header("content-type", "application/json");
            // A code that a list does not have is looked up before the body is understood.
            let not_understood = if operation.path.contains("{code}") { 404 } else { 400 };
            provoked.extend([
                ("no type", own().body("{}"), 415),
                ("another type", own().header("content-type", "text/xml").body("<a/>"), 415),
                ("no JSON", json().body("{"), 400),
                ("another form", json().body("[]"), not_understood),
                ("an unknown field", json().body("{\"bestaatNiet\": 1}"), not_understood),
                ("too large", json().body(large.clone()), 413),
            ]);
        }
        let unknown = app.bijhouding(method.clone(), &format!("{path}?bestaatNiet=1"));
        provoked.push(("an unknown parameter", unknown.json(&json!({})), 400));
        for (what, request, status) in provoked {
            let response = request.send().await.expect("an answer");
            for fault in faults(response, status).await.0 {
                wrong.push(format!("{method} {path}: {what}: {fault}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn an_object_goes_through_its_life_with_the_same_headers() {
    let app = App::start_without_projector().await;
    let person = |naam: &str| json!({ "contactnaam": { "voornaam": naam } });
    let post = |path: &str| app.bijhouding(Method::POST, path);
    let made = checked("made", post("/personen").json(&person("Jan")), 201).await;
    let id = made["objecten"][0]["id"].as_str().expect("an id");
    let (path, change) = (format!("/partijen/{id}"), format!("/personen/{id}/wijzigingen"));
    let read = || app.bijhouding(Method::GET, &path);
    checked("read", read(), 200).await;
    checked("known", read().header("if-none-match", "\"1\""), 304).await;
    checked("head", app.bijhouding(Method::HEAD, &path), 200).await;
    checked("changed", post(&change).json(&person("Johan")), 200).await;
    let stale = post(&change).header("if-match", "\"1\"").json(&person("Joop"));
    checked("stale", stale, 412).await;
    let wrong = post(&change).header("if-match", "1").json(&person("Joop"));
    checked("no version", wrong, 400).await;
    let pair = json!({ "vertegenwoordigendePartij": id, "vertegenwoordigdePartij": id });
    checked("refused", post("/vertegenwoordigingen").json(&pair), 400).await;
    let unknown = app.bijhouding(Method::GET, "/partijen/geen-uuid");
    checked("unknown", unknown, 404).await;
}

#[tokio::test]
async fn a_fault_of_ours_is_masked() {
    let app = App::start_without_projector().await;
    let read = || app.bijhouding(Method::GET, "/personen");
    let sql = "ALTER TABLE write_side.handelingen RENAME TO elders";
    sqlx::query(sql).execute(app.pool()).await.expect("renamed");
    checked("a missing table", read(), 500).await;
    app.pool().close().await;
    checked("no connection", read(), 503).await;
}
