//! Whether a generation is what the log says: every object and every version is in it, no row
//! belongs to nothing, and the rows of sampled objects equal those of an independent replay.

use std::collections::{BTreeMap, BTreeSet};

use events::Objectsoort;
use log_source::Cursor;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use super::bookkeeping::{Generatie, end_of_log, generations};
use super::progress::Phase;
use super::{RebuildError, Rebuilder};
use crate::error::ProjectorError;
use crate::generations::BRONNEN;
use crate::parking::Replay;
use crate::product::Schema;
use crate::products::bronnen::{Bronnen, Origin};
use crate::products::derived::{Derived, Layer};
use crate::products::table::Table;

/// Objects that one transaction replays.
const CHUNK: usize = 200;
/// Positions that one statement counts.
const RANGE: i64 = 50_000;
/// One snapshot for the generation and its place in the log.
pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL enable_seqscan = off; \
                     SET LOCAL jit = off; SET LOCAL timezone = 'UTC'";
/// Where a wrong object or row was found, per place, at most this often.
pub(super) const EXAMPLES: usize = 20;

/// What came of verifying a generation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Events that the log has of the product's objects, up to where the generation is.
    pub events_in_log: i64,
    /// Events that its objects have taken in.
    pub events_taken_in: i64,
    /// Objects that the log has.
    pub objects_in_log: i64,
    /// Objects that it has.
    pub objects: i64,
    /// Objects that are parked in it: what of them waits is not in it, and nothing else of them is
    /// looked at.
    pub parked: Vec<ParkedObject>,
    /// Objects that were replayed.
    pub replayed: usize,
    /// Per table what was found.
    pub tables: Vec<TableVerification>,
}

/// An object that is parked in a generation, and so is not in it as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedObject {
    /// Kind of the object.
    pub objectsoort: String,
    /// Its key.
    pub object_id: Uuid,
    /// Place in the log of the event that cannot be folded.
    pub positie: i64,
    /// The number of that event; 1 = nothing of the object is in the generation.
    pub versie: i64,
    /// Events that wait: that one, and those after it, up to where the generation is.
    pub wachtend: i64,
}

/// What came of verifying a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableVerification {
    /// The table.
    pub table: &'static str,
    /// Its rows.
    pub rows: i64,
    /// Rows whose object the generation does not know.
    pub orphans: i64,
    /// Objects whose rows are not what a replay gives; at most some of them.
    pub wrong: Vec<Uuid>,
}

impl Verification {
    /// Whether nothing is wrong, apart from what is parked.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let good = |table: &TableVerification| table.orphans == 0 && table.wrong.is_empty();
        self.events_in_log == self.events_taken_in + self.events_waiting()
            && self.objects_in_log == self.objects + self.objects_waiting()
            && self.tables.iter().all(good)
    }

    /// Events that the generation lacks because they wait behind one that cannot be folded.
    #[must_use]
    pub fn events_waiting(&self) -> i64 {
        self.parked.iter().map(|object| object.wachtend).sum()
    }

    /// Objects that the generation lacks because their first event cannot be folded.
    #[must_use]
    pub fn objects_waiting(&self) -> i64 {
        self.parked.iter().filter(|object| object.versie == 1).map(|_| 1).sum()
    }
}

/// Counts per generation: events, and objects.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    events: i64,
    objects: i64,
}

