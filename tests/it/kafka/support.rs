//! A relay beside the service, handelingen to carry, and what must arrive.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;
use write_side::Afzender;
use write_side::uitgaand::kafka::{KafkaRelay, KafkaSettings, Security};
use write_side::uitgaand::{Notificatie, notificaties_na};

use crate::notificaties::{published, start_relay};
use crate::support::{App, until};

use super::broker::Broker;
use super::reader::{Received, first_seen, read_ids};

/// The header with the id of a notification.
pub const ID: &str = "ce_id";

/// Service, publisher and broker, with topics of their own.
pub struct Scene {
    pub app: App,
    pub broker: Broker,
    pub settings: KafkaSettings,
    _publisher: watch::Sender<bool>,
}

impl Scene {
    /// A service whose handelingen are published, and a broker with empty topics.
    pub async fn with(broker: Broker) -> Self {
        let app = App::start_without_projector().await;
        let topic = format!("test.{}", app.clock.new_id());
        let intern_topic = format!("{topic}.intern");
        broker.create(&topic).await;
        broker.create(&intern_topic).await;
        let settings = KafkaSettings {
            brokers: broker.bootstrap.clone(),
            topic,
            intern_topic: Some(intern_topic),
            security: Security::default(),
        };
        let publisher = start_relay(&app);
        Self { app, broker, settings, _publisher: publisher }
    }

    /// Starts a relay in this process.
    pub fn relay(&self) -> Running {
        relay(&self.app, &self.settings)
    }

    /// Registers some partijen.
    pub async fn partijen(&self, count: usize) -> Vec<Uuid> {
        let mut ids = Vec::new();
        for number in 0..count {
            let body = json!({ "naam": format!("Vereniging {number}") });
            ids.push(self.app.post("/organisaties", body).await.id());
        }
        ids
    }

    /// Changes each of them so often, by turns.
    pub async fn change(&self, partijen: &[Uuid], times: usize) {
        for turn in 0..times {
            for id in partijen {
                let body = json!({ "naam": format!("Naam {}", self.app.clock.new_id()) });
                let path = format!("/organisaties/{id}/wijzigingen");
                let answer = self.app.post(&path, body).await;
                assert!(answer.body["positie"].is_i64(), "turn {turn} changed nothing");
            }
        }
    }

    /// Notifications in bulk, of so many objects by turns, without a handeling for each: for what is
    /// about numbers.
    pub async fn fill(&self, count: i64, objects: i64) -> Vec<Notificatie> {
        let sql = "WITH done AS (
                 INSERT INTO write_side.handelingen
                     (handeling_id, soort, tijdstip, door, toepassing)
                 SELECT gen_random_uuid(), 'wijzigOrganisatie', now(), 'test', 'test'
                 FROM generate_series(1, $1) RETURNING handeling_id
             ), numbered AS (SELECT handeling_id, row_number() OVER () AS n FROM done)
             INSERT INTO write_side.notificaties (volgnummer, handeling_id, soort,
                 objectsoort, object_id, versie, tijdstip, data)
             SELECT n, handeling_id, 'organisatie-gewijzigd', 'partij',
                    lpad(to_hex(n % $2), 32, '0')::uuid, n, now(), json_build_object('nummer', n)
             FROM numbered";
        let filled = sqlx::query(sql).bind(count).bind(objects).execute(self.app.pool()).await;
        filled.expect("notifications");
        notificaties_na(self.app.pool(), 0, i64::MAX).await.expect("notifications")
    }

    /// Waits until the relay has carried every notification; gives them.
    pub async fn carried(&self) -> Vec<Notificatie> {
        published(&self.app).await;
        let published = notificaties_na(self.app.pool(), 0, i64::MAX).await.expect("notifications");
        let last = published.last().map_or(0, |last| last.volgnummer);
        until("the relay to carry every notification", || async {
            (self.volgnummer().await >= last).then_some(())
        })
        .await;
        published
    }

    /// The number of the last notification that counts as arrived.
    pub async fn volgnummer(&self) -> i64 {
        let sql = "SELECT COALESCE((SELECT (cursor->>'volgnummer')::bigint
                   FROM write_side.relay_voortgang WHERE naam = 'kafka'), 0)";
        sqlx::query_scalar(sql).fetch_one(self.app.pool()).await.expect("progress")
    }

    /// Number of notifications so far.
    pub async fn published(&self) -> usize {
        notificaties_na(self.app.pool(), 0, i64::MAX).await.expect("notifications").len()
    }

    /// Reads everything, and checks that every notification arrived and that whoever drops what it
    /// has seen gets each object's in order.
    pub async fn assert_complete(&self, published: &[Notificatie]) -> Vec<Received> {
        let ids: Vec<String> = published.iter().map(|row| row.handeling_id.to_string()).collect();
        let received = read_ids(&self.broker.bootstrap, &self.settings.topic, ID, &ids).await;
        assert_eq!(first_seen(&received, ID), per_object(published));
        assert!(received.iter().all(|message| !message.value.is_empty()), "an empty value");
        received
    }
}

/// The ids of the notifications of each object, in their order.
fn per_object(published: &[Notificatie]) -> BTreeMap<String, Vec<String>> {
    let mut per_object: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in published {
        let ids = per_object.entry(row.object.id.to_string()).or_default();
        ids.push(row.handeling_id.to_string());
    }
    per_object
}

/// Where the events say that they come from.
pub fn afzender() -> Afzender {
    Afzender {
        bron: "urn:nld:oin:00000001823288444000:systeem:klantbeeld".to_owned(),
        basis_url: "https://klantbeeld.example.nl".to_owned(),
    }
}

/// A relay in this process.
pub struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// Asks it to stop, and waits until it has.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let ended = tokio::time::timeout(std::time::Duration::from_secs(15), self.task).await;
        ended.expect("the relay stops in time").expect("the relay ends well");
    }
}

/// Starts a relay in this process.
pub fn relay(app: &App, settings: &KafkaSettings) -> Running {
    let (stop, stopped) = watch::channel(false);
    let (pool, clock) = (app.pool().clone(), Arc::clone(&app.clock));
    let relay = KafkaRelay::new(pool, clock, settings, &afzender()).expect("a relay");
    Running { stop, task: tokio::spawn(relay.run(stopped)) }
}
