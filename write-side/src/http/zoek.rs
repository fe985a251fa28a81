//! Searching over HTTP. Criteria are personal data, so they stand in the body and never in a URI; of
//! a search is logged who asked what kind of thing, and how many were found.

use std::collections::BTreeMap;

use access::Identity;
use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use events::ObjectRef;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::problem::Problem;
use super::raadpleeg::{Zichtbaar, snapshot};
use super::{Api, verzoek};
use crate::betrokken;
use crate::fout::{Doing, HandelingError};
use crate::invoer::Lezer;
use crate::referentielijsten::Lijstgebruik;
use crate::register::geheel::Leesbaar;
use crate::register::zoek::Zoekvraag;

/// Eén pagina van wat is gevonden, het nieuwste eerst.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Zoekantwoord<T> {
    /// Wat is gevonden, elk zoals het met zijn sleutel te raadplegen is.
    resultaten: Vec<T>,
    /// Geef dit als `na` voor de volgende pagina; null als er geen volgende is.
    #[schema(required, examples("AZLwyFwefRCaSy8-TVxreg"))]
    volgende: Option<String>,
}

/// Searches, and answers with a page.
pub(super) async fn zoek<Z: Zoekvraag>(State(api): State<Api>, request: Request) -> Response {
    handle::<Z>(&api, request).await.unwrap_or_else(|problem| problem.into_response())
}

async fn handle<Z: Zoekvraag>(api: &Api, request: Request) -> Result<Response, Box<Problem>> {
    let instance = api.uitvoerder.clock.new_id();
    logboek::action(Z::OPERATION_ID);
    let identity = verzoek::authorize(api, request.headers(), Z::SCOPE).await?;
    let invoer = verzoek::body(request, instance).await?;
    let faults = |error: HandelingError| Box::new(Problem::of_error(&error, instance));
    let found = logboek::process(Z::OPERATION_ID, search::<Z>(api, &identity, &invoer));
    let answer = found.await.map_err(faults)?;
    // Which criteria were used is no personal datum; what they said is.
    let criteria: Vec<&String> =
        invoer.as_object().into_iter().flat_map(|map| map.keys()).collect();
    tracing::info!(
        operation = Z::OPERATION_ID,
        door = identity.subject,
        toepassing = identity.application,
        doelbinding = identity.doelbinding,
        ?criteria,
        resultaten = answer.resultaten.len(),
        "searched"
    );
    Ok(Json(answer).into_response())
}

async fn search<Z: Zoekvraag>(
    api: &Api,
    identity: &Identity,
    invoer: &Value,
) -> Result<Zoekantwoord<Zichtbaar<Z::Geeft>>, HandelingError> {
    let mut tx = snapshot(&api.uitvoerder.pool).await?;
    let lijsten = api.uitvoerder.lijsten.load(&mut tx, Lijstgebruik::Lezen).await?;
    let mut lezer = Lezer::new(&lijsten, api.uitvoerder.clock.now());
    let read = Z::lees(invoer, &mut lezer);
    let vraag = lezer.klaar(read).map_err(HandelingError::Afgewezen)?;
    let pagina = vraag.pagina();
    let found = vraag.voorwaarden(identity).vind(&mut tx, pagina).await?;
    let gehelen = Z::Geeft::load(&mut tx, &found.ids).await?;
    let objects: Vec<ObjectRef> = gehelen.iter().map(|geheel| geheel.object).collect();
    betrokken::show(&mut tx, &objects).await?;
    tx.commit().await.doing("ending a transaction")?;
    let mut gehelen: BTreeMap<Uuid, Z::Geeft> =
        gehelen.into_iter().map(|geheel| (geheel.id, geheel.waarde)).collect();
    let whole = |id: &Uuid| Some(Zichtbaar::voor(identity, &gehelen.remove(id)?));
    let resultaten = found.ids.iter().filter_map(whole).collect::<Result<_, _>>()?;
    Ok(Zoekantwoord { resultaten, volgende: found.volgende.map(|cursor| cursor.text()) })
}
