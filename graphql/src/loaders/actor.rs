//! Names of actoren.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use read_side::Reader;
use read_side::actoren::{self, ActorRow};
use uuid::Uuid;

use crate::context::Env;
use crate::error::ProductError;

/// Loads actoren by key.
pub(crate) struct ActorLoader(pub(crate) Env, pub(crate) Reader);

impl Loader<Uuid> for ActorLoader {
    type Value = ActorRow;
    type Error = ProductError;

    async fn load(&self, keys: &[Uuid]) -> Result<HashMap<Uuid, ActorRow>, ProductError> {
        let rows = actoren::by_ids(&self.1, keys);
        let rows = self.0.run("actoren", rows).await?;
        Ok(rows.into_iter().map(|row| (row.actor_id, row)).collect())
    }
}
