//! Bundles the pages of `web/` into `OUT_DIR` with npm, for `src/lib.rs` to include.
//!
//! The build never fails for want of npm or a network: the page then says what is missing and
//! how to get it, and everything else works. `KLANTBEELD_ZONDER_GRAPHIQL=1` leaves npm out on
//! purpose.

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Leaves the pages out when set to anything but nothing or `0`.
const SKIP_VARIABLE: &str = "KLANTBEELD_ZONDER_GRAPHIQL";

/// Files of `web/` that the bundle is made from, next to the folder `src`.
const WEB_FILES: [&str; 6] =
    [".npmrc", "api.html", "build.mjs", "graphiql.html", "package-lock.json", "package.json"];

/// Time that npm gets for everything together, a slow network included.
const NPM_TIME: Duration = Duration::from_secs(120);

/// Time between two looks at whether npm is ready.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Lines of npm's output that are shown when it fails.
const SHOWN_LINES: usize = 8;

/// A page that the build makes.
struct Page {
    /// The name of its files.
    name: &'static str,
    /// What it is called.
    title: &'static str,
    /// Where its style sheet is, as the page refers to it.
    style: &'static str,
    /// What works without it, as HTML.
    meanwhile: &'static str,
}

/// The pages.
const PAGES: [Page; 2] = [
    Page {
        name: "graphiql",
        title: "GraphiQL",
        style: "/graphiql/graphiql.css",
        meanwhile: "De GraphQL-dienst zelf werkt gewoon: stuur een POST met \
                    <code>application/json</code> naar <code>/graphql</code>.",
    },
    Page {
        name: "api",
        title: "De beschrijving van de bijhouding-API",
        style: "pagina/api.css",
        meanwhile: "De API zelf werkt gewoon. Wat zij kan staat in \
                    <a href=\"openapi.json\">openapi.json</a> en \
                    <a href=\"openapi.yaml\">openapi.yaml</a>, die elk programma voor OpenAPI leest.",
    },
];

/// The page when its script is not there; what is in double braces is filled in.
const FALLBACK_PAGE: &str = r#"<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Klantbeeld – {{TITEL}} ontbreekt</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{{STIJL}}?v={{VERSIE}}">
</head>
<body>
<main>
<h1>{{TITEL}} zit niet in deze versie van Klantbeeld</h1>
<p>{{REDEN}}</p>
<p>{{INTUSSEN}}</p>
<h2>Zo komt deze pagina er wel in</h2>
<ol>
<li>Installeer Node.js 20 of nieuwer, met npm, op de machine die bouwt.</li>
<li>Zorg dat npm daar de pakketten uit <code>web/package-lock.json</code> kan ophalen; daarna is
er geen netwerk meer nodig.</li>
<li>{{STAP}}</li>
<li>Start <code>klantbeeld</code> opnieuw en laad deze pagina nog eens.</li>
</ol>
</main>
</body>
</html>
"#;

/// The style sheet that goes with [`FALLBACK_PAGE`].
const FALLBACK_STYLE: &str = "body{font-family:system-ui,sans-serif;line-height:1.5;margin:0}\
main{max-width:42rem;margin:3rem auto;padding:0 1rem}h1{color:#154273;line-height:1.2}\
code{background:#eef2f7;border-radius:3px;padding:.1rem .3rem}\n";

/// Why the pages are not in this build.
enum Missing {
    /// The environment variable said so.
    Skipped,
    /// There is no npm on the path.
    NotInstalled,
    /// npm did not get ready in time.
    TookTooLong,
    /// npm ended with an error; what it said, for whoever builds.
    Failed(Vec<String>),
    /// A file could not be read or written.
    Unreadable(io::Error),
}

impl Missing {
    /// The reason in one Dutch sentence; nothing about the machine that builds.
    fn reason(&self) -> &'static str {
        match self {
            Self::Skipped => {
                "Bij het bouwen stond KLANTBEELD_ZONDER_GRAPHIQL aan: de pagina's zijn bewust weggelaten."
            }
            Self::NotInstalled => "Bij het bouwen ontbrak npm, dat bij Node.js hoort.",
            Self::TookTooLong => {
                "Bij het bouwen was npm niet op tijd klaar; mogelijk was er geen netwerk."
            }
            Self::Failed(_) => {
                "Bij het bouwen is npm niet geslaagd; mogelijk was er geen netwerk of is Node.js te oud."
            }
            Self::Unreadable(_) => "Bij het bouwen waren de bestanden in web/ niet te gebruiken.",
        }
    }

    /// What to do to have cargo try again, as HTML.
    fn step(&self) -> &'static str {
        match self {
            Self::Skipped => {
                "Haal <code>KLANTBEELD_ZONDER_GRAPHIQL</code> weg en bouw opnieuw: \
                 <code>cargo build</code>."
            }
            _ => "Bouw opnieuw: <code>touch web/package.json &amp;&amp; cargo build</code>.",
        }
    }

    /// What whoever builds gets to see; nothing when it was asked for.
    fn warnings(&self) -> Vec<String> {
        let mut lines = match self {
            Self::Skipped => return Vec::new(),
            Self::Failed(output) => output.clone(),
            Self::Unreadable(error) => vec![error.to_string()],
            Self::NotInstalled | Self::TookTooLong => Vec::new(),
        };
        lines.insert(
            0,
            format!("GraphiQL en de pagina van de API ontbreken in deze build. {}", self.reason()),
        );
        lines.push("Opnieuw proberen: touch web/package.json && cargo build".to_owned());
        lines
    }
}

