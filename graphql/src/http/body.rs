//! Reading a GraphQL request from a body.

use async_graphql::Variables;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::answer::Problem;
use crate::documents::Question;

/// What stands before a hash in the name of a document.
const SHA256: &str = "sha256:";

/// What a request asks.
#[derive(Debug)]
pub(super) struct Asked {
    /// The document.
    pub(super) question: Question,
    /// Which of its operations.
    pub(super) operation_name: Option<String>,
    /// Values for its variables.
    pub(super) variables: Variables,
}

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
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    variables: Option<Map<String, Value>>,
    extensions: Option<Map<String, Value>>,
}

/// The extension with the name of a document.
const PERSISTED_QUERY: &str = "persistedQuery";

/// How Apollo's clients name a document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PersistedQuery {
    sha256_hash: String,
}

impl Parameters {
    /// The one document that is asked, as a text or by its name.
    fn question(&mut self) -> Result<Question, Refused> {
        let extensions = self.extensions.take();
        let persisted = extensions.and_then(|mut extensions| extensions.remove(PERSISTED_QUERY));
        let persisted = Option::<PersistedQuery>::deserialize(persisted.unwrap_or_default())
            .map_err(|_| Refused::Request(FORM))?
            .map(|persisted| format!("{SHA256}{}", persisted.sha256_hash));
        match (self.query.take(), self.document_id.take(), persisted) {
            (Some(text), None, None) => Ok(Question::Text(text)),
            (None, Some(name), None) | (None, None, Some(name)) => Ok(Question::Document(name)),
            (None, None, None) => Err(Refused::Request(FORM)),
            _ => Err(Refused::Request(
                "Geef query of de naam van een document, niet allebei: documenten worden vooraf \
                 geregistreerd, niet door een aanvraag.",
            )),
        }
    }
}

/// What the body must be.
const FORM: &str = "Geef query of documentId als tekst en, als u ze gebruikt, operationName als \
    tekst en variables en extensions als object.";

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
pub(super) async fn read(request: Request, maximum: usize) -> Result<Asked, Refused> {
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let too_large = || Refused::Problem(Problem::too_large(maximum));
    if announced.and_then(|text| text.parse().ok()).is_some_and(|bytes: usize| bytes > maximum) {
        return Err(too_large());
    }
    let bytes =
        axum::body::to_bytes(request.into_body(), maximum).await.map_err(|_| too_large())?;
    parse(&bytes)
}

fn parse(bytes: &[u8]) -> Result<Asked, Refused> {
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|_| Refused::Request("De vraag is geen geldige JSON."))?;
    parse_value(value)
}

/// Reads a request that is JSON already.
pub(super) fn parse_value(value: Value) -> Result<Asked, Refused> {
    if value.is_array() {
        return Err(Refused::Request("Eén aanvraag is één vraag: lijsten worden niet aanvaard."));
    }
    let parameters = Parameters::deserialize(value);
    let mut parameters = parameters.map_err(|_| Refused::Request(FORM))?;
    let question = parameters.question()?;
    let Parameters { operation_name, variables, .. } = parameters;
    let variables = Variables::from_json(Value::Object(variables.unwrap_or_default()));
    Ok(Asked { question, operation_name, variables })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_a_query_and_parameters_of_the_right_type() {
        let full = br#"{"query":"{a}","operationName":null,"variables":{"a":1},"extensions":{}}"#;
        assert!(parse(full).is_ok());
        let text = |body: &str| parse(body.as_bytes()).map(|asked| asked.question);
        assert!(matches!(text(r#"{"query":"{a}"}"#), Ok(Question::Text(text)) if text == "{a}"));
        for named in [
            r#"{"documentId":"sha256:ab"}"#,
            r#"{"documentId":"sha256:ab","query":null,"extensions":{"eigen":1}}"#,
            r#"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"ab"}}}"#,
        ] {
            let asked = text(named);
            assert!(
                matches!(asked, Ok(Question::Document(name)) if name == "sha256:ab"),
                "{named}"
            );
        }
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
            r#"{"query":"{a}","documentId":"sha256:ab"}"#,
            r#"{"query":"{a}","extensions":{"persistedQuery":{"sha256Hash":"ab"}}}"#,
            r#"{"documentId":1}"#,
            r#"{"documentId":"a","extensions":{"persistedQuery":{"sha256Hash":"ab"}}}"#,
            r#"{"extensions":{"persistedQuery":{"version":1}}}"#,
            r#"[{"query":"{a}"}]"#,
        ] {
            assert!(matches!(parse(body.as_bytes()), Err(Refused::Request(_))), "{body}");
        }
        let deep = format!(r#"{{"query":"a","variables":{}1}}"#, "{\"a\":".repeat(10_000));
        assert!(parse(deep.as_bytes()).is_err());
    }
}
