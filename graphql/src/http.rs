//! GraphQL over HTTP: `POST /graphql` with JSON and a bearer token. What can be followed comes as a
//! stream of events of such a request ([`events`]), or over a WebSocket ([`socket`]); there is nothing else.
//!
//! Follows the draft "GraphQL over HTTP": with `application/graphql-response+json` a request that
//! fails before execution is answered with 400 and without `data`; with `application/json` with 200.

mod accept;
mod answer;
mod body;
mod events;
mod socket;
mod stream;

use std::any::Any;
use std::sync::Arc;

use access::{Identity, TokenError, TokenValidator};
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Request as GraphqlRequest, Response as GraphqlResponse, ServerError};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use logboek::{Kanaal, Laag, Logboek};
use tower_http::catch_panic::CatchPanicLayer;

use crate::completion::Shapes;
use crate::context::{Env, wie};
use crate::documents::{Documents, Prepared, fields};
use crate::limits::{Limits, Refusal};
use crate::variables::Inputs;
use crate::{AppSchema, examples, graphiql, suggestions};
use accept::Form;
use answer::Problem;
use body::Asked;

/// Where the interface is served.
pub const PATH: &str = "/graphql";

/// What every request needs.
#[derive(Clone)]
struct Api {
    schema: AppSchema,
    documents: Arc<Documents>,
    tokens: Arc<TokenValidator>,
}

/// Serves `POST /graphql` to bearers of a token, and the GraphiQL page with its examples to all, if
/// the schema may be asked by anybody. What was asked and whose data were shown is kept in the logbook
/// before an answer leaves.
pub fn router(
    schema: AppSchema,
    documents: Arc<Documents>,
    tokens: Arc<TokenValidator>,
    logboek: Logboek,
) -> Router {
    let settings = schema.data::<Env>().map(|env| &env.settings);
    let page = settings.filter(|settings| !settings.introspection.is_none());
    let page = page.map(|settings| graphiql::router(examples::ALL, settings.explorer));
    let api = Api { schema, documents, tokens };
    let unavailable = Arc::new(|| answer::secured(Problem::not_logged().into_response()));
    let laag = Laag { logboek, kanaal: Kanaal::Graphql, unavailable };
    Router::new()
        .route(PATH, any(serve))
        .with_state(api)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(laag, logboek::logged))
        .merge(page.unwrap_or_default())
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
    if socket::is_asked(&request) {
        return socket::accept(api, env, request).await;
    }
    if request.method() != Method::POST {
        let allow = [(ALLOW, HeaderValue::from_static("POST"))];
        return Err((allow, Problem::method_not_allowed()).into_response());
    }
    let headers = request.headers();
    let form = accept::negotiate(headers).map_err(IntoResponse::into_response)?;
    logboek::asks(None);
    let identity = authenticate(api, headers).await.map_err(refused_token)?;
    logboek::asks(Some(wie(&identity)));
    answer_bearer(api, env, Bearer { identity, form }, request).await
}

/// Whoever has come through the gates, and how it wants its answer.
struct Bearer {
    identity: Identity,
    form: Form,
}

async fn answer_bearer(
    api: &Api,
    env: &Env,
    bearer: Bearer,
    request: Request,
) -> Result<Response, Response> {
    body::check_content_type(request.headers()).map_err(IntoResponse::into_response)?;
    match body::read(request, env.settings.limits.body_bytes).await {
        Ok(asked) => Ok(run(api, env, bearer, asked).await),
        Err(body::Refused::Problem(problem)) => Err(problem.into_response()),
        // Not a GraphQL request at all: 400 in either form.
        Err(body::Refused::Request(detail)) => Err(answer::malformed(bearer.form, detail)),
    }
}

/// Parses once, looks at what may be asked and at the limits, and executes what was parsed.
async fn run(api: &Api, env: &Env, bearer: Bearer, asked: Asked) -> Response {
    let Bearer { identity, form } = bearer;
    if form == Form::Events {
        return match stream::begin(api, env, identity, asked).await {
            Ok(answers) => events::respond(env, answers),
            Err(refused) => events::refuse(env, &refused),
        };
    }
    let response = match admit(api, env, &identity, &asked).await {
        Ok(prepared) if is_subscription(&asked, &prepared) => {
            refuse(api, env, &identity, Refused(vec![stream::needs_stream()])).await
        }
        Ok(prepared) => execute(api, env, identity, (asked, prepared)).await,
        Err(refused) => refuse(api, env, &identity, refused).await,
    };
    answer::graphql(form, response, &env.settings.limits)
}

