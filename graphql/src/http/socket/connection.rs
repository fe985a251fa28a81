//! One socket: who asks, what it follows, and what ends it.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::Duration;

use access::Identity;
use async_graphql::{Response as GraphqlResponse, ServerError};
use axum::extract::ws::{Message, WebSocket};
use futures_util::StreamExt;
use logboek::Herkomst;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::{Instant, interval, sleep_until, timeout};

use super::PROTOCOL;
use super::messages::{Close, Said, Say, authorization, read};
use crate::context::{Env, wie};
use crate::error::{ProductError, refusal};
use crate::http::stream::Answers;
use crate::http::{Api, answer, body, stream};
use crate::subscriptions::Seat;

/// Most operations of one socket at a time.
const OPERATIONS_MAX: usize = 50;
/// Answers of all operations that wait to be sent: who does not read them is not asked for more.
const WAITING_MAX: usize = 16;
/// How often is looked whether the token still counts.
const TOKEN_CHECK: Duration = Duration::from_secs(1);
/// The HTTP status of a token that is not accepted, for the logbook.
const UNAUTHORIZED: u16 = 401;
/// How long the other side has to take what is sent, and to close when it was told to.
const SEND_LIMIT: Duration = Duration::from_secs(10);

/// What an operation gives.
enum Given {
    Next(String),
    Refused(Value),
    Complete,
}

/// What an operation gives, and which one it is: a name may be used again.
struct Answered {
    id: String,
    task: Id,
    given: Given,
}

/// A socket.
pub(super) struct Connection {
    api: Api,
    env: Env,
    herkomst: Option<Herkomst>,
    /// Who asks, once that is known.
    identity: Option<Identity>,
    is_ready: bool,
    operations: HashMap<String, AbortHandle>,
    tasks: JoinSet<()>,
    /// Whether something was heard since the last sign of life.
    is_heard: bool,
    /// Among those of whom it is not known yet who asks, and then among those of the bearer.
    seat: Seat,
}

type Ends = ControlFlow<Close>;

impl Connection {
    pub(super) fn new(
        api: Api,
        env: Env,
        herkomst: Option<Herkomst>,
        (identity, seat): (Option<Identity>, Seat),
    ) -> Self {
        Self {
            api,
            env,
            herkomst,
            identity,
            is_ready: false,
            operations: HashMap::new(),
            tasks: JoinSet::new(),
            is_heard: true,
            seat,
        }
    }

    /// Serves a socket until either side ends it.
    pub(super) async fn serve(mut self, mut socket: WebSocket) {
        let spoken = socket.protocol().is_some_and(|protocol| protocol == PROTOCOL);
        let ended = match spoken {
            true => self.converse(&mut socket).await,
            false => Some(Close::subprotocol()),
        };
        self.tasks.abort_all();
        if let Some(close) = ended {
            let closing = async {
                if socket.send(close.message()).await.is_ok() {
                    while let Some(Ok(_)) = socket.recv().await {}
                }
            };
            // Who does not answer is left.
            let _ = timeout(SEND_LIMIT, closing).await;
        }
    }

    /// Says and hears until the end; gives why this side ends it.
    async fn converse(&mut self, socket: &mut WebSocket) -> Option<Close> {
        let (give, mut given) = mpsc::channel(WAITING_MAX);
        let mut stop = self.env.watcher.stopped();
        let settings = *self.env.watcher.settings();
        let init_by = Instant::now() + settings.init_limit;
        let mut alive = interval(settings.keep_alive);
        let mut check = interval(TOKEN_CHECK);
        loop {
            let step = tokio::select! {
                biased;
                // What is followed is not complete: elsewhere it goes on.
                () = stopped(&mut stop) => Ends::Break(Close::going_away()),
                () = sleep_until(init_by), if !self.is_ready => Ends::Break(Close::init_timeout()),
                _ = check.tick() => self.check_token(),
                _ = alive.tick() => self.sign_of_life(socket).await?,
                Some(ended) = self.tasks.join_next_with_id() => self.ended(socket, ended).await?,
                Some(answered) = given.recv() => match self.check_token() {
                    Ends::Continue(()) => self.tell(socket, answered).await?,
                    expired @ Ends::Break(_) => expired,
                },
                heard = socket.recv() => {
                    self.is_heard = true;
                    match heard {
                        Some(Ok(Message::Text(text))) => {
                            self.hear(socket, (&text, &give)).await?
                        }
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ends::Continue(()),
                        Some(Ok(Message::Binary(_))) => {
                            Ends::Break(Close::bad_request("Invalid message"))
                        }
                        // A message that is too large is an error too: the library has closed.
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    }
                }
            };
            if let Ends::Break(close) = step {
                return Some(close);
            }
        }
    }

