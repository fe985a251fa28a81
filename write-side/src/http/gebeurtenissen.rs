//! The feed of notifications over HTTP: pages in order, and waiting for the next.

use std::time::Duration;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::parameters;
use super::problem::Problem;
use super::verzoek::{self, Pad};
use super::{Api, BASE};
use crate::fout::{Doing, HandelingError};
use crate::invoer::uuid;
use crate::uitgaand::cloudevent::{self, MEDIA_TYPE};
use crate::uitgaand::feed::{self, Vraag};
use crate::uitgaand::notificatie::{Notificatie, soorten};
use crate::uitvoering::niet_gevonden;

/// The scope that hearing of events needs.
pub(super) const SCOPE: &str = "gebeurtenissen:lezen";
/// Most events of one page, and how many when nothing is said.
pub(super) const AANTAL_MAX: i64 = 1000;
const AANTAL_DEFAULT: i64 = 100;
/// Longest wait for the next event, in seconds.
pub(super) const WACHT_MAX_SECONDS: i64 = 10;
/// How often a waiting request looks again: what another process publishes is not told here.
const LOOK: Duration = Duration::from_millis(50);

/// One page of events.
pub(super) async fn page(
    State(api): State<Api>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let instance = api.uitvoerder.clock.new_id();
    if let Err(problem) = verzoek::authorize(&api, &headers, SCOPE).await {
        return problem.into_response();
    }
    let answer = async {
        let (vraag, wacht) = read(&uri);
        let found = wait(&api, &vraag, wacht).await?;
        Ok::<_, HandelingError>(body(&api, &vraag, &found))
    };
    match answer.await {
        Ok(body) => Json(body).into_response(),
        Err(error) => Problem::of_error(&error, instance).into_response(),
    }
}

/// One event by its key.
pub(super) async fn one(
    State(api): State<Api>,
    Pad(id): Pad<String>,
    headers: HeaderMap,
) -> Response {
    let instance = api.uitvoerder.clock.new_id();
    if let Err(problem) = verzoek::authorize(&api, &headers, SCOPE).await {
        return problem.into_response();
    }
    let found = async {
        let id = uuid(&id).ok_or_else(|| niet_gevonden("id"))?;
        let vraag = Vraag { id: Some(id), aantal: 1, ..Vraag::default() };
        let found = feed::page(&api.uitvoerder.pool, &vraag).await.doing("reading an event")?;
        found.into_iter().next().ok_or_else(|| HandelingError::from(niet_gevonden("id")))
    };
    match found.await {
        Ok(found) => {
            let body = api.afzender.event(&found).to_string();
            ([(CONTENT_TYPE, MEDIA_TYPE)], body).into_response()
        }
        Err(error) => Problem::of_error(&error, instance).into_response(),
    }
}

/// The JSON Schema of the data of a kind of event, to everybody.
pub(super) async fn schema(State(api): State<Api>, Pad(soort): Pad<String>) -> Response {
    if !soorten().contains(&soort) {
        let error = niet_gevonden("soort").into();
        return Problem::of_error(&error, api.uitvoerder.clock.new_id()).into_response();
    }
    let headers = [(CONTENT_TYPE, "application/schema+json"), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (headers, cloudevent::data_schema(&soort).to_string()).into_response()
}

/// The question in the query.
fn read(uri: &Uri) -> (Vraag, Duration) {
    let vraag = Vraag {
        na: parameters::number(uri, "na").unwrap_or_default(),
        aantal: parameters::number(uri, "aantal").unwrap_or(AANTAL_DEFAULT),
        soort: parameters::value(uri, "soort", |text| Some(text.to_owned())),
        object: parameters::value(uri, "objectId", uuid),
        ..Vraag::default()
    };
    let wacht = parameters::number(uri, "wacht").unwrap_or_default();
    (vraag, Duration::from_secs(wacht))
}

/// The page, or the first that comes within the wait.
async fn wait(
    api: &Api,
    vraag: &Vraag,
    wacht: Duration,
) -> Result<Vec<Notificatie>, HandelingError> {
    let end = Instant::now() + wacht;
    loop {
        let found = feed::page(&api.uitvoerder.pool, vraag).await.doing("reading events")?;
        if !found.is_empty() || Instant::now() >= end {
            return Ok(found);
        }
        sleep(LOOK).await;
    }
}

fn body(api: &Api, vraag: &Vraag, found: &[Notificatie]) -> Value {
    let last = found.last().map_or(vraag.na, |last| last.volgnummer);
    let mut volgende = format!("{BASE}/gebeurtenissen?na={last}&aantal={}", vraag.aantal);
    if let Some(soort) = &vraag.soort {
        volgende.push_str(&format!("&soort={soort}"));
    }
    if let Some(object) = vraag.object {
        volgende.push_str(&format!("&objectId={object}"));
    }
    let events: Vec<Value> = found.iter().map(|item| api.afzender.event(item)).collect();
    json!({ "gebeurtenissen": events, "volgende": volgende })
}
