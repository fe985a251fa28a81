//! Filling a generation at once: read the log in bounded ranges and fold the states in memory; then
//! derive the rows of every object and copy them; then make the indexes.

use std::collections::BTreeSet;

use events::{Envelope, ObjectRef, Objectsoort};
use log_source::{Batch, Bounds, Cursor, PostgresLog, Source as _, SourceError, Unreadable};
use sqlx::{AssertSqlSafe, PgPool};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::bookkeeping::{self, Generatie};
use super::pace::Pace;
use super::progress::Phase;
use super::store::Store;
use super::{RebuildError, Reporter};
use crate::checkpoints::{self, Advance};
use crate::ddl;
use crate::error::ProjectorError;
use crate::fase::Fase;
use crate::generations::{self, BRONNEN_DDL};
use crate::groups::Member;
use crate::parking::Skips;
use crate::product::{Product, Schema};
use crate::products::bronnen::{Bronnen, Origin};
use crate::products::derived::{Derived, roots};
use crate::products::table::Rows;

/// A transaction that fills: a crash of the server may lose its end, rows and progress together.
const BEGIN: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '60s'; \
                     SET LOCAL synchronous_commit = off; SET LOCAL enable_seqscan = off; \
                     SET LOCAL jit = off";
/// A transaction that makes indexes.
const BEGIN_INDEX: &str = "BEGIN; SET LOCAL maintenance_work_mem = '256MB'";

/// A generation that is being filled.
pub(super) struct Filling<'p> {
    pub(super) product: &'p dyn Product,
    pub(super) derived: &'p dyn Derived,
    pub(super) member: Member,
    pub(super) generatie: Generatie,
    /// Events that do not count.
    pub(super) skips: Skips,
}

impl Filling<'_> {
    fn key(&self) -> (&'static str, i32) {
        (self.member.naam, self.member.generatie)
    }

    fn schema(&self) -> &Schema {
        &self.member.schema
    }
}

/// What filling needs besides the generations.
pub(super) struct Tools<'t> {
    pub(super) pool: &'t PgPool,
    pub(super) reporter: &'t dyn Reporter,
    /// Most memory for states, in bytes.
    pub(super) budget: usize,
    /// Events that one statement reads.
    pub(super) events: usize,
    /// Objects whose rows one transaction derives.
    pub(super) objects: usize,
}

/// The log, whose next range is read and decoded while the last one is folded.
struct Ahead {
    /// Where the range that is read begins.
    after: i64,
    bounds: Bounds,
    reading: Option<JoinHandle<(PostgresLog, Result<Range, SourceError>)>>,
}

/// A range of the log: what can be read in it, and what cannot.
type Range = (Batch, Vec<Unreadable>);

impl Ahead {
    fn begin(source: PostgresLog, cursor: &Cursor, bounds: Bounds) -> Self {
        let reading = Some(Self::read(source, cursor.clone(), bounds));
        Self { after: cursor.low(), bounds, reading }
    }

    fn read(
        mut source: PostgresLog,
        cursor: Cursor,
        bounds: Bounds,
    ) -> JoinHandle<(PostgresLog, Result<Range, SourceError>)> {
        tokio::spawn(async move {
            let polled = source.poll_apart(&cursor, bounds).await;
            (source, polled)
        })
    }

    /// The next range; up to `doel` the one after it is begun.
    async fn next(&mut self, doel: i64) -> Result<Range, ProjectorError> {
        let action = "reading the log ahead";
        let crashed = || SourceError::Database { action, source: sqlx::Error::WorkerCrashed };
        let after = self.after;
        let failed = |source| ProjectorError::Source { after, source };
        let reading = self.reading.take().ok_or_else(|| failed(crashed()))?;
        let (source, polled) = reading.await.map_err(|_| failed(crashed()))?;
        let (batch, unreadable) = polled.map_err(failed)?;
        self.after = batch.cursor_after.low();
        if self.after < doel {
            self.reading = Some(Self::read(source, batch.cursor_after.clone(), self.bounds));
        }
        Ok((batch, unreadable))
    }
}

