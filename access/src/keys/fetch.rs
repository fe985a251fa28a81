//! Asking an issuer for its metadata and its keys, within bounds.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use rustls::crypto::CryptoProvider;
use serde::Deserialize;

use super::{KeySet, KeySetError};
use crate::algorithm::SignatureAlgorithm;
use crate::settings::Transport;

/// Largest answer that is read, in bytes.
const ANSWER_MAX_BYTES: usize = 1024 * 1024;
/// Longest time to connect.
const CONNECT_MAX: Duration = Duration::from_secs(2);
/// Longest time for one answer.
const ANSWER_MAX: Duration = Duration::from_secs(4);
/// Where an issuer tells of itself, behind its own address.
const METADATA: &str = "/.well-known/openid-configuration";

/// Why an address is not asked.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// No URL.
    #[error("its address is no full URL, such as https://id.example.nl")]
    Malformed,
    /// Not https.
    #[error("its address is not https; http is for an issuer on this machine, in development")]
    Scheme,
    /// Something that an issuer's address does not have.
    #[error("its address has a user name, a question mark or a number sign; leave them out")]
    Parts,
}

/// Why an issuer's keys did not come.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("the address of its keys may not be asked")]
    Address(#[from] AddressError),
    #[error("it does not answer")]
    Request(#[from] reqwest::Error),
    /// A redirect too: who may speak for the issuer is not for its answer to say.
    #[error("it answers with status {0}")]
    Status(u16),
    #[error("its answer is larger than {ANSWER_MAX_BYTES} bytes")]
    TooLarge,
    #[error("its metadata cannot be read")]
    Metadata(#[source] serde_json::Error),
    #[error("its metadata are of another issuer")]
    OtherIssuer,
    #[error("its key set cannot be used")]
    Keys(#[from] KeySetError),
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

/// Asks one issuer.
#[derive(Debug)]
pub(crate) struct Fetcher {
    issuer: String,
    metadata: Url,
    transport: Transport,
    client: Client,
}

/// A client for asking issuers.
pub(crate) fn client(transport: Transport) -> reqwest::Result<Client> {
    // Others in this program bring the same; whoever is first installs it.
    CryptoProvider::install_default(rustls::crypto::ring::default_provider()).ok();
    let builder =
        Client::builder().redirect(Policy::none()).connect_timeout(CONNECT_MAX).timeout(ANSWER_MAX);
    match transport {
        Transport::Https => builder.https_only(true).build(),
        Transport::HttpOnLoopback => builder.no_proxy().build(),
    }
}

impl Fetcher {
    pub(crate) fn new(
        issuer: &str,
        transport: Transport,
        client: Client,
    ) -> Result<Self, AddressError> {
        let own = allowed(issuer, transport)?;
        if own.query().is_some() || own.fragment().is_some() {
            return Err(AddressError::Parts);
        }
        let metadata = format!("{}{METADATA}", issuer.trim_end_matches('/'));
        let metadata = Url::parse(&metadata).map_err(|_| AddressError::Malformed)?;
        Ok(Self { issuer: issuer.to_owned(), metadata, transport, client })
    }

    /// Who is asked.
    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The issuer's keys as they are now.
    pub(crate) async fn keys(
        &self,
        algorithms: &BTreeSet<SignatureAlgorithm>,
    ) -> Result<KeySet, FetchError> {
        let text = self.get(self.metadata.clone()).await?;
        let metadata: Metadata = serde_json::from_slice(&text).map_err(FetchError::Metadata)?;
        if metadata.issuer != self.issuer {
            return Err(FetchError::OtherIssuer);
        }
        let text = self.get(allowed(&metadata.jwks_uri, self.transport)?).await?;
        Ok(KeySet::parse(&text, algorithms)?)
    }

    async fn get(&self, url: Url) -> Result<Vec<u8>, FetchError> {
        let mut response = self.client.get(url).send().await?;
        if !response.status().is_success() {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let mut text = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if text.len() + chunk.len() > ANSWER_MAX_BYTES {
                return Err(FetchError::TooLarge);
            }
            text.extend_from_slice(&chunk);
        }
        Ok(text)
    }
}

/// The URL, if it may be asked.
fn allowed(text: &str, transport: Transport) -> Result<Url, AddressError> {
    let url = Url::parse(text).map_err(|_| AddressError::Malformed)?;
    let host = url.host_str().ok_or(AddressError::Malformed)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Parts);
    }
    match (url.scheme(), transport) {
        ("https", _) => Ok(url),
        ("http", Transport::HttpOnLoopback) if is_loopback(host) => Ok(url),
        _ => Err(AddressError::Scheme),
    }
}

/// Whether a host is this machine, as it is written; names are not looked up.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || literal.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_is_asked_and_in_development_this_machine() {
        use Transport::{HttpOnLoopback, Https};
        for url in ["https://id.example.nl", "https://id.example.nl/realms/gemeente"] {
            assert!(allowed(url, Https).is_ok(), "{url}");
        }
        for url in ["http://127.0.0.1:9000", "http://localhost:9000/x", "http://[::1]:9000"] {
            assert!(matches!(allowed(url, Https), Err(AddressError::Scheme)), "{url}");
            assert!(allowed(url, HttpOnLoopback).is_ok(), "{url}");
        }
        for url in ["http://id.example.nl", "http://10.0.0.1", "http://localhost.example.nl"] {
            assert!(matches!(allowed(url, HttpOnLoopback), Err(AddressError::Scheme)), "{url}");
        }
        for (url, transport) in [
            ("urn:test:issuer", Https),
            ("id.example.nl", Https),
            ("file:///etc/passwd", HttpOnLoopback),
            ("https://user:secret@id.example.nl", Https),
        ] {
            assert!(allowed(url, transport).is_err(), "{url}");
        }
        let client = client(Https).expect("a client");
        for url in ["https://id.example.nl?x=1", "https://id.example.nl#x"] {
            let refused = Fetcher::new(url, Https, client.clone());
            assert!(matches!(refused, Err(AddressError::Parts)), "{url}");
        }
    }
}
