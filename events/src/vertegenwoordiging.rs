//! Vertegenwoordiging: a fact of the past; it says nothing about authority today (T11).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One partij represented another; the pair is unique (I12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vertegenwoordiging {
    /// Technical key.
    pub id: Uuid,
    /// Partij that acted.
    pub vertegenwoordigende_partij: Uuid,
    /// Partij for whom was acted.
    pub vertegenwoordigde_partij: Uuid,
}
