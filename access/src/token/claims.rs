//! What a token says of its bearer, and whether that can be accepted.

use std::collections::BTreeSet;

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{TOKEN_LIFETIME_MAX_SECONDS, TokenError};
use crate::identity::{Identity, KlantClaim, Rol};
use crate::settings::TokenSettings;

/// Difference between the issuer's clock and ours that is forgiven, in seconds.
const LEEWAY_SECONDS: i64 = 30;

/// Claims that only an ID token has (OpenID Connect Core, sections 2 and 3).
const ID_TOKEN_CLAIMS: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];

/// The claims of a token whose signature is right.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    sub: String,
    aud: Audience,
    azp: Option<String>,
    /// What RFC 9068 calls the application.
    client_id: Option<String>,
    jti: String,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    rollen: BTreeSet<Rol>,
    scope: Option<String>,
    doelbinding: Option<String>,
    klant: Option<KlantClaim>,
    #[serde(default)]
    actoren: Vec<Uuid>,
    #[serde(default)]
    teams: Vec<Uuid>,
    #[serde(default)]
    zaken: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn contains(&self, name: &str) -> bool {
        match self {
            Self::One(one) => one == name,
            Self::Many(many) => many.iter().any(|one| one == name),
        }
    }
}

impl Claims {
    /// Reads the claims of an access token.
    pub(super) fn of(value: Value) -> Result<Self, TokenError> {
        // Some issuers say it in the claims; then it must be the kind that gives access.
        let kind = value.get("typ").and_then(Value::as_str);
        if ID_TOKEN_CLAIMS.iter().any(|name| value.get(name).is_some())
            || kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer"))
        {
            return Err(TokenError::Type);
        }
        serde_json::from_value(value).map_err(|_| TokenError::Claims)
    }

    /// Judges them, by our clock.
    pub(super) fn check(&self, settings: &TokenSettings, now: i64) -> Result<(), TokenError> {
        if !self.aud.contains(&settings.audience) {
            return Err(TokenError::Audience);
        }
        let not_before = self.nbf.unwrap_or(self.iat).max(self.iat);
        let lifetime = self.exp.saturating_sub(self.iat);
        if self.exp <= now - LEEWAY_SECONDS
            || not_before > now + LEEWAY_SECONDS
            || !(0..=TOKEN_LIFETIME_MAX_SECONDS).contains(&lifetime)
        {
            return Err(TokenError::Time);
        }
        let application = self.application()?;
        let known = &settings.applications;
        if !known.is_empty() && !known.contains(application) {
            return Err(TokenError::Application);
        }
        // For the application itself: that is what an ID token is.
        if self.aud.contains(application) {
            return Err(TokenError::Type);
        }
        let complete = !self.sub.is_empty() && !application.is_empty() && !self.jti.is_empty();
        let burger = self.rollen.contains(&Rol::Burger);
        // A burger is a klant and nothing else: roles of one person are never mixed.
        let pure = burger == self.klant.is_some() && (!burger || self.rollen.len() == 1);
        if complete && pure { Ok(()) } else { Err(TokenError::Claims) }
    }

    /// The application that the bearer uses; two names for it must be one.
    fn application(&self) -> Result<&str, TokenError> {
        match (&self.azp, &self.client_id) {
            (Some(azp), Some(client)) if azp != client => Err(TokenError::Claims),
            (Some(name), _) | (None, Some(name)) => Ok(name),
            (None, None) => Err(TokenError::Claims),
        }
    }

    /// Who asks.
    pub(super) fn identity(self) -> Result<Identity, TokenError> {
        let application = self.application()?.to_owned();
        let ends = DateTime::from_timestamp(self.exp.saturating_add(LEEWAY_SECONDS), 0);
        let scopes = self.scope.unwrap_or_default();
        Ok(Identity {
            subject: self.sub,
            application,
            rollen: self.rollen,
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            doelbinding: self.doelbinding,
            klant: self.klant,
            actoren: self.actoren,
            teams: self.teams,
            zaken: self.zaken.iter().map(|zaak| zaak.to_lowercase()).collect(),
            geldig_tot: ends.ok_or(TokenError::Claims)?,
        })
    }
}
