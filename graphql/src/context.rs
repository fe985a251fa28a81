//! What a resolver can reach: the environment of the service and the bearer of this request.

use std::sync::Arc;

use async_graphql::Context;
use chrono::{DateTime, Utc};
use clock::SharedClock;
use logboek::Wie;
use read_side::Reader;
use sqlx::PgPool;
use uuid::Uuid;

use crate::Settings;
use crate::eigen::{Eigen, EigenCell};
use crate::error::ProductError;
use crate::gates::rows::Rijen;
use crate::loaders::{Loaders, in_flight};
use crate::subscriptions::Watcher;
use access::{Identity, Rol};

/// What all requests share.
#[derive(Debug, Clone)]
pub(crate) struct Env {
    pub(crate) pool: PgPool,
    /// Shared: each loader of each request has it.
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: SharedClock,
    pub(crate) watcher: Watcher,
}

impl Env {
    /// The present moment.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Runs one statement; batches of loaders wait for it. A failure of the database is logged once,
    /// without values, and hidden behind a trace id.
    pub(crate) async fn run<T>(
        &self,
        statement: &'static str,
        query: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T, ProductError> {
        let result = in_flight(query).await;
        result.map_err(|error| ProductError::database(statement, &error, self.clock.new_id()))
    }
}

/// Who asks, for the logbook.
pub(crate) fn wie(identity: &Identity) -> Wie {
    Wie {
        subject: identity.subject.clone(),
        application: identity.application.clone(),
        doelbinding: identity.doelbinding.clone(),
    }
}

/// Short ways to the data of a request.
pub(crate) trait ContextExt {
    /// What all requests share.
    fn env(&self) -> Result<&Env, ProductError>;
    /// Who is asking.
    fn identity(&self) -> Result<&Identity, ProductError>;
    /// The loaders of this request.
    fn loaders(&self) -> Result<&Loaders, ProductError>;
    /// Who is asking, as all that it is.
    async fn eigen(&self) -> Result<&Eigen, ProductError>;
    /// A way to what all products share.
    fn shared(&self) -> Result<Reader, ProductError>;
    /// A way to the rows that the bearer may see in this role.
    fn reader(&self, rol: Rol) -> Result<Reader, ProductError>;
    /// A way to the dossier for which this request for inzage was made.
    fn dossier(&self, verzoek: Uuid) -> Result<Reader, ProductError>;
}

impl ContextExt for Context<'_> {
    fn env(&self) -> Result<&Env, ProductError> {
        self.data_opt().ok_or(ProductError::Unprepared)
    }

    fn identity(&self) -> Result<&Identity, ProductError> {
        self.data_opt().ok_or(ProductError::Unprepared)
    }

    fn loaders(&self) -> Result<&Loaders, ProductError> {
        self.data_opt().ok_or(ProductError::Unprepared)
    }

    async fn eigen(&self) -> Result<&Eigen, ProductError> {
        let cell: &EigenCell = self.data_opt().ok_or(ProductError::Unprepared)?;
        // Seldom needed: on the heap, it makes no other future of a request larger.
        Box::pin(cell.get((self.env()?, &self.shared()?), self.identity()?)).await
    }

    fn shared(&self) -> Result<Reader, ProductError> {
        let rijen: &Rijen = self.data_opt().ok_or(ProductError::Unprepared)?;
        Ok(rijen.shared())
    }

    fn reader(&self, rol: Rol) -> Result<Reader, ProductError> {
        let rijen: &Rijen = self.data_opt().ok_or(ProductError::Unprepared)?;
        Ok(rijen.reader(rol))
    }

    fn dossier(&self, verzoek: Uuid) -> Result<Reader, ProductError> {
        let rijen: &Rijen = self.data_opt().ok_or(ProductError::Unprepared)?;
        Ok(rijen.dossier(verzoek))
    }
}
