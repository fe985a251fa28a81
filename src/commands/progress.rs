//! What long work tells while it is done: a bar per phase on a terminal, otherwise a line per phase.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use projector::Fase;
use projector::rebuild::{Rate, Reporter, Told, Waits};
use tokio::time::Instant;

/// How a bar looks. The rate and the time that is left are ours: none is told while it is unknown.
const BAR: &str = "{prefix:24} {wide_bar} {human_pos}/{human_len} {msg}";
/// How often at most a line tells how far a phase is.
const LINE: Duration = Duration::from_secs(5);

/// Tells on stderr, so that stdout has the outcome alone.
pub(super) struct Progress {
    state: Mutex<State>,
}

struct State {
    /// None when the outcome, or what is told meanwhile, is not for a terminal.
    bar: Option<ProgressBar>,
    phase: Phase,
    told: Instant,
}

/// The phase that is under way.
#[derive(Default)]
struct Phase {
    name: String,
    /// What is counted.
    unit: &'static str,
    total: i64,
    done: i64,
    /// None when nothing follows from what was done for what is still to do.
    rate: Option<Rate>,
}

impl Progress {
    /// On a terminal bars, unless the outcome is for a program.
    pub(super) fn new(as_json: bool) -> Self {
        let terminal = io::stderr().is_terminal() && !as_json;
        let bar = terminal.then(ProgressBar::hidden);
        let state = State { bar, phase: Phase::default(), told: Instant::now() };
        Self { state: Mutex::new(state) }
    }

    /// Begins a phase of other work than a rebuild, with what it counts. Of `even` parts follows how
    /// long the rest takes; of parts of all sizes nothing does.
    pub(super) fn begin(&self, name: &str, (unit, total): (&'static str, i64), even: bool) {
        let rate = even.then(Rate::default);
        let phase = Phase { name: name.to_owned(), unit, total, done: 0, rate };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let line = state.begin(phase, now);
        if let (None, Some(line)) = (&state.bar, line) {
            state.told = now;
            // When nobody listens there is nobody to tell.
            let _ = writeln!(io::stderr(), "{line}");
        }
    }

    /// Wipes the bar, so that the outcome does not stand beside it.
    pub(super) fn end(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = &state.bar {
            bar.finish_and_clear();
        }
    }
}

impl Reporter for Progress {
    fn tell(&self, told: Told) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = state.take_in(told, Instant::now()) {
            // When nobody listens there is nobody to tell.
            let _ = writeln!(io::stderr(), "{line}");
        }
    }
}

/// What a phase is called, and what it counts.
const fn words(fase: Fase) -> (&'static str, &'static str) {
    match fase {
        Fase::Lezen => ("read", "positions"),
        Fase::Afleiden => ("derive", "objects"),
        Fase::Indexeren => ("index", "indexes"),
        Fase::Inhalen => ("catch up", "positions"),
        Fase::Klaar => ("done", ""),
        Fase::Vervalt => ("drop", ""),
    }
}

impl State {
    /// Shows it in the bar, or else gives the line to tell, if there is one.
    fn take_in(&mut self, told: Told, now: Instant) -> Option<String> {
        let line = match told {
            Told::Phase { product, fase, done, total } => {
                let (word, unit) = words(fase);
                // Indexes are of all sizes: from some of them nothing follows for the others.
                let rate = (fase != Fase::Indexeren).then(Rate::default);
                let name = format!("{} {word}", product.unwrap_or("all"));
                self.begin(Phase { name, unit, total, done, rate }, now)
            }
            Told::Verifies { product, total } => {
                let (name, rate) = (format!("{product} verify"), Some(Rate::default()));
                self.begin(Phase { name, unit: "objects", total, done: 0, rate }, now)
            }
            Told::Done { amount } => {
                self.phase.done(amount, now);
                let is_due = now.duration_since(self.told) >= LINE || amount >= self.phase.total;
                is_due.then(|| self.phase.line())
            }
            Told::Waits { why } => {
                if let Some(rate) = &mut self.phase.rate {
                    rate.forget();
                }
                Some(format!("{}: {}", self.phase.name, reason(why)))
            }
        };
        match (&self.bar, told) {
            (None, _) => {
                self.told = if line.is_some() { now } else { self.told };
                line
            }
            (Some(bar), Told::Waits { why }) => {
                bar.set_message(reason(why));
                None
            }
            (Some(bar), Told::Phase { .. } | Told::Verifies { .. } | Told::Done { .. }) => {
                bar.set_message(self.phase.message());
                bar.set_position(u64::try_from(self.phase.done).unwrap_or_default());
                None
            }
        }
    }

