//! How a registered document is named: by the SHA-256 of its text, as the draft "GraphQL over HTTP"
//! has it (appendix "Persisted Documents").

use std::fmt::{self, Write as _};
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// What stands before the digits.
const PREFIX: &str = "sha256:";
/// Bytes of a SHA-256.
const HASH_BYTES: usize = 32;

/// The name of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId([u8; HASH_BYTES]);

/// A text that names no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a document is named by sha256: and 64 hexadecimal digits in lower case")]
pub struct NoDocumentId;

impl DocumentId {
    /// The name of a document with this text, to the letter.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The digits alone, as they are stored.
    #[must_use]
    pub fn hash(&self) -> String {
        self.0.iter().fold(String::with_capacity(2 * HASH_BYTES), |mut text, byte| {
            // Writing to a text does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The name with these digits.
    ///
    /// # Errors
    /// When they are not 64 hexadecimal digits in lower case.
    pub fn from_hash(hash: &str) -> Result<Self, NoDocumentId> {
        let digit = |byte: &u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(NoDocumentId),
        };
        let (pairs, rest) = hash.as_bytes().as_chunks::<2>();
        let bytes: Result<Vec<u8>, NoDocumentId> =
            pairs.iter().map(|[high, low]| Ok(digit(high)? << 4 | digit(low)?)).collect();
        match <[u8; HASH_BYTES]>::try_from(bytes?) {
            Ok(bytes) if rest.is_empty() => Ok(Self(bytes)),
            Ok(_) | Err(_) => Err(NoDocumentId),
        }
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.hash())
    }
}

impl FromStr for DocumentId {
    type Err = NoDocumentId;

    fn from_str(text: &str) -> Result<Self, NoDocumentId> {
        Self::from_hash(text.strip_prefix(PREFIX).ok_or(NoDocumentId)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_the_name_that_the_draft_gives_it() {
        // The example of the draft.
        let id = DocumentId::of("query ($id: ID!) {\n  user(id: $id) {\n    name\n  }\n}");
        let name = "sha256:7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e";
        assert_eq!(id.to_string(), name);
        assert_eq!(name.parse(), Ok(id));
        assert_eq!(DocumentId::from_hash(&id.hash()), Ok(id));
    }

    #[test]
    fn anything_else_is_no_name() {
        let hash = DocumentId::of("").hash();
        for wrong in [
            "",
            "sha256:",
            &hash,
            &format!("sha256:{}", hash.to_uppercase()),
            &format!("sha256:{hash}0"),
            &format!("sha256:{hash}00"),
            &format!("sha256:{}", &hash[1..]),
            &format!("md5:{hash}"),
            &format!("sha256:{}é", &hash[2..]),
        ] {
            assert_eq!(wrong.parse::<DocumentId>(), Err(NoDocumentId), "{wrong}");
        }
    }
}