impl From<io::Error> for Missing {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let web = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../web");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let assets = out.join("pages");
    watch(&web);
    fs::create_dir_all(&assets)?;
    if let Err(missing) = bundle(&web, &out.join("web"), &assets) {
        for line in missing.warnings() {
            println!("cargo:warning={line}");
        }
        write_fallback(&assets, &missing)?;
    }
    Ok(())
}

/// Tells cargo when to run this again: a change in `web/` or in the wish to skip it.
fn watch(web: &Path) {
    println!("cargo:rerun-if-env-changed={SKIP_VARIABLE}");
    for name in WEB_FILES.iter().chain(&["src"]) {
        println!("cargo:rerun-if-changed={}", web.join(name).display());
    }
}

/// Makes the bundle in `assets`, working in `work` so that the source tree stays clean.
fn bundle(web: &Path, work: &Path, assets: &Path) -> Result<(), Missing> {
    if env::var(SKIP_VARIABLE).is_ok_and(|value| !value.is_empty() && value != "0") {
        return Err(Missing::Skipped);
    }
    copy_sources(web, work)?;
    let deadline = Instant::now() + NPM_TIME;
    let install = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--include=dev",
        "--include=optional",
        "--prefer-offline",
        "--fetch-retries=1",
    ];
    npm(work, deadline, &install, assets)?;
    npm(work, deadline, &["run", "build"], assets)?;
    for Page { name, .. } in &PAGES {
        let file = format!("{name}.html");
        fs::copy(work.join(&file), assets.join(&file))?;
    }
    fs::remove_dir_all(work.join("node_modules"))?;
    Ok(())
}

/// Copies what the bundle is made from to an empty folder.
fn copy_sources(web: &Path, work: &Path) -> io::Result<()> {
    if work.exists() {
        fs::remove_dir_all(work)?;
    }
    fs::create_dir_all(work.join("src"))?;
    for name in WEB_FILES {
        fs::copy(web.join(name), work.join(name))?;
    }
    for entry in fs::read_dir(web.join("src"))? {
        let file = entry?;
        fs::copy(file.path(), work.join("src").join(file.file_name()))?;
    }
    Ok(())
}

/// Runs npm in `work` and waits for it until the deadline.
fn npm(work: &Path, deadline: Instant, arguments: &[&str], assets: &Path) -> Result<(), Missing> {
    let log_path = work.join("npm.log");
    let log = File::create(&log_path)?;
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command
        .args(arguments)
        .current_dir(work)
        .env("KLANTBEELD_WEB_UIT", assets)
        .env_remove("NODE_ENV")
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    own_group(&mut command);
    let mut child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Missing::NotInstalled,
        _ => Missing::Unreadable(error),
    })?;
    match wait_until(&mut child, deadline)? {
        Some(status) if status.success() => Ok(()),
        Some(_) => Err(Missing::Failed(first_lines(&log_path)?)),
        None => {
            stop(&mut child)?;
            Err(Missing::TookTooLong)
        }
    }
}

/// Waits for the child; `None` when the deadline came first.
fn wait_until(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(POLL_INTERVAL);
    }
}

/// Gives the command a process group of its own, so that it can be stopped with its children.
#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

/// Elsewhere only the command itself can be stopped.
#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

/// Stops the child and, where it has a process group, its children.
fn stop(child: &mut Child) -> io::Result<()> {
    if cfg!(unix) {
        let group = format!("-{}", child.id());
        Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status()?;
    }
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// The first lines of npm's output that say what went wrong.
fn first_lines(log: &Path) -> io::Result<Vec<String>> {
    let output = String::from_utf8_lossy(&fs::read(log)?).into_owned();
    let telling = |line: &&str| !line.trim().is_empty() && !line.starts_with("npm warn");
    Ok(output.lines().filter(telling).take(SHOWN_LINES).map(str::to_owned).collect())
}

/// Writes pages that say what is missing, and empty files for the rest.
fn write_fallback(assets: &Path, missing: &Missing) -> io::Result<()> {
    for page in &PAGES {
        let html = FALLBACK_PAGE
            .replace("{{TITEL}}", page.title)
            .replace("{{STIJL}}", page.style)
            .replace("{{REDEN}}", missing.reason())
            .replace("{{INTUSSEN}}", page.meanwhile)
            .replace("{{STAP}}", missing.step());
        fs::write(assets.join(format!("{}.html", page.name)), html)?;
        fs::write(assets.join(format!("{}.css", page.name)), FALLBACK_STYLE)?;
        fs::write(assets.join(format!("{}.js", page.name)), "")?;
    }
    fs::write(assets.join("licenties.txt"), "")
}
