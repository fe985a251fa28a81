//! From an HTTP request to a handeling, and every way in which a request can be no request.

use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use logboek::Wie;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::problem::Problem;
use super::{Api, BODY_MAX_BYTES, antwoord, openapi, raadpleeg};
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::idempotentie::{self, Herhaalsleutel};
use crate::invoer::uuid;
use crate::referentielijsten::Lijst;
use crate::register::geheel::{Deelweergave, Objectweergave};
use crate::register::referentiewaarde;
use crate::uitvoering::{Handeling, Opdracht, niet_gevonden};

/// A handeling that registers something new.
pub(super) async fn on_collection<H: Handeling>(
    State(api): State<Api>,
    request: Request,
) -> Response {
    answer::<H>(&api, Doel::Verzameling, request).await
}

/// A handeling on the object that the path names.
pub(super) async fn on_object<H: Handeling>(
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    answer::<H>(&api, Doel::Object(path_id(path)), request).await
}

/// A handeling on the value of a list whose code the path names.
pub(super) async fn on_waarde<H: Handeling>(
    lijst: Lijst,
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    answer::<H>(&api, Doel::Waarde(lijst, path_id(path)), request).await
}

/// What a path names.
pub(super) enum Doel {
    /// All objects of a kind.
    Verzameling,
    /// An object, by its key.
    Object(String),
    /// A value of a list, by its code.
    Waarde(Lijst, String),
}

impl Doel {
    /// The key of the object.
    ///
    /// # Errors
    /// When there is nothing by this key or code.
    pub(super) async fn id(&self, api: &Api) -> Result<Option<Uuid>, HandelingError> {
        match self {
            Self::Verzameling => Ok(None),
            Self::Object(id) => parse_id(id).map(Some),
            Self::Waarde(lijst, code) => {
                let naam = lijst.naam();
                let found = referentiewaarde::id(&api.uitvoerder.pool, naam, code).await?;
                found.ok_or_else(|| niet_gevonden("code").into()).map(Some)
            }
        }
    }
}

async fn answer<H: Handeling>(api: &Api, doel: Doel, request: Request) -> Response {
    handle::<H>(api, doel, request).await.unwrap_or_else(|problem| problem.into_response())
}

async fn handle<H: Handeling>(
    api: &Api,
    doel: Doel,
    request: Request,
) -> Result<Response, Box<Problem>> {
    let instance = api.uitvoerder.clock.new_id();
    logboek::action(H::OPERATION_ID);
    let identity = authorize(api, request.headers(), H::SCOPE).await?;
    let faults = |error: HandelingError| Box::new(Problem::of_error(&error, instance));
    let verwachte_versie = expected_version(request.headers()).map_err(faults)?;
    let (invoer, sleutel) = repeatable_body(request, instance).await?;
    let id = doel.id(api).await.map_err(faults)?;
    let opdracht = Opdracht {
        identity: &identity,
        id,
        verwachte_versie,
        sleutel: sleutel.as_ref(),
        invoer: &invoer,
    };
    let gedaan = api.uitvoerder.doe::<H>(opdracht, antwoord::of::<H>).await.map_err(faults)?;
    Ok(antwoord::response(gedaan))
}

/// The key with which the request may be repeated, if it came with one.
fn herhaalsleutel(parts: &Parts, bytes: &[u8]) -> Result<Option<Herhaalsleutel>, HandelingError> {
    let mut values = parts.headers.get_all(idempotentie::HEADER).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        let melding = "deze header staat twee keer in het verzoek";
        return Err(Fout::new(idempotentie::HEADER, Foutcode::Invalid, melding).into());
    }
    let if_match = parts.headers.get(IF_MATCH).map(HeaderValue::as_bytes).unwrap_or_default();
    let request = [parts.method.as_str().as_bytes(), parts.uri.path().as_bytes(), if_match, bytes];
    Ok(Some(Herhaalsleutel::new(value.as_bytes(), &request)?))
}

/// Reads one object.
pub(super) async fn raadpleeg<O: Objectweergave>(
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let id = path_id(path);
    let instance = api.uitvoerder.clock.new_id();
    logboek::action(&openapi::raadpleeg_id(O::SOORT.code()));
    let identity = match authorize(&api, &headers, raadpleeg::scope(O::SOORT)).await {
        Ok(identity) => identity,
        Err(problem) => return problem.into_response(),
    };
    let read = async {
        let id = parse_id(&id)?;
        raadpleeg::read::<O>(&api.uitvoerder.pool, &identity, id, &headers).await
    };
    read.await.unwrap_or_else(|error| Problem::of_error(&error, instance).into_response())
}

/// Reads one part of an object.
pub(super) async fn raadpleeg_deel<D: Deelweergave>(
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let id = path_id(path);
    let instance = api.uitvoerder.clock.new_id();
    logboek::action(&openapi::raadpleeg_id(D::NAAM));
    let identity = match authorize(&api, &headers, raadpleeg::scope(D::VAN)).await {
        Ok(identity) => identity,
        Err(problem) => return problem.into_response(),
    };
    let read = async {
        let id = parse_id(&id)?;
        raadpleeg::read_part::<D>(&api.uitvoerder.pool, &identity, id, &headers).await
    };
    read.await.unwrap_or_else(|error| Problem::of_error(&error, instance).into_response())
}

