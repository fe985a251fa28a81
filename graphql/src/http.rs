//! GraphQL over HTTP: `POST /graphql` with JSON and a bearer token, and nothing else.
//!
//! Follows the draft "GraphQL over HTTP": with `application/graphql-response+json` a request that
//! fails before execution is answered with 400 and without `data`; with `application/json` with 200.

mod accept;
mod answer;
mod body;

use std::any::Any;
use std::sync::Arc;

use access::{Identity, TokenError, TokenValidator};
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request as GraphqlRequest, Response as GraphqlResponse, ServerError};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use logboek::{Kanaal, Laag, Logboek, Wie};
use tower_http::catch_panic::CatchPanicLayer;

use crate::context::Env;
use crate::{AppSchema, examples, graphiql};
use accept::Form;
use answer::Problem;

/// Where the interface is served.
pub const PATH: &str = "/graphql";

/// What every request needs.
#[derive(Clone)]
struct Api {
    schema: AppSchema,
    tokens: Arc<TokenValidator>,
}

/// Serves `POST /graphql` to bearers of a token, and the GraphiQL page with its examples to all. What
/// was asked and whose data were shown is kept in the logbook before an answer leaves.
pub fn router(schema: AppSchema, tokens: Arc<TokenValidator>, logboek: Logboek) -> Router {
    let api = Api { schema, tokens };
    let unavailable = Arc::new(|| answer::secured(Problem::not_logged().into_response()));
    let laag = Laag { logboek, kanaal: Kanaal::Graphql, unavailable };
    Router::new()
        .route(PATH, any(serve))
        .with_state(api)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(laag, logboek::logged))
        .merge(graphiql::router(examples::ALL))
}

async fn serve(State(api): State<Api>, request: Request) -> Response {
    answer::secured(answer_in_time(&api, request).await)
}

async fn answer_in_time(api: &Api, request: Request) -> Response {
    let Some(env) = api.schema.data::<Env>() else {
        return Problem::internal(None).into_response();
    };
    let limit = env.settings.time_limit;
    match tokio::time::timeout(limit, take(api, env, request)).await {
        Ok(answered) => answered.unwrap_or_else(|refused| refused),
        Err(_) => {
            tracing::warn!(seconds = limit.as_secs(), "a request took too long");
            Problem::too_slow(limit).into_response()
        }
    }
}

/// Takes a request through every gate, the cheap ones first. The error is the refusal.
async fn take(api: &Api, env: &Env, request: Request) -> Result<Response, Response> {
    if request.method() != Method::POST {
        let allow = [(ALLOW, HeaderValue::from_static("POST"))];
        return Err((allow, Problem::method_not_allowed()).into_response());
    }
    let headers = request.headers();
    let form = accept::negotiate(headers).map_err(IntoResponse::into_response)?;
    logboek::asks(None);
    let identity = authenticate(api, headers).await.map_err(refused_token)?;
    logboek::asks(Some(Wie {
        subject: identity.subject.clone(),
        application: identity.application.clone(),
        doelbinding: identity.doelbinding.clone(),
    }));
    answer_bearer(&api.schema, env, Bearer { identity, form }, request).await
}

/// Whoever has come through the gates, and how it wants its answer.
struct Bearer {
    identity: Identity,
    form: Form,
}

async fn answer_bearer(
    schema: &AppSchema,
    env: &Env,
    bearer: Bearer,
    request: Request,
) -> Result<Response, Response> {
    body::check_content_type(request.headers()).map_err(IntoResponse::into_response)?;
    match body::read(request, env.settings.limits.body_bytes).await {
        Ok(request) => Ok(run(schema, env, bearer, request).await),
        Err(body::Refused::Problem(problem)) => Err(problem.into_response()),
        // Not a GraphQL request at all: 400 in either form.
        Err(body::Refused::Request(detail)) => Err(answer::malformed(bearer.form, detail)),
    }
}

/// Parses once, looks at the limits, and executes what was parsed.
async fn run(
    schema: &AppSchema,
    env: &Env,
    bearer: Bearer,
    mut request: GraphqlRequest,
) -> Response {
    logboek::document(&request.query);
    let response = match check(env, &mut request) {
        Ok(()) => crate::execute(schema, bearer.identity, request).await,
        Err(error) => GraphqlResponse::from_errors(vec![error]),
    };
    answer::graphql(bearer.form, response)
}

fn check(env: &Env, request: &mut GraphqlRequest) -> Result<(), ServerError> {
    let limits = &env.settings.limits;
    limits.check_text(&request.query)?;
    let document = async_graphql::parser::parse_query(&request.query)?;
    let name = request.operation_name.as_deref();
    name_of(&document, name).into_iter().for_each(logboek::action);
    limits.check_document(&document, name, &request.variables)?;
    request.set_parsed_query(document);
    Ok(())
}

/// The name of the operation that is asked: the one that is chosen, or the only one.
fn name_of<'d>(document: &'d ExecutableDocument, chosen: Option<&'d str>) -> Option<&'d str> {
    let mut operations = document.operations.iter();
    let only = operations.next().filter(|_| operations.next().is_none());
    chosen.or(only.and_then(|(name, _)| name.map(|name| name.as_str())))
}

async fn authenticate(api: &Api, headers: &HeaderMap) -> Result<Identity, TokenError> {
    // A header that is no text is no token.
    let values = headers.get_all(AUTHORIZATION).iter();
    api.tokens.validate(values.map(|value| value.to_str().unwrap_or_default())).await
}

fn refused_token(error: TokenError) -> Response {
    match error.challenge() {
        Some(challenge) => {
            let challenge = [(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))];
            (challenge, Problem::unauthorized(error)).into_response()
        }
        None => Problem::unavailable(error).into_response(),
    }
}

/// What a panic tells is for nobody outside, and may hold values: only that it happened is logged.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request panicked");
    answer::secured(Problem::internal(None).into_response())
}

#[cfg(test)]
mod tests;
