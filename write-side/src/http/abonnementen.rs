//! Subscriptions to webhooks as resources, and what an operator can see and do of their deliveries.

use access::Identity;
use axum::Json;
use axum::extract::{OriginalUri, Request, State};
use axum::http::header::ETAG;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::problem::Problem;
use super::verzoek::{self, Pad};
use super::{Api, BASE, antwoord, parameters};
use crate::fout::{Doing, Fout, Foutcode, HandelingError};
use crate::idempotentie::{Afnemer, Antwoord, Herhaalsleutel};
use crate::invoer::{Lees, Lezer, uuid};
use crate::referentielijsten::Referentielijsten;
use crate::uitgaand::webhook::abonnement::{self, Abonnement, Geheimen};
use crate::uitgaand::webhook::invoer::{RegistreerAbonnement, WijzigAbonnement, WijzigAflevering};
use crate::uitgaand::webhook::verzending::Toestemming;
use crate::uitgaand::webhook::wachtrij;
use crate::uitvoering::{Gedaan, niet_gevonden};

/// The scope that subscriptions need.
pub(super) const SCOPE: &str = "abonnementen:beheren";
/// Subscriptions or deliveries on one page.
const PAGE: i64 = 100;

type Result<T> = std::result::Result<T, HandelingError>;

/// Answers, or says what was wrong.
async fn answer(api: &Api, work: impl Future<Output = Result<Response>>) -> Response {
    let instance = api.uitvoerder.clock.new_id();
    work.await.unwrap_or_else(|error| Problem::of_error(&error, instance).into_response())
}

fn read<T: Lees>(api: &Api, body: &Value) -> Result<T> {
    let lists = Referentielijsten::default();
    let mut lezer = Lezer::new(&lists, api.uitvoerder.clock.now());
    let read = T::lees(body, &mut lezer);
    lezer.klaar(read).map_err(HandelingError::Afgewezen)
}

/// The subscription as an answer, with its version.
fn shown(abonnement: &Abonnement, status: StatusCode) -> Response {
    let mut response = (status, Json(abonnement)).into_response();
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", abonnement.versie)) {
        response.headers_mut().insert(ETAG, etag);
    }
    response
}

/// Asks the receiver; a refusal is a fault of the request.
async fn handshake(api: &Api, callback: &str) -> Result<Toestemming> {
    let fault = |melding: String| Fout::new("callbackUrl", Foutcode::Invalid, melding);
    api.verzender.handshake(callback).await.map_err(|melding| fault(melding).into())
}

/// Begins a subscription; a request that is repeated with its key gets the first answer.
pub(super) async fn registreer(State(api): State<Api>, request: Request) -> Response {
    let identity = match verzoek::authorize(&api, request.headers(), SCOPE).await {
        Ok(identity) => identity,
        Err(problem) => return problem.into_response(),
    };
    let instance = api.uitvoerder.clock.new_id();
    let (body, sleutel) = match verzoek::repeatable_body(request, instance).await {
        Ok(read) => read,
        Err(problem) => return problem.into_response(),
    };
    let work = async {
        let aanvraag = Aanvraag { api: &api, identity: &identity, sleutel: sleutel.as_ref() };
        // Looked up first: a receiver that agreed is not asked again, and not in a transaction.
        if let Some(first) = aanvraag.begin().await?.1 {
            return Ok(antwoord::response(Gedaan::Eerder(first)));
        }
        let invoer: RegistreerAbonnement = read(&api, &body)?;
        let geheimen = invoer.geheimen(api.verzender.beleid())?;
        let toestemming = handshake(&api, invoer.callback_url()).await?;
        let abonnement = Abonnement {
            id: api.uitvoerder.clock.new_id(),
            versie: 1,
            callback_url: invoer.callback_url().to_owned(),
            soorten: invoer.soorten(),
            filters: invoer.filters(),
            status: "actief".to_owned(),
            reden: None,
            aangemaakt_op: api.uitvoerder.clock.now(),
            per_minuut: toestemming.per_minuut,
            pauze_tot: None,
            mislukt_opeen: 0,
        };
        Ok(antwoord::response(aanvraag.write(&abonnement, &geheimen).await?))
    };
    answer(&api, work).await
}

/// A request for a subscription.
struct Aanvraag<'a> {
    api: &'a Api,
    identity: &'a Identity,
    sleutel: Option<&'a Herhaalsleutel>,
}

