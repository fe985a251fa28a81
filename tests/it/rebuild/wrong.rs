//! Rows that are not what the log says: found, not switched to, and repaired.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::command::{klantbeeld, rebuild, served};
use super::with_history;
use crate::projection::tables::tables;
use crate::support::App;

async fn sql(app: &App, sql: &str) {
    let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(app.pool()).await.expect("SQL");
    assert!(done.rows_affected() > 0, "{sql}");
}

/// What verify says of a table.
fn table<'v>(json: &'v Value, name: &str) -> &'v Value {
    let tables = json["tables"].as_array().expect("tables");
    tables.iter().find(|table| table["table"] == name).expect("the table")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_was_tampered_with_is_found_whatever_was_done_to_it() {
    let app = with_history(11).await;
    let good = klantbeeld(&app, &["verify", "klantbeeld"]).await;
    assert_eq!((good.code, &good.json["good"]), (0, &json!(true)), "{good:?}");
    let one = "(SELECT ctid FROM klantbeeld_g1.{t} ORDER BY partij_id LIMIT 1)";
    for (name, statement) in [
        ("klanten", "UPDATE klantbeeld_g1.klanten SET nummer = 'x' WHERE ctid = {one}"),
        ("klanten", "DELETE FROM klantbeeld_g1.klanten WHERE ctid = {one}"),
        (
            "klant_contacten",
            "UPDATE klantbeeld_g1.klant_contacten SET op = op + interval '1 second' WHERE ctid = {one}",
        ),
        ("klant_contacten", "DELETE FROM klantbeeld_g1.klant_contacten WHERE ctid = {one}"),
        (
            "klant_taken",
            "INSERT INTO klantbeeld_g1.klant_taken SELECT gen_random_uuid(), taak_id,
             klantcontact_id, open, vertrouwelijk, streefdatum, document
             FROM klantbeeld_g1.klant_taken WHERE ctid = {one}",
        ),
    ] {
        let statement = statement.replace("{one}", &one.replace("{t}", name));
        sql(&app, &format!("CREATE TABLE public.oud_{name} AS TABLE klantbeeld_g1.{name}")).await;
        sql(&app, &statement).await;
        let found = klantbeeld(&app, &["verify", "klantbeeld"]).await;
        assert_eq!((found.code, &found.json["good"]), (3, &json!(false)), "{statement}");
        let wrong = table(&found.json, name)["wrong"].as_array().expect("a list");
        assert!(!wrong.is_empty(), "{statement}: {found:?}");
        sqlx::raw_sql(AssertSqlSafe(format!(
            "TRUNCATE klantbeeld_g1.{name};
             INSERT INTO klantbeeld_g1.{name} TABLE public.oud_{name};
             DROP TABLE public.oud_{name}"
        )))
        .execute(app.pool())
        .await
        .expect("restored");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_that_misses_an_event_is_found_without_replaying_it() {
    let app = with_history(12).await;
    sql(
        &app,
        "DELETE FROM klantbeeld_g1.bronnen WHERE ctid =
         (SELECT ctid FROM klantbeeld_g1.bronnen WHERE objectsoort = 'partij' LIMIT 1)",
    )
    .await;
    let found = klantbeeld(&app, &["verify", "klantbeeld", "--sample", "0"]).await;
    assert_eq!(found.code, 3, "{found:?}");
    let count = |name: &str| found.json[name].as_i64().expect("a count");
    assert_eq!(count("objects"), count("objectsInLog") - 1);
    assert!(count("events") < count("eventsInLog"), "{found:?}");
    assert!(table(&found.json, "klanten")["orphans"].as_i64() >= Some(1), "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_generation_that_is_wrong_is_not_switched_to() {
    let app = with_history(13).await;
    // Whoever fills it writes something else than what it derives.
    sqlx::raw_sql(
        "CREATE FUNCTION projector.bederf() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN UPDATE klantbeeld_g2.klanten SET nummer = 'bedorven'; RETURN NEW; END $$;
         CREATE TRIGGER bederf BEFORE UPDATE ON projector.generaties FOR EACH ROW
         WHEN (OLD.fase = 'afleiden' AND NEW.fase = 'indexeren') EXECUTE FUNCTION projector.bederf()",
    )
    .execute(app.pool())
    .await
    .expect("a trigger");
    let done = rebuild(&app, &["klantbeeld"]).await;
    assert_eq!(done.code, 3, "{done:?}");
    assert!(done.said.contains("is not what the log says"), "{done:?}");
    assert_eq!(served(&app).await["klantbeeld"], 1);
    let refused = klantbeeld(&app, &["switch", "klantbeeld"]).await;
    assert_eq!((refused.code, served(&app).await["klantbeeld"]), (4, 1), "{refused:?}");

    let fresh = rebuild(&app, &["klantbeeld", "--fresh", "--no-switch"]).await;
    assert_eq!(fresh.code, 3, "the trigger is still there: {fresh:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_difference_names_rows_and_columns_and_no_content() {
    let app = with_history(14).await;
    assert_eq!(rebuild(&app, &["klantbeeld", "--no-switch"]).await.code, 0);
    let same = klantbeeld(&app, &["diff", "klantbeeld"]).await;
    assert_eq!(same.code, 0, "{same:?}");
    assert!(table(&same.json, "klanten")["equal"].as_i64() > Some(3), "{same:?}");
    let one = "(SELECT partij_id FROM klantbeeld_g2.klanten ORDER BY 1 LIMIT 1)";
    sql(
        &app,
        &format!("UPDATE klantbeeld_g2.klanten SET nummer = 'geheim' WHERE partij_id = {one}"),
    )
    .await;
    let last = "(SELECT partij_id FROM klantbeeld_g2.klanten ORDER BY 1 DESC LIMIT 1)";
    sql(&app, &format!("DELETE FROM klantbeeld_g2.klanten WHERE partij_id = {last}")).await;
    let found = klantbeeld(&app, &["diff", "klantbeeld"]).await;
    assert_eq!(found.code, 3, "{found:?}");
    let klanten = table(&found.json, "klanten");
    assert_eq!((&klanten["changed"], &klanten["removed"]), (&json!(1), &json!(1)), "{klanten:#}");
    assert_eq!(klanten["columns"], json!({ "nummer": 1 }));
    assert_eq!(klanten["examples"][0]["columns"], json!(["nummer"]));
    assert!(!klanten.to_string().contains("geheim"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_klant_is_repaired_and_the_others_stay_as_they_are() {
    let app = with_history(15).await;
    let good = tables(app.pool()).await;
    let id: String = sqlx::query_scalar(
        "SELECT partij_id::text FROM klantbeeld_g1.klant_taken ORDER BY 1 LIMIT 1",
    )
    .fetch_one(app.pool())
    .await
    .expect("a klant");
    for statement in [
        "UPDATE klantbeeld_g1.klanten SET nummer = 'x', aantal_contacten = 99",
        "UPDATE klantbeeld_g1.bronnen SET toestand = (SELECT toestand FROM klantbeeld_g1.bronnen
             WHERE objectsoort = 'partij' AND object_id <> $1::uuid LIMIT 1)
         WHERE objectsoort = 'partij' AND object_id = $1::uuid",
        "DELETE FROM klantbeeld_g1.klant_contacten",
        "DELETE FROM klantbeeld_g1.klant_taken",
    ] {
        let of_klant = if statement.contains("$1") { "" } else { " WHERE partij_id = $1::uuid" };
        let statement = format!("{statement}{of_klant}");
        let done = sqlx::query(AssertSqlSafe(statement)).bind(&id).execute(app.pool()).await;
        assert!(done.expect("SQL").rows_affected() > 0);
    }
    assert_ne!(tables(app.pool()).await, good);
    let done = rebuild(&app, &["klantbeeld", "--klant", &id]).await;
    assert_eq!((done.code, &done.json["repaired"][0]["wrong"]), (0, &json!(1)), "{done:?}");
    assert_eq!(tables(app.pool()).await, good);
    assert_eq!(klantbeeld(&app, &["verify", "klantbeeld"]).await.code, 0);
}
