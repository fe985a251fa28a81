//! Finds PostgreSQL's programs on this machine.

use std::{
    ffi::OsStr,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use super::{PostgresError, bounded::within, user::ServerUser, watchdog::clean_environment};

/// The oldest major version that is accepted: `CREATE DATABASE … STRATEGY`,
/// which makes the tests quick, came with it.
pub(super) const MINIMUM_MAJOR: u32 = 15;
/// How long a program may take to tell its version.
const VERSION_LIMIT: Duration = Duration::from_secs(10);

/// Where systems put versions side by side: a directory, and what stands before
/// the version in the names of its entries, each of which has a `bin`.
const VERSIONED: [(&str, &str); 6] = [
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/opt/homebrew/opt", "postgresql@"),
    ("/usr/local/opt", "postgresql@"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql@"),
    ("/Applications/Postgres.app/Contents/Versions", ""),
];

/// The programs of one PostgreSQL version.
#[derive(Debug)]
pub(super) struct Binaries {
    pub(super) initdb: PathBuf,
    pub(super) pg_ctl: PathBuf,
    pub(super) major: u32,
}

impl Binaries {
    /// Finds the programs: in `PG_BIN` and nowhere else if that is set,
    /// otherwise the first that fit in `PATH`, `pg_config --bindir`, and the
    /// places of the usual packages, newest first. What fits is the `major`
    /// that made the existing cluster in `data`, or anything from [`MINIMUM_MAJOR`] on.
    pub(super) fn find(
        user: &ServerUser,
        data: &Path,
        major: Option<u32>,
    ) -> Result<Self, PostgresError> {
        let pg_bin = std::env::var_os("PG_BIN").filter(|dir| !dir.is_empty());
        let dirs = match &pg_bin {
            // The watchdog works in another directory.
            Some(dir) => vec![std::path::absolute(dir).map_err(PostgresError::io("find", dir))?],
            None => usual_dirs(std::env::var_os("PATH").as_deref(), user),
        };
        Self::find_in(&dirs, user, data, major)
    }

    pub(super) fn find_in(
        dirs: &[PathBuf],
        user: &ServerUser,
        data: &Path,
        major: Option<u32>,
    ) -> Result<Self, PostgresError> {
        let mut searched = String::new();
        for dir in dirs {
            let seen = match look(dir, user) {
                Ok(found) if major.map_or(found.major >= MINIMUM_MAJOR, |m| m == found.major) => {
                    return Ok(found);
                }
                Ok(found) => format!("version {}", found.major),
                Err(why) => why,
            };
            // Writing to a string cannot fail.
            let _ = write!(searched, "{}{}: {seen}", separator(&searched), dir.display());
        }
        if searched.is_empty() {
            searched.push_str("PATH and the usual places, which have none of its programs");
        }
        Err(match major {
            Some(major) => PostgresError::OtherMajor { data: data.to_path_buf(), major, searched },
            None => PostgresError::NotFound { minimum: MINIMUM_MAJOR, searched },
        })
    }
}

const fn separator(text: &str) -> &'static str {
    if text.is_empty() { "" } else { "; " }
}

/// The directories that have any of the programs, best first, each once.
fn usual_dirs(path: Option<&OsStr>, user: &ServerUser) -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> =
        path.map(|p| std::env::split_paths(p).collect()).unwrap_or_default();
    dirs.extend(pg_config_dir(user));
    dirs.extend(VERSIONED.iter().flat_map(|(parent, prefix)| versioned(Path::new(parent), prefix)));
    let mut kept: Vec<PathBuf> = Vec::new();
    for dir in dirs {
        // A relative directory would mean another one for the watchdog.
        if dir.is_absolute() && dir.join("pg_ctl").exists() && !kept.contains(&dir) {
            kept.push(dir);
        }
    }
    kept
}

fn pg_config_dir(user: &ServerUser) -> Option<PathBuf> {
    let text = output_of(Path::new("pg_config"), "--bindir", user).ok()?;
    Some(PathBuf::from(text.trim()))
}

/// `parent/<prefix><version>/bin`, newest version first.
pub(super) fn versioned(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut found: Vec<(Vec<u32>, PathBuf)> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = name.strip_prefix(prefix)?;
            let numbers: Result<Vec<u32>, _> = version.split('.').map(str::parse).collect();
            Some((numbers.ok()?, entry.path().join("bin")))
        })
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, dir)| dir).collect()
}

/// The programs in `dir`, or why they cannot be used.
fn look(dir: &Path, user: &ServerUser) -> Result<Binaries, String> {
    for name in ["initdb", "pg_ctl", "postgres"] {
        if !dir.join(name).is_file() {
            return Err(format!("no {name}"));
        }
    }
    let text = output_of(&dir.join("postgres"), "--version", user)
        .map_err(|why| format!("postgres --version failed for user `{}`: {why}", user.name))?;
    let major = major_of(&text).ok_or_else(|| format!("unknown version {:?}", text.trim()))?;
    Ok(Binaries { initdb: dir.join("initdb"), pg_ctl: dir.join("pg_ctl"), major })
}

/// 15 of `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` or of
/// `postgres (PostgreSQL) 15beta2`.
pub(super) fn major_of(text: &str) -> Option<u32> {
    let version = text.split_once(") ")?.1;
    let digits = version.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

fn output_of(program: &Path, argument: &str, user: &ServerUser) -> Result<String, String> {
    let mut command = Command::new(program);
    command.arg(argument).stdin(Stdio::null()).current_dir("/");
    clean_environment(&mut command);
    user.run(&mut command);
    let output = within(VERSION_LIMIT, move || command.output())
        .ok_or_else(|| format!("no answer in {} s", VERSION_LIMIT.as_secs()))?
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(output.status.to_string())
    }
}
