//! HTTP as every path of the bijhouding API speaks it.

use std::collections::BTreeMap;

use axum::http::HeaderValue;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use write_side::ApiSettings;

use super::operations;
use crate::support::{App, answer};

const BASE: &str = "/bijhouding/v1";
const DESK: &str = "https://desk.example.nl";

/// Every path of the document, with a key filled in, and the methods that it has.
fn paths() -> BTreeMap<String, Vec<String>> {
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in operations::all() {
        paths.entry(operation.with_key()).or_default().push(operation.method);
    }
    paths
}

async fn sent(request: RequestBuilder) -> Response {
    request.send().await.expect("an answer")
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn a_method_that_a_path_has_not_is_refused_with_those_that_it_has() {
    let app = App::start_without_projector().await;
    for (path, methods) in paths() {
        let mut expected = methods.clone();
        if methods.contains(&"GET".to_owned()) {
            expected.push("HEAD".to_owned());
        }
        expected.sort();
        let all = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"];
        for method in all.into_iter().filter(|method| !methods.contains(&(*method).to_owned())) {
            let method: Method = method.parse().expect("a method");
            let refused = sent(app.bijhouding(method.clone(), &path)).await;
            assert_eq!(refused.status(), 405, "{method} {path}");
            let mut allowed: Vec<_> = header(&refused, "allow").split(", ").collect();
            allowed.sort_unstable();
            assert_eq!(allowed, expected, "{method} {path}");
            assert_eq!(header(&refused, "content-type"), "application/problem+json");
        }
        let slash = sent(app.bijhouding(Method::GET, &format!("{path}/"))).await;
        assert_eq!(slash.status(), 404, "{path}/");
        assert_eq!(header(&slash, "content-type"), "application/problem+json");
    }
}

#[tokio::test]
async fn whoever_has_the_version_gets_no_body() {
    let app = App::start_without_projector().await;
    let jan = app.post("/personen", json!({ "contactnaam": { "voornaam": "Jan" } })).await.id();
    let path = format!("/partijen/{jan}");
    let read = |etag: &str| app.bijhouding(Method::GET, &path).header("if-none-match", etag);
    for known in ["\"1\"", "W/\"1\"", "\"0\", \"1\"", "*"] {
        let same = sent(read(known)).await;
        assert_eq!((same.status().as_u16(), header(&same, "etag")), (304, "\"1\""), "{known}");
        assert_eq!(header(&same, "api-version"), env!("CARGO_PKG_VERSION"));
        assert!(same.bytes().await.expect("a body").is_empty());
    }
    let change = json!({ "contactnaam": { "voornaam": "Johan" } });
    app.post(&format!("/personen/{jan}/wijzigingen"), change).await;
    let newer = answer(read("\"1\"")).await;
    assert_eq!(newer.status, 200);
    assert_eq!(newer.body["contactnaam"]["voornaam"], "Johan");
}

#[tokio::test]
async fn whoever_takes_no_json_is_refused_before_anything_is_done() {
    let app = App::start_without_projector().await;
    let post = |accept: &str| {
        app.bijhouding(Method::POST, "/personen").header("accept", accept).json(&json!({}))
    };
    for accept in ["text/html", "application/json;q=0", "application/xml, text/*"] {
        let refused = answer(post(accept)).await;
        assert_eq!(refused.status, 406, "{accept}");
        assert_eq!(refused.headers["content-type"], "application/problem+json");
    }
    assert_eq!(app.positie().await, 0);
    for accept in ["application/json", "application/*", "text/html, */*;q=0.1"] {
        assert_eq!(answer(post(accept)).await.status, 201, "{accept}");
    }
}

#[tokio::test]
async fn a_browser_is_told_only_of_the_origins_that_were_named() {
    let open = ApiSettings { origins: vec![HeaderValue::from_static(DESK)], ..Default::default() };
    let open = App::start_with_api(open).await;
    let closed = App::start_without_projector().await;
    let preflight = |app: &App, origin: &'static str, path: &str| {
        app.request(Method::OPTIONS, &format!("{BASE}{path}"))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,idempotency-key")
    };
    let allowed = sent(preflight(&open, DESK, "/personen")).await;
    assert_eq!(allowed.status(), 200);
    assert_eq!(header(&allowed, "access-control-allow-origin"), DESK);
    assert!(header(&allowed, "access-control-allow-headers").contains("idempotency-key"));
    assert_eq!(header(&allowed, "api-version"), env!("CARGO_PKG_VERSION"));
    let other = sent(preflight(&open, "https://elders.example.nl", "/personen")).await;
    assert_eq!(header(&other, "access-control-allow-origin"), "");
    let nobody = sent(preflight(&closed, DESK, "/personen")).await;
    assert_eq!(nobody.status(), 405);
    assert_eq!(header(&nobody, "access-control-allow-origin"), "");

    let read = |app: &App, path: &str| app.bijhouding(Method::GET, path).header("origin", DESK);
    let answered = sent(read(&open, "/personen")).await;
    assert_eq!(header(&answered, "access-control-allow-origin"), DESK);
    assert!(header(&answered, "access-control-expose-headers").contains("idempotency-replayed"));
    assert_eq!(header(&sent(read(&closed, "/personen")).await, "access-control-allow-origin"), "");
    for document in ["/openapi.json", "/openapi.yaml"] {
        for app in [&open, &closed] {
            let answered = sent(read(app, document)).await;
            assert_eq!(header(&answered, "access-control-allow-origin"), "*", "{document}");
        }
    }
    assert_eq!(header(&sent(read(&closed, "/")).await, "access-control-allow-origin"), "");
}

