//! Signatures that were right. Checking one costs more than all else that is done with a token, and a
//! bearer sends the same token with every request. Only the signature is remembered, never what came of
//! the token: issuer, audience and time are judged every time.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use sha2::{Digest as _, Sha256};

use super::Signed;
use crate::algorithm::SignatureAlgorithm;

/// Signatures that are remembered, for each issuer: those used last.
const REMEMBERED_MAX: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// What stands for a key, an algorithm, a text and its signature together; nobody finds another four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    /// That of what is signed, under the key and algorithm with which it is checked.
    pub(super) fn of((kid, algorithm): (&str, SignatureAlgorithm), signed: Signed<'_>) -> Self {
        let mut hasher = Sha256::new();
        for part in [kid, algorithm.name(), signed.message, signed.signature] {
            // With the length before it no part can run on into the next.
            hasher.update(part.len().to_be_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

/// The signatures that were right.
#[derive(Debug)]
pub(super) struct Checked(Mutex<LruCache<Digest, ()>>);

impl Default for Checked {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(REMEMBERED_MAX)))
    }
}

impl Checked {
    /// Whether this one was right.
    pub(super) fn has(&self, digest: &Digest) -> bool {
        self.locked().get(digest).is_some()
    }

    /// Remembers one that was.
    pub(super) fn add(&self, digest: Digest) {
        self.locked().put(digest, ());
    }

    fn locked(&self) -> MutexGuard<'_, LruCache<Digest, ()>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_text_signature_key_and_algorithm_are_known() {
        let checked = Checked::default();
        let known = (("k", SignatureAlgorithm::Es256), ("ab", "cd"));
        let digest = |((kid, algorithm), (message, signature)): ((&str, _), (&str, &str))| {
            Digest::of((kid, algorithm), Signed { message, signature })
        };
        checked.add(digest(known));
        assert!(checked.has(&digest(known)));
        for other in [
            (("l", SignatureAlgorithm::Es256), ("ab", "cd")),
            (("k", SignatureAlgorithm::Es384), ("ab", "cd")),
            (("k", SignatureAlgorithm::Es256), ("abc", "d")),
            (("k", SignatureAlgorithm::Es256), ("ab", "ce")),
        ] {
            assert!(!checked.has(&digest(other)), "{other:?}");
        }
    }
}
