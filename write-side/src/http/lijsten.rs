//! Reading the reference lists: one value by its code, or whole lists at once.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::parameters;
use super::problem::Problem;
use super::raadpleeg;
use super::verzoek::{Doel, authorize, path_id};
use crate::fout::HandelingError;
use crate::handelingen::referentielijst::LEZEN;
use crate::invoer::dag;
use crate::referentielijsten::{Lijst, is_actief};
use crate::register::referentiewaarde::van_lijsten;
use crate::register::weergave::{Lijstnaam, Referentiewaardegegevens, Toon};
use crate::spelling::camel;

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
    /// Naam van de lijst.
    lijst: Lijstnaam,
    /// De waarden, op volgorde van hun code.
    waarden: Vec<Referentiewaardegegevens>,
}

/// Reads one value by its code.
pub(super) async fn raadpleeg_waarde(
    lijst: Lijst,
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let identity = match authorize(&api, &headers, LEZEN).await {
        Ok(identity) => identity,
        Err(problem) => return problem.into_response(),
    };
    let read = async {
        let id = Doel::Waarde(lijst, path_id(path)).id(&api).await?.unwrap_or_default();
        let pool = &api.uitvoerder.pool;
        raadpleeg::read::<Referentiewaardegegevens>(pool, &identity, id, &headers).await
    };
    read.await.unwrap_or_else(|error| problem(&api, &error))
}

/// Reads whole lists.
pub(super) async fn haal_op(
    State(api): State<Api>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    if let Err(problem) = authorize(&api, &headers, LEZEN).await {
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
        lijst: Lijstnaam::toon((*naam).to_owned()),
        waarden: waarden
            .iter()
            .filter(|item| item.lijst == *naam)
            .cloned()
            .map(Toon::toon)
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
