//! Relays in processes of their own, killed at every step and at random moments: whoever is told by
//! webhook misses nothing, and gets the events of an object in their order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::{Postgres, Transaction};
use tokio::time::sleep;
use uuid::Uuid;

use super::ontvanger::{Gedrag, Ontvanger};
use super::webhooks::abonneer;
use super::{all_events, assert_whole, published, team};
use crate::support::{App, Process, join_all, until};

/// How often a relay is killed at a random moment.
const KILLS: u64 = 12;
/// Objects of which events are told.
const OBJECTS: usize = 6;
/// What a relay writes, in this order: notifications, the queue of each receiver, how far it is; and
/// that it has the right to deliver.
const STEPS: [(&str, &str); 4] = [
    ("notificaties", "INSERT INTO write_side.notificaties"),
    ("afleveringen", "INSERT INTO write_side.afleveringen"),
    ("relay_voortgang", "UPDATE write_side.relay_voortgang"),
    ("abonnementen", LEASE),
];
/// How the right to deliver is taken.
const LEASE: &str = "SET werker = $2, werker_tot";
/// How it is written what came of a delivery.
const RECORD: &str = "SET pogingen = pogingen + 1";
/// How long a relay that is killed may keep others from delivering.
const TAKEOVER: Duration = Duration::from_secs(20);

/// A service, a receiver of its webhooks, and things to tell of.
struct Scene {
    app: App,
    ontvanger: Ontvanger,
    teams: Vec<Uuid>,
}

impl Scene {
    async fn new() -> Self {
        let app = App::start_without_projector().await;
        let ontvanger = Ontvanger::start(Gedrag::Aanvaard).await;
        abonneer(&app, &ontvanger).await;
        let mut teams = Vec::new();
        for _ in 0..OBJECTS {
            teams.push(team(&app).await);
        }
        Self { app, ontvanger, teams }
    }

    fn relay(&self) -> Process {
        let args = ["--webhook-allow-http", "--webhook-allow-network", "127.0.0.0/8"];
        Process::start(&self.app.database, &self.app.issuer, "relay", &args)
    }

    /// Changes every team.
    async fn change(&self) {
        let changes = self.teams.iter().map(|team| async move {
            let naam = json!({ "naam": format!("Team {}", self.app.clock.new_id()) });
            self.app.post(&format!("/organisatorische-eenheden/{team}/wijzigingen"), naam).await;
        });
        join_all(changes).await;
    }

    /// Nobody can write in this table as long as the transaction lasts.
    async fn hold(&self, table: &str) -> Transaction<'static, Postgres> {
        let mut tx = self.app.pool().begin().await.expect("a transaction");
        let sql = format!("LOCK TABLE write_side.{table} IN SHARE MODE");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *tx).await.expect("a lock");
        tx
    }

    /// Waits until a relay is kept from this step.
    async fn stands_at(&self, step: &str) {
        let sql = "SELECT EXISTS (SELECT FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'
                     AND query LIKE '%' || $1 || '%')";
        until("a relay to come to this step", || async {
            let waits: Result<bool, _> =
                sqlx::query_scalar(sql).bind(step).fetch_one(self.app.pool()).await;
            waits.expect("an answer").then_some(())
        })
        .await;
    }

    /// As if the right to deliver of a relay that was killed had run out.
    async fn expire(&self) {
        let sql = "UPDATE write_side.abonnementen SET werker_tot = '-infinity'";
        sqlx::query(sql).execute(self.app.pool()).await.expect("expired");
    }

    /// Waits until every event was delivered, and checks what the receiver got.
    async fn assert_told(&self) {
        published(&self.app).await;
        until("every event to be delivered", || async {
            let sql = "SELECT count(*) FROM write_side.afleveringen WHERE status <> 'afgeleverd'";
            let left: i64 =
                sqlx::query_scalar(sql).fetch_one(self.app.pool()).await.expect("a count");
            (left == 0).then_some(())
        })
        .await;
        let events = all_events(&self.app, 1000).await;
        let sql = "SELECT count(*) FROM write_side.handelingen";
        let done: i64 = sqlx::query_scalar(sql).fetch_one(self.app.pool()).await.expect("a count");
        assert_eq!(i64::try_from(events.len()), Ok(done));
        assert_whole(&events);
        assert_eq!(self.first_received(), per_object(&events));
    }

    /// What the receiver got first of each object, in order. What comes again is the same, byte for
    /// byte.
    fn first_received(&self) -> BTreeMap<String, Vec<Value>> {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        let mut first = Vec::new();
        for (headers, body) in self.ontvanger.bodies() {
            let event: Value = serde_json::from_str(&body).expect("JSON");
            assert_eq!(headers["webhook-id"], event["id"].as_str().expect("an id"));
            match seen.get(&event["id"].to_string()) {
                Some(before) => assert_eq!(*before, body, "it came again as another event"),
                None => {
                    seen.insert(event["id"].to_string(), body);
                    first.push(event);
                }
            }
        }
        per_object(&first)
    }
}

