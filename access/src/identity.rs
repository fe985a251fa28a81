//! The bearer of a token.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The audiences that the products are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rol {
    /// Employee of the customer contact centre.
    Kcc,
    /// Employee of a department who handles zaken and contactverzoeken.
    Behandelaar,
    /// Leads teams: how their work stands, and never a klant.
    Teamleider,
    /// Inhabitant or organisation, through a portal.
    Burger,
    /// Analyst: never person level.
    Analist,
    /// Operator: never content.
    Beheerder,
    /// Service that sends messages: addresses, and nothing else.
    Outputmanagement,
    /// Archivist: what may go and when, without names.
    Archivaris,
    /// Privacy officer: all of one person, when somebody else approved.
    Privacyfunctionaris,
}

impl Rol {
    /// Every role, in the order of the documentation.
    pub const ALL: &'static [Self] = &[
        Self::Kcc,
        Self::Behandelaar,
        Self::Teamleider,
        Self::Burger,
        Self::Analist,
        Self::Beheerder,
        Self::Outputmanagement,
        Self::Archivaris,
        Self::Privacyfunctionaris,
    ];

    /// The role as it stands in a token.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Kcc => "kcc",
            Self::Behandelaar => "behandelaar",
            Self::Teamleider => "teamleider",
            Self::Burger => "burger",
            Self::Analist => "analist",
            Self::Beheerder => "beheerder",
            Self::Outputmanagement => "outputmanagement",
            Self::Archivaris => "archivaris",
            Self::Privacyfunctionaris => "privacyfunctionaris",
        }
    }
}

/// The identity of a burger or organisation, from the means of login; exactly one is filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum KlantClaim {
    /// Burgerservicenummer.
    Bsn(String),
    /// RSIN.
    Rsin(String),
    /// KVK number: the rechtspersoon.
    KvkNummer(String),
    /// One vestiging.
    Vestiging(VestigingClaim),
}

/// A vestiging: the two numbers belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VestigingClaim {
    /// KVK number.
    pub kvk_nummer: String,
    /// Vestigingsnummer.
    pub vestigingsnummer: String,
}

/// Who is asking, as a validated token says. Never holds the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The bearer at the issuer (`sub`).
    pub subject: String,
    /// The application that the bearer uses (`azp`).
    pub application: String,
    /// Roles.
    pub rollen: BTreeSet<Rol>,
    /// Scopes, such as `bsn:lezen`.
    pub scopes: BTreeSet<String>,
    /// The purpose for which the bearer works.
    pub doelbinding: Option<String>,
    /// The klant that the bearer is, for role burger.
    pub klant: Option<KlantClaim>,
    /// The actoren that the bearer is: one human is often several.
    pub actoren: Vec<Uuid>,
    /// The teams that the bearer belongs to.
    pub teams: Vec<Uuid>,
    /// The zaken on which the bearer works, by uuid or identificatie in lower case; `*` = all.
    pub zaken: BTreeSet<String>,
    /// Until when the token is accepted.
    pub geldig_tot: DateTime<Utc>,
}

impl Identity {
    /// A bearer of whom nothing is known but its roles, for ever.
    #[must_use]
    pub fn of_rollen(rollen: impl IntoIterator<Item = Rol>) -> Self {
        Self {
            subject: String::new(),
            application: String::new(),
            rollen: rollen.into_iter().collect(),
            scopes: BTreeSet::new(),
            doelbinding: None,
            klant: None,
            actoren: Vec::new(),
            teams: Vec::new(),
            zaken: BTreeSet::new(),
            geldig_tot: DateTime::<Utc>::MAX_UTC,
        }
    }

    /// Whether the bearer has this role.
    #[must_use]
    pub fn has(&self, rol: Rol) -> bool {
        self.rollen.contains(&rol)
    }

    /// Whether the bearer has this scope.
    #[must_use]
    pub fn may(&self, scope: &str) -> bool {
        self.scopes.contains(scope)
    }

    /// Whether the bearer works on the zaak with this key.
    #[must_use]
    pub fn works_on(&self, zaak: &str) -> bool {
        self.zaken.contains("*") || self.zaken.contains(&zaak.to_lowercase())
    }
}
