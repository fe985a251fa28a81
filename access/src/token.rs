//! Validation of bearer tokens: signature, issuer, audience, application and time, all required.

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::TimeDelta;
use clock::SharedClock;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use uuid::Uuid;

use crate::identity::{Identity, KlantClaim, Rol};

/// Longest `Authorization` header that is looked at, in bytes.
const HEADER_MAX_BYTES: usize = 16 * 1024;
/// Difference between the issuer's clock and ours that is forgiven, in seconds.
const LEEWAY_SECONDS: i64 = 30;
/// Longest life of a token, in seconds.
pub const TOKEN_LIFETIME_MAX_SECONDS: i64 = 3600;
/// The signatures that are accepted: asymmetric only, so that a public key never signs.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::PS256, Algorithm::RS256];

/// Whose tokens are accepted.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// The one issuer (`iss`), compared to the letter.
    pub issuer: String,
    /// Our own name in `aud`.
    pub audience: String,
    /// The applications (`azp`) that may use us; empty = any of the issuer's.
    pub applications: BTreeSet<String>,
    /// The issuer's public keys: a JSON Web Key Set.
    pub jwks: String,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenSettingsError {
    /// The text is no JSON Web Key Set.
    #[error("the key set of issuer {issuer} cannot be read; give a JSON Web Key Set (RFC 7517)")]
    Malformed {
        /// The issuer.
        issuer: String,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// No key in the set can be used.
    #[error(
        "the key set of issuer {issuer} has no signing key with a kid for ES256, PS256 or RS256"
    )]
    NoKeys {
        /// The issuer.
        issuer: String,
    },
}

/// Why a token was refused. The text is for the bearer; it repeats nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No `Authorization` header.
    #[error("geen token: stuur de header `Authorization: Bearer <token>`")]
    Missing,
    /// Not of the form `Bearer <token>`, or too long.
    #[error("de header Authorization heeft niet de vorm `Bearer <token>`")]
    Malformed,
    /// Signed in a way that is not accepted.
    #[error("de handtekening van het token is van een soort die niet wordt aanvaard")]
    Algorithm,
    /// Signed with a key that is not the issuer's.
    #[error("het token is niet ondertekend met een bekende sleutel van de uitgever")]
    Key,
    /// Not signed by the issuer, or changed afterwards, or for someone else.
    #[error("de handtekening, uitgever (iss) of bestemming (aud) van het token klopt niet")]
    Signature,
    /// Expired, not yet valid, or valid for too long.
    #[error("het token is verlopen, nog niet geldig, of te lang geldig (ten hoogste een uur)")]
    Time,
    /// Given to an application that may not use us.
    #[error("het token is uitgegeven aan een toepassing (azp) die hier niet is toegelaten")]
    Application,
    /// A claim is missing or contradicts another.
    #[error("het token mist een verplicht gegeven (sub, azp, jti, iat, exp, rollen)")]
    Claims,
}

#[derive(Debug)]
struct Key {
    kid: String,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// Validates tokens of one issuer.
#[derive(Debug)]
pub struct TokenValidator {
    settings: TokenSettings,
    keys: Vec<Key>,
    clock: SharedClock,
}

#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    azp: String,
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

impl TokenValidator {
    /// A validator for the tokens of one issuer.
    ///
    /// # Errors
    /// When the key set cannot be read or has no usable key.
    pub fn new(settings: TokenSettings, clock: SharedClock) -> Result<Self, TokenSettingsError> {
        let issuer = settings.issuer.clone();
        let set: JwkSet = serde_json::from_str(&settings.jwks)
            .map_err(|source| TokenSettingsError::Malformed { issuer: issuer.clone(), source })?;
        let keys: Vec<Key> = set.keys.iter().filter_map(usable_key).collect();
        if keys.is_empty() {
            return Err(TokenSettingsError::NoKeys { issuer });
        }
        Ok(Self { settings, keys, clock })
    }

    /// Validates the value of an `Authorization` header.
    ///
    /// # Errors
    /// Says why the token is refused; nothing of the token is in the error.
    pub fn validate(&self, authorization: Option<&str>) -> Result<Identity, TokenError> {
        let header = authorization.ok_or(TokenError::Missing)?;
        if header.len() > HEADER_MAX_BYTES {
            return Err(TokenError::Malformed);
        }
        let (scheme, token) = header.split_once(' ').ok_or(TokenError::Malformed)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(TokenError::Malformed);
        }
        let claims = self.verified_claims(token.trim())?;
        self.check(&claims)?;
        Ok(identity(claims))
    }

    fn verified_claims(&self, token: &str) -> Result<Claims, TokenError> {
        let header = decode_header(token).map_err(|_| TokenError::Malformed)?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(TokenError::Algorithm);
        }
        let kid = header.kid.ok_or(TokenError::Key)?;
        let key = self.keys.iter().find(|key| key.kid == kid).ok_or(TokenError::Key)?;
        if key.algorithm != header.alg {
            return Err(TokenError::Algorithm);
        }
        let mut validation = Validation::new(key.algorithm);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Time is judged below, by the injected clock.
        validation.validate_exp = false;
        decode::<Claims>(token, &key.key, &validation).map(|data| data.claims).map_err(|error| {
            match error.kind() {
                jsonwebtoken::errors::ErrorKind::Json(_)
                | jsonwebtoken::errors::ErrorKind::MissingRequiredClaim(_) => TokenError::Claims,
                _ => TokenError::Signature,
            }
        })
    }

    fn check(&self, claims: &Claims) -> Result<(), TokenError> {
        let now = self.clock.now().timestamp();
        let not_before = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
        let lifetime = TimeDelta::seconds(claims.exp.saturating_sub(claims.iat)).num_seconds();
        if claims.exp <= now - LEEWAY_SECONDS
            || not_before > now + LEEWAY_SECONDS
            || !(0..=TOKEN_LIFETIME_MAX_SECONDS).contains(&lifetime)
        {
            return Err(TokenError::Time);
        }
        let known = &self.settings.applications;
        if !known.is_empty() && !known.contains(&claims.azp) {
            return Err(TokenError::Application);
        }
        let complete = !claims.sub.is_empty() && !claims.azp.is_empty() && !claims.jti.is_empty();
        let burger = claims.rollen.contains(&Rol::Burger);
        // A burger is a klant and nothing else: roles of one person are never mixed.
        let pure = burger == claims.klant.is_some() && (!burger || claims.rollen.len() == 1);
        if complete && pure { Ok(()) } else { Err(TokenError::Claims) }
    }
}

fn usable_key(jwk: &Jwk) -> Option<Key> {
    if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return None;
    }
    let kid = jwk.common.key_id.clone()?;
    let algorithm = Algorithm::from_str(&jwk.common.key_algorithm?.to_string()).ok()?;
    if !ALGORITHMS.contains(&algorithm) {
        return None;
    }
    Some(Key { kid, algorithm, key: DecodingKey::from_jwk(jwk).ok()? })
}

fn identity(claims: Claims) -> Identity {
    Identity {
        subject: claims.sub,
        application: claims.azp,
        rollen: claims.rollen,
        scopes: claims.scope.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        doelbinding: claims.doelbinding,
        klant: claims.klant,
        actoren: claims.actoren,
        teams: claims.teams,
        zaken: claims.zaken.iter().map(|zaak| zaak.to_lowercase()).collect(),
    }
}

#[cfg(test)]
mod tests;
