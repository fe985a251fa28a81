//! Klantbeeld: one row per klant with all that the usual screen shows, prepared; and the rows from
//! which deeper pages, and the counts, come.

mod ingangen;
mod klanten;
mod namen;

use std::collections::BTreeSet;

use async_trait::async_trait;
use events::{Envelope, InterneTaak, ObjectRef, Objectsoort};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::bronnen::{Bronnen, document};
use super::derived::{self, Derived, Layer};
use super::table::{Rows, Table, moment, text};
use super::{Inrichting, documents};
use crate::product::{Product, ProjectError, Schema};
use crate::toestanden::KlantcontactToestand;
use crate::wijzigingen::Tells;

/// The product.
#[derive(Debug)]
pub(super) struct Klantbeeld {
    pub(super) inrichting: Inrichting,
}

const KLANT_CONTACTEN: Table = Table {
    name: "klant_contacten",
    root: Objectsoort::Klantcontact,
    root_column: "klantcontact_id",
    key: &["partij_id", "klantcontact_id"],
    columns: &[
        ("partij_id", "uuid"),
        ("klantcontact_id", "uuid"),
        ("op", "timestamptz"),
        ("vertrouwelijk", "boolean"),
        ("verzoek", "boolean"),
        ("document", "json"),
    ],
    feeds: Some("partij_id"),
};

const KLANT_TAKEN: Table = Table {
    name: "klant_taken",
    root: Objectsoort::Klantcontact,
    root_column: "klantcontact_id",
    key: &["partij_id", "taak_id"],
    columns: &[
        ("partij_id", "uuid"),
        ("taak_id", "uuid"),
        ("klantcontact_id", "uuid"),
        ("open", "boolean"),
        ("vertrouwelijk", "boolean"),
        ("streefdatum", "timestamptz"),
        ("document", "json"),
    ],
    feeds: Some("partij_id"),
};

#[async_trait]
impl Product for Klantbeeld {
    fn name(&self) -> &'static str {
        "klantbeeld"
    }

    fn version(&self) -> i32 {
        6
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/klantbeeld.sql")
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
impl Derived for Klantbeeld {
    fn objectsoorten(&self) -> &'static [Objectsoort] {
        &[
            Objectsoort::Partij,
            Objectsoort::Klantcontact,
            Objectsoort::InterneTaak,
            Objectsoort::Vertegenwoordiging,
        ]
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[
            &KLANT_CONTACTEN,
            &KLANT_TAKEN,
            &klanten::KLANTEN,
            &namen::KLANT_NAMEN,
            &ingangen::KLANT_INGANGEN,
        ]
    }

    fn tells(&self) -> Option<Tells> {
        Some(Tells { table: "klanten", column: "partij_id" })
    }

    async fn dirty(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        layer: Layer,
        mut fed: BTreeSet<Uuid>,
    ) -> Result<BTreeSet<Uuid>, ProjectError> {
        if layer.root == Objectsoort::Klantcontact {
            let mut dirty = bronnen.dirty_klantcontacten();
            dirty.extend(with_taken_of_partijen(conn, bronnen).await?);
            return Ok(dirty);
        }
        fed.extend(bronnen.touched(Objectsoort::Partij));
        fed.extend(bronnen.touched_of(Objectsoort::Vertegenwoordiging));
        Ok(fed)
    }

    async fn rows(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        layer: Layer,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Rows>, ProjectError> {
        if layer.root == Objectsoort::Partij {
            let klanten = klanten::rows(conn, bronnen, ids).await?;
            return Ok(vec![klanten, namen::rows(bronnen, ids), ingangen::rows(bronnen, ids)]);
        }
        bronnen.load_klantcontacten(conn, ids).await?;
        let vragers: BTreeSet<ObjectRef> = ids
            .iter()
            .filter_map(|id| bronnen.klantcontact(*id)?.vrager()?.was_partij)
            .map(ObjectRef::partij)
            .collect();
        bronnen.load(conn, vragers).await?;
        self.contacten(bronnen, ids)
    }
}

/// The klantcontacten of the contactverzoeken that show a name or number of a touched partij.
async fn with_taken_of_partijen(
    conn: &mut PgConnection,
    bronnen: &Bronnen<'_>,
) -> Result<Vec<Uuid>, ProjectError> {
    let partijen: Vec<Uuid> = bronnen.touched(Objectsoort::Partij).collect();
    if partijen.is_empty() {
        return Ok(Vec::new());
    }
    let table = bronnen.schema().table("klant_taken");
    let sql = format!("SELECT DISTINCT klantcontact_id FROM {table} WHERE partij_id = ANY($1)");
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(partijen).fetch_all(conn).await?)
}

impl Klantbeeld {
    fn contacten(
        &self,
        bronnen: &Bronnen<'_>,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Rows>, ProjectError> {
        let per_contact = bronnen.taken_per_klantcontact();
        let (mut rows, mut taak_rows) = (Rows::new(&KLANT_CONTACTEN), Rows::new(&KLANT_TAKEN));
        for state in ids.iter().filter_map(|id| bronnen.klantcontact(*id)) {
            let contact = &state.klantcontact;
            let taken = per_contact.get(&contact.id).map_or(&[][..], Vec::as_slice);
            let shown = document(&documents::contact(state, taken, &self.inrichting))?;
            let partijen: BTreeSet<Uuid> = state.partijen().collect();
            for taak in taken {
                self.add_taak(&mut taak_rows, (bronnen, &partijen), state, taak)?;
            }
            for partij in partijen {
                rows.push([
                    text(partij),
                    text(contact.id),
                    moment(contact.plaatsgevonden_op),
                    text(contact.vertrouwelijk),
                    text(documents::is_verzoek(state)),
                    text(&shown),
                ]);
            }
        }
        Ok(vec![rows, taak_rows])
    }

    /// A contactverzoek is shown the same to every partij of its klantcontact.
    fn add_taak(
        &self,
        rows: &mut Rows,
        (bronnen, partijen): (&Bronnen<'_>, &BTreeSet<Uuid>),
        state: &KlantcontactToestand,
        taak: &InterneTaak,
    ) -> Result<(), ProjectError> {
        let vrager = bronnen.vrager(state);
        let shown = documents::contactverzoek(taak, Some(state), vrager, &self.inrichting);
        let as_text = document(&shown)?;
        for partij in partijen {
            rows.push([
                text(partij),
                text(taak.id),
                text(state.klantcontact.id),
                text(shown.taak.open),
                text(shown.vertrouwelijk),
                shown.taak.streefdatum.and_then(moment),
                text(&as_text),
            ]);
        }
        Ok(())
    }
}
