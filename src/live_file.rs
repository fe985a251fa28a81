//! Files that a running process leaves for other commands, and that mean nothing once it has ended.
//!
//! The process holds a lock on its file for as long as it lives, so that a reader can tell a live
//! file from one that a killed process left behind.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// A file that lives as long as this value; only its owner can read it.
#[derive(Debug)]
pub struct LiveFile {
    path: PathBuf,
    /// Kept open for its lock.
    _file: File,
}

impl LiveFile {
    /// Writes the file, replacing what an earlier process left behind.
    ///
    /// # Errors
    /// When the file cannot be written or locked.
    pub fn create(path: PathBuf, content: &str) -> io::Result<Self> {
        let new = path.with_extension("new");
        match fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(content.as_bytes())?;
        file.try_lock().map_err(io::Error::from)?;
        // Under its own name only when it is whole and locked.
        fs::rename(&new, &path)?;
        Ok(Self { path, _file: file })
    }
}

impl Drop for LiveFile {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "a file is left behind");
        }
    }
}

/// What the file says; `None` when there is none, or when the process that wrote it has ended.
///
/// # Errors
/// When the file is there but cannot be read.
pub fn read(path: &Path) -> io::Result<Option<String>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match file.try_lock_shared() {
        // Nobody holds it: it is left over.
        Ok(()) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
        Err(TryLockError::WouldBlock) => {
            let mut content = String::new();
            file.read_to_string(&mut content)?;
            Ok(Some(content))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_whose_process_lives_is_read() {
        let path = std::env::temp_dir().join(format!("live-file-{}", std::process::id()));
        assert_eq!(read(&path).unwrap(), None);
        fs::write(&path, "left behind").unwrap();
        assert_eq!(read(&path).unwrap(), None);
        let file = LiveFile::create(path.clone(), "alive").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some("alive"));
        drop(file);
        assert!(!path.exists());
    }
}
