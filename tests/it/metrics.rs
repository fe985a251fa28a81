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

use crate::rebuild::command::{klantbeeld, limit_rebuilds, rebuild, start_rebuild};
use crate::rebuild::{on_phase, with_history};
use crate::support::{App, Gate, Persona, loopback, open_gap, until};

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
        rows: projector::products::Inrichting::default(),
        afzender: Afzender::default(),
        webhooks: loopback(),
        api: ApiSettings::default(),
        demo: None,
        logboek: None,
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
    assert!(text.contains("klantbeeld_projector_batch_duration_seconds_count 0"), "{text}");
    assert!(!text.to_lowercase().contains("geheim"), "{text}");
    // Every sample follows the description of its metric.
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().expect("a name");
        let of_histogram =
            ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        let known = |name: &str, kind| text.contains(&format!("# TYPE {name} {kind}"));
        let known = known(name, "") || of_histogram.is_some_and(|name| known(name, "histogram"));
        assert!(known, "{line}");
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
    assert!(!text.contains("klantbeeld_rebuild_phase_ratio{"), "it is made: {text}");
}

/// A sample of a rebuild of klantbeeld in a phase.
async fn in_phase(app: &App, metric: &str, phase: &str) -> Option<f64> {
    let labels = format!("product=\"klantbeeld\",generation=\"2\",phase=\"{phase}\"");
    let (_, text) = scrape(app).await;
    value(&text, &format!("klantbeeld_rebuild_phase_{metric}{{{labels}}}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_shows_how_far_it_is_in_every_phase_and_how_long_that_takes() {
    let app = with_history(50).await;
    limit_rebuilds(&app, 50).await;
    let change = "OLD.fase = 'indexeren' AND NEW.fase = 'inhalen'";
    let gate = Gate::close(&app, &on_phase(change)).await;
    let child = start_rebuild(&app, &["klantbeeld", "--batch", "10", "--no-switch"]);
    let left = until("a rate", || in_phase(&app, "remaining_seconds", "lezen")).await;
    assert!(left > 0.0 && left < 60.0, "{left}");
    for phase in ["lezen", "afleiden"] {
        let done = until(phase, || in_phase(&app, "ratio", phase)).await;
        assert!((0.0..=1.0).contains(&done), "{phase}: {done}");
    }
    gate.somebody_waits().await;
    assert_eq!(in_phase(&app, "ratio", "indexeren").await, Some(1.0));
    assert_eq!(in_phase(&app, "remaining_seconds", "indexeren").await, None, "it is not known");
    gate.open().await;
    let done = child.wait_with_output().await.expect("it ends");
    assert!(done.status.success(), "{done:?}");
    assert_eq!(in_phase(&app, "ratio", "nakijken").await, None, "it is made");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_shows_how_far_it_is_with_verifying() {
    let app = with_history(51).await;
    let gate = Gate::close(&app, &on_phase("NEW.fase = 'klaar' AND OLD.fase = 'inhalen'")).await;
    let child = start_rebuild(&app, &["klantbeeld", "--no-switch"]);
    gate.somebody_waits().await;
    assert_eq!(in_phase(&app, "ratio", "nakijken").await, Some(1.0));
    gate.open().await;
    assert!(child.wait_with_output().await.expect("it ends").status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_batch_is_counted_with_its_events_and_the_time_of_its_steps() {
    let app = App::start_without_projector().await;
    for naam in ["Een", "Twee", "Drie"] {
        app.post("/organisatorische-eenheden", json!({ "naam": naam })).await;
    }
    let products = projector::products::all(&projector::products::Inrichting::default());
    let products_max = u32::try_from(products.len()).expect("a few");
    let settings = projector::ProjectorSettings::default();
    let clock = Arc::clone(&app.clock);
    let projector = projector::Projector::new(app.pool().clone(), clock, products, settings);
    let meter = projector.meter();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(async move { projector.run(stopped).await });
    app.settled().await;
    stop.send_replace(true);
    running.await.expect("no panic").expect("no error");
    let counted = meter.counted();
    assert!(counted.events.sum() >= 3.0, "{counted:?}");
    let times: Vec<f64> = counted.steps.iter().map(projector::Histogram::sum).collect();
    assert!(times.iter().all(|time| *time > 0.0), "{counted:?}");
    // Products fold at the same time, each with steps of its own.
    let longest = counted.whole.sum() * f64::from(products_max);
    assert!(times.iter().sum::<f64>() <= longest, "{counted:?}");
    for histogram in counted.steps.iter().chain([&counted.whole]) {
        assert_eq!(histogram.count(), counted.events.count(), "{counted:?}");
    }
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
    // One generation of each, and the new one.
    let products = projector::products::all(&projector::products::Inrichting::default());
    assert_eq!(rows.len(), products.len() + 1, "{data:#}");
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
    assert_eq!(refused["errors"][0]["extensions"]["code"], "ONBEKEND_VELD", "{refused:#}");
    assert!(refused["data"].is_null(), "{refused:#}");
}
