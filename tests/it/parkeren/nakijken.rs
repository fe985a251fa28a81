//! What is parked is told apart from what is wrong, and readers do not get to see it unasked.

use projector::rebuild::DriftPace;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::overslaan::append_impossible;
use super::{Running, an_event, from, set_schemaversie, with_log};
use crate::rebuild::command::{klantbeeld, rebuild, served, start_rebuild};
use crate::support::{App, Gate};

async fn sql(app: &App, sql: &str) {
    let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(app.pool()).await.expect("SQL");
    assert!(done.rows_affected() > 0, "{sql}");
}

fn short(json: &Value, has: &str, log: &str) -> Option<i64> {
    Some(json[log].as_i64()? - json[has].as_i64()?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verifying_tells_what_is_parked_apart_from_what_is_wrong() {
    let app = with_log(7).await;
    let (object, positie) = an_event(app.pool()).await;
    set_schemaversie(app.pool(), positie, 99).await;
    let running = Running::start(&app, DriftPace::default());
    app.settled().await;
    let waits = from(app.pool(), object, positie).await;

    let found = klantbeeld(&app, &["verify", "klantbeeld"]).await;
    assert_eq!((found.code, &found.json["good"]), (5, &json!(true)), "{found:?}");
    let parked = json!([{ "kind": "klantcontact", "object": object, "position": positie,
                          "version": 2, "waiting": waits }]);
    assert_eq!(found.json["parked"], parked);
    assert_eq!(short(&found.json, "events", "eventsInLog"), Some(waits), "{found:?}");
    assert_eq!(
        (&found.json["eventsWaiting"], &found.json["objectsWaiting"]),
        (&json!(waits), &json!(0))
    );

    // What is short besides what waits is wrong.
    sql(&app, "UPDATE projector.geparkeerd SET versie = 1 WHERE product = 'klantbeeld'").await;
    let less = klantbeeld(&app, &["verify", "klantbeeld", "--sample", "0"]).await;
    assert_eq!((less.code, &less.json["good"]), (3, &json!(false)), "{less:?}");
    sql(&app, "UPDATE projector.geparkeerd SET versie = 2 WHERE product = 'klantbeeld'").await;

    sql(
        &app,
        "UPDATE klantbeeld_g1.klanten SET nummer = 'x' WHERE partij_id =
             (SELECT partij_id FROM klantbeeld_g1.klanten ORDER BY 1 LIMIT 1)",
    )
    .await;
    let wrong = klantbeeld(&app, &["verify", "klantbeeld"]).await;
    assert_eq!((wrong.code, &wrong.json["good"]), (3, &json!(false)), "{wrong:?}");
    assert_eq!(wrong.json["parked"], parked);
    running.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_generation_in_which_objects_are_parked_is_switched_to_only_when_that_is_said() {
    let app = with_log(8).await;
    let running = Running::start(&app, DriftPace::default());
    app.settled().await;
    assert_eq!(rebuild(&app, &["klantbeeld", "--no-switch"]).await.code, 0);
    let (object, _) = an_event(app.pool()).await;
    append_impossible(app.pool(), object).await;
    app.settled().await;
    let diff = klantbeeld(&app, &["diff", "klantbeeld"]).await;
    let counts = (&diff.json["parkedInServed"], &diff.json["parkedInCompared"]);
    assert_eq!((diff.code, counts), (0, (&json!(1), &json!(1))), "{diff:?}");

    for (command, before, after) in [("switch", 1, 2), ("rollback", 2, 1)] {
        let refused = klantbeeld(&app, &[command, "klantbeeld"]).await;
        assert_eq!((refused.code, served(&app).await["klantbeeld"]), (4, before), "{refused:?}");
        assert!(refused.said.contains("1 objects are parked in generation"), "{refused:?}");
        assert!(refused.said.contains("--with-parked"), "{refused:?}");
        let done = klantbeeld(&app, &[command, "klantbeeld", "--with-parked"]).await;
        assert_eq!((done.code, served(&app).await["klantbeeld"]), (0, after), "{done:?}");
    }
    running.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_that_parks_while_it_catches_up_says_so_and_does_not_switch() {
    let app = with_log(9).await;
    let running = Running::start(&app, DriftPace::default());
    app.settled().await;
    let (object, _) = an_event(app.pool()).await;
    let place = "BEFORE UPDATE ON projector.generaties FOR EACH ROW
                 WHEN (OLD.fase = 'lezen' AND NEW.fase = 'afleiden')";
    let gate = Gate::close(&app, place).await;
    let child = start_rebuild(&app, &["klantbeeld"]);
    gate.somebody_waits().await;
    append_impossible(app.pool(), object).await;
    gate.open().await;
    let done = child.wait_with_output().await.expect("it ends");
    let json: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let rebuilt = &json["rebuilt"][0];
    assert_eq!((done.status.code(), &rebuilt["switched"]), (Some(5), &Value::Null), "{json:#}");
    let verification = &rebuilt["verification"];
    assert_eq!(verification["good"], true, "{json:#}");
    assert_eq!(verification["parked"][0]["object"], json!(object), "{json:#}");
    assert_eq!(served(&app).await["klantbeeld"], 1);
    let again = rebuild(&app, &["klantbeeld", "--with-parked"]).await;
    assert_eq!((again.code, served(&app).await["klantbeeld"]), (0, 2), "{again:?}");
    running.finish().await;
}
