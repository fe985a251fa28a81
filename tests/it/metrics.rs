//! `GET /metrics` and `projectieStatus`: how far everything is, for whoever runs the service, and
//! nothing about anybody.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use klantbeeld::app::Parts;
use klantbeeld::config::Role;
use klantbeeld::omgeving::Omgeving;
use serde_json::json;
use tower::ServiceExt;
use write_side::{Afzender, ApiSettings};

use crate::rebuild::command::{klantbeeld, rebuild};
use crate::support::{App, Persona, loopback, open_gap, until};

/// Most bytes of an answer.
const ANSWER_MAX: usize = 1024 * 1024;

/// What a service on this database tells Prometheus.
async fn scrape(app: &App) -> (StatusCode, String) {
    let parts = Parts {
        omgeving: Omgeving::Productie,
        projector: projector::ProjectorSettings::default(),
        project_from: projector::EventSource::Log,
        pool: app.pool().clone(),
        clock: Arc::clone(&app.clock),
        validator: app.issuer.validator(&app.clock),
        roles: BTreeSet::from([Role::Project]),
        graphql: graphql::Settings::default(),
        afzender: Afzender::default(),
        webhooks: loopback(),
        api: ApiSettings::default(),
    };
    let router = klantbeeld::app::App::new(parts).expect("a service").router();
    let request = Request::get("/metrics").body(Body::empty()).expect("a request");
    let response = router.oneshot(request).await.expect("an answer");
    let status = response.status();
    let body = to_bytes(response.into_body(), ANSWER_MAX).await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("text"))
}

/// The value of a sample.
fn value(text: &str, sample: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '))?;
    Some(line.parse().expect("a number"))
}

fn of(metric: &str, generation: i32) -> String {
    format!("klantbeeld_{metric}{{product=\"klantbeeld\",generation=\"{generation}\"}}")
}

async fn with_a_klant() -> App {
    let app = App::start().await;
    let klant = json!({
        "contactnaam": { "voornaam": "Geheim", "achternaam": "Geheimpje" },
        "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": "geheim@example.nl" }],
    });
    app.post("/personen", klant).await;
    app.settled().await;
    app
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metrics_tell_how_far_everything_is_and_nothing_of_anybody() {
    let app = with_a_klant().await;
    let (status, text) = scrape(&app).await;
    assert_eq!(status, StatusCode::OK);
    let positie = app.positie().await as f64;
    assert_eq!(value(&text, &of("projection_position", 1)), Some(positie), "{text}");
    assert_eq!(value(&text, &of("projection_lag_events", 1)), Some(0.0));
    assert_eq!(value(&text, &of("projection_served", 1)), Some(1.0));
    assert_eq!(value(&text, &of("projection_open_gaps", 1)), Some(0.0));
    assert!(value(&text, &of("projection_lag_seconds", 1)).expect("a lag") < 30.0);
    assert_eq!(value(&text, "klantbeeld_log_position"), Some(positie));
    assert!(text.contains("klantbeeld_projector_batches_total 0"), "{text}");
    assert!(!text.to_lowercase().contains("geheim"), "{text}");
    // Every sample follows the description of its metric.
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().expect("a name");
        assert!(text.contains(&format!("# TYPE {name} ")), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_gap_a_pause_and_a_rebuild_show() {
    let app = with_a_klant().await;
    let (slow, _) = open_gap(&app).await;
    app.post("/organisatorische-eenheden", json!({ "naam": "Later" })).await;
    until("the open gap", || async {
        let (_, text) = scrape(&app).await;
        let age = value(&text, &of("projection_oldest_gap_seconds", 1))?;
        (value(&text, &of("projection_open_gaps", 1))? >= 1.0 && age > 0.0).then_some(())
    })
    .await;
    slow.rollback().await.expect("rolled back");
    app.settled().await;

    assert_eq!(rebuild(&app, &["klantbeeld", "--no-switch"]).await.code, 0);
    assert_eq!(klantbeeld(&app, &["pause", "klantbeeld", "--generation", "2"]).await.code, 0);
    let (_, text) = scrape(&app).await;
    let phase =
        "klantbeeld_projection_phase{product=\"klantbeeld\",generation=\"2\",phase=\"klaar\"}";
    assert_eq!(value(&text, phase), Some(1.0), "{text}");
    assert_eq!(value(&text, &of("projection_paused", 2)), Some(1.0));
    assert_eq!(value(&text, &of("projection_served", 2)), Some(0.0));
    assert_eq!(value(&text, &of("rebuild_read_ratio", 2)), Some(1.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_database_there_is_no_figure() {
    let app = App::start_without_projector().await;
    let sql = "DROP VIEW read_side.projecties";
    sqlx::query(sql).execute(app.pool()).await.expect("dropped");
    let (status, text) = scrape(&app).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!text.contains("klantbeeld_"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_beheerder_asks_how_far_every_product_is() {
    let app = with_a_klant().await;
    assert_eq!(rebuild(&app, &["klantbeeld", "--no-switch"]).await.code, 0);
    let beheerder = Persona::systeem().claim("rollen", json!(["beheerder"]));
    let query =
        "{ projectieStatus { product generatie versie status wordtGetoond gepauzeerd positie
                   laatstePositie achterstand achterstandSeconden bijgewerktTot openGaten } }";
    // A new generation is complete up to a moment as soon as whoever follows the log says so.
    let data = until("every generation to say how late it is", || async {
        let data = app.ask(&beheerder, query, json!({})).await;
        let rows = data["projectieStatus"].as_array()?;
        rows.iter().all(|row| !row["bijgewerktTot"].is_null()).then_some(data)
    })
    .await;
    let rows = data["projectieStatus"].as_array().expect("a list");
    assert_eq!(rows.len(), 6, "{data:#}");
    let positie = json!(app.positie().await.to_string());
    for row in rows {
        assert_eq!((&row["positie"], &row["laatstePositie"]), (&positie, &positie), "{row:#}");
        assert_eq!((&row["achterstand"], &row["openGaten"]), (&json!(0), &json!(0)), "{row:#}");
        assert_eq!((&row["status"], &row["gepauzeerd"]), (&json!("KLAAR"), &json!(false)));
        assert!(row["achterstandSeconden"].as_i64().expect("seconds") < 30, "{row:#}");
    }
    let shown = |row: &&serde_json::Value| row["product"] == "klantbeeld";
    let shown: Vec<_> = rows.iter().filter(shown).map(|row| &row["wordtGetoond"]).collect();
    assert_eq!(shown, [true, false]);
    let refused = app.try_ask(&Persona::kcc(), query, json!({})).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "GEEN_TOEGANG", "{refused:#}");
    assert!(refused["data"].is_null(), "{refused:#}");
}
