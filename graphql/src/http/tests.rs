use std::sync::Arc;

use access::{KeySource, Rol, TokenSettings};
use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use chrono::DateTime;
use clock::{FixedClock, SharedClock};
use logboek::{Activiteiten, LogboekSettings, Modus, Sleutels};
use serde_json::{Value, json};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tower::ServiceExt;

use super::*;
use crate::policy::tests::bearer;
use crate::{Introspection, Settings, schema};

/// The example key of RFC 7515, appendix A.3: nothing here is signed with it.
const JWKS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","kid":"voorbeeld",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

fn clock() -> SharedClock {
    Arc::new(FixedClock::new(DateTime::from_timestamp(1_780_000_000, 0).expect("a moment")))
}

/// A pool of a database that is not there.
fn unreachable_pool() -> PgPool {
    let options = PgPoolOptions::new().acquire_timeout(std::time::Duration::from_millis(100));
    options.connect_lazy("postgres://nobody@127.0.0.1:1/nothing").expect("a pool")
}

/// What a request needs, with a schema of these settings.
fn api(settings: Settings) -> Api {
    let keys = KeySource::Fixed(JWKS.to_owned());
    let tokens = TokenSettings::new("https://uitgever.example", "klantbeeld", keys);
    let tokens = Arc::new(TokenValidator::new([tokens], clock()).expect("a validator"));
    let documents = Arc::new(Documents::new(unreachable_pool(), clock()));
    Api { schema: schema(unreachable_pool(), settings, clock()), documents, tokens }
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
    let Api { schema, documents, tokens } = api(Settings::default());
    let router = router(schema, documents, tokens, logboek());
    router.oneshot(request).await.expect("an answer")
}

fn post(body: impl Into<Body>) -> Request {
    let builder = Request::post(PATH).header("content-type", "application/json");
    builder.body(body.into()).expect("a request")
}

async fn answered(form: Form, request: Request) -> (StatusCode, Value) {
    answered_by(&api(Settings::default()), Rol::Behandelaar, (form, request)).await
}

