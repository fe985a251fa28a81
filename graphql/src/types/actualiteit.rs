//! How current an answer is.

use async_graphql::{Context, SimpleObject};

use crate::context::ContextExt;
use crate::error::ProductError;
use crate::loaders::Product;
use crate::types::scalar::DateTime;

/// The source that is missing when the projector is behind.
const GEBEURTENISSEN: &str = "gebeurtenissen";

/// Hoe actueel een antwoord is: tot wanneer het bij is en of er iets ontbreekt.
#[derive(Debug, SimpleObject)]
pub(crate) struct Actualiteit {
    /// Alles wat vóór dit tijdstip is vastgelegd, zit in het antwoord.
    pub(crate) bijgewerkt_tot: DateTime,
    /// Plaats in de reeks gebeurtenissen tot waar alles is verwerkt.
    pub(crate) positie: String,
    /// Of het antwoord compleet is: niet als de verwerking te ver achterloopt, als er objecten zijn
    /// waarvan een gebeurtenis niet verwerkt kon worden, of als een andere bron ontbreekt.
    pub(crate) volledig: bool,
    /// De bronnen die ontbreken of achterlopen; leeg als het antwoord volledig is. Met
    /// `geparkeerd: n` ontbreken de nieuwste gebeurtenissen van n objecten van dit product. Met
    /// `zaken` is van de gevraagde zaak maar één sleutel bekend: contacten die met de andere zijn
    /// vastgelegd, ontbreken.
    pub(crate) ontbrekende_bronnen: Vec<String>,
}

impl Actualiteit {
    /// How current this product is.
    pub(crate) async fn load(ctx: &Context<'_>, product: Product) -> Result<Self, ProductError> {
        let env = ctx.env()?;
        let row = ctx
            .loaders()?
            .actualiteit
            .load_one(product)
            .await?
            .ok_or(ProductError::NeverFilled { product: product.name() })?;
        let late = env.now() - row.bijgewerkt_tot > env.settings.achterstand_max;
        let mut ontbrekende_bronnen = Vec::new();
        if late {
            ontbrekende_bronnen.push(GEBEURTENISSEN.to_owned());
        }
        if row.geparkeerd > 0 {
            ontbrekende_bronnen.push(format!("geparkeerd: {}", row.geparkeerd));
        }
        Ok(Self {
            bijgewerkt_tot: row.bijgewerkt_tot.into(),
            positie: row.positie.to_string(),
            volledig: ontbrekende_bronnen.is_empty(),
            ontbrekende_bronnen,
        })
    }

    /// The same without this source.
    pub(crate) fn zonder(mut self, bron: Option<&'static str>) -> Self {
        self.ontbrekende_bronnen.extend(bron.map(str::to_owned));
        self.volledig = self.ontbrekende_bronnen.is_empty();
        self
    }
}
