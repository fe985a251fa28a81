//! The private server, tried with a real one.

mod application;

use std::{
    env,
    error::Error,
    fs, io,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, symlink},
        net::UnixListener,
    },
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use self::application::{Application, kill, runs};
use super::{
    Cluster, ClusterOptions, PostgresError, binaries, data_dir_for,
    pid_file::{self, Running},
    place,
    user::ServerUser,
};

type Outcome = Result<(), Box<dyn Error>>;

/// How long anything that should happen soon may take.
const SOON: Duration = Duration::from_secs(20);

/// A directory that is deleted at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("kb-test-{}-{number} {name}", std::process::id());
        let path = env::temp_dir().canonicalize()?.join(name);
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    fn options(&self, throw_away: bool) -> ClusterOptions {
        let data_dir = Some(self.0.join("the data"));
        ClusterOptions { data_dir, throw_away, durable: false }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Runs one statement and gives the first column of the first row as text.
fn query(cluster: &Cluster, statement: &str) -> Result<Option<String>, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut connection =
            PgConnection::connect_with(&cluster.connect_options("postgres")).await?;
        let statement = sqlx::query_scalar(AssertSqlSafe(statement.to_owned()));
        let value = statement.fetch_optional(&mut connection).await?;
        connection.close().await?;
        Ok(value)
    })
}

