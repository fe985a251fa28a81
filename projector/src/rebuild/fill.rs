//! Filling a generation at once: read the log in bounded ranges and fold the states in memory; then
//! derive the rows of every object and copy them; then make the indexes.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::pin::pin;

use clock::SharedClock;
use events::{Envelope, ObjectRef, Objectsoort};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use log_source::{Bounds, Cursor, PostgresLog, SourceError, Unreadable};
use sqlx::{AssertSqlSafe, PgPool};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::bookkeeping::{self, Generatie};
use super::pace::Pace;
use super::progress::Phase;
use super::store::Store;
use super::{RebuildError, Reporter};
use crate::ahead::Ahead;
use crate::checkpoints::{self, Advance};
use crate::ddl;
use crate::error::ProjectorError;
use crate::fase::Fase;
use crate::generations::{self, BRONNEN, BRONNEN_DDL};
use crate::groups::Member;
use crate::parking::Skips;
use crate::product::{Product, Schema};
use crate::products::bronnen::{Bronnen, Origin};
use crate::products::derived::{Derived, Layer};
use crate::products::table::Rows;

/// A transaction that fills: a crash of the server may lose its end, rows and progress together.
const BEGIN: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '60s'; \
                     SET LOCAL synchronous_commit = off; SET LOCAL enable_seqscan = off; \
                     SET LOCAL jit = off";
/// Parts whose rows are derived at the same time, and that are copied at the same time: enough to
/// keep two cores busy.
const DERIVED_AT_ONCE: usize = 2;
const COPIED_AT_ONCE: usize = 2;
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
    pub(super) clock: &'t SharedClock,
    pub(super) reporter: &'t dyn Reporter,
    /// Most memory for states, in bytes.
    pub(super) budget: usize,
    /// Events that one statement reads.
    pub(super) events: usize,
    /// Objects whose rows one transaction derives.
    pub(super) objects: usize,
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
    let mut ahead = Ahead::new(source, tools.clock.clone());
    let mut folded = 0;
    let keys: Vec<_> = fillings.iter().map(Filling::key).collect();
    let (who, range) = ((tools.pool, tools.reporter), (cursor.low(), doel));
    let mut phase = Phase::begin(who, &keys, Fase::Lezen, range).await?;
    while cursor.low() < doel {
        let after = cursor.low();
        let failed = |source| ProjectorError::Source { after, source };
        let range = ahead.range(&cursor, bounds).await.map_err(failed)?;
        let batch = range.batch;
        if batch.cursor_after.low() < doel {
            ahead.begin(&batch.cursor_after, bounds);
        }
        let strange = passed(fillings, range.unreadable).map_err(failed)?;
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
    analyze(tools, filling, &[BRONNEN]).await?;
    let (mut done, total) = count(tools, filling).await?;
    let (who, range) = ((tools.pool, tools.reporter), (done, total));
    let mut phase = Phase::begin(who, &[filling.key()], Fase::Afleiden, range).await?;
    let mut pace = Pace::new(tools, filling.key());
    let (begin, tot) = begun(filling);
    for (place, layer) in filling.derived.layers().into_iter().enumerate().skip(begin) {
        let last = tot.filter(|_| place == begin);
        let (ready, chunks) = mpsc::channel(1);
        let filling = &*filling;
        tokio::try_join!(
            derive_all(tools, filling, (layer, last), (ready, &mut pace)),
            copy_all(tools, filling, layer, (chunks, &mut done, &mut phase)),
        )?;
    }
    enter(tools, filling, Fase::Indexeren).await
}

/// What was done before the rebuild was broken off: the layer that was begun, by its place, and its
/// last root.
fn begun(filling: &Filling<'_>) -> (usize, Option<Uuid>) {
    let (code, tot) = &filling.generatie.gevuld;
    let layers = filling.derived.layers();
    match layers.iter().position(|layer| Some(layer.code()) == *code) {
        Some(begin) => (begin, *tot),
        None => (0, None),
    }
}

