//! Why a token is refused.

/// Why a token was refused. The text is for the bearer; it repeats nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No `Authorization` header.
    #[error("geen token: stuur de header `Authorization: Bearer <token>`")]
    Missing,
    /// Not one header of the form `Bearer <token>`, too long, or no signed JWT.
    #[error(
        "stuur één header Authorization van de vorm `Bearer <token>`, met een ondertekend JWT van \
         ten hoogste 16 KiB"
    )]
    Malformed,
    /// Something in the header of the token that is not accepted.
    #[error(
        "de kop van het token bevat iets dat niet wordt aanvaard (jku, jwk, x5u, x5c, crit, …)"
    )]
    Header,
    /// A token for something else than asking us, such as an ID token.
    #[error("dit is geen access-token (typ at+jwt of JWT); een ID-token geeft geen toegang")]
    Type,
    /// Signed in a way that is not accepted.
    #[error("de handtekening van het token is van een soort die niet wordt aanvaard")]
    Algorithm,
    /// Of an issuer that is not trusted.
    #[error("het token is van een uitgever (iss) die hier niet wordt vertrouwd")]
    Issuer,
    /// Signed with a key that is not the issuer's.
    #[error("het token is niet ondertekend met een bekende sleutel van de uitgever")]
    Key,
    /// Not signed by the issuer, or changed afterwards.
    #[error("de handtekening van het token klopt niet")]
    Signature,
    /// For someone else.
    #[error("het token is niet voor deze dienst bestemd (aud)")]
    Audience,
    /// Expired, not yet valid, or valid for too long.
    #[error("het token is verlopen, nog niet geldig, of te lang geldig (ten hoogste een uur)")]
    Time,
    /// Given to an application that may not use us.
    #[error("het token is uitgegeven aan een toepassing (azp) die hier niet is toegelaten")]
    Application,
    /// A claim is missing, stands there twice, or contradicts another.
    #[error(
        "het token mist een verplicht gegeven (sub, aud, azp, jti, iat, exp, rollen), heeft er een \
         dubbel, of spreekt zichzelf tegen"
    )]
    Claims,
    /// Nothing is wrong with the token as far as we know: the issuer's keys are not there.
    #[error("de sleutels van de uitgever zijn nu niet op te halen; probeer het later opnieuw")]
    Unavailable,
}

impl TokenError {
    /// What `WWW-Authenticate` says (RFC 6750): without a token only the scheme, else also what is
    /// wrong with it. `None` when it is not the bearer who must do something.
    #[must_use]
    pub const fn challenge(self) -> Option<&'static str> {
        match self {
            Self::Missing => Some("Bearer realm=\"klantbeeld\""),
            Self::Malformed => Some("Bearer realm=\"klantbeeld\", error=\"invalid_request\""),
            Self::Header
            | Self::Type
            | Self::Algorithm
            | Self::Issuer
            | Self::Key
            | Self::Signature
            | Self::Audience
            | Self::Time
            | Self::Application
            | Self::Claims => Some("Bearer realm=\"klantbeeld\", error=\"invalid_token\""),
            Self::Unavailable => None,
        }
    }
}
