//! The document of one contactverzoek (an interne taak), as several products show it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::contact::{ObjectDocument, ZaakDocument};

/// One interne taak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaakDocument {
    /// Key of the interne taak.
    pub taak_id: Uuid,
    /// Number for use in conversation.
    pub nummer: String,
    /// The klantcontact that led to it.
    pub klantcontact_id: Uuid,
    /// What must be done.
    pub gevraagde_handeling: String,
    /// Explanation; internal.
    pub toelichting: Option<String>,
    /// Whether it still has to be done (`te_verwerken`).
    pub open: bool,
    /// When it was assigned.
    pub toegewezen_op: DateTime<Utc>,
    /// Before when it should be done; `None` as long as the klantcontact is not known here.
    pub streefdatum: Option<DateTime<Utc>>,
    /// When it was done.
    pub afgehandeld_op: Option<DateTime<Utc>>,
    /// To whom it is assigned, the first is the main one.
    pub actoren: Vec<Uuid>,
}

/// A contactverzoek with what somebody needs to act on it: who asked, about what, how to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactverzoekDocument {
    /// The taak itself.
    pub taak: TaakDocument,
    /// Subject of the klantcontact.
    pub onderwerp: Option<String>,
    /// Channel of the klantcontact.
    pub kanaal: Option<String>,
    /// When the klantcontact took place: since when the klant waits.
    pub contact_op: Option<DateTime<Utc>>,
    /// Whether the klantcontact is confidential.
    pub vertrouwelijk: bool,
    /// The known partij that asked; filled = verified.
    pub klant_id: Option<Uuid>,
    /// Name of who asked: for this contact, else of the partij.
    pub klantnaam: Option<String>,
    /// Whether the partij asked for secrecy: its data are shown masked.
    pub afgeschermd: bool,
    /// Number to call: of the betrokkene, else of the partij.
    pub telefoon: Option<String>,
    /// Address to answer: of the betrokkene, else of the partij.
    pub email: Option<String>,
    /// Whether telefoon and email are the partij's own, not given for this contact.
    pub van_partij: bool,
    /// The zaken of the klantcontact.
    pub zaken: Vec<ZaakDocument>,
    /// The documents of the klantcontact.
    pub documenten: Vec<ObjectDocument>,
}
