//! Answers that come as a stream: one for every change of what is followed, and of a question one.

use std::future::ready;
use std::sync::Arc;

use access::Identity;
use async_graphql::{Response as GraphqlResponse, ServerError};
use futures_util::StreamExt;
use futures_util::stream::{BoxStream, empty, once};
use serde_json::Value;

use super::body::Asked;
use super::{Api, Refused, admit, answer, execute, is_subscription, refuse, request_of};
use crate::context::Env;
use crate::documents::Prepared;
use crate::error::{ProductError, refusal};

/// The answers to one operation, as JSON.
pub(super) type Answers = BoxStream<'static, String>;

/// Takes an operation through the same gates as any question, and begins it: when this is done, what is
/// followed is followed, and the logbook knows what the first answer says. The error are the errors with
/// which it is refused.
pub(super) async fn begin(
    api: &Api,
    env: &Env,
    identity: Identity,
    asked: Asked,
) -> Result<Answers, Value> {
    let limits = env.settings.limits;
    let (first, next) =
        begin_with_first(api, env, identity, asked).await.map_err(answer::errors_of)?;
    let first = answer::of_stream(first, &limits);
    let next = next.map(move |answer| answer::of_stream(answer, &limits));
    Ok(once(ready(first)).chain(next).boxed())
}

/// The first answer, and those that come after it.
type Begun = (GraphqlResponse, BoxStream<'static, GraphqlResponse>);

async fn begin_with_first(
    api: &Api,
    env: &Env,
    identity: Identity,
    asked: Asked,
) -> Result<Begun, GraphqlResponse> {
    let prepared = match admit(api, env, &identity, &asked).await {
        Ok(prepared) => prepared,
        Err(refused) => return Err(refuse(api, env, &identity, refused).await),
    };
    if is_subscription(&asked, &prepared) {
        return subscribe(api, env, identity, (asked, prepared)).await;
    }
    let response = execute(api, env, identity, (asked, prepared)).await;
    if answer::failed_before_execution(&response) {
        return Err(response);
    }
    Ok((response, empty().boxed()))
}

async fn subscribe(
    api: &Api,
    env: &Env,
    identity: Identity,
    (asked, prepared): (Asked, Arc<Prepared>),
) -> Result<Begun, GraphqlResponse> {
    let Some(seat) = env.watcher.subscriptions().take(&identity.subject) else {
        let error = async_graphql::Error::from(ProductError::TooMany);
        let error = error.into_server_error(async_graphql::Pos::default());
        return Err(refuse(api, env, &identity, Refused(vec![error])).await);
    };
    let request = request_of(&asked, &prepared);
    let bearer = identity.clone();
    let document = prepared.document.clone();
    let answers = crate::follow_admitted(&api.schema, identity.into(), request, document).await?;
    let mut answers = answers.map(move |answer| {
        let _taken = &seat;
        answer
    });
    // The first says that it stands, or why not.
    let first = answers.next().await.unwrap_or_default();
    if !first.errors.is_empty() {
        return Err(refuse(api, env, &bearer, Refused(first.errors)).await);
    }
    api.documents.executed(&bearer, &prepared, asked.operation_name.as_deref());
    Ok((first, answers.boxed()))
}

/// The refusal of something to follow where there is one answer.
pub(super) fn needs_stream() -> ServerError {
    refusal(
        "ALLEEN_ALS_STROOM",
        "Alleen als stroom",
        400,
        "Een subscription heeft meer dan één antwoord: vraag haar met Accept: text/event-stream, of \
         over een WebSocket met graphql-transport-ws."
            .to_owned(),
    )
}
