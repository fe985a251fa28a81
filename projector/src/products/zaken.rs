//! Zaken: one row per zaak of which both keys are known, so that every product finds it by either.

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
pub(super) struct Zaken;

const ZAKEN: Table = Table {
    name: "zaken",
    root: Objectsoort::Zaaksleutelpaar,
    root_column: "zaak_id",
    key: &["zaak_id"],
    columns: &[
        ("zaak_id", "uuid"),
        ("uuid", "text"),
        ("nummer", "text"),
        ("identificatie", "text"),
    ],
    feeds: None,
};

#[async_trait]
impl Product for Zaken {
    fn name(&self) -> &'static str {
        "zaken"
    }

    fn version(&self) -> i32 {
        1
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/zaken.sql")
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
impl Derived for Zaken {
    fn objectsoorten(&self) -> &'static [Objectsoort] {
        &[Objectsoort::Zaaksleutelpaar]
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&ZAKEN]
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
        bronnen.load(conn, ids.iter().copied().map(ObjectRef::zaaksleutelpaar)).await?;
        let mut rows = Rows::new(&ZAKEN);
        for pair in ids.iter().filter_map(|id| bronnen.zaaksleutels(*id)) {
            rows.push([
                text(pair.id),
                text(pair.uuid),
                text(pair.identificatie.to_lowercase()),
                text(&pair.identificatie),
            ]);
        }
        Ok(vec![rows])
    }
}
