//! What a contact was about: zaken and other objects.

use async_graphql::{ID, SimpleObject};
use read_side::contact::{ObjectDocument, ZaakDocument};

/// Een zaak waar een contact over ging; ten minste één van beide sleutels is gevuld.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(crate) struct Zaak {
    /// Sleutel van de zaak in het zaakregister.
    pub(crate) uuid: Option<String>,
    /// Zaaknummer zoals mensen het gebruiken.
    pub(crate) identificatie: Option<String>,
    /// Sleutel van het contactverzoek (taakId) waaruit de zaak voortkwam.
    pub(crate) via_contactverzoek: Option<ID>,
}

impl From<&ZaakDocument> for Zaak {
    fn from(document: &ZaakDocument) -> Self {
        Self {
            uuid: document.uuid.clone(),
            identificatie: document.identificatie.clone(),
            via_contactverzoek: document.via_contactverzoek.map(ID::from),
        }
    }
}

impl Zaak {
    /// As a klant sees it, to whom a contactverzoek means nothing.
    pub(crate) fn for_klant(self) -> Self {
        Self { via_contactverzoek: None, ..self }
    }
}

/// Een object in een ander register, zoals een document of een formulierinzending.
#[derive(Debug, SimpleObject)]
pub(crate) struct Objectverwijzing {
    /// Soort object.
    pub(crate) soort: String,
    /// Soort sleutel.
    pub(crate) soort_id: String,
    /// Sleutel van het object.
    pub(crate) id: String,
    /// Register waarin het object staat.
    pub(crate) register: String,
}

impl From<&ObjectDocument> for Objectverwijzing {
    fn from(document: &ObjectDocument) -> Self {
        Self {
            soort: document.soort.clone(),
            soort_id: document.soort_id.clone(),
            id: document.id.clone(),
            register: document.register.clone(),
        }
    }
}

/// Builds the outside form of each, or nothing when it must not be seen.
pub(crate) fn shown<'d, D, T: From<&'d D>>(documents: &'d [D], masked: bool) -> Vec<T> {
    if masked { Vec::new() } else { documents.iter().map(T::from).collect() }
}
