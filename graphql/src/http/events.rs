//! GraphQL over SSE, in distinct connections mode: an event `next` for every answer, and `complete` at
//! the end. A service that stops only breaks off: what is followed is not complete, and whoever asks again
//! follows it elsewhere.

use std::convert::Infallible;
use std::future::ready;

use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::stream::Answers;
use crate::context::Env;

/// Tells a proxy not to keep events until there are more.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// A refusal, which the protocol wants as an answer of the stream.
pub(super) fn refuse(env: &Env, errors: &Value) -> Response {
    let answer = json!({ "errors": errors }).to_string();
    respond(env, stream::once(ready(answer)).boxed())
}

/// The answers as events. Nothing is read ahead: who is slow gets fewer.
pub(super) fn respond(env: &Env, answers: Answers) -> Response {
    let next = answers.map(|answer| Event::default().event("next").data(answer));
    let stop = env.watcher.stopped();
    let complete = stream::once(async move {
        (!*stop.borrow()).then(|| Event::default().event("complete").data(""))
    });
    let complete = complete.filter_map(ready);
    let events = next.chain(complete).map(Ok::<_, Infallible>);
    let alive = KeepAlive::new().interval(env.watcher.settings().keep_alive);
    let mut response = Sse::new(events).keep_alive(alive).into_response();
    response.headers_mut().extend([UNBUFFERED]);
    response
}
