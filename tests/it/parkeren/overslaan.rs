//! Skipping an event: who and why is kept, a rebuild does it too, and it can be taken back.

use projector::rebuild::DriftPace;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::{Running, an_event, waiting, with_log};
use crate::projection::tables::tables;
use crate::rebuild::command::{klantbeeld, rebuild};

/// Registers an object a second time, which cannot be, and couples its first actor once more.
pub async fn append_impossible(pool: &PgPool, object: Uuid) -> i64 {
    let sql = "WITH raised AS (UPDATE write_side.objecten SET versie = versie + 1
                               WHERE object_id = $1 RETURNING versie)
               INSERT INTO write_side.gebeurtenissen (gebeurtenis_id, handeling_id, objectsoort,
                   object_id, versie, soort, schemaversie, data, tijdstip)
               SELECT gen_random_uuid(), e.handeling_id, e.objectsoort, e.object_id, raised.versie,
                   e.soort, e.schemaversie, e.data, clock_timestamp()
               FROM write_side.gebeurtenissen e, raised
               WHERE e.object_id = $1 AND e.versie = $2 RETURNING positie";
    let append = async |versie: i64| -> i64 {
        let query = sqlx::query_scalar(sql).bind(object).bind(versie);
        query.fetch_one(pool).await.expect("appended")
    };
    let bad = append(1).await;
    append(2).await;
    bad
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_skipped_event_is_kept_for_audit_and_a_rebuild_skips_it_too() {
    let app = with_log(3).await;
    let (object, _) = an_event(app.pool()).await;
    let running = Running::start(&app, DriftPace::default());
    app.settled().await;
    let positie = append_impossible(app.pool(), object).await;
    app.settled().await;
    let parked = waiting(app.pool(), object).await;
    assert!(parked.len() >= 3 && parked.iter().all(|(_, n)| *n == 2), "{parked:?}");
    let id = object.to_string();
    let nobody =
        klantbeeld(&app, &["parked", "skip", "klantbeeld", &id, "--reason", "dubbel"]).await;
    assert_eq!(nobody.code, 2, "{nobody:?}");
    assert_eq!(rebuild(&app, &["klantbeeld"]).await.code, 1, "a rebuild stops at it");
    for (product, _) in &parked {
        let args = ["parked", "skip", product, &id, "--reason", "dubbel", "--door", "J. Beheer"];
        let done = klantbeeld(&app, &args).await;
        assert_eq!(done.code, 0, "{done:?}");
    }
    assert_eq!(waiting(app.pool(), object).await, []);
    let show = klantbeeld(&app, &["parked", "show", "klantbeeld", &id]).await;
    let kept = &show.json["skipped"][0];
    assert_eq!((&kept["position"], &kept["by"]), (&json!(positie), &json!("J. Beheer")));
    assert_eq!((&kept["reason"], &kept["takenBackAt"]), (&json!("dubbel"), &json!(null)));
    for sql in [
        "DELETE FROM projector.overgeslagen",
        "TRUNCATE projector.overgeslagen",
        "UPDATE projector.overgeslagen SET door = 'iemand anders'",
    ] {
        sqlx::raw_sql(sql).execute(app.pool()).await.expect_err(sql);
    }

    let before = tables(app.pool()).await;
    let verified = klantbeeld(&app, &["verify", "klantbeeld", "--generation", "1"]).await;
    assert_eq!(verified.code, 0, "{verified:?}");
    let checked = klantbeeld(&app, &["drift", "check", "--all"]).await;
    assert_eq!(checked.code, 0, "{checked:?}");
    let rebuilt = rebuild(&app, &["--all", "--batch", "20", "--memory", "0"]).await;
    assert_eq!(rebuilt.code, 0, "{rebuilt:?}");
    app.settled().await;
    assert_eq!(tables(app.pool()).await, before);

    let back = klantbeeld(&app, &["parked", "retry", "klantbeeld", &id]).await;
    assert_eq!(back.code, 3, "it cannot be folded still: {back:?}");
    let show = klantbeeld(&app, &["parked", "show", "klantbeeld", &id]).await;
    assert!(show.json["skipped"][0]["takenBackAt"].is_string(), "{show:?}");
    assert_eq!(show.json["parked"][0]["waiting"], 2, "{show:?}");
    running.finish().await;
}
