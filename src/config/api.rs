//! Settings of the bijhouding API: whom it names, where it is found, who calls it from a browser.

use axum::http::{HeaderValue, Uri};
use chrono::TimeDelta;
use clap::Args;
use write_side::ApiSettings;

/// Settings of the bijhouding API.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Bijhouding API")]
pub struct BijhoudingSettings {
    /// Who answers questions about this installation, as the OpenAPI document says
    #[arg(long, env = "KLANTBEELD_CONTACT_NAME", value_name = "NAME")]
    #[arg(default_value = ApiSettings::CONTACT_NAME)]
    pub contact_name: String,

    /// Where they are found
    #[arg(long, env = "KLANTBEELD_CONTACT_URL", value_name = "URL")]
    #[arg(default_value = ApiSettings::CONTACT_URL)]
    pub contact_url: String,

    /// Their e-mail address
    #[arg(long, env = "KLANTBEELD_CONTACT_EMAIL", value_name = "ADDRESS")]
    #[arg(default_value = ApiSettings::CONTACT_EMAIL)]
    pub contact_email: String,

    /// Where callers find the API, gateway included, as the OpenAPI document says
    #[arg(long, env = "KLANTBEELD_API_URL", value_name = "URL")]
    #[arg(default_value = ApiSettings::URL)]
    pub api_url: String,

    /// Origins of web pages that may call the API from a browser, by commas [default: none]
    #[arg(long, env = "KLANTBEELD_API_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    #[arg(value_parser = origin)]
    pub api_origins: Vec<Option<HeaderValue>>,

    /// How many days a dossier may be read after somebody else approved (inzage)
    #[arg(long, env = "KLANTBEELD_INZAGE_DAGEN", value_name = "DAYS")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=365))]
    #[arg(default_value_t = ApiSettings::INZAGE_DAGEN)]
    pub inzage_dagen: u16,
}

impl BijhoudingSettings {
    /// The settings as the write side takes them.
    #[must_use]
    pub fn api(&self) -> ApiSettings {
        ApiSettings {
            inzage_geldig: TimeDelta::days(self.inzage_dagen.into()),
            contact_name: self.contact_name.clone(),
            contact_url: self.contact_url.clone(),
            contact_email: self.contact_email.clone(),
            url: self.api_url.clone(),
            origins: self.api_origins.iter().flatten().cloned().collect(),
        }
    }
}

/// An origin as a browser sends it: scheme and host, and the port if it is unusual. A variable that
/// is set to nothing names none.
fn origin(text: &str) -> Result<Option<HeaderValue>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || "an origin has the form https://desk.example.nl, without a path".to_owned();
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let scheme = uri.scheme_str().filter(|scheme| ["http", "https"].contains(scheme));
    let exact = scheme.zip(uri.authority()).map(|(scheme, host)| format!("{scheme}://{host}"));
    match exact.filter(|exact| exact == text) {
        Some(exact) => HeaderValue::from_str(&exact).map(Some).map_err(|_| wrong()),
        None => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_path_and_is_no_wildcard() {
        for fine in ["https://desk.example.nl", "http://localhost:5173"] {
            assert_eq!(origin(fine), Ok(HeaderValue::from_str(fine).ok()));
        }
        assert_eq!(origin(""), Ok(None));
        for wrong in ["*", "desk.example.nl", "https://desk.example.nl/", "ftp://desk.example.nl"] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }
}
