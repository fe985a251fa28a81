//! A second process with a server, to be killed: this test executable with the
//! "test" of this file selected.

use std::{
    env,
    error::Error,
    fs,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use super::{Outcome, SOON, query};
use crate::postgres::{Cluster, ClusterOptions};

/// Tells the second process to be an application, and where its data are.
const HELPER_DIR: &str = "KLANTBEELD_TEST_HELPER_DIR";
/// Set when the second process is to use a throw-away cluster.
const HELPER_THROW_AWAY: &str = "KLANTBEELD_TEST_HELPER_THROW_AWAY";
/// What the second process says when its server runs.
const READY: &str = "READY ";

/// Kills a process as `kill -9` does, so that it can do nothing about it.
pub(super) fn kill(pid: u32) -> Outcome {
    // The shell's own command: small systems have no other.
    let status = Command::new("sh").args(["-c", &format!("kill -9 {pid}")]).status()?;
    if status.success() { Ok(()) } else { Err(format!("kill: {status}").into()) }
}

/// Whether a process runs; one that ended but was not yet collected does not.
pub(super) fn runs(pid: u32) -> bool {
    if Path::new("/proc/self/status").exists() {
        let status = fs::read_to_string(format!("/proc/{pid}/status"));
        return status.is_ok_and(|text| !text.contains("State:\tZ"));
    }
    let mut command = Command::new("ps");
    let output = command.args(["-o", "stat=", "-p", &pid.to_string()]).output();
    output.is_ok_and(|output| {
        let state = String::from_utf8_lossy(&output.stdout);
        !state.trim().is_empty() && !state.trim().starts_with('Z')
    })
}

/// A second process with a server.
pub(super) struct Application {
    process: Child,
    /// Kept open: the application must not end for want of a reader.
    _output: BufReader<ChildStdout>,
    /// The process id of the server.
    pub(super) server: u32,
    /// The process id of its watchdog.
    pub(super) watchdog: u32,
}

impl Application {
    /// Starts it and waits until its server runs.
    pub(super) fn start(dir: &Path, throw_away: bool) -> Result<Self, Box<dyn Error>> {
        let this_module = module_path!().split_once("::").map_or("", |(_, path)| path);
        let mut command = Command::new(env::current_exe()?);
        command
            .args(["--exact", "--nocapture"])
            .arg(format!("{this_module}::helper_process"))
            .env(HELPER_DIR, dir)
            // Each of these once sent a client or a server astray.
            .envs([("PGPORT", "6543"), ("PGHOST", "db.invalid"), ("PGDATA", "/nowhere")])
            .envs([("PGUSER", "nobody"), ("PGDATABASE", "none"), ("PGSSLMODE", "require")])
            .stdout(Stdio::piped());
        if throw_away {
            command.env(HELPER_THROW_AWAY, "1");
        }
        let mut process = command.spawn()?;
        let mut output = BufReader::new(process.stdout.take().ok_or("no output")?);
        let mut line = String::new();
        while output.read_line(&mut line)? > 0 {
            if let Some((_, pids)) = line.split_once(READY) {
                let (server, watchdog) = pids.trim().split_once(' ').ok_or("no process ids")?;
                let (server, watchdog) = (server.parse()?, watchdog.parse()?);
                return Ok(Self { process, _output: output, server, watchdog });
            }
            line.clear();
        }
        Err("the second process ended without a server".into())
    }

    /// Kills it; its watchdog and server are left to themselves.
    pub(super) fn kill(mut self) -> Outcome {
        kill(self.process.id())?;
        self.process.wait()?;
        Ok(())
    }
}

/// Not a test: what the second process runs. Without its variable it does nothing.
#[test]
fn helper_process() -> Outcome {
    let Some(dir) = env::var_os(HELPER_DIR) else {
        return Ok(());
    };
    let throw_away = env::var_os(HELPER_THROW_AWAY).is_some();
    let data_dir = Some(PathBuf::from(dir));
    let cluster = Cluster::start(ClusterOptions { data_dir, throw_away, durable: false })?;
    query(&cluster, "CREATE TABLE kept AS SELECT 'kept' AS word")?;
    let text = fs::read_to_string(cluster.data_dir().join("postgres/data/postmaster.pid"))?;
    let server = text.lines().next().ok_or("an empty pid file")?.to_owned();
    let watchdog = cluster.watchdog_pid().ok_or("no watchdog")?;
    writeln!(io::stdout(), "\n{READY}{server} {watchdog}")?;
    std::thread::sleep(SOON);
    Err("nobody killed the application".into())
}
