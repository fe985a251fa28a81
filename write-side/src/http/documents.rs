//! The description of the API, for programs and for people, open to everybody.

use axum::Router;
use axum::body::Bytes;
use axum::routing::MethodRouter;
use pages::{API, Asset, LICENCES, serve};
use utoipa::openapi::OpenApi;

use super::{Api, READ, layers, verzoek};

/// A description that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// As JSON.
    #[error("the OpenAPI document could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// As YAML.
    #[error("the OpenAPI document could not be written as YAML")]
    Yaml(#[from] serde_saphyr::ser::Error),
}

/// The document in its two forms, with the same content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Forms {
    pub(super) json: String,
    pub(super) yaml: String,
}

impl Forms {
    /// Writes the document.
    pub(super) fn of(document: &OpenApi) -> Result<Self, DocumentError> {
        Ok(Self { json: document.to_pretty_json()?, yaml: serde_saphyr::to_string(document)? })
    }
}

/// The document, and the files of the page.
pub(super) fn router(forms: Forms) -> Router<Api> {
    let document = Router::new()
        .route("/openapi.json", file("application/json", forms.json))
        .route("/openapi.yaml", file("application/yaml", forms.yaml));
    layers::public(document)
        .route("/pagina/api.js", file("text/javascript; charset=utf-8", API.script))
        .route("/pagina/api.css", file("text/css; charset=utf-8", API.style))
        .route("/pagina/licenties.txt", file("text/plain; charset=utf-8", LICENCES))
}

/// The page itself.
pub(super) fn page() -> MethodRouter<Api> {
    file("text/html; charset=utf-8", API.filled())
}

fn file(content_type: &'static str, body: impl Into<Bytes>) -> MethodRouter<Api> {
    serve(Asset::new(content_type, body.into()))
        .fallback(|state| verzoek::method_not_allowed(READ, state))
}