/// The answer to a question that is not executed.
async fn refuse(api: &Api, env: &Env, identity: &Identity, refused: Refused) -> GraphqlResponse {
    let Refused(refused) = refused;
    refused.iter().take(1).for_each(|error| api.documents.refused(error));
    let mut response = GraphqlResponse::from_errors(refused);
    if env.settings.introspection.allows(identity) {
        suggestions::add(&api.schema, identity, &mut response).await;
    }
    response
}

/// Whether something is to be followed.
fn is_subscription(asked: &Asked, prepared: &Prepared) -> bool {
    let operation = fields::operation(&prepared.document, asked.operation_name.as_deref());
    operation.is_some_and(|operation| operation.ty == OperationType::Subscription)
}

/// Why a question is not executed.
struct Refused(Vec<ServerError>);

impl From<ServerError> for Refused {
    fn from(error: ServerError) -> Self {
        Self(vec![error])
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(vec![refusal.into()])
    }
}

impl From<Vec<ServerError>> for Refused {
    fn from(errors: Vec<ServerError>) -> Self {
        Self(errors)
    }
}

/// The document that is asked, if this bearer may ask it and it stays within the limits.
async fn admit(
    api: &Api,
    env: &Env,
    identity: &Identity,
    asked: &Asked,
) -> Result<Arc<Prepared>, Refused> {
    let settings = &env.settings;
    if let Some(text) = asked.question.text() {
        settings.limits.check_text(text)?;
    }
    let prepared = api.documents.find(&asked.question).await?;
    logboek::document(&prepared.id.hash());
    name_of(&prepared.document, asked.operation_name.as_deref())
        .into_iter()
        .for_each(logboek::action);
    let limits: Limits = settings.documents.admit(identity, &prepared, &settings.limits)?;
    let (document, name) = (&prepared.document, asked.operation_name.as_deref());
    limits.check_document(document, name, &asked.variables)?;
    settings.introspection.admit(identity, document)?;
    // Before anything is told of the fields in it.
    crate::exists_for(&api.schema, identity, document).await?;
    fields::check_subscriptions(document)?;
    values_fit(api, &prepared, asked)?;
    Ok(prepared)
}

/// Whether the values in the document, once, and those in its variables fit their types.
fn values_fit(api: &Api, prepared: &Prepared, asked: &Asked) -> Result<(), ServerError> {
    let (Some(inputs), Some(shapes)) = (api.schema.data::<Inputs>(), api.schema.data::<Shapes>())
    else {
        return Ok(());
    };
    if !prepared.is_valid() {
        inputs.check_arguments(shapes, &prepared.document)?;
    }
    match fields::operation(&prepared.document, asked.operation_name.as_deref()) {
        Some(operation) => inputs.check(operation, &asked.variables),
        // Validation says that there is none of that name.
        None => Ok(()),
    }
}

async fn execute(
    api: &Api,
    env: &Env,
    identity: Identity,
    (asked, prepared): (Asked, Arc<Prepared>),
) -> GraphqlResponse {
    let request = request_of(&asked, &prepared);
    let bearer = identity.clone();
    let document = &prepared.document;
    let mut response =
        crate::execute_admitted(&api.schema, identity.into(), request, document).await;
    match response.errors.first() {
        Some(error) if answer::failed_before_execution(&response) => api.documents.refused(error),
        Some(_) | None => {
            api.documents.executed(&bearer, &prepared, asked.operation_name.as_deref());
        }
    }
    response.errors.truncate(answer::ERRORS_MAX);
    if !prepared.is_valid() && env.settings.introspection.allows(&bearer) {
        suggestions::add(&api.schema, &bearer, &mut response).await;
    }
    response
}

/// What the engine is asked. It takes the document apart; what it is given with it is for its extensions.
fn request_of(asked: &Asked, prepared: &Arc<Prepared>) -> GraphqlRequest {
    let mut request = GraphqlRequest::new("").variables(asked.variables.clone());
    request.operation_name.clone_from(&asked.operation_name);
    request.set_parsed_query(prepared.document.clone());
    request.data(Arc::clone(prepared))
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
