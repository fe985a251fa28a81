//! When a document is held against the schema: once, and not for every request that asks it. And
//! without a request at all, when it is registered.

use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation};
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{CacheControl, Request, ServerError, ValidationResult};
use async_trait::async_trait;

use crate::AppSchema;
use crate::documents::Prepared;

/// Leaves validation out for a document that passed it. What a request may still get wrong is its
/// variables; those are looked at before ([`crate::variables`]).
pub(crate) struct Once;

impl ExtensionFactory for Once {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Once {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let prepared = ctx.data_opt::<Arc<Prepared>>();
        if prepared.is_some_and(|prepared| prepared.is_valid()) {
            // Nobody looks at these: limits are our own, and nothing is cached.
            let cache_control = CacheControl::default();
            return Ok(ValidationResult { cache_control, complexity: 0, depth: 0 });
        }
        let passed = next.run(ctx).await?;
        if let Some(prepared) = prepared {
            prepared.mark_valid();
        }
        Ok(passed)
    }
}

/// A schema that validates and does not execute.
pub(crate) struct ValidateOnly(AppSchema);

impl std::fmt::Debug for ValidateOnly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ValidateOnly")
    }
}

struct Stop;

impl ExtensionFactory for Stop {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Stop {
    /// Nothing comes after it: what passed is refused without a reason.
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        next.run(ctx).await.and(Err(Vec::new()))
    }
}

impl ValidateOnly {
    /// The schema of this program.
    pub(crate) fn new() -> Self {
        Self(crate::builder().extension(Stop).finish())
    }

    /// What is wrong with a document.
    pub(crate) async fn errors(
        &self,
        text: &str,
        document: &ExecutableDocument,
    ) -> Vec<ServerError> {
        let mut request = Request::new(text);
        let first = document.operations.iter().next();
        request.operation_name = first.and_then(|(name, _)| name.map(ToString::to_string));
        request.set_parsed_query(document.clone());
        self.0.execute(request).await.errors
    }
}