impl Aanvraag<'_> {
    fn afnemer(&self) -> Afnemer<'_> {
        Afnemer { toepassing: &self.identity.application, door: &self.identity.subject }
    }

    /// A transaction that has the key of the request, or the answer of the one that had it before.
    async fn begin(&self) -> Result<(Transaction<'static, Postgres>, Option<Antwoord>)> {
        let uitvoerder = &self.api.uitvoerder;
        let mut tx = transactions::begin(&uitvoerder.pool, "BEGIN")
            .await
            .doing("beginning a transaction")?;
        let earlier = match self.sleutel {
            Some(sleutel) => sleutel.claim(&mut tx, self.afnemer(), uitvoerder.clock.now()).await?,
            None => None,
        };
        Ok((tx, earlier))
    }

    /// Writes the subscription, unless a request with the same key did so in the meantime.
    async fn write(&self, abonnement: &Abonnement, geheimen: &Geheimen) -> Result<Gedaan> {
        let (mut tx, earlier) = self.begin().await?;
        if let Some(first) = earlier {
            return Ok(Gedaan::Eerder(first));
        }
        let door = &self.identity.subject;
        let written = abonnement::save(&mut tx, abonnement, door, Some(geheimen));
        written.await.doing("writing a subscription")?;
        let antwoord = Antwoord {
            status: StatusCode::CREATED.as_u16(),
            body: serde_json::to_string(abonnement)?,
            etag: Some(format!("\"{}\"", abonnement.versie)),
            location: Some(format!("{BASE}/abonnementen/{}", abonnement.id)),
        };
        if let Some(sleutel) = self.sleutel {
            let now = self.api.uitvoerder.clock.now();
            sleutel.keep(&mut tx, self.afnemer(), &antwoord, now).await?;
        }
        tx.commit().await.map_err(HandelingError::Commit)?;
        Ok(Gedaan::Nu(antwoord))
    }
}

/// Every subscription, a page at a time.
pub(super) async fn list(
    State(api): State<Api>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    if let Err(problem) = verzoek::authorize(&api, &headers, SCOPE).await {
        return problem.into_response();
    }
    let work = async {
        let na = parameters::value(&uri, "na", uuid);
        let pool = &api.uitvoerder.pool;
        let found = abonnement::list(pool, na, PAGE).await.doing("reading subscriptions")?;
        let full = i64::try_from(found.len()).is_ok_and(|count| count == PAGE);
        let last = found.last().filter(|_| full);
        let volgende = last.map(|last| format!("{BASE}/abonnementen?na={}", last.id));
        Ok(Json(json!({ "resultaten": found, "volgende": volgende })).into_response())
    };
    answer(&api, work).await
}

/// The subscription that the path names.
async fn found(api: &Api, id: &str) -> Result<Abonnement> {
    let id = uuid(id).ok_or_else(|| niet_gevonden("id"))?;
    let mut conn = api.uitvoerder.pool.acquire().await.doing("reading a subscription")?;
    let found = abonnement::load(&mut conn, id).await.doing("reading a subscription")?;
    found.ok_or_else(|| niet_gevonden("id").into())
}

/// One subscription.
pub(super) async fn one(
    State(api): State<Api>,
    Pad(id): Pad<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(problem) = verzoek::authorize(&api, &headers, SCOPE).await {
        return problem.into_response();
    }
    answer(&api, async { Ok(shown(&found(&api, &id).await?, StatusCode::OK)) }).await
}

/// The subscription under its lock, if it is of the version that the caller expects and goes on.
async fn locked(
    conn: &mut sqlx::PgConnection,
    id: Uuid,
    expected: Option<i64>,
) -> Result<Abonnement> {
    sqlx::query!("SELECT id FROM write_side.abonnementen WHERE id = $1 FOR UPDATE", id)
        .fetch_optional(&mut *conn)
        .await
        .doing("locking a subscription")?;
    let found = abonnement::load(conn, id).await.doing("reading a subscription")?;
    let found = found.ok_or_else(|| niet_gevonden("id"))?;
    if expected.is_some_and(|expected| expected != found.versie) {
        let melding = format!("het abonnement is gewijzigd: het is versie {}", found.versie);
        return Err(Fout::new("If-Match", Foutcode::VersieConflict, melding).into());
    }
    if found.status != "actief" {
        let melding = "dit abonnement is beëindigd; begin een nieuw";
        return Err(Fout::new("id", Foutcode::StatusConflict, melding).into());
    }
    Ok(found)
}

