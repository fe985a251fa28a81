//! Referentiewaarde: one value of a reference list. A code never changes; a retired value stays on
//! old data.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A value of a reference list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Referentiewaarde {
    /// Technical key.
    pub id: Uuid,
    /// The list.
    pub lijst: String,
    /// The code by which data refer to it.
    pub code: String,
    /// Name to show.
    pub naam: String,
    /// Whether it may be used in new data (I16).
    pub indicatie_actief: bool,
    /// How an address of this soort is checked (list soortDigitaalAdres).
    pub validatie: Option<String>,
    /// The value that it belongs to: the register of a soort object, the soort object of a key.
    pub hoort_bij: Option<String>,
    /// First day of use (list land).
    pub ingangsdatum: Option<NaiveDate>,
    /// Last day of use (list land).
    pub einddatum: Option<NaiveDate>,
}
