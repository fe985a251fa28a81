//! The torture test: writers that roll back, are slow and prepare their transactions, an unrelated
//! transaction that stays open, projectors, relays and sessions of the server killed with SIGKILL at
//! random moments of a seed. Nothing may be lost, doubled or out of order, whoever is told must be
//! told everything, and the tables must be those of a fresh rebuild. Beside it, on the same log, two
//! readers as others build them. It begins in peace: what is late then is late by itself.
//!
//! The short form runs with all tests. The long form is the same with more events:
//! CONTRIBUTING.md has the command.

pub mod course;
pub mod pack;
pub mod readers;
pub mod server;
mod takeover;
mod told;
pub mod trouble;
pub mod verdict;
pub mod visible;
pub mod writers;

use std::sync::Arc;

use crate::support::settled;
use course::Course;
use readers::{Reader, Seen};
use server::Server;
use told::Audience;
use trouble::Scene;

/// Events of the short form.
const EVENTS: i64 = 6_000;
/// The long form has as many as this says.
const VARIABLE: &str = "KLANTBEELD_FOLTERING";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_out_of_order_whatever_is_killed() {
    let course = Arc::new(Course::from_environment(EVENTS, VARIABLE));
    let server = Arc::new(Server::start().await);
    let audience = Arc::new(Audience::on(&server).await);
    let taken = writers::prepare(&server, &course).await;
    let trouble = {
        let (server, course) = (Arc::clone(&server), Arc::clone(&course));
        let audience = Arc::clone(&audience);
        tokio::spawn(async move { Scene::start(&server, &audience).torment(&course).await })
    };
    settled(audience.app.pool()).await;
    let readers = [Reader::Fence, Reader::Naive, Reader::Xmin, Reader::Tables].map(|reader| {
        let (server, course) = (Arc::clone(&server), Arc::clone(&course));
        tokio::spawn(async move { readers::read(reader, &server, &course).await })
    });
    let watcher = {
        let (audience, course) = (Arc::clone(&audience), Arc::clone(&course));
        tokio::spawn(async move { visible::watch(&audience.app, &course).await })
    };
    writers::write_all(&server, &course, &taken).await;
    let (tally, running) = trouble.await.expect("trouble");
    let mut seen: Vec<(Reader, Seen)> = Vec::new();
    for reader in readers {
        seen.push(reader.await.expect("a reader"));
    }
    println!("seed {}; {tally}", course.seed);
    let sights = watcher.await.expect("somebody who asks");
    let pool = audience.app.pool();
    let log = verdict::readers(pool, &course, &seen).await;
    verdict::visible(&course, &sights);
    audience.judge(&course).await;
    drop(running);
    verdict::folded_once(pool, log).await;
    verdict::same_as_rebuilt(&server.url(), pool).await;
    pool.close().await;
    drop(audience);
    Arc::into_inner(server).expect("nobody else").stop().await;
}
