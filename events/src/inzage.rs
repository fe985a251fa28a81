//! Inzage: who asks to see all that is known of a person needs somebody else who approves.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::waarden::exchange_form;

/// How far a request for inzage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inzagestatus {
    /// Nobody has judged it.
    Aangevraagd,
    /// Somebody else approved.
    Goedgekeurd,
    /// Somebody else refused.
    Afgewezen,
}
exchange_form!(Inzagestatus {
    Aangevraagd = "aangevraagd",
    Goedgekeurd = "goedgekeurd",
    Afgewezen = "afgewezen",
});

/// A request to see the dossier of one partij (AVG art. 15).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inzageverzoek {
    /// Technical key.
    pub id: Uuid,
    /// Whose dossier.
    pub partij: Uuid,
    /// By what the request of the person is known elsewhere; no personal data.
    pub kenmerk: String,
    /// Why; no personal data.
    pub reden: String,
    /// How far it is.
    pub status: Inzagestatus,
    /// Who asked and, once approved, may read: as the issuer of tokens names the bearer.
    pub aangevraagd_door: String,
    /// When.
    pub aangevraagd_op: DateTime<Utc>,
    /// Who approved or refused; never who asked.
    pub beoordeeld_door: Option<String>,
    /// When.
    pub beoordeeld_op: Option<DateTime<Utc>>,
    /// Until when, this moment not included, the dossier may be read; filled when approved.
    pub geldig_tot: Option<DateTime<Utc>>,
}
