//! The sides that are measured, each in a process of its own on a port of its own.

use std::ffi::OsStr;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::{ReadError, load};
use crate::bench::machine;

/// How long a process may take to begin.
const READY_LIMIT: Duration = Duration::from_secs(60);
/// How often one looks whether it has, and how long one question for it may take.
const LOOK: Duration = Duration::from_millis(50);
const LOOK_LIMIT: Duration = Duration::from_secs(5);
/// Settings of the service that the environment may hold, which are not those of a measurement.
const VARIABLES: &str = "KLANTBEELD_";

/// A port that is free now.
pub(super) fn free_port() -> Result<SocketAddr, ReadError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(ReadError::Connect)?;
    listener.local_addr().map_err(ReadError::Connect)
}

/// This program, with arguments, without settings from the environment.
pub(super) fn ourselves(
    args: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<Command, ReadError> {
    let program = std::env::current_exe()
        .map_err(|source| ReadError::File { path: PathBuf::from("/proc/self/exe"), source })?;
    let mut command = Command::new(program);
    command.args(args);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with(VARIABLES) {
            command.env_remove(name);
        }
    }
    Ok(command)
}

/// Runs a program to its end; gives what it wrote.
pub(super) async fn run(program: &'static str, mut command: Command) -> Result<String, ReadError> {
    let done = tokio::task::spawn_blocking(move || command.output()).await?;
    let done = done.map_err(|source| ReadError::Program { program, source })?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
    Err(ReadError::Failed { program, said })
}

/// How a process is started.
pub(super) struct Start<'a> {
    pub(super) program: &'static str,
    pub(super) command: Command,
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// What it answers with 200 once it works.
    pub(super) path: &'static str,
    /// Where what it writes is kept.
    pub(super) log: &'a Path,
}

/// A process that answers over HTTP; killed when dropped.
pub(super) struct Server {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Server {
    /// Starts one, and waits until it answers.
    pub(super) async fn start(start: Start<'_>) -> Result<Self, ReadError> {
        let Start { program, mut command, address, path, log } = start;
        let unusable = |source| ReadError::File { path: log.to_owned(), source };
        let file = File::create(log).map_err(unusable)?;
        let both = [file.try_clone().map_err(unusable)?, file];
        let [out, err] = both.map(Stdio::from);
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
        let child = child.map_err(|source| ReadError::Program { program, source })?;
        let mut server = Self { child, address };
        let deadline = Instant::now() + READY_LIMIT;
        while !matches!(timeout(LOOK_LIMIT, load::get(address, path)).await, Ok(Ok(()))) {
            if server.child.try_wait().ok().flatten().is_some() {
                let said = std::fs::read_to_string(log).map_err(unusable)?;
                return Err(ReadError::Failed { program, said });
            }
            if Instant::now() > deadline {
                return Err(ReadError::NotReady { program, seconds: READY_LIMIT.as_secs() });
            }
            sleep(LOOK).await;
        }
        Ok(server)
    }

    /// The processor time that it took so far, its children included.
    pub(super) fn time(&self) -> Option<Duration> {
        machine::time_of(self.child.id())
    }

    /// The most memory that it had, its children included.
    pub(super) fn peak_kib(&self) -> Option<u64> {
        machine::peak_kib_of(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
