//! GraphQL over HTTP: what is no request, and what is too much of one.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{App, Persona};

async fn post(app: &App, content_type: &str, body: String) -> (StatusCode, Value) {
    let response = app
        .request(Method::POST, graphql::PATH)
        .bearer_auth(app.issuer.token(&Persona::kcc()))
        .header("content-type", content_type)
        .body(body)
        .send()
        .await
        .expect("an answer");
    (response.status(), response.json().await.unwrap_or(Value::Null))
}

#[tokio::test]
async fn only_json_by_post_with_a_token_is_a_request() {
    let app = App::start().await;
    let body = json!({ "query": "{ __typename }" }).to_string();
    assert_eq!(post(&app, "application/json", body.clone()).await.0, 200);
    for other in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        assert_eq!(post(&app, other, body.clone()).await.0, 415, "{other}");
    }
    assert_eq!(post(&app, "application/json", format!("[{body}]")).await.0, 400);
    let huge = json!({ "query": format!("{{ __typename }}{}", " ".repeat(70_000)) }).to_string();
    assert_eq!(post(&app, "application/json", huge).await.0, 413);
    let get = app.request(Method::GET, "/graphql?query={__typename}").send().await.expect("answer");
    assert_eq!(get.status(), 405);
    assert_eq!(get.headers()["allow"], "POST");
    let nobody = app
        .request(Method::POST, graphql::PATH)
        .json(&json!({ "query": "{ __typename }" }))
        .send()
        .await
        .expect("an answer");
    assert_eq!(nobody.status(), 401);
    assert!(nobody.headers().contains_key("www-authenticate"));
}

#[tokio::test]
async fn a_limit_says_which_and_by_how_much() {
    let app = App::start().await;
    let deep = format!("{{ klantbeeld{}{} }}", "{ klant ".repeat(15), "}".repeat(15));
    let aliases: String = (0..31).map(|index| format!("a{index}: __typename ")).collect();
    let wide = "contactgeschiedenis(voor: { bsn: \"999990019\" }, first: 100) { nodes { nummer op
        kanaal onderwerp samenvatting antwoord gelukt taal vertrouwelijk vraag medewerker team } }";
    let costly: String = (0..10).map(|index| format!("c{index}: {wide} ")).collect();
    for (query, limiet) in [
        (deep, "diepte"),
        (format!("{{ {aliases} }}"), "aliassen"),
        (format!("{{ __typename {} }}", "__typename ".repeat(21)), "herhalingen"),
        (format!("{{ {costly} }}"), "kosten"),
    ] {
        let answer = app.try_ask(&Persona::kcc(), &query, json!({})).await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "LIMIET", "{limiet}: {answer:#}");
        assert_eq!(extensions["limiet"], limiet, "{answer:#}");
        let (asked, most) = (&extensions["gevraagd"], &extensions["maximum"]);
        assert!(asked.as_u64() > most.as_u64(), "{answer:#}");
        assert!(answer.get("data").is_none() || answer["data"].is_null());
    }
}

#[tokio::test]
async fn graphiql_needs_no_other_host() {
    let app = App::start().await;
    let page = app.request(Method::GET, "/graphiql").send().await.expect("an answer");
    assert_eq!(page.status(), 200);
    let csp = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(csp.contains("default-src 'none'") && csp.contains("connect-src 'self'"), "{csp}");
    let html = page.text().await.expect("text");
    assert!(!html.contains("https://"), "the page names another host");
    for product in ["Klantbeeld", "Contactgeschiedenis", "Werkvoorraad", "ZaakContacthistorie"] {
        assert!(html.contains(product), "no example of {product}");
    }
}
