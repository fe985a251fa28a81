//! The whole service on a database of its own, spoken to over HTTP.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use access::TokenValidator;
use axum::Router;
use clock::{Clock, SharedClock, SystemClock};
use graphql::AppSchema;
use klantbeeld::app::Parts;
use klantbeeld::config::Role;
use klantbeeld::omgeving::Omgeving;
use logboek::{Activiteiten, Logboek, LogboekSettings, Modus, Sleutels};
use projector::products::Inrichting;
use projector::{EventSource, Projector, ProjectorSettings};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Postgres, Transaction};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use uuid::Uuid;
use write_side::{Afzender, ApiSettings, Bijhouding, Netwerkbeleid};

use super::server::{TestDatabase, database};
use super::tokens::{Issuer, Persona};
use super::wait::until;

/// Draws a position in the log and keeps it open; gives the transaction that does, and its backend.
pub async fn open_gap(app: &App) -> (Transaction<'static, Postgres>, i32) {
    let mut slow = app.pool().begin().await.expect("a transaction");
    let pid =
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *slow).await.expect("a pid");
    sqlx::query(
        "INSERT INTO write_side.gebeurtenissen (gebeurtenis_id, handeling_id, objectsoort,
             object_id, versie, soort, schemaversie, data, tijdstip)
         SELECT gen_random_uuid(), handeling_id, objectsoort, gen_random_uuid(), versie, soort,
             schemaversie, data, tijdstip FROM write_side.gebeurtenissen LIMIT 1",
    )
    .execute(&mut *slow)
    .await
    .expect("an event");
    (slow, pid)
}

/// An answer of the bijhouding API.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: reqwest::header::HeaderMap,
    /// Body; null when it is no JSON.
    pub body: Value,
}

impl Answer {
    /// The key of the main object.
    pub fn id(&self) -> Uuid {
        self.nth("", 0)
    }

    /// The key of the n-th object of a soort; the empty soort is any.
    pub fn nth(&self, soort: &str, index: usize) -> Uuid {
        let objects = self.body["objecten"].as_array().unwrap_or_else(|| panic!("{self:#?}"));
        let mut found = objects
            .iter()
            .filter(|object| soort.is_empty() || object["soort"] == soort)
            .map(|object| object["id"].as_str().expect("an id").parse().expect("a UUID"));
        found.nth(index).unwrap_or_else(|| panic!("no {soort} {index} in {:#}", self.body))
    }

    /// The number of the main object.
    pub fn nummer(&self) -> &str {
        self.body["objecten"][0]["nummer"].as_str().expect("a number")
    }

    /// The faults: field and code of each.
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let params = self.body["invalidParams"].as_array().cloned().unwrap_or_default();
        params.iter().map(|fault| (text(&fault["name"]), text(&fault["code"]))).collect()
    }
}

/// The service.
pub struct App {
    /// Its database.
    pub database: TestDatabase,
    /// Its issuer.
    pub issuer: Issuer,
    /// Its clock.
    pub clock: SharedClock,
    /// The documents that it answers; nothing of their use is written but when a test says so.
    pub documents: Arc<graphql::Documents>,
    base: String,
    client: Client,
    systeem: String,
    router: Router,
    _stop: Option<watch::Sender<bool>>,
}

impl App {
    /// Starts the service: HTTP on a free port, and a projector.
    pub async fn start() -> Self {
        Self::start_with(graphql::Settings::default()).await
    }

    /// The same with settings for GraphQL.
    pub async fn start_with(settings: graphql::Settings) -> Self {
        let committed = Arc::new(Notify::new());
        let api = ApiSettings::default();
        let committed_here = vec![Arc::clone(&committed)];
        let inrichting = Inrichting {
            termijn: settings.termijn.clone(),
            verborgen_kanalen: settings.verborgen_kanalen.clone(),
            ..Inrichting::default()
        };
        let app = Self::serve(database().await, settings, committed_here, api).await;
        let (pool, clock) = (app.pool().clone(), Arc::clone(&app.clock));
        let stop = start_projector(pool, clock, Some(committed), &inrichting);
        Self { _stop: Some(stop), ..app }
    }

    /// The same without a projector.
    pub async fn start_without_projector() -> Self {
        Self::on(database().await).await
    }

    /// The same with settings for the bijhouding API.
    pub async fn start_with_api(api: ApiSettings) -> Self {
        Self::serve(database().await, graphql::Settings::default(), Vec::new(), api).await
    }

    /// The service on a database that is there already, without a projector.
    pub async fn on(database: TestDatabase) -> Self {
        let settings = graphql::Settings::default();
        Self::serve(database, settings, Vec::new(), ApiSettings::default()).await
    }

