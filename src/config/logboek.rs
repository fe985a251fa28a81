//! Settings of the logbook: where it is, its keys, and what happens when it does not answer.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use logboek::{Activiteiten, LogboekSettings, Modus, SleutelError, Sleutels};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::DatabaseSettings;
use crate::database::DatabaseError;
use crate::omgeving::Omgeving;

/// The file of keys of a private server, in its data directory.
const OWN_KEYS: &str = "logboek.keys";
/// What its first key is called.
const FIRST_KEY: &str = "eerste";
/// Bytes of a secret.
const SECRET_BYTES: usize = 32;
/// Where the system gives random bytes.
const RANDOM: &str = "/dev/urandom";
/// Connections of the logbook: one writes, and one is left for who looks.
const CONNECTIONS: u32 = 2;
/// How long the logbook waits for a connection.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(2);

/// The logbook: whose data were processed, and what was done by whom.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Logbook")]
pub struct LogboekArgs {
    /// What happens when the logbook does not answer: nothing is shown (strikt), or it is shown and the
    /// loss is counted (ruim) [default: strikt, in development ruim]
    #[arg(long, env = "KLANTBEELD_LOGBOEK", value_name = "MODE", value_parser = modus())]
    pub logboek: Option<Modus>,

    /// Which verwerkingsactiviteit of the register an operation is part of, by commas
    #[arg(long, env = "KLANTBEELD_VERWERKINGSACTIVITEITEN", value_name = "OPERATION=ID")]
    #[arg(value_delimiter = ',', value_parser = activiteit)]
    pub verwerkingsactiviteiten: Vec<(String, String)>,

    /// Its keys.
    #[command(flatten)]
    pub keys: LogboekKeyArgs,

    /// Where it is.
    #[command(flatten)]
    pub place: LogboekPlaceArgs,
}

/// The keys of the logbook.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Logbook")]
pub struct LogboekKeyArgs {
    /// File with the keys of the logbook, the one that is used now first; `klantbeeld logboek sleutel`
    /// prints one [default: logboek.keys in the data directory of a private server]
    #[arg(long, env = "KLANTBEELD_LOGBOEK_KEYS", value_name = "FILE")]
    pub logboek_keys: Option<PathBuf>,
}

/// Where the logbook is.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Logbook")]
pub struct LogboekPlaceArgs {
    /// PostgreSQL for what is read; what is written is logged in the database itself, in the same
    /// transaction [default: the database]
    #[arg(long, env = "KLANTBEELD_LOGBOEK_URL", value_name = "URL", hide_env_values = true)]
    pub logboek_url: Option<String>,
}

/// Why the logbook cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogboekArgsError {
    /// There are no keys.
    #[error(
        "the logbook needs keys that are not in the database; make a file with `klantbeeld logboek \
         sleutel NAME > FILE` and name it with --logboek-keys (KLANTBEELD_LOGBOEK_KEYS)"
    )]
    NoKeys,
    /// The file cannot be read or made.
    #[error("the keys of the logbook in {path} cannot be read or made; check the path and who may")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file has no good keys.
    #[error("the keys of the logbook in {path} cannot be used")]
    Keys {
        /// The file.
        path: PathBuf,
        /// What is wrong with them.
        source: SleutelError,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes from {RANDOM}")]
    Random(#[source] io::Error),
}

impl LogboekArgs {
    /// The settings as the logbook takes them.
    ///
    /// # Errors
    /// When there are no keys to use.
    pub fn settings(
        &self,
        database: &DatabaseSettings,
        omgeving: Omgeving,
    ) -> Result<LogboekSettings, LogboekArgsError> {
        let modus = match omgeving {
            Omgeving::Productie => Modus::Strikt,
            Omgeving::Ontwikkeling => Modus::Ruim,
        };
        let given: BTreeMap<String, String> = self
            .verwerkingsactiviteiten
            .iter()
            .filter(|(name, _)| !name.is_empty())
            .cloned()
            .collect();
        Ok(LogboekSettings {
            sleutels: self.keys.sleutels(database)?,
            modus: self.logboek.unwrap_or(modus),
            activiteiten: Activiteiten::new(given),
        })
    }
}

impl LogboekKeyArgs {
    /// The keys: of the file that was named, or else those of a private server, which are made when
    /// they are not there.
    ///
    /// # Errors
    /// When there are none to use.
    pub fn sleutels(&self, database: &DatabaseSettings) -> Result<Sleutels, LogboekArgsError> {
        let named = self.logboek_keys.as_ref().filter(|path| !path.as_os_str().is_empty());
        match (named, database.url()) {
            (Some(path), _) => read(path),
            (None, Some(_)) => Err(LogboekArgsError::NoKeys),
            (None, None) => own(&database.data.dir()),
        }
    }
}

impl LogboekPlaceArgs {
    /// Connections to the logbook, when it has a database of its own.
    ///
    /// # Errors
    /// When the URL has not the form of one.
    pub fn pool(&self) -> Result<Option<PgPool>, DatabaseError> {
        let Some(url) = self.logboek_url.as_ref().filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        let options = PgConnectOptions::from_str(url).map_err(DatabaseError::Url)?;
        Ok(Some(pool(options)))
    }
}

/// A pool for the logbook alone, so that it never waits for who asks.
pub(crate) fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(ACQUIRE_LIMIT)
        .connect_lazy_with(options)
}

