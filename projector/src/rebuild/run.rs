//! A rebuild from beginning to end.

use std::time::Duration;

use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep};

use log_source::{Bounds, Cursor, PostgresLog, Source};

use super::bookkeeping::{Generatie, active, candidate, end_of_log, enter, previous};
use super::fill::{self, Filling, Tools};
use super::store::Store;
use super::{RebuildError, Rebuilder, Switched, TableDiff, Verification};
use crate::checkpoints;
use crate::error::ProjectorError;
use crate::fase::Fase;
use crate::generations::create_next;
use crate::leader;
use crate::parking::Skips;

/// Key of the advisory lock of whoever rebuilds: "herbouw!" in ASCII.
const REBUILDING: i64 = 0x6865_7262_6f75_7721;
/// Bytes in a MiB.
const MIB: usize = 1024 * 1024;
/// Events read for each object that is derived at the same time: about as much work.
const EVENTS_PER_OBJECT: usize = 5;
/// How long one waits for a rebuild that was killed to be gone.
const GONE: Duration = Duration::from_secs(5);
/// Pause between two looks at it.
const LOOK: Duration = Duration::from_millis(100);
/// Events that an estimate reads at a time.
const MEASURE_RANGE: usize = 10_000;
/// Longest time that an estimate measures.
const MEASURE: Duration = Duration::from_secs(3);

/// How to rebuild.
#[derive(Debug, Clone, Copy)]
pub struct RebuildSettings {
    /// Most memory for the states of objects, in MiB; beyond it they are written to the tables.
    pub memory_mib: usize,
    /// Events that one statement reads; a transaction derives the rows of a fifth as many objects.
    pub batch: usize,
    /// Objects of each kind that are replayed to verify.
    pub sample: i64,
    /// Chooses which.
    pub seed: i64,
    /// Whether readers get to see the new generation when it is good.
    pub switch: bool,
    /// Whether they get to see it also when objects are parked in it.
    pub with_parked: bool,
    /// Whether a rebuild that was broken off is dropped instead of gone on with.
    pub fresh: bool,
}

/// What came of the rebuild of a product.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The product.
    pub product: &'static str,
    /// The new generation.
    pub generatie: i32,
    /// What verifying it gave.
    pub verification: Verification,
    /// What readers see differently.
    pub diff: Vec<TableDiff>,
    /// The switch, if it was made.
    pub switched: Option<Switched>,
}

impl Outcome {
    /// Whether objects are parked in the new generation that nobody said could be.
    #[must_use]
    pub fn waits_for_parked(&self) -> bool {
        !self.verification.parked.is_empty() && self.switched.is_none()
    }
}

/// What a rebuild would take.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The product.
    pub product: &'static str,
    /// The generation that is served.
    pub active: i32,
    /// The version that folded it, and that of this program.
    pub versions: (i32, i32),
    /// The generation of a rebuild that was broken off, which would go on.
    pub goes_on_with: Option<i32>,
    /// Positions of the log to read.
    pub positions: i64,
    /// Rows of the generation that is served: about as many come.
    pub rows: i64,
    /// Bytes on disk of the generation that is served: about as many come.
    pub bytes: i64,
    /// Events that were read and folded to measure.
    pub measured: usize,
    /// How long reading and folding the whole log takes at the measured rate. Deriving, copying and
    /// indexes come on top: measured on ordinary data about twice as long again.
    pub reading: Duration,
}

