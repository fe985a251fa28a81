//! Zaaksleutels: the two keys by which one zaak is known. The zaak itself lives in its register.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// That these two keys are of one zaak; each of them belongs to one zaak only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Zaaksleutels {
    /// Technical key of the pair.
    pub id: Uuid,
    /// Key of the zaak in its register.
    pub uuid: Uuid,
    /// Number that people use.
    pub identificatie: String,
    /// Register that holds the zaak.
    pub code_register: String,
}
