//! Who is asking: bearer tokens and what they say of the person or program behind a request.
//!
//! A token is a signed JWT of an issuer that this installation trusts. Its claims are data about
//! the bearer; what the bearer may see is decided by the side that answers.

mod algorithm;
mod identity;
mod keys;
mod settings;
mod token;

pub use algorithm::SignatureAlgorithm;
pub use identity::{Identity, KlantClaim, Rol, VestigingClaim};
pub use keys::is_loopback;
pub use settings::{KeySource, TokenSettings, TokenSettingsError, TokenType, Transport};
pub use token::{TOKEN_LIFETIME_MAX_SECONDS, TokenError, TokenValidator};
