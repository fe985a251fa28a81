//! The course of a demo: database, service, municipality, addresses and tokens, and the end.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::sync::{Arc, OnceLock};

use access::TokenValidator;
use clock::{SharedClock, SystemClock};
use graphql::Explorer;
use logboek::{Activiteiten, Logboek, LogboekSettings, Modus, Sleutels};
use projector::{EventSource, ProjectorSettings};
use sqlx::PgPool;
use tokio::net::TcpListener;
use write_side::uitgaand::kafka::KafkaSettings;
use write_side::{Afzender, ApiSettings, Netwerkbeleid};

use super::data::DemoDir;
use super::page::{self, Personas};
use super::personas::{Ids, Persona};
use super::progress::say;
use super::{DemoArgs, DemoError, play};
use crate::app::{App, Parts};
use crate::commands::{CommandError, ServeError, bind};
use crate::config::{Role, TokenArgsError, logboek_pool, own_logboek_keys};
use crate::database::{self, Database, Private};
use crate::issuer::Issuer;
use crate::kafka::KafkaTask;
use crate::migrations;
use crate::omgeving::{self, Omgeving};
use crate::shutdown::Stop;

/// Connections to the demo's database.
const CONNECTIONS: u32 = 20;

/// Runs the demo until a signal comes.
///
/// # Errors
/// When it does not start, or breaks off; whatever it started is stopped.
pub async fn run(args: DemoArgs) -> Result<(), CommandError> {
    allowed(&args).await?;
    let kafka = args.kafka.settings()?;
    let listener = bind(&args.http.listen).await?;
    let stop = Stop::on_signals().map_err(ServeError::Signals)?;
    say("Starting a private PostgreSQL");
    let private = database::start(args.data.dir()).await?;
    let dir = DemoDir::prepare(private.data_dir());
    let prepared = match dir {
        Ok(dir) => prepare(&private, &dir, args.reset).await.map(|played| (dir, played)),
        Err(error) => Err(error.into()),
    };
    let (dir, played) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            private.stop().await?;
            return Err(error);
        }
    };
    let database = Database::of_private(private, CONNECTIONS).await?;
    let demo = Demo {
        dir,
        played,
        settings: args.products.graphql(Omgeving::Ontwikkeling),
        rows: args.products.rows.inrichting(),
        sleutels: own_logboek_keys(&args.data.dir())?,
        kafka,
        stop,
    };
    let ran = demo.run(&database.pool, listener).await;
    let closed = database.close().await;
    ran?;
    closed?;
    say("The demo has stopped.");
    Ok(())
}

/// Refuses the demo where others could use it, or be told what is not so.
async fn allowed(args: &DemoArgs) -> Result<(), DemoError> {
    omgeving::demo_allowed(|name| std::env::var(name).ok())?;
    omgeving::loopback_only("the demo", &args.http.listen).await?;
    let brokers = args.kafka.kafka_brokers.as_deref().unwrap_or_default();
    let mut named = brokers.split(',').map(str::trim).filter(|broker| !broker.is_empty());
    let here = |broker: &str| {
        omgeving::is_loopback(broker.rsplit_once(':').map_or(broker, |(host, _)| host))
    };
    match named.find(|broker| !here(broker)) {
        Some(broker) => Err(DemoError::KafkaElsewhere { broker: broker.to_owned() }),
        None => Ok(()),
    }
}

/// Sees to it that there is a database, and that it holds the whole municipality or nothing. Gives
/// the personas of a municipality that is there.
async fn prepare(
    private: &Private,
    dir: &DemoDir,
    reset: bool,
) -> Result<Option<Ids>, CommandError> {
    let played = dir.played()?;
    let exists = database::exists(private).await?;
    let ours = !exists
        || database::purpose(private).await?.as_deref() == Some(database::DEMO)
        || database::is_blank(private).await?;
    if !ours {
        let dir = private.data_dir().to_owned();
        return Err(DemoError::ForeignDatabase { dir }.into());
    }
    if reset {
        say("Deleting the municipality of the earlier demo, as asked");
    } else if exists && played.is_none() {
        say("An earlier demo was broken off before its municipality was complete: beginning again");
    } else if exists {
        return Ok(played);
    }
    dir.forget_played()?;
    database::delete(private).await?;
    database::create(private, Some(database::DEMO)).await?;
    Ok(None)
}

/// A demo whose database is there.
struct Demo {
    dir: DemoDir,
    played: Option<Ids>,
    settings: graphql::Settings,
    rows: projector::products::Inrichting,
    sleutels: Sleutels,
    kafka: Option<KafkaSettings>,
    stop: Stop,
}

/// A demo tells receivers on this machine.
fn webhooks() -> Netwerkbeleid {
    let here = ["127.0.0.0/8", "::1/128"];
    let toegestaan = here.iter().filter_map(|network| network.parse().ok()).collect();
    Netwerkbeleid { http: true, toegestaan }
}

impl Demo {
    /// The logbook of a demo; nobody waits for it.
    fn logboek(&self, pool: &PgPool, clock: &SharedClock) -> Logboek {
        let settings = LogboekSettings {
            sleutels: self.sleutels.clone(),
            modus: Modus::Ruim,
            activiteiten: Activiteiten::default(),
        };
        let pool = logboek_pool(pool.connect_options().as_ref().clone());
        Logboek::start(pool, Arc::clone(clock), settings)
    }

