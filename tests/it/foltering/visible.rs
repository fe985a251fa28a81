//! How long it takes until what was committed is seen: somebody asks for the klantbeeld over HTTP
//! until the contact is in it.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::course::{Contact, Course};
use crate::support::{App, Persona};

/// Shortest pause between two questions for the same contact; it grows with the time that one waits.
const AGAIN: Duration = Duration::from_millis(1);
/// Part of the time waited that the pause grows to.
const GROWTH: u32 = 20;
/// Pause before the next contact is chosen: who asks must not be the load.
const NEXT: Duration = Duration::from_millis(25);
/// Longest time that one contact is waited for; the queue of writers at full speed is longer.
const PATIENCE: Duration = Duration::from_secs(20);

const QUESTION: &str = "query ($voor: Identificatie!) {
    klantbeeld(voor: $voor) { recenteContacten(first: 10) { nodes { op } } } }";

/// A contact that was waited for.
pub struct Sight {
    /// When it was committed.
    pub committed: Instant,
    /// How long after that it was in an answer; `None` when nobody waited any longer.
    pub lag: Option<Duration>,
}

/// Asks for one contact after another until the writers are done.
pub async fn watch(app: &App, course: &Course) -> Vec<Sight> {
    let token = app.issuer.token(&Persona::kcc());
    let mut latest = course.latest.subscribe();
    let mut seen = Vec::new();
    while !course.is_done() {
        latest.mark_unchanged();
        // Nobody writes any more, or slowly.
        if tokio::time::timeout(NEXT, latest.changed()).await.is_err() {
            continue;
        }
        let Some(contact) = *latest.borrow() else { continue };
        let lag = loop {
            if is_visible(app, &token, &contact).await {
                break Some(contact.committed.elapsed());
            }
            let waited = contact.committed.elapsed();
            if waited > PATIENCE {
                break None;
            }
            tokio::time::sleep(AGAIN.max(waited / GROWTH)).await;
        };
        seen.push(Sight { committed: contact.committed, lag });
        tokio::time::sleep(NEXT).await;
    }
    seen
}

/// Whether this contact, or a later one of the same klant, is in the klantbeeld. An answer that does
/// not come or is an error shows nothing: the server recovers at times.
async fn is_visible(app: &App, token: &str, contact: &Contact) -> bool {
    let question =
        json!({ "query": QUESTION, "variables": { "voor": { "klantId": contact.partij } } });
    let request = app.request(reqwest::Method::POST, graphql::PATH).bearer_auth(token);
    let Ok(answer) = request.json(&question).send().await else { return false };
    let Ok(answer) = answer.json::<Value>().await else { return false };
    let nodes = answer["data"]["klantbeeld"]["recenteContacten"]["nodes"].as_array();
    let newest = nodes.and_then(|nodes| nodes.first()).and_then(|node| node["op"].as_str());
    // The database keeps microseconds; two contacts are further apart than this.
    let op = newest.map(|op| op.parse::<DateTime<Utc>>().expect("a moment"));
    op.is_some_and(|op| op + TimeDelta::milliseconds(1) > contact.op)
}
