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

use read_side::werkdagen::Termijn;

use crate::product::Product;

/// What can be set of the rows; other settings give other rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Regels {
    /// Within what time a contactverzoek should be done.
    pub termijn: Termijn,
    /// Channels whose contacts are no berichten to a klant: codes of the list kanaal.
    pub verborgen_kanalen: BTreeSet<String>,
}

/// Every product of this version, with these terms and otherwise the defaults.
#[must_use]
pub fn all(termijn: &Termijn) -> Vec<Box<dyn Product>> {
    with(&Regels { termijn: termijn.clone(), ..Regels::default() })
}

/// Every product of this version, with these settings.
#[must_use]
pub fn with(regels: &Regels) -> Vec<Box<dyn Product>> {
    let termijn = &regels.termijn;
    vec![
        Box::new(actoren::Actoren),
        Box::new(klantbeeld::Klantbeeld { termijn: termijn.clone() }),
        Box::new(contactgeschiedenis::Contactgeschiedenis { termijn: termijn.clone() }),
        Box::new(werkvoorraad::Werkvoorraad { termijn: termijn.clone() }),
        Box::new(zaak_contacthistorie::ZaakContacthistorie { termijn: termijn.clone() }),
        Box::new(gesprekken::Gesprekken { regels: regels.clone() }),
    ]
}
