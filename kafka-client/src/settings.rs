//! How a connection to Kafka is protected.

use std::fmt;
use std::path::PathBuf;

/// How the connection is protected, and who we are to the broker.
#[derive(Debug, Clone, Default)]
pub struct Security {
    /// Whether the connection is encrypted.
    pub tls: Option<Tls>,
    /// Whether we log in.
    pub sasl: Option<Sasl>,
}

/// An encrypted connection. The broker's certificate and host name are always checked.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// File with the certificates that are trusted (PEM); `None` = those of the system.
    pub ca: Option<PathBuf>,
    /// Files with our own certificate and its key (PEM).
    pub client: Option<ClientCertificate>,
}

/// Our own certificate.
#[derive(Debug, Clone)]
pub struct ClientCertificate {
    /// File with the certificate, and those between it and the root (PEM).
    pub certificate: PathBuf,
    /// File with its key (PEM).
    pub key: PathBuf,
}

/// Logging in with a name and a password.
#[derive(Debug, Clone)]
pub struct Sasl {
    /// How.
    pub mechanism: SaslMechanism,
    /// Name.
    pub username: String,
    /// Password.
    pub password: Password,
}

/// How to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaslMechanism {
    /// The password itself goes over the line: only on an encrypted one.
    Plain,
    /// Challenge and response, SHA-256.
    ScramSha256,
    /// Challenge and response, SHA-512.
    ScramSha512,
}

/// A password; it is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// A password.
    #[must_use]
    pub const fn new(password: String) -> Self {
        Self(password)
    }

    /// The password itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        let sasl = Sasl {
            mechanism: SaslMechanism::ScramSha512,
            username: "klantbeeld".to_owned(),
            password: Password::new("geheim".to_owned()),
        };
        let shown = format!("{sasl:?}");
        assert!(shown.contains("klantbeeld") && !shown.contains("geheim"), "{shown}");
        assert_eq!(sasl.password.expose(), "geheim");
    }
}
