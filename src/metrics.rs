//! `GET /metrics`: how far everything is, as Prometheus reads it. Open to whoever reaches the
//! service, as the health checks are: names of products and figures, nothing about people.
//!
//! Every figure is read when it is asked for, from the database or from the counters of the
//! projector in this process. So there is nothing to register, and the text is written here.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::routing::get;
use chrono::{DateTime, Utc};
use clock::SharedClock;
use projector::Meter;
use projector::rebuild::{Gat, gaps};
use read_side::projecties::{self, ProjectieRow};
use sqlx::PgPool;
use tokio::sync::Mutex;
use tokio::time::{Duration, timeout};
use write_side::uitgaand::{self, RelayStatus};

/// How long the database may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Within this time the same answer is given again: asking often costs nothing.
const KEPT: Duration = Duration::from_secs(1);
/// The text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// What is told when there is nothing to tell.
const NO_ANSWER: &str = "# the database does not answer\n";

/// What the figures come from.
pub(crate) struct Metrics {
    pub(crate) pool: PgPool,
    pub(crate) clock: SharedClock,
    /// The projector of this process, if it has one.
    pub(crate) meter: Option<Arc<Meter>>,
}

struct Shared {
    metrics: Metrics,
    kept: Mutex<Option<(Instant, String)>>,
}

