//! A folder of documents: a file each.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How the names of the files end.
const EXTENSION: &str = "graphql";

/// Why a folder cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file or folder.
    #[error("cannot read {path}; a document is a text in UTF-8")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// There is nothing in it.
    #[error("there is no .graphql file in {dir}")]
    Empty {
        /// The folder.
        dir: PathBuf,
    },
    /// The same text twice would have one name for requests and two for people.
    #[error("{one} and {other} hold the same document; leave one of them out")]
    Twice {
        /// One of the files.
        one: PathBuf,
        /// Another.
        other: PathBuf,
    },
}

/// A file with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DocumentFile {
    pub(super) path: PathBuf,
    /// Its place in the folder, without what its name ends with.
    pub(super) name: String,
    /// Its text, to the letter.
    pub(super) text: String,
}

/// Every document of a folder and the folders in it, by name.
pub(super) fn read(dir: &Path) -> Result<Vec<DocumentFile>, FolderError> {
    let mut files = Vec::new();
    collect(dir, &mut files)?;
    files.sort();
    let mut texts: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut documents = Vec::with_capacity(files.len());
    for path in files {
        let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
        if let Some(one) = texts.insert(text.clone(), path.clone()) {
            return Err(FolderError::Twice { one, other: path });
        }
        let inside = path.strip_prefix(dir).unwrap_or(&path).with_extension("");
        let name = inside.to_string_lossy().into_owned();
        documents.push(DocumentFile { path, name, text });
    }
    if documents.is_empty() {
        return Err(FolderError::Empty { dir: dir.to_owned() });
    }
    Ok(documents)
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<(), FolderError> {
    for entry in fs::read_dir(dir).map_err(unreadable(dir))? {
        let entry = entry.map_err(unreadable(dir))?;
        let path = entry.path();
        // A link to a folder is not followed: it could lead round.
        if entry.file_type().map_err(unreadable(&path))?.is_dir() {
            collect(&path, files)?;
        } else if path.extension() == Some(OsStr::new(EXTENSION)) {
            files.push(path);
        }
    }
    Ok(())
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> FolderError {
    move |source| FolderError::Unreadable { path: path.to_owned(), source }
}
