//! The torture test: writers that roll back, are slow and prepare their transactions, an unrelated
//! transaction that stays open, projectors and sessions of the server killed with SIGKILL at random
//! moments of a seed. Nothing may be lost, doubled or out of order, and the tables must be those of a
//! fresh rebuild. Beside it, on the same log, two readers as others build them.
//!
//! The short form runs with all tests. The long form is the same with more events:
//! CONTRIBUTING.md has the command.

mod readers;
mod server;
mod trouble;
mod verdict;
mod writers;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use klantbeeld::random::Random;

use crate::support::join_all;
use readers::{Reader, Seen};
use server::Server;
use writers::Ledger;

/// Events of the short form, and how many of them a second: so that there is time for trouble.
const EVENTS: i64 = 5_000;
const RATE: i64 = 600;
/// Writers at the same time.
const WRITERS: u64 = 5;
/// Which moments are chosen.
const SEED: u64 = 20_261_128;

/// What all parts share.
pub struct Course {
    /// Events to write.
    events: i64,
    /// Most events a second; 0 = as fast as they can.
    rate: i64,
    seed: u64,
    /// Events whose commit was acknowledged.
    written: AtomicI64,
    /// Whether the writers are done.
    done: AtomicBool,
    ledger: Ledger,
}

impl Course {
    fn from_environment() -> Self {
        let number = |name: &str, default: i64| {
            std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
        };
        let seed = number("KLANTBEELD_FOLTERING_SEED", i64::try_from(SEED).expect("a seed"));
        Self {
            events: number("KLANTBEELD_FOLTERING", EVENTS),
            rate: number("KLANTBEELD_FOLTERING_PER_SECONDE", RATE),
            seed: u64::try_from(seed).expect("a seed"),
            written: AtomicI64::new(0),
            done: AtomicBool::new(false),
            ledger: Ledger::default(),
        }
    }

    fn random(&self, part: u64) -> Random {
        Random::new(self.seed.wrapping_mul(1_000).wrapping_add(part))
    }

    fn written(&self) -> i64 {
        self.written.load(Ordering::Relaxed)
    }

    fn is_done(&self) -> bool {
        self.done.load(Ordering::Relaxed)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_out_of_order_whatever_is_killed() {
    let course = Arc::new(Course::from_environment());
    let server = Arc::new(Server::start().await);
    let taken = writers::prepare(&server, &course).await;
    let readers = [Reader::Fence, Reader::Naive, Reader::Xmin, Reader::Tables].map(|reader| {
        let (server, course) = (Arc::clone(&server), Arc::clone(&course));
        tokio::spawn(async move { readers::read(reader, &server, &course).await })
    });
    let trouble = {
        let (server, course) = (Arc::clone(&server), Arc::clone(&course));
        tokio::spawn(async move { trouble::make(&server, &course).await })
    };
    let writers = (0..WRITERS).map(|number| {
        let (server, course, taken) = (Arc::clone(&server), Arc::clone(&course), taken.clone());
        tokio::spawn(async move { writers::write(number, &server, &course, &taken).await })
    });
    for writer in join_all(writers).await {
        writer.expect("a writer");
    }
    course.done.store(true, Ordering::Relaxed);
    let killed = trouble.await.expect("trouble");
    let mut seen: Vec<(Reader, Seen)> = Vec::new();
    for reader in readers {
        seen.push(reader.await.expect("a reader"));
    }
    println!("seed {}: {killed}", course.seed);
    verdict::judge(&server, &course, &seen).await;
    Arc::into_inner(server).expect("nobody else").stop().await;
}
