//! `klantbeeld serve`: the service with the tokens of a real issuer.

use std::io;
use std::sync::Arc;

use access::TokenValidator;
use clock::{SharedClock, SystemClock};
use logboek::Logboek;
use tokio::net::TcpListener;
use write_side::uitgaand::kafka::KafkaSettings;

use crate::app::{App, Parts};
use crate::config::{Role, Settings, TokenArgsError, logboek_pool};
use crate::database::{self, Database, Need};
use crate::kafka::KafkaTask;
use crate::migrations;
use crate::omgeving::{self, Omgeving, OmgevingError};
use crate::shutdown::Stop;

use super::CommandError;

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Nobody could be let in.
    #[error(transparent)]
    Tokens(#[from] TokenArgsError),
    /// Development where it is not for.
    #[error(transparent)]
    Omgeving(#[from] OmgevingError),
    /// People who do not exist, to a municipality.
    #[error(
        "this database holds the municipality of `klantbeeld demo`, which does not exist; choose \
         another --data-dir or database, or say --omgeving ontwikkeling"
    )]
    DemoData,
    /// The address cannot be listened on.
    #[error("cannot listen on {listen}; choose another address or port with --listen")]
    Listen {
        /// The address.
        listen: String,
        /// The system's reason.
        source: io::Error,
    },
    /// Signals cannot be caught.
    #[error("the system does not let signals be caught")]
    Signals(#[source] io::Error),
}

/// Serves until a signal comes.
pub(super) async fn run(settings: Settings) -> Result<(), CommandError> {
    let clock: SharedClock = Arc::new(SystemClock);
    // The settings first: what is wrong with them is told before anything starts.
    let validator = Arc::new(validator(&settings, &clock)?);
    if settings.omgeving == Omgeving::Ontwikkeling {
        development(&settings).await.map_err(ServeError::Omgeving)?;
    }
    let kafka = settings.kafka.settings()?;
    let project_from =
        settings.project.source(kafka.as_ref(), &settings.kafka.kafka_internal_topic)?;
    let stop = Stop::on_signals().map_err(ServeError::Signals)?;
    let listener = bind(&settings.http.listen).await?;
    let kafka = kafka.filter(|_| settings.roles().contains(&Role::Relay));
    let database = Database::open(&settings.database, Need::Serve).await?;
    let logboek = logboek(&settings, &database, &clock).await?;
    let parts = Parts {
        pool: database.pool.clone(),
        clock,
        validator: Arc::clone(&validator),
        omgeving: settings.omgeving,
        roles: settings.roles(),
        project_from,
        graphql: settings.products.graphql(settings.omgeving),
        rows: settings.products.rows.inrichting(),
        projector: settings.projector.settings(),
        afzender: settings.outward.afzender(),
        webhooks: settings.outward.webhooks(),
        api: settings.bijhouding.api(),
        demo: None,
        logboek,
    };
    // Beside the start: an issuer that does not answer keeps only its own bearers out.
    tokio::spawn(async move { validator.prepare().await });
    let served = checked(parts, kafka, listener, &stop).await;
    let closed = database.close().await;
    served?;
    closed?;
    Ok(())
}

fn validator(settings: &Settings, clock: &SharedClock) -> Result<TokenValidator, ServeError> {
    let issuers = settings.tokens.issuers(settings.omgeving)?;
    let validator = TokenValidator::new(issuers, Arc::clone(clock));
    Ok(validator.map_err(TokenArgsError::Settings)?)
}

/// The logbook, when this process has something to log. The data directory of a private server, with
/// its keys, must be there.
async fn logboek(
    settings: &Settings,
    database: &Database,
    clock: &SharedClock,
) -> Result<Option<Logboek>, CommandError> {
    let roles = settings.roles();
    if !roles.contains(&Role::Write) && !roles.contains(&Role::Graphql) {
        return Ok(None);
    }
    let made_of = settings.logboek.settings(&settings.database, settings.omgeving)?;
    let pool = match settings.logboek.place.pool()? {
        Some(pool) => {
            migrations::check_logboek(&pool).await?;
            pool
        }
        None => logboek_pool(database.pool.connect_options().as_ref().clone()),
    };
    Ok(Some(Logboek::start(pool, Arc::clone(clock), made_of)))
}

/// Refuses development where others could reach it.
async fn development(settings: &Settings) -> Result<(), OmgevingError> {
    let database = settings.database.url();
    omgeving::development_allowed(database.as_deref(), |name| std::env::var(name).ok())?;
    omgeving::loopback_only("a service for development", &settings.http.listen).await
}

async fn checked(
    parts: Parts,
    kafka: Option<KafkaSettings>,
    listener: TcpListener,
    stop: &Stop,
) -> Result<(), CommandError> {
    if parts.omgeving == Omgeving::Productie && database::is_of_demo(&parts.pool).await? {
        return Err(ServeError::DemoData.into());
    }
    migrations::check(&parts.pool, &projector::products::all(&parts.rows), &*parts.clock).await?;
    let roles: Vec<String> =
        parts.roles.iter().map(|role| format!("{role:?}").to_lowercase()).collect();
    let address = listener.local_addr().map(|address| address.to_string()).unwrap_or_default();
    tracing::info!(address, roles = roles.join(","), "the service runs");
    let app = App::new(parts.clone())?;
    let kafka = KafkaTask::start(kafka.as_ref(), &parts, stop)?;
    let ran = app.run(listener, stop).await;
    let relayed = kafka.end(stop).await;
    Ok(ran.and(relayed)?)
}

/// Listens on `HOST:PORT`.
///
/// # Errors
/// When the address cannot be found, or is in use.
pub async fn bind(listen: &str) -> Result<TcpListener, ServeError> {
    let failed = |source| ServeError::Listen { listen: listen.to_owned(), source };
    TcpListener::bind(listen).await.map_err(failed)
}