impl Rebuilder<'_> {
    /// Rebuilds products, all in one pass over the log; goes on with what was broken off.
    ///
    /// # Errors
    /// When it could not be done, or a generation is not what the log says: then that one stays, for
    /// who wants to look, and readers see what they saw.
    pub async fn rebuild(
        &self,
        products: &[&'static str],
        settings: &RebuildSettings,
    ) -> Result<Vec<Outcome>, RebuildError> {
        let lock = self.lock().await?;
        let mut fillings = Vec::new();
        let doel = end_of_log(self.pool).await?;
        for product in products {
            fillings.push(self.begin(product, doel, settings.fresh).await?);
        }
        self.fill(&mut fillings, settings).await?;
        let mut outcomes = Vec::new();
        for filling in fillings {
            outcomes.push(self.finish(filling.generatie, settings).await?);
        }
        let failed = ProjectorError::database("ending the session of the rebuild");
        lock.close().await.map_err(failed)?;
        Ok(outcomes)
    }

    /// One rebuild at a time: the lock goes with the session, however that ends.
    async fn lock(&self) -> Result<PgConnection, RebuildError> {
        let failed = ProjectorError::database("looking whether another rebuild runs");
        let mut session = leader::open(self.pool).await?;
        let begin = Instant::now();
        loop {
            if leader::try_alone(&mut session, REBUILDING).await.map_err(&failed)? {
                return Ok(session);
            }
            if begin.elapsed() > GONE {
                return Err(RebuildError::Busy);
            }
            sleep(LOOK).await;
        }
    }

    /// The generation to fill: one that was broken off, or a new one.
    async fn begin(
        &self,
        product: &'static str,
        doel: i64,
        fresh: bool,
    ) -> Result<Filling<'_>, RebuildError> {
        let place = self.place(product)?;
        let (derived, product) = (self.derived(product)?, self.product(product)?);
        let naam = product.name();
        let all = self.generations(naam).await?;
        let found = candidate(&all).map(|one| (one.generatie, one.versie));
        let kept = found.filter(|(_, versie)| *versie == product.version() && !fresh);
        if let (Some((generatie, _)), None) = (found, kept) {
            self.drop(naam, Some(generatie)).await?;
        }
        let mut conn = self.connection().await?;
        let generatie = match kept {
            Some((generatie, _)) => generatie,
            None => create_next(&mut conn, product, doel).await?,
        };
        let own = find(&self.generations(naam).await?, generatie)?;
        let follows = own.fase >= Fase::Inhalen;
        let schema = own.schema()?;
        let member = if follows {
            crate::groups::Member { product: place, naam, generatie, schema, epoch: 0 }
        } else {
            let group = checkpoints::claim_one(&mut conn, place, product, generatie).await?;
            let member = group.members.into_iter().next();
            member.ok_or(RebuildError::Superseded)?
        };
        let skips = Skips::load(&mut conn, naam).await;
        let skips = skips.map_err(ProjectorError::database("reading what is skipped"))?;
        Ok(Filling { product, derived, member, generatie: own, skips })
    }

    /// The phases up to following the log.
    async fn fill(
        &self,
        fillings: &mut [Filling<'_>],
        settings: &RebuildSettings,
    ) -> Result<(), RebuildError> {
        let budget = settings.memory_mib.saturating_mul(MIB);
        let events = settings.batch.max(1);
        let objects = (events / EVENTS_PER_OBJECT).max(1);
        let (pool, clock, reporter) = (self.pool, &self.projector.clock, self.reporter);
        let tools = Tools { pool, clock, reporter, budget, events, objects };
        // Those that stand at the same place read the log together; a later one goes first.
        let place = |one: &Filling<'_>| {
            (one.generatie.fase, one.generatie.cursor.low(), one.generatie.doel)
        };
        fillings.sort_by_key(place);
        for group in fillings.chunk_by_mut(|a, b| place(a) == place(b) && a.skips == b.skips) {
            if group.iter().all(|one| one.generatie.fase == Fase::Lezen) {
                fill::read(&tools, group).await?;
            }
        }
        for filling in fillings {
            if filling.generatie.fase == Fase::Afleiden {
                fill::derive(&tools, filling).await?;
            }
            if filling.generatie.fase == Fase::Indexeren {
                fill::make_indexes(&tools, filling).await?;
            }
        }
        Ok(())
    }

    /// The phases from following the log to the switch.
    async fn finish(
        &self,
        own: Generatie,
        settings: &RebuildSettings,
    ) -> Result<Outcome, RebuildError> {
        let (product, generatie) = (own.product, own.generatie);
        self.level(product, generatie).await?;
        let all = self.generations(product).await?;
        let own = find(&all, generatie)?;
        let verification = self.verify(&own, settings.sample, settings.seed).await?;
        if !verification.is_good() {
            return Err(RebuildError::Wrong { product, generatie, found: Box::new(verification) });
        }
        let mut conn = self.connection().await?;
        enter(&mut conn, (product, generatie), Fase::Klaar).await?;
        drop(conn);
        let diff = match active(&all).filter(|old| old.generatie != generatie) {
            Some(old) => self.diff(old, &own).await?,
            None => Vec::new(),
        };
        let wanted = settings.switch && (settings.with_parked || verification.parked.is_empty());
        let switched = match wanted {
            true => Some(self.switch(product, Some(generatie), settings.with_parked).await?),
            false => None,
        };
        Ok(Outcome { product, generatie, verification, diff, switched })
    }

    /// What rebuilding a product would take; changes nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn estimate(&self, product: &'static str) -> Result<Estimate, RebuildError> {
        let all = self.generations(product).await?;
        let what = "active generation".to_owned();
        let live = active(&all).ok_or(RebuildError::NoGeneration { product, what })?;
        let versie = self.product(product)?.version();
        let positions = end_of_log(self.pool).await?;
        let (measured, low, time) = self.measure(product).await?;
        let share = if low == 0 { 0.0 } else { positions as f64 / low as f64 };
        let (rows, bytes) = self.size(live).await?;
        Ok(Estimate {
            product,
            active: live.generatie,
            versions: (live.versie, versie),
            goes_on_with: candidate(&all)
                .filter(|one| one.versie == versie)
                .map(|one| one.generatie),
            positions,
            rows,
            bytes,
            measured,
            reading: time.mul_f64(share),
        })
    }

    /// Reads and folds the beginning of the log in memory: events, last position, time.
    async fn measure(&self, product: &'static str) -> Result<(usize, i64, Duration), RebuildError> {
        let soorten = self.derived(product)?.objectsoorten();
        let begin = Instant::now();
        let mut source = PostgresLog::open(self.pool).await.map_err(ProjectorError::Open)?;
        let mut conn = self.connection().await?;
        let skips = Skips::load(&mut conn, product).await;
        let skips = skips.map_err(ProjectorError::database("reading what is skipped"))?;
        let (mut store, mut cursor, mut events) = (Store::new(false, skips), Cursor::default(), 0);
        while begin.elapsed() < MEASURE {
            let after = cursor.low();
            let polled = source.poll(&cursor, Bounds { max: MEASURE_RANGE, until: i64::MAX }).await;
            let batch = polled.map_err(|source| ProjectorError::Source { after, source })?;
            let wanted: Vec<&events::Envelope> =
                batch.events.iter().filter(|event| soorten.contains(&event.object.soort)).collect();
            let folded = store.fold(&mut conn, (&wanted, &[]), &[]).await;
            folded.map_err(RebuildError::project(product))?;
            events += batch.events.len();
            cursor = batch.cursor_after;
            if batch.to_end {
                break;
            }
        }
        Ok((events, cursor.low(), begin.elapsed()))
    }

    /// Rows, as the statistics have them, and bytes of a generation.
    async fn size(&self, own: &Generatie) -> Result<(i64, i64), RebuildError> {
        let schema = own.schema()?;
        let row = sqlx::query!(
            r#"SELECT COALESCE(sum(GREATEST(reltuples, 0))::bigint, 0) AS "rows!",
                      COALESCE(sum(pg_total_relation_size(oid))::bigint, 0) AS "bytes!"
               FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'"#,
            schema.as_str(),
        )
        .fetch_one(self.pool)
        .await
        .map_err(RebuildError::tables(own.product, own.generatie, "measuring its size"))?;
        Ok((row.rows, row.bytes))
    }
}