/// A line for a file of keys, with a new secret.
///
/// # Errors
/// When the system gives no random bytes.
pub(crate) fn new_key(naam: &str) -> Result<String, LogboekArgsError> {
    let mut secret = [0; SECRET_BYTES];
    let filled = File::open(RANDOM).and_then(|mut random| random.read_exact(&mut secret));
    filled.map_err(LogboekArgsError::Random)?;
    Ok(Sleutels::line(naam, secret))
}

fn read(path: &Path) -> Result<Sleutels, LogboekArgsError> {
    let file = |source| LogboekArgsError::File { path: path.to_owned(), source };
    let text = std::fs::read_to_string(path).map_err(file)?;
    let keys = |source| LogboekArgsError::Keys { path: path.to_owned(), source };
    Sleutels::parse(&text).map_err(keys)
}

/// The keys of a private server.
pub(crate) fn own(data_dir: &Path) -> Result<Sleutels, LogboekArgsError> {
    let path = data_dir.join(OWN_KEYS);
    let file = |source| LogboekArgsError::File { path: path.clone(), source };
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut made) => writeln!(made, "{}", new_key(FIRST_KEY)?).map_err(file)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(file(error)),
    }
    read(&path)
}

fn modus() -> impl TypedValueParser<Value = Modus> {
    PossibleValuesParser::new(["strikt", "ruim"]).map(|text| match text.as_str() {
        "ruim" => Modus::Ruim,
        // The parser lets nothing else through.
        _ => Modus::Strikt,
    })
}

/// An operation with its activity. A variable that is set to nothing names none.
fn activiteit(text: &str) -> Result<(String, String), String> {
    let given = match text.split_once('=') {
        None if text.is_empty() => Some((String::new(), String::new())),
        None => None,
        Some((name, id)) => Some((name.trim().to_owned(), id.trim().to_owned()))
            .filter(|(name, id)| !name.is_empty() && !id.is_empty()),
    };
    given.ok_or_else(|| "give klantbeeld=https://register.example.nl/activiteit".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Only {
        #[command(flatten)]
        logboek: LogboekArgs,
        #[command(flatten)]
        database: DatabaseSettings,
    }

    fn settings(omgeving: Omgeving, args: &[&str]) -> Result<LogboekSettings, LogboekArgsError> {
        let only = Only::parse_from(std::iter::once(&"klantbeeld").chain(args));
        only.logboek.settings(&only.database, omgeving)
    }

    #[test]
    fn keys_are_demanded_where_the_database_is_somebody_elses() {
        let url = "--database-url=postgres://db.example.nl/x";
        let refused = settings(Omgeving::Productie, &[url]);
        assert!(matches!(refused, Err(LogboekArgsError::NoKeys)), "{refused:?}");
        let absent = settings(Omgeving::Productie, &[url, "--logboek-keys=/nowhere/keys"]);
        assert!(matches!(absent, Err(LogboekArgsError::File { .. })), "{absent:?}");
    }

    #[test]
    fn a_private_server_keeps_its_keys_and_production_is_strict() {
        let dir = std::env::temp_dir().join(format!("logboek-keys-{}", std::process::id()));
        std::fs::create_dir(&dir).unwrap();
        let data_dir = format!("--data-dir={}", dir.display());
        let activiteit = "--verwerkingsactiviteiten=klantbeeld=https://register.example.nl/1";
        let first = settings(Omgeving::Productie, &[&data_dir, activiteit]).unwrap();
        let again = settings(Omgeving::Ontwikkeling, &[&data_dir]).unwrap();
        let partij = uuid::Uuid::from_u128(7);
        assert_eq!(first.sleutels.pseudoniem(partij), again.sleutels.pseudoniem(partij));
        assert_eq!((first.modus, again.modus), (Modus::Strikt, Modus::Ruim));
        assert_eq!(first.activiteiten.of("klantbeeld"), "https://register.example.nl/1");
        std::fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn an_activity_has_an_operation_and_a_name() {
        assert!(activiteit("klantbeeld=urn:x").is_ok() && activiteit("").is_ok());
        for wrong in ["klantbeeld", "klantbeeld=", "=urn:x"] {
            assert!(activiteit(wrong).is_err(), "{wrong}");
        }
    }
}
