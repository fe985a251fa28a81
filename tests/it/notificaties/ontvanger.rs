//! A receiver of webhooks that does what the test wants: agrees, fails, hangs, redirects, recovers.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::any;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::support::until;

/// How the receiver answers an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gedrag {
    /// It takes it.
    Aanvaard,
    /// It answers with this status.
    Status(u16),
    /// It asks to come back after so many seconds.
    Later(u32),
    /// It sends elsewhere.
    Verwijs,
    /// It does not answer.
    Hang,
}

/// The headers with which the receiver answers the question whether it wants events.
type Toestemming = Vec<(&'static str, &'static str)>;

#[derive(Debug)]
struct Staat {
    gedrag: Gedrag,
    toestemming: Toestemming,
    ontvangen: Vec<(HeaderMap, String)>,
    pogingen: usize,
}

/// A receiver.
#[derive(Debug, Clone)]
pub struct Ontvanger {
    staat: Arc<Mutex<Staat>>,
    /// Its address.
    pub url: String,
}

impl Ontvanger {
    /// A receiver that behaves so.
    pub async fn start(gedrag: Gedrag) -> Self {
        let toestemming = vec![("WebHook-Allowed-Origin", "*")];
        let staat = Staat { gedrag, toestemming, ontvangen: Vec::new(), pogingen: 0 };
        let staat = Arc::new(Mutex::new(staat));
        let router = Router::new().fallback(any(receive)).with_state(Arc::clone(&staat));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { staat, url }
    }

    /// From now on it behaves so.
    pub fn gedraag(&self, gedrag: Gedrag) {
        self.staat.lock().expect("unpoisoned").gedrag = gedrag;
    }

    /// From now on it answers the question whether it wants events with these headers.
    pub fn stemt_in(&self, headers: &[(&'static str, &'static str)]) {
        self.staat.lock().expect("unpoisoned").toestemming = headers.to_vec();
    }

    /// The events that it took, with their headers, in order.
    pub fn ontvangen(&self) -> Vec<(HeaderMap, Value)> {
        let staat = self.staat.lock().expect("unpoisoned");
        let read = |body: &String| serde_json::from_str(body).expect("JSON");
        staat.ontvangen.iter().map(|(headers, body)| (headers.clone(), read(body))).collect()
    }

    /// The bodies as they came.
    pub fn bodies(&self) -> Vec<(HeaderMap, String)> {
        self.staat.lock().expect("unpoisoned").ontvangen.clone()
    }

    /// How often somebody tried.
    pub fn pogingen(&self) -> usize {
        self.staat.lock().expect("unpoisoned").pogingen
    }

    /// Waits until it took so many events.
    pub async fn wacht(&self, count: usize) -> Vec<Value> {
        until("events to arrive", || async {
            let found = self.ontvangen();
            (found.len() >= count).then(|| found.into_iter().map(|(_, event)| event).collect())
        })
        .await
    }

    /// Waits until somebody tried so often.
    pub async fn wacht_pogingen(&self, count: usize) {
        until("attempts", || async { (self.pogingen() >= count).then_some(()) }).await;
    }
}

async fn receive(
    State(staat): State<Arc<Mutex<Staat>>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if method == Method::OPTIONS {
        let toestemming = staat.lock().expect("unpoisoned").toestemming.clone();
        return (AppendHeaders(toestemming), "").into_response();
    }
    let gedrag = {
        let mut staat = staat.lock().expect("unpoisoned");
        staat.pogingen += 1;
        if staat.gedrag == Gedrag::Aanvaard {
            let text = String::from_utf8(body.to_vec()).expect("text");
            staat.ontvangen.push((headers, text));
        }
        staat.gedrag
    };
    match gedrag {
        Gedrag::Aanvaard => StatusCode::ACCEPTED.into_response(),
        Gedrag::Status(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Gedrag::Later(seconds) => {
            let headers = [("retry-after", seconds.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, headers).into_response()
        }
        Gedrag::Verwijs => {
            (StatusCode::FOUND, [("location", "http://127.0.0.1:1/elders")]).into_response()
        }
        Gedrag::Hang => std::future::pending().await,
    }
}
