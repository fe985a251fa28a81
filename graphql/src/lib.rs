//! Information products over GraphQL: one request per question of an employee or a burger, and a
//! number of SQL statements that does not grow with the answer.
//!
//! [`schema`] builds the interface on a pool, [`router`] serves it over HTTP, and [`sdl`] describes
//! it without a database. Whoever runs a request in another way calls [`execute`], which brings the
//! loaders along.

mod cellen;
mod completion;
mod connection;
mod context;
mod count;
pub mod documents;
mod eigen;
mod error;
pub mod examples;
mod gates;
pub mod graphiql;
mod http;
mod introspection;
mod limits;
mod loaders;
mod policy;
mod products;
mod subscriptions;
mod suggestions;
mod types;
mod validation;
mod variables;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use access::Identity;
pub use async_graphql::Request;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{EmptyMutation, Response, Schema, SchemaBuilder, ServerError};
use chrono::TimeDelta;
use clock::SharedClock;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use read_side::bewaaroverzicht::Bewaartermijnen;
use read_side::werkdagen::Termijn;
use sqlx::PgPool;

pub use cellen::Analyse;
pub use documents::{DocumentPolicy, Documents, TrustedDocuments};
pub use gates::Judged;
pub use graphiql::Explorer;
pub use http::{PATH, router};
pub use introspection::Introspection;
pub use limits::Limits;
pub use policy::{VertrouwelijkBeleid, Weergave};
pub use products::Query;
pub use subscriptions::{SubscriptionSettings, Subscriptions, Watcher};

use completion::Shapes;
use context::Env;
use eigen::EigenCell;
use error::ProductError;
use gates::rows::Rijen;
use gates::schema::SchemaGate;
use loaders::{BatchQueue, Loaders};
use variables::Inputs;

/// The interface with everything it needs.
pub type AppSchema = Schema<Query, EmptyMutation, Subscriptions>;

/// Levels of fields and fragments at which the engine itself stops: behind [`Limits`], which counts
/// more precisely and says more.
const BACKSTOP_RECURSION: usize = 48;
/// Directives on one field at which the engine itself stops.
const BACKSTOP_DIRECTIVES: usize = 30;

/// What can be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How each audience meets confidential contacts.
    pub vertrouwelijk: VertrouwelijkBeleid,
    /// The bounds of one request.
    pub limits: Limits,
    /// Which questions may be asked.
    pub documents: DocumentPolicy,
    /// Who may ask the schema; when nobody may, there is no GraphiQL page either.
    pub introspection: Introspection,
    /// What the GraphiQL page says of where it is.
    pub explorer: Explorer,
    /// Within what time a contactverzoek should be done, and from when it is urgent.
    pub termijn: Termijn,
    /// Channels whose contacts are in no gesprek that a burger sees; the rows are made with the same.
    pub verborgen_kanalen: BTreeSet<String>,
    /// How is counted for analysts.
    pub analyse: Analyse,
    /// After how long without use something may be destroyed.
    pub bewaartermijnen: Bewaartermijnen,
    /// Whether an inzagedossier names medewerkers.
    pub inzage_medewerkers: bool,
    /// How far a product may be behind and still be complete.
    pub achterstand_max: TimeDelta,
    /// How long a reader waits at most for what it has just written.
    pub wacht_max: Duration,
    /// Longest time that a request may take.
    pub time_limit: Duration,
    /// How is told what changed.
    pub subscriptions: SubscriptionSettings,
}

impl Default for Settings {
    /// Complete as long as a product is at most 5 seconds behind; 3 seconds for what was just written,
    /// 10 seconds for a request; the schema for everybody.
    fn default() -> Self {
        Self {
            vertrouwelijk: VertrouwelijkBeleid::default(),
            limits: Limits::default(),
            documents: DocumentPolicy::default(),
            introspection: Introspection::all(),
            explorer: Explorer::Development,
            termijn: Termijn::default(),
            verborgen_kanalen: BTreeSet::new(),
            analyse: Analyse::default(),
            bewaartermijnen: Bewaartermijnen::default(),
            inzage_medewerkers: false,
            achterstand_max: TimeDelta::seconds(5),
            wacht_max: Duration::from_secs(3),
            time_limit: Duration::from_secs(10),
            subscriptions: SubscriptionSettings::default(),
        }
    }
}

/// The products that a reader can wait for with the kinds of objects that each is made of.
pub fn soorten() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    loaders::Product::ALL.into_iter().map(|product| (product.name(), product.soorten()))
}

fn builder() -> SchemaBuilder<Query, EmptyMutation, Subscriptions> {
    Schema::build(Query::default(), EmptyMutation, Subscriptions)
        .disable_suggestions()
        .limit_recursive_depth(BACKSTOP_RECURSION)
        .limit_directives(BACKSTOP_DIRECTIVES)
}

