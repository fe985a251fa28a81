//! The bijhouding API: every handeling on one screen. A handeling is a resource: `POST` on a noun
//! registers it. Paths, and the OpenAPI document, come from the same table.

mod abonnementen;
mod accept;
mod antwoord;
mod documents;
mod gebeurtenissen;
mod geschiedenis;
mod layers;
mod lijsten;
mod openapi;
mod parameters;
mod problem;
mod raadpleeg;
mod settings;
mod table;
mod verzoek;
mod zoek;

pub(crate) use raadpleeg::place;

use std::sync::Arc;
use std::time::Duration;

use access::TokenValidator;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse as _;
use axum::routing::{MethodRouter, get, post};
use clock::SharedClock;
use logboek::{Kanaal, Laag, Logboek};
use sqlx::PgPool;
use tokio::sync::Notify;
use utoipa::openapi::OpenApi;

use self::documents::DocumentError;
use self::problem::Problem;
use crate::handelingen::referentielijst::Beheerd;
use crate::register::geheel::{Deelweergave, Objectweergave};
use crate::register::zoek::Zoekvraag;
use crate::uitgaand::Netwerkbeleid;
use crate::uitgaand::cloudevent::Afzender;
use crate::uitgaand::webhook::verzending::Verzender;
use crate::uitvoering::{Handeling, Uitvoerder};

pub use settings::ApiSettings;

/// Where the API lives.
pub(crate) const BASE: &str = "/bijhouding/v1";
/// Largest request, in bytes.
const BODY_MAX_BYTES: usize = 1024 * 1024;
/// Longest time that one request may take.
const REQUEST_MAX: Duration = Duration::from_secs(15);

/// The methods of a path that is only read.
const READ: &str = "GET, HEAD";

/// What the API needs.
#[derive(Debug, Clone)]
pub struct Bijhouding {
    /// The database with the register and the log.
    pub pool: PgPool,
    /// Time and ids.
    pub clock: SharedClock,
    /// Whose tokens are accepted.
    pub validator: Arc<TokenValidator>,
    /// Poked after a commit, for a projector and a relay in the same process.
    pub committed: Vec<Arc<Notify>>,
    /// Who tells others what happened.
    pub afzender: Afzender,
    /// Where webhooks may go.
    pub beleid: Netwerkbeleid,
    /// What the municipality sets.
    pub settings: ApiSettings,
    /// Where it is kept what was done.
    pub logboek: Logboek,
}

/// Why the API could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum RouterError {
    /// The API could not be described.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Receivers of webhooks could not be known.
    #[error("the certificates of this machine cannot be read")]
    Certificates(#[from] reqwest::Error),
}

/// The state behind every path.
#[derive(Debug, Clone)]
pub(super) struct Api {
    uitvoerder: Uitvoerder,
    validator: Arc<TokenValidator>,
    afzender: Arc<Afzender>,
    verzender: Verzender,
}

/// Collects paths for the router and for the document.
struct Table {
    router: Router<Api>,
    document: OpenApi,
}

impl Table {
    /// A handeling on a path; `{id}` in the path names the object that it changes. `GET` on the same
    /// path is its history.
    fn handeling<H: Handeling>(mut self, path: &'static str) -> Self {
        openapi::add_handeling::<H>(&mut self.document, path);
        openapi::add_geschiedenis::<H>(&mut self.document, path);
        let route: MethodRouter<Api> = if path.contains("{id}") {
            post(verzoek::on_object::<H>).get(geschiedenis::on_object::<H>)
        } else {
            post(verzoek::on_collection::<H>).get(geschiedenis::on_collection::<H>)
        };
        self.route(path, route, "GET, HEAD, POST")
    }

    /// Reading the objects of a kind by key, and what was done to one.
    fn raadpleeg<O: Objectweergave>(mut self) -> Self {
        let soort = O::SOORT;
        let path = format!("{}/{{id}}", raadpleeg::collection(soort));
        openapi::add_raadpleeg::<O>(&mut self.document, &path);
        let history = format!("{path}/handelingen");
        openapi::add_objectgeschiedenis(&mut self.document, &history, soort);
        let done =
            move |state, id, uri, headers| geschiedenis::of_object(soort, state, id, uri, headers);
        self.route(&path, get(verzoek::raadpleeg::<O>), READ).route(&history, get(done), READ)
    }

    /// Reading one handeling by its key.
    fn handelingen(mut self) -> Self {
        openapi::add_raadpleeg_handeling(&mut self.document);
        self.route(geschiedenis::HANDELING, get(geschiedenis::one), READ)
    }

