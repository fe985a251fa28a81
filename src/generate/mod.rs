//! `klantbeeld generate`: a municipality of any size, made up from a seed, in an empty database.
//!
//! Two halves work at the same time. One makes things up and does the handelingen in memory, by the
//! write side's own rules; the other copies what they record. See docs/generate.md.

mod agenda;
mod contacten;
mod gemeente;
mod inschrijving;
mod klanten;
mod klok;
mod organisatie;
mod taken;

use std::time::{Duration, Instant};

use chrono::NaiveDate;
use clap::Args;
use clock::{Clock as _, SystemClock};
use sqlx::{AssertSqlSafe, PgPool};
use tokio::sync::mpsc;
use tokio::task::{JoinError, spawn_blocking};
use write_side::vulling::{Deel, Lading, Pakket, Vervolg, Vulling, VullingError};

use gemeente::Gemeente;
pub use gemeente::Omvang;

use crate::config::DatabaseSettings;

/// Rows are copied when so many bytes wait.
const PAKKET_BYTES: usize = 16 * 1024 * 1024;
/// Packets that may wait for the database; whoever makes things up waits for it then.
const PAKKETTEN: usize = 2;
/// The day after the last one, unless another is given: a fixed one, so that the same arguments give
/// the same events whenever they are given.
const TOT: &str = "2026-01-01";

/// What to make up, and where to.
#[derive(Debug, Clone, Args)]
pub struct GenerateArgs {
    /// Inhabitants of the municipality
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    pub inwoners: u32,

    /// Years of contacts
    #[arg(long, value_name = "Y", default_value_t = 5)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=50))]
    pub jaren: u32,

    /// Where chance begins: another number gives other people, and other keys
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,

    /// The day after the last one
    #[arg(long, value_name = "DATE", default_value = TOT)]
    pub tot: NaiveDate,

    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,
}

impl GenerateArgs {
    /// What is made up.
    #[must_use]
    pub const fn omvang(&self) -> Omvang {
        Omvang { inwoners: self.inwoners, jaren: self.jaren, tot: self.tot, seed: self.seed }
    }
}

/// Why no municipality was made up. The database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// Handelingen of the service would lie before those that were made up.
    #[error("--tot {0} lies in the future: give a day up to today")]
    Toekomst(NaiveDate),
    /// The database was not filled.
    #[error(transparent)]
    Vulling(#[from] VullingError),
    /// Nobody takes what is made up any more: the other half says why.
    #[error("the rows could not be handed over")]
    Gestopt,
    /// The tables were filled, but not looked through for the planner.
    #[error("the database is filled, but VACUUM ANALYZE failed; run it yourself")]
    Analyse(#[source] sqlx::Error),
    /// A part of it panicked.
    #[error("a part of it broke down")]
    Broken(#[from] JoinError),
}

/// Hears how far it is.
pub trait Voortgang {
    /// So many klanten and contacts of all are written.
    fn geschreven(&self, done: u64, total: u64);
    /// So many indexes of all are made.
    fn geindexeerd(&self, done: usize, total: usize);
}

/// What was made up.
#[derive(Debug, Clone, Copy)]
pub struct Verslag {
    /// Events in the log.
    pub gebeurtenissen: u64,
    /// How long making up and copying took.
    pub schrijven: Duration,
    /// How long indexes and references took.
    pub indexeren: Duration,
    /// How long PostgreSQL's own housekeeping took.
    pub analyseren: Duration,
}

/// Rows to copy, and how far the municipality is with them.
struct Zending {
    pakket: Pakket,
    stappen: u64,
}

/// Fills an empty database that is migrated.
///
/// # Errors
/// When it is not empty, or cannot be filled; nothing is left behind then.
pub async fn vul(
    pool: &PgPool,
    omvang: Omvang,
    voortgang: &dyn Voortgang,
) -> Result<Verslag, GenerateError> {
    if omvang.tot > SystemClock.now().date_naive() {
        return Err(GenerateError::Toekomst(omvang.tot));
    }
    let begin = Instant::now();
    let mut lading = Lading::begin(pool).await?;
    let (sender, mut zendingen) = mpsc::channel(PAKKETTEN);
    let vulling = lading.vulling();
    let making = spawn_blocking(move || verzin(omvang, vulling, &sender));
    let total = omvang.stappen();
    voortgang.geschreven(0, total);
    while let Some(Zending { pakket, stappen }) = zendingen.recv().await {
        lading.schrijf(&pakket).await?;
        voortgang.geschreven(stappen, total);
    }
    let (gebeurtenissen, vervolg) = making.await??;
    let schrijven = begin.elapsed();
    lading.rond_af(vervolg, |Deel { klaar, totaal }| voortgang.geindexeerd(klaar, totaal)).await?;
    let indexeren = begin.elapsed() - schrijven;
    for tabel in write_side::vulling::tabellen() {
        let sql = format!("VACUUM ANALYZE {tabel}");
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await;
        done.map_err(GenerateError::Analyse)?;
    }
    let analyseren = begin.elapsed() - schrijven - indexeren;
    Ok(Verslag { gebeurtenissen, schrijven, indexeren, analyseren })
}

/// Makes a municipality up, and hands over what is recorded; gives how many events that were.
fn verzin(
    omvang: Omvang,
    vulling: Vulling,
    sender: &mpsc::Sender<Zending>,
) -> Result<(u64, Vervolg), GenerateError> {
    let mut gemeente = Gemeente::new(omvang, vulling);
    let send = |gemeente: &mut Gemeente| {
        let zending = Zending { pakket: gemeente.vulling.pakket(), stappen: gemeente.stappen() };
        sender.blocking_send(zending).map_err(|_| GenerateError::Gestopt)
    };
    gemeente.leef(|gemeente| match gemeente.vulling.bytes() {
        0..PAKKET_BYTES => Ok(()),
        PAKKET_BYTES.. => send(gemeente),
    })?;
    send(&mut gemeente)?;
    Ok((gemeente.vulling.gebeurtenissen(), gemeente.vulling.vervolg()))
}
