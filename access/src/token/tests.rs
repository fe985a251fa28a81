use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use clock::{Clock, FixedClock, SharedClock};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use p256::ecdsa::SigningKey;
use p256::pkcs8::EncodePrivateKey;
use serde_json::{Value, json};
use uuid::Uuid;

use super::parts::TOKEN_MAX_BYTES;
use super::*;
use crate::identity::Rol;

const NOW: i64 = 1_780_000_000;

struct Issuer {
    key: EncodingKey,
    kid: &'static str,
}

impl Issuer {
    fn new(seed: u8, kid: &'static str) -> (Self, Value) {
        let signing = SigningKey::from_slice(&[seed; 32]).expect("a key");
        let der = signing.to_pkcs8_der().expect("DER");
        let key = EncodingKey::from_ec_der(der.as_bytes());
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::ES256).expect("a JWK");
        jwk.common.key_id = Some(kid.to_owned());
        let jwk = serde_json::to_value(jwk).expect("JSON");
        (Self { key, kid }, jwk)
    }

    fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.kid.to_owned());
        let token = encode(&header, claims, &self.key).expect("a token");
        format!("Bearer {token}")
    }
}

fn claims() -> Value {
    json!({
        "iss": "urn:test:issuer", "aud": ["klantbeeld"], "sub": "nicole", "azp": "kcc-desk",
        "jti": "1", "iat": NOW - 60, "exp": NOW + 600, "rollen": ["kcc"], "scope": "bsn:lezen",
        "zaken": ["ZAAK-1"]
    })
}

fn with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().expect("an object") {
        if value.is_null() {
            claims.as_object_mut().expect("an object").remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

fn setup() -> (TokenValidator, Issuer) {
    let now: DateTime<Utc> = DateTime::from_timestamp(NOW, 0).expect("a moment");
    setup_at(Arc::new(FixedClock::new(now)))
}

fn setup_at(clock: SharedClock) -> (TokenValidator, Issuer) {
    let (issuer, jwk) = Issuer::new(7, "key-1");
    let settings = TokenSettings {
        applications: BTreeSet::from(["kcc-desk".to_owned()]),
        ..TokenSettings::new(
            "urn:test:issuer",
            "klantbeeld",
            KeySource::Fixed(json!({ "keys": [jwk] }).to_string()),
        )
    };
    (TokenValidator::new([settings], clock).expect("a validator"), issuer)
}

#[tokio::test]
async fn a_good_token_tells_who_asks() {
    let (validator, issuer) = setup();
    let identity = validator.validate(Some(&*issuer.sign(&claims()))).await.expect("accepted");
    assert_eq!(identity.subject, "nicole");
    assert!(identity.has(Rol::Kcc) && !identity.has(Rol::Burger));
    assert!(identity.may("bsn:lezen"));
    assert!(identity.works_on("zaak-1") && identity.works_on("ZAAK-1"));
}

/// A clock that is put forward by hand; its seconds.
#[derive(Debug)]
struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::Relaxed), 0).expect("a moment")
    }

    fn new_id(&self) -> Uuid {
        Uuid::nil()
    }
}

#[tokio::test]
async fn a_token_that_was_good_is_judged_again_every_time() {
    let clock = Arc::new(HandClock(AtomicI64::new(NOW)));
    let (validator, issuer) = setup_at(Arc::clone(&clock) as SharedClock);
    let token = issuer.sign(&claims());
    for _ in 0..2 {
        assert!(validator.validate(Some(&*token)).await.is_ok());
    }
    // The signature is known now: of this text, and of no other.
    let (text, signature) = token.rsplit_once('.').expect("three parts");
    let other = issuer.sign(&with(json!({ "sub": "somebody" })));
    let (other, _) = other.rsplit_once('.').expect("three parts");
    let moved = validator.validate(Some(&*format!("{other}.{signature}"))).await;
    assert_eq!(moved, Err(TokenError::Signature));
    let cut = validator.validate(Some(&*format!("{text}.{}", &signature[..80]))).await;
    assert_eq!(cut, Err(TokenError::Signature));
    clock.0.store(NOW + TOKEN_LIFETIME_MAX_SECONDS + 31, Ordering::Relaxed);
    assert_eq!(validator.validate(Some(&*token)).await, Err(TokenError::Time));
}

