//! What changed or went: the state before and after, with the reason where one is asked for.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The state of something before and after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gewijzigd<T> {
    /// State before the change.
    pub oud: T,
    /// State after the change.
    pub nieuw: T,
}

/// The state of something before and after a correction, and what was wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gecorrigeerd<T> {
    /// State before the correction.
    pub oud: T,
    /// State after the correction.
    pub nieuw: T,
    /// What was wrong.
    pub reden: String,
}

/// Something that was taken away, as it was, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verwijderd<T> {
    /// Its last state.
    pub onderdeel: T,
    /// Why.
    pub reden: String,
}

/// An object was destroyed: only the fact and its ground stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vernietigd {
    /// Key of the object.
    pub id: Uuid,
    /// The object by which one found it: of an interne taak its klantcontact.
    pub hoorde_bij: Option<Uuid>,
    /// Category of the selectielijst, or another ground.
    pub grond: String,
    /// The decision that allowed it.
    pub besluit: String,
}
