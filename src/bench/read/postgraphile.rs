//! PostGraphile over the same data: over the read tables, and over the register's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use axum::body::Bytes;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::ReadError;
use super::load::{Client, Target};
use super::process::{Server, Start, free_port, run};
use super::questions::Scherm;
use super::turns::Side;
use super::world::World;

/// What is copied to where it is installed.
const PACKAGE: [&str; 2] = ["package.json", "package-lock.json"];
/// Klanten for whom the number of contacts is compared.
const COMPARED: usize = 25;

/// One server and what it is asked.
struct One {
    server: Server,
    question: String,
}

/// Both, each with two workers.
pub(super) struct PostGraphile {
    read: One,
    register: One,
}

impl PostGraphile {
    pub(super) const READ: &'static str = "PostGraphile, read tables";
    pub(super) const REGISTER: &'static str = "PostGraphile, register";

    /// Installs it from its lock file, adds what a good user adds to the register, and starts both.
    pub(super) async fn start(world: &World, from: &Path, dir: &Path) -> Result<Self, ReadError> {
        let place = dir.join("postgraphile");
        let unusable = |path: &Path| {
            let path = path.to_owned();
            move |source| ReadError::File { path, source }
        };
        fs::create_dir(&place).map_err(unusable(&place))?;
        let files = fs::read_dir(from).map_err(unusable(from))?;
        for file in files.flatten().map(|file| file.path()).filter(|file| file.is_file()) {
            let name = file.file_name().unwrap_or_default();
            fs::copy(&file, place.join(name)).map_err(unusable(&file))?;
        }
        for name in PACKAGE {
            let path = place.join(name);
            path.metadata().map_err(unusable(&path))?;
        }
        let mut version = Command::new("node");
        version.arg("--version");
        run("node", version).await?;
        let mut install = Command::new("npm");
        install.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&place);
        run("npm", install).await?;
        let sql = text(&place, "register.sql")?;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&world.pool).await?;
        Ok(Self {
            read: one(world, &place, ("read", "read_side")).await?,
            register: one(world, &place, ("register", "write_side")).await?,
        })
    }

    /// Whether both give as many contacts as the floor.
    pub(super) async fn check(&self, floor: &Target, keys: &[String]) -> Result<(), ReadError> {
        let mut hand = Client::connect(floor.clone()).await?;
        for side in self.sides(keys) {
            let mut theirs = Client::connect(side.target.clone()).await?;
            for (number, key) in keys.iter().enumerate().take(COMPARED) {
                let [wanted, given] = [
                    contacts(&hand.ask(number).await?, "/data/klantbeeld/recenteContacten")?,
                    match side.name {
                        Self::READ => {
                            contacts(&theirs.ask(number).await?, "/data/klantByPartijId/contacten")?
                        }
                        _ => contacts(&theirs.ask(number).await?, "/data/partijById/contacten")?,
                    },
                ];
                if wanted.is_none() || wanted != given {
                    let what = format!("{given:?} contacts instead of {wanted:?}");
                    let (screen, key) = (Scherm::Klantbeeld.name(), key.clone());
                    return Err(ReadError::Different { screen, side: side.name, key, what });
                }
            }
        }
        Ok(())
    }

    /// Both sides with the questions for these klanten.
    pub(super) fn sides(&self, keys: &[String]) -> [Side<'_>; 2] {
        let side = |name, One { server, question }: &'_ One| {
            let bodies = Scherm::Klantbeeld.bodies(keys, &json!({ "query": question }));
            let (address, path) = (server.address, "/graphql".to_owned());
            (name, Target { address, path, token: None, bodies: bodies.into() })
        };
        let [read, register] = [side(Self::READ, &self.read), side(Self::REGISTER, &self.register)];
        let with = |(name, target), server| Side { name, server, target, base: false };
        [with(read, &self.read.server), with(register, &self.register.server)]
    }
}

async fn one(world: &World, place: &Path, (name, schema): (&str, &str)) -> Result<One, ReadError> {
    let address = free_port()?;
    let mut command = Command::new("node");
    command
        .arg("server.js")
        .current_dir(place)
        .env("NODE_ENV", "production")
        .env("DATABASE_URL", &world.url)
        .env("SCHEMA", schema)
        .env("PORT", address.port().to_string())
        .env("TAGS", format!("./{name}.tags.json"));
    let log = place.join(format!("{name}.log"));
    let start = Start { program: "node", command, address, path: "/", log: &log };
    let server = Server::start(start).await?;
    Ok(One { server, question: text(place, &format!("{name}.graphql"))? })
}

fn text(place: &Path, name: &str) -> Result<String, ReadError> {
    let path: PathBuf = place.join(name);
    fs::read_to_string(&path).map_err(|source| ReadError::File { path, source })
}

/// How many contacts an answer has at a place.
fn contacts(answer: &Bytes, place: &str) -> Result<Option<usize>, ReadError> {
    let answer: Value = serde_json::from_slice(answer)?;
    let nodes = answer.pointer(place).and_then(|list| list["nodes"].as_array());
    Ok(nodes.map(Vec::len))
}