#[tokio::test]
async fn what_is_wrong_with_the_claims_is_refused() {
    let (validator, issuer) = setup();
    let cases = [
        (json!({ "iss": "urn:other" }), TokenError::Issuer),
        (json!({ "aud": "someone-else" }), TokenError::Audience),
        (json!({ "aud": null }), TokenError::Claims),
        (json!({ "exp": NOW - 31 }), TokenError::Time),
        (json!({ "exp": null }), TokenError::Claims),
        (json!({ "iat": NOW + 31, "exp": NOW + 600 }), TokenError::Time),
        (json!({ "nbf": NOW + 31 }), TokenError::Time),
        (json!({ "exp": NOW + TOKEN_LIFETIME_MAX_SECONDS }), TokenError::Time),
        (json!({ "azp": "unknown-app" }), TokenError::Application),
        (json!({ "azp": null }), TokenError::Claims),
        (json!({ "jti": null }), TokenError::Claims),
        (json!({ "rollen": null }), TokenError::Claims),
        (json!({ "rollen": ["koning"] }), TokenError::Claims),
        (json!({ "rollen": ["burger"] }), TokenError::Claims),
        (json!({ "klant": { "bsn": "999990019" } }), TokenError::Claims),
        (
            json!({ "rollen": ["burger", "kcc"], "klant": { "bsn": "999990019" } }),
            TokenError::Claims,
        ),
    ];
    for (changes, expected) in cases {
        let token = issuer.sign(&with(changes.clone()));
        assert_eq!(validator.validate(Some(&*token)).await, Err(expected), "{changes}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_signature_is_refused() {
    let (validator, issuer) = setup();
    let good = issuer.sign(&claims());
    let (stranger, _) = Issuer::new(9, "key-1");
    let (unknown, _) = Issuer::new(7, "key-2");
    assert_eq!(
        validator.validate(Some(&*stranger.sign(&claims()))).await,
        Err(TokenError::Signature)
    );
    assert_eq!(validator.validate(Some(&*unknown.sign(&claims()))).await, Err(TokenError::Key));

    let body = good.split('.').nth(1).expect("a body");
    // {"alg":"none","kid":"key-1"} and {"alg":"HS256","kid":"key-1"}, without a signature of ours.
    for (header, expected) in [
        ("eyJhbGciOiJub25lIiwia2lkIjoia2V5LTEifQ", TokenError::Algorithm),
        ("eyJhbGciOiJIUzI1NiIsImtpZCI6ImtleS0xIn0", TokenError::Algorithm),
    ] {
        let forged = format!("Bearer {header}.{body}.AAAA");
        assert_eq!(validator.validate(Some(&*forged)).await, Err(expected));
    }
    let stripped = good.rsplit_once('.').expect("three parts").0;
    assert!(validator.validate(Some(&*format!("{stripped}."))).await.is_err());
}

#[tokio::test]
async fn what_is_no_bearer_token_is_refused() {
    let (validator, issuer) = setup();
    let good = issuer.sign(&claims());
    assert_eq!(validator.validate(None).await, Err(TokenError::Missing));
    assert_eq!(validator.validate(Some("Basic abc")).await, Err(TokenError::Malformed));
    assert_eq!(validator.validate(Some("Bearer")).await, Err(TokenError::Malformed));
    let long = format!("{good}{}", "A".repeat(TOKEN_MAX_BYTES));
    assert_eq!(validator.validate(Some(&*long)).await, Err(TokenError::Malformed));
}
