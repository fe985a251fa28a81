//! Names of klanten, and whether they are shielded.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use read_side::Reader;
use read_side::klantbeeld::{self, KlantNaam};
use uuid::Uuid;

use crate::context::Env;
use crate::error::ProductError;

/// Loads names of klanten by key.
pub(crate) struct KlantLoader(pub(crate) Env, pub(crate) Reader);

impl Loader<Uuid> for KlantLoader {
    type Value = KlantNaam;
    type Error = ProductError;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, KlantNaam>, ProductError> {
        let rows = klantbeeld::namen_by_ids(&self.1, keys);
        let rows = self.0.run("klantnamen", rows).await?;
        Ok(rows.into_iter().map(|row| (row.partij_id, row)).collect())
    }
}
