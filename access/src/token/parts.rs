//! The parts of a signed token, read before anything is believed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::TokenError;
use super::json::Unique;
use crate::algorithm::SignatureAlgorithm;
use crate::keys::Signed;
use crate::settings::TokenType;

/// Longest token, in bytes.
pub(super) const TOKEN_MAX_BYTES: usize = 16 * 1024;

/// What the header of a token may not have: a key or an address of keys that the sender chose, what
/// must be understood and is not, and what belongs to encrypted or nested tokens.
const REFUSED: [&str; 9] = ["jku", "jwk", "x5u", "x5c", "crit", "b64", "enc", "zip", "cty"];

/// A token in its parts.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    pub(super) kid: String,
    pub(super) algorithm: SignatureAlgorithm,
    pub(super) kind: TokenType,
    /// What it says; not yet to be believed.
    pub(super) claims: Value,
    pub(super) signed: Signed<'a>,
}

/// The token of the one `Authorization` header.
pub(super) fn bearer<'a>(
    headers: impl IntoIterator<Item = &'a str>,
) -> Result<&'a str, TokenError> {
    let mut headers = headers.into_iter();
    let header = headers.next().ok_or(TokenError::Missing)?;
    if headers.next().is_some() {
        return Err(TokenError::Malformed);
    }
    let (scheme, token) = header.split_once(' ').ok_or(TokenError::Malformed)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.len() > TOKEN_MAX_BYTES {
        return Err(TokenError::Malformed);
    }
    Ok(token)
}

impl<'a> Parts<'a> {
    pub(super) fn of(token: &'a str) -> Result<Self, TokenError> {
        let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(TokenError::Malformed)?;
        if claims.contains('.') {
            // Five parts: it is encrypted, and we have no key for that.
            return Err(TokenError::Malformed);
        }
        let header = json(header, TokenError::Malformed)?;
        if REFUSED.iter().any(|name| header.get(name).is_some()) {
            return Err(TokenError::Header);
        }
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        let algorithm = text("alg").and_then(SignatureAlgorithm::named);
        let kid = text("kid").filter(|kid| !kid.is_empty());
        Ok(Self {
            algorithm: algorithm.ok_or(TokenError::Algorithm)?,
            kind: text("typ").and_then(TokenType::named).ok_or(TokenError::Type)?,
            kid: kid.ok_or(TokenError::Key)?.to_owned(),
            claims: json(claims, TokenError::Claims)?,
            signed: Signed { message, signature },
        })
    }

    /// The issuer that it says it is from.
    pub(super) fn issuer(&self) -> Result<&str, TokenError> {
        self.claims.get("iss").and_then(Value::as_str).ok_or(TokenError::Issuer)
    }
}

/// One part of a token: an object in which no name stands twice.
fn json(part: &str, doubled: TokenError) -> Result<Value, TokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Malformed)?;
    let Unique(value) = serde_json::from_slice(&bytes).map_err(|_| doubled)?;
    if value.is_object() { Ok(value) } else { Err(TokenError::Malformed) }
}
