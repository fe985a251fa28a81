//! What a resolver can reach: the environment of the service and the bearer of this request.

use async_graphql::Context;
use chrono::{DateTime, Utc};
use clock::SharedClock;
use sqlx::PgPool;

use crate::Settings;
use crate::error::ProductError;
use crate::loaders::Loaders;
use access::Identity;

/// What all requests share.
#[derive(Debug, Clone)]
pub(crate) struct Env {
    pub(crate) pool: PgPool,
    pub(crate) settings: Settings,
    pub(crate) clock: SharedClock,
}

impl Env {
    /// The present moment.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Logs a failure of the database once, without values, and hides it behind a trace id.
    pub(crate) fn masked(&self, statement: &'static str, error: &sqlx::Error) -> ProductError {
        ProductError::database(statement, error, self.clock.new_id())
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
}
