//! Which generation readers see: switching, going back, and dropping what is no longer needed.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::time::{Instant, sleep};

use super::bookkeeping::{Generatie, active, candidate, enter, generations, previous};
use super::{RebuildError, Rebuilder};
use crate::checkpoints::{self, take_away};
use crate::error::ProjectorError;
use crate::fase::Fase;
use crate::generations::{lock, point_views};
use crate::leader::leiders;
use crate::readers;
use crate::wijzigingen;

/// Longest wait for a lock; as long, at most, readers wait behind it.
const LOCK_LIMIT: &str = "SET LOCAL lock_timeout = '50ms'";
/// What the server says of a lock that it did not get in time, and of a deadlock.
const NO_LOCK: [&str; 2] = ["55P03", "40P01"];
/// How often a switch is tried.
const ATTEMPTS: u32 = 100;
/// Pause between two attempts: in it readers go on.
const PAUSE: Duration = Duration::from_millis(200);

/// A switch that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switched {
    /// The generation that was served before.
    pub from: i32,
    /// The generation that is served now.
    pub to: i32,
    /// How long locks were held.
    pub held: Duration,
    /// How often it was tried before.
    pub attempts: u32,
}

/// What came of one attempt.
enum Attempt {
    Done(Switched),
    Behind,
    Locked,
}

impl Rebuilder<'_> {
    /// Lets readers see a generation: the given one, or else the newest that was not served yet.
    /// One in which objects are parked only `with_parked`.
    ///
    /// # Errors
    /// When there is none, it is not ready, objects are parked in it, or the running service could
    /// not go on with it. Nothing has changed then.
    pub async fn switch(
        &self,
        product: &'static str,
        generatie: Option<i32>,
        with_parked: bool,
    ) -> Result<Switched, RebuildError> {
        let all = self.generations(product).await?;
        let chosen = match generatie {
            Some(number) => all.iter().find(|one| one.generatie == number),
            None => candidate(&all),
        };
        let what = || match generatie {
            Some(number) => format!("generation {number}"),
            None => "generation that waits to be switched to".to_owned(),
        };
        let chosen = chosen.ok_or_else(|| RebuildError::NoGeneration { product, what: what() })?;
        self.serve(chosen, with_parked).await
    }

    /// Lets readers see again what they saw before the last switch; when objects are parked in it
    /// only `with_parked`.
    ///
    /// # Errors
    /// When there is no such generation any more, or objects are parked in it.
    pub async fn rollback(
        &self,
        product: &'static str,
        with_parked: bool,
    ) -> Result<Switched, RebuildError> {
        let all = self.generations(product).await?;
        let what = "generation that was served before".to_owned();
        let chosen = previous(&all).ok_or(RebuildError::NoGeneration { product, what })?;
        self.serve(chosen, with_parked).await
    }

    async fn serve(&self, to: &Generatie, with_parked: bool) -> Result<Switched, RebuildError> {
        let (product, generatie, versie) = (to.product, to.generatie, to.versie);
        if to.fase != Fase::Klaar {
            return Err(RebuildError::NotReady { product, generatie, fase: to.fase.code() });
        }
        for leider in leiders(self.pool).await? {
            let in_service = leider.versies.get(product).copied();
            let Some(in_service) = in_service.filter(|it| *it != versie) else { continue };
            let leider = leider.naam;
            return Err(RebuildError::OtherVersionRuns {
                product,
                generatie,
                versie,
                leider,
                in_service,
            });
        }
        for attempts in 0..ATTEMPTS {
            match self.attempt(to, with_parked, attempts).await? {
                Attempt::Done(switched) => return Ok(switched),
                Attempt::Behind => self.level(product, generatie).await?,
                Attempt::Locked => sleep(PAUSE).await,
            }
        }
        Err(RebuildError::ViewsInUse { product })
    }

    async fn attempt(
        &self,
        to: &Generatie,
        with_parked: bool,
        attempts: u32,
    ) -> Result<Attempt, RebuildError> {
        let mut conn = self.connection().await?;
        match transaction(&mut conn, to, with_parked, attempts).await {
            Err(RebuildError::Tables { source: sqlx::Error::Database(error), .. })
                if error.code().is_some_and(|code| NO_LOCK.contains(&code.as_ref())) =>
            {
                Ok(Attempt::Locked)
            }
            other => other,
        }
    }

    /// Drops a generation that readers do not see: the given one, or else all of them. Whoever
    /// follows it lets go first. May be broken off and done again.
    ///
    /// # Errors
    /// When it is what readers see, or there is none.
    pub async fn drop(
        &self,
        product: &'static str,
        generatie: Option<i32>,
    ) -> Result<Vec<i32>, RebuildError> {
        let all = self.generations(product).await?;
        let wanted = |one: &&Generatie| generatie.map_or(!one.actief, |it| it == one.generatie);
        let chosen: Vec<&Generatie> = all.iter().filter(wanted).collect();
        if let Some(active) = chosen.iter().find(|one| one.actief) {
            return Err(RebuildError::Active { product, generatie: active.generatie });
        }
        if chosen.is_empty() {
            let what = "generation to drop".to_owned();
            return Err(RebuildError::NoGeneration { product, what });
        }
        for one in &chosen {
            self.drop_one(one).await?;
        }
        Ok(chosen.iter().map(|one| one.generatie).collect())
    }

    async fn drop_one(&self, one: &Generatie) -> Result<(), RebuildError> {
        let (product, generatie) = (one.product, one.generatie);
        let failed = RebuildError::tables(product, generatie, "dropping it");
        let mut conn = self.connection().await?;
        let mut tx = conn.begin().await.map_err(&failed)?;
        lock(&mut tx).await.map_err(&failed)?;
        enter(&mut tx, (product, generatie), Fase::Vervalt).await?;
        take_away(&mut tx, product, &[generatie]).await.map_err(&failed)?;
        tx.commit().await.map_err(&failed)?;
        // Its tables last: a batch under way ends first, and cannot commit.
        let mut tx = conn.begin().await.map_err(&failed)?;
        let sql = format!("DROP SCHEMA IF EXISTS {} CASCADE", one.schema()?);
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await.map_err(&failed)?;
        sqlx::query!(
            "DELETE FROM projector.generaties WHERE product = $1 AND generatie = $2",
            product,
            generatie,
        )
        .execute(&mut *tx)
        .await
        .map_err(&failed)?;
        tx.commit().await.map_err(failed)
    }
}

