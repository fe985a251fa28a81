//! The directories of a cluster: where they are, who owns them, and how they
//! are removed.

use std::{
    fs::{self, DirBuilder, File, Permissions},
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, ErrorKind, Read, Seek, SeekFrom},
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use super::{ClusterOptions, PostgresError, default_data_dir, settings, user::ServerUser};

/// The longest path of a unix socket, in bytes, on the strictest system (macOS
/// has room for 104 with the closing zero).
pub(super) const SOCKET_PATH_MAX_BYTES: usize = 103;
/// How many names are tried for a new temporary directory.
const TEMPORARY_NAMES: u32 = 10_000;
/// How much of the end of a log goes into an error, in bytes.
const LOG_TAIL_BYTES: u64 = 4096;

/// Where a cluster lives. All paths are absolute.
#[derive(Debug)]
pub(super) struct Place {
    /// The data directory of the application.
    pub(super) data_dir: PathBuf,
    /// The server's own directory in it, owned by `user`.
    pub(super) home: PathBuf,
    pub(super) socket_dir: PathBuf,
    pub(super) user: ServerUser,
    throw_away: bool,
    /// We made `data_dir`, so a throw-away server may delete it.
    made: bool,
}

impl Place {
    /// Chooses and makes the data directory, and chooses the server's user.
    pub(super) fn prepare(options: &ClusterOptions) -> Result<Self, PostgresError> {
        let (user, data_dir, made) = if options.throw_away && options.data_dir.is_none() {
            let user = ServerUser::choose(&[])?;
            let dir = make_temporary(&user)?;
            (user, dir, true)
        } else {
            let dir = options.data_dir.clone().unwrap_or_else(default_data_dir);
            let dir = std::path::absolute(&dir).map_err(PostgresError::io("find", dir))?;
            let home = home_in(&dir);
            let user = ServerUser::choose(&[&home.join("data"), &home, &dir])?;
            let made = make(&dir, user.switch)?;
            (user, dir, made)
        };
        let data_dir =
            data_dir.canonicalize().map_err(PostgresError::io("find", data_dir.as_path()))?;
        let place = Self {
            home: home_in(&data_dir),
            socket_dir: socket_dir_for(&home_in(&data_dir)),
            throw_away: options.throw_away,
            data_dir,
            user,
            made,
        };
        place.check().inspect_err(|_| place.unmake())?;
        Ok(place)
    }

    fn check(&self) -> Result<(), PostgresError> {
        if self.home.as_os_str().as_encoded_bytes().contains(&b'\n') {
            return Err(PostgresError::OddPath { path: self.data_dir.clone() });
        }
        if let Some(blocked) = self.user.blocked_at(&self.data_dir) {
            let (dir, user) = (self.data_dir.clone(), self.user.name.clone());
            return Err(PostgresError::NotReachable { dir, blocked, user });
        }
        if self.made && self.throw_away {
            // So that the watchdog, which is not root, can delete it.
            self.user.give(&self.data_dir)?;
        }
        Ok(())
    }

    /// Takes an empty directory that we made back, after a refusal.
    fn unmake(&self) {
        if self.made
            && let Err(error) = fs::remove_dir(&self.data_dir)
        {
            tracing::warn!(%error, dir = %self.data_dir.display(), "a directory is left behind");
        }
    }

    /// Makes the server's directories, which belong to the server's user and
    /// to nobody else. To be called with the lock held.
    pub(super) fn make_directories(&self) -> Result<(), PostgresError> {
        owned_dir(&self.home, &self.user)?;
        owned_dir(&self.socket_dir, &self.user)
    }

    /// The cluster itself, `PGDATA`.
    pub(super) fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    /// Next to the server's directory, not in it: root must not open files by
    /// name in a directory of another user.
    pub(super) fn lock_path(&self) -> PathBuf {
        self.data_dir.join("postgres.lock")
    }