fn find(all: &[Generatie], generatie: i32) -> Result<Generatie, RebuildError> {
    let found = all.iter().find(|one| one.generatie == generatie);
    found.cloned().ok_or(RebuildError::Superseded)
}

impl Rebuilder<'_> {
    /// The generation of a product that a command means: the given one, or else the one that waits to
    /// be switched to, or else the active one.
    ///
    /// # Errors
    /// When there is none.
    pub async fn meant(
        &self,
        product: &'static str,
        generatie: Option<i32>,
    ) -> Result<Generatie, RebuildError> {
        let all = self.generations(product).await?;
        let found = match generatie {
            Some(number) => all.iter().find(|one| one.generatie == number),
            None => candidate(&all).or_else(|| active(&all)),
        };
        let what = || generatie.map_or("generation".to_owned(), |it| format!("generation {it}"));
        let found = found.ok_or_else(|| RebuildError::NoGeneration { product, what: what() })?;
        match found.fase {
            Fase::Inhalen | Fase::Klaar => Ok(found.clone()),
            Fase::Lezen | Fase::Afleiden | Fase::Indexeren | Fase::Vervalt => {
                let (generatie, fase) = (found.generatie, found.fase.code());
                Err(RebuildError::NotReady { product, generatie, fase })
            }
        }
    }

    /// The generation that readers of a product see.
    ///
    /// # Errors
    /// When there is none.
    pub async fn served(&self, product: &'static str) -> Result<Generatie, RebuildError> {
        let all = self.generations(product).await?;
        let what = "active generation".to_owned();
        active(&all).cloned().ok_or(RebuildError::NoGeneration { product, what })
    }

    /// The generation that `diff` compares with the one that is served: the given one, or else the one
    /// that waits to be switched to, or else the one that was served before.
    ///
    /// # Errors
    /// When there is none.
    pub async fn other(
        &self,
        product: &'static str,
        generatie: Option<i32>,
    ) -> Result<Generatie, RebuildError> {
        let all = self.generations(product).await?;
        let number = match generatie {
            Some(number) => Some(number),
            None => candidate(&all).or_else(|| previous(&all)).map(|one| one.generatie),
        };
        let what = "generation to compare with the one that is served".to_owned();
        let number = number.ok_or(RebuildError::NoGeneration { product, what })?;
        self.meant(product, Some(number)).await
    }
}
