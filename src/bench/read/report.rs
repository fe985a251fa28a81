//! The figures as a document shows them.

use super::turns::Figures;

const HEAD: &str = "\
| screen | clients | side | p50 ms | p95 ms | p99 ms | per second | core ms: process + PostgreSQL | p50 | per second |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

/// What is compared with an aim.
pub(super) struct Aim {
    pub(super) what: String,
    pub(super) value: f64,
    pub(super) limit: f64,
    /// Whether more is better.
    pub(super) least: bool,
    pub(super) unit: &'static str,
}

/// The tables, growing.
pub(super) struct Report {
    rows: String,
    aims: Vec<Aim>,
    notes: Vec<String>,
}

impl Report {
    pub(super) const fn new() -> Self {
        Self { rows: String::new(), aims: Vec::new(), notes: Vec::new() }
    }

    /// The sides of one screen; the last two columns are against the fastest that is a base.
    pub(super) fn screen(&mut self, screen: &str, clients: usize, all: &[Figures]) {
        let Some(base) = fastest(all) else { return };
        for side in all {
            let [process, server] = side
                .cores()
                .map(|cores| cores.map_or_else(|| "?".to_owned(), |ms| format!("{ms:.2}")));
            self.rows.push_str(&format!(
                "| {screen} | {clients} | {} | {:.2} | {:.2} | {:.2} | {:.0} | {process} + {server} \
                 | {:.2} x | {:.2} x |\n",
                side.name,
                side.percentile(50),
                side.percentile(95),
                side.percentile(99),
                side.rate(),
                side.percentile(50) / base.percentile(50),
                side.rate() / base.rate(),
            ));
        }
    }

    pub(super) fn aim(&mut self, aim: Aim) {
        self.aims.push(aim);
    }

    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// All of it.
    pub(super) fn text(&self) -> String {
        let mut text = self.notes.join("\n");
        text.push_str("\n\n");
        text.push_str(HEAD);
        text.push_str(&self.rows);
        text.push_str("\n| aim | | measured | |\n| --- | --- | --- | --- |\n");
        for Aim { what, value, limit, least, unit } in &self.aims {
            let reached = if *least { value >= limit } else { value <= limit };
            let (sign, told) =
                (if *least { "≥" } else { "≤" }, if reached { "reached" } else { "**missed**" });
            text.push_str(&format!(
                "| {what} | {sign} {limit}{unit} | {value:.2}{unit} | {told} |\n"
            ));
        }
        text
    }
}

/// The fastest of what others are compared with.
pub(super) fn fastest(all: &[Figures]) -> Option<&Figures> {
    let bases = all.iter().filter(|side| side.base);
    bases.min_by(|one, other| one.percentile(50).total_cmp(&other.percentile(50)))
}

/// A side by its name.
pub(super) fn named<'a>(all: &'a [Figures], name: &str) -> Option<&'a Figures> {
    all.iter().find(|side| side.name == name)
}
