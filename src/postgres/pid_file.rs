//! Whether a server runs on a cluster, which the pid file alone does not tell:
//! it stays after a crash, and its number may be another process by now.

use std::{
    fs, io,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::Duration,
};

use super::bounded::within;

/// How long a server may take to accept a connection on its socket.
const PROBE_LIMIT: Duration = Duration::from_secs(2);

/// What runs on a cluster.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Running {
    /// Nothing, and no pid file says otherwise.
    Nothing,
    /// Nothing, but a pid file of an earlier server is left.
    StaleFile,
    /// A server with our socket, which lost its watchdog.
    Orphan,
    /// A server that somebody else started, or that does not answer.
    Foreign(u32),
}

/// Looks at the pid file in `data`, whose server would use `socket_dir` if it
/// were ours. To be called with the lock held.
pub(super) fn examine(data: &Path, socket_dir: &Path) -> io::Result<Running> {
    let text = match fs::read_to_string(data.join("postmaster.pid")) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Running::Nothing),
        Err(error) => return Err(error),
    };
    // The lines: pid, data directory, start time, port, socket directory, ...
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let pid = lines.first().and_then(|line| line.trim_start_matches('-').parse::<u32>().ok());
    let dir = lines.get(4).filter(|line| !line.is_empty()).map(PathBuf::from);
    let answers = match (&dir, lines.get(3)) {
        (Some(dir), Some(port)) => answers(dir.join(format!(".s.PGSQL.{port}"))),
        _ => false,
    };
    if answers && dir.as_deref() == Some(socket_dir) {
        return Ok(Running::Orphan);
    }
    Ok(match pid {
        Some(pid) if answers || works_in(pid, data) => Running::Foreign(pid),
        _ => Running::StaleFile,
    })
}

/// Whether somebody listens; a listener too busy to answer counts as one.
fn answers(socket: PathBuf) -> bool {
    within(PROBE_LIMIT, || UnixStream::connect(socket).is_ok()).unwrap_or(true)
}

/// Whether the process has the cluster as its working directory, as every
/// process of a server has. Known on Linux only; elsewhere the socket decides.
fn works_in(pid: u32, data: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == data)
}
