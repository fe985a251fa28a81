//! Actoren: one row per actor, for the loader of names.

use std::collections::BTreeSet;

use async_trait::async_trait;
use events::{Envelope, ObjectRef, Objectsoort};
use sqlx::PgConnection;
use uuid::Uuid;

use super::bronnen::Bronnen;
use super::derived::{self, Derived, Layer};
use super::table::{Rows, Table, text};
use crate::product::{Product, ProjectError, Schema};

/// The product.
#[derive(Debug)]
pub(super) struct Actoren;

const ACTOREN: Table = Table {
    name: "actoren",
    root: Objectsoort::Actor,
    root_column: "actor_id",
    key: &["actor_id"],
    columns: &[("actor_id", "uuid"), ("soort", "text"), ("naam", "text"), ("actief", "boolean")],
    feeds: None,
};

#[async_trait]
impl Product for Actoren {
    fn name(&self) -> &'static str {
        "actoren"
    }

    fn version(&self) -> i32 {
        3
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

    async fn dirty(
        &self,
        _: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        layer: Layer,
        _: BTreeSet<Uuid>,
    ) -> Result<BTreeSet<Uuid>, ProjectError> {
        Ok(bronnen.touched(layer.root).collect())
    }

    async fn rows(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        _: Layer,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Rows>, ProjectError> {
        bronnen.load(conn, ids.iter().copied().map(ObjectRef::actor)).await?;
        let mut rows = Rows::new(&ACTOREN);
        for actor in ids.iter().filter_map(|id| bronnen.actor(*id)) {
            rows.push([
                text(actor.id),
                text(actor.soort_actor.code()),
                text(&actor.naam),
                text(actor.indicatie_actief),
            ]);
        }
        Ok(vec![rows])
    }
}
