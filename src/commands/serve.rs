//! `klantbeeld serve`: the service with the tokens of a real issuer.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use access::{TokenSettingsError, TokenValidator};
use clock::{SharedClock, SystemClock};
use tokio::net::TcpListener;
use write_side::uitgaand::kafka::KafkaSettings;

use crate::app::{App, Parts, products};
use crate::config::{Role, Settings, TokenSettings};
use crate::database::{Database, Need};
use crate::kafka::KafkaTask;
use crate::migrations;
use crate::shutdown::Stop;

use super::CommandError;

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Nobody could be let in.
    #[error("a service without an issuer of tokens would let nobody in; give {}", .missing.join(" and "))]
    NoIssuer {
        /// The settings that are missing.
        missing: Vec<&'static str>,
    },
    /// The issuer's keys cannot be read.
    #[error("the key set {path} cannot be read; check the path and who may read it")]
    Jwks {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The issuer's keys cannot be used.
    #[error(transparent)]
    Tokens(#[from] TokenSettingsError),
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
    let tokens = token_settings(&settings.tokens)?;
    let validator = TokenValidator::new(tokens, Arc::clone(&clock)).map_err(ServeError::Tokens)?;
    let kafka = settings.kafka.settings()?;
    let project_from = settings.project.source(&settings.kafka)?;
    let stop = Stop::on_signals().map_err(ServeError::Signals)?;
    let listener = bind(&settings.http.listen).await?;
    let kafka = kafka.filter(|_| settings.roles().contains(&Role::Relay));
    let database = Database::open(&settings.database, Need::Serve).await?;
    let parts = Parts {
        pool: database.pool.clone(),
        clock,
        validator: Arc::new(validator),
        roles: settings.roles(),
        project_from,
        graphql: settings.products.graphql(),
        projector: settings.projector.settings(),
        afzender: settings.outward.afzender(),
        webhooks: settings.outward.webhooks(),
        api: settings.bijhouding.api(),
    };
    let served = checked(parts, kafka, listener, &stop).await;
    let closed = database.close().await;
    served?;
    closed?;
    Ok(())
}

async fn checked(
    parts: Parts,
    kafka: Option<KafkaSettings>,
    listener: TcpListener,
    stop: &Stop,
) -> Result<(), CommandError> {
    migrations::check(&parts.pool, &products(&parts.graphql), &*parts.clock).await?;
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

fn token_settings(settings: &TokenSettings) -> Result<access::TokenSettings, ServeError> {
    let issuer = settings.issuer.clone().filter(|issuer| !issuer.trim().is_empty());
    let (Some(issuer), Some(path)) = (issuer.clone(), settings.jwks.clone()) else {
        let missing = [
            (issuer.is_none(), "--issuer (KLANTBEELD_ISSUER)"),
            (settings.jwks.is_none(), "--jwks (KLANTBEELD_JWKS)"),
        ];
        let missing = missing.into_iter().filter_map(|(is, name)| is.then_some(name)).collect();
        return Err(ServeError::NoIssuer { missing });
    };
    let jwks =
        std::fs::read_to_string(&path).map_err(|source| ServeError::Jwks { path, source })?;
    Ok(access::TokenSettings {
        issuer,
        audience: settings.audience.clone(),
        // A variable that is set to nothing names no application.
        applications: settings
            .applications
            .iter()
            .filter(|name| !name.is_empty())
            .cloned()
            .collect(),
        jwks,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let settings = TokenSettings {
            issuer: Some(" ".to_owned()),
            jwks: None,
            audience: "klantbeeld".to_owned(),
            applications: Vec::new(),
        };
        let error = token_settings(&settings).unwrap_err().to_string();
        assert!(error.contains("--issuer") && error.contains("KLANTBEELD_JWKS"), "{error}");
    }
}
