//! The process that makes, starts and stops the server, and that stops it when
//! this process ends, in whatever way.
//!
//! It is a shell with a script of its own. All of PostgreSQL's tools are run by
//! it, one after the other, so that there is no moment at which our end could
//! leave a tool or a server behind that nobody knows of.

use std::{
    ffi::OsString,
    fs::File,
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use super::{ClusterOptions, PostgresError, binaries::Binaries, place::Place, settings};

const SCRIPT: &str = include_str!("watchdog.sh");

/// The time to make a cluster, about 1 s usually.
const CREATE_LIMIT: Duration = Duration::from_mins(2);
/// The time to start, which after a crash includes the recovery. A little more
/// than the script gives `pg_ctl`, whose message says more than ours.
const START_LIMIT: Duration = Duration::from_secs(310);
/// The time to stop; more than both attempts of the script together.
const STOP_LIMIT: Duration = Duration::from_secs(80);
/// The time to delete left-over files.
const FORGET_LIMIT: Duration = Duration::from_secs(10);

/// The variables that PostgreSQL's programs get from us. All others, such as
/// `PGPORT` and the application's secrets, are none of their business.
const KEPT_VARIABLES: [&str; 4] = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TZDIR", "TMPDIR"];
/// Where the script's own tools are if `PATH` does not say.
const SYSTEM_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What the watchdog can be told to do.
#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    /// Make the cluster.
    Create,
    /// Start the server and wait until it accepts connections.
    Start,
    /// Stop a server that lost its own watchdog.
    Stop,
    /// Delete the pid files of a server that is gone.
    Forget,
}

impl Order {
    const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Forget => "forget",
        }
    }

    /// For "PostgreSQL could not …".
    const fn what(self) -> &'static str {
        match self {
            Self::Create => "make a cluster",
            Self::Start => "start",
            Self::Stop => "stop an earlier server",
            Self::Forget => "forget an earlier server",
        }
    }

    const fn limit(self) -> Duration {
        match self {
            Self::Create => CREATE_LIMIT,
            Self::Start => START_LIMIT,
            Self::Stop => STOP_LIMIT,
            Self::Forget => FORGET_LIMIT,
        }
    }
}

/// The running watchdog. Dropping it without [`Watchdog::finish`] lets it stop
/// the server in its own time.
#[derive(Debug)]
pub(super) struct Watchdog {
    child: Child,
    /// Its end is the sign to stop the server.
    orders: Option<ChildStdin>,
    /// In a mutex only so that a cluster may stand in a `static`.
    replies: Mutex<Receiver<String>>,
    home: PathBuf,
}

impl Watchdog {
    /// Starts the watchdog, which keeps `lock` until the server is down.
    pub(super) fn spawn(
        options: &ClusterOptions,
        place: &Place,
        binaries: &Binaries,
        lock: &File,
    ) -> Result<Self, PostgresError> {
        let shell = Path::new("/bin/sh");
        let lock = lock.try_clone().map_err(PostgresError::io("share", place.lock_path()))?;
        let mut command = Command::new(shell);
        command
            .args(["-c", SCRIPT, "klantbeeld-watchdog"])
            .args([&binaries.initdb, &binaries.pg_ctl])
            .args(if options.is_durable() { ["fast", ""] } else { ["immediate", "--no-sync"] })
            .arg(&place.socket_dir)
            .arg(settings::text(options, place))
            .args(place.to_remove())
            .current_dir(&place.home)
            .stdin(Stdio::piped())
            .stdout(lock)
            .stderr(Stdio::piped())
            // Ctrl-C in a terminal goes to a whole group, and the application
            // has to finish its work before its database goes.
            .process_group(0);
        clean_environment(&mut command);
        place.user.run(&mut command);
        let mut child = command.spawn().map_err(PostgresError::io("run", shell))?;
        let (sender, replies) = mpsc::channel();
        if let Some(stderr) = child.stderr.take() {
            thread::spawn(move || {
                for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                    // After the end nobody asks for replies any more.
                    drop(sender.send(line));
                }
            });
        }
        let (orders, home) = (child.stdin.take(), place.home.clone());
        Ok(Self { child, orders, replies: Mutex::new(replies), home })
    }

    /// Has `order` carried out and waits for it, with a limit by order.
    pub(super) fn carry_out(&mut self, order: Order, place: &Place) -> Result<(), PostgresError> {
        let (what, limit) = (order.what(), order.limit());
        let lost = || PostgresError::WatchdogLost { what, dir: place.home.clone() };
        let orders = self.orders.as_mut().ok_or_else(lost)?;
        writeln!(orders, "{}", order.word()).map_err(|_| lost())?;
        let reply = self.reply(limit).map_err(|error| match error {
            RecvTimeoutError::Timeout => self.too_slow(what, limit),
            RecvTimeoutError::Disconnected => lost(),
        })?;
        if reply == format!("{} 0", order.word()) {
            return Ok(());
        }
        let logs: &[&str] = match order {
            Order::Start => &["tool.log", "server.log"],
            _ => &["tool.log"],
        };
        Err(PostgresError::Tool { what, dir: place.home.clone(), log: place.log_tail(logs) })
    }

    /// Lets the watchdog stop the server, delete what is to be deleted, and
    /// end; waits for that.
    pub(super) fn finish(mut self, place: &Place) -> Result<(), PostgresError> {
        const WHAT: &str = "stop";
        drop(self.orders.take());
        let deadline = Instant::now() + STOP_LIMIT;
        // Its end of the pipe closes when it ends.
        loop {
            match self.reply(deadline.saturating_duration_since(Instant::now())) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return Err(self.too_slow(WHAT, STOP_LIMIT)),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let status =
            self.child.wait().map_err(PostgresError::io("wait for the guard of", &self.home))?;
        let dir = self.home;
        match status.code() {
            Some(0) => Ok(()),
            Some(_) => {
                let log = place.log_tail(&["tool.log", "server.log"]);
                Err(PostgresError::Tool { what: WHAT, dir, log })
            }
            None => Err(PostgresError::WatchdogLost { what: WHAT, dir }),
        }
    }

    #[cfg(test)]
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    fn reply(&mut self, limit: Duration) -> Result<String, RecvTimeoutError> {
        let replies = self.replies.get_mut().unwrap_or_else(PoisonError::into_inner);
        replies.recv_timeout(limit)
    }

    fn too_slow(&self, what: &'static str, limit: Duration) -> PostgresError {
        PostgresError::TooSlow { what, dir: self.home.clone(), limit_s: limit.as_secs() }
    }
}

/// Gives a program of PostgreSQL an environment in which it does what it is
/// told, in English.
pub(super) fn clean_environment(command: &mut Command) {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    if !path.is_empty() {
        path.push(":");
    }
    path.push(SYSTEM_PATH);
    let kept = KEPT_VARIABLES.iter().filter_map(|name| Some((*name, std::env::var_os(name)?)));
    let kept: Vec<(&str, OsString)> = kept.collect();
    command.env_clear().envs(kept).env("PATH", path).env("LC_ALL", "C");
}