async fn answered_by(api: &Api, rol: Rol, (form, request): (Form, Request)) -> (StatusCode, Value) {
    let env = api.schema.data::<Env>().expect("the environment").clone();
    let bearer = Bearer { identity: bearer(&[rol]), form };
    let response =
        answer_bearer(api, &env, bearer, request).await.unwrap_or_else(|refused| refused);
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
async fn graphiql_is_not_there_when_nobody_may_ask_the_schema() {
    let introspection = Introspection::none();
    let Api { schema, documents, tokens } = api(Settings { introspection, ..Settings::default() });
    let router = router(schema, documents, tokens, logboek());
    for path in ["/graphiql", "/graphiql/graphiql.js", crate::graphiql::PERSONAS_PATH] {
        let page = Request::get(path).body(Body::empty()).expect("a request");
        let answer = router.clone().oneshot(page).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
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

async fn asked_by(api: &Api, rol: Rol, body: Value) -> Value {
    let request = (Form::GraphqlResponse, post(body.to_string()));
    answered_by(api, rol, request).await.1
}

#[tokio::test]
async fn only_who_may_asks_the_schema_and_gets_suggestions() {
    let introspection = Introspection(std::collections::BTreeSet::from([Rol::Behandelaar]));
    let api = api(Settings { introspection, ..Settings::default() });
    let schema = json!({ "query": "{ __schema { queryType { name } } }" });
    let wrong = json!({ "query": "{ werkvoorraad(voor: {mij: true}) { totaaal } }" });
    let answer = asked_by(&api, Rol::Behandelaar, schema.clone()).await;
    assert_eq!(answer["data"]["__schema"]["queryType"]["name"], "Query", "{answer}");
    let error = &asked_by(&api, Rol::Behandelaar, wrong.clone()).await["errors"][0];
    assert_eq!(error["extensions"]["suggesties"], json!(["totaal"]), "{error}");
    let answer = asked_by(&api, Rol::Kcc, schema).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "SCHEMA_NIET_OPVRAAGBAAR", "{answer}");
    assert!(answer.get("data").is_none(), "{answer}");
    let error = &asked_by(&api, Rol::Kcc, wrong).await["errors"][0];
    assert!(error["extensions"]["suggesties"].is_null(), "{error}");
    assert!(!error.to_string().contains("totaal\""), "{error}");
}

#[tokio::test]
async fn suggestions_hold_nothing_that_the_role_does_not_see() {
    let api = api(Settings::default());
    let wrong = json!({ "query": "{ klantZoekenn { meer } mijnContactgegevenss { naam } }" });
    let answer = asked_by(&api, Rol::Burger, wrong).await;
    let suggested: Vec<&Value> =
        answer["errors"].as_array().expect("errors").iter().map(|it| &it["extensions"]).collect();
    assert_eq!(suggested[1]["suggesties"], json!(["mijnContactgegevens"]), "{answer}");
    assert!(suggested[0]["suggesties"].is_null(), "{answer}");
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_refused() {
    let limits = crate::Limits { answer_bytes: 60, ..crate::Limits::default() };
    let api = api(Settings { limits, ..Settings::default() });
    let large = json!({ "query": format!("{{ {} }}", "a: __typename b: __typename c: __typename \
        d: __typename e: __typename f: __typename g: __typename") });
    let request = |body: &Value| (Form::GraphqlResponse, post(body.to_string()));
    let (status, answer) = answered_by(&api, Rol::Kcc, request(&large)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!((&extensions["limiet"], &extensions["maximum"]), (&json!("antwoord"), &json!(60)));
    assert!(answer.get("data").is_none(), "{answer}");
    let small = json!({ "query": "{ __typename }" });
    assert_eq!(answered_by(&api, Rol::Kcc, request(&small)).await.0, StatusCode::OK);
}

#[tokio::test]
async fn where_only_documents_are_answered_a_free_question_is_refused_or_small() {
    let documents =
        crate::DocumentPolicy { trusted: crate::TrustedDocuments::Only, ..Default::default() };
    let api = api(Settings { documents, ..Settings::default() });
    let free = json!({ "query": "{ __typename }" });
    for rol in [Rol::Kcc, Rol::Behandelaar, Rol::Burger, Rol::Beheerder] {
        let answer = asked_by(&api, rol, free.clone()).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "ALLEEN_DOCUMENTEN", "{answer}");
    }
    assert_eq!(asked_by(&api, Rol::Analist, free).await["data"]["__typename"], "Query");
    let costly = "a: werkvoorraad(voor: {mij: true}, first: 100) { nodes { nummer onderwerp status \
        streefdatum urgentie kanaal contactOp toegewezenOp klantnaam toelichting } }";
    let costly = json!({ "query": format!("{{ {costly} {} }}", costly.replace("a:", "b:")) });
    let error = &asked_by(&api, Rol::Analist, costly).await["errors"][0];
    assert_eq!(error["extensions"]["kosten"]["maximum"], 2_000, "{error}");
    assert!(error["extensions"]["kosten"]["geschat"].as_u64() > Some(2_000), "{error}");
}

#[tokio::test]
async fn a_document_that_is_no_document_and_a_database_that_is_away_are_different_answers() {
    let api = api(Settings::default());
    let unknown = asked_by(&api, Rol::Kcc, json!({ "documentId": "onzin" })).await;
    assert_eq!(unknown["errors"].as_array().map(Vec::len), Some(1));
    assert_eq!(unknown["errors"][0]["extensions"]["code"], "DOCUMENT_ONBEKEND", "{unknown}");
    let id = crate::documents::DocumentId::of("{ __typename }").to_string();
    let away = asked_by(&api, Rol::Kcc, json!({ "documentId": id })).await;
    assert_eq!(away["errors"][0]["extensions"]["code"], "NIET_BESCHIKBAAR", "{away}");
    let refused = api.documents.totals().refused;
    assert_eq!(refused.get("DOCUMENT_ONBEKEND"), Some(&1), "{refused:?}");
}

#[tokio::test]
async fn a_document_is_validated_once_and_its_variables_each_time() {
    let api = api(Settings::default());
    let body = |variables: Value| {
        json!({ "query": "query($w: WerkvoorraadVoor!) { werkvoorraad(voor: $w) { totaal } }",
                "variables": variables })
    };
    for _ in 0..2 {
        let answer = asked_by(&api, Rol::Behandelaar, body(json!({ "w": { "mij": true } }))).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "NIET_BESCHIKBAAR", "{answer}");
        for (wrong, place) in [(json!({}), "$w"), (json!({ "w": { "mij": 1 } }), "$w.mij")] {
            let answer = asked_by(&api, Rol::Behandelaar, body(wrong)).await;
            let error = &answer["errors"][0];
            assert_eq!(error["extensions"]["code"], "ONGELDIGE_AANVRAAG", "{answer}");
            assert!(error["message"].as_str().is_some_and(|it| it.contains(place)), "{answer}");
            assert!(answer.get("data").is_none(), "{answer}");
        }
    }
}
