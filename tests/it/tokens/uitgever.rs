//! An issuer that is asked for its keys, and that can be told to misbehave; and keys to sign with.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use p256::ecdsa::SigningKey;
use p256::pkcs8::EncodePrivateKey as _;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// An RSA key of 2048 bits, made for these tests.
const RSA: &[u8] = include_bytes!("rsa-2048.der");

/// A part of a token as it stands there.
pub fn deel(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// A key to sign with.
#[derive(Clone)]
pub struct Sleutel {
    kid: String,
    algorithm: Algorithm,
    key: EncodingKey,
}

impl Sleutel {
    /// A key for ES256; the same for the same seed.
    pub fn ec(seed: u8, kid: &str) -> Self {
        let signing = SigningKey::from_slice(&[seed; 32]).expect("a key");
        let key = EncodingKey::from_ec_der(signing.to_pkcs8_der().expect("DER").as_bytes());
        Self { kid: kid.to_owned(), algorithm: Algorithm::ES256, key }
    }

    /// The one RSA key, for this algorithm.
    pub fn rsa(algorithm: Algorithm, kid: &str) -> Self {
        Self { kid: kid.to_owned(), algorithm, key: EncodingKey::from_rsa_der(RSA) }
    }

    /// Its name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Its public half, as issuers give it.
    pub fn jwk(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.key, self.algorithm).expect("a JWK");
        let mut jwk = serde_json::to_value(jwk).expect("JSON");
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }

    /// The header of its tokens.
    pub fn header(&self) -> Value {
        json!({ "alg": format!("{:?}", self.algorithm), "kid": self.kid, "typ": "at+jwt" })
    }

    /// A token with these claims.
    pub fn teken(&self, claims: &Value) -> String {
        self.teken_als(&self.header(), claims)
    }

    /// A token with this header and these claims.
    pub fn teken_als(&self, header: &Value, claims: &Value) -> String {
        self.teken_tekst(&header.to_string(), &claims.to_string())
    }

    /// A token of parts that need be no JSON.
    pub fn teken_tekst(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", deel(header), deel(claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, self.algorithm);
        format!("{message}.{}", signature.expect("a signature"))
    }
}

/// How an issuer answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gedrag {
    /// As it should.
    Goed,
    /// Not at all.
    Stuk,
    /// With metadata of another issuer.
    AndereNaam,
    /// With a redirect to this address.
    Doorverwijzing(String),
    /// With more than anybody wants to read.
    Groot,
}

#[derive(Debug)]
struct Toestand {
    gedrag: Gedrag,
    jwks: Value,
    metadata: Value,
    gevraagd: usize,
}

type Gedeeld = Arc<Mutex<Toestand>>;

/// An issuer on this machine.
pub struct Uitgever {
    url: String,
    seed: u8,
    toestand: Gedeeld,
}

impl Uitgever {
    /// Starts one with keys of its own: `oud`, and `rsa` that goes with every seed.
    pub async fn start(seed: u8) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let toestand = Arc::new(Mutex::new(Toestand {
            gedrag: Gedrag::Goed,
            jwks: json!({}),
            metadata: json!({ "issuer": url, "jwks_uri": format!("{url}/jwks") }),
            gevraagd: 0,
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(jwks))
            .with_state(Arc::clone(&toestand));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let uitgever = Self { url, seed, toestand };
        uitgever.geeft(&[uitgever.sleutel()]);
        uitgever
    }

    /// Its name and address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The key with which it begins.
    pub fn sleutel(&self) -> Sleutel {
        Sleutel::ec(self.seed, &format!("sleutel-{}", self.seed))
    }

    /// A key with which it goes on.
    pub fn nieuwe_sleutel(&self) -> Sleutel {
        Sleutel::ec(self.seed + 100, &format!("nieuw-{}", self.seed))
    }

    /// From now on it has these keys.
    pub fn geeft(&self, sleutels: &[Sleutel]) {
        let keys: Vec<Value> = sleutels.iter().map(Sleutel::jwk).collect();
        self.toestand.lock().expect("a state").jwks = json!({ "keys": keys });
    }

    /// From now on it answers so.
    pub fn doet(&self, gedrag: Gedrag) {
        self.toestand.lock().expect("a state").gedrag = gedrag;
    }

    /// From now on it says that its keys are there.
    pub fn heeft_sleutels_op(&self, url: &str) {
        self.toestand.lock().expect("a state").metadata["jwks_uri"] = json!(url);
    }

    /// How often it was asked for anything.
    pub fn gevraagd(&self) -> usize {
        self.toestand.lock().expect("a state").gevraagd
    }
}

async fn metadata(State(gedeeld): State<Gedeeld>) -> Response {
    antwoord(&gedeeld, |toestand| toestand.metadata.clone())
}

async fn jwks(State(gedeeld): State<Gedeeld>) -> Response {
    antwoord(&gedeeld, |toestand| toestand.jwks.clone())
}

fn antwoord(gedeeld: &Gedeeld, goed: impl FnOnce(&Toestand) -> Value) -> Response {
    let mut toestand = gedeeld.lock().expect("a state");
    toestand.gevraagd += 1;
    let mut value = goed(&toestand);
    match &toestand.gedrag {
        Gedrag::Goed => {}
        Gedrag::Stuk => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Gedrag::AndereNaam => value["issuer"] = json!("https://id.example.nl"),
        Gedrag::Doorverwijzing(url) => return Redirect::temporary(url).into_response(),
        Gedrag::Groot => value["opvulling"] = json!("x".repeat(1024 * 1024)),
    }
    value.to_string().into_response()
}
