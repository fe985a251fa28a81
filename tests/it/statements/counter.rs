//! Counts the statements on the read side that this test's thread sends. Each test has a thread of
//! its own, on which its service runs too.

use std::cell::Cell;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

static INSTALL: Once = Once::new();

/// The counter of this thread.
pub struct Counter;

struct Counting;

#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, _: &Field, value: &dyn std::fmt::Debug) {
        use std::fmt::Write;
        write!(self.0, "{value:?}").expect("text");
    }

    fn record_str(&mut self, _: &Field, value: &str) {
        self.0.push_str(value);
    }
}

impl<S: Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != "sqlx::query" {
            return;
        }
        let mut text = Text::default();
        event.record(&mut text);
        if text.0.contains("read_side.") {
            COUNT.with(|count| count.set(count.get() + 1));
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

    /// Statements of this thread so far.
    pub fn read(&self) -> usize {
        COUNT.with(Cell::get)
    }
}
