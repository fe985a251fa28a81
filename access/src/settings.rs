//! Whose tokens are accepted.

use std::collections::BTreeSet;

use crate::algorithm::SignatureAlgorithm;
use crate::keys::{AddressError, KeySetError};

/// One issuer whose tokens are accepted, and which of them.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// The issuer (`iss`), compared to the letter.
    pub issuer: String,
    /// Our own name in `aud`.
    pub audience: String,
    /// The applications (`azp`) that may use us; empty = any of the issuer's.
    pub applications: BTreeSet<String>,
    /// How its tokens may be signed.
    pub algorithms: BTreeSet<SignatureAlgorithm>,
    /// Which kinds of token are accepted (`typ`).
    pub types: BTreeSet<TokenType>,
    /// Where the issuer's public keys come from.
    pub keys: KeySource,
}

impl TokenSettings {
    /// An issuer of which nothing more is said than that we trust it.
    #[must_use]
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>, keys: KeySource) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            applications: BTreeSet::new(),
            algorithms: SignatureAlgorithm::DEFAULT.into(),
            types: TokenType::ALL.into(),
            keys,
        }
    }
}

/// Where an issuer's public keys come from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// This JSON Web Key Set, for ever.
    Fixed(String),
    /// The issuer itself, by OpenID Connect Discovery.
    Discovered(Transport),
}

/// How an issuer may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Over https.
    Https,
    /// Also over http, when it is on this machine: for development.
    HttpOnLoopback,
}

/// The kinds of token that are accepted (`typ`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenType {
    /// An access token that says so (RFC 9068).
    AccessToken,
    /// A JWT of no particular kind, as many issuers call their access tokens.
    Jwt,
}

impl TokenType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::AccessToken, Self::Jwt];

    /// Its name in a token (`typ`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessToken => "at+jwt",
            Self::Jwt => "JWT",
        }
    }

    /// The one of this name; a media type may leave its first part out.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let short = name.strip_prefix("application/").unwrap_or(&name);
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(short))
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenSettingsError {
    /// The issuer's fixed keys cannot be used.
    #[error("the key set of issuer {issuer} cannot be used")]
    Keys {
        /// The issuer.
        issuer: String,
        /// What is wrong with them.
        source: KeySetError,
    },
    /// The issuer cannot be asked for its keys.
    #[error("issuer {issuer} cannot be asked for its keys")]
    Address {
        /// The issuer.
        issuer: String,
        /// What is wrong with its address.
        source: AddressError,
    },
    /// Two issuers of the same name.
    #[error("issuer {issuer} is named twice; name each issuer once")]
    Twice {
        /// The issuer.
        issuer: String,
    },
    /// The client that asks issuers does not start.
    #[error("the certificates of this machine, with which issuers are known, cannot be read")]
    Client(#[source] reqwest::Error),
}
