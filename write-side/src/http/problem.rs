//! Answers to what went wrong: `application/problem+json` (RFC 9457) with every fault of the request.

use access::TokenError;
use axum::Json;
use axum::http::header::{ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fout::{Fout, HandelingError};

/// The media type of a problem.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// Wat er mis is met een verzoek (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Problem {
    /// Soort probleem.
    r#type: String,
    /// Soort probleem in het kort.
    title: &'static str,
    /// HTTP-status.
    status: u16,
    /// Wat er mis is, en wat te doen.
    detail: String,
    /// Kenmerk van dit antwoord, om naar te verwijzen bij een vraag aan de beheerder.
    instance: String,
    /// Elke fout die in het verzoek is gevonden.
    invalid_params: Vec<InvalidParam>,
    #[serde(skip)]
    header: Option<(HeaderName, HeaderValue)>,
}

/// Eén fout in een verzoek.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvalidParam {
    /// Pad van het veld, zoals `betrokkenen[0].contactnaam`.
    name: String,
    /// Soort fout.
    code: &'static str,
    /// Wat er mis is, en wat goed zou zijn.
    reason: String,
}

impl Problem {
    /// A problem without faults of fields.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>, instance: Uuid) -> Self {
        Self {
            r#type: "about:blank".to_owned(),
            title: title(status),
            status: status.as_u16(),
            detail: detail.into(),
            instance: instance.urn().to_string(),
            invalid_params: Vec::new(),
            header: None,
        }
    }

    /// A refused bearer token.
    pub(crate) fn of_token(error: TokenError, instance: Uuid) -> Self {
        let Some(challenge) = error.challenge() else {
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string(), instance);
        };
        let problem = Self::new(StatusCode::UNAUTHORIZED, error.to_string(), instance);
        let challenge = HeaderValue::from_static(challenge);
        Self { header: Some((WWW_AUTHENTICATE, challenge)), ..problem }
    }

    /// A method that the path does not know.
    pub(crate) fn method_not_allowed(allow: &'static str, instance: Uuid) -> Self {
        let detail = format!("gebruik hier {allow}");
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, detail, instance);
        Self { header: Some((ALLOW, HeaderValue::from_static(allow))), ..problem }
    }

    /// The answer to a handeling that was not done. A fault of ours is logged here, once, and masked.
    pub(crate) fn of_error(error: &HandelingError, instance: Uuid) -> Self {
        match error {
            HandelingError::Afgewezen(fouten) => Self::of_faults(fouten, instance),
            HandelingError::Database(_, cause) if is_overload(cause) => {
                tracing::warn!(instance = %instance, error = %error, %cause, "no handeling now");
                let detail = "de handeling is niet gedaan: het is nu te druk; probeer het later";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, detail, instance)
            }
            HandelingError::Logboek(cause) => {
                tracing::error!(instance = %instance, %cause, "the logbook could not be written");
                Self::not_logged(instance)
            }
            HandelingError::Database(..)
            | HandelingError::Json(_)
            | HandelingError::AlleenDatabase => {
                let cause = std::error::Error::source(error).map(ToString::to_string);
                tracing::error!(instance = %instance, error = %error, cause, "a handeling failed");
                let detail = "de handeling is niet gedaan en heeft niets achtergelaten; probeer het \
                              later opnieuw of noem de beheerder het kenmerk in `instance`";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail, instance)
            }
            HandelingError::Commit(cause) => {
                tracing::error!(instance = %instance, %cause, "a commit was not answered");
                let detail = "de handeling is helemaal gedaan of helemaal niet, dat is niet bekend; \
                              herhaal haar met dezelfde Idempotency-Key, of kijk het zonder die \
                              sleutel eerst na";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail, instance)
            }
        }
    }

    /// What cannot be recorded does not happen.
    pub(crate) fn not_logged(instance: Uuid) -> Self {
        let detail = "dit kan nu niet worden vastgelegd, en is daarom niet gedaan of niet getoond; \
                      probeer het later";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail, instance)
    }

    fn of_faults(fouten: &[Fout], instance: Uuid) -> Self {
        // A request that is wrong in itself is answered so, whatever else the register said.
        let status = fouten.iter().map(|fout| fout.code.status()).min().unwrap_or(400);
        let detail = match fouten {
            [fout] if fout.veld.is_empty() => fout.melding.to_string(),
            [fout] => format!("{}: {}", fout.veld, fout.melding),
            _ => format!("het verzoek heeft {} fouten; zie invalidParams", fouten.len()),
        };
        let invalid_params = fouten
            .iter()
            .map(|fout| InvalidParam {
                name: fout.veld.clone(),
                code: fout.code.code(),
                reason: fout.melding.to_string(),
            })
            .collect();
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        Self { invalid_params, ..Self::new(status, detail, instance) }
    }
}

/// What kind of problem it is, in short.
fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "Het verzoek is onjuist",
        StatusCode::UNAUTHORIZED => "Niet aangemeld",
        StatusCode::FORBIDDEN => "Geen toegang",
        StatusCode::NOT_FOUND => "Niet gevonden",
        StatusCode::METHOD_NOT_ALLOWED => "Deze methode kan hier niet",
        StatusCode::NOT_ACCEPTABLE => "Deze vorm is er niet",
        StatusCode::CONFLICT => "Het verzoek past niet bij wat er al is",
        StatusCode::PRECONDITION_FAILED => "Het object is intussen gewijzigd",
        StatusCode::PAYLOAD_TOO_LARGE => "Het verzoek is te groot",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "Deze vorm wordt niet aangenomen",
        StatusCode::SERVICE_UNAVAILABLE => "Tijdelijk niet beschikbaar",
        _ => "Er ging iets mis bij ons",
    }
}

/// A problem of a status, for the description of the API.
pub(super) fn example(status: u16, detail: &str) -> Value {
    let of = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let faults = match of {
        StatusCode::BAD_REQUEST => json!([
            { "name": "onderwerp", "code": "required", "reason": "dit veld is verplicht" }
        ]),
        _ => json!([]),
    };
    json!({
        "type": "about:blank",
        "title": title(of),
        "status": of.as_u16(),
        "detail": detail,
        "instance": "urn:uuid:0192f0c8-5c1e-7d10-9a4b-2f3e4d5c6b7a",
        "invalidParams": faults,
    })
}

/// Whether the database only had no room for this request.
fn is_overload(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        let codes = self.invalid_params.iter().map(|param| param.code);
        codes.for_each(|code| logboek::fault(code, self.status));
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let header = self.header.take();
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some((name, value)) = header {
            headers.insert(name, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whether_something_was_done_is_said_only_when_it_is_known() {
        let lost = || sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        let said = |error: &HandelingError| {
            let problem = Problem::of_error(error, Uuid::nil());
            (problem.status, problem.detail)
        };
        let (status, before) = said(&HandelingError::Database("reading", lost()));
        assert_eq!(status, 500);
        assert!(before.contains("heeft niets achtergelaten"), "{before}");
        let (status, at_commit) = said(&HandelingError::Commit(lost()));
        assert_eq!(status, 500);
        assert!(at_commit.contains("niet bekend"), "{at_commit}");
        assert!(at_commit.contains("dezelfde Idempotency-Key"), "{at_commit}");
        let full = HandelingError::Database("beginning", sqlx::Error::PoolTimedOut);
        let (status, no_room) = said(&full);
        assert_eq!(status, 503);
        assert!(no_room.contains("niet gedaan"), "{no_room}");
    }
}
