//! The bijhouding API: every handeling on one screen. A handeling is a resource: `POST` on a noun
//! registers it. Paths, and the OpenAPI document, come from the same table.

mod antwoord;
mod openapi;
mod problem;
mod raadpleeg;
mod verzoek;

use std::sync::Arc;
use std::time::Duration;

use access::TokenValidator;
use axum::Router;
use axum::routing::{MethodRouter, get, post};
use clock::SharedClock;
use events::Objectsoort;
use sqlx::PgPool;
use tokio::sync::Notify;
use utoipa::openapi::OpenApi;

pub(crate) use raadpleeg::collection;

use crate::handelingen::actor::{
    RegistreerGeautomatiseerdeActor, RegistreerMedewerker, RegistreerOrganisatorischeEenheid,
};
use crate::handelingen::betrokkene::{KoppelPartijAanBetrokkene, OntkoppelPartijVanBetrokkene};
use crate::handelingen::bijlage::RegistreerBijlage;
use crate::handelingen::interne_taak::{
    CorrigeerInterneTaak, HeropenInterneTaak, MarkeerInterneTaakVerwerkt, RegistreerInterneTaak,
    WijsInterneTaakToe,
};
use crate::handelingen::klantcontact::{
    RegistreerBinnenkomendTelefoongesprek, RegistreerKeukentafelgesprek, RegistreerKlantcontact,
};
use crate::handelingen::onderwerpobject::RegistreerOnderwerpobject;
use crate::handelingen::partij::{
    RegistreerContactpersoon, RegistreerOrganisatie, RegistreerPersoon,
};
use crate::handelingen::vertegenwoordiging::RegistreerVertegenwoordiging;
use crate::handelingen::wijzig_partij::{WijzigContactpersoon, WijzigOrganisatie, WijzigPersoon};
use crate::uitvoering::{Handeling, Uitvoerder};

/// Where the API lives.
pub(crate) const BASE: &str = "/bijhouding/v1";
/// Largest request, in bytes.
const BODY_MAX_BYTES: usize = 1024 * 1024;
/// Longest time that one request may take.
const REQUEST_MAX: Duration = Duration::from_secs(15);

/// What the API needs.
#[derive(Debug, Clone)]
pub struct Bijhouding {
    /// The database with the register and the log.
    pub pool: PgPool,
    /// Time and ids.
    pub clock: SharedClock,
    /// Whose tokens are accepted.
    pub validator: Arc<TokenValidator>,
    /// Poked after a commit, each for one part in the same process that reads the log.
    pub committed: Vec<Arc<Notify>>,
}

/// The state behind every path.
#[derive(Debug, Clone)]
pub(super) struct Api {
    uitvoerder: Uitvoerder,
    validator: Arc<TokenValidator>,
}

/// Collects paths for the router and for the document.
struct Table {
    router: Router<Api>,
    document: OpenApi,
}

impl Table {
    /// A handeling on a path; `{id}` in the path names the object that it changes.
    fn handeling<H: Handeling>(mut self, path: &'static str) -> Self {
        openapi::add_handeling::<H>(&mut self.document, path);
        let route: MethodRouter<Api> = if path.contains("{id}") {
            post(verzoek::on_object::<H>)
        } else {
            post(verzoek::on_collection::<H>)
        };
        self.route(path, route, "POST")
    }

    /// Reading the objects of a kind by key.
    fn raadpleeg(mut self, soort: Objectsoort) -> Self {
        let path = format!("{}/{{id}}", raadpleeg::collection(soort));
        openapi::add_raadpleeg(&mut self.document, &path, soort);
        let read = move |state, id, headers| verzoek::raadpleeg(soort, state, id, headers);
        self.route(&path, get(read), "GET")
    }

    fn route(mut self, path: &str, route: MethodRouter<Api>, allow: &'static str) -> Self {
        let other = move |state| verzoek::method_not_allowed(allow, state);
        self.router = self.router.route(path, route.fallback(other));
        self
    }
}

fn table() -> Table {
    Table { router: Router::new(), document: openapi::begin() }
        .handeling::<RegistreerPersoon>("/personen")
        .handeling::<WijzigPersoon>("/personen/{id}/wijzigingen")
        .handeling::<RegistreerOrganisatie>("/organisaties")
        .handeling::<WijzigOrganisatie>("/organisaties/{id}/wijzigingen")
        .handeling::<RegistreerContactpersoon>("/contactpersonen")
        .handeling::<WijzigContactpersoon>("/contactpersonen/{id}/wijzigingen")
        .raadpleeg(Objectsoort::Partij)
        .handeling::<RegistreerVertegenwoordiging>("/vertegenwoordigingen")
        .raadpleeg(Objectsoort::Vertegenwoordiging)
        .handeling::<RegistreerMedewerker>("/medewerkers")
        .handeling::<RegistreerOrganisatorischeEenheid>("/organisatorische-eenheden")
        .handeling::<RegistreerGeautomatiseerdeActor>("/geautomatiseerde-actoren")
        .raadpleeg(Objectsoort::Actor)
        .handeling::<RegistreerKlantcontact>("/klantcontacten")
        .handeling::<RegistreerBinnenkomendTelefoongesprek>("/binnenkomende-telefoongesprekken")
        .handeling::<RegistreerKeukentafelgesprek>("/keukentafelgesprekken")
        .raadpleeg(Objectsoort::Klantcontact)
        .handeling::<RegistreerOnderwerpobject>("/klantcontacten/{id}/onderwerpobjecten")
        .handeling::<RegistreerBijlage>("/klantcontacten/{id}/bijlagen")
        .handeling::<KoppelPartijAanBetrokkene>("/betrokkenen/{id}/partijkoppelingen")
        .handeling::<OntkoppelPartijVanBetrokkene>("/betrokkenen/{id}/partijontkoppelingen")
        .handeling::<RegistreerInterneTaak>("/interne-taken")
        .raadpleeg(Objectsoort::InterneTaak)
        .handeling::<CorrigeerInterneTaak>("/interne-taken/{id}/correcties")
        .handeling::<WijsInterneTaakToe>("/interne-taken/{id}/toewijzingen")
        .handeling::<MarkeerInterneTaakVerwerkt>("/interne-taken/{id}/afhandelingen")
        .handeling::<HeropenInterneTaak>("/interne-taken/{id}/heropeningen")
}

/// The bijhouding API.
pub fn router(bijhouding: Bijhouding) -> Router {
    let Bijhouding { pool, clock, validator, committed } = bijhouding;
    let api = Api { uitvoerder: Uitvoerder { pool, clock, committed }, validator };
    let document = get(openapi::serve).fallback(|state| verzoek::method_not_allowed("GET", state));
    let routes = table()
        .router
        .route("/openapi.json", document)
        .fallback(verzoek::not_found)
        .layer(axum::middleware::from_fn_with_state(api.clone(), verzoek::bounds))
        .with_state(api.clone());
    // A nested router does not hear of its own path with a slash behind it.
    let slash = axum::routing::any(verzoek::not_found)
        .layer(axum::middleware::from_fn_with_state(api.clone(), verzoek::bounds))
        .with_state(api);
    Router::new().nest(BASE, routes).route(&format!("{BASE}/"), slash)
}

/// The OpenAPI document of the bijhouding API, as JSON.
///
/// # Errors
/// When the document cannot be written as JSON, which it always can.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    table().document.to_pretty_json()
}
