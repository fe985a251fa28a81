//! Who is asking: bearer tokens and what they say of the person or program behind a request.
//!
//! A token is a signed JWT of an issuer that this installation trusts. Its claims are data about
//! the bearer; what the bearer may see is decided by the side that answers.

mod identity;
mod token;

pub use identity::{Identity, KlantClaim, Rol, VestigingClaim};
pub use token::{
    TOKEN_LIFETIME_MAX_SECONDS, TokenError, TokenSettings, TokenSettingsError, TokenValidator,
};
