//! What the demo keeps in its data directory: the database, the mark that the municipality is
//! complete, and, while it runs, its issuer.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::DemoError;
use super::personas::Ids;
use crate::issuer::{Issuer, IssuerDocument};
use crate::live_file::{self, LiveFile};

/// The demo's own directory in the data directory.
const DIR: &str = "demo";
/// The mark that the municipality is complete.
const PLAYED: &str = "played.json";
/// The issuer, while the demo runs.
const ISSUER: &str = "issuer.json";

/// The demo's own directory.
#[derive(Debug)]
pub(super) struct DemoDir(PathBuf);

#[derive(Serialize, Deserialize)]
struct Played {
    personas: Ids,
}

#[derive(Serialize, Deserialize)]
struct Running {
    issuer: IssuerDocument,
    personas: Ids,
}

fn file(path: &Path) -> impl FnOnce(io::Error) -> DemoError {
    move |source| DemoError::File { path: path.to_owned(), source }
}

fn to_text(value: &impl Serialize, path: &Path) -> Result<String, DemoError> {
    serde_json::to_string_pretty(value)
        .map_err(|source| DemoError::Malformed { path: path.to_owned(), source })
}

impl DemoDir {
    /// Makes the directory; only its owner can look into it.
    pub(super) fn prepare(data_dir: &Path) -> Result<Self, DemoError> {
        let dir = data_dir.join(DIR);
        match DirBuilder::new().mode(0o700).create(&dir) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(file(&dir)(error));
            }
            _ => {}
        }
        fs::set_permissions(&dir, Permissions::from_mode(0o700)).map_err(file(&dir))?;
        Ok(Self(dir))
    }

    /// The personas of a municipality that is complete.
    pub(super) fn played(&self) -> Result<Option<Ids>, DemoError> {
        let path = self.0.join(PLAYED);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(file(&path)(error)),
        };
        // A mark that was half written marks nothing.
        Ok(serde_json::from_str(&text).ok().map(|played: Played| played.personas))
    }

    /// Marks the municipality as complete.
    pub(super) fn mark_played(&self, ids: &Ids) -> Result<(), DemoError> {
        let path = self.0.join(PLAYED);
        let text = to_text(&Played { personas: ids.clone() }, &path)?;
        let new = path.with_extension("new");
        fs::write(&new, text).and_then(|()| fs::rename(&new, &path)).map_err(file(&path))
    }

    /// Forgets that the municipality is complete.
    pub(super) fn forget_played(&self) -> Result<(), DemoError> {
        let path = self.0.join(PLAYED);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(file(&path)(error)),
            _ => Ok(()),
        }
    }

    /// Lets `klantbeeld token` sign, for as long as the file lives.
    pub(super) fn announce(&self, issuer: &Issuer, ids: &Ids) -> Result<LiveFile, DemoError> {
        let path = self.0.join(ISSUER);
        let running = json!({ "issuer": issuer.document()?, "personas": ids });
        let text = to_text(&running, &path)?;
        LiveFile::create(path.clone(), &text).map_err(file(&path))
    }
}

/// The issuer of the demo that runs on this data directory, and its personas.
pub(super) fn running_issuer(data_dir: &Path) -> Result<(Issuer, Ids), DemoError> {
    let path = data_dir.join(DIR).join(ISSUER);
    let text = live_file::read(&path).map_err(file(&path))?;
    let text = text.ok_or_else(|| DemoError::NotRunning { dir: data_dir.to_owned() })?;
    let running: Running =
        serde_json::from_str(&text).map_err(|source| DemoError::Malformed { path, source })?;
    Ok((Issuer::from_document(running.issuer)?, running.personas))
}
