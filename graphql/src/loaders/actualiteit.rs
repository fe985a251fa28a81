//! How far the products are.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use read_side::Reader;
use read_side::actualiteit::{self, ActualiteitRow};

use crate::context::Env;
use crate::error::ProductError;

/// A product of the projector that an answer is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Product {
    Klantbeeld,
    Contactgeschiedenis,
    Werkvoorraad,
    ZaakContacthistorie,
    Gesprekken,
    Bewaaroverzicht,
    Inzagedossier,
}

impl Product {
    pub(crate) const ALL: [Self; 7] = [
        Self::Klantbeeld,
        Self::Contactgeschiedenis,
        Self::Werkvoorraad,
        Self::ZaakContacthistorie,
        Self::Gesprekken,
        Self::Bewaaroverzicht,
        Self::Inzagedossier,
    ];

    /// The name under which the projector keeps it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Klantbeeld => "klantbeeld",
            Self::Contactgeschiedenis => "contactgeschiedenis",
            Self::Werkvoorraad => "werkvoorraad",
            Self::ZaakContacthistorie => "zaak_contacthistorie",
            Self::Gesprekken => "gesprekken",
            Self::Bewaaroverzicht => "bewaaroverzicht",
            Self::Inzagedossier => "inzagedossier",
        }
    }
}

impl Product {
    /// The kinds of objects that it is made of: as its fold in the projector has them.
    pub(crate) const fn soorten(self) -> &'static [&'static str] {
        match self {
            Self::Klantbeeld => &["partij", "klantcontact", "interne_taak", "vertegenwoordiging"],
            Self::Contactgeschiedenis => &["klantcontact", "interne_taak"],
            Self::Werkvoorraad => &["interne_taak", "klantcontact", "partij", "actor"],
            Self::ZaakContacthistorie => &["partij", "klantcontact", "interne_taak"],
            Self::Gesprekken => &["klantcontact", "interne_taak"],
            Self::Bewaaroverzicht => &["partij", "klantcontact", "interne_taak"],
            Self::Inzagedossier => {
                &["inzageverzoek", "partij", "klantcontact", "interne_taak", "vertegenwoordiging"]
            }
        }
    }
}

/// Loads how far products are: all that a request shows in one statement.
pub(crate) struct ActualiteitLoader(pub(crate) Env, pub(crate) Reader);

impl Loader<Product> for ActualiteitLoader {
    type Value = ActualiteitRow;
    type Error = ProductError;

    async fn load(&self, _: &[Product]) -> Result<HashMap<Product, ActualiteitRow>, ProductError> {
        // All products at once: few rows, and then a request needs the statement only once.
        let names = Product::ALL.map(|product| product.name().to_owned());
        let rows = actualiteit::by_products(&self.1, &names);
        let rows = self.0.run("actualiteit", rows).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| {
                let product =
                    Product::ALL.into_iter().find(|product| product.name() == row.product)?;
                Some((product, row))
            })
            .collect())
    }
}
