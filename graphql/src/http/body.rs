//! Reading a GraphQL request from a body.

use async_graphql::{Request as GraphqlRequest, Variables};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::answer::Problem;

/// Why a body is not taken.
#[derive(Debug)]
pub(super) enum Refused {
    /// It was not read.
    Problem(Problem),
    /// It was read and is no GraphQL request; the reason.
    Request(&'static str),
}

/// The parameters of a request, each of the type it must have.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: String,
    operation_name: Option<String>,
    variables: Option<Map<String, Value>>,
    // Read for its type only: there are no extensions.
    #[serde(rename = "extensions")]
    _extensions: Option<Map<String, Value>>,
}

/// Accepts JSON in UTF-8 only.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let value = values.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = value.split(';').map(str::trim);
    let json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    let utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    if json && utf8 && values.next().is_none() {
        return Ok(());
    }
    Err(Problem::unsupported_media_type())
}

/// Reads a request of at most `maximum` bytes.
pub(super) async fn read(request: Request, maximum: usize) -> Result<GraphqlRequest, Refused> {
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let too_large = || Refused::Problem(Problem::too_large(maximum));
    if announced.and_then(|text| text.parse().ok()).is_some_and(|bytes: usize| bytes > maximum) {
        return Err(too_large());
    }
    let bytes =
        axum::body::to_bytes(request.into_body(), maximum).await.map_err(|_| too_large())?;
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Result<GraphqlRequest, Refused> {
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|_| Refused::Request("De vraag is geen geldige JSON."))?;
    if value.is_array() {
        return Err(Refused::Request("Eén aanvraag is één vraag: lijsten worden niet aanvaard."));
    }
    let parameters = Parameters::deserialize(value).map_err(|_| {
        Refused::Request(
            "Geef query als tekst en, als u ze gebruikt, operationName als tekst en variables en \
             extensions als object.",
        )
    })?;
    let variables = Variables::from_json(Value::Object(parameters.variables.unwrap_or_default()));
    let mut request = GraphqlRequest::new(parameters.query).variables(variables);
    request.operation_name = parameters.operation_name;
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_a_query_and_parameters_of_the_right_type() {
        let full = br#"{"query":"{a}","operationName":null,"variables":{"a":1},"extensions":{}}"#;
        assert!(parse(full).is_ok());
        for body in [
            "",
            "{",
            "\"{a}\"",
            "{}",
            r#"{"query":1}"#,
            r#"{"query":"{a}","variables":[]}"#,
            r#"{"query":"{a}","variables":"{}"}"#,
            r#"{"query":"{a}","operationName":1}"#,
            r#"{"query":"{a}","extensions":0}"#,
            r#"[{"query":"{a}"}]"#,
        ] {
            assert!(matches!(parse(body.as_bytes()), Err(Refused::Request(_))), "{body}");
        }
        let deep = format!(r#"{{"query":"a","variables":{}1}}"#, "{\"a\":".repeat(10_000));
        assert!(parse(deep.as_bytes()).is_err());
    }
}
