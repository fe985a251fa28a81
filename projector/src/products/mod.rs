//! The products: per information product one fold. Stage one keeps the objects (`bronnen`), stage
//! two derives the rows of the touched keys again; the result does not depend on the order across
//! objects.

mod actoren;
pub(crate) mod bronnen;
mod contactgeschiedenis;
pub(crate) mod derived;
mod documents;
mod klant_document;
mod klantbeeld;
pub(crate) mod table;
mod werkvoorraad;
mod zaak_contacthistorie;
mod zaakspelling;
mod zaken;

use read_side::werkdagen::Termijn;

use crate::product::Product;

pub use zaakspelling::{NoZaakspelling, Zaaksleutel, Zaakspelling, Zaakspellingen};

/// What rows depend on besides events: another setting gives other rows, so it asks a rebuild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Within what time a contactverzoek should be done.
    pub termijn: Termijn,
    /// Which onderwerpobjecten are a zaak.
    pub zaakspellingen: Zaakspellingen,
    /// Whether one human, or team, that is recorded as several actoren is one.
    pub actoren_samenvoegen: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            termijn: Termijn::default(),
            zaakspellingen: Zaakspellingen::default(),
            actoren_samenvoegen: true,
        }
    }
}

/// Every product of this version.
#[must_use]
pub fn all(settings: &Settings) -> Vec<Box<dyn Product>> {
    vec![
        Box::new(actoren::Actoren { samenvoegen: settings.actoren_samenvoegen }),
        Box::new(klantbeeld::Klantbeeld { settings: settings.clone() }),
        Box::new(contactgeschiedenis::Contactgeschiedenis { settings: settings.clone() }),
        Box::new(werkvoorraad::Werkvoorraad { settings: settings.clone() }),
        Box::new(zaken::Zaken),
        Box::new(zaak_contacthistorie::ZaakContacthistorie { settings: settings.clone() }),
    ]
}
