//! The service: what the roles of this process serve over HTTP, and what they do beside it.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use access::TokenValidator;
use axum::Router;
use axum::serve::ListenerExt as _;
use clock::SharedClock;
use graphql::{Documents, Watcher};
use logboek::Logboek;
use projector::products;
use projector::{Announcer, EventSource, Projector, ProjectorError, ProjectorSettings};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinHandle};
use write_side::{
    Afzender, ApiSettings, Bijhouding, Netwerkbeleid, Relay, RelayError, RelaySettings, RouterError,
};

use crate::config::Role;
use crate::health::{self, Health};
use crate::metrics::{self, Metrics};
use crate::omgeving::{self, Omgeving};
use crate::shutdown::Stop;

/// How long requests under way may take to finish after a stop.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);
/// Longest pause of the projector and the relay when the write side in this process wakes them.
const IDLE_WHEN_WOKEN: Duration = Duration::from_millis(200);

/// Connections for questions: more than two cores can keep busy.
const QUESTION_CONNECTIONS: u32 = 16;
/// How long a question waits for one.
const QUESTION_ACQUIRE_LIMIT: Duration = Duration::from_secs(5);

/// Connections for following the log or Kafka: more than the projector uses at a time, which is one for
/// each product and one that reads ahead.
const FOLLOW_CONNECTIONS: u32 = 16;
/// How long the projector waits for one, before it says that there is none and asks again. Its fifth
/// part is the longest pause of sqlx between two attempts to connect.
const FOLLOW_ACQUIRE_LIMIT: Duration = Duration::from_secs(1);

/// What the service is made of.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The database, migrated.
    pub pool: PgPool,
    /// Time and ids.
    pub clock: SharedClock,
    /// Whose tokens are accepted.
    pub validator: Arc<TokenValidator>,
    /// Where the service runs.
    pub omgeving: Omgeving,
    /// What this process does.
    pub roles: BTreeSet<Role>,
    /// Where the projector takes its events from.
    pub project_from: EventSource,
    /// Settings of the information products.
    pub graphql: graphql::Settings,
    /// What their rows depend on besides events.
    pub rows: products::Inrichting,
    /// How the projector works.
    pub projector: ProjectorSettings,
    /// Who tells others what happened.
    pub afzender: Afzender,
    /// Where webhooks may go.
    pub webhooks: Netwerkbeleid,
    /// What the municipality sets of the bijhouding API.
    pub api: ApiSettings,
    /// What the demo serves besides; not served anywhere else.
    pub demo: Option<Router>,
    /// Where it is kept what was done and shown; who does or shows something needs it.
    pub logboek: Option<Logboek>,
}

