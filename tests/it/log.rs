//! The log is append-only, and its reading without gaps rests on how positions are drawn.

use serde_json::json;
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Row as _};

use crate::support::{App, database};

#[tokio::test]
async fn nobody_changes_or_removes_what_was_recorded() {
    let app = App::start().await;
    app.post("/organisatorische-eenheden", json!({ "naam": "KCC" })).await;
    for sql in [
        "UPDATE write_side.gebeurtenissen SET data = '{}'",
        "DELETE FROM write_side.gebeurtenissen",
        "TRUNCATE write_side.gebeurtenissen",
        "UPDATE write_side.handelingen SET door = 'iemand anders'",
        "DELETE FROM write_side.handelingen",
    ] {
        let refused = sqlx::query(sql).execute(app.pool()).await.expect_err("refused");
        assert!(refused.to_string().contains("append-only"), "{sql}: {refused}");
    }
    assert_eq!(app.events_after(0).await, ["OrganisatorischeEenheidGeregistreerd"]);
}

#[tokio::test]
async fn a_handeling_is_recorded_with_who_did_it_and_why() {
    let app = App::start().await;
    let answer = app.post("/organisatorische-eenheden", json!({ "naam": "KCC" })).await;
    let row: (String, String, String) = sqlx::query_as(
        "SELECT soort, door, toepassing FROM write_side.handelingen WHERE handeling_id = $1::uuid",
    )
    .bind(answer.body["handelingId"].as_str())
    .fetch_one(app.pool())
    .await
    .expect("the handeling");
    let expected = ("registreerOrganisatorischeEenheid", "systeem", "test");
    assert_eq!((row.0.as_str(), row.1.as_str(), row.2.as_str()), expected);
    assert_eq!(answer.body["positie"], app.positie().await);
}

/// Most looks at a transaction that begins; the runtime hears of the network every 61 of them.
const LOOKS: usize = 300;

/// Begins, and goes away after each number of looks at how far it is; whether some connection that it
/// left is still in a transaction.
async fn leaves_a_transaction<F: Future>(pool: &PgPool, begin: impl Fn() -> F) -> bool {
    for looks in 0..LOOKS {
        {
            let mut begin = std::pin::pin!(begin());
            for _ in 0..looks {
                tokio::select! {
                    biased;
                    _ = &mut begin => break,
                    () = tokio::task::yield_now() => {}
                }
            }
        }
        // Sent alone, a statement begins when its transaction does.
        let sql = "SELECT now() <> statement_timestamp()";
        let row = sqlx::raw_sql(sql).fetch_one(pool).await.expect("an answer");
        if row.get(0) {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn who_goes_away_while_a_transaction_begins_leaves_none_behind() {
    let database = database().await;
    let options = database.pool().connect_options().as_ref().clone();
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.expect("a pool");
    assert!(!leaves_a_transaction(&pool, || log_source::begin(&pool, "BEGIN")).await);
    // What would be left without it; when this no longer holds, sqlx does not need our help.
    assert!(leaves_a_transaction(&pool, || pool.begin()).await);
}
