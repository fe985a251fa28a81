//! The products: per information product one fold. Stage one keeps the objects (`bronnen`), stage
//! two derives the rows of the touched keys again; the result does not depend on the order across
//! objects.

mod actoren;
pub(crate) mod bronnen;
mod contactgeschiedenis;
pub(crate) mod derived;
mod documents;
mod gesprekken;
mod klant_document;
mod klantbeeld;
pub(crate) mod table;
mod werkvoorraad;
mod zaak_contacthistorie;

use std::collections::BTreeSet;

use read_side::analyse::Toegestaan;
use read_side::werkdagen::Termijn;

use crate::product::Product;

/// What the municipality sets that is part of the rows; other settings give other rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inrichting {
    /// Within what time a contactverzoek should be done.
    pub termijn: Termijn,
    /// Channels whose contacts are no berichten to a klant: codes of the list kanaal.
    pub verborgen_kanalen: BTreeSet<String>,
    /// What of free input may be counted by.
    pub toegestaan: Toegestaan,
}

impl From<&Termijn> for Inrichting {
    fn from(termijn: &Termijn) -> Self {
        Self { termijn: termijn.clone(), ..Self::default() }
    }
}

/// Every product of this version.
#[must_use]
pub fn all(inrichting: impl Into<Inrichting>) -> Vec<Box<dyn Product>> {
    let inrichting = inrichting.into();
    let termijn = &inrichting.termijn;
    vec![
        Box::new(actoren::Actoren),
        Box::new(klantbeeld::Klantbeeld { termijn: termijn.clone() }),
        Box::new(contactgeschiedenis::Contactgeschiedenis { inrichting: inrichting.clone() }),
        Box::new(werkvoorraad::Werkvoorraad { inrichting: inrichting.clone() }),
        Box::new(zaak_contacthistorie::ZaakContacthistorie { termijn: termijn.clone() }),
        Box::new(gesprekken::Gesprekken { inrichting: inrichting.clone() }),
    ]
}