impl Rebuilder<'_> {
    /// Verifies a generation while it follows the log. Of each kind of object `sample` are replayed,
    /// chosen by `seed`.
    ///
    /// # Errors
    /// When it could not be verified; what is wrong is in the answer.
    pub async fn verify(
        &self,
        own: &Generatie,
        sample: i64,
        seed: i64,
    ) -> Result<Verification, RebuildError> {
        let derived = self.derived(own.product)?;
        let failed = RebuildError::tables(own.product, own.generatie, "verifying it");
        // A session of its own: its temporary tables go with it.
        let mut conn =
            PgConnection::connect_with(&self.pool.connect_options()).await.map_err(&failed)?;
        let mut found = complete(&mut conn, derived, own).await?;
        for table in derived.tables() {
            found.tables.push(count(&mut conn, own, table).await.map_err(&failed)?);
        }
        create_temporary(&mut conn, derived, own).await.map_err(&failed)?;
        let mut chosen = Vec::new();
        for layer in derived.layers() {
            let chosen_here = choose(&mut conn, own, layer.root, (sample, seed)).await;
            chosen.push((layer, chosen_here.map_err(&failed)?));
        }
        let total: usize = chosen.iter().map(|(_, ids)| ids.len()).sum();
        let (tools, key) = ((self.pool, self.reporter), (own.product, own.generatie));
        let mut phase =
            Phase::verifying(tools, key, i64::try_from(total).unwrap_or(i64::MAX)).await?;
        for (layer, ids) in chosen {
            for ids in ids.chunks(CHUNK) {
                let ids: BTreeSet<Uuid> = ids.iter().copied().collect();
                let wrong = self.replay(&mut conn, derived, own, (layer, &ids)).await?;
                found.replayed += ids.len();
                for table in &mut found.tables {
                    let more = wrong.get(table.table).into_iter().flatten().copied();
                    let room = EXAMPLES.saturating_sub(table.wrong.len());
                    table.wrong.extend(more.take(room));
                }
                phase.done(i64::try_from(found.replayed).unwrap_or(i64::MAX)).await?;
            }
        }
        conn.close().await.map_err(failed)?;
        Ok(found)
    }

    /// Replays objects, and those that seem to be wrong once more when the generation has come as far
    /// as the log was: content that is destroyed is gone from the log at once, and from the
    /// generation when it has read so.
    async fn replay(
        &self,
        conn: &mut PgConnection,
        derived: &dyn Derived,
        own: &Generatie,
        (layer, ids): (Layer, &BTreeSet<Uuid>),
    ) -> Result<Wrong, RebuildError> {
        let mut wrong = replay(conn, derived, own, (layer, ids)).await?;
        if wrong.values().all(Vec::is_empty) {
            return Ok(wrong);
        }
        self.reach(own, end_of_log(self.pool).await?).await?;
        let again = replay(conn, derived, own, (layer, ids)).await?;
        for (table, ids) in &mut wrong {
            let still = again.get(table).map_or(&[][..], Vec::as_slice);
            ids.retain(|id| still.contains(id));
        }
        Ok(wrong)
    }
}

/// Objects with wrong rows, per table.
type Wrong = BTreeMap<&'static str, Vec<Uuid>>;

/// Counts what the log has and what the generation has taken in. The log is counted in ranges, each
/// a short statement; only what came meanwhile is counted in one snapshot with the objects.
async fn complete(
    conn: &mut PgConnection,
    derived: &dyn Derived,
    own: &Generatie,
) -> Result<Verification, RebuildError> {
    let failed = ProjectorError::database("counting the events of a product");
    let soorten: Vec<String> =
        derived.objectsoorten().iter().map(|soort| soort.code().to_owned()).collect();
    let begin = &own.cursor;
    let mut log = Counts::default();
    let mut from = 0;
    while from < begin.low() {
        let to = (from + RANGE).min(begin.low());
        let part = count_log(conn, &soorten, (from, to), &begin.gaps()).await.map_err(&failed)?;
        log = Counts { events: log.events + part.events, objects: log.objects + part.objects };
        from = to;
    }
    let mut tx = conn.begin_with(BEGIN).await.map_err(&failed)?;
    let end = cursor(&mut tx, own).await?;
    let part = count_later(&mut tx, own, (begin, &end), &soorten).await?;
    let table = own.schema()?.table(BRONNEN);
    let sql = format!("SELECT COALESCE(sum(versie), 0)::bigint, count(*) FROM {table}");
    let (taken_in, objects): (i64, i64) =
        sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut *tx).await.map_err(&failed)?;
    let parked = parked(&mut tx, own, &end).await.map_err(&failed)?;
    tx.commit().await.map_err(&failed)?;
    Ok(Verification {
        events_in_log: log.events + part.events,
        events_taken_in: taken_in,
        objects_in_log: log.objects + part.objects,
        objects,
        parked,
        ..Verification::default()
    })
}