    fn begin(&mut self, mut phase: Phase, now: Instant) -> Option<String> {
        phase.done(phase.done, now);
        self.phase = phase;
        if let Some(bar) = &mut self.bar {
            bar.finish_and_clear();
            let length = u64::try_from(self.phase.total).unwrap_or_default();
            let style = ProgressStyle::with_template(BAR);
            *bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr())
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
                .with_prefix(self.phase.name.clone());
            bar.tick();
        }
        Some(self.phase.line())
    }
}

fn reason(why: Waits) -> String {
    match why {
        Waits::Paused => "paused; `klantbeeld resume` lets it go on".to_owned(),
        Waits::Live { lag } => format!("waits for the live generation, {lag} positions behind"),
    }
}

impl Phase {
    fn done(&mut self, amount: i64, now: Instant) {
        self.done = amount;
        if let Some(rate) = &mut self.rate {
            rate.note(now, amount);
        }
    }

    /// The rate and the time that is left; nothing while they are unknown.
    fn message(&self) -> String {
        let rate = self.rate.as_ref();
        match rate.and_then(|rate| Some((rate.per_second()?, rate.left(self.total)?))) {
            Some((rate, left)) => format!("{rate:.0} {}/s, {} left", self.unit, words_of(left)),
            None => String::new(),
        }
    }

    fn line(&self) -> String {
        let (name, unit, message) = (&self.name, self.unit, self.message());
        let comma = if message.is_empty() { "" } else { ", " };
        format!("{name}: {} of {} {unit}{comma}{message}", self.done, self.total)
    }
}

/// A time as one tells it: no more exact than it is known.
fn words_of(time: Duration) -> String {
    let seconds = time.as_secs_f64().ceil() as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// What is told when nobody looks at a terminal.
    fn lines(told: impl IntoIterator<Item = (u32, Told)>) -> Vec<String> {
        let begin = Instant::now();
        let mut state = State { bar: None, phase: Phase::default(), told: begin };
        let told = told.into_iter().map(|(second, told)| (begin + SECOND * second, told));
        told.filter_map(|(now, told)| state.take_in(told, now)).collect()
    }

    const fn phase(fase: Fase, done: i64, total: i64) -> Told {
        Told::Phase { product: Some("klantbeeld"), fase, done, total }
    }

    const fn done(amount: i64) -> Told {
        Told::Done { amount }
    }

    #[test]
    fn a_rebuild_that_goes_on_reckons_with_what_it_did_itself() {
        let told = [(0, phase(Fase::Lezen, 5000, 9000)), (1, done(5500)), (5, done(7000))];
        let expected = [
            "klantbeeld read: 5000 of 9000 positions",
            "klantbeeld read: 7000 of 9000 positions, 400 positions/s, 5 s left",
        ];
        assert_eq!(lines(told), expected);
    }

    #[test]
    fn lines_come_now_and_then_and_at_the_end() {
        let all = (0..=13).map(|second| (second, done(i64::from(second) * 10)));
        let told = lines(std::iter::once((0, phase(Fase::Afleiden, 0, 130))).chain(all));
        let left: Vec<&str> =
            told.iter().map(|line| line.rsplit(", ").next().unwrap_or("")).collect();
        let expected = ["klantbeeld derive: 0 of 130 objects", "8 s left", "3 s left", "0 s left"];
        assert_eq!(left, expected, "{told:#?}");
    }

    #[test]
    fn no_time_is_told_that_is_not_known() {
        let told = [
            (0, phase(Fase::Lezen, 0, 1000)),
            (6, done(0)),
            (7, Told::Waits { why: Waits::Paused }),
            (100, done(10)),
            (107, phase(Fase::Indexeren, 0, 8)),
            (120, done(4)),
        ];
        let told = lines(told);
        assert_eq!(told.len(), 6, "{told:#?}");
        assert!(told.iter().all(|line| !line.contains("left")), "{told:#?}");
        assert!(told[2].contains("klantbeeld resume"), "{told:#?}");
    }

    #[test]
    fn times_are_told_as_exactly_as_they_are_known() {
        let told = [7.2, 90.0, 3601.0].map(|seconds| words_of(Duration::from_secs_f64(seconds)));
        assert_eq!(told, ["8 s", "1 min 30 s", "1 h 0 min"]);
    }
}
