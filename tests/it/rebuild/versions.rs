//! Programs of several versions on one database: who cannot read what is served does not answer
//! from it, and is not made to.

use std::process::Stdio;

use sqlx::PgPool;
use tokio::process::Command;

use super::command::{klantbeeld, rebuild, served};
use super::with_history;
use crate::support::{App, LOGBOEK_KEYS, Process, until};

/// Another program made this generation of klantbeeld.
/// Gives that version.
async fn of_another_version(app: &App, generatie: i32) -> i32 {
    let sql = "UPDATE projector.generaties SET versie = versie + 1
               WHERE product = 'klantbeeld' AND generatie = $1 RETURNING versie";
    sqlx::query_scalar(sql).bind(generatie).fetch_one(app.pool()).await.expect("changed")
}

/// The sessions in which processes say what they read.
async fn announced(pool: &PgPool) -> Vec<i32> {
    let sql = "SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2
               AND classid = 1818584435
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    sqlx::query_scalar(sql).fetch_all(pool).await.expect("locks")
}

async fn announces(app: &App) -> i32 {
    until("a process to say what it reads", || async { announced(app.pool()).await.pop() }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_of_another_version_does_not_start_and_says_what_to_do() {
    let app = App::start_without_projector().await;
    let versie = of_another_version(&app, 1).await;
    let folded = format!("product klantbeeld was folded by version {versie}");
    for role in ["graphql", "project", "write,project,graphql,relay"] {
        let jwks = std::env::temp_dir().join(format!("{}.json", app.clock.new_id()));
        std::fs::write(&jwks, app.issuer.jwks()).expect("a file");
        let keys = jwks.with_extension("keys");
        std::fs::write(&keys, LOGBOEK_KEYS).expect("a file");
        let done = Command::new(env!("CARGO_BIN_EXE_klantbeeld"))
            .args(["serve", "--roles", role, "--listen", "127.0.0.1:0"])
            .args(["--issuer", "urn:test:uitgever", "--jwks"])
            .arg(&jwks)
            .env("KLANTBEELD_DATABASE_URL", app.database.url())
            .env("KLANTBEELD_LOGBOEK_KEYS", &keys)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .expect("it runs");
        std::fs::remove_file(&jwks).expect("removed");
        std::fs::remove_file(&keys).expect("removed");
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(1), "{role}: {said}");
        assert!(said.contains(&folded), "{role}: {said}");
        assert!(said.contains("klantbeeld rebuild klantbeeld"), "{role}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_switches_to_what_a_process_that_only_answers_cannot_read() {
    let app = App::start_without_projector().await;
    assert_eq!(rebuild(&app, &["klantbeeld", "--no-switch"]).await.code, 0);
    of_another_version(&app, 2).await;
    let mut reader = Process::start(&app.database, &app.issuer, "graphql", &[]);
    announces(&app).await;
    let refused = klantbeeld(&app, &["switch", "klantbeeld", "--generation", "2"]).await;
    assert_eq!((refused.code, served(&app).await["klantbeeld"]), (4, 1), "{refused:?}");
    assert!(refused.said.contains(&reader.name()), "{refused:?}");

    reader.kill();
    until("its locks to be gone", || async {
        announced(app.pool()).await.is_empty().then_some(())
    })
    .await;
    let done = klantbeeld(&app, &["switch", "klantbeeld", "--generation", "2"]).await;
    assert_eq!((done.code, served(&app).await["klantbeeld"]), (0, 2), "{done:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_of_the_same_version_is_no_reason_to_refuse() {
    let app = with_history(25).await;
    let _reader = Process::start(&app.database, &app.issuer, "graphql", &[]);
    announces(&app).await;
    assert_eq!(rebuild(&app, &["klantbeeld"]).await.code, 0);
    assert_eq!(served(&app).await["klantbeeld"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_could_not_say_what_it_reads_and_finds_another_version_stops() {
    let app = App::start_without_projector().await;
    let mut reader = Process::start(&app.database, &app.issuer, "graphql", &[]);
    let session = announces(&app).await;
    let end = async |pid: i32| {
        let sql = "SELECT pg_terminate_backend($1)";
        sqlx::query(sql).bind(pid).execute(app.pool()).await.expect("ended");
    };
    end(session).await;
    let again = until("it to say so again", || async {
        announced(app.pool()).await.into_iter().find(|pid| *pid != session)
    })
    .await;
    assert_eq!(reader.ended(), None);
    of_another_version(&app, 1).await;
    end(again).await;
    let ended = || std::future::ready(reader.ended());
    let code = until("it to stop", ended).await;
    assert_eq!(code, 1);
}