/// Why the service ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The projector met something that trying again does not mend.
    #[error("the projector stopped; no event was skipped, and it goes on where it was when mended")]
    Projector(#[source] ProjectorError),
    /// The relay met something that trying again does not mend.
    #[error("the relay stopped; no handeling was skipped, and it goes on where it was when mended")]
    Relay(#[source] RelayError),
    /// The bijhouding API could not be put together.
    #[error(transparent)]
    Bijhouding(#[from] RouterError),
    /// Nothing is done or shown that is not logged.
    #[error("the roles write and graphql need a logbook")]
    NoLogbook,
    /// This process can no longer answer from what is served.
    #[error("this process stops rather than answer from what another version folded")]
    Reader(#[source] ProjectorError),
    /// The HTTP server stopped.
    #[error("the HTTP server stopped; start the service again")]
    Http(#[source] io::Error),
    /// A part of the service panicked.
    #[error("a part of the service broke down; start it again and report what the log says")]
    Broken(#[source] JoinError),
}

/// The service, ready to run.
#[derive(Debug)]
pub struct App {
    router: Router,
    projector: Option<(Projector, EventSource)>,
    relay: Option<Relay>,
    /// What this process answers from.
    reader: Option<Announcer>,
    /// The documents that it answers.
    documents: Option<Arc<Documents>>,
    /// Who tells subscribers that something changed.
    watcher: Option<Watcher>,
}

impl App {
    /// Puts the service together.
    ///
    /// # Errors
    /// When the bijhouding API cannot be put together.
    pub fn new(parts: Parts) -> Result<Self, AppError> {
        let has = |role| parts.roles.contains(&role);
        let products = || products::all(&parts.rows);
        let wake = |role| (has(Role::Write) && has(role)).then(|| Arc::new(Notify::new()));
        let (wake_projector, wake_relay) = (wake(Role::Project), wake(Role::Relay));
        let health = Health {
            pool: parts.pool.clone(),
            clock: Arc::clone(&parts.clock),
            products: if has(Role::Project) { products() } else { Vec::new() },
        };
        let projector = has(Role::Project).then(|| projector(&parts, wake_projector.clone()));
        let documents = has(Role::Graphql)
            .then(|| Arc::new(Documents::new(parts.pool.clone(), Arc::clone(&parts.clock))));
        let metrics = Metrics {
            documents: documents.clone(),
            pool: parts.pool.clone(),
            clock: Arc::clone(&parts.clock),
            meter: projector.as_ref().map(Projector::meter),
            logboek: parts.logboek.clone(),
        };
        let mut router = health::router(health).merge(metrics::router(metrics));
        if has(Role::Write) {
            router = router.merge(write_side::router(Bijhouding {
                pool: parts.pool.clone(),
                clock: Arc::clone(&parts.clock),
                validator: Arc::clone(&parts.validator),
                committed: [&wake_projector, &wake_relay].into_iter().flatten().cloned().collect(),
                afzender: parts.afzender.clone(),
                beleid: parts.webhooks.clone(),
                settings: parts.api.clone(),
                logboek: parts.logboek.clone().ok_or(AppError::NoLogbook)?,
            })?);
        }
        let mut watcher = None;
        if let Some(documents) = &documents {
            let (products, watches) = products_router(&parts, Arc::clone(documents))?;
            (router, watcher) = (router.merge(products), watches);
        }
        if let (Some(demo), Omgeving::Ontwikkeling) = (&parts.demo, parts.omgeving) {
            router = router.merge(demo.clone());
        }
        let reader = has(Role::Graphql).then(|| Announcer::new(parts.pool.clone(), products()));
        let router = omgeving::marked(router, parts.omgeving);
        let source = parts.project_from;
        let relay = has(Role::Relay).then(|| {
            let mut settings = RelaySettings {
                afzender: parts.afzender,
                beleid: parts.webhooks,
                ..RelaySettings::default()
            };
            if wake_relay.is_some() {
                settings.max_idle = IDLE_WHEN_WOKEN;
                settings.wake = wake_relay;
            }
            Relay::new(parts.pool, parts.clock, settings)
        });
        let projector = projector.map(|projector| (projector, source));
        Ok(Self { router, projector, relay, reader, documents, watcher })
    }

    /// What it serves over HTTP.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Runs until `stop` is triggered; when a part ends by itself, the others are stopped too.
    /// Requests under way may finish, within a bound.
    ///
    /// # Errors
    /// When a part of the service ended by itself.
    pub async fn run(self, listener: TcpListener, stop: &Stop) -> Result<(), AppError> {
        let server = spawn_server(self.router, listener, stop);
        let projector = self.projector.map(|(projector, source)| {
            let told = stop.receiver();
            spawn(stop, async move {
                projector.run_from(&source, told).await.map_err(AppError::Projector)
            })
        });
        let relay = self.relay.map(|relay| {
            let told = stop.receiver();
            spawn(stop, async move { relay.run(told).await.map_err(AppError::Relay) })
        });
        let reader = self.reader.map(|reader| {
            let told = stop.receiver();
            spawn(stop, async move { reader.run(told).await.map_err(AppError::Reader) })
        });
        let documents = self.documents.as_ref().map(|documents| {
            let (documents, told) = (Arc::clone(documents), stop.receiver());
            spawn(stop, async move {
                documents.run(told).await;
                Ok(())
            })
        });
        let (served, projected, relayed, read, kept, ()) = tokio::join!(
            drained(server, stop),
            ended(projector),
            ended(relay),
            ended(reader),
            ended(documents),
            unfollowed(self.watcher, stop)
        );
        if let Some(documents) = &self.documents {
            documents.try_round().await;
        }
        served.and(projected).and(relayed).and(read).and(kept)
    }
}

/// The information products over GraphQL, and who tells that they changed.
fn products_router(
    parts: &Parts,
    documents: Arc<Documents>,
) -> Result<(Router, Option<Watcher>), AppError> {
    let pool = questions(&parts.pool, parts.graphql.time_limit);
    let schema = graphql::schema(pool, parts.graphql.clone(), Arc::clone(&parts.clock));
    let logboek = parts.logboek.clone().ok_or(AppError::NoLogbook)?;
    let watcher = graphql::watcher(&schema);
    Ok((graphql::router(schema, documents, Arc::clone(&parts.validator), logboek), watcher))
}

/// A pool for questions alone, so that they never take the connections of the projector or the
/// write side; a statement that outlives its request is ended by the server.
fn questions(pool: &PgPool, limit: Duration) -> PgPool {
    let limit = format!("{}ms", limit.as_millis());
    let options = pool.connect_options().as_ref().clone().options([("statement_timeout", limit)]);
    PgPoolOptions::new()
        .max_connections(QUESTION_CONNECTIONS)
        .acquire_timeout(QUESTION_ACQUIRE_LIMIT)
        .connect_lazy_with(options)
}

/// A pool for the projector alone, that is soon back after the database was away: attempts to connect
/// come ever more slowly, and in a pool with a longer limit the last pause can be as long as all that
/// was before it.
fn following(pool: &PgPool) -> PgPool {
    PgPoolOptions::new()
        .max_connections(FOLLOW_CONNECTIONS)
        .acquire_timeout(FOLLOW_ACQUIRE_LIMIT)
        .connect_lazy_with(pool.connect_options().as_ref().clone())
}

/// The projector of all products; the write side in this process may wake it.
fn projector(parts: &Parts, wake: Option<Arc<Notify>>) -> Projector {
    let mut settings = parts.projector.clone();
    if wake.is_some() {
        settings.max_idle = IDLE_WHEN_WOKEN;
        settings.wake = wake;
    }
    let (pool, clock) = (following(&parts.pool), Arc::clone(&parts.clock));
    Projector::new(pool, clock, products::all(&parts.rows), settings)
}

fn spawn_server(router: Router, listener: TcpListener, stop: &Stop) -> Task {
    let told = stop.clone();
    spawn(stop, async move {
        // With the address of who asks, for the logbook.
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        // An answer waits for no other packet.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let server = axum::serve(listener, service)
            .with_graceful_shutdown(async move { told.triggered().await });
        server.await.map_err(AppError::Http)
    })
}

/// A part beside the server; when it ends, the others are told to stop.
fn spawn(stop: &Stop, part: impl Future<Output = Result<(), AppError>> + Send + 'static) -> Task {
    let stop = stop.clone();
    tokio::spawn(async move {
        let ended = part.await;
        stop.trigger();
        ended
    })
}

/// Waits for the end of a part that this process may have.
async fn ended(part: Option<Task>) -> Result<(), AppError> {
    match part {
        Some(part) => part.await.map_err(AppError::Broken).flatten(),
        None => Ok(()),
    }
}

type Task = JoinHandle<Result<(), AppError>>;

/// Waits for the server's end, which after a stop comes within a bound.
async fn drained(mut server: Task, stop: &Stop) -> Result<(), AppError> {
    let overdue = async {
        stop.triggered().await;
        tokio::time::sleep(DRAIN_LIMIT).await;
    };
    tokio::select! {
        ended = &mut server => ended.map_err(AppError::Broken).flatten(),
        () = overdue => {
            tracing::warn!("requests that did not finish in time are broken off");
            server.abort();
            Ok(())
        }
    }
}

/// Ends what is followed when told to stop, and waits within a bound until the others know: of a socket
/// the server does not know that it is still there.
async fn unfollowed(watcher: Option<Watcher>, stop: &Stop) {
    let Some(watcher) = watcher else { return };
    stop.triggered().await;
    watcher.stop();
    if tokio::time::timeout(DRAIN_LIMIT, watcher.ended()).await.is_err() {
        tracing::warn!("sockets that did not close in time are broken off");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use sqlx::postgres::PgConnectOptions;

    use super::*;

    /// How long nobody answers: within a longer limit the next attempt would be a second later.
    const AWAY: Duration = Duration::from_millis(1_300);
    /// Longest time until it is tried again: the longest pause, and a bit for a busy machine.
    const AGAIN: Duration = Duration::from_millis(600);

    #[tokio::test]
    async fn the_projector_is_soon_back_after_the_database_was_away() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let options = PgConnectOptions::new().host("127.0.0.1").port(address.port());
        let pool = following(&PgPoolOptions::new().connect_lazy_with(options));
        let asking = tokio::spawn(async move { while pool.acquire().await.is_err() {} });
        tokio::time::sleep(AWAY).await;
        let back = TcpListener::bind(address).await.expect("the same port");
        let begin = Instant::now();
        back.accept().await.expect("an attempt");
        assert!(begin.elapsed() < AGAIN, "after {:?}", begin.elapsed());
        asking.abort();
    }
}
