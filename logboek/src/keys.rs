//! The keys of the logbook: one that is used now, and those that were. They are not in the database,
//! so whoever has only that can neither know a betrokkene by its pseudonym nor forge a line.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

/// Bytes of a secret.
const SECRET_BYTES: usize = 32;
/// Bytes that HMAC-SHA-256 takes as a key.
const BLOCK_BYTES: usize = 64;
/// Longest name of a key, in characters.
const NAME_MAX: usize = 32;
/// What a pseudonym is, for whoever reads one; the name of the key follows.
const SOORT: &str = "urn:klantbeeld:pseudoniem:";

/// Why a file of keys cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SleutelError {
    /// There is no key in it.
    #[error("there is no key in the file; `klantbeeld logboek sleutel NAME` prints one")]
    Empty,
    /// A line is no key.
    #[error(
        "line {line} is no key; it has the form NAME SECRET, the name in lower case letters, digits \
         and hyphens, the secret in {} hexadecimal digits", SECRET_BYTES * 2
    )]
    Line {
        /// Number of the line, from 1.
        line: usize,
    },
    /// Two keys of one name.
    #[error("key {name} is named twice; give each key a name of its own")]
    Twice {
        /// The name.
        name: String,
    },
}

/// A key for HMAC.
type Subkey = [u8; BLOCK_BYTES];

/// One key, and what is derived from it for each use.
#[derive(Clone)]
pub(crate) struct Sleutel {
    pub(crate) naam: String,
    betrokkene: Subkey,
    keten: Subkey,
    document: Subkey,
}

impl std::fmt::Debug for Sleutel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sleutel({})", self.naam)
    }
}

impl Sleutel {
    fn new(naam: &str, secret: [u8; SECRET_BYTES]) -> Self {
        let secret = padded(secret);
        let derived = |label: &str| padded(digest(&secret, label.as_bytes()));
        Self {
            naam: naam.to_owned(),
            betrokkene: derived("betrokkene"),
            keten: derived("keten"),
            document: derived("document"),
        }
    }

    /// What the links of a chain are made with.
    pub(crate) fn chain(&self) -> Hmac<Sha256> {
        Hmac::new(&self.keten.into())
    }

    fn pseudoniem(&self, partij: Uuid) -> Pseudoniem {
        Pseudoniem {
            id: URL_SAFE_NO_PAD.encode(digest(&self.betrokkene, partij.as_bytes())),
            soort: format!("{SOORT}{}", self.naam),
        }
    }
}

fn padded(bytes: [u8; SECRET_BYTES]) -> Subkey {
    let mut key = [0; BLOCK_BYTES];
    key[..SECRET_BYTES].copy_from_slice(&bytes);
    key
}

fn digest(key: &Subkey, data: &[u8]) -> [u8; SECRET_BYTES] {
    let mut mac: Hmac<Sha256> = Hmac::new(&(*key).into());
    mac.update(data);
    mac.finalize().into_bytes().into()
}

/// What stands in the logbook for a partij: it says nothing to who has not the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pseudoniem {
    /// The pseudonym.
    pub id: String,
    /// What kind of pseudonym it is, with the name of its key.
    pub soort: String,
}

/// The keys: the first is used, the others are of before.
#[derive(Debug, Clone)]
pub struct Sleutels {
    now: Sleutel,
    before: Vec<Sleutel>,
}

impl Sleutels {
    /// Reads a file: a key a line, the one that is used now first. Empty lines and those that begin
    /// with `#` say nothing.
    ///
    /// # Errors
    /// When a line is no key, or there is none; nothing of a secret is in the error.
    pub fn parse(text: &str) -> Result<Self, SleutelError> {
        let mut found: Vec<Sleutel> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key = key(line).ok_or(SleutelError::Line { line: index + 1 })?;
            if found.iter().any(|known| known.naam == key.naam) {
                return Err(SleutelError::Twice { name: key.naam });
            }
            found.push(key);
        }
        let mut found = found.into_iter();
        let now = found.next().ok_or(SleutelError::Empty)?;
        Ok(Self { now, before: found.collect() })
    }

    /// A line for a file of keys.
    #[must_use]
    pub fn line(naam: &str, secret: [u8; SECRET_BYTES]) -> String {
        let digits: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{naam} {digits}")
    }

    /// The key that is used now.
    pub(crate) fn now(&self) -> &Sleutel {
        &self.now
    }

    /// The key of this name.
    pub(crate) fn named(&self, naam: &str) -> Option<&Sleutel> {
        std::iter::once(&self.now).chain(&self.before).find(|key| key.naam == naam)
    }

    /// What stands in new lines for a partij.
    #[must_use]
    pub fn pseudoniem(&self, partij: Uuid) -> Pseudoniem {
        self.now.pseudoniem(partij)
    }

    /// What stands for a partij in lines of now and of before.
    #[must_use]
    pub fn pseudoniemen(&self, partij: Uuid) -> Vec<String> {
        let all = std::iter::once(&self.now).chain(&self.before);
        all.map(|key| key.pseudoniem(partij).id).collect()
    }

    /// What stands for the text of a question, in which values may be written.
    pub(crate) fn document(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(digest(&self.now.document, text.as_bytes()))
    }
}

fn key(line: &str) -> Option<Sleutel> {
    let (naam, secret) = line.split_once(char::is_whitespace)?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let named = (1..=NAME_MAX).contains(&naam.len()) && naam.chars().all(plain);
    named.then(|| Some(Sleutel::new(naam, bytes(secret.trim())?)))?
}

fn bytes(text: &str) -> Option<[u8; SECRET_BYTES]> {
    if text.len() != SECRET_BYTES * 2 || !text.is_ascii() {
        return None;
    }
    let byte = |at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..SECRET_BYTES).map(|index| byte(index * 2)).collect();
    bytes?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "a 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const B: &str = "b 100102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn a_pseudonym_is_that_of_one_partij_under_one_key() {
        let (old, partij) = (Sleutels::parse(A).expect("keys"), Uuid::from_u128(7));
        let was = old.pseudoniem(partij);
        assert_eq!(was, old.pseudoniem(partij));
        assert_ne!(was, old.pseudoniem(Uuid::from_u128(8)));
        let rotated = Sleutels::parse(&format!("# since today\n{B}\n\n{A}\n")).expect("keys");
        let now = rotated.pseudoniem(partij);
        assert_ne!(now.id, was.id);
        assert_eq!(now.soort, "urn:klantbeeld:pseudoniem:b");
        assert_eq!(rotated.pseudoniemen(partij), [now.id, was.id]);
    }

    #[test]
    fn a_file_without_a_good_key_is_refused_without_telling_it() {
        assert_eq!(Sleutels::parse("# none\n").err(), Some(SleutelError::Empty));
        for wrong in ["a", "a 00", "A 00", &A[..60], &A.replace('1', "x"), &format!("é{A}")] {
            let refused = Sleutels::parse(wrong).expect_err("no key");
            assert_eq!(refused, SleutelError::Line { line: 1 }, "{wrong}");
        }
        let twice = Sleutels::parse(&format!("{A}\n{A}")).expect_err("twice");
        assert_eq!(twice, SleutelError::Twice { name: "a".to_owned() });
        let keys = Sleutels::parse(A).expect("keys");
        assert!(!format!("{keys:?}").contains("0102"));
    }

    #[test]
    fn a_line_that_is_made_can_be_read() {
        let line = Sleutels::line("2026", [0xa0; SECRET_BYTES]);
        assert!(Sleutels::parse(&line).is_ok(), "{line}");
    }
}
