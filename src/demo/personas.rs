//! The people of the demo, and what their tokens say of them.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::municipality::HOOFDPERSOON_BSN;

/// Somebody who uses the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Persona {
    /// Employee of the customer contact centre.
    Kcc,
    /// Employee of team Vergunningen.
    Behandelaar,
    /// Who leads team Vergunningen.
    Teamleider,
    /// Jan de Vries, an inhabitant.
    Burger,
    /// Analyst.
    Analist,
    /// Operator.
    Beheerder,
    /// Privacy officer, who asked for inzage in what is known of Jan de Vries.
    Privacyfunctionaris,
    /// Another privacy officer, who approved it.
    #[value(name = "privacyfunctionaris-2")]
    TweedePrivacyfunctionaris,
}

/// The keys that the service gave to what the personas are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ids {
    /// The kcc employee.
    pub(super) kcc_medewerker: Uuid,
    /// Team KCC.
    pub(super) kcc_team: Uuid,
    /// The behandelaar.
    pub(super) behandelaar: Uuid,
    /// Team Vergunningen.
    pub(super) behandelaar_team: Uuid,
}

/// What the kcc employee may do.
const SCOPE_KCC: &str = "klantcontacten:registreren klantcontacten:lezen partijen:beheren \
    partijen:lezen digitale-adressen:beheren interne-taken:lezen interne-taken:afhandelen bsn:lezen \
    interne-notitie:lezen handelingen:lezen";
/// What the behandelaar may do.
const SCOPE_BEHANDELAAR: &str = "klantcontacten:registreren klantcontacten:lezen \
    interne-taken:lezen interne-taken:afhandelen partijen:lezen";
/// What the beheerder may do.
const SCOPE_BEHEERDER: &str = "actoren:beheren actoren:lezen handelingen:lezen \
    referentielijsten:beheren referentielijsten:lezen gebeurtenissen:lezen abonnementen:beheren \
    zaaksleutels:beheren zaaksleutels:lezen";
/// What privacy officers may do.
const SCOPE_PRIVACY: &str = "inzage:aanvragen inzage:goedkeuren inzage:lezen partijen:lezen";
/// What playing the municipality takes: registering, in every role at once.
const SCOPE_PLAYER: &str = "klantcontacten:registreren klantcontacten:lezen partijen:beheren \
    partijen:lezen interne-taken:lezen interne-taken:afhandelen actoren:beheren actoren:lezen";

impl Persona {
    /// Everybody, in the order of the documentation.
    pub const ALL: [Self; 8] = [
        Self::Kcc,
        Self::Behandelaar,
        Self::Teamleider,
        Self::Burger,
        Self::Analist,
        Self::Beheerder,
        Self::Privacyfunctionaris,
        Self::TweedePrivacyfunctionaris,
    ];

    /// The name on the command line: the role in the token, and which one of more.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kcc => "kcc",
            Self::Behandelaar => "behandelaar",
            Self::Teamleider => "teamleider",
            Self::Burger => "burger",
            Self::Analist => "analist",
            Self::Beheerder => "beheerder",
            Self::Privacyfunctionaris => "privacyfunctionaris",
            Self::TweedePrivacyfunctionaris => "privacyfunctionaris-2",
        }
    }

    /// Who it is, for whoever chooses one.
    pub(super) const fn description(self) -> &'static str {
        match self {
            Self::Kcc => "Medewerker van het klantcontactcentrum",
            Self::Behandelaar => "Behandelaar van team Vergunningen",
            Self::Burger => "Jan de Vries, inwoner",
            Self::Teamleider => "Teamleider van team Vergunningen",
            Self::Analist => "Analist",
            Self::Beheerder => "Beheerder van Klantbeeld",
            Self::Privacyfunctionaris => "Privacyfunctionaris, vroeg inzage aan",
            Self::TweedePrivacyfunctionaris => "Privacyfunctionaris, keurde inzage goed",
        }
    }

    /// What a token says of the persona; who signs it adds the rest.
    pub(super) fn claims(self, ids: &Ids) -> Value {
        match self {
            Self::Kcc => json!({
                "sub": "demo-kcc", "rollen": ["kcc"], "scope": SCOPE_KCC,
                "doelbinding": "klantcontact",
                "actoren": [ids.kcc_medewerker], "teams": [ids.kcc_team],
            }),
            Self::Behandelaar => json!({
                "sub": "demo-behandelaar", "rollen": ["behandelaar"], "scope": SCOPE_BEHANDELAAR,
                "doelbinding": "afhandeling",
                "actoren": [ids.behandelaar], "teams": [ids.behandelaar_team], "zaken": ["*"],
            }),
            Self::Teamleider => json!({
                "sub": "demo-teamleider", "rollen": ["teamleider"],
                "teams": [ids.behandelaar_team],
            }),
            Self::Burger => json!({
                "sub": "demo-burger", "rollen": ["burger"],
                "klant": { "bsn": HOOFDPERSOON_BSN },
            }),
            Self::Analist => json!({ "sub": "demo-analist", "rollen": ["analist"] }),
            Self::Beheerder => json!({
                "sub": "demo-beheerder", "rollen": ["beheerder"], "scope": SCOPE_BEHEERDER,
            }),
            Self::Privacyfunctionaris | Self::TweedePrivacyfunctionaris => json!({
                "sub": format!("demo-{}", self.code()), "rollen": ["privacyfunctionaris"],
                "scope": SCOPE_PRIVACY,
            }),
        }
    }
}

/// The claims of the token with which the municipality is played; it is never printed.
pub(super) fn player_claims() -> Value {
    json!({ "sub": "demo-speler", "rollen": ["beheerder"], "scope": SCOPE_PLAYER })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use access::{Rol, TokenError, TokenValidator};
    use clock::SystemClock;

    use super::*;
    use crate::issuer::Issuer;

    fn validator(issuer: &Issuer) -> TokenValidator {
        let settings = issuer.token_settings().expect("settings");
        TokenValidator::new([settings], Arc::new(SystemClock)).expect("a validator")
    }

    #[tokio::test]
    async fn every_persona_passes_the_validation_of_production() {
        let issuer = Issuer::generate(&SystemClock).expect("an issuer");
        let document = issuer.document().expect("a document");
        let same = Issuer::from_document(document).expect("the same issuer");
        for persona in Persona::ALL {
            let token = same.sign(persona.claims(&Ids::default()), &SystemClock).expect("a token");
            let identity = validator(&issuer).validate(Some(&*format!("Bearer {token}"))).await;
            let identity = identity.expect("accepted");
            let rollen: Vec<&str> = identity.rollen.iter().map(|rol: &Rol| rol.code()).collect();
            let rol = persona.code().split('-').next();
            assert_eq!(rollen.first().copied(), rol);
            assert_eq!(rollen.len(), 1);
        }
    }

    #[tokio::test]
    async fn a_token_of_another_start_is_refused() {
        let old = Issuer::generate(&SystemClock).expect("an issuer");
        let new = Issuer::generate(&SystemClock).expect("an issuer");
        let claims = Persona::Kcc.claims(&Ids::default());
        let token = old.sign(claims, &SystemClock).expect("a token");
        let refused = validator(&new).validate(Some(&*format!("Bearer {token}"))).await;
        assert_eq!(refused, Err(TokenError::Issuer));
    }
}
