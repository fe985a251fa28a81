//! Interne taak: something an actor must do to follow up a klantcontact. Deliberately small (B0435).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::waarden::{Identificator, exchange_form};

/// How far the handling is: two values on purpose (B0435).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taakstatus {
    /// Nothing done yet.
    TeVerwerken,
    /// The assignee has acted; it does not tell how.
    Verwerkt,
}
exchange_form!(Taakstatus { TeVerwerken = "te_verwerken", Verwerkt = "verwerkt" });

/// An interne taak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InterneTaak {
    /// Technical key.
    pub id: Uuid,
    /// Number for use in conversation; unique, never a key.
    pub nummer: String,
    /// The client's own number; unique when filled (I02).
    pub referentienummer: Option<String>,
    /// The klantcontact that led to it (I05).
    pub aanleidinggevend_klantcontact: Uuid,
    /// What must be done.
    pub gevraagde_handeling: String,
    /// Explanation.
    pub toelichting: Option<String>,
    /// Who has to do it, the first is the main one; never empty (I05).
    pub toegewezen_aan_actoren: Vec<Uuid>,
    /// When it was assigned.
    pub toegewezen_op: DateTime<Utc>,
    /// How far it is.
    pub status: Taakstatus,
    /// When it was handled; filled if and only if the status is verwerkt (I06).
    pub afgehandeld_op: Option<DateTime<Utc>>,
    /// Closing remark.
    pub afsluittoelichting: Option<String>,
}

/// An interne taak was assigned to other actoren.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InterneTaakToegewezen {
    /// The taak as it is now.
    pub interne_taak: InterneTaak,
    /// To whom it was assigned before.
    pub vorige_actoren: Vec<Uuid>,
}

/// An interne taak was handled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InterneTaakAfgehandeld {
    /// The taak as it is now.
    pub interne_taak: InterneTaak,
    /// The zaak that came out of it.
    pub zaak: Option<Identificator>,
    /// The klantcontact that answered.
    pub antwoord_klantcontact: Option<Uuid>,
    /// The taak that took its place, when it was passed on.
    #[serde(default)]
    pub vervangen_door_interne_taak: Option<Uuid>,
    /// Who handled it, as the issuer of tokens names the bearer.
    pub afgehandeld_door: String,
}

/// A handled taak was opened again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InterneTaakHeropend {
    /// The taak as it is now.
    pub interne_taak: InterneTaak,
    /// Why.
    pub reden: String,
}