/// Changes a subscription.
pub(super) async fn wijzig(
    State(api): State<Api>,
    Pad(id): Pad<String>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    let identity = match verzoek::authorize(&api, &headers, SCOPE).await {
        Ok(identity) => identity,
        Err(problem) => return problem.into_response(),
    };
    let body = match verzoek::body(request, api.uitvoerder.clock.new_id()).await {
        Ok(body) => body,
        Err(problem) => return problem.into_response(),
    };
    let work = async {
        let invoer: WijzigAbonnement = read(&api, &body)?;
        let geheimen = invoer.geheimen(api.verzender.beleid())?;
        let expected = verzoek::expected_version(&headers)?;
        let present = found(&api, &id).await?;
        let callback = invoer.callback_url().unwrap_or(&present.callback_url).to_owned();
        let moved = callback != present.callback_url;
        let toestemming = if moved { Some(handshake(&api, &callback).await?) } else { None };
        let mut tx = transactions::begin(&api.uitvoerder.pool, "BEGIN")
            .await
            .doing("beginning a transaction")?;
        let present = locked(&mut tx, present.id, expected).await?;
        let changed = Abonnement {
            versie: present.versie + 1,
            callback_url: callback,
            soorten: invoer.soorten().unwrap_or(present.soorten),
            filters: invoer.filters().unwrap_or(present.filters),
            per_minuut: toestemming.map_or(present.per_minuut, |given| given.per_minuut),
            pauze_tot: None,
            mislukt_opeen: 0,
            ..present
        };
        let written = abonnement::save(&mut tx, &changed, &identity.subject, geheimen.as_ref());
        written.await.doing("changing a subscription")?;
        tx.commit().await.map_err(HandelingError::Commit)?;
        Ok(shown(&changed, StatusCode::OK))
    };
    answer(&api, work).await
}

/// Ends a subscription.
pub(super) async fn beeindig(
    State(api): State<Api>,
    Pad(id): Pad<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(problem) = verzoek::authorize(&api, &headers, SCOPE).await {
        return problem.into_response();
    }
    let work = async {
        let expected = verzoek::expected_version(&headers)?;
        let id = found(&api, &id).await?.id;
        let mut tx = transactions::begin(&api.uitvoerder.pool, "BEGIN")
            .await
            .doing("beginning a transaction")?;
        locked(&mut tx, id, expected).await?;
        let now = api.uitvoerder.clock.now();
        let ended = abonnement::end(&mut tx, id, "beëindigd door de afnemer", now);
        ended.await.doing("ending a subscription")?;
        tx.commit().await.map_err(HandelingError::Commit)?;
        Ok(shown(&found(&api, &id.to_string()).await?, StatusCode::OK))
    };
    answer(&api, work).await
}

/// How the deliveries of a subscription stand.
pub(super) async fn afleveringen(
    State(api): State<Api>,
    Pad(id): Pad<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    if let Err(problem) = verzoek::authorize(&api, &headers, SCOPE).await {
        return problem.into_response();
    }
    let work = async {
        let id = found(&api, &id).await?.id;
        let status = parameters::value(&uri, "status", |text| {
            wachtrij::STATUSSEN.into_iter().find(|status| *status == text)
        });
        let na = parameters::number(&uri, "na").unwrap_or_default();
        let pool = &api.uitvoerder.pool;
        let found = wachtrij::page(pool, id, status, na, PAGE).await;
        let found = found.doing("reading deliveries")?;
        let full = i64::try_from(found.len()).is_ok_and(|count| count == PAGE);
        let last = found.last().filter(|_| full);
        let volgende = last.map(|last| {
            let status = status.map(|status| format!("&status={status}")).unwrap_or_default();
            format!("{BASE}/abonnementen/{id}/afleveringen?na={}{status}", last.volgnummer())
        });
        Ok(Json(json!({ "resultaten": found, "volgende": volgende })).into_response())
    };
    answer(&api, work).await
}

/// Tries every parked delivery of a subscription again.
pub(super) async fn herzend_alle(
    State(api): State<Api>,
    Pad(id): Pad<String>,
    request: Request,
) -> Response {
    resend(&api, &id, None, request).await
}

/// Sends one event again, whatever came of it before.
pub(super) async fn herzend(
    State(api): State<Api>,
    Pad((id, volgnummer)): Pad<(String, String)>,
    request: Request,
) -> Response {
    resend(&api, &id, Some(&volgnummer), request).await
}

async fn resend(api: &Api, id: &str, volgnummer: Option<&str>, request: Request) -> Response {
    if let Err(problem) = verzoek::authorize(api, request.headers(), SCOPE).await {
        return problem.into_response();
    }
    let body = match verzoek::body(request, api.uitvoerder.clock.new_id()).await {
        Ok(body) => body,
        Err(problem) => return problem.into_response(),
    };
    let work = async {
        let WijzigAflevering { status: _wachtend } = read(api, &body)?;
        let abonnement = found(api, id).await?;
        if abonnement.status != "actief" {
            let melding = "dit abonnement is beëindigd; begin een nieuw";
            return Err(Fout::new("id", Foutcode::StatusConflict, melding).into());
        }
        let number = volgnummer.map(|text| text.parse::<i64>());
        let number = number.transpose().map_err(|_| niet_gevonden("volgnummer"))?;
        let (pool, now) = (&api.uitvoerder.pool, api.uitvoerder.clock.now());
        let count = wachtrij::resend(pool, abonnement.id, number, now).await;
        let count = count.doing("sending again")?;
        if count == 0 && number.is_some() {
            return Err(niet_gevonden("volgnummer").into());
        }
        Ok(Json(json!({ "aantal": count })).into_response())
    };
    answer(api, work).await
}