    /// Serves until a signal comes.
    async fn run(self, pool: &PgPool, listener: TcpListener) -> Result<(), CommandError> {
        let clock: SharedClock = Arc::new(SystemClock);
        migrations::migrate(pool, &projector::products::all(&self.rows)).await?;
        let issuer = Arc::new(Issuer::generate(&*clock).map_err(DemoError::from)?);
        let ids = Arc::new(OnceLock::new());
        let personas = Personas {
            issuer: Arc::clone(&issuer),
            ids: Arc::clone(&ids),
            clock: Arc::clone(&clock),
        };
        let validator = TokenValidator::new(
            [issuer.token_settings().map_err(DemoError::from)?],
            Arc::clone(&clock),
        )
        .map_err(|error| ServeError::Tokens(TokenArgsError::Settings(error)))?;
        let base = base(&listener)?;
        let parts = Parts {
            pool: pool.clone(),
            clock: Arc::clone(&clock),
            validator: Arc::new(validator),
            omgeving: Omgeving::Ontwikkeling,
            roles: BTreeSet::from([Role::Write, Role::Project, Role::Graphql, Role::Relay]),
            project_from: EventSource::Log,
            graphql: graphql::Settings { explorer: Explorer::Demo, ..self.settings.clone() },
            rows: self.rows.clone(),
            projector: ProjectorSettings::default(),
            afzender: Afzender { basis_url: base.clone(), ..Afzender::default() },
            webhooks: webhooks(),
            api: ApiSettings::default(),
            demo: Some(page::router(personas)),
            logboek: Some(self.logboek(pool, &clock)),
        };
        let app = App::new(parts.clone())?;
        let stop = self.stop.clone();
        let kafka = KafkaTask::start(self.kafka.as_ref(), &parts, &stop)?;
        let (ran, shown) = tokio::join!(app.run(listener, &stop), async {
            let shown = self.show(pool, (&issuer, &ids), &clock, &base).await;
            if shown.is_err() {
                stop.trigger();
            }
            shown
        });
        let relayed = kafka.end(&stop).await;
        // When the service broke off, that is why the show could not go on.
        ran?;
        relayed?;
        shown
    }

    /// Plays if need be, tells how to look, and waits for the end.
    async fn show(
        &self,
        pool: &PgPool,
        (issuer, known): (&Issuer, &OnceLock<Ids>),
        clock: &SharedClock,
        base: &str,
    ) -> Result<(), CommandError> {
        let ready = self.ready(pool, issuer, clock, base);
        let ids = tokio::select! {
            // First: once the service stops, what is being played fails too.
            biased;
            () = self.stop.triggered() => {
                say("Stopped before the demo was ready.");
                return Ok(());
            }
            ids = ready => ids?,
        };
        let ids = known.get_or_init(|| ids);
        let _announced = self.dir.announce(issuer, ids)?;
        print_lines(issuer, ids, clock, base)?;
        self.stop.triggered().await;
        Ok(())
    }

    async fn ready(
        &self,
        pool: &PgPool,
        issuer: &Issuer,
        clock: &SharedClock,
        base: &str,
    ) -> Result<Ids, CommandError> {
        let ids = match &self.played {
            Some(ids) => {
                say("The municipality of the earlier demo is still there");
                ids.clone()
            }
            None => {
                let ids = play::play(base, issuer, clock).await?;
                self.dir.mark_played(&ids)?;
                ids
            }
        };
        say("Waiting until the information products are up to date");
        play::caught_up(pool, &projector::products::all(&self.rows), clock).await?;
        Ok(ids)
    }
}

fn base(listener: &TcpListener) -> Result<String, CommandError> {
    let address = listener
        .local_addr()
        .map_err(|source| ServeError::Listen { listen: "a free port".to_owned(), source })?;
    Ok(format!("http://{address}"))
}

/// The last lines: addresses and tokens, each on a line of its own.
fn print_lines(
    issuer: &Issuer,
    ids: &Ids,
    clock: &SharedClock,
    base: &str,
) -> Result<(), DemoError> {
    let mut text = format!(
        "\nGemeente Voorbeeldstad is open; Ctrl-C stops everything.\n\
         The tokens are good for an hour; `klantbeeld token PERSONA` prints a fresh one.\n\n\
         GraphiQL:        {base}/graphiql\n\
         Bijhouding API:  {base}/bijhouding/v1/\n"
    );
    for persona in Persona::ALL {
        let token = issuer.sign(persona.claims(ids), &**clock)?;
        // However long the name is, there is a space before what is to be copied.
        let name = format!("token {}: ", persona.code());
        text.push_str(&format!("{name:<19}{token}\n"));
    }
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(DemoError::Print)
}

#[cfg(test)]
mod tests {
    use clock::SystemClock;

    use super::*;

    #[test]
    fn the_mark_survives_and_is_forgotten() {
        let path = std::env::temp_dir().join(format!("demo-dir-{}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        let dir = DemoDir::prepare(&path).unwrap();
        assert_eq!(dir.played().unwrap(), None);
        let ids = Ids { kcc_team: clock::Clock::new_id(&SystemClock), ..Ids::default() };
        dir.mark_played(&ids).unwrap();
        assert_eq!(dir.played().unwrap(), Some(ids));
        dir.forget_played().unwrap();
        assert_eq!(dir.played().unwrap(), None);
        std::fs::remove_dir_all(&path).unwrap();
    }
}
