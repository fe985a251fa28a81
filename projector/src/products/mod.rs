//! The products: per information product one fold. Stage one keeps the objects (`bronnen`), stage
//! two derives the rows of the touched keys again; the result does not depend on the order across
//! objects.

mod actoren;
mod bewaaroverzicht;
pub(crate) mod bronnen;
mod contactgeschiedenis;
pub(crate) mod derived;
mod documents;
mod klant_document;
mod klantbeeld;
pub(crate) mod table;
mod werkvoorraad;
mod zaak_contacthistorie;

use read_side::werkdagen::Termijn;

use crate::product::Product;

/// Every product of this version.
#[must_use]
pub fn all(termijn: &Termijn) -> Vec<Box<dyn Product>> {
    vec![
        Box::new(actoren::Actoren),
        Box::new(klantbeeld::Klantbeeld { termijn: termijn.clone() }),
        Box::new(contactgeschiedenis::Contactgeschiedenis { termijn: termijn.clone() }),
        Box::new(werkvoorraad::Werkvoorraad { termijn: termijn.clone() }),
        Box::new(zaak_contacthistorie::ZaakContacthistorie { termijn: termijn.clone() }),
        Box::new(bewaaroverzicht::Bewaaroverzicht),
    ]
}
