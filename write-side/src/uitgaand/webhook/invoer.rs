//! What a subscriber asks for.

use std::borrow::Cow;
use std::collections::BTreeMap;

use reqwest::Url;
use serde_json::{Value, json};
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, ObjectBuilder, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::abonnement::{Geheimen, Oauth2};
use super::netwerk::Netwerkbeleid;
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::invoer::{Indien, Lees, Lezer, Tekst, invoer};
use crate::uitgaand::notificatie::soorten;

/// Shortest secret, in characters: Standard Webhooks asks as many bytes.
const GEHEIM_MIN: usize = 24;
/// Longest secret, in characters.
const GEHEIM_MAX: usize = 500;
/// Longest address, in characters.
const URL_MAX: usize = 2000;
/// An address of http or https without spaces.
const WEBURL: &str = "^[Hh][Tt][Tt][Pp][Ss]?://[^\\u0000-\\u0020]+$";
/// Most attributes of a filter.
const FILTERS_MAX: usize = 20;

invoer! {
    /// Wie gebeurtenissen wil krijgen, en welke.
    pub struct RegistreerAbonnement {
        /// Waar de gebeurtenissen naartoe gaan: https.
        callback_url: Weburl = "callbackUrl",
        /// Welke soorten; leeg of afwezig is alle.
        #[schema(required = false)]
        soorten: Vec<Gebeurtenissoort> = "soorten",
        /// Per attribuut de waarden die het mag hebben.
        #[schema(required = false)]
        filters: Filters = "filters",
        /// Waarmee de ontvanger weet dat wij het zijn.
        authenticatie: Authenticatie = "authenticatie",
    }
}

invoer! {
    /// Wat verandert aan een abonnement.
    pub struct WijzigAbonnement {
        /// Waar de gebeurtenissen naartoe gaan: https.
        #[schema(required = false, value_type = Weburl)]
        callback_url: Indien<Weburl> = "callbackUrl",
        /// Welke soorten; leeg is alle.
        #[schema(required = false, value_type = Vec<Gebeurtenissoort>)]
        soorten: Indien<Vec<Gebeurtenissoort>> = "soorten",
        /// Per attribuut de waarden die het mag hebben.
        #[schema(required = false, value_type = Filters)]
        filters: Indien<Filters> = "filters",
        /// Waarmee de ontvanger weet dat wij het zijn.
        #[schema(required = false, value_type = Authenticatie)]
        authenticatie: Indien<Authenticatie> = "authenticatie",
    }
}

invoer! {
    /// Een eigen geheim voor de handtekening, een token van OAuth 2.0, of beide; wordt nooit getoond.
    pub struct Authenticatie {
        /// Geheim voor de handtekening (Standard Webhooks), ten minste 24 tekens.
        geheim: Option<Geheim> = "geheim",
        /// OAuth 2.0 client credentials.
        oauth2: Option<Oauth2Invoer> = "oauth2",
    }
    minstens_een ["geheim", "oauth2"] = "geef een geheim, oauth2, of beide"
}

invoer! {
    /// OAuth 2.0 client credentials.
    pub struct Oauth2Invoer {
        /// Waar het token vandaan komt.
        token_url: Weburl = "tokenUrl",
        /// Wie wij daar zijn.
        client_id: Tekst<200> = "clientId",
        /// Waarmee wij dat bewijzen; wordt nooit getoond.
        client_secret: Tekst<1000> = "clientSecret",
        /// Wat wij vragen.
        scope: Option<Tekst<1000>> = "scope",
    }
}

invoer! {
    /// Dat een aflevering opnieuw wordt geprobeerd.
    pub struct WijzigAflevering {
        /// Altijd wacht.
        pub(crate) status: Wachtend = "status",
    }
}

/// The one state that an operator gives a delivery.
#[derive(Debug, Clone, Copy)]
pub struct Wachtend;

