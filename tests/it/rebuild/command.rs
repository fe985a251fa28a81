//! The real commands, in a process of their own.

use std::collections::BTreeMap;
use std::process::Stdio;

use serde_json::Value;
use tokio::process::{Child, Command};

use crate::support::App;

/// What a command did.
#[derive(Debug)]
pub struct Done {
    /// Its exit code.
    pub code: i32,
    /// What it printed.
    pub json: Value,
    /// What it said.
    pub said: String,
}

/// A command with `--json` on the database of a service.
pub async fn klantbeeld(app: &App, args: &[&str]) -> Done {
    let output = command(app, args).output().await.expect("the binary runs");
    Done {
        code: output.status.code().expect("an exit code"),
        json: serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
        said: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// `klantbeeld rebuild`.
pub async fn rebuild(app: &App, args: &[&str]) -> Done {
    klantbeeld(app, &[&["rebuild"], args].concat()).await
}

/// `klantbeeld rebuild` that goes on beside the test, and may be killed.
pub fn start_rebuild(app: &App, args: &[&str]) -> Child {
    command(app, &[&["rebuild"], args].concat()).spawn().expect("the binary runs")
}

/// Every rebuild from here on reads, and derives, at most so many a second.
pub async fn limit_rebuilds(app: &App, per_second: i32) {
    let sql = format!(
        "CREATE FUNCTION projector.begrens() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN NEW.max_per_seconde := {per_second}; RETURN NEW; END $$;
         CREATE TRIGGER begrens BEFORE INSERT ON projector.generaties FOR EACH ROW
         EXECUTE FUNCTION projector.begrens()"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(app.pool()).await.expect("a trigger");
}

fn command(app: &App, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_klantbeeld"));
    command
        .args(args)
        .arg("--json")
        .env("KLANTBEELD_DATABASE_URL", app.database.url())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Which generation of each product readers see.
pub async fn served(app: &App) -> BTreeMap<String, i32> {
    let sql = "SELECT product, generatie FROM projector.generaties WHERE actief";
    let rows: Vec<(String, i32)> =
        sqlx::query_as(sql).fetch_all(app.pool()).await.expect("generations");
    rows.into_iter().collect()
}

/// The phase of a generation of klantbeeld, when there is one.
pub async fn fase(app: &App, generatie: i32) -> Option<String> {
    let sql = "SELECT fase FROM projector.generaties
               WHERE product = 'klantbeeld' AND generatie = $1";
    sqlx::query_scalar(sql).bind(generatie).fetch_optional(app.pool()).await.expect("a phase")
}
