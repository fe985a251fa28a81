//! The service: `klantbeeld serve` with its own settings, tokens, and registered documents.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Bytes;
use clock::SystemClock;
use graphql::documents::DocumentId;
use serde_json::{Value, json};

use super::ReadError;
use super::load::Target;
use super::process::{Server, Start, free_port, ourselves, run};
use crate::config::new_key;
use crate::issuer::{AUDIENCE, Issuer};

/// What one request with a hundred klantbeelden takes more than the service allows by itself.
const LIMITS: [&str; 12] = [
    "--query-root-fields",
    "100",
    "--query-repeats",
    "100",
    "--query-aliases",
    "100",
    "--query-selections",
    "10000",
    "--query-cost",
    "200000",
    "--query-tokens",
    "10000",
];
/// What `klantbeeld documents register` finds.
const DOCUMENTS: &str = "documents";

/// The service, with what it takes to ask it.
pub(super) struct Service {
    pub(super) server: Server,
    issuer: Issuer,
}

impl Service {
    /// Registers documents and starts the service, in all its roles.
    pub(super) async fn start(
        url: &str,
        dir: &Path,
        logboek: &str,
        documents: &[&str],
    ) -> Result<Self, ReadError> {
        let issuer = Issuer::generate(&SystemClock)?;
        let [jwks, keys] = [
            write(dir.join("jwks.json"), &issuer.jwks()?)?,
            write(dir.join("logboek.keys"), &new_key("bench")?)?,
        ];
        let folder = dir.join(DOCUMENTS);
        fs::create_dir(&folder)
            .map_err(|source| ReadError::File { path: folder.clone(), source })?;
        for (number, document) in documents.iter().enumerate() {
            write(folder.join(format!("{number}.graphql")), document)?;
        }
        let mut register = ourselves(["documents", "register"])?;
        register.arg(&folder).args(LIMITS).env("KLANTBEELD_DATABASE_URL", url);
        run("klantbeeld documents register", register).await?;
        let address = free_port()?;
        let mut command = ourselves(["serve", "--issuer", issuer.name(), "--audience", AUDIENCE])?;
        command.args(["--listen", &address.to_string(), "--logboek", logboek]);
        command.arg("--jwks").arg(jwks).arg("--logboek-keys").arg(keys);
        command.args(LIMITS).env("KLANTBEELD_DATABASE_URL", url);
        let log = dir.join("serve.log");
        let start =
            Start { program: "klantbeeld serve", command, address, path: "/readyz", log: &log };
        Ok(Self { server: Server::start(start).await?, issuer })
    }

    /// Questions to GraphQL with these bodies, by somebody of whom the token says this.
    pub(super) fn asked(&self, claims: Value, bodies: Vec<Bytes>) -> Result<Target, ReadError> {
        self.target(graphql::PATH, claims, bodies)
    }

    /// Requests to the service.
    pub(super) fn target(
        &self,
        path: &str,
        claims: Value,
        bodies: Vec<Bytes>,
    ) -> Result<Target, ReadError> {
        let token: Arc<str> = self.issuer.sign(claims, &SystemClock)?.into();
        Ok(Target {
            address: self.server.address,
            path: path.to_owned(),
            token: Some(token),
            bodies: bodies.into(),
        })
    }
}

/// A question by the name of its document.
pub(super) fn trusted(document: &str) -> Value {
    json!({ "documentId": DocumentId::of(document).to_string() })
}

/// A question with its document.
pub(super) fn free(document: &str) -> Value {
    json!({ "query": document })
}

fn write(path: PathBuf, text: &str) -> Result<PathBuf, ReadError> {
    match fs::write(&path, text) {
        Ok(()) => Ok(path),
        Err(source) => Err(ReadError::File { path, source }),
    }
}
