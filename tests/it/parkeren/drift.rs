//! Rows that are not what the log says: found by whoever leads, shown without content, repaired.

use projector::rebuild::DriftPace;
use serde_json::json;
use uuid::Uuid;

use super::{Running, with_log};
use crate::projection::tables::tables;
use crate::rebuild::command::klantbeeld;
use crate::support::{App, until};

/// As fast as it goes.
const FAST: DriftPace = DriftPace { keys_per_minute: 1_000_000, percent_max: 100 };

async fn tamper(app: &App, sql: &'static str) -> Uuid {
    sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("a row to tamper with")
}

async fn columns(app: &App, tabel: &str, object: Uuid) -> Option<Vec<String>> {
    let sql = "SELECT kolommen FROM projector.drift WHERE tabel = $1 AND object_id = $2";
    sqlx::query_scalar(sql)
        .bind(tabel)
        .bind(object)
        .fetch_optional(app.pool())
        .await
        .expect("drift")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_leads_finds_a_row_that_was_tampered_with_and_it_is_repaired() {
    let app = with_log(5).await;
    let running = Running::start(&app, FAST);
    app.settled().await;
    let good = tables(app.pool()).await;
    let changed = tamper(
        &app,
        "UPDATE klantbeeld_g1.klanten SET nummer = 'geheim' WHERE partij_id =
             (SELECT partij_id FROM klantbeeld_g1.klanten ORDER BY 1 LIMIT 1) RETURNING partij_id",
    )
    .await;
    let gone = tamper(
        &app,
        "DELETE FROM werkvoorraad_g1.taken WHERE taak_id =
             (SELECT taak_id FROM werkvoorraad_g1.taken ORDER BY 1 LIMIT 1) RETURNING taak_id",
    )
    .await;
    let found = until("the change to be found", || columns(&app, "klanten", changed)).await;
    assert_eq!(found, ["nummer"]);
    let found = until("the missing row to be found", || columns(&app, "taken", gone)).await;
    assert_eq!(found, [""; 0]);
    let list = klantbeeld(&app, &["drift", "list"]).await;
    assert_eq!((list.code, list.json["drift"].as_array().map(Vec::len)), (3, Some(2)), "{list:?}");
    assert!(!list.json.to_string().contains("geheim"));
    running.finish().await;

    for (product, object) in [("klantbeeld", changed), ("werkvoorraad", gone)] {
        let done = klantbeeld(&app, &["drift", "repair", product, &object.to_string()]).await;
        assert_eq!(done.code, 0, "{done:?}");
    }
    assert_eq!(tables(app.pool()).await, good);
    assert_eq!(klantbeeld(&app, &["drift", "list"]).await.code, 0);
    let all = klantbeeld(&app, &["drift", "check", "--all"]).await;
    assert_eq!(all.code, 0, "{all:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_of_all_keys_finds_a_wrong_state_and_counts_what_it_looked_at() {
    let app = with_log(6).await;
    let running = Running::start(&app, DriftPace { keys_per_minute: 0, percent_max: 1 });
    app.settled().await;
    let good = tables(app.pool()).await;
    let first = klantbeeld(&app, &["drift", "check", "klantbeeld", "--all"]).await;
    assert_eq!((first.code, &first.json["checked"][0]["wrong"]), (0, &json!(0)), "{first:?}");
    let partij = tamper(
        &app,
        "UPDATE klantbeeld_g1.bronnen b SET toestand = a.toestand
         FROM (SELECT toestand FROM klantbeeld_g1.bronnen WHERE objectsoort = 'partij'
               ORDER BY object_id DESC LIMIT 1) AS a
         WHERE objectsoort = 'partij' AND object_id =
               (SELECT min(object_id::text)::uuid FROM klantbeeld_g1.bronnen
                WHERE objectsoort = 'partij') RETURNING object_id",
    )
    .await;
    let found = klantbeeld(&app, &["drift", "check", "klantbeeld", "--all"]).await;
    assert_eq!(found.code, 3, "{found:?}");
    assert_eq!(
        columns(&app, "bronnen", partij).await.as_deref(),
        Some(&["toestand".to_owned()][..])
    );
    let args = ["drift", "repair", "klantbeeld", &partij.to_string()];
    assert_eq!(klantbeeld(&app, &args).await.json["repaired"][0]["wrong"], 1);
    assert_eq!(tables(app.pool()).await, good);
    assert_eq!(columns(&app, "bronnen", partij).await, None);
    let counts = projector::toezicht(app.pool()).await.expect("counts");
    let one = counts.iter().find(|one| one.product == "klantbeeld").expect("klantbeeld");
    assert_eq!((one.drift, one.rondes), (0, 2), "{one:?}");
    let keys = first.json["checked"][0]["keys"].as_i64().expect("a count");
    assert_eq!(one.gecontroleerd, 2 * keys, "{one:?}");
    running.finish().await;
}