impl Lees for Wachtend {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let right = waarde.as_str() == Some("wacht");
        if !right {
            lezer.fout(Foutcode::Invalid, "hier kan alleen wacht staan: probeer het opnieuw");
        }
        right.then_some(Self)
    }
}

/// An address on the web, with all its parts. Whether it may be called is for [`Netwerkbeleid`].
#[derive(Debug, Clone)]
pub struct Weburl(String);

impl Lees for Weburl {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let Tekst::<URL_MAX>(text) = Tekst::lees(waarde, lezer)?;
        let known = is_weburl(&text);
        if !known {
            lezer.fout(
                Foutcode::Invalid,
                "dit is geen volledige URL, zoals https://example.nl/hook",
            );
        }
        known.then_some(Self(text))
    }
}

/// Whether an address is whole and as it is called: a parser would mend one with a space in it.
fn is_weburl(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    let known = scheme.is_some_and(|scheme| matches!(scheme.as_str(), "http" | "https"));
    known && !text.contains(|letter| letter <= ' ') && Url::parse(text).is_ok()
}

/// A secret that is long enough.
#[derive(Clone)]
pub struct Geheim(String);

impl std::fmt::Debug for Geheim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Geheim(..)")
    }
}

impl Lees for Geheim {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let Tekst::<GEHEIM_MAX>(text) = Tekst::lees(waarde, lezer)?;
        if text.chars().count() < GEHEIM_MIN {
            let melding = format!("ten minste {GEHEIM_MIN} tekens, willekeurig gekozen");
            lezer.fout(Foutcode::MinLength, melding);
            return None;
        }
        Some(Self(text))
    }
}

/// A word of notifications that exists.
#[derive(Debug, Clone)]
pub struct Gebeurtenissoort(String);

impl Lees for Gebeurtenissoort {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let known = waarde.as_str().filter(|text| soorten().iter().any(|soort| soort == text));
        if known.is_none() {
            lezer.fout(Foutcode::Invalid, "deze soort gebeurtenis bestaat niet");
        }
        known.map(|text| Self(text.to_owned()))
    }
}

/// Values per attribute.
#[derive(Debug, Clone, Default)]
pub struct Filters(BTreeMap<String, Vec<String>>);

impl Lees for Filters {
    fn lees(waarde: &Value, lezer: &mut Lezer<'_>) -> Option<Self> {
        let Some(object) = waarde.as_object() else {
            lezer.fout(Foutcode::Invalid, "hier hoort een object te staan");
            return None;
        };
        if object.len() > FILTERS_MAX {
            lezer.fout(Foutcode::MaxLength, format!("ten hoogste {FILTERS_MAX} attributen"));
            return None;
        }
        let read: Vec<Option<(String, Vec<String>)>> = object
            .keys()
            .map(|naam| {
                let values: Vec<Tekst<200>> = lezer.veld(object, naam)?;
                Some((naam.clone(), values.into_iter().map(|text| text.0).collect()))
            })
            .collect();
        read.into_iter().collect::<Option<BTreeMap<_, _>>>().map(Self)
    }

    fn afwezig(_: &mut Lezer<'_>) -> Option<Self> {
        Some(Self::default())
    }
}

impl RegistreerAbonnement {
    /// Where to.
    pub(crate) fn callback_url(&self) -> &str {
        &self.callback_url.0
    }

    /// What about.
    pub(crate) fn soorten(&self) -> Vec<String> {
        self.soorten.iter().map(|soort| soort.0.clone()).collect()
    }

    /// What only.
    pub(crate) fn filters(&self) -> BTreeMap<String, Vec<String>> {
        self.filters.0.clone()
    }

    /// The secrets, if their addresses may be called.
    pub(crate) fn geheimen(&self, beleid: &Netwerkbeleid) -> Result<Geheimen, HandelingError> {
        self.authenticatie.geheimen(beleid)
    }
}