    /// The service, without a projector, for the tokens that this validator accepts.
    pub async fn trusting(validator: Arc<TokenValidator>) -> Self {
        let (database, settings) = (database().await, graphql::Settings::default());
        Self::serve_to(validator, database, settings, Vec::new(), ApiSettings::default()).await
    }

    async fn serve(
        database: TestDatabase,
        settings: graphql::Settings,
        committed: Vec<Arc<Notify>>,
        api: ApiSettings,
    ) -> Self {
        let clock: SharedClock = Arc::new(SystemClock);
        let validator = Issuer::new(&clock).validator(&clock);
        Self::serve_to(validator, database, settings, committed, api).await
    }

    async fn serve_to(
        validator: Arc<TokenValidator>,
        database: TestDatabase,
        settings: graphql::Settings,
        committed: Vec<Arc<Notify>>,
        api: ApiSettings,
    ) -> Self {
        let clock: SharedClock = Arc::new(SystemClock);
        let issuer = Issuer::new(&clock);
        let pool = database.pool().clone();
        let logboek = logboek_of(&pool, &clock);
        let bijhouding = Bijhouding {
            pool: pool.clone(),
            clock: Arc::clone(&clock),
            validator: Arc::clone(&validator),
            committed,
            afzender: Afzender::default(),
            beleid: loopback(),
            settings: api,
            logboek: logboek.clone(),
        };
        let documents = Arc::new(graphql::Documents::new(pool.clone(), Arc::clone(&clock)));
        let schema = graphql::schema(pool, settings, Arc::clone(&clock));
        let router = write_side::router(bijhouding).expect("an API").merge(graphql::router(
            schema,
            Arc::clone(&documents),
            validator,
            logboek,
        ));
        let served = router.clone().into_make_service_with_connect_info::<SocketAddr>();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, served).await });
        let systeem = issuer.token(&Persona::systeem());
        let client = Client::new();
        Self { database, issuer, clock, documents, base, client, systeem, router, _stop: None }
    }

    /// Its address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// What it serves, for a request that no client of HTTP would send.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Its interface without HTTP before it, for who is judged in another way than by a token.
    pub fn schema(&self) -> AppSchema {
        let settings = graphql::Settings::default();
        graphql::schema(self.pool().clone(), settings, Arc::clone(&self.clock))
    }

    /// What the program makes a service of, beside this one and of questions only.
    pub fn parts(&self, graphql: graphql::Settings) -> Parts {
        Parts {
            omgeving: Omgeving::Productie,
            projector: ProjectorSettings::default(),
            project_from: EventSource::Log,
            pool: self.pool().clone(),
            clock: Arc::clone(&self.clock),
            validator: self.issuer.validator(&self.clock),
            roles: BTreeSet::from([Role::Graphql]),
            graphql,
            rows: Inrichting::default(),
            afzender: Afzender::default(),
            webhooks: loopback(),
            api: ApiSettings::default(),
            demo: None,
            logboek: Some(self.logboek()),
        }
    }

    /// A logbook in its database.
    pub fn logboek(&self) -> Logboek {
        logboek_of(self.pool(), &self.clock)
    }

    /// Its pool.
    pub fn pool(&self) -> &PgPool {
        self.database.pool()
    }

    /// A request to a path of the service, without a token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// A request to the bijhouding API by somebody who may do everything.
    pub fn bijhouding(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, &format!("/bijhouding/v1{path}")).bearer_auth(&self.systeem)
    }

    /// Does a handeling, whatever comes of it.
    pub async fn try_post(&self, path: &str, body: Value) -> Answer {
        answer(self.bijhouding(Method::POST, path).json(&body)).await
    }

    /// Does a handeling as somebody, whatever comes of it.
    pub async fn try_post_as(&self, who: &Persona, path: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, &format!("/bijhouding/v1{path}"));
        answer(request.bearer_auth(self.issuer.token(who)).json(&body)).await
    }

    /// Does a handeling that must be done.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let answer = self.try_post(path, body).await;
        assert!(answer.status.is_success(), "{path}: {} {:#}", answer.status, answer.body);
        answer
    }

    /// Does a handeling that must be refused, with no trace in register or log; gives the faults.
    pub async fn refused(&self, path: &str, body: Value) -> (u16, Vec<(String, String)>) {
        let before = self.traces().await;
        let answer = self.try_post(path, body).await;
        assert!(answer.status.is_client_error(), "{path}: {} {:#}", answer.status, answer.body);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(self.traces().await, before, "a refused handeling left a trace");
        (answer.status.as_u16(), answer.faults())
    }

    /// Number of rows in every table of the write side.
    async fn traces(&self) -> Vec<(String, i64)> {
        sqlx::query_as(
            "SELECT relname::text, (xpath('/row/c/text()', query_to_xml(
                 format('SELECT count(*) AS c FROM write_side.%I', relname), false, true, '')
             ))[1]::text::bigint
             FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
             WHERE nspname = 'write_side' AND relkind = 'r' ORDER BY 1",
        )
        .fetch_all(self.pool())
        .await
        .expect("counts")
    }

    /// Reads an object of the register.
    pub async fn get(&self, path: &str) -> Answer {
        answer(self.bijhouding(Method::GET, path)).await
    }

    /// A request to the bijhouding API by somebody.
    pub async fn als(
        &self,
        who: &Persona,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let request = self.request(method, &format!("/bijhouding/v1{path}"));
        let request = request.bearer_auth(self.issuer.token(who));
        answer(body.iter().fold(request, |request, body| request.json(body))).await
    }

    /// Asks a GraphQL question as somebody, after the projection has caught up; gives `data`.
    pub async fn ask(&self, who: &Persona, query: &str, variables: Value) -> Value {
        let answer = self.try_ask(who, query, variables).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].clone()
    }

    /// Asks a GraphQL question as somebody; gives the whole answer.
    pub async fn try_ask(&self, who: &Persona, query: &str, variables: Value) -> Value {
        self.settled().await;
        self.ask_at_once(who, query, variables).await
    }

    /// The same without waiting for what was written.
    pub async fn ask_at_once(&self, who: &Persona, query: &str, variables: Value) -> Value {
        let request = self
            .request(Method::POST, graphql::PATH)
            .bearer_auth(self.issuer.token(who))
            .json(&json!({ "query": query, "variables": variables }));
        answer(request).await.body
    }

    /// Waits until every product has all that the log has.
    pub async fn settled(&self) {
        settled(self.pool()).await;
    }

    /// The event types that were recorded after a position, in order.
    pub async fn events_after(&self, positie: i64) -> Vec<String> {
        let sql = "SELECT soort FROM write_side.gebeurtenissen WHERE positie > $1 ORDER BY positie";
        sqlx::query_scalar(sql).bind(positie).fetch_all(self.pool()).await.expect("events")
    }

    /// The last position of the log.
    pub async fn positie(&self) -> i64 {
        let sql = "SELECT COALESCE(max(positie), 0) FROM write_side.gebeurtenissen";
        sqlx::query_scalar(sql).fetch_one(self.pool()).await.expect("a position")
    }
}

