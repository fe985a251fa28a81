//! The demo's issuer of tokens: a stand-in for the one of a municipality, with a key made at start.

use access::{KeySource, SignatureAlgorithm, TokenSettings};
use clock::Clock;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p256::SecretKey;
use p256::elliptic_curve::rand_core::OsRng;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::DemoError;

/// Our own name in the `aud` of a token.
pub(super) const AUDIENCE: &str = "klantbeeld";

/// Signs tokens with ES256.
pub(super) struct Issuer {
    issuer: String,
    kid: String,
    secret: SecretKey,
    key: EncodingKey,
}

/// The issuer as it is kept for other commands while the demo runs.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IssuerDocument {
    issuer: String,
    kid: String,
    private_key_pem: String,
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> DemoError {
    DemoError::Key(Box::new(error))
}

impl Issuer {
    /// A new issuer with a new key.
    pub(super) fn generate(clock: &dyn Clock) -> Result<Self, DemoError> {
        let issuer = format!("urn:dev:{}", clock.new_id());
        Self::of(issuer, clock.new_id().to_string(), SecretKey::random(&mut OsRng))
    }

    fn of(issuer: String, kid: String, secret: SecretKey) -> Result<Self, DemoError> {
        let der = secret.to_pkcs8_der().map_err(broken)?;
        let key = EncodingKey::from_ec_der(der.as_bytes());
        Ok(Self { issuer, kid, secret, key })
    }

    /// The issuer as another command wrote it down.
    pub(super) fn from_document(document: IssuerDocument) -> Result<Self, DemoError> {
        let IssuerDocument { issuer, kid, private_key_pem } = document;
        let secret = SecretKey::from_pkcs8_pem(&private_key_pem).map_err(broken)?;
        Self::of(issuer, kid, secret)
    }

    /// The issuer, to be written down.
    pub(super) fn document(&self) -> Result<IssuerDocument, DemoError> {
        let pem = self.secret.to_pkcs8_pem(LineEnding::LF).map_err(broken)?;
        Ok(IssuerDocument {
            issuer: self.issuer.clone(),
            kid: self.kid.clone(),
            private_key_pem: pem.as_str().to_owned(),
        })
    }

    /// What whoever validates the tokens needs to know: the public key.
    pub(super) fn token_settings(&self) -> Result<TokenSettings, DemoError> {
        let mut jwk = Jwk::from_encoding_key(&self.key, Algorithm::ES256).map_err(broken)?;
        jwk.common.key_id = Some(self.kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let keys = KeySource::Fixed(json!({ "keys": [jwk] }).to_string());
        Ok(TokenSettings {
            applications: std::iter::once(APPLICATION.to_owned()).collect(),
            algorithms: std::iter::once(SignatureAlgorithm::Es256).collect(),
            ..TokenSettings::new(&self.issuer, AUDIENCE, keys)
        })
    }

    /// A token with these claims, which lives as long as a token may.
    pub(super) fn sign(&self, mut claims: Value, clock: &dyn Clock) -> Result<String, DemoError> {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use access::{Rol, TokenError, TokenValidator};
    use clock::SystemClock;

    use super::*;
    use crate::demo::personas::{Ids, Persona};

    fn validator(issuer: &Issuer) -> TokenValidator {
        let settings = issuer.token_settings().expect("settings");
        TokenValidator::new([settings], Arc::new(SystemClock)).expect("a validator")
    }

    #[tokio::test]
    async fn every_persona_passes_the_validation_of_production() {
        let issuer = Issuer::generate(&SystemClock).expect("an issuer");
        let document = issuer.document().expect("a document");
        let same = Issuer::from_document(document).expect("the same issuer");
        for persona in Persona::ALL {
            let token = same.sign(persona.claims(&Ids::default()), &SystemClock).expect("a token");
            let identity = validator(&issuer).validate(Some(&*format!("Bearer {token}"))).await;
            let identity = identity.expect("accepted");
            let rollen: Vec<&str> = identity.rollen.iter().map(|rol: &Rol| rol.code()).collect();
            let rol = persona.code().split('-').next();
            assert_eq!(rollen.first().copied(), rol);
            assert_eq!(rollen.len(), 1);
        }
    }

    #[tokio::test]
    async fn a_token_of_another_start_is_refused() {
        let old = Issuer::generate(&SystemClock).expect("an issuer");
        let new = Issuer::generate(&SystemClock).expect("an issuer");
        let claims = Persona::Kcc.claims(&Ids::default());
        let token = old.sign(claims, &SystemClock).expect("a token");
        let refused = validator(&new).validate(Some(&*format!("Bearer {token}"))).await;
        assert_eq!(refused, Err(TokenError::Issuer));
    }
}
