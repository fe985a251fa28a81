//! Where the service runs: for the municipality, or to be looked at and worked on. What is easy in the
//! one is refused in the other.

use std::io;
use std::net::SocketAddr;
use std::str::FromStr as _;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn};
use clap::ValueEnum;
use sqlx::postgres::PgConnectOptions;

/// The header with which every answer in development says that it is one.
const HEADER: HeaderName = HeaderName::from_static("x-omgeving");

/// The variables that are set where a municipality is served.
const OF_PRODUCTION: [&str; 4] =
    ["KUBERNETES_SERVICE_HOST", "KLANTBEELD_OIDC_ISSUER", "KLANTBEELD_ISSUER", "KLANTBEELD_JWKS"];
/// The variable that says where this is.
const OMGEVING: &str = "KLANTBEELD_OMGEVING";
/// The variables that may name a database.
const DATABASES: [&str; 2] = ["KLANTBEELD_DATABASE_URL", "DATABASE_URL"];

/// Where the service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Omgeving {
    /// For the municipality.
    Productie,
    /// To be worked on, on this machine only: answers say so, and an issuer here may use http.
    Ontwikkeling,
}

/// Why development is refused here.
#[derive(Debug, thiserror::Error)]
pub enum OmgevingError {
    /// Other machines could reach it.
    #[error(
        "{what} listens on this machine only, and {listen} can be reached from others; choose an \
         address such as 127.0.0.1:8080, or use `klantbeeld serve` with an issuer of your own"
    )]
    NotLoopback {
        /// What would listen.
        what: &'static str,
        /// The address.
        listen: String,
    },
    /// The address has not the form of one.
    #[error("{listen} is no address to listen on; give HOST:PORT, such as 127.0.0.1:8080")]
    Address {
        /// The address.
        listen: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A sign that a municipality is served here.
    #[error(
        "{what} is not for where a municipality is served, and {variable} says that this is one; \
         use `klantbeeld serve` here, or unset {variable}"
    )]
    Production {
        /// What is refused.
        what: &'static str,
        /// What says so.
        variable: &'static str,
    },
}

/// Refuses an address that other machines can reach: who is there could use what is easy here.
///
/// # Errors
/// When it is no address of this machine alone.
pub(crate) async fn loopback_only(what: &'static str, listen: &str) -> Result<(), OmgevingError> {
    let found: Vec<SocketAddr> = match tokio::net::lookup_host(listen).await {
        Ok(found) => found.collect(),
        Err(source) => return Err(OmgevingError::Address { listen: listen.to_owned(), source }),
    };
    if found.iter().all(|address| address.ip().is_loopback()) {
        return Ok(());
    }
    Err(OmgevingError::NotLoopback { what, listen: listen.to_owned() })
}

/// Refuses to show the demo where variables say that a municipality is served.
///
/// # Errors
/// Names the variable.
pub(crate) fn demo_allowed(variable: impl Fn(&str) -> Option<String>) -> Result<(), OmgevingError> {
    let filled = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let named = OF_PRODUCTION.into_iter().find(|name| filled(name).is_some());
    let elsewhere = |name: &&str| filled(name).is_some_and(|url| !is_local(&url));
    let production = || filled(OMGEVING).is_some_and(|value| value == "productie");
    let variable = named
        .or_else(|| DATABASES.into_iter().find(elsewhere))
        .or_else(|| production().then_some(OMGEVING));
    match variable {
        Some(variable) => Err(OmgevingError::Production { what: "the demo", variable }),
        None => Ok(()),
    }
}

/// Refuses development in a cluster, and on a database of another machine.
///
/// # Errors
/// Names what says that it is not for development.
pub(crate) fn development_allowed(
    database: Option<&str>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(), OmgevingError> {
    let refused = |variable| OmgevingError::Production { what: "development", variable };
    if variable("KUBERNETES_SERVICE_HOST").is_some() {
        return Err(refused("KUBERNETES_SERVICE_HOST"));
    }
    match database {
        Some(url) if !is_local(url) => Err(refused("the database URL")),
        Some(_) | None => Ok(()),
    }
}

/// Whether a database is on this machine; one that cannot be read is not.
fn is_local(url: &str) -> bool {
    let Ok(options) = PgConnectOptions::from_str(url) else {
        return false;
    };
    options.get_socket().is_some() || is_loopback(options.get_host())
}

/// Whether a host is this machine, as it is written.
pub(crate) fn is_loopback(host: &str) -> bool {
    // PostgreSQL takes a directory for the socket in it.
    host.starts_with('/') || access::is_loopback(host)
}

/// Lets every answer say that it is of development.
pub(crate) fn marked(router: Router, omgeving: Omgeving) -> Router {
    match omgeving {
        Omgeving::Productie => router,
        Omgeving::Ontwikkeling => router.layer(from_fn(async |request: Request, next: Next| {
            let mut response = next.run(request).await;
            response.headers_mut().insert(HEADER, HeaderValue::from_static("ontwikkeling"));
            response
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_this_machine_may_be_listened_on() {
        for listen in ["127.0.0.1:0", "[::1]:8080", "127.3.2.1:80"] {
            assert!(loopback_only("it", listen).await.is_ok(), "{listen}");
        }
        for listen in ["0.0.0.0:8080", "192.0.2.1:80", "[::]:80"] {
            let refused = loopback_only("it", listen).await;
            assert!(matches!(refused, Err(OmgevingError::NotLoopback { .. })), "{listen}");
        }
        let refused = loopback_only("it", "8080").await;
        assert!(matches!(refused, Err(OmgevingError::Address { .. })));
    }

    /// Which variable refuses the demo, when one is set.
    fn refuses(name: &str, value: &str) -> Option<&'static str> {
        match demo_allowed(|asked| (asked == name).then(|| value.to_owned())) {
            Err(OmgevingError::Production { variable, .. }) => Some(variable),
            Err(OmgevingError::NotLoopback { .. } | OmgevingError::Address { .. }) | Ok(()) => None,
        }
    }

    #[test]
    fn the_demo_is_refused_where_a_municipality_is_served() {
        for name in OF_PRODUCTION {
            assert_eq!(refuses(name, "x"), Some(name));
            assert_eq!(refuses(name, ""), None);
        }
        assert_eq!(refuses(OMGEVING, "productie"), Some(OMGEVING));
        assert_eq!(refuses(OMGEVING, "ontwikkeling"), None);
        for name in DATABASES {
            for url in ["postgres://u@db.example.nl/x", "postgres://u@10.0.0.1/x", "no url"] {
                assert_eq!(refuses(name, url), Some(name), "{url}");
            }
            for url in [
                "postgres://u@localhost/x",
                "postgres://u@127.0.0.1:5432/x",
                "postgres://u@[::1]/x",
                "postgres:///x?host=/var/run/postgresql",
            ] {
                assert_eq!(refuses(name, url), None, "{url}");
            }
        }
    }

    #[test]
    fn development_is_refused_in_a_cluster_and_on_a_database_elsewhere() {
        let nothing = |_: &str| None;
        assert!(development_allowed(None, nothing).is_ok());
        assert!(development_allowed(Some("postgres://u@localhost/x"), nothing).is_ok());
        assert!(development_allowed(Some("postgres://u@db/x"), nothing).is_err());
        let cluster = |name: &str| (name == "KUBERNETES_SERVICE_HOST").then(|| "10.0.0.1".into());
        assert!(development_allowed(None, cluster).is_err());
    }
}
