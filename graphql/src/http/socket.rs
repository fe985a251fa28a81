//! GraphQL over a WebSocket, by the protocol `graphql-transport-ws`. Whoever asks says who it is in
//! `connection_init`, since a browser cannot send headers with a WebSocket; or in the header.
//!
//! A page of another origin may open a socket, but a browser adds nothing to it by which the bearer is
//! known: there are no cookies, and the token is in the hands of our own page. So its origin is not asked.

mod connection;
mod messages;

use access::Identity;
use axum::extract::{FromRequestParts, Request, WebSocketUpgrade};
use axum::http::header::{AUTHORIZATION, UPGRADE};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use logboek::Herkomst;

use super::answer::Problem;
use super::{Api, authenticate, refused_token};
use crate::context::Env;
use connection::Connection;

/// The protocol.
const PROTOCOL: &str = "graphql-transport-ws";
/// Under which name sockets are counted whose bearer is not known yet.
const NOBODY: &str = "";

/// Whether a request asks for a WebSocket.
pub(super) fn is_asked(request: &Request) -> bool {
    let upgrade = request.headers().get(UPGRADE).and_then(|value| value.to_str().ok());
    request.method() == Method::GET
        && upgrade.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

/// Accepts a WebSocket; the error is the refusal.
pub(super) async fn accept(api: &Api, env: &Env, request: Request) -> Result<Response, Response> {
    let identity = of_header(api, request.headers()).await?;
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    let upgrade = upgrade.map_err(IntoResponse::into_response)?;
    if *env.watcher.stopped().borrow() {
        return Err(Problem::too_many().into_response());
    }
    let seat = env.watcher.waiting().take(NOBODY);
    let seat = seat.ok_or_else(|| Problem::too_many().into_response())?;
    let size = env.settings.limits.body_bytes;
    let (api, env, herkomst) = (api.clone(), env.clone(), Herkomst::here());
    let connection = Connection::new(api, env, herkomst, (identity, seat));
    Ok(upgrade
        .protocols([PROTOCOL])
        .max_message_size(size)
        .max_frame_size(size)
        .on_upgrade(move |socket| connection.serve(socket)))
}

/// The bearer that the header names, if there is one.
async fn of_header(api: &Api, headers: &HeaderMap) -> Result<Option<Identity>, Response> {
    if !headers.contains_key(AUTHORIZATION) {
        return Ok(None);
    }
    let found = authenticate(api, headers).await;
    found.map(Some).map_err(|error| {
        logboek::asks(None);
        refused_token(error)
    })
}
