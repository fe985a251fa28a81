//! Relays that are killed: what others must be told of every handeling, by feed and by webhook.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::course::Course;
use super::server::Server;
use crate::notificaties::ontvanger::{Gedrag, Ontvanger};
use crate::notificaties::webhooks::abonnement;
use crate::notificaties::{all_events, assert_whole};
use crate::support::{App, Process, TestDatabase, until_within};

/// Of what the receiver wants to be told: changes of the objects that all writers change are such.
const SOORT: &str = "interne-taak-toegewezen";
/// Longest time that telling may take after the writers are done: a receiver is told one by one.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(900);
/// Events in one page of the feed.
const PAGE: usize = 1000;

/// The service that is asked, and one who is told.
pub struct Audience {
    /// The bijhouding API and GraphQL.
    pub app: App,
    ontvanger: Ontvanger,
    abonnement: Uuid,
}

impl Audience {
    /// A service on the server, and a receiver that subscribed there.
    pub async fn on(server: &Server) -> Self {
        let app = App::on(TestDatabase::on(server.options())).await;
        let ontvanger = Ontvanger::start(Gedrag::Aanvaard).await;
        let mut body = abonnement(&ontvanger.url);
        body["soorten"] = json!([SOORT]);
        let answer = app.post("/abonnementen", body).await;
        let abonnement = answer.body["id"].as_str().expect("an id").parse().expect("a UUID");
        Self { app, ontvanger, abonnement }
    }

    /// A process that publishes and tells.
    pub fn relay(&self, server: &Server) -> Process {
        let args = ["--webhook-allow-http", "--webhook-allow-network", "127.0.0.0/8"];
        Process::start_on(&server.url(), &self.app.issuer, "relay", &args)
    }

    /// As if the right to deliver of a relay that was killed had run out: otherwise each kill would
    /// be 10 s of peace.
    pub async fn expire(&self) {
        let sql = "UPDATE write_side.abonnementen SET werker_tot = '-infinity'";
        // When the server recovers, it runs out by itself.
        let _ = sqlx::query(sql).execute(self.app.pool()).await;
    }

    /// Waits until everything was told, and judges it.
    pub async fn judge(&self, course: &Course) {
        self.wait().await;
        let feed = all_events(&self.app, PAGE).await;
        let sql = "SELECT count(*) FROM write_side.handelingen";
        let done: i64 = sqlx::query_scalar(sql).fetch_one(self.app.pool()).await.expect("a count");
        assert_eq!(i64::try_from(feed.len()), Ok(done), "seed {}", course.seed);
        // Numbers without holes, each handeling once, and the versions of an object ascending.
        assert_whole(&feed);
        let type_name = format!("nl.klantinteracties.{SOORT}.v1");
        let wanted: Vec<&Value> = feed.iter().filter(|event| event["type"] == *type_name).collect();
        let received = self.ontvanger.bodies();
        let first = first_of_each(received.iter().map(|(_, body)| body.as_str()));
        println!("| told by | events | lost | told again | out of order per object |");
        println!("| --- | --- | --- | --- | --- |");
        println!("| feed | {} | 0 | 0 | 0 |", feed.len());
        let lost = wanted.len() - first.len();
        let again = received.len() - first.len();
        let (told, asked) = (per_object(first.iter()), per_object(wanted.iter().copied()));
        let inverted = asked.iter().filter(|(object, order)| told.get(*object) != Some(order));
        let inverted = inverted.count();
        println!("| webhook | {} | {lost} | {again} | {inverted} |", wanted.len());
        assert_eq!((lost, inverted), (0, 0), "seed {}", course.seed);
        assert_eq!(told, asked);
    }

    async fn wait(&self) {
        until_within(LIMIT, "everything to be told", || async {
            let sql = "SELECT (SELECT (cursor->>'low')::bigint
                               FROM write_side.relay_voortgang WHERE naam = 'publicatie')
                              >= (SELECT max(positie) FROM write_side.gebeurtenissen)
                          AND (SELECT jsonb_array_length(cursor->'gaps')
                               FROM write_side.relay_voortgang WHERE naam = 'publicatie') = 0
                          AND NOT EXISTS (SELECT FROM write_side.afleveringen
                                          WHERE abonnement_id = $1 AND status = 'wacht')";
            let all = sqlx::query_scalar(sql).bind(self.abonnement).fetch_one(self.app.pool());
            all.await.unwrap_or(false).then_some(())
        })
        .await;
    }
}

/// What came first of each event, in order. What comes again is the same, byte for byte: so whoever
/// keeps the ids knows it.
fn first_of_each<'b>(bodies: impl Iterator<Item = &'b str>) -> Vec<Value> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut first = Vec::new();
    for body in bodies {
        let event: Value = serde_json::from_str(body).expect("JSON");
        match seen.get(&event["id"].to_string()) {
            Some(before) => assert_eq!(*before, body, "it came again as another event"),
            None => {
                seen.insert(event["id"].to_string(), body);
                first.push(event);
            }
        }
    }
    first
}

/// The events of each object, in their order.
fn per_object<'e>(events: impl Iterator<Item = &'e Value>) -> BTreeMap<String, Vec<&'e Value>> {
    let mut found: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for event in events {
        found.entry(event["subject"].to_string()).or_default().push(event);
    }
    found
}
