//! Tokens that must not let anybody in, each at both interfaces.

use access::TokenError;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::uitgever::{Sleutel, Uitgever, deel};
use super::{Antwoord, Opstelling};

/// The object with these names otherwise; null takes one away.
fn met(mut value: Value, changes: &Value) -> Value {
    let names = value.as_object_mut().expect("an object");
    for (name, change) in changes.as_object().expect("an object") {
        if change.is_null() {
            names.remove(name);
        } else {
            names.insert(name.clone(), change.clone());
        }
    }
    value
}

/// A refusal as it should be: 401, a problem, and how to do it right.
fn geweigerd(what: &str, reden: TokenError, antwoorden: &[Antwoord; 2]) {
    for answer in antwoorden {
        // For this reason and no other: else the case would tell nothing of what it names.
        assert_eq!(answer.body["detail"], reden.to_string(), "{what}: {answer:?}");
        assert_eq!(answer.status, 401, "{what}: {answer:?}");
        assert_eq!(answer.content_type, "application/problem+json", "{what}");
        let challenge = answer.challenge.as_deref().unwrap_or_default();
        assert!(challenge.starts_with("Bearer realm="), "{what}: {answer:?}");
        assert_eq!(answer.body["status"], 401, "{what}");
        assert!(answer.body.get("data").is_none(), "{what}: {answer:?}");
    }
}

async fn weigert(opstelling: &Opstelling, tokens: Vec<(&str, TokenError, String)>) {
    for (what, reden, token) in tokens {
        let header = format!("Bearer {token}");
        geweigerd(what, reden, &opstelling.antwoorden("", &[&header]).await);
    }
    // That it was the token: a good one gets in still.
    let good = opstelling.eigen.sleutel().teken(&opstelling.claims());
    assert_eq!(opstelling.statussen(&good).await, [200, 200]);
}

#[tokio::test]
async fn a_good_token_of_every_accepted_kind_gets_in() {
    let opstelling = Opstelling::start().await;
    let (eigen, claims) = (&opstelling.eigen, opstelling.claims());
    let ec = eigen.sleutel();
    let rs = Sleutel::rsa(Algorithm::RS256, "rs");
    let ps = Sleutel::rsa(Algorithm::PS256, "ps");
    eigen.geeft(&[ec.clone(), rs.clone(), ps.clone()]);
    let client = json!({ "azp": null, "client_id": super::TOEPASSING });
    for (what, token) in [
        ("ES256", ec.teken(&claims)),
        ("RS256", rs.teken(&claims)),
        ("PS256", ps.teken(&claims)),
        ("typ JWT", ec.teken_als(&met(ec.header(), &json!({ "typ": "JWT" })), &claims)),
        ("one aud", ec.teken(&met(claims.clone(), &json!({ "aud": "klantbeeld" })))),
        ("client_id of RFC 9068", ec.teken(&met(claims.clone(), &client))),
        ("30 s ahead", ec.teken(&met(claims.clone(), &later(&opstelling, 30)))),
    ] {
        assert_eq!(opstelling.statussen(&token).await, [200, 200], "{what}");
    }
}

fn later(opstelling: &Opstelling, seconds: i64) -> Value {
    let now = clock::Clock::now(&*opstelling.klok).timestamp();
    json!({ "iat": now + seconds, "nbf": now + seconds, "exp": now + 600 })
}

#[tokio::test]
async fn what_a_token_says_must_be_right() {
    let opstelling = Opstelling::start().await;
    let (eigen, andere) = (opstelling.eigen.sleutel(), opstelling.andere.sleutel());
    let now = clock::Clock::now(&*opstelling.klok).timestamp();
    let teken = |changes: Value| eigen.teken(&met(opstelling.claims(), &changes));
    let foreign = json!({ "iss": opstelling.andere.url() });
    weigert(
        &opstelling,
        vec![
            ("expired", TokenError::Time, teken(json!({ "iat": now - 600, "exp": now - 30 }))),
            ("not yet valid", TokenError::Time, teken(json!({ "nbf": now + 31 }))),
            ("made in the future", TokenError::Time, teken(later(&opstelling, 31))),
            ("valid for too long", TokenError::Time, teken(json!({ "exp": now + 3601 }))),
            ("no exp", TokenError::Claims, teken(json!({ "exp": null }))),
            ("no iat", TokenError::Claims, teken(json!({ "iat": null }))),
            ("no jti", TokenError::Claims, teken(json!({ "jti": null }))),
            ("right key, wrong issuer", TokenError::Key, teken(foreign.clone())),
            (
                "right key, unknown issuer",
                TokenError::Issuer,
                teken(json!({ "iss": "https://id.example.nl" })),
            ),
            ("no issuer", TokenError::Issuer, teken(json!({ "iss": null }))),
            ("two issuers", TokenError::Issuer, teken(json!({ "iss": [opstelling.eigen.url()] }))),
            ("another issuer's key", TokenError::Key, andere.teken(&opstelling.claims())),
        ],
    )
    .await;
    let good = andere.teken(&met(opstelling.claims(), &foreign));
    assert_eq!(opstelling.statussen(&good).await, [200, 200], "the other issuer's own");
}