fn per_object(events: &[Value]) -> BTreeMap<String, Vec<Value>> {
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for event in events {
        found.entry(event["subject"].to_string()).or_default().push(event.clone());
    }
    found
}

#[tokio::test]
async fn a_relay_that_is_killed_at_a_step_leaves_nothing_half_done() {
    let scene = Scene::new().await;
    for (table, step) in STEPS {
        let held = scene.hold(table).await;
        scene.change().await;
        let mut relay = scene.relay();
        scene.stands_at(step).await;
        relay.kill();
        held.rollback().await.expect("let go");
        scene.change().await;
        let _next = scene.relay();
        scene.assert_told().await;
    }
}

#[tokio::test]
async fn a_relay_that_is_killed_before_it_wrote_what_came_of_it_tells_again() {
    let scene = Scene::new().await;
    let before_sending = scene.hold("abonnementen").await;
    let mut relay = scene.relay();
    scene.stands_at(LEASE).await;
    let before_writing = scene.hold("afleveringen").await;
    before_sending.rollback().await.expect("let go");
    scene.ontvanger.wacht(1).await;
    scene.stands_at(RECORD).await;
    let told = scene.ontvanger.bodies().len();
    relay.kill();
    before_writing.rollback().await.expect("let go");
    let start = Instant::now();
    let _next = scene.relay();
    scene.ontvanger.wacht(told + 1).await;
    assert!(start.elapsed() < TAKEOVER, "another may go on after {:?}", start.elapsed());
    scene.assert_told().await;
    assert!(scene.ontvanger.bodies().len() > OBJECTS, "what was not written is told again");
}

#[tokio::test]
async fn a_relay_that_is_killed_while_the_receiver_hangs_tells_again() {
    let scene = Scene::new().await;
    scene.ontvanger.gedraag(Gedrag::Hang);
    let mut relay = scene.relay();
    scene.ontvanger.wacht_pogingen(OBJECTS).await;
    relay.kill();
    scene.expire().await;
    scene.ontvanger.gedraag(Gedrag::Aanvaard);
    let _next = scene.relay();
    scene.assert_told().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn relays_that_are_killed_at_random_moments_lose_nothing_and_keep_the_order() {
    let scene = Scene::new().await;
    let done = AtomicBool::new(false);
    let killing = async {
        for kill in 0..KILLS {
            let mut relay = scene.relay();
            let before = scene.ontvanger.bodies().len();
            scene.ontvanger.wacht(before + 1).await;
            // Not to wait for something, but to die anywhere in the rounds that follow.
            sleep(Duration::from_millis(kill * 7919 % 97)).await;
            relay.kill();
            scene.expire().await;
        }
        done.store(true, Ordering::Relaxed);
    };
    let writing = async {
        while !done.load(Ordering::Relaxed) {
            scene.change().await;
        }
    };
    tokio::join!(killing, writing);
    let _last = scene.relay();
    scene.assert_told().await;
}
