//! What goes back: GraphQL answers, problem details (RFC 9457) and the headers on both.

use std::io;
use std::time::Duration;

use access::TokenError;
use async_graphql::{Response as GraphqlResponse, ServerError, Value};
use axum::Json;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::accept::Form;
use crate::error::{code_and_status, complete, type_of};
use crate::limits::Limits;

/// Most errors of one request that are told: validation may find thousands.
pub(super) const ERRORS_MAX: usize = 20;

/// A request that did not come as far as GraphQL (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Problem {
    r#type: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<Uuid>,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, title: &'static str, detail: String) -> Self {
        Self { r#type: type_of(code), title, status: status.as_u16(), code, detail, trace_id: None }
    }

    pub(super) fn unauthorized(error: TokenError) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "NIET_AANGEMELD", "Niet aangemeld", error.to_string())
    }

    /// A token that cannot be judged now.
    pub(super) fn unavailable(error: TokenError) -> Self {
        let (status, title) = (StatusCode::SERVICE_UNAVAILABLE, "Tijdelijk niet beschikbaar");
        Self::new(status, "TIJDELIJK_NIET_BESCHIKBAAR", title, error.to_string())
    }

    pub(super) fn method_not_allowed() -> Self {
        let detail = "Stuur een vraag met POST; zo komen er geen persoonsgegevens in adressen.";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHODE_NIET_TOEGESTAAN",
            "Methode niet toegestaan",
            detail.to_owned(),
        )
    }

    pub(super) fn not_acceptable() -> Self {
        let detail = "Antwoorden zijn er als application/graphql-response+json en application/json, en \
             als stroom (text/event-stream).";
        Self::new(
            StatusCode::NOT_ACCEPTABLE,
            "NIET_AANVAARDBAAR",
            "Antwoordvorm niet beschikbaar",
            detail.to_owned(),
        )
    }

    pub(super) fn unsupported_media_type() -> Self {
        let detail = "Stuur de vraag als application/json, in UTF-8.";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "MEDIATYPE_NIET_ONDERSTEUND",
            "Mediatype niet ondersteund",
            detail.to_owned(),
        )
    }

    pub(super) fn too_large(maximum: usize) -> Self {
        let detail = format!("Een vraag is ten hoogste {maximum} bytes groot.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "VRAAG_TE_GROOT", "Vraag te groot", detail)
    }

    pub(super) fn too_slow(limit: Duration) -> Self {
        let detail = format!(
            "Het antwoord was niet binnen {} seconden klaar; vraag minder ineens.",
            limit.as_secs_f32()
        );
        Self::new(StatusCode::GATEWAY_TIMEOUT, "TE_LANG", "Antwoord duurde te lang", detail)
    }

    /// More sockets than there may be.
    pub(super) fn too_many() -> Self {
        let detail = "Er zijn te veel verbindingen; probeer het straks opnieuw.".to_owned();
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self::new(status, "TE_VEEL_GEVOLGD", "Te veel gevolgd", detail)
    }

    /// An answer that may not leave, because that it did could not be recorded.
    pub(super) fn not_logged() -> Self {
        let detail =
            "Dat u dit raadpleegt, kan nu niet worden vastgelegd; probeer het straks opnieuw.";
        let (status, title) = (StatusCode::SERVICE_UNAVAILABLE, "Tijdelijk niet beschikbaar");
        Self::new(status, "LOGBOEK_NIET_BESCHIKBAAR", title, detail.to_owned())
    }

    pub(super) fn internal(trace_id: Option<Uuid>) -> Self {
        let detail = "Er ging iets mis bij ons.".to_owned();
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self { trace_id, ..Self::new(status, "INTERNE_FOUT", "Interne fout", detail) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        logboek::fault(self.code, self.status);
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let content_type = HeaderValue::from_static("application/problem+json");
        (status, [(CONTENT_TYPE, content_type)], Json(self)).into_response()
    }
}

/// A body that is no GraphQL request.
pub(super) fn malformed(form: Form, detail: &'static str) -> Response {
    let response = GraphqlResponse::from_errors(vec![ServerError::new(detail, None)]);
    respond(form, StatusCode::BAD_REQUEST, without_data(response))
}

/// The answer to a GraphQL request.
pub(super) fn graphql(form: Form, response: GraphqlResponse, limits: &Limits) -> Response {
    if failed_before_execution(&response) {
        return refused(form, response);
    }
    match bounded(&told(response), limits.answer_bytes) {
        Some(body) => respond(form, StatusCode::OK, body),
        None => {
            let error = limits.answer_too_large().into();
            refused(form, GraphqlResponse::from_errors(vec![error]))
        }
    }
}

/// One of the answers of a stream, as JSON.
pub(super) fn of_stream(response: GraphqlResponse, limits: &Limits) -> String {
    let too_large = || GraphqlResponse::from_errors(vec![limits.answer_too_large().into()]);
    let body = bounded(&told(response), limits.answer_bytes)
        .unwrap_or_else(|| serde_json::to_vec(&told(too_large())));
    body.ok().and_then(|body| String::from_utf8(body).ok()).unwrap_or_default()
}

/// The errors of what is refused, as JSON.
pub(super) fn errors_of(response: GraphqlResponse) -> serde_json::Value {
    json!(told(response).errors)
}

/// The answer as JSON; `None` when it is larger than it may be.
fn bounded(response: &GraphqlResponse, maximum: usize) -> Option<serde_json::Result<Vec<u8>>> {
    let mut body = Bounded { bytes: Vec::new(), maximum, is_full: false };
    let written = serde_json::to_writer(&mut body, response);
    if body.is_full { None } else { Some(written.map(|()| body.bytes)) }
}

/// Takes so many bytes, and no more: what is too large is not first made.
struct Bounded {
    bytes: Vec<u8>,
    maximum: usize,
    is_full: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + part.len() > self.maximum {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A request that is not answered: there is no data, not even `null`.
fn refused(form: Form, response: GraphqlResponse) -> Response {
    let status = match form {
        Form::GraphqlResponse | Form::Events => StatusCode::BAD_REQUEST,
        Form::Json => StatusCode::OK,
    };
    respond(form, status, without_data(response))
}

/// Errors of execution say in which field; those before it (syntax, validation, limits) cannot.
pub(super) fn failed_before_execution(response: &GraphqlResponse) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

fn told(mut response: GraphqlResponse) -> GraphqlResponse {
    response.errors.truncate(ERRORS_MAX);
    response.errors = response.errors.into_iter().map(complete).collect();
    response.errors.iter().filter_map(code_and_status).for_each(|(code, status)| {
        logboek::fault(code, status);
    });
    response
}

/// Before execution there is no data, not even `null`.
fn without_data(response: GraphqlResponse) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&json!({ "errors": told(response).errors }))
}

fn respond(form: Form, status: StatusCode, body: serde_json::Result<Vec<u8>>) -> Response {
    let content_type = HeaderValue::from_static(form.content_type());
    match body {
        Ok(body) => (status, [(CONTENT_TYPE, content_type)], body).into_response(),
        Err(_) => Problem::internal(None).into_response(),
    }
}

/// Personal data: kept nowhere, shown in no frame, taken for nothing else.
pub(super) fn secured(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, HeaderValue); 4] = [
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("frame-ancestors 'none'")),
    ];
    response.headers_mut().extend(HEADERS);
    response
}