    /// Reading a part of an object by key.
    fn raadpleeg_deel<D: Deelweergave>(mut self) -> Self {
        let path = format!("{}/{{id}}", D::PAD);
        openapi::add_raadpleeg_deel::<D>(&mut self.document, &path);
        self.route(&path, get(verzoek::raadpleeg_deel::<D>), READ)
    }

    /// Keeping and reading a reference list.
    fn lijst<L: Beheerd>(self) -> Self {
        let paden = L::PADEN;
        let mut table = self
            .handeling::<L::Registreer>(paden.waarden)
            .waarde_handeling::<L, L::Corrigeer>(paden.correcties)
            .waarde_handeling::<L, L::Activeer>(paden.activeringen)
            .waarde_handeling::<L, L::Deactiveer>(paden.deactiveringen);
        openapi::add_raadpleeg_waarde::<L>(&mut table.document);
        let read =
            move |state, code, headers| lijsten::raadpleeg_waarde(L::LIJST, state, code, headers);
        table.route(paden.waarde, get(read), READ)
    }

    /// A handeling on a value of a list, which the path names by its code.
    fn waarde_handeling<L: Beheerd, H: Handeling>(mut self, path: &'static str) -> Self {
        openapi::add_handeling::<H>(&mut self.document, path);
        openapi::add_geschiedenis::<H>(&mut self.document, path);
        let doe =
            move |state, code, request| verzoek::on_waarde::<H>(L::LIJST, state, code, request);
        let done = move |state, code, uri, headers| {
            geschiedenis::on_waarde::<H>(L::LIJST, state, code, uri, headers)
        };
        self.route(path, post(doe).get(done), "GET, HEAD, POST")
    }

    /// Reading whole reference lists.
    fn lijsten(mut self) -> Self {
        openapi::add_haal_lijsten_op(&mut self.document);
        self.route(lijsten::LIJSTEN, get(lijsten::haal_op), READ)
    }

    /// A search, with its criteria in the body.
    fn zoek<Z: Zoekvraag>(mut self, path: &'static str) -> Self {
        openapi::add_zoek::<Z>(&mut self.document, path);
        self.route(path, post(zoek::zoek::<Z>), "POST")
    }

    fn route(mut self, path: &str, route: MethodRouter<Api>, allow: &'static str) -> Self {
        let other = move |state| verzoek::method_not_allowed(allow, state);
        self.router = self.router.route(path, route.fallback(other));
        self
    }
}

/// The bijhouding API.
///
/// # Errors
/// When its description cannot be written, or the certificates of this machine, with which receivers
/// of webhooks are known, cannot be read.
pub fn router(bijhouding: Bijhouding) -> Result<Router, RouterError> {
    let Bijhouding { pool, clock, validator, committed, afzender, beleid, settings, logboek } =
        bijhouding;
    let Table { router, document } = table::table();
    let document = openapi::published(document, &settings);
    let forms = documents::Forms::of(&document)?;
    let known = (Arc::clone(&clock), Arc::new(parameters::Known::of(&document)));
    let inzage_geldig = settings.inzage_geldig;
    let lijsten = Arc::default();
    let uitvoerder =
        Uitvoerder { pool, clock: Arc::clone(&clock), committed, lijsten, inzage_geldig };
    let verzender = Verzender::new(beleid)?;
    let api = Api { uitvoerder, validator, afzender: Arc::new(afzender), verzender };
    let operations = router
        .route_layer(from_fn_with_state(known, layers::known_parameters))
        .route_layer(from_fn_with_state(Arc::clone(&clock), layers::acceptable));
    let routes = layers::shared(operations, &settings.origins)
        .merge(documents::router(forms))
        .fallback(verzoek::not_found);
    // A nested router does not hear of its own path with a slash behind it.
    let page = Router::new().route(&format!("{BASE}/"), documents::page());
    let whole = Router::new().nest(BASE, layers::dress(routes, &clock));
    let whole = whole.merge(layers::dress(page, &clock));
    Ok(whole.layer(from_fn_with_state(laag(logboek, clock), logboek::logged)).with_state(api))
}

/// What keeps an answer back until it is recorded that it was given.
fn laag(logboek: Logboek, clock: SharedClock) -> Laag {
    let unavailable = move || layers::headed(Problem::not_logged(clock.new_id()).into_response());
    Laag { logboek, kanaal: Kanaal::Bijhouding, unavailable: Arc::new(unavailable) }
}

/// The OpenAPI document of the bijhouding API, as JSON, with the settings that nobody has changed.
///
/// # Errors
/// When the document cannot be written, which it always can.
pub fn openapi_json() -> Result<String, RouterError> {
    let document = openapi::published(table::table().document, &ApiSettings::default());
    Ok(documents::Forms::of(&document)?.json)
}
