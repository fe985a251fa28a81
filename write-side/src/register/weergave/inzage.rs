//! Requests for inzage, as a reader gets them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::codes::Inzagestand;
use super::weergave;

weergave! {
    /// Een verzoek om het dossier van één partij te zien.
    Inzageverzoekgegevens toont Inzageverzoek {
        /// Sleutel van het verzoek.
        id: Uuid,
        /// Van wie het dossier is.
        partij: Uuid,
        /// Waaronder het verzoek van de persoon elders bekend is.
        kenmerk: String,
        /// Waarom inzage nodig is.
        reden: String,
        /// Hoe ver het is.
        status: Inzagestand,
        /// Wie het aanvroeg, en na goedkeuring mag lezen: het subject van het token.
        aangevraagd_door: String,
        /// Wanneer.
        aangevraagd_op: DateTime<Utc>,
        /// Wie het goedkeurde of afwees.
        beoordeeld_door: Option<String>,
        /// Wanneer.
        beoordeeld_op: Option<DateTime<Utc>>,
        /// Tot wanneer het dossier gelezen mag worden.
        geldig_tot: Option<DateTime<Utc>>,
    }
}