/// What is parked in the generation, in the snapshot in which it is at `end`.
async fn parked(
    conn: &mut PgConnection,
    own: &Generatie,
    end: &Cursor,
) -> Result<Vec<ParkedObject>, sqlx::Error> {
    sqlx::query_as!(
        ParkedObject,
        r#"SELECT p.objectsoort, p.object_id, p.positie, p.versie,
                  (SELECT count(*) FROM write_side.gebeurtenissen e
                   WHERE e.objectsoort = p.objectsoort AND e.object_id = p.object_id
                     AND e.versie >= p.versie AND e.positie <= $3 AND e.positie <> ALL($4))
                      AS "wachtend!"
           FROM projector.geparkeerd p WHERE p.product = $1 AND p.generatie = $2
           ORDER BY p.positie"#,
        own.product,
        own.generatie,
        end.low(),
        &end.gaps(),
    )
    .fetch_all(conn)
    .await
}

async fn count_log(
    conn: &mut PgConnection,
    soorten: &[String],
    (from, to): (i64, i64),
    gaps: &[i64],
) -> Result<Counts, sqlx::Error> {
    sqlx::query_as!(
        Counts,
        r#"SELECT count(*) AS "events!", count(*) FILTER (WHERE versie = 1) AS "objects!"
           FROM write_side.gebeurtenissen
           WHERE positie > $1 AND positie <= $2 AND positie <> ALL($3) AND objectsoort = ANY($4)"#,
        from,
        to,
        gaps,
        soorten,
    )
    .fetch_one(conn)
    .await
}

/// Counts what came after `begin`, or was hidden in its gaps, and is in the generation: up to `end`,
/// and beyond it what the versions of its objects tell.
async fn count_later(
    conn: &mut PgConnection,
    own: &Generatie,
    (begin, end): (&Cursor, &Cursor),
    soorten: &[String],
) -> Result<Counts, RebuildError> {
    let sql = format!(
        "SELECT count(*), count(*) FILTER (WHERE e.versie = 1)
         FROM write_side.gebeurtenissen e LEFT JOIN {} b USING (objectsoort, object_id)
         WHERE (e.positie > $1 OR e.positie = ANY($2)) AND objectsoort = ANY($3)
           AND ((e.positie <= $4 AND e.positie <> ALL($5)) OR e.versie <= b.versie)",
        own.schema()?.table(BRONNEN)
    );
    let (events, objects) = sqlx::query_as(AssertSqlSafe(sql))
        .bind(begin.low())
        .bind(begin.gaps())
        .bind(soorten)
        .bind(end.low())
        .bind(end.gaps())
        .fetch_one(conn)
        .await
        .map_err(ProjectorError::database("counting the events of a product"))?;
    Ok(Counts { events, objects })
}

/// Where the generation is, in this snapshot.
async fn cursor(conn: &mut PgConnection, own: &Generatie) -> Result<Cursor, RebuildError> {
    let all = generations(conn, own.product).await?;
    cursor_in(&all, own).cloned()
}

/// Where the generation is, of all that there are in a snapshot.
pub(super) fn cursor_in<'a>(
    all: &'a [Generatie],
    own: &Generatie,
) -> Result<&'a Cursor, RebuildError> {
    let own = all.iter().find(|one| one.generatie == own.generatie);
    own.map(|one| &one.cursor).ok_or(RebuildError::Superseded)
}

/// The states of objects as the log alone tells them, up to a place and up to the versions that the
/// generation has.
pub(super) async fn from_log<'s>(
    conn: &mut PgConnection,
    own: &Generatie,
    schema: &'s Schema,
    until: Cursor,
) -> Result<Bronnen<'s>, RebuildError> {
    let failed = RebuildError::tables(own.product, own.generatie, "reading what is parked");
    let replay = Replay::load(conn, (own.product, own.generatie), until).await.map_err(failed)?;
    Ok(Bronnen::of(schema, Origin::Log(replay)))
}

async fn count(
    conn: &mut PgConnection,
    own: &Generatie,
    table: &'static Table,
) -> Result<TableVerification, sqlx::Error> {
    let schema = own.schema().map_err(|error| sqlx::Error::Configuration(Box::new(error)))?;
    let sql = format!(
        "SELECT count(*), count(*) FILTER (WHERE b.object_id IS NULL)
         FROM {} t LEFT JOIN {} b ON b.objectsoort = $1 AND b.object_id = t.{}",
        schema.table(table.name),
        schema.table(BRONNEN),
        table.root_column,
    );
    let (rows, orphans) =
        sqlx::query_as(AssertSqlSafe(sql)).bind(table.root.code()).fetch_one(conn).await?;
    Ok(TableVerification { table: table.name, rows, orphans, wrong: Vec::new() })
}

