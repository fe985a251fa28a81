//! Who is destroyed is gone from the rows, also when its object is parked.

use projector::rebuild::DriftPace;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Running, set_schemaversie, waiting};
use crate::projection::tables::tables;
use crate::rebuild::command::{klantbeeld, rebuild};
use crate::support::App;
use crate::vernietiging::{CANARY, destroy, klant, klant_zonder_naam, sightings, team};

/// A klantcontact of a klant and somebody else, with texts of a person in its first betrokkene.
async fn klantcontact(app: &App, klant: Uuid, onderwerp: &str) -> Uuid {
    let ander = klant_zonder_naam(app).await;
    let body = json!({
        "kanaal": "telefoon", "onderwerp": onderwerp, "actoren": [team(app).await],
        "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": klant,
            "contactnaam": { "voornaam": CANARY },
            "digitaleAdressen": [{ "soortDigitaalAdres": "email",
                                   "adres": format!("{CANARY}@example.nl") }] },
            { "rol": "vertegenwoordiger", "initiator": false, "wasPartij": ander }],
    });
    app.post("/klantcontacten", body).await.id()
}

/// The last event of an object cannot be read from here on, and whoever follows the log parks it.
async fn park(app: &App, object: Uuid) -> (Running, i64) {
    let sql = "SELECT max(positie) FROM write_side.gebeurtenissen WHERE object_id = $1";
    let positie: i64 =
        sqlx::query_scalar(sql).bind(object).fetch_one(app.pool()).await.expect("a position");
    set_schemaversie(app.pool(), positie, 99).await;
    let running = Running::start(app, DriftPace::default());
    app.settled().await;
    assert!(!waiting(app.pool(), object).await.is_empty());
    (running, positie)
}

/// Lets a projector come to the end, and stops it.
async fn project(app: &App) {
    let running = Running::start(app, DriftPace::default());
    app.settled().await;
    running.finish().await;
}

async fn verified(app: &App, code: i32) {
    for product in ["klantbeeld", "contactgeschiedenis", "actoren", "werkvoorraad"] {
        let found = klantbeeld(app, &["verify", product]).await;
        assert_eq!((found.code, &found.json["good"]), (code, &json!(true)), "{found:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parked_object_that_is_destroyed_loses_its_rows_and_is_parked_no_more() {
    let app = App::start_without_projector().await;
    let klant = klant(&app).await;
    let contact = klantcontact(&app, klant, CANARY).await;
    project(&app).await;
    let path = format!("/klantcontacten/{contact}/aanvullingen");
    app.post(&path, json!({ "aanvulling": CANARY })).await;
    let (first, _) = park(&app, contact).await;
    first.finish().await;
    let (running, _) = park_also(&app, klant).await;
    assert!(sightings(&app).await > 0);

    for (soort, path, id) in
        [("klantcontact", "klantcontacten", contact), ("partij", "partijen", klant)]
    {
        let done = destroy(&app, soort, path, id).await;
        assert_eq!(done.status, 200, "{:#}", done.body);
        app.settled().await;
        assert_eq!(waiting(app.pool(), id).await, []);
    }
    assert_eq!(sightings(&app).await, 0, "in no table of any schema");
    assert_eq!(klantbeeld(&app, &["parked", "list"]).await.code, 0);
    verified(&app, 0).await;
    let checked = klantbeeld(&app, &["drift", "check", "--all"]).await;
    assert_eq!(checked.code, 0, "{checked:?}");
    let before = tables(app.pool()).await;
    assert_eq!(rebuild(&app, &["--all"]).await.code, 0);
    assert_eq!(tables(app.pool()).await, before);
    running.finish().await;
}

/// The same for an object whose last event was taken in already: one that does not fit comes behind
/// it.
async fn park_also(app: &App, object: Uuid) -> (Running, i64) {
    let bad = super::overslaan::append_impossible(app.pool(), object).await;
    let running = Running::start(app, DriftPace::default());
    app.settled().await;
    assert!(!waiting(app.pool(), object).await.is_empty());
    (running, bad)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_parked_klantcontact_the_betrokkene_is_gone_when_its_partij_is_destroyed() {
    let app = App::start_without_projector().await;
    let klant = klant(&app).await;
    let contact = klantcontact(&app, klant, "Vraag").await;
    project(&app).await;
    app.post(&format!("/klantcontacten/{contact}/aanvullingen"), json!({ "aanvulling": "Meer" }))
        .await;
    let (running, positie) = park(&app, contact).await;
    assert!(sightings(&app).await > 0);

    let done = destroy(&app, "partij", "partijen", klant).await;
    assert_eq!(done.status, 200, "{:#}", done.body);
    assert_eq!(sightings(&app).await, 0);
    assert!(!waiting(app.pool(), contact).await.is_empty(), "what else waits, waits still");
    let sql = "SELECT document::text FROM read_side.contacten WHERE klantcontact_id = $1";
    let row: String =
        sqlx::query_scalar(sql).bind(contact).fetch_one(app.pool()).await.expect("a row");
    let row: Value = serde_json::from_str(&row).expect("JSON");
    assert!(row.to_string().contains("Vraag"), "{row:#}");
    assert!(!row.to_string().contains("Meer"), "{row:#}");

    set_schemaversie(app.pool(), positie, 1).await;
    for (product, _) in waiting(app.pool(), contact).await {
        let retried = klantbeeld(&app, &["parked", "retry", &product, &contact.to_string()]).await;
        assert_eq!(retried.code, 0, "{retried:?}");
    }
    app.settled().await;
    assert_eq!(sightings(&app).await, 0);
    verified(&app, 0).await;
    running.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_object_that_is_parked_and_destroyed_in_one_batch_is_gone() {
    let app = App::start_without_projector().await;
    let klant = klant(&app).await;
    let contact = klantcontact(&app, klant, CANARY).await;
    project(&app).await;
    let before = app.positie().await;
    app.post(&format!("/klantcontacten/{contact}/aanvullingen"), json!({ "aanvulling": CANARY }))
        .await;
    assert_eq!(destroy(&app, "klantcontact", "klantcontacten", contact).await.status, 200);
    let sql = "SELECT min(positie) FROM write_side.gebeurtenissen
               WHERE object_id = $1 AND positie > $2";
    let positie: i64 = sqlx::query_scalar(sql)
        .bind(contact)
        .bind(before)
        .fetch_one(app.pool())
        .await
        .expect("a position");
    set_schemaversie(app.pool(), positie, 99).await;
    project(&app).await;
    assert_eq!(waiting(app.pool(), contact).await, []);
    let sql = "SELECT count(*) FROM read_side.contacten WHERE klantcontact_id = $1";
    let rows: i64 =
        sqlx::query_scalar(sql).bind(contact).fetch_one(app.pool()).await.expect("a count");
    assert_eq!(rows, 0);
}