/// Derives the rows of every root of a layer above `after`, some ahead of those that are copied.
async fn derive_all(
    tools: &Tools<'_>,
    filling: &Filling<'_>,
    (layer, after): (Layer, Option<Uuid>),
    (ready, pace): (mpsc::Sender<Chunk>, &mut Pace<'_>),
) -> Result<(), RebuildError> {
    let keys = stream::try_unfold(after, |after| async move {
        let ids = keys(tools, filling, layer.root, after).await?;
        Ok(ids.last().copied().map(|end| ((ids, end), Some(end))))
    });
    let derived = keys.map_ok(|(ids, end)| derived_chunk(tools, filling, layer, (ids, end)));
    let mut chunks = pin!(derived.try_buffered(DERIVED_AT_ONCE));
    while let Some(chunk) = chunks.try_next().await? {
        pace.keep(chunk.objects).await?;
        if ready.send(chunk).await.is_err() {
            // Copying has failed, and says why.
            break;
        }
    }
    Ok(())
}

/// Copies what is derived; each part commits after the one before it, so that progress is one place.
async fn copy_all(
    tools: &Tools<'_>,
    filling: &Filling<'_>,
    layer: Layer,
    (mut chunks, done, phase): (mpsc::Receiver<Chunk>, &mut i64, &mut Phase<'_>),
) -> Result<(), RebuildError> {
    let mut before = None;
    let chunks = stream::poll_fn(|context| chunks.poll_recv(context));
    let copies = chunks.map(|chunk| {
        let (committed, committed_before) = oneshot::channel();
        let turn = (before.replace(committed_before), committed);
        copy_chunk(tools, filling, (layer, chunk), turn)
    });
    let mut copies = pin!(copies.buffered(COPIED_AT_ONCE));
    while let Some(objects) = copies.try_next().await? {
        *done += i64::try_from(objects).unwrap_or_default();
        phase.done(*done).await?;
    }
    Ok(())
}

/// The roots whose rows were derived before the rebuild was broken off, and all, of all layers.
async fn count(tools: &Tools<'_>, filling: &Filling<'_>) -> Result<(i64, i64), RebuildError> {
    let (begin, tot) = begun(filling);
    let table = filling.schema().table(BRONNEN);
    let sql = format!(
        "SELECT objectsoort, count(*), count(*) FILTER (WHERE object_id <= $1)
         FROM {table} GROUP BY objectsoort"
    );
    let counts: Vec<(String, i64, i64)> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(tot)
        .fetch_all(tools.pool)
        .await
        .map_err(failed(filling, "counting its objects"))?;
    let (mut done, mut total) = (0, 0);
    for (place, layer) in filling.derived.layers().into_iter().enumerate() {
        let own = counts.iter().find(|(soort, ..)| soort == layer.root.code());
        let (all, before) = own.map_or((0, 0), |(_, all, before)| (*all, *before));
        total += all;
        done += match place.cmp(&begin) {
            Ordering::Less => all,
            Ordering::Equal => before,
            Ordering::Greater => 0,
        };
    }
    Ok((done, total))
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
    let table = filling.schema().table(BRONNEN);
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

/// The rows of some roots of a layer.
struct Chunk {
    objects: usize,
    /// The last of the objects.
    end: Uuid,
    rows: Vec<Rows>,
}

/// Derives the rows of some roots of a layer. What it reads is written in earlier phases, or in earlier
/// layers: it does not change meanwhile.
async fn derived_chunk(
    tools: &Tools<'_>,
    filling: &Filling<'_>,
    layer: Layer,
    (ids, end): (Vec<Uuid>, Uuid),
) -> Result<Chunk, RebuildError> {
    let (objects, ids) = (ids.len(), ids.into_iter().collect());
    let failed = failed(filling, "deriving its rows");
    let mut tx = tools.pool.begin_with(BEGIN).await.map_err(&failed)?;
    let mut bronnen = Bronnen::of(filling.schema(), Origin::Table);
    let rows = filling.derived.rows(&mut tx, &mut bronnen, layer, &ids).await;
    let rows = rows.map_err(RebuildError::project(filling.member.naam))?;
    tx.commit().await.map_err(failed)?;
    Ok(Chunk { objects, end, rows })
}

/// When a part may commit: after the one before it, if there is one; then it tells the next.
type Turn = (Option<oneshot::Receiver<()>>, oneshot::Sender<()>);

/// Copies rows and moves the progress, in one transaction; gives of how many objects.
async fn copy_chunk(
    tools: &Tools<'_>,
    filling: &Filling<'_>,
    (layer, chunk): (Layer, Chunk),
    (before, committed): Turn,
) -> Result<usize, RebuildError> {
    let (product, generatie) = filling.key();
    let failed = failed(filling, "copying its rows");
    let mut tx = tools.pool.begin_with(BEGIN).await.map_err(&failed)?;
    for rows in &chunk.rows {
        rows.copy(&mut tx, filling.schema()).await.map_err(RebuildError::project(product))?;
    }
    if let Some(before) = before {
        // Who went before has failed, and says why.
        before.await.map_err(|_| RebuildError::Superseded)?;
    }
    let done = sqlx::query!(
        "UPDATE projector.generaties g SET gevuld_soort = $4, gevuld_tot = $5
         FROM projector.checkpoints c
         WHERE c.product = g.product AND c.generatie = g.generatie AND c.epoch = $3
           AND g.product = $1 AND g.generatie = $2",
        product,
        generatie,
        filling.member.epoch,
        layer.code(),
        chunk.end,
    )
    .execute(&mut *tx)
    .await
    .map_err(&failed)?;
    if done.rows_affected() != 1 {
        return Err(RebuildError::Superseded);
    }
    tx.commit().await.map_err(failed)?;
    // Nobody listens after the last.
    let _ = committed.send(());
    Ok(chunk.objects)
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
    let tables = filling.derived.tables().iter().map(|table| table.name);
    analyze(tools, filling, &tables.collect::<Vec<_>>()).await?;
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
    Ok(())
}

/// Makes the statistics of tables.
async fn analyze(
    tools: &Tools<'_>,
    filling: &Filling<'_>,
    tables: &[&'static str],
) -> Result<(), RebuildError> {
    for table in tables {
        let sql = format!("ANALYZE {}", filling.schema().table(table));
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(tools.pool).await;
        done.map_err(failed(filling, "making its statistics"))?;
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