impl WijzigAbonnement {
    /// Where to, if it changes.
    pub(crate) fn callback_url(&self) -> Option<&str> {
        self.callback_url.0.as_ref().map(|text| text.0.as_str())
    }

    /// What about, if it changes.
    pub(crate) fn soorten(&self) -> Option<Vec<String>> {
        let soorten = self.soorten.0.as_ref()?;
        Some(soorten.iter().map(|soort| soort.0.clone()).collect())
    }

    /// What only, if it changes.
    pub(crate) fn filters(&self) -> Option<BTreeMap<String, Vec<String>>> {
        self.filters.0.as_ref().map(|filters| filters.0.clone())
    }

    /// The secrets, if they change and their addresses may be called.
    pub(crate) fn geheimen(
        &self,
        beleid: &Netwerkbeleid,
    ) -> Result<Option<Geheimen>, HandelingError> {
        self.authenticatie.0.as_ref().map(|proof| proof.geheimen(beleid)).transpose()
    }
}

impl Authenticatie {
    fn geheimen(&self, beleid: &Netwerkbeleid) -> Result<Geheimen, HandelingError> {
        let oauth2 = self.oauth2.as_ref().map(|oauth| Oauth2 {
            token_url: oauth.token_url.0.clone(),
            client_id: oauth.client_id.0.clone(),
            client_secret: oauth.client_secret.0.clone(),
            scope: oauth.scope.as_ref().map(|scope| scope.0.clone()),
        });
        if let Some(oauth) = &oauth2 {
            beleid.check_url(&oauth.token_url).map_err(|error| {
                Fout::new("authenticatie.oauth2.tokenUrl", Foutcode::Invalid, error.to_string())
            })?;
        }
        Ok(Geheimen { geheim: self.geheim.as_ref().map(|geheim| geheim.0.clone()), oauth2 })
    }
}

fn text(builder: ObjectBuilder) -> RefOr<Schema> {
    RefOr::T(Schema::Object(builder.schema_type(SchemaType::Type(Type::String)).build()))
}

impl PartialSchema for Wachtend {
    fn schema() -> RefOr<Schema> {
        text(ObjectBuilder::new().enum_values(Some(["wacht"])))
    }
}

impl ToSchema for Wachtend {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Wachtend")
    }
}

impl PartialSchema for Weburl {
    fn schema() -> RefOr<Schema> {
        text(
            ObjectBuilder::new()
                .max_length(Some(URL_MAX))
                .pattern(Some(WEBURL))
                .format(Some(SchemaFormat::Custom("uri".to_owned())))
                .examples([json!("https://example.nl/klantbeeld")]),
        )
    }
}

impl ToSchema for Weburl {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Weburl")
    }
}

impl PartialSchema for Geheim {
    fn schema() -> RefOr<Schema> {
        let mut schema = Tekst::<GEHEIM_MAX>::schema();
        if let RefOr::T(Schema::Object(text)) = &mut schema {
            text.min_length = Some(GEHEIM_MIN);
        }
        schema
    }
}

impl ToSchema for Geheim {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Geheim")
    }
}

impl PartialSchema for Gebeurtenissoort {
    fn schema() -> RefOr<Schema> {
        text(ObjectBuilder::new().enum_values(Some(soorten())))
    }
}

impl ToSchema for Gebeurtenissoort {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Gebeurtenissoort")
    }
}

impl PartialSchema for Filters {
    fn schema() -> RefOr<Schema> {
        let values = ArrayBuilder::new().items(Tekst::<200>::schema()).max_items(Some(100));
        let map = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Object))
            .max_properties(Some(FILTERS_MAX));
        let values = RefOr::T(Schema::Array(values.build()));
        let map = map.additional_properties(Some(AdditionalProperties::RefOr(values)));
        RefOr::T(Schema::Object(map.build()))
    }
}

impl ToSchema for Filters {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Filters")
    }
}