    fn check_token(&self) -> Ends {
        match &self.identity {
            Some(identity) if self.env.now() >= identity.geldig_tot => {
                Ends::Break(Close::forbidden("Token verlopen"))
            }
            Some(_) | None => Ends::Continue(()),
        }
    }

    /// None when the other side is gone.
    async fn sign_of_life(&mut self, socket: &mut WebSocket) -> Option<Ends> {
        if !std::mem::replace(&mut self.is_heard, false) {
            return None;
        }
        send(socket, Message::Ping(Default::default())).await
    }

    async fn hear(
        &mut self,
        socket: &mut WebSocket,
        (text, give): (&str, &mpsc::Sender<Answered>),
    ) -> Option<Ends> {
        match read(text) {
            Ok(Said::ConnectionInit { payload }) => {
                let found = self.init(authorization(payload.as_ref())).await;
                match found {
                    Ends::Continue(()) => send(socket, Say::ConnectionAck.message()).await,
                    ends @ Ends::Break(_) => Some(ends),
                }
            }
            Ok(Said::Subscribe { id, payload }) => self.begin(socket, (id, payload), give).await,
            Ok(Said::Complete { id }) => {
                if let Some(task) = self.operations.remove(&id) {
                    task.abort();
                }
                Some(Ends::Continue(()))
            }
            Ok(Said::Ping { payload }) => send(socket, Say::Pong { payload }.message()).await,
            Ok(Said::Pong {}) => Some(Ends::Continue(())),
            Err(close) => Some(Ends::Break(close)),
        }
    }

    /// Takes in who asks.
    async fn init(&mut self, authorization: Option<&str>) -> Ends {
        if self.is_ready {
            return Ends::Break(Close::too_many_inits());
        }
        if authorization.is_some() || self.identity.is_none() {
            let values = authorization.into_iter();
            match self.api.tokens.validate(values).await {
                Ok(identity) => self.identity = Some(identity),
                Err(_) => {
                    self.log_refused().await;
                    return Ends::Break(Close::forbidden("Geen geldig token"));
                }
            }
        }
        let Some(identity) = &self.identity else { return Ends::Break(Close::unauthorized()) };
        let own = self.env.watcher.sockets().take(&identity.subject);
        let Some(own) = own else { return Ends::Break(Close::try_later()) };
        self.seat = own;
        self.is_ready = true;
        Ends::Continue(())
    }

    /// That somebody came with a token that is not accepted is in the logbook, as over HTTP.
    async fn log_refused(&self) {
        let Some(herkomst) = &self.herkomst else { return };
        let asked = async {
            logboek::asks(None);
            ((), UNAUTHORIZED)
        };
        // It is refused all the same, and the logbook itself says that it fails.
        let _ = herkomst.operation(asked).await;
    }

    async fn begin(
        &mut self,
        socket: &mut WebSocket,
        (id, payload): (String, Value),
        give: &mpsc::Sender<Answered>,
    ) -> Option<Ends> {
        let identity = self.identity.clone().filter(|_| self.is_ready);
        let Some(identity) = identity else { return Some(Ends::Break(Close::unauthorized())) };
        if self.operations.contains_key(&id) {
            return Some(Ends::Break(Close::exists(&id)));
        }
        if self.operations.len() >= OPERATIONS_MAX {
            let error = async_graphql::Error::from(ProductError::TooMany);
            let error = error.into_server_error(async_graphql::Pos::default());
            let payload = &errors(error);
            return send(socket, Say::Error { id: &id, payload }.message()).await;
        }
        let asked = match body::parse_value(payload) {
            Ok(asked) => asked,
            Err(_) => return Some(Ends::Break(Close::bad_request("Invalid payload"))),
        };
        let operation = Operation {
            api: self.api.clone(),
            env: self.env.clone(),
            herkomst: self.herkomst.clone(),
            give: give.clone(),
            id: id.clone(),
        };
        self.operations.insert(id, self.tasks.spawn(operation.run(identity, asked)));
        Some(Ends::Continue(()))
    }

