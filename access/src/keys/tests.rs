use serde_json::json;

use super::*;

/// An RSA key of so many bits, of which nobody has the other half.
fn rsa(bits: usize) -> Value {
    let mut modulus = vec![0xff; bits / 8];
    modulus[0] = 0x80;
    json!({ "kty": "RSA", "kid": "k", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode(modulus) })
}

fn with(mut key: Value, name: &str, value: Value) -> Value {
    key[name] = value;
    key
}

/// The algorithms that a set of this one key is used for.
fn used_for(key: Value) -> Option<Vec<&'static str>> {
    let text = json!({ "keys": [key] }).to_string();
    let set = KeySet::parse(text.as_bytes(), &SignatureAlgorithm::DEFAULT.into()).ok()?;
    assert!(set.has("k"));
    Some(set.keys[0].algorithms.iter().map(|algorithm| algorithm.name()).collect())
}

#[test]
fn a_key_is_used_for_what_it_is_made_for_and_nothing_else() {
    let point = ["x", "y"].map(|name| (name, json!(URL_SAFE_NO_PAD.encode([7; 32]))));
    let ec = |curve: &str| {
        let key = json!({ "kty": "EC", "kid": "k", "crv": curve });
        point.iter().fold(key, |key, (name, value)| with(key, name, value.clone()))
    };
    assert_eq!(used_for(rsa(2048)), Some(vec!["PS256", "RS256"]));
    assert_eq!(used_for(with(rsa(2048), "alg", json!("PS256"))), Some(vec!["PS256"]));
    assert_eq!(used_for(with(rsa(2048), "use", json!("sig"))), Some(vec!["PS256", "RS256"]));
    assert_eq!(used_for(ec("P-256")), Some(vec!["ES256"]));
    for (why, key) in [
        ("too short", rsa(2040)),
        ("for encryption", with(rsa(2048), "use", json!("enc"))),
        ("for something else", with(rsa(2048), "key_ops", json!(["encrypt"]))),
        ("no name", with(rsa(2048), "kid", json!(null))),
        ("an empty name", with(rsa(2048), "kid", json!(""))),
        ("an algorithm of another kind", with(rsa(2048), "alg", json!("ES256"))),
        ("an algorithm that is not allowed", with(rsa(2048), "alg", json!("RS512"))),
        ("an algorithm that does not sign", with(rsa(2048), "alg", json!("RSA-OAEP"))),
        ("a curve that is not allowed", ec("P-384")),
        ("a secret", json!({ "kty": "oct", "kid": "k", "k": "c2VjcmV0", "alg": "HS256" })),
    ] {
        assert_eq!(used_for(key), None, "{why}");
    }
}

#[test]
fn a_key_that_is_not_understood_does_not_spoil_the_others() {
    let text = json!({ "keys": [{ "kty": "AKP", "kid": "pq" }, 7, rsa(2048)] }).to_string();
    let set = KeySet::parse(text.as_bytes(), &SignatureAlgorithm::DEFAULT.into()).expect("a set");
    assert!(set.has("k") && !set.has("pq"));
    for text in ["", "[]", "{}", "{\"keys\": 1}"] {
        let refused = KeySet::parse(text.as_bytes(), &SignatureAlgorithm::DEFAULT.into());
        assert!(matches!(refused, Err(KeySetError::Malformed(_))), "{text}");
    }
}