/// The whole switch: the checkpoints stand still, the new generation has all that the old one has,
/// the views show it.
async fn transaction(
    conn: &mut PgConnection,
    to: &Generatie,
    with_parked: bool,
    attempts: u32,
) -> Result<Attempt, RebuildError> {
    let product = to.product;
    let failed = RebuildError::tables(product, to.generatie, "switching to it");
    let mut tx = conn.begin().await.map_err(&failed)?;
    sqlx::raw_sql(LOCK_LIMIT).execute(&mut *tx).await.map_err(&failed)?;
    lock(&mut tx).await.map_err(&failed)?;
    let begin = Instant::now();
    checkpoints::hold(&mut tx, product).await.map_err(&failed)?;
    let all = generations(&mut tx, product).await?;
    let find = |number| all.iter().find(|one| one.generatie == number);
    let missing = |what: &str| RebuildError::NoGeneration { product, what: what.to_owned() };
    let from = active(&all).ok_or_else(|| missing("active generation"))?;
    let to = find(to.generatie).ok_or(RebuildError::Superseded)?;
    if from.generatie == to.generatie {
        let held = begin.elapsed();
        let (from, to) = (from.generatie, to.generatie);
        return Ok(Attempt::Done(Switched { from, to, held, attempts }));
    }
    if !to.covers(from) {
        return Ok(Attempt::Behind);
    }
    if !with_parked {
        refuse_parked(&mut tx, from, to).await?;
    }
    // Whoever begins to read after this waits for the lock above, and then finds the new
    // generation.
    refuse_readers(&mut tx, to).await?;
    point_views(&mut tx, product, &from.schema()?, &to.schema()?).await.map_err(&failed)?;
    set_active(&mut tx, to).await.map_err(&failed)?;
    wijzigingen::tell_all(&mut tx, product, &to.schema()?).await.map_err(&failed)?;
    tx.commit().await.map_err(&failed)?;
    let held = begin.elapsed();
    tracing::info!(
        projectie.product = product,
        projectie.van = from.generatie,
        projectie.naar = to.generatie,
        slot.ms = u64::try_from(held.as_millis()).unwrap_or(u64::MAX),
        "readers see another generation"
    );
    let (from, to) = (from.generatie, to.generatie);
    Ok(Attempt::Done(Switched { from, to, held, attempts }))
}

/// A process that answers questions can read generations of its own version only.
async fn refuse_readers(conn: &mut PgConnection, to: &Generatie) -> Result<(), RebuildError> {
    let (product, generatie, versie) = (to.product, to.generatie, to.versie);
    let failed = RebuildError::tables(product, generatie, "looking who reads");
    let reads = readers::of(conn, product).await.map_err(failed)?;
    match reads.into_iter().find(|reader| reader.versie != versie) {
        Some(reader) => Err(RebuildError::OtherVersionRuns {
            product,
            generatie,
            versie,
            leider: reader.naam,
            in_service: reader.versie,
        }),
        None => Ok(()),
    }
}

/// What is parked shows old to readers, and says so; an operator must want that. The checkpoints
/// are held, so nobody parks meanwhile.
async fn refuse_parked(
    conn: &mut PgConnection,
    from: &Generatie,
    to: &Generatie,
) -> Result<(), RebuildError> {
    let (product, generatie) = (to.product, to.generatie);
    let counts = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE generatie = $2) AS "there!",
                  count(*) FILTER (WHERE generatie = $3) AS "here!"
           FROM projector.geparkeerd WHERE product = $1"#,
        product,
        generatie,
        from.generatie,
    )
    .fetch_one(conn)
    .await
    .map_err(RebuildError::tables(product, generatie, "counting what is parked in it"))?;
    if counts.there == 0 {
        return Ok(());
    }
    let (objects, served) = (counts.there, counts.here);
    Err(RebuildError::ObjectsParked { product, generatie, objects, served })
}

async fn set_active(conn: &mut PgConnection, to: &Generatie) -> Result<(), sqlx::Error> {
    // Two statements: one product has one active generation at every moment.
    sqlx::query!(
        "UPDATE projector.generaties SET actief = false WHERE product = $1 AND actief",
        to.product,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE projector.generaties SET actief = true, geserveerd_op = now()
         WHERE product = $1 AND generatie = $2",
        to.product,
        to.generatie,
    )
    .execute(conn)
    .await?;
    Ok(())
}

impl Rebuilder<'_> {
    /// The generations of a product, the oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn generations(&self, product: &'static str) -> Result<Vec<Generatie>, RebuildError> {
        generations(&mut *self.connection().await?, product).await
    }

    pub(super) async fn connection(
        &self,
    ) -> Result<sqlx::pool::PoolConnection<sqlx::Postgres>, RebuildError> {
        let failed = ProjectorError::database("getting a connection");
        Ok(self.pool.acquire().await.map_err(failed)?)
    }
}