#[tokio::test]
async fn a_token_must_be_for_us_and_of_an_application_that_is_allowed() {
    let opstelling = Opstelling::start().await;
    let eigen = opstelling.eigen.sleutel();
    let teken = |changes: Value| eigen.teken(&met(opstelling.claims(), &changes));
    weigert(
        &opstelling,
        vec![
            ("no aud", TokenError::Claims, teken(json!({ "aud": null }))),
            ("another aud", TokenError::Audience, teken(json!({ "aud": "elders" }))),
            (
                "an array of aud without ours",
                TokenError::Audience,
                teken(json!({ "aud": ["elders", "klantbeeld2"] })),
            ),
            ("azp not allowed", TokenError::Application, teken(json!({ "azp": "onbekend" }))),
            ("no azp", TokenError::Claims, teken(json!({ "azp": null }))),
            (
                "azp and client_id differ",
                TokenError::Claims,
                teken(json!({ "client_id": "onbekend" })),
            ),
            ("an ID token by its nonce", TokenError::Type, teken(json!({ "nonce": "n" }))),
            ("an ID token by its hash", TokenError::Type, teken(json!({ "at_hash": "h" }))),
            (
                "an ID token by its aud",
                TokenError::Type,
                teken(json!({ "aud": ["klantbeeld", "kcc-desk"] })),
            ),
            ("an ID token by its typ", TokenError::Type, teken(json!({ "typ": "ID" }))),
        ],
    )
    .await;
}

#[tokio::test]
async fn how_a_token_is_signed_must_be_right() {
    let opstelling = Opstelling::start().await;
    let rsa = Sleutel::rsa(Algorithm::RS256, "rsa");
    let ec = opstelling.eigen.sleutel();
    opstelling.eigen.geeft(&[ec.clone(), rsa.clone()]);
    let claims = opstelling.claims();
    let als = |changes: Value| ec.teken_als(&met(ec.header(), &changes), &claims);
    let good = ec.teken(&claims);
    let (message, signature) = good.rsplit_once('.').expect("three parts");
    let eigen_jwk = Sleutel::ec(9, ec.kid());
    weigert(
        &opstelling,
        vec![
            ("alg none", TokenError::Algorithm, zonder_handtekening(&ec, &claims)),
            (
                "HS256 with the public key",
                TokenError::Algorithm,
                met_openbare_sleutel(&rsa, &claims),
            ),
            (
                "an algorithm that is not the key's",
                TokenError::Algorithm,
                als(json!({ "kid": "rsa" })),
            ),
            (
                "an algorithm that is not allowed",
                TokenError::Algorithm,
                als(json!({ "alg": "ES384" })),
            ),
            ("unknown kid", TokenError::Key, als(json!({ "kid": "onbekend" }))),
            ("no kid", TokenError::Key, als(json!({ "kid": null }))),
            (
                "kid of another issuer",
                TokenError::Key,
                als(json!({ "kid": opstelling.andere.sleutel().kid() })),
            ),
            ("our kid, another key", TokenError::Signature, eigen_jwk.teken(&claims)),
            ("crit", TokenError::Header, als(json!({ "crit": ["exp"], "exp": 1 }))),
            ("no typ", TokenError::Type, als(json!({ "typ": null }))),
            ("a typ of something else", TokenError::Type, als(json!({ "typ": "logout+jwt" }))),
            ("signature stripped", TokenError::Signature, format!("{message}.")),
            ("signature cut off", TokenError::Malformed, message.to_owned()),
            (
                "signature of something else",
                TokenError::Signature,
                verwisseld(&ec, &claims, signature),
            ),
            ("encrypted", TokenError::Malformed, versleuteld()),
        ],
    )
    .await;
}

