//! Gesprekken of contacts, and pages of berichten.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use read_side::contact::ContactDocument;
use read_side::gesprekken::{self, BerichtenVraag, Gespreksdeelnemer};
use read_side::{Page, Reader};
use uuid::Uuid;

use crate::context::Env;
use crate::error::ProductError;

/// Loads the key of the gesprek of a klantcontact.
pub(crate) struct GesprekLoader(pub(crate) Env, pub(crate) Reader);

impl Loader<Uuid> for GesprekLoader {
    type Value = Uuid;
    type Error = ProductError;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, ProductError> {
        let found = gesprekken::ids_of(&self.1, keys);
        Ok(self.0.run("gesprekken van contacten", found).await?.into_iter().collect())
    }
}

/// Loads pages of berichten: those of all gesprekken that one klant looks at in one statement.
pub(crate) struct BerichtenLoader(pub(crate) Env, pub(crate) Reader);

impl Loader<(Gespreksdeelnemer, BerichtenVraag)> for BerichtenLoader {
    type Value = Page<ContactDocument>;
    type Error = ProductError;

    async fn load(
        &self,
        keys: &[(Gespreksdeelnemer, BerichtenVraag)],
    ) -> Result<HashMap<(Gespreksdeelnemer, BerichtenVraag), Page<ContactDocument>>, ProductError>
    {
        let mut per_lezer: HashMap<Gespreksdeelnemer, Vec<BerichtenVraag>> = HashMap::new();
        for (lezer, vraag) in keys {
            per_lezer.entry(*lezer).or_default().push(*vraag);
        }
        let mut found = HashMap::new();
        for (lezer, vragen) in per_lezer {
            let pages = gesprekken::berichten(&self.1, lezer, &vragen);
            let pages = self.0.run("gesprekken: berichten", pages).await?;
            found.extend(vragen.into_iter().map(|vraag| (lezer, vraag)).zip(pages));
        }
        Ok(found)
    }
}
