//! The other key of zaken.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use read_side::Reader;
use read_side::zaken::{self, ZaakRow};

use crate::context::Env;
use crate::error::ProductError;

/// Loads zaken by either of their keys, in lower case.
pub(crate) struct ZaakLoader(pub(crate) Env, pub(crate) Reader);

impl Loader<String> for ZaakLoader {
    type Value = ZaakRow;
    type Error = ProductError;

    async fn load(&self, keys: &[String]) -> Result<HashMap<String, ZaakRow>, ProductError> {
        let rows = self.0.run("zaken", zaken::by_keys(&self.1, keys)).await?;
        let both = |row: ZaakRow| [(row.uuid.clone(), row.clone()), (row.nummer.clone(), row)];
        Ok(rows.into_iter().flat_map(both).collect())
    }
}
