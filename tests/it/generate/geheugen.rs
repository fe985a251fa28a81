//! Handelingen against the register in memory are those that come over HTTP: the same random ones,
//! done both ways at the same moments, leave the same log and the same register.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use access::Identity;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::Request;
use chrono::{DateTime, TimeDelta, Utc};
use clock::{Clock, SharedClock, SystemClock};
use klantbeeld::random::Random;
use serde_json::{Value, json};
use sqlx::PgPool;
use tower::ServiceExt as _;
use uuid::{Builder, Uuid};
use write_side::vulling::{Lading, Opdracht, Vulling};
use write_side::{Afzender, ApiSettings, Bijhouding};

use super::zetten::{Bekend, Zet};
use crate::register::{fold, versions_are_contiguous};
use crate::support::{App, Persona, loopback};

/// Histories that are done, each in two databases of its own.
const HISTORIES: u64 = 4;
/// Handelingen of one history in memory, and over HTTP in both databases after that.
const STEPS: usize = 150;
const STEPS_AFTER: usize = 25;
const ANSWER_MAX: usize = 1 << 20;

/// A clock that stands where it was set, and whose keys sort as they were made.
#[derive(Debug)]
struct Klok {
    micros: AtomicI64,
    keys: AtomicU64,
}

impl Klok {
    fn new() -> Arc<Self> {
        let begin: DateTime<Utc> = "2025-03-03T08:00:00Z".parse().expect("a moment");
        Arc::new(Self { micros: begin.timestamp_micros().into(), keys: AtomicU64::new(0) })
    }

    fn on(&self, time: TimeDelta) {
        self.micros.fetch_add(time.num_microseconds().expect("a short time"), Ordering::Relaxed);
    }
}

impl Clock for Klok {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.micros.load(Ordering::Relaxed)).expect("a moment")
    }

    fn new_id(&self) -> Uuid {
        let mut random = [0; 10];
        random[2..].copy_from_slice(&self.keys.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let millis = u64::try_from(self.now().timestamp_millis()).expect("after 1970");
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

/// The API of a service, with a clock that the test sets.
struct Http {
    router: Router,
    token: String,
    klok: Arc<Klok>,
}

impl Http {
    fn new(app: &App, klok: &Arc<Klok>) -> Self {
        let now: SharedClock = Arc::new(SystemClock);
        let bijhouding = Bijhouding {
            pool: app.pool().clone(),
            clock: Arc::clone(klok) as SharedClock,
            validator: app.issuer.validator(&now),
            committed: Vec::new(),
            afzender: Afzender::default(),
            beleid: loopback(),
            settings: ApiSettings::default(),
            logboek: app.logboek(),
        };
        let router = write_side::router(bijhouding).expect("an API");
        let token = app.issuer.token(&Persona::systeem());
        Self { router, token, klok: Arc::clone(klok) }
    }

    /// Does a handeling; gives what it registered or changed, `None` when it was refused.
    async fn doe(&self, zet: &Zet, bekend: &Bekend) -> Option<Vec<(String, Uuid)>> {
        self.klok.on(zet.na);
        let (id, invoer) = zet.invoer(bekend);
        let path = id.map_or(zet.pad.to_owned(), |id| zet.pad.replace("{id}", &id.to_string()));
        let request = Request::post(format!("/bijhouding/v1{path}"))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.token))
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))))
            .body(Body::from(invoer.to_string()));
        let response = self.router.clone().oneshot(request.expect("a request")).await;
        let response = response.expect("an answer");
        let (status, body) = (response.status(), response.into_body());
        let body = to_bytes(body, ANSWER_MAX).await.expect("a body");
        assert!(!status.is_server_error(), "{status} {path} {}", String::from_utf8_lossy(&body));
        if !status.is_success() {
            return None;
        }
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        let objecten = body["objecten"].as_array().expect("objects").iter().map(|object| {
            let id = object["id"].as_str().expect("an id").parse().expect("a UUID");
            (object["soort"].as_str().expect("a kind").to_owned(), id)
        });
        Some(objecten.collect())
    }
}

/// Does a handeling in memory.
fn doe_in_geheugen(
    vulling: &mut Vulling,
    (klok, identity): (&Klok, &Identity),
    zet: &Zet,
    bekend: &Bekend,
) -> Option<Vec<(String, Uuid)>> {
    klok.on(zet.na);
    let (id, invoer) = zet.invoer(bekend);
    let opdracht = Opdracht { soort: zet.soort, identity, id, invoer: &invoer };
    let done = vulling.doe(klok, opdracht).ok()?;
    Some(done.iter().map(|item| (item.soort.to_owned(), item.id)).collect())
}

