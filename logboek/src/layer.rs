//! Around an interface: a request gets its place in a trace, and its answer leaves when its lines are
//! kept.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::lines::Kanaal;
use crate::request::Verzoek;
use crate::trace::{Spoor, TRACEPARENT};
use crate::writer::Logboek;

/// What [`logged`] needs, as state of the middleware.
#[derive(Clone)]
pub struct Laag {
    /// The logbook.
    pub logboek: Logboek,
    /// Which interface it goes around.
    pub kanaal: Kanaal,
    /// What is answered when the lines could not be kept.
    pub unavailable: Arc<dyn Fn() -> Response + Send + Sync>,
}

/// The middleware. It goes outside whatever catches panics, so that these are logged too.
pub async fn logged(State(laag): State<Laag>, request: Request, next: Next) -> Response {
    let spoor = Spoor::of(request.headers(), laag.logboek.clock());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let oorsprong = peer.map(|ConnectInfo(address)| address.ip().to_string());
    let verzoek = Arc::new(Verzoek::new(laag.logboek.clone(), spoor, laag.kanaal, oorsprong));
    if let Some(path) = request.extensions().get::<MatchedPath>() {
        // Until it is known which operation that is. A pattern: keys in it have no value.
        verzoek.on_path(&format!("{} {}", request.method(), path.as_str()));
    }
    let response = verzoek.scope(next.run(request)).await;
    let mut response = match verzoek.lines(response.status().as_u16()) {
        None => response,
        Some(regels) => match laag.logboek.write(regels).await {
            Ok(()) => response,
            Err(error) => {
                tracing::error!(%error, "an answer was held back");
                (laag.unavailable)()
            }
        },
    };
    if let Some(header) = spoor.header() {
        response.headers_mut().insert(TRACEPARENT, header);
    }
    response
}
