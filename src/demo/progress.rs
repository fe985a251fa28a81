//! Progress of a long step, on stderr: a bar on a terminal, else a line for every tenth part.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Width of the bar, in characters.
const WIDTH: usize = 30;

/// Progress of one step.
#[derive(Debug)]
pub(super) struct Progress {
    what: &'static str,
    total: usize,
    done: AtomicUsize,
    terminal: bool,
}

impl Progress {
    /// A step of `total` parts.
    pub(super) fn new(what: &'static str, total: usize) -> Self {
        let done = AtomicUsize::new(0);
        Self { what, total: total.max(1), done, terminal: io::stderr().is_terminal() }
    }

    /// One part is done.
    pub(super) fn advance(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(text) = self.text(done) {
            // When nobody looks, nothing is lost.
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }

    fn text(&self, done: usize) -> Option<String> {
        let (what, total) = (self.what, self.total);
        if self.terminal {
            let filled = WIDTH * done / total;
            let bar = format!("{}{}", "#".repeat(filled), ".".repeat(WIDTH - filled));
            let end = if done == total { "\n" } else { "" };
            return Some(format!("\r{what} [{bar}] {done}/{total}{end}"));
        }
        let tenth = |count: usize| 10 * count / total;
        let passed = tenth(done) > tenth(done - 1);
        passed.then(|| format!("{what}: {done}/{total} ({} %)\n", 10 * tenth(done)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        // A bar that was broken off ends its line, so that what follows has its own.
        let done = *self.done.get_mut();
        if self.terminal && (1..self.total).contains(&done) {
            say("");
        }
    }
}

/// One line about what is being done.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(total: usize, terminal: bool) -> Progress {
        Progress { what: "spel", total, done: AtomicUsize::new(0), terminal }
    }

    #[test]
    fn without_a_terminal_there_is_a_line_for_every_tenth() {
        let progress = progress(45, false);
        let lines: Vec<String> = (1..=45).filter_map(|done| progress.text(done)).collect();
        assert_eq!(lines.len(), 10);
        assert_eq!(lines[9], "spel: 45/45 (100 %)\n");
    }

    #[test]
    fn on_a_terminal_there_is_a_bar() {
        let progress = progress(2, true);
        assert_eq!(progress.text(1).unwrap().matches('#').count(), WIDTH / 2);
        assert!(progress.text(2).unwrap().ends_with("2/2\n"));
    }
}
