//! The program in a process of its own, to be killed.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use clock::{Clock, SystemClock};

use super::app::LOGBOEK_KEYS;
use super::server::TestDatabase;
use super::tokens::Issuer;

/// A running service; killed when dropped.
pub struct Process {
    child: Child,
    /// What it reads: the keys of the issuer, and those of the logbook.
    files: [PathBuf; 2],
}

impl Process {
    /// Starts one with a role on this database.
    pub fn start(database: &TestDatabase, issuer: &Issuer, role: &str, args: &[&str]) -> Self {
        Self::start_on(&database.url(), issuer, role, args)
    }

    /// The same on the database with this address.
    pub fn start_on(url: &str, issuer: &Issuer, role: &str, args: &[&str]) -> Self {
        let file = |content: &str| {
            let path = std::env::temp_dir().join(SystemClock.new_id().to_string());
            std::fs::write(&path, content).expect("a file");
            path
        };
        let [jwks, logboek] = [file(&issuer.jwks()), file(LOGBOEK_KEYS)];
        let child = Command::new(env!("CARGO_BIN_EXE_klantbeeld"))
            .args(["serve", "--roles", role, "--listen", "127.0.0.1:0"])
            .args(["--issuer", "urn:test:uitgever", "--jwks"])
            .arg(&jwks)
            .arg("--logboek-keys")
            .arg(&logboek)
            .args(args)
            .env("KLANTBEELD_DATABASE_URL", url)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        Self { child, files: [jwks, logboek] }
    }

    /// What it calls itself in the database.
    pub fn name(&self) -> String {
        format!("klantbeeld {}", self.child.id())
    }

    /// Whether it ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a state").is_some()
    }

    /// Asks it to stop.
    #[cfg(feature = "real-kafka")]
    pub fn ask_to_stop(&self) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        let pid = nix::unistd::Pid::from_raw(pid);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("signalled");
    }

    /// The exit code with which it ended by itself.
    pub fn ended(&mut self) -> Option<i32> {
        self.child.try_wait().expect("a status")?.code()
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.files.iter().for_each(|file| drop(std::fs::remove_file(file)));
    }
}
