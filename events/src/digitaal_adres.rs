//! Digitaal adres: a telephone number, e-mail address or user name, of a partij for future contact
//! or of a betrokkene for one follow-up.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::envelope::ObjectRef;

/// A digital address; its owner is a partij or a betrokkene (I07).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DigitaalAdres {
    /// Technical key.
    pub id: Uuid,
    /// Code of the list soortDigitaalAdres.
    pub soort_digitaal_adres: String,
    /// The address itself.
    pub adres: String,
    /// Description, for example "werk".
    pub omschrijving: Option<String>,
    /// Standard address of this soort for the partij (I09).
    pub is_standaard_adres: bool,
    /// Machine-readable tag, for example the number of a zaak (I10).
    pub referentie: Option<String>,
    /// Date on which the address was verified.
    pub verificatie_datum: Option<NaiveDate>,
    /// Partij that gave it for future contact.
    pub verstrekt_door_partij: Option<Uuid>,
    /// Betrokkene that gave it for one follow-up.
    pub verstrekt_door_betrokkene: Option<Uuid>,
}

/// A digital address of a partij, or of a betrokkene of a klantcontact: as it was registered or
/// verified, or as it was when it was removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EigenDigitaalAdres {
    /// The partij or the klantcontact to which the owner belongs.
    pub hoort_bij: ObjectRef,
    /// The address.
    pub digitaal_adres: DigitaalAdres,
}

/// A digital address changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DigitaalAdresGewijzigd {
    /// The partij or the klantcontact to which the owner belongs.
    pub hoort_bij: ObjectRef,
    /// State before the change.
    pub oud: DigitaalAdres,
    /// State after the change.
    pub nieuw: DigitaalAdres,
}

/// The standard address of a partij for one soort moved (I09: the newest wins).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StandaardAdresAangewezen {
    /// The partij.
    pub partij: Uuid,
    /// The soort for which it holds.
    pub soort_digitaal_adres: String,
    /// The new standard address.
    pub digitaal_adres: Uuid,
    /// The address that was it before, if there was one.
    pub vorig_digitaal_adres: Option<Uuid>,
}

/// The partij chose its preferred address, or none (I08).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoorkeursDigitaalAdresGekozen {
    /// The partij.
    pub partij: Uuid,
    /// Its preferred address.
    pub digitaal_adres: Option<Uuid>,
}
