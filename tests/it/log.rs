//! The log is append-only, and its reading without gaps rests on how positions are drawn.

use serde_json::json;

use crate::support::App;

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
