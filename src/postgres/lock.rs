//! One server per data directory, across processes.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::PostgresError;

/// How often a lock that is held is asked for again. There is no wait for a
/// file lock that has a limit, hence the poll.
const POLL: Duration = Duration::from_millis(50);

/// Takes the lock of `dir`, waiting at most `wait` for its holder to go away,
/// and writes our process id in it. The lock lasts as long as any duplicate of
/// the file is open in any process, which is how the watchdog keeps it.
pub(super) fn acquire(path: &Path, dir: &Path, wait: Duration) -> Result<File, PostgresError> {
    let begin = Instant::now();
    loop {
        if let Some(file) = try_acquire(path).map_err(PostgresError::io("lock", path))? {
            let pid = std::process::id().to_string();
            file.set_len(0)
                .and_then(|()| file.write_all_at(pid.as_bytes(), 0))
                .map_err(PostgresError::io("write our process id to", path))?;
            return Ok(file);
        }
        if begin.elapsed() >= wait {
            return Err(PostgresError::InUse {
                dir: dir.to_path_buf(),
                holder: holder(path),
                waited_ms: begin.elapsed().as_millis(),
            });
        }
        thread::sleep(POLL);
    }
}

/// `None` if somebody else holds the lock, or deleted its file meanwhile, as
/// the end of a throw-away server does.
fn try_acquire(path: &Path) -> io::Result<Option<File>> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let ours = file.metadata()?;
    let still_there =
        path.metadata().is_ok_and(|there| (there.dev(), there.ino()) == (ours.dev(), ours.ino()));
    Ok(still_there.then_some(file))
}

fn holder(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    match text.trim().parse::<u32>() {
        Ok(pid) => format!("process {pid}"),
        Err(_) => String::from("another process (which did not leave its process id)"),
    }
}
