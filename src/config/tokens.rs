//! Whose tokens are accepted.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use access::{KeySource, SignatureAlgorithm, TokenSettingsError, TokenType, Transport};
use clap::Args;

use crate::omgeving::Omgeving;

/// Whose tokens are accepted. Without an issuer nobody is let in, so the service does not start.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Tokens")]
pub struct TokenSettings {
    /// An issuer whose tokens are accepted, and which is asked for its keys (OpenID Connect
    /// Discovery): its address, then what is otherwise for it, by spaces: audience=NAME,
    /// applications=NAME,… algorithms=ES256,… types=at+jwt,JWT. May be given more than once; in the
    /// variable with ; between them
    #[arg(long, env = "KLANTBEELD_OIDC_ISSUER", value_name = "URL [NAME=VALUE …]")]
    #[arg(value_delimiter = ';')]
    pub oidc_issuer: Vec<String>,

    /// An issuer that is not asked: its `iss`, to the letter; needs --jwks
    #[arg(long, env = "KLANTBEELD_ISSUER", value_name = "ISSUER")]
    pub issuer: Option<String>,

    /// File with the public keys of --issuer: a JSON Web Key Set, read at start
    #[arg(long, env = "KLANTBEELD_JWKS", value_name = "FILE")]
    pub jwks: Option<PathBuf>,

    /// Our own name in the `aud` of a token
    #[arg(long, env = "KLANTBEELD_AUDIENCE", value_name = "NAME", default_value = "klantbeeld")]
    pub audience: String,

    /// The applications (`azp`) that may use the service, by commas [default: any of the issuer's]
    #[arg(long, env = "KLANTBEELD_APPLICATIONS", value_name = "NAME", value_delimiter = ',')]
    pub applications: Vec<String>,
}

/// Why nobody could be let in.
#[derive(Debug, thiserror::Error)]
pub enum TokenArgsError {
    /// No issuer, or half of one.
    #[error(
        "a service without an issuer of tokens would let nobody in; give {}",
        .missing.join(" and ")
    )]
    NoIssuer {
        /// The settings that are missing.
        missing: Vec<&'static str>,
    },
    /// The issuer's keys cannot be read.
    #[error("the key set {path} cannot be read; check the path and who may read it")]
    Jwks {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Something that cannot be said of an issuer.
    #[error(
        "issuer {issuer}: {option} is no audience=NAME, applications=NAME,… algorithms=NAME,… or \
         types=NAME,… with algorithms of {} and types of at+jwt, JWT",
        SignatureAlgorithm::ALL.map(SignatureAlgorithm::name).join(", ")
    )]
    Option {
        /// The issuer.
        issuer: String,
        /// What was said of it.
        option: String,
    },
    /// The issuers cannot be used.
    #[error(transparent)]
    Settings(#[from] TokenSettingsError),
}

impl TokenSettings {
    /// Every issuer that is trusted; at least one.
    ///
    /// # Errors
    /// When there is none, or one cannot be used.
    pub fn issuers(
        &self,
        omgeving: Omgeving,
    ) -> Result<Vec<access::TokenSettings>, TokenArgsError> {
        let asked = self.oidc_issuer.iter().filter(|text| !text.trim().is_empty());
        let mut issuers = asked
            .map(|text| self.discovered(text, omgeving))
            .collect::<Result<Vec<_>, TokenArgsError>>()?;
        if let Some(fixed) = self.fixed(issuers.is_empty())? {
            issuers.push(fixed);
        }
        Ok(issuers)
    }

    /// The issuer that is not asked, if there is one; there must be when it is needed.
    fn fixed(&self, needed: bool) -> Result<Option<access::TokenSettings>, TokenArgsError> {
        let issuer = self.issuer.as_ref().filter(|issuer| !issuer.trim().is_empty());
        let jwks = self.jwks.as_ref().filter(|path| !path.as_os_str().is_empty());
        let (Some(issuer), Some(path)) = (issuer, jwks) else {
            let missing = match (issuer, jwks) {
                (None, None) if needed => vec![
                    "--oidc-issuer (KLANTBEELD_OIDC_ISSUER), or --issuer (KLANTBEELD_ISSUER)",
                    "--jwks (KLANTBEELD_JWKS)",
                ],
                (None, None) => return Ok(None),
                (None, Some(_)) => vec!["--issuer (KLANTBEELD_ISSUER)"],
                (Some(_), _) => vec!["--jwks (KLANTBEELD_JWKS)"],
            };
            return Err(TokenArgsError::NoIssuer { missing });
        };
        let jwks = std::fs::read_to_string(path)
            .map_err(|source| TokenArgsError::Jwks { path: path.clone(), source })?;
        Ok(Some(self.of(issuer, KeySource::Fixed(jwks))))
    }

