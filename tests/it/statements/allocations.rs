//! How often memory is asked for to answer: a count of the work of an answer that no busy machine changes.
//! More than was committed is a step back; less is to be committed.

use std::fmt::Write as _;
use std::future::Future;
use std::path::Path;

use graphql::{AppSchema, Request};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use super::{Busy, SHAPES, Shape, busy};
use crate::support::Counter;

/// Contacts of the klant.
const CONTACTS: usize = 20;
/// Answers before counting: statements are prepared, and the pool has its connection.
const WARM_UP: usize = 3;
/// Answers that are counted; the smallest count is the one in which nothing else happened.
const COUNTED: usize = 5;
/// Difference that is none: tables of hashes grow at other moments, in percent.
const TOLERANCE: u64 = 3;
/// What was committed: number of allocations and root field of each shape.
const COMMITTED: &str = "tests/it/statements/allocations.txt";

fn count(runtime: &Runtime, future: impl Future<Output = ()>) -> u64 {
    allocation_counter::measure(|| runtime.block_on(future)).count_total
}

async fn answer(schema: &AppSchema, busy: &Busy, shape: &Shape) {
    let request = json!({ "query": shape.query, "variables": (shape.variables)(busy) });
    let request: Request = serde_json::from_value(request).expect("a request");
    let response = graphql::execute(schema, (shape.who)(busy).identity(), request).await;
    assert!(response.is_ok(), "{:?}", response.errors);
}

/// The allocations of an answer of each shape.
fn measure() -> Vec<u64> {
    // Statements are told of, as in the other tests of the process.
    let _counter = Counter::start();
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let busy = runtime.block_on(async {
        let busy = busy(CONTACTS).await;
        busy.app.settled().await;
        busy
    });
    let schema = busy.app.schema();
    let one = |shape: &Shape| {
        for _ in 0..WARM_UP {
            runtime.block_on(answer(&schema, &busy, shape));
        }
        let counted = (0..COUNTED).map(|_| count(&runtime, answer(&schema, &busy, shape)));
        counted.min().expect("some")
    };
    let counts = SHAPES.iter().map(one).collect();
    // Its connections end in the runtime that has them.
    runtime.block_on(async { drop(busy) });
    counts
}

fn name(shape: &Shape) -> &str {
    shape.rows.split('/').nth(1).expect("a root field")
}

#[test]
fn an_answer_takes_the_allocations_that_were_committed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(COMMITTED);
    let counts = measure();
    let mut text = String::new();
    for (count, shape) in counts.iter().zip(&SHAPES) {
        writeln!(text, "{count:>6} {}", name(shape)).expect("text");
    }
    if std::env::var_os("KLANTBEELD_VERNIEUW").is_some() {
        std::fs::write(file, text).expect("written");
        return;
    }
    let committed = std::fs::read_to_string(file).expect("committed");
    assert_eq!(committed.lines().count(), SHAPES.len(), "KLANTBEELD_VERNIEUW=1 renews {COMMITTED}");
    for (line, (count, shape)) in committed.lines().zip(counts.iter().zip(&SHAPES)) {
        let (known, root) = line.trim().split_once(' ').expect("a count and a name");
        let known: u64 = known.parse().expect("a count");
        assert_eq!(root, name(shape));
        let close = count.abs_diff(known) * 100 <= known * TOLERANCE;
        assert!(close, "{root}: {count} allocations, {known} were committed; all now:\n{text}");
    }
}
