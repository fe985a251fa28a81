//! Validation of bearer tokens: signature, issuer, audience, application and time, all required. There
//! is one way through it, whoever the issuer is.

mod claims;
mod error;
mod json;
mod parts;

use std::sync::Arc;

use clock::SharedClock;

use crate::identity::Identity;
use crate::keys::{Discovery, KeySet};
use crate::settings::{KeySource, TokenSettings, TokenSettingsError};
use claims::Claims;
use parts::Parts;

pub use error::TokenError;

/// Longest life of a token, in seconds.
pub const TOKEN_LIFETIME_MAX_SECONDS: i64 = 3600;

/// Validates the tokens of the issuers that are trusted.
#[derive(Debug)]
pub struct TokenValidator {
    issuers: Vec<Issuer>,
    clock: SharedClock,
}

#[derive(Debug)]
struct Issuer {
    settings: TokenSettings,
    keys: Keys,
}

#[derive(Debug)]
enum Keys {
    Fixed(Arc<KeySet>),
    Discovered(Arc<Discovery>),
}

impl Keys {
    async fn with(&self, kid: &str) -> Result<Arc<KeySet>, TokenError> {
        match self {
            Self::Fixed(keys) => Ok(Arc::clone(keys)),
            Self::Discovered(discovery) => discovery.keys(kid).await,
        }
    }
}

impl TokenValidator {
    /// A validator for the tokens of these issuers. Nobody is asked for keys yet.
    ///
    /// # Errors
    /// When a key set cannot be used, an issuer's address cannot be asked, or an issuer is there twice.
    pub fn new(
        issuers: impl IntoIterator<Item = TokenSettings>,
        clock: SharedClock,
    ) -> Result<Self, TokenSettingsError> {
        let mut trusted: Vec<Issuer> = Vec::new();
        for settings in issuers {
            if trusted.iter().any(|known| known.settings.issuer == settings.issuer) {
                return Err(TokenSettingsError::Twice { issuer: settings.issuer });
            }
            let keys = keys(&settings, &clock)?;
            trusted.push(Issuer { settings, keys });
        }
        Ok(Self { issuers: trusted, clock })
    }

    /// Asks every issuer for its keys, so that the first bearer need not wait. An issuer that does not
    /// answer is asked again when a token of it comes.
    pub async fn prepare(&self) {
        for issuer in &self.issuers {
            // A key without a name never comes; that the others did not, was logged.
            drop(issuer.keys.with("").await);
        }
    }

    /// Validates the values of the `Authorization` headers of a request, of which there must be one.
    ///
    /// # Errors
    /// Says why the token is refused; nothing of the token is in the error.
    pub async fn validate(
        &self,
        authorization: impl IntoIterator<Item = &str>,
    ) -> Result<Identity, TokenError> {
        let parts = Parts::of(parts::bearer(authorization)?)?;
        let name = parts.issuer()?;
        let known = self.issuers.iter().find(|issuer| issuer.settings.issuer == name);
        let Issuer { settings, keys } = known.ok_or(TokenError::Issuer)?;
        if !settings.algorithms.contains(&parts.algorithm) {
            return Err(TokenError::Algorithm);
        }
        if !settings.types.contains(&parts.kind) {
            return Err(TokenError::Type);
        }
        let keys = keys.with(&parts.kid).await?;
        keys.verify(&parts.kid, parts.algorithm, parts.signed)?;
        let claims = Claims::of(parts.claims)?;
        claims.check(settings, self.clock.now().timestamp())?;
        claims.identity()
    }
}

fn keys(settings: &TokenSettings, clock: &SharedClock) -> Result<Keys, TokenSettingsError> {
    match &settings.keys {
        KeySource::Fixed(jwks) => {
            let keys = KeySet::parse(jwks.as_bytes(), &settings.algorithms);
            let issuer = || settings.issuer.clone();
            let failed = |source| TokenSettingsError::Keys { issuer: issuer(), source };
            keys.map_err(failed).map(|keys| Keys::Fixed(Arc::new(keys)))
        }
        KeySource::Discovered(transport) => {
            let discovery = Discovery::new(settings, *transport, Arc::clone(clock))?;
            Ok(Keys::Discovered(Arc::new(discovery)))
        }
    }
}

#[cfg(test)]
mod tests;
