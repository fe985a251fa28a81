//! The products: per information product one fold. Stage one keeps the objects (`bronnen`), stage
//! two derives the rows of the touched keys again; the result does not depend on the order across
//! objects.

mod actoren;
mod bewaaroverzicht;
pub(crate) mod bronnen;
mod contactgeschiedenis;
pub(crate) mod derived;
mod documents;
mod gesprekken;
mod inzagedossier;
mod klant_document;
mod klantbeeld;
pub(crate) mod table;
mod werkvoorraad;
mod zaak_contacthistorie;
mod zaakspelling;
mod zaken;

use std::collections::BTreeSet;

use read_side::analyse::Toegestaan;
use read_side::werkdagen::Termijn;

use crate::product::Product;

pub use zaakspelling::{NoZaakspelling, Zaaksleutel, Zaakspelling, Zaakspellingen};

/// What the municipality sets that is part of the rows: another setting gives other rows, so it asks a
/// rebuild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inrichting {
    /// Within what time a contactverzoek should be done.
    pub termijn: Termijn,
    /// Channels whose contacts are no berichten to a klant: codes of the list kanaal.
    pub verborgen_kanalen: BTreeSet<String>,
    /// What of free input may be counted by.
    pub toegestaan: Toegestaan,
    /// Which onderwerpobjecten are a zaak.
    pub zaakspellingen: Zaakspellingen,
    /// Whether one human, or team, that is recorded as several actoren is one.
    pub actoren_samenvoegen: bool,
}

impl Default for Inrichting {
    fn default() -> Self {
        Self {
            termijn: Termijn::default(),
            verborgen_kanalen: BTreeSet::new(),
            toegestaan: Toegestaan::default(),
            zaakspellingen: Zaakspellingen::default(),
            actoren_samenvoegen: true,
        }
    }
}

/// Every product of this version.
#[must_use]
pub fn all(inrichting: &Inrichting) -> Vec<Box<dyn Product>> {
    let inrichting = || inrichting.clone();
    vec![
        Box::new(actoren::Actoren { samenvoegen: inrichting().actoren_samenvoegen }),
        Box::new(klantbeeld::Klantbeeld { inrichting: inrichting() }),
        Box::new(contactgeschiedenis::Contactgeschiedenis { inrichting: inrichting() }),
        Box::new(werkvoorraad::Werkvoorraad { inrichting: inrichting() }),
        Box::new(zaken::Zaken),
        Box::new(zaak_contacthistorie::ZaakContacthistorie { inrichting: inrichting() }),
        Box::new(gesprekken::Gesprekken { inrichting: inrichting() }),
        Box::new(bewaaroverzicht::Bewaaroverzicht { inrichting: inrichting() }),
        Box::new(inzagedossier::Inzagedossier),
    ]
}
