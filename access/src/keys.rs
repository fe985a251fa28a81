//! The public keys of an issuer: which of them can be used, and checking a signature with one.

mod checked;
mod discovery;
mod fetch;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse, RSAKeyParameters,
};
use serde::Deserialize;
use serde_json::Value;

use self::checked::{Checked, Digest};
use crate::algorithm::SignatureAlgorithm;
use crate::token::TokenError;

pub(crate) use discovery::Discovery;
pub use fetch::{AddressError, is_loopback};

/// Smallest RSA key that is accepted, in bits.
const RSA_MIN_BITS: usize = 2048;

/// Why a key set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    /// The text is no JSON Web Key Set.
    #[error("it cannot be read; give a JSON Web Key Set (RFC 7517)")]
    Malformed(#[from] serde_json::Error),
    /// No key in the set can be used.
    #[error(
        "it has no signing key with a kid, for an accepted algorithm, of 2048 bits or more (RSA)"
    )]
    NoKeys,
}

/// The keys of an issuer that can be used, and the signatures that were right under them: keys that
/// come in their place begin without any.
#[derive(Debug)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
    checked: Checked,
}

#[derive(Debug)]
struct Key {
    kid: String,
    algorithms: Vec<SignatureAlgorithm>,
    key: DecodingKey,
}

/// A part of a token that its signature covers, and the signature.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    pub(crate) message: &'a str,
    pub(crate) signature: &'a str,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// The keys in a JSON Web Key Set that can be used; one that is not understood is left out.
    pub(crate) fn parse(
        text: &[u8],
        allowed: &BTreeSet<SignatureAlgorithm>,
    ) -> Result<Self, KeySetError> {
        let document: Document = serde_json::from_slice(text)?;
        let known = document.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        let keys: Vec<Key> = known.filter_map(|jwk| usable(&jwk, allowed)).collect();
        if keys.is_empty() {
            return Err(KeySetError::NoKeys);
        }
        Ok(Self { keys, checked: Checked::default() })
    }

    /// Whether there is a key of this name.
    pub(crate) fn has(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid == kid)
    }

    /// Checks a signature with the key of this name.
    pub(crate) fn verify(
        &self,
        kid: &str,
        algorithm: SignatureAlgorithm,
        signed: Signed<'_>,
    ) -> Result<(), TokenError> {
        if !self.has(kid) {
            return Err(TokenError::Key);
        }
        let fits = |key: &&Key| key.kid == kid && key.algorithms.contains(&algorithm);
        let key = self.keys.iter().find(fits).ok_or(TokenError::Algorithm)?;
        let digest = Digest::of((kid, algorithm), signed);
        if self.checked.has(&digest) {
            return Ok(());
        }
        let (message, library) = (signed.message.as_bytes(), algorithm.library());
        match jsonwebtoken::crypto::verify(signed.signature, message, &key.key, library) {
            Ok(true) => {
                self.checked.add(digest);
                Ok(())
            }
            Ok(false) | Err(_) => Err(TokenError::Signature),
        }
    }
}

/// The key, when it has a name, is for signatures, and fits an algorithm that is allowed.
fn usable(jwk: &Jwk, allowed: &BTreeSet<SignatureAlgorithm>) -> Option<Key> {
    let common = &jwk.common;
    let kid = common.key_id.clone().filter(|kid| !kid.is_empty())?;
    let signs = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
    let operations = common.key_operations.as_ref();
    let verifies = operations.is_none_or(|all| all.contains(&KeyOperations::Verify));
    if !signs || !verifies {
        return None;
    }
    let named = common.key_algorithm.map(|algorithm| algorithm.to_string());
    let algorithms: Vec<SignatureAlgorithm> = fitting(jwk)
        .iter()
        .copied()
        .filter(|algorithm| allowed.contains(algorithm))
        .filter(|algorithm| named.as_ref().is_none_or(|named| named == algorithm.name()))
        .collect();
    if algorithms.is_empty() {
        return None;
    }
    Some(Key { kid, algorithms, key: DecodingKey::from_jwk(jwk).ok()? })
}

/// The algorithms that a key of this kind can be for.
fn fitting(jwk: &Jwk) -> &'static [SignatureAlgorithm] {
    use SignatureAlgorithm::{Es256, Es384, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
    match &jwk.algorithm {
        AlgorithmParameters::RSA(key) if rsa_bits(key) >= RSA_MIN_BITS => {
            &[Ps256, Ps384, Ps512, Rs256, Rs384, Rs512]
        }
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => &[Es256],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => &[Es384],
        // Too short, another curve, or a secret: never for us.
        _ => &[],
    }
}

fn rsa_bits(key: &RSAKeyParameters) -> usize {
    let modulus = URL_SAFE_NO_PAD.decode(&key.n).unwrap_or_default();
    let zero_bytes = modulus.iter().take_while(|byte| **byte == 0).count();
    let zero_bits = modulus.get(zero_bytes).map_or(0, |byte| byte.leading_zeros() as usize);
    (modulus.len() - zero_bytes) * 8 - zero_bits
}

#[cfg(test)]
mod tests;
