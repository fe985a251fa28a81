//! What a rebuild tells while it works: a bar per phase on a terminal, otherwise a line per phase.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use projector::Fase;
use projector::rebuild::{Reporter, Told, Waits};

/// How a bar looks. The rate and the time that is left come from what was done in this phase.
const BAR: &str = "{prefix:24} {wide_bar} {human_pos}/{human_len} {msg} {eta_precise}";
/// How often at most a line tells how far a phase is.
const LINE: Duration = Duration::from_secs(5);

/// Tells on stderr, so that stdout has the outcome alone.
pub(super) struct Progress {
    state: Mutex<State>,
    terminal: bool,
}

struct State {
    bar: ProgressBar,
    name: String,
    total: i64,
    /// What had been done when the first of it was told: a rebuild that goes on begins there.
    first: Option<(Instant, i64)>,
    told: Instant,
}

impl Progress {
    /// On a terminal bars, unless the outcome is for a program.
    pub(super) fn new(as_json: bool) -> Self {
        let state = State {
            bar: ProgressBar::hidden(),
            name: String::new(),
            total: 0,
            first: None,
            told: Instant::now(),
        };
        Self { state: Mutex::new(state), terminal: io::stderr().is_terminal() && !as_json }
    }
}

impl Reporter for Progress {
    fn tell(&self, told: Told) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match told {
            Told::Phase { product, fase, total } => {
                let name = format!("{} {}", product.unwrap_or("all"), word(fase));
                state.begin(name, total, self.terminal);
            }
            Told::Verifies { product } => {
                state.begin(format!("{product} verify"), 0, self.terminal);
            }
            Told::Done { amount } => state.done(amount, self.terminal),
            Told::Waits { why } => state.wait(why, self.terminal),
        }
    }
}

const fn word(fase: Fase) -> &'static str {
    match fase {
        Fase::Lezen => "read",
        Fase::Afleiden => "derive",
        Fase::Indexeren => "index",
        Fase::Inhalen => "catch up",
        Fase::Klaar => "done",
        Fase::Vervalt => "drop",
    }
}

impl State {
    fn begin(&mut self, name: String, total: i64, terminal: bool) {
        self.bar.finish_and_clear();
        (self.name, self.total, self.first) = (name, total, None);
        self.told = Instant::now();
        if terminal {
            let length = u64::try_from(total).unwrap_or_default();
            let target = ProgressDrawTarget::stderr();
            let style = ProgressStyle::with_template(BAR);
            self.bar = ProgressBar::with_draw_target(Some(length), target)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
                .with_prefix(self.name.clone());
        } else {
            say(&format!("{}: 0 of {}", self.name, self.total));
        }
    }

    fn done(&mut self, amount: i64, terminal: bool) {
        let (begin, first) = *self.first.get_or_insert((Instant::now(), amount));
        let rate = rate(amount - first, begin.elapsed());
        if terminal {
            self.bar.set_message(rate.map_or_else(String::new, |rate| format!("{rate:.0}/s")));
            self.bar.set_position(u64::try_from(amount).unwrap_or_default());
        } else if self.told.elapsed() >= LINE || amount >= self.total {
            self.told = Instant::now();
            say(&line(&self.name, amount, self.total, rate));
        }
    }

    fn wait(&self, why: Waits, terminal: bool) {
        let why = match why {
            Waits::Paused => "paused; `klantbeeld resume` lets it go on".to_owned(),
            Waits::Live { lag } => format!("waits for the live generation, {lag} positions behind"),
        };
        if terminal {
            self.bar.set_message(why);
        } else {
            say(&format!("{}: {why}", self.name));
        }
    }
}

/// What is done in a second; none when there is nothing to tell it from yet.
fn rate(done: i64, time: Duration) -> Option<f64> {
    (done > 0 && !time.is_zero()).then(|| done as f64 / time.as_secs_f64())
}

fn line(name: &str, amount: i64, total: i64, rate: Option<f64>) -> String {
    match rate {
        Some(rate) => {
            let left = (total - amount).max(0) as f64 / rate;
            format!("{name}: {amount} of {total}, {rate:.0}/s, {left:.0} s left")
        }
        None => format!("{name}: {amount} of {total}"),
    }
}

fn say(line: &str) {
    // When nobody listens there is nobody to tell.
    let _ = writeln!(io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_is_left_follows_from_what_was_done_in_this_run() {
        let rate = rate(1000, Duration::from_secs(2));
        assert_eq!(line("read", 6000, 8000, rate), "read: 6000 of 8000, 500/s, 4 s left");
        assert_eq!(line("read", 5000, 8000, None), "read: 5000 of 8000");
    }
}
