//! As whom the server runs: PostgreSQL refuses to run as root.

use std::{
    ffi::OsString,
    fs::Metadata,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
};

use nix::unistd::{Uid, User};

use super::PostgresError;

/// Tried in this order when root has no data yet whose owner could be asked.
const DEFAULT_USERS: [&str; 2] = ["postgres", "nobody"];

/// The user that runs PostgreSQL's programs and owns the cluster.
#[derive(Debug, Clone)]
pub(super) struct ServerUser {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// We are root and become this user for every program.
    pub(super) switch: bool,
}

impl ServerUser {
    /// Whether this process runs as root.
    pub(super) fn we_are_root() -> bool {
        Uid::effective().is_root()
    }

    /// This process's own user; when that is root, the owner of the first of
    /// `places` that exists and is not root's, else `postgres`, else `nobody`.
    pub(super) fn choose(places: &[&Path]) -> Result<Self, PostgresError> {
        if !Self::we_are_root() {
            let (uid, gid) = (Uid::effective().as_raw(), nix::unistd::Gid::effective().as_raw());
            return Ok(Self { name: name_of(uid), uid, gid, switch: false });
        }
        let owner = places
            .iter()
            .find_map(|place| place.metadata().ok())
            .filter(|metadata| metadata.uid() != 0);
        if let Some(owner) = owner {
            return Ok(Self::owner(&owner));
        }
        DEFAULT_USERS
            .iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(|user| Self {
                name: user.name,
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
                switch: true,
            })
            .ok_or(PostgresError::NoServerUser)
    }

    /// The owner of existing data, who need not have an account.
    fn owner(data: &Metadata) -> Self {
        let account = User::from_uid(Uid::from_raw(data.uid())).ok().flatten();
        Self {
            name: name_of(data.uid()),
            uid: data.uid(),
            gid: account.map_or(data.gid(), |user| user.gid.as_raw()),
            switch: true,
        }
    }

    /// Lets `command` run as this user. The standard library clears the
    /// supplementary groups of root as well when a user id is set.
    pub(super) fn run(&self, command: &mut Command) {
        if self.switch {
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// Makes this user the owner of `path`, without following a symbolic link.
    pub(super) fn give(&self, path: &Path) -> Result<(), PostgresError> {
        if self.switch {
            std::os::unix::fs::lchown(path, Some(self.uid), Some(self.gid))
                .map_err(PostgresError::io("change the owner of", path))?;
        }
        Ok(())
    }

    /// The first directory from the root to `path`, itself included, which
    /// this user may not enter. Only the mode bits are asked, not access lists.
    pub(super) fn blocked_at(&self, path: &Path) -> Option<PathBuf> {
        let mut ways: Vec<&Path> = path.ancestors().collect();
        ways.reverse();
        ways.into_iter()
            .find(|way| way.metadata().is_ok_and(|metadata| !self.may_enter(&metadata)))
            .map(Path::to_path_buf)
    }

    fn may_enter(&self, dir: &Metadata) -> bool {
        // The kernel asks the first class that fits, and no further one.
        let bit = if dir.uid() == self.uid {
            0o100
        } else if dir.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        dir.mode() & bit != 0
    }
}

/// The home directory of this user according to the user database.
pub(super) fn home_of_this_user() -> Option<OsString> {
    let user = User::from_uid(Uid::effective()).ok().flatten()?;
    Some(user.dir.into_os_string())
}

fn name_of(uid: u32) -> String {
    let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
    user.map_or_else(|| format!("user id {uid}"), |user| user.name)
}
