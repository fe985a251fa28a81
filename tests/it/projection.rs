//! The read tables are what the log says, however the events came: in one pass or a few at a time,
//! by one projector or by several that are killed.

mod process;
pub mod tables;

use std::time::{Duration, Instant};

use crate::history::Player;
use crate::register::history;
use crate::support::{App, settled};
use process::ProjectorProcess;
use tables::{copy_of_log, project_at_once, tables};

/// Steps of the history that is played.
const STEPS: usize = 120;
/// Longest time from the end of a projector to the work of the next.
const TAKE_OVER: Duration = Duration::from_secs(5);
/// How often a projector is killed.
const KILLS: u8 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_projected_live_equals_a_projection_of_the_whole_log_at_once() {
    for seed in 0..3 {
        let app = App::start().await;
        let player = Player::new(&app).await;
        player.play(&history(seed, STEPS, false), 4).await;
        app.settled().await;
        let fresh = copy_of_log(app.pool()).await;
        project_at_once(fresh.pool(), 7).await;
        assert_eq!(tables(app.pool()).await, tables(fresh.pool()).await, "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_projector_is_followed_by_the_waiting_one_and_nothing_is_lost_or_done_twice() {
    let app = App::start_without_projector().await;
    let player = Player::new(&app).await;
    let mut leader = ProjectorProcess::start(&app.database).await;
    leader.leads(app.pool()).await;
    for round in 0..KILLS {
        let waiting = ProjectorProcess::start(&app.database).await;
        waiting.waits(app.pool()).await;
        let steps = history(40 + round, STEPS, false);
        let (first, rest) = steps.split_at(steps.len() / 2);
        player.play(first, 2).await;
        leader.kill();
        let killed = Instant::now();
        player.play(&rest[..rest.len().min(1)], 1).await;
        settled(app.pool()).await;
        assert!(killed.elapsed() < TAKE_OVER, "took over after {:?}", killed.elapsed());
        player.play(rest, 2).await;
        leader = waiting;
    }
    settled(app.pool()).await;
    let fresh = copy_of_log(app.pool()).await;
    project_at_once(fresh.pool(), 1000).await;
    assert_eq!(tables(app.pool()).await, tables(fresh.pool()).await);
}
