//! The register is what the log says: random handelingen, several at a time and with connections cut
//! in the middle, leave a register that equals the fold of the log.

pub mod fold;

use std::collections::{BTreeMap, BTreeSet};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use sqlx::PgPool;

use crate::history::{Player, Step, histories};
use crate::support::App;

/// Histories that are played, each on a database of its own.
const HISTORIES: u8 = 4;
/// Most steps of one history.
const STEPS: usize = 500;
/// Handelingen at a time.
const LANES: usize = 4;

/// Kinds of event that the histories together record at the least; what they record beyond that
/// depends on which handeling came first.
const PLAYED_MIN: usize = 30;

/// A history from a seed: the same in every run.
pub fn history(seed: u8, steps: usize, with_cuts: bool) -> Vec<Step> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    histories(steps, with_cuts).new_tree(&mut runner).expect("a history").current()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_register_equals_the_fold_of_the_log() {
    let mut recorded = BTreeSet::new();
    for seed in 0..HISTORIES {
        let with_cuts = seed % 2 == 1;
        let app = App::start().await;
        let player = Player::new(&app).await;
        player.play(&history(seed, STEPS, with_cuts), LANES).await;
        versions_are_contiguous(app.pool()).await;
        let (folded, register) = (fold::of_log(app.pool()).await, fold::register(app.pool()).await);
        for (table, rows) in &folded {
            assert_eq!(Some(rows), register.get(table), "seed {seed}, table {table}");
        }
        assert_eq!(folded.keys().collect::<Vec<_>>(), register.keys().collect::<Vec<_>>());
        recorded.extend(app.events_after(0).await);
    }
    assert!(recorded.len() >= PLAYED_MIN, "the histories recorded only {recorded:?}");
}

/// Every object counts its events 1, 2, 3, … and knows the last.
pub async fn versions_are_contiguous(pool: &PgPool) {
    let wrong: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM write_side.objecten o
         FULL JOIN (SELECT objectsoort, object_id, count(*) AS aantal, min(versie) AS eerste,
                           max(versie) AS laatste
                    FROM write_side.gebeurtenissen GROUP BY 1, 2) g
             USING (objectsoort, object_id)
         WHERE o.versie IS DISTINCT FROM COALESCE(g.laatste, 0) OR g.eerste <> 1 OR g.aantal <> g.laatste",
    )
    .fetch_one(pool)
    .await
    .expect("a count");
    assert_eq!(wrong, 0, "objects whose versions have holes");
}

/// A row of a table by its key.
pub type Rows = BTreeMap<String, Value>;
