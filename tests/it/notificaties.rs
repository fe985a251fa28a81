//! What happened reaches others: published once, told by feed and webhook, in order per object,
//! whatever dies on the way.

mod feed;
mod gedood;
mod oauth;
pub mod ontvanger;
mod publicatie;
mod tempo;
pub mod webhooks;

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use clock::{Clock, SystemClock};
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;
use write_side::{Relay, RelaySettings};

use crate::support::{App, loopback, until};

/// A clock that the test moves on.
#[derive(Debug, Default)]
pub struct MovedClock(Mutex<TimeDelta>);

impl MovedClock {
    /// Moves it on.
    pub fn advance(&self, delta: TimeDelta) {
        *self.0.lock().expect("unpoisoned") += delta;
    }
}

impl Clock for MovedClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + *self.0.lock().expect("unpoisoned")
    }

    fn new_id(&self) -> Uuid {
        SystemClock.new_id()
    }
}

/// Starts a relay with this clock; it stops when the sender is dropped.
pub fn start_relay_with(app: &App, clock: clock::SharedClock) -> watch::Sender<bool> {
    let (stop, stopped) = watch::channel(false);
    let settings = RelaySettings { beleid: loopback(), ..RelaySettings::default() };
    let relay = Relay::new(app.pool().clone(), clock, settings);
    tokio::spawn(async move { relay.run(stopped).await.expect("the relay goes on") });
    stop
}

/// Starts a relay.
pub fn start_relay(app: &App) -> watch::Sender<bool> {
    start_relay_with(app, Arc::clone(&app.clock))
}

/// Waits until every handeling was published.
pub async fn published(app: &App) {
    until("every handeling to be published", || async {
        let left: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM write_side.handelingen h WHERE NOT EXISTS
                 (SELECT FROM write_side.notificaties n WHERE n.handeling_id = h.handeling_id)",
        )
        .fetch_one(app.pool())
        .await
        .expect("a count");
        (left == 0).then_some(())
    })
    .await;
}

/// Registers a team.
pub async fn team(app: &App) -> Uuid {
    app.post("/organisatorische-eenheden", json!({ "naam": "Kanarieteam" })).await.id()
}

/// Every event of the feed, in pages of this size.
pub async fn all_events(app: &App, aantal: usize) -> Vec<Value> {
    let mut found = Vec::new();
    let mut path = format!("/gebeurtenissen?aantal={aantal}");
    loop {
        let page = app.get(&path).await;
        assert_eq!(page.status, 200, "{:#}", page.body);
        let events = page.body["gebeurtenissen"].as_array().expect("events").clone();
        if events.is_empty() {
            return found;
        }
        found.extend(events);
        let next = page.body["volgende"].as_str().expect("a next page");
        path = next.strip_prefix("/bijhouding/v1").expect("within the API").to_owned();
    }
}

/// Checks what holds of every sequence of events: numbers without holes, each handeling once, and the
/// versions of an object ascending.
pub fn assert_whole(events: &[Value]) {
    let mut versions = std::collections::BTreeMap::new();
    let mut ids = std::collections::BTreeSet::new();
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event["sequence"], format!("{:020}", index + 1));
        assert!(ids.insert(event["id"].to_string()), "{event:#} came twice");
        for object in event["data"]["objecten"].as_array().expect("objects") {
            let key = (object["soort"].to_string(), object["id"].to_string());
            let version = object["versie"].as_i64().expect("a version");
            let before = versions.insert(key, version).unwrap_or_default();
            assert!(before < version, "{event:#} came after version {before}");
        }
    }
}
