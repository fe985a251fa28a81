//! One request to a receiver: the handshake, and the delivery of one event.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response, StatusCode};
use rustls::crypto::CryptoProvider;

use super::abonnement::{Abonnement, Geheimen};
use super::handtekening;
use super::netwerk::{GuardedResolver, Netwerkbeleid};
use super::oauth::Tokens;
use super::uitslag::Uitslag;
use crate::uitgaand::cloudevent::MEDIA_TYPE;

/// Longest time to connect, and for a whole request.
const CONNECT_MAX: Duration = Duration::from_secs(5);
const REQUEST_MAX: Duration = Duration::from_secs(10);
/// As which the receiver sees us in the handshake.
const REQUEST_ORIGIN: &str = "klantbeeld";

/// Makes requests to receivers, within the network policy.
#[derive(Debug, Clone)]
pub(crate) struct Verzender {
    client: Client,
    beleid: Arc<Netwerkbeleid>,
    tokens: Tokens,
}

/// One event to deliver.
#[derive(Debug)]
pub(super) struct Zending {
    /// Key of the event.
    pub(super) id: String,
    /// The event, structured.
    pub(super) body: String,
    /// When it is sent.
    pub(super) moment: DateTime<Utc>,
}

/// What the receiver allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Toestemming {
    /// Most requests per minute; `None` = no limit.
    pub(crate) per_minuut: Option<i32>,
}

impl Verzender {
    /// A sender.
    ///
    /// # Errors
    /// When the system's certificates cannot be read.
    pub(crate) fn new(beleid: Netwerkbeleid) -> reqwest::Result<Self> {
        // The database's driver brings the same; whoever is first installs it.
        CryptoProvider::install_default(rustls::crypto::ring::default_provider()).ok();
        let beleid = Arc::new(beleid);
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(GuardedResolver(Arc::clone(&beleid)))
            .connect_timeout(CONNECT_MAX)
            .timeout(REQUEST_MAX)
            .https_only(!beleid.http)
            .build()?;
        Ok(Self { client, beleid, tokens: Tokens::default() })
    }

    /// The network policy.
    pub(crate) fn beleid(&self) -> &Netwerkbeleid {
        &self.beleid
    }

    /// Asks the receiver whether it wants our events (CloudEvents, HTTP webhooks, section 4).
    ///
    /// # Errors
    /// Says in Dutch what the receiver did instead of agreeing.
    pub(crate) async fn handshake(&self, callback: &str) -> Result<Toestemming, String> {
        let url = self.beleid.check_url(callback).map_err(|error| error.to_string())?;
        let response = self
            .client
            .request(Method::OPTIONS, url)
            .header("WebHook-Request-Origin", REQUEST_ORIGIN)
            .send()
            .await
            .map_err(|error| format!("de ontvanger antwoordt niet op OPTIONS: {}", why(&error)))?;
        let status = response.status();
        if !status.is_success() {
            return Err(format!("de ontvanger antwoordt op OPTIONS met status {status}"));
        }
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::trim)
        };
        match header("WebHook-Allowed-Origin") {
            Some("*" | REQUEST_ORIGIN) => {}
            Some(_) | None => {
                return Err(format!(
                    "de ontvanger stemt niet in: WebHook-Allowed-Origin is niet {REQUEST_ORIGIN} of *"
                ));
            }
        }
        let per_minuut = header("WebHook-Allowed-Rate").and_then(|rate| rate.parse().ok());
        Ok(Toestemming { per_minuut: per_minuut.filter(|rate| *rate > 0) })
    }

    /// Delivers one event.
    pub(super) async fn deliver(
        &self,
        abonnement: &Abonnement,
        geheimen: &Geheimen,
        zending: Zending,
    ) -> Uitslag {
        let url = match self.beleid.check_url(&abonnement.callback_url) {
            Ok(url) => url,
            Err(error) => return Uitslag::ReceiverFailed(error.to_string()),
        };
        let mut request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, MEDIA_TYPE)
            .header("WebHook-Request-Origin", REQUEST_ORIGIN);
        if let Some(geheim) = &geheimen.geheim {
            let timestamp = zending.moment.timestamp();
            let signature = handtekening::sign(geheim, &zending.id, timestamp, &zending.body);
            request = request
                .header("webhook-id", &zending.id)
                .header("webhook-timestamp", timestamp)
                .header("webhook-signature", signature);
        }
        if let Some(oauth) = &geheimen.oauth2 {
            let token = self.tokens.get(&self.client, &self.beleid, oauth, zending.moment).await;
            match token {
                Ok(token) => request = request.header(AUTHORIZATION, format!("Bearer {token}")),
                Err(reason) => return Uitslag::ReceiverFailed(reason),
            }
        }
        match request.body(zending.body).send().await {
            Ok(response) => {
                if response.status() == StatusCode::UNAUTHORIZED
                    && let Some(oauth) = &geheimen.oauth2
                {
                    self.tokens.forget(oauth);
                }
                judge(&response)
            }
            Err(error) => Uitslag::ReceiverFailed(why(&error)),
        }
    }
}

/// What an answer means; its body is never read.
fn judge(response: &Response) -> Uitslag {
    let status = response.status();
    match status {
        _ if status.is_success() => Uitslag::Delivered,
        StatusCode::GONE => Uitslag::Gone,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            match retry_after(response.headers()) {
                Some(wait) => Uitslag::Later { wait, reason: format!("status {status}") },
                None => Uitslag::ReceiverFailed(format!("status {status}")),
            }
        }
        _ if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
            Uitslag::ReceiverFailed(format!("status {status}"))
        }
        _ if status.is_redirection() => {
            Uitslag::Refused(format!("status {status}: een doorverwijzing wordt niet gevolgd"))
        }
        _ => Uitslag::Refused(format!("status {status}")),
    }
}

/// Seconds to wait; a date is not understood, as few receivers send one.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

/// The reason without the address, which may hold a secret.
pub(super) fn why(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "geen antwoord op tijd"
    } else if error.is_connect() {
        "geen verbinding"
    } else {
        "het verzoek brak af"
    };
    let mut cause = std::error::Error::source(error);
    let mut last = None;
    while let Some(source) = cause {
        last = Some(source.to_string());
        cause = source.source();
    }
    last.map_or_else(|| kind.to_owned(), |last| format!("{kind}: {last}"))
}