    /// Sends what an operation gave, unless it was ended meanwhile.
    async fn tell(&mut self, socket: &mut WebSocket, answered: Answered) -> Option<Ends> {
        let Answered { id, task, given } = answered;
        if self.operations.get(&id).is_none_or(|own| own.id() != task) {
            return Some(Ends::Continue(()));
        }
        match given {
            Given::Next(payload) => match RawValue::from_string(payload) {
                Ok(payload) => {
                    send(socket, Say::Next { id: &id, payload: &payload }.message()).await
                }
                Err(_) => Some(Ends::Continue(())),
            },
            Given::Refused(errors) => {
                self.operations.remove(&id);
                send(socket, Say::Error { id: &id, payload: &errors }.message()).await
            }
            Given::Complete => {
                self.operations.remove(&id);
                send(socket, Say::Complete { id: &id }.message()).await
            }
        }
    }

    /// An operation that broke down is ended; what a panic tells is for nobody outside.
    async fn ended(
        &mut self,
        socket: &mut WebSocket,
        ended: Result<(Id, ()), JoinError>,
    ) -> Option<Ends> {
        let broken = ended.err().filter(JoinError::is_panic);
        let Some(broken) = broken else { return Some(Ends::Continue(())) };
        tracing::error!("an operation of a socket panicked");
        let found = self.operations.iter().find(|(_, task)| task.id() == broken.id());
        let Some(id) = found.map(|(id, _)| id.clone()) else { return Some(Ends::Continue(())) };
        self.operations.remove(&id);
        let detail = "Er ging iets mis bij ons.".to_owned();
        let payload = &errors(refusal("INTERNE_FOUT", "Interne fout", 500, detail));
        send(socket, Say::Error { id: &id, payload }.message()).await
    }
}

/// Waits until everything must end.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Sends a message; none when the other side is gone, or takes too long.
async fn send(socket: &mut WebSocket, message: Message) -> Option<Ends> {
    let sent = timeout(SEND_LIMIT, socket.send(message)).await;
    sent.ok()?.ok().map(Ends::Continue)
}

/// One operation of a socket.
struct Operation {
    api: Api,
    env: Env,
    herkomst: Option<Herkomst>,
    give: mpsc::Sender<Answered>,
    id: String,
}

impl Operation {
    async fn run(self, identity: Identity, asked: body::Asked) {
        match self.begun(identity, asked).await {
            Ok(mut answers) => {
                while let Some(answer) = answers.next().await {
                    self.give(Given::Next(answer)).await;
                }
                self.give(Given::Complete).await;
            }
            Err(refused) => self.give(Given::Refused(refused)).await,
        }
    }

    /// Begins it, within the time of a request; its lines are in the logbook when this is done.
    async fn begun(&self, identity: Identity, asked: body::Asked) -> Result<Answers, Value> {
        let limit = self.env.settings.time_limit;
        let work = async {
            logboek::asks(Some(wie(&identity)));
            let begun = stream::begin(&self.api, &self.env, identity, asked);
            let begun = timeout(limit, begun).await.unwrap_or_else(|_| Err(too_slow()));
            let status = if begun.is_ok() { 200 } else { 400 };
            (begun, status)
        };
        match &self.herkomst {
            Some(herkomst) => herkomst.operation(work).await.unwrap_or_else(|_| Err(not_logged())),
            None => work.await.0,
        }
    }

    async fn give(&self, given: Given) {
        let Some(task) = tokio::task::try_id() else { return };
        // A socket that is gone takes nothing.
        let _ = self.give.send(Answered { id: self.id.clone(), task, given }).await;
    }
}

/// The errors of a refusal.
fn errors(error: ServerError) -> Value {
    answer::errors_of(GraphqlResponse::from_errors(vec![error]))
}

fn too_slow() -> Value {
    let detail = "Het antwoord was niet op tijd klaar; vraag minder ineens.".to_owned();
    errors(refusal("TE_LANG", "Antwoord duurde te lang", 504, detail))
}

fn not_logged() -> Value {
    let detail = "Dat u dit raadpleegt, kan nu niet worden vastgelegd; probeer het straks opnieuw.";
    let (code, title) = ("LOGBOEK_NIET_BESCHIKBAAR", "Tijdelijk niet beschikbaar");
    errors(refusal(code, title, 503, detail.to_owned()))
}