fn within<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T, Box<dyn Error>> {
    let begin = Instant::now();
    while begin.elapsed() < SOON {
        if let Some(found) = look() {
            return Ok(found);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(format!("not within {SOON:?}: {what}").into())
}

#[test]
fn data_are_kept_and_a_second_instance_is_refused() -> Outcome {
    let scratch = Scratch::new(r#"it's "a", $(b) \ |"#)?;
    let cluster = Cluster::start(scratch.options(false))?;
    assert!(cluster.is_new());
    assert!(cluster.socket_dir().starts_with(cluster.data_dir()));
    query(&cluster, "CREATE TABLE t AS SELECT 'here' AS word")?;
    assert_eq!(query(&cluster, "SHOW fsync")?.as_deref(), Some("on"));
    assert_eq!(query(&cluster, "SHOW listen_addresses")?.as_deref(), Some(""));

    let refused = Cluster::start_within(scratch.options(false), Duration::from_millis(100));
    let message = refused.err().ok_or("two servers on the same data")?.to_string();
    assert!(message.contains(&format!("process {}", std::process::id())), "{message}");
    cluster.stop()?;

    let refused = Cluster::start(scratch.options(true)).err();
    assert!(matches!(refused, Some(PostgresError::WouldDelete { .. })), "{refused:?}");

    let cluster = Cluster::start(scratch.options(false))?;
    assert!(!cluster.is_new());
    assert_eq!(query(&cluster, "SELECT word FROM t")?.as_deref(), Some("here"));
    Ok(())
}

#[test]
fn a_throw_away_server_removes_its_directory() -> Outcome {
    let scratch = Scratch::new("x")?;
    let given = Cluster::start(scratch.options(true))?;
    assert_eq!(query(&given, "SHOW fsync")?.as_deref(), Some("off"));
    let dir = given.data_dir().to_path_buf();
    drop(given);
    assert!(!dir.exists());

    let own = Cluster::start(ClusterOptions { throw_away: true, ..ClusterOptions::default() })?;
    let dir = own.data_dir().to_path_buf();
    assert!(dir.exists());
    own.stop()?;
    assert!(!dir.exists());
    Ok(())
}

#[test]
fn a_killed_application_leaves_no_throw_away_server() -> Outcome {
    let scratch = Scratch::new("killed")?;
    let dir = scratch.0.join("data");
    let application = Application::start(&dir, true)?;
    let server = application.server;
    assert!(runs(server));
    application.kill()?;
    within("the server's end", || (!runs(server)).then_some(()))?;
    within("the end of its files", || (!dir.join("postgres").exists()).then_some(()))
}

#[test]
fn a_killed_application_leaves_its_data_to_the_next() -> Outcome {
    // So long that the socket has to be elsewhere.
    let scratch = Scratch::new(&"long".repeat(25))?;
    let data_dir = scratch.0.join("data");
    let application = Application::start(&data_dir, false)?;
    let server = application.server;
    application.kill()?;
    let options = ClusterOptions { data_dir: Some(data_dir), ..ClusterOptions::default() };
    // At once: this waits for the watchdog, which holds the lock.
    let cluster = Cluster::start(options)?;
    assert!(!runs(server));
    assert_eq!(query(&cluster, "SELECT word FROM kept")?.as_deref(), Some("kept"));
    let socket_dir = cluster.socket_dir().to_path_buf();
    assert!(!socket_dir.starts_with(cluster.data_dir()));
    cluster.stop()?;
    fs::remove_dir(socket_dir)?;
    Ok(())
}

#[test]
fn a_server_without_watchdog_is_stopped_by_the_next_start() -> Outcome {
    let scratch = Scratch::new("orphan")?;
    let data_dir = scratch.0.join("data");
    let application = Application::start(&data_dir, false)?;
    let server = application.server;
    kill(application.watchdog)?;
    application.kill()?;
    assert!(runs(server));
    let options = ClusterOptions { data_dir: Some(data_dir), ..ClusterOptions::default() };
    let cluster = Cluster::start(options)?;
    assert!(!runs(server));
    assert_eq!(query(&cluster, "SELECT word FROM kept")?.as_deref(), Some("kept"));
    Ok(())
}

#[test]
fn a_pid_file_is_believed_only_if_its_server_answers() -> Outcome {
    let scratch = Scratch::new("pid")?;
    let (data, run) = (scratch.0.join("data"), scratch.0.join("run"));
    fs::create_dir(&data)?;
    fs::create_dir(&run)?;
    let file = data.join("postmaster.pid");
    assert_eq!(pid_file::examine(&data, &run)?, Running::Nothing);
    // This process lives, but it is no server.
    let pid = std::process::id();
    let text = |dir: &Path| format!("{pid}\n/x\n1\n5432\n{}\n\n", dir.display());
    fs::write(&file, text(&run))?;
    assert_eq!(pid_file::examine(&data, &run)?, Running::StaleFile);
    let _listener = UnixListener::bind(place::socket_in(&run))?;
    assert_eq!(pid_file::examine(&data, &run)?, Running::Orphan);
    assert_eq!(pid_file::examine(&data, &scratch.0)?, Running::Foreign(pid));
    fs::write(&file, "")?;
    assert_eq!(pid_file::examine(&data, &run)?, Running::StaleFile);
    Ok(())
}

#[test]
fn a_closed_directory_on_the_way_is_named() -> Outcome {
    let scratch = Scratch::new("closed")?;
    let closed = scratch.0.join("closed");
    let below = closed.join("below");
    fs::create_dir_all(&below)?;
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700))?;
    let owner = scratch.0.metadata()?;
    let stranger = ServerUser {
        name: String::from("stranger"),
        uid: owner.uid() + 1,
        gid: owner.gid() + 1,
        switch: true,
    };
    assert_eq!(stranger.blocked_at(&below), Some(closed));
    assert_eq!(stranger.blocked_at(&scratch.0), None);
    if ServerUser::we_are_root() {
        let data_dir = Some(below.join("data"));
        let refused = Cluster::start(ClusterOptions { data_dir, ..ClusterOptions::default() });
        let message = refused.err().ok_or("not refused")?.to_string();
        assert!(message.contains("chmod o+x"), "{message}");
        assert!(!below.join("data").exists());
    }
    Ok(())
}

#[test]
fn the_newest_programs_are_found_or_the_major_of_the_data() -> Outcome {
    let user = ServerUser::choose(&[])?;
    let scratch = Scratch::new("versions")?;
    for version in ["9.6", "14", "15", "17", "old", "16"] {
        let dir = scratch.0.join(version).join("bin");
        fs::create_dir_all(&dir)?;
        for name in ["initdb", "pg_ctl"] {
            symlink("/bin/sh", dir.join(name))?;
        }
        let program = dir.join("postgres");
        fs::write(&program, format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}.3 (X 1)'"))?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    }
    let dirs = binaries::versioned(&scratch.0, "");
    assert_eq!(dirs.len(), 5);
    let (data, find) = (scratch.0.join("data"), binaries::Binaries::find_in);
    assert_eq!(find(&dirs, &user, &data, None)?.major, 17);
    assert_eq!(find(&dirs, &user, &data, Some(14))?.major, 14);
    let other = find(&dirs, &user, &data, Some(13)).err().ok_or("13 was found")?.to_string();
    assert!(other.contains("postgresql-13") && other.contains("version 17"), "{other}");
    let none = find(&[], &user, &data, None).err().ok_or("found")?.to_string();
    assert!(none.contains("apt install postgresql"), "{none}");
    assert_eq!(binaries::major_of("postgres (PostgreSQL) 18beta2"), Some(18));
    assert_eq!(binaries::major_of("sh 1.0"), None);
    Ok(())
}

#[test]
fn the_default_data_directory_is_the_users_own() {
    let some = |text: &str| Some(text.into());
    let dir = |root, state, home| data_dir_for(root, state, home).display().to_string();
    assert_eq!(dir(true, some("/s"), some("/root")), "/var/lib/klantbeeld");
    assert_eq!(dir(false, some("/s"), some("/home/a")), "/s/klantbeeld");
    assert_eq!(dir(false, some("s"), some("/home/a")), "/home/a/.local/state/klantbeeld");
}

#[test]
fn a_socket_path_is_never_too_long() {
    let short = Path::new("/data/postgres");
    assert_eq!(place::socket_dir_for(short), short.join("run"));
    let long = place::socket_dir_for(Path::new(&format!("/{}", "x".repeat(100))));
    assert!(long.starts_with("/tmp"));
    assert!(place::socket_in(&long).as_os_str().len() <= place::SOCKET_PATH_MAX_BYTES);
}
