use std::sync::Arc;

use access::{KeySource, Rol, TokenSettings};
use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use chrono::DateTime;
use clock::{FixedClock, SharedClock};
use logboek::{Activiteiten, LogboekSettings, Modus, Sleutels};
use serde_json::{Value, json};
use sqlx::postgres::PgPoolOptions;
use tower::ServiceExt;

use super::*;
use crate::policy::tests::bearer;
use crate::{Settings, schema};

/// The example key of RFC 7515, appendix A.3: nothing here is signed with it.
const JWKS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","kid":"voorbeeld",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

fn clock() -> SharedClock {
    Arc::new(FixedClock::new(DateTime::from_timestamp(1_780_000_000, 0).expect("a moment")))
}

/// A schema on a database that is not there.
fn unreachable_schema() -> AppSchema {
    let options = PgPoolOptions::new().acquire_timeout(std::time::Duration::from_millis(100));
    let pool = options.connect_lazy("postgres://nobody@127.0.0.1:1/nothing").expect("a pool");
    schema(pool, Settings::default(), clock())
}

/// A logbook that is not there, and that nobody waits for.
fn logboek() -> Logboek {
    let pool = PgPoolOptions::new().connect_lazy("postgres://nobody@127.0.0.1:1/nothing");
    let keys = format!("test {}", "00".repeat(32));
    let settings = LogboekSettings {
        sleutels: Sleutels::parse(&keys).expect("keys"),
        modus: Modus::Ruim,
        activiteiten: Activiteiten::default(),
    };
    Logboek::start(pool.expect("a pool"), clock(), settings)
}

async fn gate(request: Request) -> Response {
    let keys = KeySource::Fixed(JWKS.to_owned());
    let settings = TokenSettings::new("https://uitgever.example", "klantbeeld", keys);
    let tokens = TokenValidator::new([settings], clock()).expect("a validator");
    router(unreachable_schema(), Arc::new(tokens), logboek())
        .oneshot(request)
        .await
        .expect("an answer")
}

fn post(body: impl Into<Body>) -> Request {
    let builder = Request::post(PATH).header("content-type", "application/json");
    builder.body(body.into()).expect("a request")
}

async fn answered(form: Form, request: Request) -> (StatusCode, Value) {
    let schema = unreachable_schema();
    let env = schema.data::<Env>().expect("the environment").clone();
    let bearer = Bearer { identity: bearer(&[Rol::Behandelaar]), form };
    let response =
        answer_bearer(&schema, &env, bearer, request).await.unwrap_or_else(|refused| refused);
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, serde_json::from_slice(&bytes).expect("json"))
}

async fn asked(form: Form, query: &str) -> (StatusCode, Value) {
    answered(form, post(json!({ "query": query }).to_string())).await
}

#[tokio::test]
async fn only_post_with_a_token_gets_in_and_every_answer_is_kept_nowhere() {
    let get = Request::get(PATH).body(Body::empty()).expect("a request");
    let html = Request::post(PATH).header("accept", "text/html").body(Body::empty());
    let bad = Request::post(PATH).header("authorization", "Bearer a.b.c").body(Body::empty());
    for (request, status) in [
        (get, StatusCode::METHOD_NOT_ALLOWED),
        (html.expect("a request"), StatusCode::NOT_ACCEPTABLE),
        (post("{}"), StatusCode::UNAUTHORIZED),
        (bad.expect("a request"), StatusCode::UNAUTHORIZED),
    ] {
        let response = gate(request).await;
        assert_eq!(response.status(), status);
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!(header("content-type"), Some("application/problem+json"));
        assert_eq!(header("cache-control"), Some("no-store"));
        assert_eq!(header("x-content-type-options"), Some("nosniff"));
        assert_eq!(header("x-frame-options"), Some("DENY"));
        assert_eq!(header("content-security-policy"), Some("frame-ancestors 'none'"));
        assert_eq!(header("allow").is_some(), status == StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(header("www-authenticate").is_some(), status == StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn graphiql_needs_no_token() {
    let page = Request::get("/graphiql").body(Body::empty()).expect("a request");
    assert_eq!(gate(page).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn only_json_in_utf_8_of_a_certain_size_is_read() {
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=a"] {
        let request = Request::post(PATH).header("content-type", kind).body(Body::from("{}"));
        let (status, problem) = answered(Form::Json, request.expect("a request")).await;
        assert_eq!((status, &problem["status"]), (StatusCode::UNSUPPORTED_MEDIA_TYPE, &json!(415)));
    }
    let large = post("x".repeat(64 * 1024 + 1));
    assert_eq!(answered(Form::Json, large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    for body in ["", "{}", r#"[{"query":"{__typename}"}]"#] {
        for form in [Form::Json, Form::GraphqlResponse] {
            let (status, answer) = answered(form, post(body)).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
            assert!(answer["errors"][0]["extensions"]["code"].is_string(), "{answer}");
            assert!(answer.get("data").is_none(), "{answer}");
        }
    }
}

#[tokio::test]
async fn what_fails_before_execution_has_no_data() {
    for query in ["{", "{ geenVeld }", "query($a: Int!) { __typename }", &"{ a ".repeat(10_000)] {
        for (form, status) in
            [(Form::GraphqlResponse, StatusCode::BAD_REQUEST), (Form::Json, StatusCode::OK)]
        {
            let (answered, answer) = asked(form, query).await;
            assert_eq!(answered, status, "{query} {answer}");
            assert!(answer.get("data").is_none(), "{answer}");
            assert!(answer["errors"][0]["extensions"]["title"].is_string(), "{answer}");
        }
    }
}

#[tokio::test]
async fn at_most_twenty_errors_are_told() {
    let fields: String = (0..50).map(|number| format!("geen{number} ")).collect();
    let query = format!("{{ klantbeeld(voor: {{bsn: \"1\"}}) {{ {fields} }} }}");
    let (_, answer) = asked(Form::GraphqlResponse, &query).await;
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(20));
}

#[tokio::test]
async fn what_fails_in_execution_is_an_answer() {
    let query = "{ werkvoorraad(voor: {mij: true}) { totaal } }";
    let (status, answer) = asked(Form::GraphqlResponse, query).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["data"], Value::Null);
    let error = &answer["errors"][0]["extensions"];
    assert_eq!((&error["code"], &error["status"]), (&json!("NIET_BESCHIKBAAR"), &json!(503)));
    assert!(error["traceId"].is_string(), "{answer}");
}

#[tokio::test]
async fn a_document_is_named_by_its_operation() {
    let query = "query A { __typename } query B { b: __typename }";
    let named = |name| post(json!({ "query": query, "operationName": name }).to_string());
    let (status, answer) = answered(Form::GraphqlResponse, named("B")).await;
    assert_eq!((status, answer), (StatusCode::OK, json!({ "data": { "b": "Query" } })));
    let (status, _) = answered(Form::GraphqlResponse, named("C")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
