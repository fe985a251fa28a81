//! What a receiver allows in the handshake: whether it wants events at all, and how many a minute.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use clock::{Clock, SharedClock};
use serde_json::json;

use super::ontvanger::{Gedrag, Ontvanger};
use super::webhooks::{abonneer, abonnement, deliveries};
use super::{MovedClock, published, start_relay_with, team};
use crate::support::{App, until};

#[tokio::test]
async fn a_receiver_gets_no_more_a_minute_than_it_allows_whichever_relay_tells_it() {
    let app = App::start_without_projector().await;
    let clock = Arc::new(MovedClock::default());
    let ontvanger = Ontvanger::start(Gedrag::Aanvaard).await;
    ontvanger.stemt_in(&[("WebHook-Allowed-Origin", "klantbeeld"), ("WebHook-Allowed-Rate", "1")]);
    let id = abonneer(&app, &ontvanger).await;
    let unlimited = Ontvanger::start(Gedrag::Aanvaard).await;
    let other = abonneer(&app, &unlimited).await;
    let shown = app.get(&format!("/abonnementen/{id}")).await;
    assert_eq!(shown.body["perMinuut"], 1);
    for _ in 0..3 {
        team(&app).await;
    }
    for told in 1..=4 {
        // Another relay each time: what a receiver allows is not that of a process.
        let relay = start_relay_with(&app, Arc::clone(&clock) as SharedClock);
        ontvanger.wacht(told).await;
        until("the rest of the receiver to be written", || async {
            let shown = app.get(&format!("/abonnementen/{id}")).await;
            let until: DateTime<Utc> = shown.body["pauzeTot"].as_str()?.parse().ok()?;
            (until > clock.now()).then_some(())
        })
        .await;
        clock.advance(TimeDelta::seconds(30));
        team(&app).await;
        published(&app).await;
        until("the other receiver to be told of everything", || async {
            deliveries(&app, other, "wacht").await.is_empty().then_some(())
        })
        .await;
        assert_eq!(ontvanger.pogingen(), told, "nothing within the minute");
        relay.send_replace(true);
        // Until it has ended it may tell on.
        relay.closed().await;
        clock.advance(TimeDelta::seconds(30));
    }
    assert_eq!(deliveries(&app, id, "wacht").await.len(), 3);
}

#[tokio::test]
async fn a_receiver_that_does_not_agree_is_not_told() {
    let app = App::start_without_projector().await;
    let ontvanger = Ontvanger::start(Gedrag::Aanvaard).await;
    let refusals: [&[(&str, &str)]; 3] = [
        &[],
        &[("WebHook-Allowed-Origin", "een-ander")],
        &[("WebHook-Allowed-Rate", "100"), ("Allow", "POST")],
    ];
    for headers in refusals {
        ontvanger.stemt_in(headers);
        let answer = app.try_post("/abonnementen", abonnement(&ontvanger.url)).await;
        assert_eq!(answer.status, 400, "{headers:?}");
        assert_eq!(answer.faults(), [("callbackUrl".to_owned(), "invalid".to_owned())]);
        let reason = answer.body["invalidParams"][0]["reason"].as_str().expect("a reason");
        assert!(reason.contains("WebHook-Allowed-Origin"), "{reason}");
    }
    let list = app.get("/abonnementen").await;
    assert_eq!(list.body["resultaten"], json!([]));
    assert_eq!(ontvanger.pogingen(), 0);
}
