//! The history of handelingen over HTTP: `GET` on the path where they are done, on an object, or on
//! the key of one.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use events::{ObjectRef, Objectsoort};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Api;
use super::antwoord::utc;
use super::parameters::{self, AANTAL_DEFAULT};
use super::problem::Problem;
use super::verzoek::{Doel, authorize, parse_id, path_id};
use crate::fout::HandelingError;
use crate::geschiedenis::{self, GedaneHandeling, GeraaktObject, Pagina, Selectie};
use crate::invoer::uuid;
use crate::referentielijsten::Lijst;
use crate::register::weergave::{Objectsoortnaam, Toon};
use crate::uitvoering::Handeling;

/// The scope that reading what was done needs.
pub(super) const SCOPE: &str = "handelingen:lezen";
/// Where one handeling is read.
pub(super) const HANDELING: &str = "/handelingen/{id}";

/// Handelingen die zijn gedaan, de nieuwste eerst.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Geschiedenis {
    /// De handelingen van deze pagina.
    resultaten: Vec<Handelinggegevens>,
    /// Waar de volgende pagina staat; null = dit is de laatste.
    #[schema(format = "uri-reference", required)]
    volgende: Option<String>,
}

/// Een handeling die is gedaan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Handelinggegevens {
    /// Kenmerk van de handeling.
    handeling_id: Uuid,
    /// Naam van de handeling.
    handeling: String,
    /// Wanneer de handeling is gedaan.
    #[schema(format = DateTime)]
    tijdstip: String,
    /// Wie de handeling deed: het subject van het token.
    door: String,
    /// Met welke toepassing.
    toepassing: String,
    /// Voor welk doel, als het token dat noemde.
    #[schema(required)]
    doelbinding: Option<String>,
    /// Plaats in het logboek van de laatste gebeurtenis.
    positie: i64,
    /// De objecten die zijn geraakt, in volgorde.
    objecten: Vec<GeraaktObjectgegevens>,
}

/// Een object dat door een handeling is geraakt.
#[derive(Debug, Serialize, ToSchema)]
struct GeraaktObjectgegevens {
    /// Soort object.
    soort: Objectsoortnaam,
    /// Sleutel van het object.
    id: Uuid,
    /// Welke versies van het object uit deze handeling komen.
    versies: Versies,
}

/// Versies van een object, van en tot en met.
#[derive(Debug, Serialize, ToSchema)]
struct Versies {
    /// De eerste.
    van: i64,
    /// De laatste.
    tot: i64,
}

impl From<GedaneHandeling> for Handelinggegevens {
    fn from(gedaan: GedaneHandeling) -> Self {
        Self {
            handeling_id: gedaan.id,
            handeling: gedaan.soort,
            tijdstip: utc(gedaan.tijdstip),
            door: gedaan.door,
            toepassing: gedaan.toepassing,
            doelbinding: gedaan.doelbinding,
            positie: gedaan.positie,
            objecten: gedaan.objecten.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<GeraaktObject> for GeraaktObjectgegevens {
    fn from(object: GeraaktObject) -> Self {
        let versies = Versies { van: object.van, tot: object.tot };
        Self { soort: Objectsoortnaam::toon(object.soort), id: object.id, versies }
    }
}

/// What was registered with a handeling.
pub(super) async fn on_collection<H: Handeling>(
    State(api): State<Api>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let selectie = Ok(Selectie::Soort(H::OPERATION_ID));
    page(&api, selectie, &uri, &headers).await
}

/// What was done with a handeling on the object that the path names.
pub(super) async fn on_object<H: Handeling>(
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let selectie = parse_id(&path_id(path)).map(|id| Selectie::OpPad(H::OPERATION_ID, id));
    page(&api, selectie, &uri, &headers).await
}

/// What was done with a handeling on the value of a list whose code the path names.
pub(super) async fn on_waarde<H: Handeling>(
    lijst: Lijst,
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let id = Doel::Waarde(lijst, path_id(path)).id(&api).await;
    let selectie = id.map(|id| match id {
        Some(id) => Selectie::OpPad(H::OPERATION_ID, id),
        None => Selectie::Soort(H::OPERATION_ID),
    });
    page(&api, selectie, &uri, &headers).await
}

/// What was done, by any handeling, to an object.
pub(super) async fn of_object(
    soort: Objectsoort,
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let id = parse_id(&path_id(path));
    let selectie = id.map(|id| Selectie::Object(ObjectRef { soort, id }));
    page(&api, selectie, &uri, &headers).await
}

/// One handeling.
pub(super) async fn one(
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let read = async {
        let id = parse_id(&path_id(path))?;
        let gedaan = geschiedenis::one(&api.uitvoerder.pool, id).await?;
        Ok(Json(Handelinggegevens::from(gedaan)).into_response())
    };
    answer(&api, &headers, read).await
}

async fn page(
    api: &Api,
    selectie: Result<Selectie, HandelingError>,
    uri: &Uri,
    headers: &HeaderMap,
) -> Response {
    let read = async {
        let (selectie, pagina) = (selectie?, pagina(uri));
        if let Selectie::Object(ObjectRef { soort: Objectsoort::Partij, id }) = selectie {
            logboek::show(id);
        }
        let (gedaan, more) = geschiedenis::page(&api.uitvoerder.pool, selectie, pagina).await?;
        let last = gedaan.last().filter(|_| more);
        let volgende =
            last.map(|last| format!("{}?na={}&aantal={}", uri.path(), last.id, pagina.aantal));
        let resultaten = gedaan.into_iter().map(Into::into).collect();
        Ok(Json(Geschiedenis { resultaten, volgende }).into_response())
    };
    answer(api, headers, read).await
}

async fn answer(
    api: &Api,
    headers: &HeaderMap,
    read: impl Future<Output = Result<Response, HandelingError>>,
) -> Response {
    if let Err(problem) = authorize(api, headers, SCOPE).await {
        return problem.into_response();
    }
    read.await.unwrap_or_else(|error| {
        Problem::of_error(&error, api.uitvoerder.clock.new_id()).into_response()
    })
}

/// The page that the query asks for.
fn pagina(uri: &Uri) -> Pagina {
    let aantal = parameters::number(uri, parameters::AANTAL).unwrap_or(AANTAL_DEFAULT);
    Pagina { na: parameters::value(uri, parameters::NA, uuid), aantal }
}