pub(super) async fn create_temporary(
    conn: &mut PgConnection,
    derived: &dyn Derived,
    own: &Generatie,
) -> Result<(), sqlx::Error> {
    let schema = own.schema().map_err(|error| sqlx::Error::Configuration(Box::new(error)))?;
    for table in derived.tables() {
        let sql = format!(
            "CREATE TEMPORARY TABLE {} (LIKE {}) ON COMMIT DELETE ROWS",
            table.name,
            schema.table(table.name)
        );
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Chooses objects, each with the same chance.
async fn choose(
    conn: &mut PgConnection,
    own: &Generatie,
    root: Objectsoort,
    (sample, seed): (i64, i64),
) -> Result<Vec<Uuid>, sqlx::Error> {
    let schema = own.schema().map_err(|error| sqlx::Error::Configuration(Box::new(error)))?;
    let sql = format!(
        "SELECT object_id FROM {} WHERE objectsoort = $1
         ORDER BY hashtextextended(object_id::text, $2), object_id LIMIT $3",
        schema.table(BRONNEN)
    );
    sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(root.code())
        .bind(seed)
        .bind(sample)
        .fetch_all(conn)
        .await
}

/// Replays objects from the log alone, up to where the generation is, and puts their rows into the
/// temporary tables. Gives these tables, and the states.
pub(super) async fn laid_out<'s>(
    conn: &mut PgConnection,
    derived: &dyn Derived,
    (own, schema): (&Generatie, &'s Schema),
    (layer, ids): (Layer, &BTreeSet<Uuid>),
) -> Result<(Vec<&'static Table>, Bronnen<'s>), RebuildError> {
    let broken = RebuildError::project(own.product);
    let until = cursor(conn, own).await?;
    let mut bronnen = from_log(conn, own, schema, until).await?;
    let mut tables = Vec::new();
    for rows in derived.rows(conn, &mut bronnen, layer, ids).await.map_err(&broken)? {
        rows.copy(conn, &Schema::temporary()).await.map_err(&broken)?;
        tables.push(rows.table());
    }
    Ok((tables, bronnen))
}

/// Replays objects, and gives per table those whose rows are otherwise.
async fn replay(
    conn: &mut PgConnection,
    derived: &dyn Derived,
    own: &Generatie,
    (layer, ids): (Layer, &BTreeSet<Uuid>),
) -> Result<Wrong, RebuildError> {
    let (product, schema) = (own.product, own.schema()?);
    let failed = RebuildError::tables(product, own.generatie, "comparing its rows");
    let broken = RebuildError::project(product);
    let mut tx = conn.begin_with(BEGIN).await.map_err(&failed)?;
    let (tables, bronnen) = laid_out(&mut tx, derived, (own, &schema), (layer, ids)).await?;
    let mut wrong = BTreeMap::new();
    for table in tables {
        let differing = differing(&mut tx, &schema, table, ids).await.map_err(&failed)?;
        wrong.insert(table.name, differing);
    }
    let strange = bronnen.differing(&mut tx).await.map_err(&broken)?;
    if !strange.is_empty()
        && let Some(first) = wrong.values_mut().next()
    {
        first.extend(strange.into_iter().map(|object| object.id));
    }
    tx.rollback().await.map_err(failed)?;
    Ok(wrong)
}

/// The roots whose rows in the generation and in the temporary table are not the same: as many, and
/// with the same sum over their contents, whatever their order.
async fn differing(
    conn: &mut PgConnection,
    schema: &Schema,
    table: &'static Table,
    ids: &BTreeSet<Uuid>,
) -> Result<Vec<Uuid>, sqlx::Error> {
    let sums = |schema: &Schema| {
        let (name, root) = (schema.table(table.name), table.root_column);
        format!(
            "SELECT {root} AS root, count(*) AS rows,
                    sum(hashtextextended(t::text, 0)::numeric) AS content
             FROM {name} AS t WHERE {root} = ANY($1) GROUP BY 1"
        )
    };
    let sql = format!(
        "SELECT root FROM ({}) AS own FULL JOIN ({}) AS replayed USING (root)
         WHERE (own.rows, own.content) IS DISTINCT FROM (replayed.rows, replayed.content)",
        sums(schema),
        sums(&Schema::temporary()),
    );
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    sqlx::query_scalar(AssertSqlSafe(sql)).bind(ids).fetch_all(conn).await
}
