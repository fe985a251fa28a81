//! An issuer of tokens that stands in for the one of a municipality, with a key made at start: that of
//! the demo, and of measurements.

use access::{KeySource, SignatureAlgorithm, TokenSettings};
use clock::Clock;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::SecretKey;
use p256::elliptic_curve::rand_core::OsRng;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Our own name in the `aud` of a token.
pub(crate) const AUDIENCE: &str = "klantbeeld";

/// Signs tokens with ES256.
pub(crate) struct Issuer {
    issuer: String,
    kid: String,
    secret: SecretKey,
    key: EncodingKey,
}

/// The issuer as it is kept for other commands while the demo runs.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IssuerDocument {
    issuer: String,
    kid: String,
    private_key_pem: String,
}

/// The key could not be made or used.
#[derive(Debug, thiserror::Error)]
#[error("the signing key cannot be used")]
pub struct IssuerError(#[source] Box<dyn std::error::Error + Send + Sync>);

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> IssuerError {
    IssuerError(Box::new(error))
}

impl Issuer {
    /// A new issuer with a new key.
    pub(crate) fn generate(clock: &dyn Clock) -> Result<Self, IssuerError> {
        let issuer = format!("urn:dev:{}", clock.new_id());
        Self::of(issuer, clock.new_id().to_string(), SecretKey::random(&mut OsRng))
    }

    fn of(issuer: String, kid: String, secret: SecretKey) -> Result<Self, IssuerError> {
        let der = secret.to_pkcs8_der().map_err(broken)?;
        let key = EncodingKey::from_ec_der(der.as_bytes());
        Ok(Self { issuer, kid, secret, key })
    }

    /// The issuer as another command wrote it down.
    pub(crate) fn from_document(document: IssuerDocument) -> Result<Self, IssuerError> {
        let IssuerDocument { issuer, kid, private_key_pem } = document;
        let secret = SecretKey::from_pkcs8_pem(&private_key_pem).map_err(broken)?;
        Self::of(issuer, kid, secret)
    }

    /// The issuer, to be written down.
    pub(crate) fn document(&self) -> Result<IssuerDocument, IssuerError> {
        let pem = self.secret.to_pkcs8_pem(LineEnding::LF).map_err(broken)?;
        Ok(IssuerDocument {
            issuer: self.issuer.clone(),
            kid: self.kid.clone(),
            private_key_pem: pem.as_str().to_owned(),
        })
    }

    /// What whoever validates the tokens needs to know: the public key.
    pub(crate) fn token_settings(&self) -> Result<TokenSettings, IssuerError> {
        let keys = KeySource::Fixed(self.jwks()?);
        Ok(TokenSettings {
            applications: std::iter::once(APPLICATION.to_owned()).collect(),
            algorithms: std::iter::once(SignatureAlgorithm::Es256).collect(),
            ..TokenSettings::new(&self.issuer, AUDIENCE, keys)
        })
    }

    /// The public key, as a JSON Web Key Set.
    pub(crate) fn jwks(&self) -> Result<String, IssuerError> {
        let mut jwk = Jwk::from_encoding_key(&self.key, Algorithm::ES256).map_err(broken)?;
        jwk.common.key_id = Some(self.kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(json!({ "keys": [jwk] }).to_string())
    }

    /// The name of the issuer in its tokens (`iss`).
    pub(crate) fn name(&self) -> &str {
        &self.issuer
    }

    /// A token with these claims, which lives as long as a token may.
    pub(crate) fn sign(&self, mut claims: Value, clock: &dyn Clock) -> Result<String, IssuerError> {
        let now = clock.now().timestamp();
        claims["iss"] = json!(self.issuer);
        claims["aud"] = json!([AUDIENCE]);
        claims["azp"] = json!(APPLICATION);
        claims["jti"] = json!(clock.new_id());
        claims["iat"] = json!(now);
        claims["exp"] = json!(now + access::TOKEN_LIFETIME_MAX_SECONDS);
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.kid.clone());
        jsonwebtoken::encode(&header, &claims, &self.key).map_err(broken)
    }
}

/// The application for which the tokens are.
const APPLICATION: &str = "klantbeeld-demo";
