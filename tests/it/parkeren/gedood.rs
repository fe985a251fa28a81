//! A projector that is killed while it parks.

use sqlx::{AssertSqlSafe, PgConnection};

use super::{an_event, from, set_schemaversie, waiting, with_log};
use crate::projection::process::ProjectorProcess;
use crate::support::{App, until};

/// Key of the lock at which the projector is held up.
const GATE: i64 = 4343;

async fn gate(conn: &mut PgConnection, sql: &'static str) {
    sqlx::query(sql).bind(GATE).execute(conn).await.expect("the gate");
}

async fn somebody_waits(app: &App) {
    until("the projector to come to the gate", || async {
        let sql = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory'
                   AND NOT granted AND objid = $1::bigint::oid AND database =
                       (SELECT oid FROM pg_database WHERE datname = current_database()))";
        let waits: bool =
            sqlx::query_scalar(sql).bind(GATE).fetch_one(app.pool()).await.expect("locks");
        waits.then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_parks_it_has_parked_nothing_and_the_next_does() {
    let app = with_log(4).await;
    let (object, positie) = an_event(app.pool()).await;
    set_schemaversie(app.pool(), positie, 99).await;
    let sql = format!(
        "CREATE FUNCTION projector.wacht() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NEW; END $$;
         CREATE TRIGGER wacht BEFORE INSERT ON projector.geparkeerd FOR EACH ROW
         EXECUTE FUNCTION projector.wacht()"
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(app.pool()).await.expect("a trigger");
    let mut held = app.pool().acquire().await.expect("a connection");
    gate(&mut held, "SELECT pg_advisory_lock($1)").await;
    let mut first = ProjectorProcess::start(&app.database).await;
    somebody_waits(&app).await;
    first.kill();
    gate(&mut held, "SELECT pg_advisory_unlock($1)").await;
    assert_eq!(waiting(app.pool(), object).await, []);
    let _second = ProjectorProcess::start(&app.database).await;
    app.settled().await;
    let waits = from(app.pool(), object, positie).await;
    let parked = waiting(app.pool(), object).await;
    assert!(parked.len() >= 3 && parked.iter().all(|(_, n)| *n == waits), "{waits}: {parked:?}");
}