#[tokio::test]
async fn no_key_comes_from_a_token() {
    let opstelling = Opstelling::start().await;
    let aanvaller = Uitgever::start(3).await;
    let (ec, claims) = (opstelling.eigen.sleutel(), opstelling.claims());
    let vals = |header: Value| aanvaller.sleutel().teken_als(&met(ec.header(), &header), &claims);
    let jku = json!({ "jku": format!("{}/jwks", aanvaller.url()) });
    let x5u = json!({ "x5u": format!("{}/jwks", aanvaller.url()) });
    weigert(
        &opstelling,
        vec![
            ("jku to an attacker", TokenError::Header, vals(jku)),
            ("x5u to an attacker", TokenError::Header, vals(x5u)),
            (
                "a key of the attacker",
                TokenError::Header,
                vals(json!({ "jwk": aanvaller.sleutel().jwk() })),
            ),
            ("a certificate of the attacker", TokenError::Header, vals(json!({ "x5c": ["MIIB"] }))),
        ],
    )
    .await;
    assert_eq!(aanvaller.gevraagd(), 0, "nobody asks an address that a token names");
}

fn zonder_handtekening(ec: &Sleutel, claims: &Value) -> String {
    let header = met(ec.header(), &json!({ "alg": "none" }));
    format!("{}.{}.", deel(&header.to_string()), deel(&claims.to_string()))
}

/// Signed with the public key as if it were a secret.
fn met_openbare_sleutel(rsa: &Sleutel, claims: &Value) -> String {
    let header = met(rsa.header(), &json!({ "alg": "HS256" }));
    let message = format!("{}.{}", deel(&header.to_string()), deel(&claims.to_string()));
    let secret = EncodingKey::from_secret(rsa.jwk()["n"].as_str().expect("n").as_bytes());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &secret, Algorithm::HS256);
    format!("{message}.{}", signature.expect("a signature"))
}

/// Other claims under the signature of a good token.
fn verwisseld(ec: &Sleutel, claims: &Value, signature: &str) -> String {
    let claims = met(claims.clone(), &json!({ "rollen": ["beheerder"] }));
    format!("{}.{}.{signature}", deel(&ec.header().to_string()), deel(&claims.to_string()))
}

/// Five parts, for a key that we do not have.
fn versleuteld() -> String {
    let header = json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "rsa" }).to_string();
    [deel(&header), deel("sleutel"), deel("iv"), deel("inhoud"), deel("tag")].join(".")
}

#[tokio::test]
async fn a_token_is_short_and_everything_in_it_stands_there_once() {
    let opstelling = Opstelling::start().await;
    let ec = opstelling.eigen.sleutel();
    let (claims, header) = (opstelling.claims().to_string(), ec.header().to_string());
    let twice = |text: &str, more: &str| format!("{},{more}}}", text.trim_end_matches('}'));
    let groot = |bytes: usize| {
        ec.teken(&met(opstelling.claims(), &json!({ "opvulling": "x".repeat(bytes) })))
    };
    let dubbel = |more: &str| ec.teken_tekst(&header, &twice(&claims, more));
    weigert(
        &opstelling,
        vec![
            ("two aud", TokenError::Claims, dubbel("\"aud\":\"klantbeeld\"")),
            ("two rollen", TokenError::Claims, dubbel("\"rollen\":[\"beheerder\"]")),
            ("two of a claim that we do not read", TokenError::Claims, dubbel("\"x\":1,\"x\":2")),
            ("two in a claim", TokenError::Claims, dubbel("\"x\":{\"y\":1,\"y\":2}")),
            (
                "two kid",
                TokenError::Malformed,
                ec.teken_tekst(&twice(&header, "\"kid\":\"sleutel-1\""), &claims),
            ),
            ("no JSON", TokenError::Claims, ec.teken_tekst(&header, "{")),
            ("no object", TokenError::Malformed, ec.teken_tekst(&header, "[]")),
            ("17 KiB", TokenError::Malformed, groot(17 * 1024)),
            ("1 MiB", TokenError::Malformed, groot(1024 * 1024)),
            ("no token at all", TokenError::Malformed, "x".to_owned()),
            ("an empty token", TokenError::Malformed, String::new()),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_token_stands_in_one_header_and_nowhere_else() {
    let opstelling = Opstelling::start().await;
    let good = opstelling.eigen.sleutel().teken(&opstelling.claims());
    let header = format!("Bearer {good}");
    geweigerd("no token", TokenError::Missing, &opstelling.antwoorden("", &[]).await);
    geweigerd(
        "two headers",
        TokenError::Malformed,
        &opstelling.antwoorden("", &[&header, &header]).await,
    );
    geweigerd(
        "another scheme",
        TokenError::Malformed,
        &opstelling.antwoorden("", &[&format!("Basic {good}")]).await,
    );
    let query = format!("?access_token={good}");
    geweigerd("in the query", TokenError::Missing, &opstelling.antwoorden(&query, &[]).await);
}