/// Keys of a logbook, as their file has them.
pub const LOGBOEK_KEYS: &str =
    "test 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

/// What a logbook of the tests is made of.
pub fn logboek_settings(modus: Modus) -> LogboekSettings {
    let sleutels = Sleutels::parse(LOGBOEK_KEYS).expect("keys");
    LogboekSettings { sleutels, modus, activiteiten: Activiteiten::default() }
}

/// A strict logbook in this database, with connections of its own as in the program.
fn logboek_of(pool: &PgPool, clock: &SharedClock) -> Logboek {
    let options = pool.connect_options().as_ref().clone();
    let own = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
    Logboek::start(own, Arc::clone(clock), logboek_settings(Modus::Strikt))
}

/// Webhooks may go to receivers of the tests.
pub fn loopback() -> Netwerkbeleid {
    Netwerkbeleid { http: true, toegestaan: vec!["127.0.0.0/8".parse().expect("a network")] }
}

/// Starts a projector of all products; it stops when the sender is dropped.
fn start_projector(
    pool: PgPool,
    clock: Arc<dyn Clock>,
    wake: Option<Arc<Notify>>,
    inrichting: &Inrichting,
) -> watch::Sender<bool> {
    let (stop, stopped) = watch::channel(false);
    let settings = ProjectorSettings { wake, ..ProjectorSettings::default() };
    let products = projector::products::all(inrichting);
    let projector = Projector::new(pool, clock, products, settings);
    tokio::spawn(async move {
        projector.run(stopped).await.expect("the projector goes on");
    });
    stop
}

/// Waits until every product has all that the log has.
pub async fn settled(pool: &PgPool) {
    until("the projection to catch up", || settled_now(pool)).await;
}

/// Whether every product has all that the log has.
pub async fn settled_now(pool: &PgPool) -> Option<()> {
    let behind: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM projector.checkpoints
         WHERE positie < (SELECT COALESCE(max(positie), 0) FROM write_side.gebeurtenissen)
            OR jsonb_array_length(COALESCE(cursor->'gaps', '[]')) > 0",
    )
    .fetch_one(pool)
    .await
    .expect("checkpoints");
    (behind == 0).then_some(())
}

/// Sends a request.
pub async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.json().await.unwrap_or(Value::Null);
    Answer { status, headers, body }
}