#[tokio::test]
async fn the_document_has_two_forms_with_one_content() {
    let named = ApiSettings {
        contact_name: "Team Gegevens: Voorbeeldstad".to_owned(),
        contact_email: "gegevens@voorbeeldstad.example.nl".to_owned(),
        url: "https://api.voorbeeldstad.example.nl/bijhouding/v1".to_owned(),
        ..ApiSettings::default()
    };
    let app = App::start_with_api(named.clone()).await;
    let get = |path: &str| app.request(Method::GET, &format!("{BASE}{path}"));
    let json: Value = sent(get("/openapi.json")).await.json().await.expect("JSON");
    let yaml = sent(get("/openapi.yaml")).await;
    assert_eq!(header(&yaml, "content-type"), "application/yaml");
    let etag = header(&yaml, "etag").to_owned();
    let text = yaml.text().await.expect("text");
    let yaml: Value = serde_saphyr::from_str(&text).expect("YAML");
    assert_eq!(yaml, json);
    assert_eq!(json["info"]["contact"]["name"], named.contact_name);
    assert_eq!(json["info"]["contact"]["email"], named.contact_email);
    assert_eq!(json["servers"], json!([{ "url": named.url }]));
    let again = sent(get("/openapi.yaml").header("if-none-match", etag)).await;
    assert_eq!(again.status(), 304);
}

#[tokio::test]
async fn the_page_is_confined_to_this_service() {
    let app = App::start_without_projector().await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/pagina/api.js", "text/javascript"),
        ("/pagina/api.css", "text/css"),
        ("/pagina/licenties.txt", "text/plain"),
    ] {
        let file = sent(app.request(Method::GET, &format!("{BASE}{path}"))).await;
        assert_eq!(file.status(), 200, "{path}");
        assert!(header(&file, "content-type").starts_with(kind), "{path}");
        let policy = header(&file, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(header(&file, "api-version"), env!("CARGO_PKG_VERSION"));
        let refused = sent(app.request(Method::POST, &format!("{BASE}{path}"))).await;
        assert_eq!((refused.status().as_u16(), header(&refused, "allow")), (405, "GET, HEAD"));
    }
}
