//! Vernietiging: destroying an object takes three people: one proposes, one approves, one executes.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::envelope::ObjectRef;
use crate::waarden::exchange_form;

/// How far a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vernietigingsstatus {
    /// Nobody has judged it.
    Voorgesteld,
    /// Somebody else approved.
    Goedgekeurd,
    /// Somebody else refused.
    Afgewezen,
    /// A third person executed it.
    Uitgevoerd,
}
exchange_form!(Vernietigingsstatus {
    Voorgesteld = "voorgesteld",
    Goedgekeurd = "goedgekeurd",
    Afgewezen = "afgewezen",
    Uitgevoerd = "uitgevoerd",
});

/// A proposal to destroy an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vernietigingsvoorstel {
    /// Technical key.
    pub id: Uuid,
    /// What is to be destroyed.
    pub object: ObjectRef,
    /// Category of the selectielijst, or another ground.
    pub grond: String,
    /// The decision on which it rests.
    pub besluit: String,
    /// How far it is.
    pub status: Vernietigingsstatus,
    /// Who proposed, as the issuer of tokens names the bearer.
    pub voorgesteld_door: String,
    /// Who approved or refused.
    pub beoordeeld_door: Option<String>,
    /// Who executed.
    pub uitgevoerd_door: Option<String>,
}

/// The content of an event was destroyed; the event stays as a place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InhoudVernietigd {
    /// The object to which it had happened.
    pub object: ObjectRef,
}
