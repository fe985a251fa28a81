//! Information products over GraphQL: one request per question of an employee or a burger, and a
//! number of SQL statements that does not grow with the answer.
//!
//! [`schema`] builds the interface on a pool, [`router`] serves it over HTTP, and [`sdl`] describes
//! it without a database. Whoever runs a request in another way calls [`execute`], which brings the
//! loaders along.

mod completion;
mod connection;
mod context;
mod count;
mod error;
pub mod examples;
pub mod graphiql;
mod http;
mod limits;
mod loaders;
mod policy;
mod products;
mod types;

use std::sync::Arc;
use std::time::Duration;

use access::Identity;
use async_graphql::{EmptyMutation, EmptySubscription, Request, Response, Schema, SchemaBuilder};
use chrono::TimeDelta;
use clock::SharedClock;
use read_side::bewaaroverzicht::Bewaartermijnen;
use read_side::werkdagen::Termijn;
use sqlx::PgPool;

pub use http::{PATH, router};
pub use limits::Limits;
pub use policy::{VertrouwelijkBeleid, Weergave};
pub use products::Query;

use completion::Shapes;
use context::Env;
use error::ProductError;
use loaders::{BatchQueue, Loaders};

/// The interface with everything it needs.
pub type AppSchema = Schema<Query, EmptyMutation, EmptySubscription>;

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
    /// Within what time a contactverzoek should be done, and from when it is urgent.
    pub termijn: Termijn,
    /// After how long without use something may be destroyed.
    pub bewaartermijnen: Bewaartermijnen,
    /// How far a product may be behind and still be complete.
    pub achterstand_max: TimeDelta,
    /// Longest time that a request may take.
    pub time_limit: Duration,
}

impl Default for Settings {
    /// Complete as long as a product is at most 5 seconds behind; 10 seconds for a request.
    fn default() -> Self {
        Self {
            vertrouwelijk: VertrouwelijkBeleid::default(),
            limits: Limits::default(),
            termijn: Termijn::default(),
            bewaartermijnen: Bewaartermijnen::default(),
            achterstand_max: TimeDelta::seconds(5),
            time_limit: Duration::from_secs(10),
        }
    }
}

fn builder() -> SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    Schema::build(Query::default(), EmptyMutation, EmptySubscription)
        .disable_suggestions()
        .limit_recursive_depth(BACKSTOP_RECURSION)
        .limit_directives(BACKSTOP_DIRECTIVES)
}

/// The interface on the read model behind `pool`.
#[must_use]
pub fn schema(pool: PgPool, settings: Settings, clock: SharedClock) -> AppSchema {
    builder().data(Shapes::of(&sdl())).data(Env { pool, settings, clock }).finish()
}

/// The interface as a text in the schema definition language; needs no database.
#[must_use]
pub fn sdl() -> String {
    builder().finish().sdl()
}

/// Runs one request for one bearer, with loaders of its own. The limits are not looked at: that is
/// for who takes requests from outside.
pub async fn execute(schema: &AppSchema, identity: Identity, request: Request) -> Response {
    let (Some(env), Some(shapes)) = (schema.data::<Env>(), schema.data::<Shapes>()) else {
        let error = async_graphql::Error::from(ProductError::Unprepared);
        return Response::from_errors(vec![error.into_server_error(async_graphql::Pos::default())]);
    };
    let mut request = request;
    let document = request.parsed_query().cloned();
    let operation_name = request.operation_name.clone();
    let queue = Arc::new(BatchQueue::default());
    let request = request.data(identity).data(Loaders::new(env, &queue));
    let response = loaders::drive(schema.execute(request), &queue).await;
    match document {
        Ok(document) => shapes.complete(response, &document, operation_name.as_deref()),
        // The engine has said so in its answer.
        Err(_) => response,
    }
}

#[cfg(test)]
mod tests;
