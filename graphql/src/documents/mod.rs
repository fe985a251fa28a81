//! Trusted documents: questions that are registered before they are asked, and how often what is
//! asked. A process learns of a new one when it is asked for it, and of one that was taken back
//! within [`ROUND`].

mod check;
pub(crate) mod fields;
mod id;
mod prepared;
mod store;
mod trust;
mod usage;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use access::Identity;
use async_graphql::ServerError;
use clock::SharedClock;
use sqlx::PgPool;
use tokio::sync::watch;

pub use check::{Checked, Checker, Fault};
pub use id::{DocumentId, NoDocumentId};
pub(crate) use prepared::Prepared;
pub use store::{
    Registered, Use, document_use, field_use, is_migrated, list, migrate, register, withdraw,
};
pub use trust::{DocumentPolicy, TrustedDocuments};
pub use usage::Totals;

use crate::completion::Shapes;
use crate::error::{ProductError, refusal};
use prepared::Cache;
use usage::Usage;

/// How long use waits to be written, and a document that was taken back may still be asked.
pub const ROUND: Duration = Duration::from_secs(10);

/// What a request asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Question {
    /// The text of a document.
    Text(String),
    /// The name of a registered one, as it was sent.
    Document(String),
}

impl Question {
    /// The text, if that is what was sent.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Document(_) => None,
        }
    }
}

/// The documents that this process knows, and what it counted.
#[derive(Debug)]
pub struct Documents {
    pool: PgPool,
    clock: SharedClock,
    cache: Cache,
    usage: Usage,
    shapes: Shapes,
    deprecated: BTreeMap<String, String>,
}

impl Documents {
    /// Documents in this database, which has been migrated.
    #[must_use]
    pub fn new(pool: PgPool, clock: SharedClock) -> Self {
        let sdl = crate::sdl();
        let (shapes, deprecated) = (Shapes::of(&sdl), fields::deprecated(&sdl));
        let (cache, usage) = (Cache::default(), Usage::default());
        Self { pool, clock, cache, usage, shapes, deprecated }
    }

    /// The document that a request asks. The error is the refusal.
    pub(crate) async fn find(&self, question: &Question) -> Result<Arc<Prepared>, ServerError> {
        match question {
            Question::Text(text) => self.cache.free(text),
            Question::Document(name) => self.registered(name).await,
        }
    }

    async fn registered(&self, name: &str) -> Result<Arc<Prepared>, ServerError> {
        let id: DocumentId = name.parse().map_err(|_| unknown())?;
        if let Some(prepared) = self.cache.registered(id) {
            return Ok(prepared);
        }
        let text = store::text(&self.pool, id).await.map_err(|error| {
            let error = ProductError::database("documenten", &error, self.clock.new_id());
            async_graphql::Error::from(error).into_server_error(async_graphql::Pos::default())
        })?;
        self.cache.keep(id, &text.ok_or_else(unknown)?)
    }

    /// Counts a question that is executed.
    pub(crate) fn executed(
        &self,
        identity: &Identity,
        prepared: &Arc<Prepared>,
        operation_name: Option<&str>,
    ) {
        let now = self.clock.now();
        self.usage.executed(&identity.application, prepared, operation_name, now);
    }

    /// Counts a question that is refused.
    pub(crate) fn refused(&self, error: &ServerError) {
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
        match code {
            Some(async_graphql::Value::String(code)) => self.usage.refused(code),
            // The parser has no codes.
            Some(_) | None => self.usage.refused(crate::error::INVALID_REQUEST),
        }
    }

    /// What was answered since the process began.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.usage.totals()
    }

    /// Writes down what was counted, and forgets documents that were taken back. What could not be
    /// written waits for the next time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn round(&self) -> sqlx::Result<()> {
        let batch = self.usage.take(&self.shapes);
        if !batch.is_empty() {
            match store::add(&self.pool, &batch.documents, &batch.fields).await {
                Ok(()) => self.usage.written(&batch, &self.deprecated),
                Err(error) => {
                    self.usage.put_back(batch);
                    return Err(error);
                }
            }
        }
        let known = self.cache.known();
        for id in store::withdrawn(&self.pool, &known).await? {
            self.cache.forget(id);
        }
        Ok(())
    }

    /// Does a round now and then, until told to stop. The last one is for who knows that no
    /// request is under way any more.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        if let Err(error) = store::forget_old(&self.pool, self.clock.now()).await {
            tracing::warn!(fout = %error, "old figures of use were not deleted");
        }
        while tokio::time::timeout(ROUND, stop.wait_for(|stop| *stop)).await.is_err() {
            self.try_round().await;
        }
    }

    /// Does a round, and tells in the log when it did not succeed.
    pub async fn try_round(&self) {
        if let Err(error) = self.round().await {
            tracing::warn!(fout = %error, "the use of documents was not written; it is kept");
        }
    }
}

fn unknown() -> ServerError {
    refusal(
        "DOCUMENT_ONBEKEND",
        "Document onbekend",
        404,
        "Er is geen document met deze naam geregistreerd. Een naam is sha256: met de SHA-256 van \
         de tekst in 64 hexadecimale cijfers; documenten worden vooraf geregistreerd, niet door een \
         aanvraag."
            .to_owned(),
    )
}
