//! An issuer of tokens, as the service trusts one.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{Identity, KeySource, Rol, TokenSettings, TokenValidator};
use clock::SharedClock;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use p256::ecdsa::SigningKey;
use p256::pkcs8::EncodePrivateKey;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const ISSUER: &str = "urn:test:uitgever";
const AUDIENCE: &str = "klantbeeld";
const KID: &str = "test";

/// Scopes of everything that the bijhouding API does.
const ALL_SCOPES: &str = "actoren:beheren actoren:lezen klantcontacten:registreren \
    klantcontacten:lezen partijen:beheren partijen:lezen interne-taken:lezen \
    interne-taken:afhandelen zaaksleutels:beheren zaaksleutels:lezen digitale-adressen:beheren referentielijsten:beheren \
    referentielijsten:lezen vernietiging:lezen \
    gebeurtenissen:lezen abonnementen:beheren vernietiging:voorstellen vernietiging:goedkeuren \
    vernietiging:uitvoeren bsn:lezen interne-notitie:lezen vertrouwelijk:lezen handelingen:lezen \
    inzage:aanvragen inzage:goedkeuren inzage:lezen";

/// Signs tokens.
pub struct Issuer {
    key: EncodingKey,
    jwk: Jwk,
    now: i64,
}

/// Somebody with a token.
#[derive(Debug, Clone)]
pub struct Persona(pub Value);

impl Persona {
    /// A system that may do every handeling, and read nothing over GraphQL.
    pub fn systeem() -> Self {
        Self(json!({ "sub": "systeem", "rollen": [], "scope": ALL_SCOPES }))
    }

    /// An employee of the customer contact centre, who may see everything that kcc may.
    pub fn kcc() -> Self {
        Self(json!({
            "sub": "nicole", "rollen": ["kcc"], "scope": ALL_SCOPES, "doelbinding": "klantcontact"
        }))
    }

    /// An employee of a department, who works on these zaken.
    pub fn behandelaar(zaken: &[&str]) -> Self {
        Self(json!({
            "sub": "bram", "rollen": ["behandelaar"], "zaken": zaken, "doelbinding": "afhandeling"
        }))
    }

    /// A burger.
    pub fn burger(bsn: &str) -> Self {
        Self(json!({ "sub": "pseudoniem", "rollen": ["burger"], "klant": { "bsn": bsn } }))
    }

    /// An archivist.
    pub fn archivaris() -> Self {
        Self(json!({ "sub": "arie", "rollen": ["archivaris"] }))
    }

    /// A privacy officer with this name, who may ask for inzage and judge what others ask.
    pub fn privacyfunctionaris(naam: &str) -> Self {
        let scope = "inzage:aanvragen inzage:goedkeuren inzage:lezen";
        Self(json!({ "sub": naam, "rollen": ["privacyfunctionaris"], "scope": scope }))
    }

    /// The service that sends messages.
    pub fn outputmanagement() -> Self {
        Self(json!({ "sub": "verzender", "rollen": ["outputmanagement"] }))
    }

    /// Somebody who leads these teams.
    pub fn teamleider(teams: &[uuid::Uuid]) -> Self {
        Self(json!({ "sub": "tess", "rollen": ["teamleider"], "teams": teams }))
    }

    /// An analyst.
    pub fn analist() -> Self {
        Self(json!({ "sub": "ana", "rollen": ["analist"] }))
    }

    /// The persona as a member of these teams, and as these actoren.
    pub fn with(mut self, teams: &[uuid::Uuid], actoren: &[uuid::Uuid]) -> Self {
        self.0["teams"] = json!(teams);
        self.0["actoren"] = json!(actoren);
        self
    }

    /// Who a token of this persona names.
    pub fn identity(&self) -> Identity {
        fn claim<T: DeserializeOwned + Default>(persona: &Value, name: &str) -> T {
            let value = persona.get(name).cloned();
            value.map_or_else(T::default, |value| serde_json::from_value(value).expect("a claim"))
        }
        let zaken: BTreeSet<String> = claim(&self.0, "zaken");
        let scopes = match &self.0["scope"] {
            Value::String(scopes) => scopes.split(' ').map(str::to_owned).collect(),
            _ => BTreeSet::new(),
        };
        Identity {
            subject: claim(&self.0, "sub"),
            scopes,
            doelbinding: claim(&self.0, "doelbinding"),
            klant: claim(&self.0, "klant"),
            actoren: claim(&self.0, "actoren"),
            teams: claim(&self.0, "teams"),
            zaken: zaken.into_iter().map(|zaak| zaak.to_lowercase()).collect(),
            ..Identity::of_rollen(claim::<Vec<Rol>>(&self.0, "rollen"))
        }
    }

    /// The persona with another claim.
    pub fn claim(mut self, name: &str, value: Value) -> Self {
        self.0[name] = value;
        self
    }
}

impl Issuer {
    /// An issuer with a key of its own.
    pub fn new(clock: &SharedClock) -> Self {
        let signing = SigningKey::from_slice(&[42; 32]).expect("a key");
        let der = signing.to_pkcs8_der().expect("DER");
        let key = EncodingKey::from_ec_der(der.as_bytes());
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).expect("a JWK");
        jwk.common.key_id = Some(KID.to_owned());
        Self { key, jwk, now: clock.now().timestamp() }
    }

    /// Its public key, as a key set.
    pub fn jwks(&self) -> String {
        json!({ "keys": [self.jwk] }).to_string()
    }

    /// What validates its tokens.
    pub fn validator(&self, clock: &SharedClock) -> Arc<TokenValidator> {
        let settings = TokenSettings::new(ISSUER, AUDIENCE, KeySource::Fixed(self.jwks()));
        Arc::new(TokenValidator::new([settings], Arc::clone(clock)).expect("a validator"))
    }

    /// A token for a persona.
    pub fn token(&self, persona: &Persona) -> String {
        let mut claims = persona.0.clone();
        let own = json!({
            "iss": ISSUER, "aud": AUDIENCE, "azp": "test", "jti": "1",
            "iat": self.now - 10, "exp": self.now + 3000
        });
        let fields = claims.as_object_mut().expect("an object");
        for (name, value) in own.as_object().expect("an object") {
            fields.entry(name).or_insert_with(|| value.clone());
        }
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(KID.to_owned());
        encode(&header, &claims, &self.key).expect("a token")
    }
}
