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
use chrono::{DateTime, TimeDelta, Utc};
use clock::SharedClock;
use graphql::Documents;
use graphql::documents::Totals;
use logboek::Logboek;
use projector::rebuild::{Gat, gaps};
use projector::{Histogram, Meter, Step};
use read_side::projecties::{self, ProjectieRow};
use read_side::{Leesrecht, Lezer, Reader, Verbinding};
use sqlx::PgPool;
use tokio::sync::Mutex;
use tokio::time::{Duration, timeout};
use write_side::uitgaand::{self, RelayStatus};

/// How long the database may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Within this time the same answer is given again: asking often costs nothing.
const KEPT: Duration = Duration::from_secs(1);
/// A rate of a rebuild that was measured longer ago says nothing of what comes.
const MEASURED_MAX: TimeDelta = TimeDelta::seconds(30);
/// The text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// What is told when there is nothing to tell.
const NO_ANSWER: &str = "# the database does not answer\n";

/// What the figures come from.
pub(crate) struct Metrics {
    pub(crate) pool: PgPool,
    pub(crate) clock: SharedClock,
    /// The documents that this process answers, if it does.
    pub(crate) documents: Option<Arc<Documents>>,
    /// The projector of this process, if it has one.
    pub(crate) meter: Option<Arc<Meter>>,
    /// The logbook of this process, if it has one.
    pub(crate) logboek: Option<Logboek>,
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
    let reader =
        Reader::new(Verbinding::new(metrics.pool.clone()), &Leesrecht::of(Lezer::Beheerder));
    let generations = projecties::all(&reader).await?;
    let gaps = gaps(&metrics.pool).await?;
    let relay = uitgaand::status(&metrics.pool, &*metrics.clock).await?;
    let now = metrics.clock.now();
    let mut text = Text::default();
    text.generations(&generations, now);
    text.rebuilds(&generations, now);
    text.gaps(&generations, &gaps, now);
    text.relay(&relay);
    if let Some(meter) = &metrics.meter {
        text.meter(meter);
    }
    if let Some(documents) = &metrics.documents {
        text.questions(&documents.totals());
    }
    if let Some(logboek) = &metrics.logboek {
        text.logboek(logboek);
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
        self.head(name, kind, help);
        for (labels, value) in samples {
            self.sample(name, &labels, value);
        }
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP klantbeeld_{name} {help}");
        let _ = writeln!(self.0, "# TYPE klantbeeld_{name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, String)], value: impl ToString) {
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escape(value))).collect();
        let labels = match labels.is_empty() {
            true => String::new(),
            false => format!("{{{}}}", labels.join(",")),
        };
        let _ = writeln!(self.0, "klantbeeld_{name}{labels} {}", value.to_string());
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
        let last = rows.first().map(|row| (Vec::new(), row.laatste_positie));
        let help = "Last position of the log.";
        self.metric(("log_position", "gauge", help), last.into_iter());
    }

    /// How far each rebuild is, in its phase.
    fn rebuilds(&mut self, rows: &[ProjectieRow], now: DateTime<Utc>) {
        let phases = || {
            rows.iter().filter_map(|row| {
                let mut labels = labels(row);
                labels.push(("phase", row.voortgang_fase.clone()?));
                Some((labels, row, row.gedaan?, row.totaal?))
            })
        };
        let help = "Part of its phase that a rebuild has done, from 0 to 1.";
        let done = phases().map(|(labels, _, done, total)| {
            (labels, if total > 0 { done.min(total) as f64 / total as f64 } else { 1.0 })
        });
        self.metric(("rebuild_phase_ratio", "gauge", help), done);
        let help =
            "Seconds until the phase of a rebuild ends at its present rate; absent while unknown.";
        let left = phases().filter_map(|(labels, row, done, total)| {
            let measured = row.voortgang_op.is_some_and(|at| now - at < MEASURED_MAX);
            let rate = row.per_seconde.filter(|_| measured)?;
            Some((labels, (total - done).max(0) as f64 / rate))
        });
        self.metric(("rebuild_phase_remaining_seconds", "gauge", help), left);
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

    fn logboek(&mut self, logboek: &Logboek) {
        let help = "Requests whose lines the logbook of this process kept.";
        self.metric(
            ("logboek_kept_total", "counter", help),
            [(Vec::new(), logboek.kept())].into_iter(),
        );
        let help = "Requests that were answered and whose lines are lost; only if not strict.";
        self.metric(
            ("logboek_lost_total", "counter", help),
            [(Vec::new(), logboek.lost())].into_iter(),
        );
    }

    fn meter(&mut self, meter: &Meter) {
        let counted = meter.counted();
        let help = "Events in a batch that the projector of this process has committed.";
        let events = std::iter::once((Vec::new(), &counted.events));
        self.histogram(("projector_batch_events", help), events);
        let help = "Seconds from reading to committing such a batch.";
        let whole = std::iter::once((Vec::new(), &counted.whole));
        self.histogram(("projector_batch_duration_seconds", help), whole);
        let help = "Seconds of such a batch in each of its steps.";
        let steps = Step::ALL.into_iter().map(|step| vec![("step", step.word().to_owned())]);
        self.histogram(("projector_batch_step_duration_seconds", help), steps.zip(&counted.steps));
    }

    /// What this process answered: names of applications, codes and fields, nothing of who asked.
    fn questions(&mut self, totals: &Totals) {
        let help = "Questions that this process executed, by application and whether they were \
            registered.";
        let executed = totals.executed.iter().map(|((application, registered), count)| {
            let registered = if *registered { "yes" } else { "no" };
            let labels =
                vec![("application", application.clone()), ("registered", registered.to_owned())];
            (labels, *count)
        });
        self.metric(("graphql_questions_total", "counter", help), executed);
        let help = "Questions that this process refused before executing them, by code.";
        let refused =
            totals.refused.iter().map(|(code, count)| (vec![("code", code.clone())], *count));
        self.metric(("graphql_refused_total", "counter", help), refused);
        let help = "Questions with a deprecated field in them, once their use was written down.";
        let deprecated = totals.deprecated.iter().map(|((application, field), count)| {
            (vec![("application", application.clone()), ("field", field.clone())], *count)
        });
        self.metric(("graphql_deprecated_fields_total", "counter", help), deprecated);
    }

    /// One metric that counts values by upper bounds.
    fn histogram<'h>(
        &mut self,
        (name, help): (&str, &str),
        samples: impl Iterator<Item = (Vec<(&'static str, String)>, &'h Histogram)>,
    ) {
        self.head(name, "histogram", help);
        for (labels, histogram) in samples {
            let all = [("+Inf".to_owned(), histogram.count())];
            let bounds = histogram.cumulative().map(|(bound, count)| (bound.to_string(), count));
            for (bound, count) in bounds.chain(all) {
                let mut labels = labels.clone();
                labels.push(("le", bound));
                self.sample(&format!("{name}_bucket"), &labels, count);
            }
            self.sample(&format!("{name}_sum"), &labels, histogram.sum());
            self.sample(&format!("{name}_count"), &labels, histogram.count());
        }
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

    #[test]
    fn a_histogram_has_its_buckets_its_sum_and_its_count() {
        let mut text = Text::default();
        text.meter(&Meter::default());
        for line in [
            "# TYPE klantbeeld_projector_batch_events histogram",
            "klantbeeld_projector_batch_events_bucket{le=\"1000\"} 0",
            "klantbeeld_projector_batch_events_bucket{le=\"+Inf\"} 0",
            "klantbeeld_projector_batch_events_sum 0",
            "klantbeeld_projector_batch_events_count 0",
            "klantbeeld_projector_batch_step_duration_seconds_bucket{step=\"write\",le=\"0.0025\"} 0",
            "klantbeeld_projector_batch_step_duration_seconds_count{step=\"commit\"} 0",
        ] {
            assert!(text.0.lines().any(|it| it == line), "{line}: {}", text.0);
        }
        let heads = text.0.lines().filter(|line| line.starts_with("# TYPE"));
        assert_eq!(heads.count(), 3);
    }
}
