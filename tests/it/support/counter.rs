//! Counts the statements that this test's thread sends, and keeps what it logs of searches. Each
//! test has a thread of its own, on which its service runs too.

use std::cell::{Cell, RefCell};
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry;

thread_local! {
    static READ_SIDE: Cell<usize> = const { Cell::new(0) };
    static WRITE_SIDE: Cell<usize> = const { Cell::new(0) };
    static SEARCHES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

static INSTALL: Once = Once::new();

/// The counter of this thread.
pub struct Counter;

struct Counting;

#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        use std::fmt::Write;
        write!(self.0, "{field}={value:?} ").expect("text");
    }
}

impl<S: Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let target = event.metadata().target();
        let mut text = Text::default();
        event.record(&mut text);
        if target.ends_with("::http::zoek") {
            SEARCHES.with_borrow_mut(|searches| searches.push(text.0));
        } else if target == "sqlx::query" {
            for (schema, count) in [("read_side.", &READ_SIDE), ("write_side.", &WRITE_SIDE)] {
                if text.0.contains(schema) {
                    count.with(|count| count.set(count.get() + 1));
                }
            }
        }
    }
}

impl Counter {
    /// Begins to count.
    pub fn start() -> Self {
        INSTALL.call_once(|| {
            let subscriber = registry().with(Counting);
            tracing::subscriber::set_global_default(subscriber).expect("the only subscriber");
            // Other tests have logged before: nobody listened then, which is remembered.
            tracing::callsite::rebuild_interest_cache();
        });
        Self
    }

    /// Statements of this thread on the read side so far.
    pub fn read(&self) -> usize {
        READ_SIDE.with(Cell::get)
    }

    /// Statements of this thread on the write side so far.
    pub fn written(&self) -> usize {
        WRITE_SIDE.with(Cell::get)
    }

    /// What this thread logged of searches so far.
    pub fn searches(&self) -> Vec<String> {
        SEARCHES.with_borrow(Clone::clone)
    }
}
