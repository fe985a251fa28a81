//! Actoren: one row per actor, for the loader of names, with the actor that leads those that are
//! the same.

mod samen;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use events::{Envelope, ObjectRef, Objectsoort};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::bronnen::Bronnen;
use super::derived::{self, Derived, Layer};
use super::table::{Rows, Table, text};
use crate::product::{Product, ProjectError, Schema};
use crate::wijzigingen::Tells;

/// The product.
#[derive(Debug)]
pub(super) struct Actoren {
    /// Whether actoren that share a key are one.
    pub(super) samenvoegen: bool,
}

const ACTOREN: Table = Table {
    name: "actoren",
    root: Objectsoort::Actor,
    root_column: "actor_id",
    key: &["actor_id"],
    columns: &[
        ("actor_id", "uuid"),
        ("soort", "text"),
        ("naam", "text"),
        ("actief", "boolean"),
        ("hoofd", "uuid"),
    ],
    feeds: None,
};

#[async_trait]
impl Product for Actoren {
    fn name(&self) -> &'static str {
        "actoren"
    }

    fn version(&self) -> i32 {
        4
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/actoren.sql")
    }

    fn derived(&self) -> Option<&dyn Derived> {
        Some(self)
    }

    async fn project(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
        batch: &[Envelope],
    ) -> Result<(), ProjectError> {
        derived::project(self, conn, schema, batch).await
    }
}

#[async_trait]
impl Derived for Actoren {
    fn objectsoorten(&self) -> &'static [Objectsoort] {
        &[Objectsoort::Actor]
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&ACTOREN]
    }

    fn tells(&self) -> Option<Tells> {
        Some(Tells { table: "actoren", column: "actor_id" })
    }

    async fn dirty(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        layer: Layer,
        _: BTreeSet<Uuid>,
    ) -> Result<BTreeSet<Uuid>, ProjectError> {
        let mut dirty: BTreeSet<Uuid> = bronnen.touched(layer.root).collect();
        if self.samenvoegen && !dirty.is_empty() {
            let were = were_one(conn, bronnen, &dirty).await?;
            dirty.extend(are_one(conn, bronnen, &dirty).await?.into_keys());
            dirty.extend(were);
        }
        Ok(dirty)
    }

    async fn rows(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        _: Layer,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Rows>, ProjectError> {
        bronnen.load(conn, ids.iter().copied().map(ObjectRef::actor)).await?;
        let hoofden = match self.samenvoegen {
            true => are_one(conn, bronnen, ids).await?,
            false => BTreeMap::new(),
        };
        let mut rows = Rows::new(&ACTOREN);
        for actor in ids.iter().filter_map(|id| bronnen.actor(*id)) {
            rows.push([
                text(actor.id),
                text(actor.soort_actor.code()),
                text(&actor.naam),
                text(actor.indicatie_actief),
                text(hoofden.get(&actor.id).unwrap_or(&actor.id)),
            ]);
        }
        Ok(vec![rows])
    }
}

/// The actoren that were one with one of these.
async fn were_one(
    conn: &mut PgConnection,
    bronnen: &Bronnen<'_>,
    ids: &BTreeSet<Uuid>,
) -> Result<Vec<Uuid>, ProjectError> {
    let table = bronnen.schema().table(ACTOREN.name);
    let sql = format!(
        "SELECT actor_id FROM {table}
         WHERE hoofd IN (SELECT hoofd FROM {table} WHERE actor_id = ANY($1))"
    );
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(ids).fetch_all(conn).await?)
}

/// The actoren that are one with one of these, each with the one that leads. Actoren are few and
/// seldom change, so who shares a key is looked for among all of them.
async fn are_one(
    conn: &mut PgConnection,
    bronnen: &mut Bronnen<'_>,
    ids: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, Uuid>, ProjectError> {
    let stored = bronnen.stored_actoren(conn).await?;
    let now = stored.iter().map(|actor| bronnen.actor(actor.id).unwrap_or(actor));
    let hoofden = samen::hoofden(now);
    let leading: BTreeSet<Uuid> = ids.iter().filter_map(|id| hoofden.get(id)).copied().collect();
    let same = hoofden.into_iter().filter(|(_, hoofd)| leading.contains(hoofd));
    let same: Vec<Uuid> = same.map(|(id, _)| id).collect();
    // What is stored tells where to look; what is loaded is what holds.
    bronnen.load(conn, same.iter().copied().map(ObjectRef::actor)).await?;
    Ok(samen::hoofden(same.iter().filter_map(|id| bronnen.actor(*id))))
}
