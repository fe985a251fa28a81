//! A product in two stages: from events to the states of objects, and from states to rows. Rows are
//! derived, never changed: so the same functions keep them up to date event by event, fill a whole
//! generation at once, and tell whether a row is what it should be.

use std::collections::BTreeSet;

use async_trait::async_trait;
use events::{Envelope, ObjectRef, Objectsoort};
use sqlx::PgConnection;
use uuid::Uuid;

use super::bronnen::{Bronnen, Origin};
use super::table::{Replaced, Rows, Table};
use crate::meter::{Step, timed};
use crate::product::{Product, ProjectError, Schema};
use crate::wijzigingen::{self, Tells};

/// A step of stage two: the tables whose rows are derived together, of roots of one kind. A product has
/// several layers with roots of the same kind where rows of one are made from rows of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Layer {
    /// The kind of its roots.
    pub root: Objectsoort,
    /// Which it is of the layers with roots of this kind, from 1.
    pub nummer: u8,
}

impl Layer {
    /// The first layer with roots of this kind.
    #[must_use]
    pub const fn of(root: Objectsoort) -> Self {
        Self { root, nummer: 1 }
    }

    /// The layer with roots of the same kind that comes after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { root: self.root, nummer: self.nummer + 1 }
    }

    /// What it is called where progress is kept: that of the first layer is the code of its roots.
    pub(crate) fn code(self) -> String {
        match self.nummer {
            1 => self.root.code().to_owned(),
            nummer => format!("{}:{nummer}", self.root.code()),
        }
    }
}

/// A product whose rows follow from the states of objects.
#[async_trait]
pub trait Derived: Product {
    /// The kinds of objects that it is made of.
    fn objectsoorten(&self) -> &'static [Objectsoort];

    /// Its tables; one whose rows are made from rows of another comes after that, in a later layer.
    fn tables(&self) -> &'static [&'static Table];

    /// Of what is told that it changed, if somebody may wait for that.
    fn tells(&self) -> Option<Tells> {
        None
    }

    /// The layers in which rows are derived, in their order: one for each kind of root, unless said
    /// otherwise.
    fn layers(&self) -> Vec<Layer> {
        let mut layers: Vec<Layer> =
            self.tables().iter().map(|table| Layer::of(table.root)).collect();
        layers.dedup();
        layers
    }

    /// The roots of a layer whose rows may differ after a batch. `fed` are the objects that rows of
    /// the layer before it feed and that were written for this batch.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn dirty(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        layer: Layer,
        fed: BTreeSet<Uuid>,
    ) -> Result<BTreeSet<Uuid>, ProjectError>;

    /// The rows of these roots in the tables of a layer, one [`Rows`] per table.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn rows(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        layer: Layer,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Rows>, ProjectError>;
}

/// The layers of a product whose rows belong to objects of this kind.
pub(crate) fn layers_of(product: &dyn Derived, soort: Objectsoort) -> Vec<Layer> {
    product.layers().into_iter().filter(|layer| layer.root == soort).collect()
}

/// Folds a batch: the states first, then the rows of the roots that it may have changed.
pub(super) async fn project(
    product: &dyn Derived,
    conn: &mut PgConnection,
    schema: &Schema,
    batch: &[Envelope],
) -> Result<(), ProjectError> {
    let fold = Bronnen::fold(conn, schema, batch, product.objectsoorten());
    let mut bronnen = timed(Step::Fold, fold).await?;
    timed(Step::Write, settle(product, conn, schema, &mut bronnen)).await
}

/// Derives again the rows of every root that touched states may have changed.
pub(crate) async fn settle(
    product: &dyn Derived,
    conn: &mut PgConnection,
    schema: &Schema,
    bronnen: &mut Bronnen<'_>,
) -> Result<(), ProjectError> {
    let (mut fed, mut told) = (BTreeSet::new(), BTreeSet::new());
    for layer in product.layers() {
        let dirty = product.dirty(conn, bronnen, layer, fed).await?;
        let replaced = replace(product, conn, (schema, bronnen), (layer, &dirty)).await?;
        fed = replaced.fed;
        told.extend(replaced.told);
    }
    Ok(wijzigingen::tell(conn, product.name(), schema, &told).await?)
}

/// Lets an object pass an event that is skipped: it keeps its state, with the number of that event. An
/// object that begins with a skipped event is one that is not there.
pub(crate) async fn pass(
    product: &dyn Product,
    conn: &mut PgConnection,
    schema: &Schema,
    (object, versie): (ObjectRef, i64),
) -> Result<(), ProjectError> {
    let concerned = |derived: &&dyn Derived| derived.objectsoorten().contains(&object.soort);
    let Some(derived) = product.derived().filter(concerned) else { return Ok(()) };
    let mut bronnen = Bronnen::of(schema, Origin::Table);
    bronnen.load(conn, [object]).await?;
    if bronnen.pass(object, versie) {
        bronnen.write(conn).await?;
        settle(derived, conn, schema, &mut bronnen).await?;
    }
    Ok(())
}

/// Takes away what an event says was destroyed of its object, which has not come to that event and,
/// when all of it was, goes on at `versie`.
pub(crate) async fn scrub(
    product: &dyn Product,
    conn: &mut PgConnection,
    schema: &Schema,
    (event, versie): (&Envelope, i64),
) -> Result<(), ProjectError> {
    let Some(derived) = product.derived() else { return Ok(()) };
    let mut bronnen = Bronnen::of(schema, Origin::Table);
    bronnen.load(conn, [event.object]).await?;
    if bronnen.scrub(event, versie) {
        bronnen.overwrite(conn).await?;
        settle(derived, conn, schema, &mut bronnen).await?;
    }
    Ok(())
}

/// Derives the rows of roots again and puts them in the place of what is there; gives what that
/// touched.
pub(crate) async fn replace(
    product: &dyn Derived,
    conn: &mut PgConnection,
    (schema, bronnen): (&Schema, &mut Bronnen<'_>),
    (layer, ids): (Layer, &BTreeSet<Uuid>),
) -> Result<Replaced, ProjectError> {
    let mut all = Replaced::default();
    if ids.is_empty() {
        return Ok(all);
    }
    for rows in product.rows(conn, bronnen, layer, ids).await? {
        let told = product.tells().filter(|tells| tells.table == rows.table().name);
        let replaced = rows.replace(conn, schema, ids, told.map(|tells| tells.column)).await?;
        all.fed.extend(replaced.fed);
        all.told.extend(replaced.told);
    }
    Ok(all)
}