    fn discovered(
        &self,
        text: &str,
        omgeving: Omgeving,
    ) -> Result<access::TokenSettings, TokenArgsError> {
        let transport = match omgeving {
            Omgeving::Productie => Transport::Https,
            Omgeving::Ontwikkeling => Transport::HttpOnLoopback,
        };
        let mut words = text.split_whitespace();
        let issuer = words.next().unwrap_or_default();
        let mut settings = self.of(issuer, KeySource::Discovered(transport));
        for word in words {
            apply(&mut settings, word).ok_or_else(|| TokenArgsError::Option {
                issuer: issuer.to_owned(),
                option: word.to_owned(),
            })?;
        }
        Ok(settings)
    }

    /// An issuer of which nothing else was said.
    fn of(&self, issuer: &str, keys: KeySource) -> access::TokenSettings {
        access::TokenSettings {
            // A variable that is set to nothing names no application.
            applications: names(self.applications.iter().map(String::as_str)),
            ..access::TokenSettings::new(issuer, &self.audience, keys)
        }
    }
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Takes over what is said of one issuer: `name=value`.
fn apply(settings: &mut access::TokenSettings, word: &str) -> Option<()> {
    let (name, value) = word.split_once('=').filter(|(_, value)| !value.is_empty())?;
    let list = || value.split(',');
    match name {
        "audience" => settings.audience = value.to_owned(),
        "applications" => settings.applications = names(list()),
        "algorithms" => {
            settings.algorithms = list().map(SignatureAlgorithm::named).collect::<Option<_>>()?;
        }
        "types" => settings.types = list().map(TokenType::named).collect::<Option<_>>()?,
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(oidc: &[&str]) -> TokenSettings {
        TokenSettings {
            oidc_issuer: oidc.iter().map(|&text| text.to_owned()).collect(),
            issuer: None,
            jwks: None,
            audience: "klantbeeld".to_owned(),
            applications: vec!["kcc-desk".to_owned(), String::new()],
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let said = |settings: TokenSettings| {
            settings.issuers(Omgeving::Productie).expect_err("refused").to_string()
        };
        let nothing = said(TokenSettings { issuer: Some(" ".to_owned()), ..settings(&[""]) });
        for name in ["--oidc-issuer", "--issuer", "KLANTBEELD_JWKS"] {
            assert!(nothing.contains(name), "{nothing}");
        }
        let half = said(TokenSettings {
            issuer: Some("urn:x".to_owned()),
            ..settings(&["https://id.example.nl"])
        });
        assert!(half.contains("--jwks") && !half.contains("--issuer"), "{half}");
    }

    #[test]
    fn each_issuer_has_its_own_rules_and_else_those_of_all() {
        let issuers = settings(&[
            "https://id.example.nl",
            "https://burger.example.nl audience=mijn applications=portaal,app \
             algorithms=ES384,PS512 types=at+jwt",
        ]);
        let issuers = issuers.issuers(Omgeving::Productie).expect("issuers");
        let [plain, own] = issuers.as_slice() else { panic!("{issuers:?}") };
        assert_eq!(plain.issuer, "https://id.example.nl");
        assert_eq!(plain.audience, "klantbeeld");
        assert_eq!(plain.applications, BTreeSet::from(["kcc-desk".to_owned()]));
        assert_eq!(plain.algorithms, SignatureAlgorithm::DEFAULT.into());
        assert_eq!(own.audience, "mijn");
        assert_eq!(own.applications, BTreeSet::from(["app".to_owned(), "portaal".to_owned()]));
        let algorithms = [SignatureAlgorithm::Es384, SignatureAlgorithm::Ps512];
        assert_eq!(own.algorithms, algorithms.into());
        assert_eq!(own.types, BTreeSet::from([TokenType::AccessToken]));
        assert!(matches!(own.keys, KeySource::Discovered(Transport::Https)));
    }

    #[test]
    fn what_cannot_be_said_of_an_issuer_is_refused() {
        for word in ["algorithms=none", "algorithms=HS256", "types=ID", "x=1", "audience="] {
            let issuers = settings(&[&format!("https://id.example.nl {word}")]);
            let refused = issuers.issuers(Omgeving::Productie).expect_err("refused").to_string();
            assert!(refused.contains(word), "{refused}");
        }
    }
}
