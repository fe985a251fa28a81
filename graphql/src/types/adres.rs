//! Addresses of a klant: digital ones and places.

use async_graphql::SimpleObject;
use read_side::klantbeeld::{AdresDocument, PostadresDocument};

use crate::types::scalar::Date;

/// Een digitaal adres: een telefoonnummer, e-mailadres of adres op een ander platform.
#[derive(Debug, SimpleObject)]
pub(crate) struct DigitaalAdres {
    /// Het adres zelf.
    pub(crate) waarde: String,
    /// Omschrijving, zoals "werk".
    pub(crate) omschrijving: Option<String>,
    /// Of de klant het liefst op dit adres wordt bereikt.
    pub(crate) is_voorkeur: bool,
    /// Of dit het standaardadres van zijn soort is.
    pub(crate) is_standaard: bool,
    /// Dag waarop het adres is geverifieerd; leeg = niet geverifieerd.
    pub(crate) geverifieerd_op: Option<Date>,
    /// Alleen te gebruiken voor deze zaak of dit doel; leeg = algemeen te gebruiken.
    pub(crate) alleen_voor: Option<String>,
}

impl From<&AdresDocument> for DigitaalAdres {
    fn from(document: &AdresDocument) -> Self {
        Self {
            waarde: document.waarde.clone(),
            omschrijving: document.omschrijving.clone(),
            is_voorkeur: document.is_voorkeur,
            is_standaard: document.is_standaard,
            geverifieerd_op: document.geverifieerd_op.map(Date),
            alleen_voor: document.alleen_voor.clone(),
        }
    }
}

/// Een plaats: bezoekadres of correspondentieadres.
#[derive(Debug, SimpleObject)]
pub(crate) struct Postadres {
    /// Sleutel van de nummeraanduiding in de BAG.
    pub(crate) nummeraanduiding_id: Option<String>,
    /// Het adres in regels, in de volgorde waarin men ze schrijft.
    pub(crate) regels: Vec<String>,
    /// Landcode volgens ISO 3166-1 alpha-2.
    pub(crate) land: Option<String>,
}

impl From<&PostadresDocument> for Postadres {
    fn from(document: &PostadresDocument) -> Self {
        Self {
            nummeraanduiding_id: document.nummeraanduiding_id.clone(),
            regels: document.regels.clone(),
            land: document.land.clone(),
        }
    }
}