/// The keys in a path; a path that is no text names nothing.
#[derive(Debug)]
pub(super) struct Pad<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Api> for Pad<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Response> {
        match Path::from_request_parts(parts, api).await {
            Ok(Path(keys)) => Ok(Self(keys)),
            Err(_) => Err(not_found(State(api.clone())).await),
        }
    }
}

/// A path that is no text names nothing either.
pub(super) fn path_id(path: Result<Path<String>, PathRejection>) -> String {
    path.map(|Path(id)| id).unwrap_or_default()
}

/// A key that is no UUID names nothing.
pub(super) fn parse_id(id: &str) -> Result<Uuid, HandelingError> {
    uuid(id).ok_or_else(|| niet_gevonden("id").into())
}

/// Who asks, if the token is right and has the scope.
pub(super) async fn authorize(
    api: &Api,
    headers: &HeaderMap,
    scope: &str,
) -> Result<access::Identity, Box<Problem>> {
    let instance = api.uitvoerder.clock.new_id();
    // A header that is no text is no token.
    let values = headers.get_all(AUTHORIZATION).iter();
    let values = values.map(|value| value.to_str().unwrap_or_default());
    logboek::asks(None);
    let validated = api.validator.validate(values).await;
    let identity = validated.map_err(|error| Box::new(Problem::of_token(error, instance)))?;
    logboek::asks(Some(Wie {
        subject: identity.subject.clone(),
        application: identity.application.clone(),
        doelbinding: identity.doelbinding.clone(),
    }));
    if identity.may(scope) {
        return Ok(identity);
    }
    let detail = format!("hiervoor is de scope {scope} nodig");
    Err(Problem::new(StatusCode::FORBIDDEN, detail, instance).into())
}

/// Longest version in digits: what is longer than any number of events is none.
const VERSIE_MAX: usize = 18;

/// The version that the caller expects: `If-Match: "3"`; absent or `*` = any.
pub(super) fn expected_version(headers: &HeaderMap) -> Result<Option<i64>, HandelingError> {
    let mut values = headers.get_all(IF_MATCH).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().ok().filter(|_| values.next().is_none());
    if text == Some("*") {
        return Ok(None);
    }
    let quoted = text.and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
    let digits = |text: &&str| {
        (1..=VERSIE_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let versie = quoted.filter(digits).and_then(|text| text.parse().ok());
    versie.map(Some).ok_or_else(|| {
        let melding = "een versie tussen aanhalingstekens, zoals de header ETag die geeft";
        Fout::new("If-Match", Foutcode::Invalid, melding).into()
    })
}

/// The body as JSON.
pub(super) async fn body(request: Request, instance: Uuid) -> Result<Value, Box<Problem>> {
    let (parts, body) = request.into_parts();
    let bytes = body_bytes(&parts.headers, body, instance).await?;
    json(&bytes).map_err(|error| Problem::of_error(&error, instance).into())
}

/// The body as JSON, and the key with which the request may be repeated.
pub(super) async fn repeatable_body(
    request: Request,
    instance: Uuid,
) -> Result<(Value, Option<Herhaalsleutel>), Box<Problem>> {
    let (parts, body) = request.into_parts();
    let bytes = body_bytes(&parts.headers, body, instance).await?;
    let faults = |error: HandelingError| Box::new(Problem::of_error(&error, instance));
    let sleutel = herhaalsleutel(&parts, &bytes).map_err(faults)?;
    Ok((json(&bytes).map_err(faults)?, sleutel))
}

async fn body_bytes(
    headers: &HeaderMap,
    body: Body,
    instance: Uuid,
) -> Result<Bytes, Box<Problem>> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).map(str::trim);
    if !essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
        let detail = "stuur JSON, met de header Content-Type: application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail, instance).into());
    }
    axum::body::to_bytes(body, BODY_MAX_BYTES).await.map_err(|error| {
        let too_large = std::error::Error::source(&error)
            .is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
        let (status, detail) = if too_large {
            (StatusCode::PAYLOAD_TOO_LARGE, format!("ten hoogste {BODY_MAX_BYTES} bytes"))
        } else {
            (StatusCode::BAD_REQUEST, "het verzoek brak af".to_owned())
        };
        Box::new(Problem::new(status, detail, instance))
    })
}

fn json(bytes: &[u8]) -> Result<Value, HandelingError> {
    serde_json::from_slice(bytes).map_err(|error| {
        let melding =
            format!("geen geldige JSON op regel {}, kolom {}", error.line(), error.column());
        Fout::new("", Foutcode::Invalid, melding).into()
    })
}

/// A path that does not exist.
pub(super) async fn not_found(State(api): State<Api>) -> Response {
    let detail = "dit pad bestaat niet; de API staat beschreven in /bijhouding/v1/";
    Problem::new(StatusCode::NOT_FOUND, detail, api.uitvoerder.clock.new_id()).into_response()
}

/// A method that the path does not know.
pub(super) async fn method_not_allowed(allow: &'static str, State(api): State<Api>) -> Response {
    Problem::method_not_allowed(allow, api.uitvoerder.clock.new_id()).into_response()
}
