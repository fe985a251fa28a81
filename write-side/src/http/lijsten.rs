//! Reading the reference lists: one value by its code, or whole lists at once.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use events::{ObjectRef, Referentiewaarde};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Api;
use super::parameters;
use super::problem::Problem;
use super::raadpleeg::{self, camel};
use super::verzoek::{Doel, authorize, path_id};
use crate::fout::HandelingError;
use crate::handelingen::referentielijst::LEZEN;
use crate::invoer::dag;
use crate::referentielijsten::{Lijst, is_actief};
use crate::register::referentiewaarde::van_lijsten;

/// Where whole lists are read.
pub(super) const LIJSTEN: &str = "/referentielijsten";
/// The parameter that says which lists.
pub(super) const LIJST: &str = "lijst";
/// The parameter that says which values.
pub(super) const ACTIEF: &str = "actief";

/// Referentielijsten met hun waarden.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Lijstenantwoord {
    /// De lijsten waarom is gevraagd.
    referentielijsten: Vec<Lijstgegevens>,
}

/// Een referentielijst.
#[derive(Debug, Serialize, ToSchema)]
struct Lijstgegevens {
    /// Naam van de lijst, zoals soortDigitaalAdres.
    lijst: String,
    /// De waarden, op volgorde van hun code.
    waarden: Vec<Waardegegevens>,
}

/// Een waarde van een referentielijst.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Referentiewaarde)]
pub(super) struct Waardegegevens {
    /// Sleutel van de waarde.
    id: Uuid,
    /// Naam van de lijst, zoals soortDigitaalAdres.
    lijst: String,
    /// Code waarmee gegevens naar de waarde verwijzen.
    code: String,
    /// Naam om te tonen.
    naam: String,
    /// Of de waarde in gebruik is; een land is dat ook alleen van ingangsdatum tot en met einddatum.
    indicatie_actief: bool,
    /// Hoe een digitaal adres van deze soort wordt gecontroleerd.
    #[schema(required)]
    validatie: Option<String>,
    /// Waar de waarde bij hoort: het register van een soort object, de soort object van een soort
    /// sleutel.
    #[schema(required)]
    hoort_bij: Option<String>,
    /// Eerste dag van gebruik.
    #[schema(required)]
    ingangsdatum: Option<NaiveDate>,
    /// Laatste dag van gebruik.
    #[schema(required)]
    einddatum: Option<NaiveDate>,
}

impl From<Referentiewaarde> for Waardegegevens {
    fn from(waarde: Referentiewaarde) -> Self {
        Self {
            id: waarde.id,
            lijst: camel(&waarde.lijst),
            code: waarde.code,
            naam: waarde.naam,
            indicatie_actief: waarde.indicatie_actief,
            validatie: waarde.validatie,
            hoort_bij: waarde.hoort_bij,
            ingangsdatum: waarde.ingangsdatum,
            einddatum: waarde.einddatum,
        }
    }
}

/// Reads one value by its code.
pub(super) async fn raadpleeg_waarde(
    lijst: Lijst,
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let identity = match authorize(&api, &headers, LEZEN) {
        Ok(identity) => identity,
        Err(problem) => return problem.into_response(),
    };
    let read = async {
        let id = Doel::Waarde(lijst, path_id(path)).id(&api).await?.unwrap_or_default();
        let object = ObjectRef::referentiewaarde(id);
        raadpleeg::read(&api.uitvoerder.pool, &identity, object, &headers).await
    };
    read.await.unwrap_or_else(|error| problem(&api, &error))
}

/// Reads whole lists.
pub(super) async fn haal_op(
    State(api): State<Api>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    if let Err(problem) = authorize(&api, &headers, LEZEN) {
        return problem.into_response();
    }
    let today = dag(api.uitvoerder.clock.now());
    match lijsten(&api, &uri, today).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => problem(&api, &error),
    }
}

async fn lijsten(
    api: &Api,
    uri: &Uri,
    today: NaiveDate,
) -> Result<Lijstenantwoord, HandelingError> {
    let lijsten = parameters::value(uri, LIJST, |text| text.split(',').map(named).collect());
    let actief: Option<bool> = parameters::value(uri, ACTIEF, |text| text.parse().ok());
    let lijsten: Vec<Lijst> = lijsten.unwrap_or_else(|| Lijst::ALL.to_vec());
    let namen: Vec<&str> = lijsten.iter().map(|lijst| lijst.naam()).collect();
    let mut waarden = van_lijsten(&api.uitvoerder.pool, &namen).await?;
    waarden.retain(|waarde| {
        let periode = (waarde.ingangsdatum, waarde.einddatum);
        let now = is_actief(waarde.indicatie_actief, periode, today);
        actief.is_none_or(|actief| actief == now)
    });
    let of_list = |naam: &&str| Lijstgegevens {
        lijst: camel(naam),
        waarden: waarden
            .iter()
            .filter(|item| item.lijst == *naam)
            .cloned()
            .map(Into::into)
            .collect(),
    };
    Ok(Lijstenantwoord { referentielijsten: namen.iter().map(of_list).collect() })
}

/// The list with this name in the API.
fn named(naam: &str) -> Option<Lijst> {
    Lijst::ALL.into_iter().find(|lijst| camel(lijst.naam()) == naam)
}

fn problem(api: &Api, error: &HandelingError) -> Response {
    Problem::of_error(error, api.uitvoerder.clock.new_id()).into_response()
}
