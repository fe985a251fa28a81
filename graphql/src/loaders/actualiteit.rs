//! How far the products are.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
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
    Bewaaroverzicht,
}

impl Product {
    const ALL: [Self; 5] = [
        Self::Klantbeeld,
        Self::Contactgeschiedenis,
        Self::Werkvoorraad,
        Self::ZaakContacthistorie,
        Self::Bewaaroverzicht,
    ];

    /// The name under which the projector keeps it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Klantbeeld => "klantbeeld",
            Self::Contactgeschiedenis => "contactgeschiedenis",
            Self::Werkvoorraad => "werkvoorraad",
            Self::ZaakContacthistorie => "zaak_contacthistorie",
            Self::Bewaaroverzicht => "bewaaroverzicht",
        }
    }
}

/// Loads how far products are: all that a request shows in one statement.
pub(crate) struct ActualiteitLoader(pub(crate) Env);

impl Loader<Product> for ActualiteitLoader {
    type Value = ActualiteitRow;
    type Error = ProductError;

    async fn load(&self, _: &[Product]) -> Result<HashMap<Product, ActualiteitRow>, ProductError> {
        // All products at once: few rows, and then a request needs the statement only once.
        let names = Product::ALL.map(|product| product.name().to_owned());
        let rows = actualiteit::by_products(&self.0.pool, &names);
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