/// The interface on the read model behind `pool`.
#[must_use]
pub fn schema(pool: PgPool, settings: Settings, clock: SharedClock) -> AppSchema {
    let sdl = sdl();
    let watcher = Watcher::new(pool.clone(), settings.subscriptions);
    builder()
        .extension(validation::Once)
        .data(Shapes::of(&sdl))
        .data(Inputs::of(&sdl))
        .data(SchemaGate::default())
        .data(Env { pool, settings: Arc::new(settings), clock, watcher })
        .finish()
}

/// Who looks for changes for an interface; it ends what is followed.
#[must_use]
pub fn watcher(schema: &AppSchema) -> Option<Watcher> {
    schema.data::<Env>().map(|env| env.watcher.clone())
}

/// The interface as a text in the schema definition language; needs no database.
#[must_use]
pub fn sdl() -> String {
    builder().finish().sdl()
}

/// Runs one request for one bearer, with loaders of its own. The limits are not looked at: that is
/// for who takes requests from outside.
pub async fn execute(
    schema: &AppSchema,
    bearer: impl Into<Judged>,
    mut request: Request,
) -> Response {
    let (judged, document) = (bearer.into(), request.parsed_query().cloned());
    let document = match document {
        Ok(document) => document,
        Err(error) => return Response::from_errors(vec![error]),
    };
    match exists_for(schema, &judged.schema, &document).await {
        Ok(()) => execute_admitted(schema, judged, request, &document).await,
        Err(refused) => Response::from_errors(refused),
    }
}

/// Begins to follow something for one bearer; gives an answer for every change. The error is the refusal.
/// As with [`execute`] the limits are not looked at.
///
/// # Errors
/// When the text is no document, or what it follows does not exist for this bearer.
pub async fn follow(
    schema: &AppSchema,
    bearer: impl Into<Judged>,
    mut request: Request,
) -> Result<BoxStream<'static, Response>, Response> {
    let (judged, document) = (bearer.into(), request.parsed_query().cloned());
    let document = document.map_err(|error| Response::from_errors(vec![error]))?;
    exists_for(schema, &judged.schema, &document).await.map_err(Response::from_errors)?;
    follow_admitted(schema, judged, request, document).await
}

/// Whether all that is asked exists for this bearer: the gate at the schema.
async fn exists_for(
    schema: &AppSchema,
    bearer: &Identity,
    document: &ExecutableDocument,
) -> Result<(), Vec<ServerError>> {
    match (schema.data::<SchemaGate>(), schema.data::<Shapes>()) {
        (Some(gate), Some(shapes)) => gate.check((schema, shapes), bearer, document).await,
        _ => Err(vec![unprepared()]),
    }
}

fn unprepared() -> ServerError {
    async_graphql::Error::from(ProductError::Unprepared)
        .into_server_error(async_graphql::Pos::default())
}

/// Runs a request that has been given its document, and came past the gate at the schema.
async fn execute_admitted(
    schema: &AppSchema,
    judged: Judged,
    request: Request,
    document: &ExecutableDocument,
) -> Response {
    let operation_name = request.operation_name.clone();
    let Some((shapes, queue, request)) = enter(schema, judged, request) else {
        return Response::from_errors(vec![unprepared()]);
    };
    let response = loaders::drive(schema.execute(request), &queue).await;
    shapes.complete(response, document, operation_name.as_deref())
}

/// Begins what is followed by a request that has been given its document, and came past the gate at the
/// schema.
async fn follow_admitted(
    schema: &AppSchema,
    judged: Judged,
    request: Request,
    document: ExecutableDocument,
) -> Result<BoxStream<'static, Response>, Response> {
    let operation_name = request.operation_name.clone();
    // That something changed is told without loaders.
    let entered = enter(schema, judged, request);
    let (_, _, request) = entered.ok_or_else(|| Response::from_errors(vec![unprepared()]))?;
    let (schema, answers) = (schema.clone(), schema.execute_stream(request));
    let complete = move |answer| match schema.data::<Shapes>() {
        Some(shapes) => shapes.complete(answer, &document, operation_name.as_deref()),
        None => answer,
    };
    Ok(answers.map(complete).boxed())
}

/// Gives a request what its fields need; none when the interface was not given it.
fn enter(
    schema: &AppSchema,
    judged: Judged,
    request: Request,
) -> Option<(&Shapes, Arc<BatchQueue>, Request)> {
    let (env, shapes) = (schema.data::<Env>()?, schema.data::<Shapes>()?);
    let queue = Arc::new(BatchQueue::default());
    let rijen = Rijen::new(env, judged.rows);
    let loaders = Loaders::new(env, &rijen.shared(), &queue);
    let request =
        request.data(judged.decision).data(EigenCell::default()).data(rijen).data(loaders);
    Some((shapes, queue, request))
}

#[cfg(test)]
mod tests;
