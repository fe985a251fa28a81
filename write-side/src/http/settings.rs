//! What a municipality sets of the bijhouding API.

use axum::http::HeaderValue;
use chrono::TimeDelta;

use super::BASE;

/// What differs per installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiSettings {
    /// Who answers questions about this installation.
    pub contact_name: String,
    /// Where they are found.
    pub contact_url: String,
    /// Their e-mail address.
    pub contact_email: String,
    /// Where callers find the API, as the OpenAPI document says.
    pub url: String,
    /// The origins of web pages that may call the API from a browser.
    pub origins: Vec<HeaderValue>,
    /// How long an approved request for inzage holds.
    pub inzage_geldig: TimeDelta,
}

impl ApiSettings {
    /// Whom the document names when nobody else is named.
    pub const CONTACT_NAME: &str = "Beheer van deze installatie";
    /// Where the document says that they are found.
    pub const CONTACT_URL: &str = "https://example.nl/klantbeeld";
    /// The address that the document gives.
    pub const CONTACT_EMAIL: &str = "klantbeeld@example.nl";
    /// The address of the API, relative to where its document was found.
    pub const URL: &str = BASE;
    /// How many days an approved request for inzage holds: the month in which it must be answered
    /// (AVG art. 12, paragraph 3).
    pub const INZAGE_DAGEN: u16 = 30;
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            contact_name: Self::CONTACT_NAME.to_owned(),
            contact_url: Self::CONTACT_URL.to_owned(),
            contact_email: Self::CONTACT_EMAIL.to_owned(),
            url: Self::URL.to_owned(),
            origins: Vec::new(),
            inzage_geldig: TimeDelta::days(Self::INZAGE_DAGEN.into()),
        }
    }
}