type Answer = (StatusCode, [(HeaderName, &'static str); 2], String);

/// `GET /metrics`.
pub(crate) fn router(metrics: Metrics) -> Router {
    let shared = Arc::new(Shared { metrics, kept: Mutex::new(None) });
    Router::new().route("/metrics", get(answer)).with_state(shared)
}

async fn answer(State(shared): State<Arc<Shared>>) -> Answer {
    let headers = [(CACHE_CONTROL, "no-store"), (CONTENT_TYPE, TEXT)];
    // Whoever asks at the same time waits for the same answer.
    let mut kept = shared.kept.lock().await;
    if let Some((at, text)) = kept.as_ref()
        && at.elapsed() < KEPT
    {
        return (StatusCode::OK, headers, text.clone());
    }
    match timeout(ANSWER_MAX, collect(&shared.metrics)).await {
        Ok(Ok(text)) => {
            *kept = Some((Instant::now(), text.clone()));
            (StatusCode::OK, headers, text)
        }
        Ok(Err(error)) => {
            tracing::warn!(fout = %error, "the metrics could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, headers, NO_ANSWER.to_owned())
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, headers, NO_ANSWER.to_owned()),
    }
}

async fn collect(metrics: &Metrics) -> Result<String, Box<dyn Error + Send + Sync>> {
    let generations = projecties::all(&metrics.pool).await?;
    let gaps = gaps(&metrics.pool).await?;
    let relay = uitgaand::status(&metrics.pool, &*metrics.clock).await?;
    let now = metrics.clock.now();
    let mut text = Text::default();
    text.generations(&generations, now);
    text.gaps(&generations, &gaps, now);
    text.relay(&relay);
    if let Some(meter) = &metrics.meter {
        text.meter(meter);
    }
    Ok(text.0)
}

/// The text, metric by metric.
#[derive(Default)]
struct Text(String);

impl Text {
    /// One metric with its samples: labels and value.
    fn metric<V: ToString>(
        &mut self,
        (name, kind, help): (&str, &str, &str),
        samples: impl Iterator<Item = (Vec<(&'static str, String)>, V)>,
    ) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP klantbeeld_{name} {help}");
        let _ = writeln!(self.0, "# TYPE klantbeeld_{name} {kind}");
        for (labels, value) in samples {
            let labels: Vec<String> = labels
                .iter()
                .map(|(name, value)| format!("{name}=\"{}\"", escape(value)))
                .collect();
            let labels = match labels.is_empty() {
                true => String::new(),
                false => format!("{{{}}}", labels.join(",")),
            };
            let _ = writeln!(self.0, "klantbeeld_{name}{labels} {}", value.to_string());
        }
    }

    fn generations(&mut self, rows: &[ProjectieRow], now: DateTime<Utc>) {
        let of =
            |value: fn(&ProjectieRow) -> i64| rows.iter().map(move |row| (labels(row), value(row)));
        let help = "Events that the generation does not have; beyond 100,000 positions.";
        self.metric(("projection_lag_events", "gauge", help), of(|row| row.achterstand));
        let help = "Seconds since everything recorded was in the generation.";
        let late = rows.iter().filter(|row| row.bijgewerkt_tot > DateTime::UNIX_EPOCH);
        let seconds = |row: &ProjectieRow| (now - row.bijgewerkt_tot).as_seconds_f64().max(0.0);
        let late = late.map(|row| (labels(row), seconds(row)));
        self.metric(("projection_lag_seconds", "gauge", help), late);
        let help = "Position in the log up to which the generation has everything.";
        self.metric(("projection_position", "gauge", help), of(|row| row.positie));
        let help = "Events that the generation has folded.";
        self.metric(("projection_events_total", "counter", help), of(|row| row.gebeurtenissen));
        let help = "1 when readers see the generation.";
        self.metric(("projection_served", "gauge", help), of(|row| i64::from(row.actief)));
        let help = "1 when an operator lets the generation stand still.";
        self.metric(("projection_paused", "gauge", help), of(|row| i64::from(row.gepauzeerd)));
        let help = "1 for the phase in which the generation is.";
        let phase = rows.iter().map(|row| {
            let mut labels = labels(row);
            labels.push(("phase", row.fase.clone()));
            (labels, 1)
        });
        self.metric(("projection_phase", "gauge", help), phase);
        let help = "Part of the log that a rebuild has read in bulk, from 0 to 1.";
        let progress = rows.iter().filter_map(|row| {
            let goal = row.doel.filter(|_| !row.actief)?.max(1);
            Some((labels(row), (row.positie.min(goal)) as f64 / goal as f64))
        });
        self.metric(("rebuild_read_ratio", "gauge", help), progress);
        let last = rows.first().map(|row| (Vec::new(), row.laatste_positie));
        let help = "Last position of the log.";
        self.metric(("log_position", "gauge", help), last.into_iter());
    }

    fn gaps(&mut self, rows: &[ProjectieRow], gaps: &[Gat], now: DateTime<Utc>) {
        let active = || rows.iter().filter(|row| row.actief);
        let help = "Positions of the log whose transaction has not ended.";
        let open = active().map(|row| (labels(row), row.open_gaten));
        self.metric(("projection_open_gaps", "gauge", help), open);
        let help = "Age of the oldest transaction behind an open gap; 0 without one.";
        let oldest = active().map(|row| {
            let since = gaps.iter().filter(|gap| gap.product == row.product);
            let age = since.filter_map(|gap| gap.sinds).min().map(|since| now - since);
            (labels(row), age.map_or(0.0, |age| age.as_seconds_f64().max(0.0)))
        });
        self.metric(("projection_oldest_gap_seconds", "gauge", help), oldest);
    }

    fn relay(&mut self, parts: &[RelayStatus]) {
        let name = |part: &RelayStatus| vec![("part", part.naam.clone())];
        let help = "What a part of the relay has still to tell.";
        let waiting = parts.iter().map(|part| (name(part), part.achterstand));
        self.metric(("relay_lag_events", "gauge", help), waiting);
        let help =
            "Age of the oldest thing that a part of the relay has still to tell; 0 = nothing.";
        let oldest = parts
            .iter()
            .map(|part| (name(part), part.oudste.map_or(0.0, |age| age.as_seconds_f64().max(0.0))));
        self.metric(("relay_lag_seconds", "gauge", help), oldest);
        let help = "Position of a part of the relay.";
        let place = parts.iter().map(|part| (name(part), part.positie));
        self.metric(("relay_position", "gauge", help), place);
    }

    fn meter(&mut self, meter: &Meter) {
        let counted = meter.counted();
        let mut one = |name: &str, help: &str, value: String| {
            self.metric((name, "counter", help), std::iter::once((Vec::new(), value)));
        };
        let help = "Batches that the projector of this process has committed.";
        one("projector_batches_total", help, counted.batches.to_string());
        let help = "Events in those batches.";
        one("projector_batch_events_total", help, counted.events.to_string());
        let help = "Seconds from reading to committing those batches.";
        one("projector_batch_seconds_total", help, counted.busy.as_secs_f64().to_string());
    }
}

fn labels(row: &ProjectieRow) -> Vec<(&'static str, String)> {
    vec![("product", row.product.clone()), ("generation", row.generatie.to_string())]
}

/// The value of a label between quotes.
fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_stays_one_label_whatever_it_holds() {
        let mut text = Text::default();
        let sample = (vec![("part", "a\"b\\c\nd".to_owned())], 1);
        text.metric(("proef", "gauge", "A test."), std::iter::once(sample));
        let expected = "# HELP klantbeeld_proef A test.\n# TYPE klantbeeld_proef gauge\n\
                        klantbeeld_proef{part=\"a\\\"b\\\\c\\nd\"} 1\n";
        assert_eq!(text.0, expected);
    }
}