/// A text with the keys in it replaced by their places among those that were seen.
fn rename(seen: &mut Vec<String>, text: &str) -> String {
    const LENGTH: usize = 36;
    let (mut out, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        match rest.get(..LENGTH).filter(|key| Uuid::parse_str(key).is_ok()) {
            Some(key) => {
                let place = seen.iter().position(|known| known == key).unwrap_or_else(|| {
                    seen.push(key.to_owned());
                    seen.len() - 1
                });
                out.push_str(&format!("#{place}"));
                rest = &rest[LENGTH..];
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// The log and the register of a database, with keys by their places in the log. In which order the
/// fields of an event are written says nothing.
async fn story(pool: &PgPool) -> Vec<String> {
    versions_are_contiguous(pool).await;
    let sql =
        "SELECT concat_ws(' ', positie, gebeurtenis_id, objectsoort, object_id, versie, g.soort,
                   schemaversie, data::jsonb, g.tijdstip, to_jsonb(h))
               FROM write_side.gebeurtenissen g JOIN write_side.handelingen h USING (handeling_id)
               ORDER BY positie";
    let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(pool).await.expect("events");
    let mut seen = Vec::new();
    let mut story: Vec<String> = rows.iter().map(|row| rename(&mut seen, row)).collect();
    for (table, rows) in fold::register(pool).await {
        let rows = rows.values().map(|row| rename(&mut seen, &row.to_string()));
        let mut rows: Vec<String> = rows.map(|row| format!("{table} {row}")).collect();
        rows.sort();
        story.extend(rows);
    }
    story
}

/// Does a history in memory and over HTTP; gives the two databases, the kinds of handeling that were
/// done and how many were refused.
async fn play(seed: u64) -> ([App; 2], Vec<&'static str>, usize) {
    let apps = [App::start_without_projector().await, App::start_without_projector().await];
    let [filled, served] = &apps;
    let klokken = [Klok::new(), Klok::new()];
    let http = Http::new(served, &klokken[1]);
    let identity = Identity { application: "test".to_owned(), ..Persona::systeem().identity() };
    let mut lading = Lading::begin(filled.pool()).await.expect("an empty database");
    let mut vulling = lading.vulling();
    let mut bekend = [Bekend::default(), Bekend::default()];
    let (mut random, mut done, mut refused) = (Random::new(seed), Vec::new(), 0);
    for step in 0..STEPS {
        let zet = Zet::next(&mut random, step, &bekend[0]);
        let here = doe_in_geheugen(&mut vulling, (&klokken[0], &identity), &zet, &bekend[0]);
        let there = http.doe(&zet, &bekend[1]).await;
        note(&mut bekend, &zet, [here, there]).map_or_else(|| refused += 1, |pad| done.push(pad));
    }
    vulling.laat_alles_los().expect("rows");
    lading.schrijf(&vulling.pakket()).await.expect("copied");
    lading.rond_af(vulling.vervolg(), |_| ()).await.expect("committed");
    // What was filled goes on as if it had come over HTTP.
    let after = Http::new(filled, &klokken[0]);
    for step in STEPS..STEPS + STEPS_AFTER {
        let zet = Zet::next(&mut random, step, &bekend[0]);
        let outcomes = [after.doe(&zet, &bekend[0]).await, http.doe(&zet, &bekend[1]).await];
        note(&mut bekend, &zet, outcomes);
    }
    (apps, done, refused)
}

/// Notes on both sides what a handeling did; `None` when both refused it.
fn note(
    bekend: &mut [Bekend; 2],
    zet: &Zet,
    outcomes: [Option<Vec<(String, Uuid)>>; 2],
) -> Option<&'static str> {
    let [here, there] = &outcomes;
    let soorten = |outcome: &Option<Vec<(String, Uuid)>>| {
        outcome.as_ref().map(|all| all.iter().map(|(soort, _)| soort.clone()).collect::<Vec<_>>())
    };
    assert_eq!(soorten(here), soorten(there), "in memory, over HTTP: {zet:?}");
    for (bekend, outcome) in bekend.iter_mut().zip(outcomes) {
        bekend.voeg(zet, outcome?);
    }
    Some(zet.pad)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_memory_a_handeling_does_what_it_does_over_http() {
    let (mut kinds, mut refusals) = (std::collections::BTreeSet::new(), 0);
    for seed in 0..HISTORIES {
        let ([filled, served], done, refused) = play(seed).await;
        let [in_memory, over_http] = [story(filled.pool()).await, story(served.pool()).await];
        for (left, right) in in_memory.iter().zip(&over_http) {
            assert_eq!(left, right, "seed {seed}");
        }
        assert_eq!(in_memory.len(), over_http.len(), "seed {seed}");
        kinds.extend(done);
        refusals += refused;
    }
    assert_eq!(kinds.len(), super::zetten::SOORTEN, "{kinds:?}");
    assert!(refusals > 0, "nothing was refused");
}

#[test]
fn keys_are_renamed_by_their_place() {
    let [one, two] = [Uuid::from_u128(1), Uuid::from_u128(2)];
    let mut seen = Vec::new();
    let text = format!("é {one} x{two}{one}, {}", json!({ "id": two }));
    assert_eq!(rename(&mut seen, &text), "é #0 x#1#0, {\"id\":\"#1\"}");
}
