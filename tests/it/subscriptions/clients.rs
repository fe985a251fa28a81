//! Who follows: a WebSocket, and a stream of events of a request.

use futures_util::{SinkExt, StreamExt};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{App, LIMIT, Persona};

/// The protocol that is spoken here.
pub const PROTOCOL: &str = "graphql-transport-ws";
/// The media type of a stream of events.
const MEDIA: &str = "text/event-stream";

/// What comes over a socket.
#[derive(Debug, PartialEq)]
pub enum Heard {
    Said(Value),
    Closed(u16, String),
}

/// A socket.
#[derive(Debug)]
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens one, with a subprotocol and a token in a header, or without.
    pub async fn open(base: &str, protocol: Option<&str>, token: Option<&str>) -> Self {
        Self::try_open(base, protocol, token).await.expect("a socket")
    }

    /// The same, or the HTTP status with which it is refused.
    pub async fn try_open(
        base: &str,
        protocol: Option<&str>,
        token: Option<&str>,
    ) -> Result<Self, u16> {
        let url = format!("{}{}", base.replace("http", "ws"), graphql::PATH);
        let mut request = url.into_client_request().expect("a request");
        let value = |text: &str| HeaderValue::from_str(text).expect("a header");
        if let Some(protocol) = protocol {
            request.headers_mut().insert("sec-websocket-protocol", value(protocol));
        }
        if let Some(token) = token {
            request.headers_mut().insert("authorization", value(&format!("Bearer {token}")));
        }
        match timeout(LIMIT, connect_async(request)).await.expect("in time") {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// One on which it is said who asks.
    pub async fn of(app: &App, who: &Persona) -> Self {
        let mut socket = Self::open(app.base(), Some(PROTOCOL), None).await;
        socket.init(&app.issuer.token(who)).await;
        assert_eq!(socket.hear().await, Heard::Said(json!({ "type": "connection_ack" })));
        socket
    }

    pub async fn init(&mut self, token: &str) {
        let payload = json!({ "authorization": format!("Bearer {token}") });
        self.say(json!({ "type": "connection_init", "payload": payload })).await;
    }

    pub async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    pub async fn send(&mut self, message: Message) {
        timeout(LIMIT, self.0.send(message)).await.expect("in time").expect("sent");
    }

    /// Follows something; when this is done, it is followed.
    pub async fn follow(&mut self, id: &str, query: &str) {
        self.subscribe(id, query).await;
        let first = self.next(id).await;
        assert!(first.get("errors").is_none(), "{first:#}");
    }

    pub async fn subscribe(&mut self, id: &str, query: &str) {
        let payload = json!({ "query": query });
        self.say(json!({ "type": "subscribe", "id": id, "payload": payload })).await;
    }

    /// What comes next, signs of life aside.
    pub async fn hear(&mut self) -> Heard {
        timeout(LIMIT, self.next_heard()).await.expect("something in time")
    }

    async fn next_heard(&mut self) -> Heard {
        loop {
            let message = self.0.next().await;
            match message.expect("not the end").expect("a message") {
                Message::Text(text) => {
                    return Heard::Said(serde_json::from_str(&text).expect("JSON"));
                }
                Message::Close(frame) => {
                    let frame = frame.expect("a reason");
                    return Heard::Closed(frame.code.into(), frame.reason.to_string());
                }
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next answer, of the operation with that name.
    pub async fn next(&mut self, id: &str) -> Value {
        match self.hear().await {
            Heard::Said(said) if said["type"] == "next" && said["id"] == id => {
                said["payload"].clone()
            }
            other => panic!("{id}: {other:?}"),
        }
    }

    /// The code of the refusal that comes next, of the operation with that name.
    pub async fn refused(&mut self, id: &str) -> String {
        match self.hear().await {
            Heard::Said(said) if said["type"] == "error" && said["id"] == id => {
                said["payload"][0]["extensions"]["code"].as_str().expect("a code").to_owned()
            }
            other => panic!("{id}: {other:?}"),
        }
    }

    /// The code with which it is closed next.
    pub async fn closed(&mut self) -> u16 {
        match self.hear().await {
            Heard::Closed(code, _) => code,
            other @ Heard::Said(_) => panic!("{other:?}"),
        }
    }
}

/// A stream of events.
#[derive(Debug)]
pub struct Stroom {
    response: Response,
    read: String,
}

impl Stroom {
    /// Follows something; when this is done, it is followed.
    pub async fn follow(app: &App, who: &Persona, query: &str) -> Self {
        Self::at(app.base(), &app.issuer.token(who), query).await
    }

    /// The same at an address.
    pub async fn at(base: &str, token: &str, query: &str) -> Self {
        let mut stroom = Self::open(base, token, query).await;
        let first = stroom.next().await;
        assert!(first.get("errors").is_none(), "{first:#}");
        stroom
    }

    /// Begins a stream.
    pub async fn open(base: &str, token: &str, query: &str) -> Self {
        let request = Client::new().post(format!("{base}{}", graphql::PATH)).bearer_auth(token);
        let request = request.header(ACCEPT, MEDIA).json(&json!({ "query": query }));
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[CONTENT_TYPE], MEDIA);
        Self { response, read: String::new() }
    }

    /// Asks for a stream, whatever comes of it.
    pub async fn ask(app: &App, who: &Persona, body: &Value) -> Response {
        let request = app.request(Method::POST, graphql::PATH).bearer_auth(app.issuer.token(who));
        let request = request.header(ACCEPT, MEDIA).json(body);
        request.send().await.expect("an answer")
    }

    /// The code with which something is refused, in a stream of its own.
    pub async fn refused(app: &App, who: &Persona, query: &str) -> String {
        let mut stroom = Self::open(app.base(), &app.issuer.token(who), query).await;
        let answer = stroom.next().await;
        assert_eq!(answer.get("data"), None, "{answer:#}");
        assert_eq!(stroom.event().await, Some(("complete".to_owned(), Value::Null)));
        assert_eq!(stroom.event().await, None);
        answer["errors"][0]["extensions"]["code"].as_str().expect("a code").to_owned()
    }

    /// The next event: its kind and its data; none when the stream ended.
    pub async fn event(&mut self) -> Option<(String, Value)> {
        timeout(LIMIT, self.next_event()).await.expect("something in time")
    }

    async fn next_event(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some((event, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| {
                    let mut lines = event.lines().filter_map(|line| line.strip_prefix(name));
                    lines.next().map(|value| value.trim_start().to_owned())
                };
                let found = field("event:").map(|kind| {
                    let data = field("data:").unwrap_or_default();
                    (kind, serde_json::from_str(&data).unwrap_or(Value::Null))
                });
                self.read = rest.to_owned();
                // What has no kind is a sign of life.
                if found.is_some() {
                    return found;
                }
            }
            let chunk = self.response.chunk().await.ok().flatten()?;
            self.read.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }

    /// The next answer.
    pub async fn next(&mut self) -> Value {
        match self.event().await {
            Some((kind, data)) if kind == "next" => data,
            other => panic!("{other:?}"),
        }
    }
}
