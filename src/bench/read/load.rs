//! Load: clients that each ask again as soon as they have their answer, over connections that stay.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::ReadError;

/// Questions of one kind, asked in turns, and where.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) address: SocketAddr,
    pub(super) path: String,
    pub(super) token: Option<Arc<str>>,
    pub(super) bodies: Arc<[Bytes]>,
}

/// One connection that stays.
pub(super) struct Client {
    target: Target,
    sender: SendRequest<Full<Bytes>>,
}

impl Client {
    /// Connects.
    pub(super) async fn connect(target: Target) -> Result<Self, ReadError> {
        let sender = connect(target.address).await?;
        Ok(Self { target, sender })
    }

    /// Asks the question of this number, and gives the answer.
    pub(super) async fn ask(&mut self, number: usize) -> Result<Bytes, ReadError> {
        let bodies = &self.target.bodies;
        let body = bodies[number % bodies.len()].clone();
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.target.path.as_str())
            .header(HOST, "localhost")
            .header(CONTENT_TYPE, "application/json");
        if let Some(token) = &self.target.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Full::new(body)).map_err(ReadError::Request)?;
        answer(&mut self.sender, request).await
    }
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>, ReadError> {
    let stream = TcpStream::connect(address).await.map_err(ReadError::Connect)?;
    stream.set_nodelay(true).map_err(ReadError::Connect)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// The answer to a request; anything but success is an error.
async fn answer(
    sender: &mut SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<Bytes, ReadError> {
    sender.ready().await?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let answer = response.into_body().collect().await?.to_bytes();
    if status.is_success() {
        return Ok(answer);
    }
    Err(ReadError::Refused { status, answer: String::from_utf8_lossy(&answer).into_owned() })
}

/// Whether `GET path` is answered well.
pub(super) async fn get(address: SocketAddr, path: &str) -> Result<(), ReadError> {
    let mut sender = connect(address).await?;
    let request = Request::builder().uri(path).header(HOST, "localhost");
    let request = request.body(Full::new(Bytes::new())).map_err(ReadError::Request)?;
    answer(&mut sender, request).await.map(drop)
}

/// Asks with so many clients for so long; gives the time of every answer.
pub(super) async fn run(
    target: &Target,
    clients: usize,
    length: Duration,
) -> Result<Vec<Duration>, ReadError> {
    let end = Instant::now() + length;
    let asking: Vec<_> = (0..clients)
        .map(|client| tokio::spawn(ask_until(target.clone(), client * 37, end)))
        .collect();
    let mut all = Vec::new();
    for task in asking {
        all.extend(task.await??);
    }
    Ok(all)
}

async fn ask_until(target: Target, first: usize, end: Instant) -> Result<Vec<Duration>, ReadError> {
    let mut client = Client::connect(target).await?;
    let mut times = Vec::new();
    let mut begin = Instant::now();
    while begin < end {
        client.ask(first + times.len()).await?;
        let now = Instant::now();
        times.push(now - begin);
        begin = now;
    }
    Ok(times)
}