    /// The major version that made the cluster; `None` if there is none yet.
    pub(super) fn existing_major(&self) -> Result<Option<u32>, PostgresError> {
        let path = self.data().join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text.trim().parse().ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(PostgresError::io("read", path)(error)),
        }
    }

    /// Makes the name of a new cluster survive a power failure.
    pub(super) fn sync(&self) -> Result<(), PostgresError> {
        File::open(&self.home)
            .and_then(|home| home.sync_all())
            .map_err(PostgresError::io("write to disk", &self.home))
    }

    /// What to delete at the end, whole; nothing for a kept cluster.
    pub(super) fn to_remove(&self) -> Vec<PathBuf> {
        if !self.throw_away {
            return Vec::new();
        }
        let mut paths = vec![self.socket_dir.clone(), self.home.clone(), self.lock_path()];
        if self.made {
            paths.push(self.data_dir.clone());
        }
        paths
    }

    /// Deletes what the watchdog left of a throw-away cluster: it is not root
    /// and may be unable to.
    pub(super) fn remove(&self) -> Result<(), PostgresError> {
        for path in self.to_remove() {
            let removed = match path.symlink_metadata() {
                Ok(found) if found.is_dir() => fs::remove_dir_all(&path),
                Ok(_) => fs::remove_file(&path),
                Err(error) => Err(error),
            };
            match removed {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(PostgresError::io("delete", path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The end of the logs named, for an error message.
    pub(super) fn log_tail(&self, names: &[&str]) -> String {
        let tails = names.iter().filter_map(|name| tail(&self.home.join(name)).ok());
        let text: Vec<String> = tails.filter(|tail| !tail.is_empty()).collect();
        if text.is_empty() { String::from("(nothing)") } else { text.join("\n") }
    }
}

fn home_in(data_dir: &Path) -> PathBuf {
    data_dir.join("postgres")
}

/// `run` in the server's directory, or a short name in `/tmp` if the socket's
/// path would be too long or cannot be written in a settings file.
pub(super) fn socket_dir_for(home: &Path) -> PathBuf {
    let near = home.join("run");
    let socket = socket_in(&near);
    if socket.as_os_str().len() <= SOCKET_PATH_MAX_BYTES && socket.to_str().is_some() {
        return near;
    }
    let mut hasher = DefaultHasher::new();
    home.hash(&mut hasher);
    PathBuf::from(format!("/tmp/klantbeeld-{:016x}", hasher.finish()))
}

/// The socket file that PostgreSQL makes in `dir`.
pub(super) fn socket_in(dir: &Path) -> PathBuf {
    dir.join(format!(".s.PGSQL.{}", settings::PORT))
}

/// Makes `dir` and its parents; true if `dir` did not exist. Another user must
/// be able to pass through it if `passable`.
fn make(dir: &Path, passable: bool) -> Result<bool, PostgresError> {
    if let Some(parent) = dir.parent() {
        fs::create_dir_all(parent).map_err(PostgresError::io("create", parent))?;
    }
    let mode = if passable { 0o755 } else { 0o700 };
    match DirBuilder::new().mode(mode).create(dir) {
        Ok(()) => {
            // The umask may have taken away what the server's user needs.
            fs::set_permissions(dir, Permissions::from_mode(mode))
                .map_err(PostgresError::io("set the mode of", dir))?;
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(PostgresError::io("create", dir)(error)),
    }
}

/// Makes a new directory for temporary files that the server's user can reach.
fn make_temporary(user: &ServerUser) -> Result<PathBuf, PostgresError> {
    let bases = [std::env::temp_dir(), PathBuf::from("/tmp")];
    let reachable = bases.iter().find(|base| user.blocked_at(base).is_none());
    let base = reachable.unwrap_or(&bases[0]);
    for number in 0..TEMPORARY_NAMES {
        let dir = base.join(format!("klantbeeld-{}-{number}", std::process::id()));
        if make(&dir, user.switch)? {
            return Ok(dir);
        }
    }
    let full = io::Error::other("every name that was tried is taken; delete old ones");
    Err(PostgresError::io("make a new directory klantbeeld-* in", base)(full))
}

/// Makes a directory that only `user` can use; one that exists must be theirs,
/// as anybody may have made a directory of that name in `/tmp`.
fn owned_dir(path: &Path, user: &ServerUser) -> Result<(), PostgresError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            return Err(PostgresError::io("create", path)(error));
        }
        _ => {}
    }
    let found = path.symlink_metadata().map_err(PostgresError::io("look at", path))?;
    // Root's own, when it is the server of another user that is started, is one
    // that was just made.
    let ours = found.uid() == user.uid || (user.switch && found.uid() == 0);
    if !found.is_dir() || !ours {
        let (path, user) = (path.to_path_buf(), user.name.clone());
        return Err(PostgresError::NotOwner { path, owner: found.uid(), user });
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(path, Permissions::from_mode(0o700))
            .map_err(PostgresError::io("set the mode of", path))?;
    }
    user.give(path)
}

fn tail(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.take(LOG_TAIL_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}