/// Reads the log up to where the generations must come, for all of them at once: they stand at the
/// same cursor.
pub(super) async fn read(
    tools: &Tools<'_>,
    fillings: &mut [Filling<'_>],
) -> Result<(), RebuildError> {
    let Some(first) = fillings.first() else { return Ok(()) };
    let (mut cursor, doel) = (first.generatie.cursor.clone(), first.generatie.doel);
    let mut written = cursor.clone();
    let mut store = Store::new(cursor.low() > 0, first.skips.clone());
    let mut pace = Pace::new(tools, first.key());
    let source = PostgresLog::open(tools.pool).await.map_err(ProjectorError::Open)?;
    let bounds = Bounds { max: tools.events, until: doel };
    let mut ahead = Ahead::begin(source, &cursor, bounds);
    let mut folded = 0;
    let keys: Vec<_> = fillings.iter().map(Filling::key).collect();
    let (who, range) = ((tools.pool, tools.reporter), (cursor.low(), doel));
    let mut phase = Phase::begin(who, &keys, Fase::Lezen, range).await?;
    while cursor.low() < doel {
        let (batch, unreadable) = ahead.next(doel).await?;
        let after = batch.cursor_after.low();
        let failed = |source| ProjectorError::Source { after, source };
        let strange = passed(fillings, unreadable).map_err(failed)?;
        fold(tools, &mut store, fillings, (&batch.events, &strange)).await?;
        folded += batch.events.len();
        cursor = batch.cursor_after;
        if store.bytes() > tools.budget && cursor.low() < doel {
            write(tools, &mut store, fillings, (&written, &cursor, folded)).await?;
            (written, folded) = (cursor.clone(), 0);
        }
        phase.done(cursor.low()).await?;
        pace.keep(batch.events.len()).await?;
    }
    write(tools, &mut store, fillings, (&written, &cursor, folded)).await?;
    for filling in fillings {
        filling.generatie.fase = Fase::Afleiden;
        filling.generatie.cursor = cursor.clone();
    }
    Ok(())
}

/// The objects of events that cannot be read, and need not be: no product is made of them, or they are
/// skipped.
fn passed(
    fillings: &[Filling<'_>],
    unreadable: Vec<Unreadable>,
) -> Result<Vec<ObjectRef>, SourceError> {
    let mut objects = Vec::new();
    for strange in unreadable {
        let object = strange.object;
        let of = |one: &&Filling<'_>| one.derived.objectsoorten().contains(&object.soort);
        match fillings.iter().find(of) {
            Some(filling) if filling.skips.has(object, strange.versie) => objects.push(object),
            Some(_) => return Err(strange.into()),
            None => {}
        }
    }
    Ok(objects)
}

async fn fold(
    tools: &Tools<'_>,
    store: &mut Store,
    fillings: &[Filling<'_>],
    (batch, strange): (&[Envelope], &[ObjectRef]),
) -> Result<(), RebuildError> {
    let sources: Vec<(&Schema, BTreeSet<Objectsoort>)> = fillings
        .iter()
        .map(|one| (one.schema(), one.derived.objectsoorten().iter().copied().collect()))
        .collect();
    let wanted = |event: &&Envelope| {
        sources.iter().any(|(_, soorten)| soorten.contains(&event.object.soort))
    };
    let events: Vec<&Envelope> = batch.iter().filter(wanted).collect();
    let failed = ProjectorError::database("getting a connection to fold with");
    let mut conn = tools.pool.acquire().await.map_err(failed)?;
    let product = fillings.first().map_or("", |one| one.member.naam);
    store
        .fold(&mut conn, (&events, strange), &sources)
        .await
        .map_err(RebuildError::project(product))
}

/// Writes the states and how far they are, in one transaction; at the end of the phase the next
/// phase too.
async fn write(
    tools: &Tools<'_>,
    store: &mut Store,
    fillings: &[Filling<'_>],
    (previous, next, folded): (&Cursor, &Cursor, usize),
) -> Result<(), RebuildError> {
    let failed = ProjectorError::database("writing the states of objects");
    let mut tx = tools.pool.begin_with(BEGIN).await.map_err(&failed)?;
    for filling in fillings {
        let soorten = filling.derived.objectsoorten();
        let written = store.write(&mut tx, filling.schema(), soorten).await;
        written.map_err(RebuildError::project(filling.member.naam))?;
        if next.low() >= filling.generatie.doel {
            bookkeeping::enter(&mut tx, filling.key(), Fase::Afleiden).await?;
        }
    }
    let members: Vec<Member> = fillings.iter().map(|one| one.member.clone()).collect();
    let step = Advance { previous, next, gebeurtenissen: folded, bijgewerkt_tot: None };
    if !checkpoints::advance(&mut tx, &members, &step).await.map_err(&failed)? {
        return Err(RebuildError::Superseded);
    }
    tx.commit().await.map_err(&failed)?;
    store.clear();
    Ok(())
}

/// Derives the rows of every object and copies them.
pub(super) async fn derive(
    tools: &Tools<'_>,
    filling: &mut Filling<'_>,
) -> Result<(), RebuildError> {
    index(tools, filling, BRONNEN_DDL, None).await?;
    let (mut done, total) = count(tools, filling).await?;
    let (who, range) = ((tools.pool, tools.reporter), (done, total));
    let mut phase = Phase::begin(who, &[filling.key()], Fase::Afleiden, range).await?;
    let mut pace = Pace::new(tools, filling.key());
    let roots = roots(filling.derived);
    let (soort, tot) = filling.generatie.gevuld.clone();
    // What was done before the rebuild was broken off.
    let begin = roots.iter().position(|root| Some(root.code()) == soort.as_deref());
    for (place, root) in roots.into_iter().enumerate().skip(begin.unwrap_or_default()) {
        let last = tot.filter(|_| Some(place) == begin);
        let mut ready = derived_chunk(tools, filling, root, last).await?;
        while let Some(chunk) = ready {
            done += i64::try_from(chunk.objects).unwrap_or_default();
            pace.keep(chunk.objects).await?;
            // The rows of the next are derived while those of this one are copied.
            let next = derived_chunk(tools, filling, root, Some(chunk.end));
            let copied = copy_chunk(tools, filling, root, &chunk);
            (ready, ()) = tokio::try_join!(next, copied)?;
            phase.done(done).await?;
        }
    }
    enter(tools, filling, Fase::Indexeren).await
}

/// The objects whose rows were derived before the rebuild was broken off, and all.
async fn count(tools: &Tools<'_>, filling: &Filling<'_>) -> Result<(i64, i64), RebuildError> {
    let soorten: Vec<&str> = roots(filling.derived).into_iter().map(Objectsoort::code).collect();
    let (soort, tot) = &filling.generatie.gevuld;
    let begun = soorten.iter().position(|code| Some(*code) == soort.as_deref());
    let table = filling.schema().table("bronnen");
    let sql = format!(
        "SELECT count(*) FILTER (WHERE objectsoort = ANY($2)
                                    OR (objectsoort = $3 AND object_id <= $4)), count(*)
         FROM {table} WHERE objectsoort = ANY($1)"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(&soorten)
        .bind(&soorten[..begun.unwrap_or_default()])
        .bind(soort)
        .bind(tot)
        .fetch_one(tools.pool)
        .await
        .map_err(failed(filling, "counting its objects"))
}

fn failed(
    filling: &Filling<'_>,
    action: &'static str,
) -> impl Fn(sqlx::Error) -> RebuildError + use<> {
    let (product, generatie) = filling.key();
    RebuildError::tables(product, generatie, action)
}

/// The next objects of a kind.
async fn keys(
    tools: &Tools<'_>,
    filling: &Filling<'_>,
    root: Objectsoort,
    after: Option<Uuid>,
) -> Result<Vec<Uuid>, RebuildError> {
    let table = filling.schema().table("bronnen");
    let sql = format!(
        "SELECT object_id FROM {table} WHERE objectsoort = $1 AND object_id > $2
         ORDER BY object_id LIMIT {}",
        tools.objects
    );
    sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(root.code())
        .bind(after.unwrap_or(Uuid::nil()))
        .fetch_all(tools.pool)
        .await
        .map_err(failed(filling, "listing its objects"))
}

/// The rows of some objects of a kind.
struct Chunk {
    objects: usize,
    /// The last of the objects.
    end: Uuid,
    rows: Vec<Rows>,
}

/// Derives the rows of the next objects of a kind; none when there are no more. What it reads is
/// written in earlier phases, or for earlier kinds: it does not change meanwhile.
async fn derived_chunk(
    tools: &Tools<'_>,
    filling: &Filling<'_>,
    root: Objectsoort,
    after: Option<Uuid>,
) -> Result<Option<Chunk>, RebuildError> {
    let ids = keys(tools, filling, root, after).await?;
    let Some(end) = ids.last().copied() else { return Ok(None) };
    let (objects, ids) = (ids.len(), ids.into_iter().collect());
    let failed = failed(filling, "deriving its rows");
    let mut tx = tools.pool.begin_with(BEGIN).await.map_err(&failed)?;
    let mut bronnen = Bronnen::of(filling.schema(), Origin::Table);
    let rows = filling.derived.rows(&mut tx, &mut bronnen, root, &ids).await;
    let rows = rows.map_err(RebuildError::project(filling.member.naam))?;
    tx.commit().await.map_err(failed)?;
    Ok(Some(Chunk { objects, end, rows }))
}

/// Copies rows and moves the progress, in one transaction.
async fn copy_chunk(
    tools: &Tools<'_>,
    filling: &Filling<'_>,
    root: Objectsoort,
    chunk: &Chunk,
) -> Result<(), RebuildError> {
    let (product, generatie) = filling.key();
    let failed = failed(filling, "copying its rows");
    let mut tx = tools.pool.begin_with(BEGIN).await.map_err(&failed)?;
    for rows in &chunk.rows {
        rows.copy(&mut tx, filling.schema()).await.map_err(RebuildError::project(product))?;
    }
    let done = sqlx::query!(
        "UPDATE projector.generaties g SET gevuld_soort = $4, gevuld_tot = $5
         FROM projector.checkpoints c
         WHERE c.product = g.product AND c.generatie = g.generatie AND c.epoch = $3
           AND g.product = $1 AND g.generatie = $2",
        product,
        generatie,
        filling.member.epoch,
        root.code(),
        chunk.end,
    )
    .execute(&mut *tx)
    .await
    .map_err(&failed)?;
    if done.rows_affected() != 1 {
        return Err(RebuildError::Superseded);
    }
    tx.commit().await.map_err(failed)
}

/// Makes the secondary indexes of the product's own tables, and the statistics.
pub(super) async fn make_indexes(
    tools: &Tools<'_>,
    filling: &mut Filling<'_>,
) -> Result<(), RebuildError> {
    let ddl = filling.product.ddl();
    let total = i64::try_from(ddl::indexes(ddl).len()).unwrap_or_default();
    let who = (tools.pool, tools.reporter);
    let phase = Phase::begin(who, &[filling.key()], Fase::Indexeren, (0, total)).await?;
    index(tools, filling, ddl, Some(phase)).await?;
    enter(tools, filling, Fase::Inhalen).await
}

async fn index(
    tools: &Tools<'_>,
    filling: &Filling<'_>,
    ddl: &'static str,
    mut phase: Option<Phase<'_>>,
) -> Result<(), RebuildError> {
    let failed = failed(filling, "making its indexes");
    for (made, statement) in (1..).zip(ddl::indexes(ddl)) {
        let mut tx = tools.pool.begin_with(BEGIN_INDEX).await.map_err(&failed)?;
        generations::work_in(&mut tx, filling.schema()).await.map_err(&failed)?;
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *tx).await.map_err(&failed)?;
        tx.commit().await.map_err(&failed)?;
        if let Some(phase) = &mut phase {
            phase.done(made).await?;
        }
    }
    let mut tables: Vec<&str> = filling.derived.tables().iter().map(|table| table.name).collect();
    tables.push("bronnen");
    for table in tables {
        let sql = format!("ANALYZE {}", filling.schema().table(table));
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(tools.pool).await.map_err(&failed)?;
    }
    Ok(())
}

/// Enters the next phase; one in which the log is followed is told to whoever leads.
async fn enter(
    tools: &Tools<'_>,
    filling: &mut Filling<'_>,
    fase: Fase,
) -> Result<(), RebuildError> {
    let failed = ProjectorError::database("recording a phase");
    let mut tx = tools.pool.begin().await.map_err(&failed)?;
    generations::lock(&mut tx).await.map_err(&failed)?;
    bookkeeping::enter(&mut tx, filling.key(), fase).await?;
    if fase == Fase::Inhalen {
        checkpoints::nudge(&mut tx, filling.member.naam).await.map_err(&failed)?;
    }
    tx.commit().await.map_err(&failed)?;
    filling.generatie.fase = fase;
    Ok(())
}
