//! The document of one contact, as klantbeeld, contactgeschiedenis and zaakContacthistorie show it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::taak::TaakDocument;

/// Channels by which only the klant seeks contact.
pub const KANALEN_INKOMEND: [&str; 3] = ["balie", "e-formulier", "mijn-omgeving"];

/// `soort` of the object that a sent form is.
const FORMULIERINZENDING: &str = "formulierinzending";
/// `soort` of the object that a product is.
const PRODUCT: &str = "product";

/// One klantcontact with its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactDocument {
    /// Key of the klantcontact.
    pub klantcontact_id: Uuid,
    /// Number for use in conversation.
    pub nummer: String,
    /// When it took place.
    pub op: DateTime<Utc>,
    /// Code of the list kanaal.
    pub kanaal: String,
    /// Who sought contact.
    pub richting: Richting,
    /// Subject.
    pub onderwerp: String,
    /// What was exchanged (`inhoud`).
    pub samenvatting: Option<String>,
    /// The answer given (`reactie`).
    pub antwoord: Option<String>,
    /// Whether contact succeeded; `None` = not known.
    pub gelukt: Option<bool>,
    /// Language, ISO 639-2/T.
    pub taal: String,
    /// Whether subject and content are confidential.
    pub vertrouwelijk: bool,
    /// From `metadata`: the result of the conversation.
    pub gespreksresultaat: Option<String>,
    /// From `metadata`: the question.
    pub vraag: Option<String>,
    /// From `metadata`: the specific question.
    pub specifieke_vraag: Option<String>,
    /// The actoren that took part, in order of coupling.
    pub actoren: Vec<Uuid>,
    /// The zaken it was about.
    pub zaken: Vec<ZaakDocument>,
    /// Earlier klantcontacten it was about.
    pub eerdere_contacten: Vec<Uuid>,
    /// Other objects it was about.
    pub overige_onderwerpen: Vec<ObjectDocument>,
    /// Who took part on the outside.
    pub deelnemers: Vec<DeelnemerDocument>,
    /// Objects handed over or created.
    pub documenten: Vec<ObjectDocument>,
    /// The contactverzoeken that followed, in order of registration.
    pub contactverzoeken: Vec<TaakDocument>,
}

impl ContactDocument {
    /// The key of the form that was sent, if it was one that has a key.
    #[must_use]
    pub fn formulierinzending(&self) -> Option<&str> {
        self.object(FORMULIERINZENDING)
    }

    /// The product that was asked for.
    #[must_use]
    pub fn product(&self) -> Option<&str> {
        self.object(PRODUCT)
    }

    fn object(&self, soort: &str) -> Option<&str> {
        let mut objects = self.overige_onderwerpen.iter().chain(&self.documenten);
        let found = objects.find(|object| object.soort.eq_ignore_ascii_case(soort));
        found.map(|object| object.id.as_str())
    }
}

/// Who sought contact. `initiator` alone is not reliable, so several signs must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Richting {
    /// The klant sought contact.
    Inkomend,
    /// The gemeente sought contact.
    Uitgaand,
    /// The signs do not agree.
    Onbekend,
}

impl Richting {
    /// How rows name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Inkomend => "inkomend",
            Self::Uitgaand => "uitgaand",
            Self::Onbekend => "onbekend",
        }
    }

    /// The one that rows name so.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Inkomend, Self::Uitgaand, Self::Onbekend].into_iter().find(|it| it.code() == code)
    }
}

/// A zaak that a contact was about; at least one of the two keys is filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZaakDocument {
    /// Key of the zaak in its register.
    pub uuid: Option<String>,
    /// Identification that people use.
    pub identificatie: Option<String>,
    /// The interne taak through which the zaak came.
    pub via_contactverzoek: Option<Uuid>,
}

impl ZaakDocument {
    /// Forgets the interne taak: what happens inside is not for a klant.
    pub fn hide_contactverzoek(&mut self) {
        self.via_contactverzoek = None;
    }
}

/// An object of another register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectDocument {
    /// Kind of object.
    pub soort: String,
    /// Kind of key.
    pub soort_id: String,
    /// Key.
    pub id: String,
    /// Register.
    pub register: String,
}

/// Someone who took part in a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeelnemerDocument {
    /// Key of the betrokkene.
    pub betrokkene_id: Uuid,
    /// The known partij; filled = verified.
    pub partij_id: Option<Uuid>,
    /// Name given for this contact; `None` = the partij's own name holds.
    pub naam: Option<String>,
    /// Whether it acted for someone else.
    pub vertegenwoordiger: bool,
    /// Organisation it belonged to.
    pub namens: Option<String>,
    /// Whether it started the contact.
    pub initiator: bool,
    /// Telephone numbers for this follow-up only.
    pub telefoonnummers: Vec<String>,
    /// E-mail addresses for this follow-up only.
    pub emailadressen: Vec<String>,
    /// Whether any contact data were given for this contact only: a name, an address, a number.
    pub eigen_contactgegevens: bool,
}
