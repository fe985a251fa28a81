//! Bewaaroverzicht: one row per klantcontact and per partij, with what decides whether it may go. A
//! partij is used when a klantcontact of it is, so its row is made of theirs.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use events::{Envelope, InterneTaak, ObjectRef, Objectsoort, Taakstatus};
use read_side::bewaaroverzicht::BewaarDocument;
use sqlx::{AssertSqlSafe, FromRow, PgConnection};
use uuid::Uuid;

use super::bronnen::{Bronnen, document};
use super::derived::{self, Derived, Layer};
use super::table::{Rows, Table, moment, text};
use super::{Inrichting, documents};
use crate::product::{Product, ProjectError, Schema};
use crate::toestanden::KlantcontactToestand;

/// The product.
#[derive(Debug)]
pub(super) struct Bewaaroverzicht {
    pub(super) inrichting: Inrichting,
}

const KLANTCONTACTEN: Table = Table {
    name: "bewaar_klantcontacten",
    root: Objectsoort::Klantcontact,
    root_column: "klantcontact_id",
    key: &["klantcontact_id"],
    columns: &[
        ("klantcontact_id", "uuid"),
        ("laatste_gebruik", "timestamptz"),
        ("open", "boolean"),
        ("zaak_gekoppeld", "boolean"),
        ("wees", "boolean"),
        ("document", "json"),
    ],
    feeds: None,
};

const DEELNAMES: Table = Table {
    name: "bewaar_deelnames",
    root: Objectsoort::Klantcontact,
    root_column: "klantcontact_id",
    key: &["partij_id", "klantcontact_id"],
    columns: &[
        ("partij_id", "uuid"),
        ("klantcontact_id", "uuid"),
        ("laatste_gebruik", "timestamptz"),
        ("open", "boolean"),
        ("zaak_gekoppeld", "boolean"),
    ],
    feeds: Some("partij_id"),
};

const PARTIJEN: Table = Table {
    name: "bewaar_partijen",
    root: Objectsoort::Partij,
    root_column: "partij_id",
    key: &["partij_id"],
    columns: &[
        ("partij_id", "uuid"),
        ("laatste_gebruik", "timestamptz"),
        ("open", "boolean"),
        ("zaak_gekoppeld", "boolean"),
        ("wees", "boolean"),
        ("document", "json"),
    ],
    feeds: None,
};

#[async_trait]
impl Product for Bewaaroverzicht {
    fn name(&self) -> &'static str {
        "bewaaroverzicht"
    }

    fn version(&self) -> i32 {
        1
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/bewaaroverzicht.sql")
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
impl Derived for Bewaaroverzicht {
    fn objectsoorten(&self) -> &'static [Objectsoort] {
        &[Objectsoort::Partij, Objectsoort::Klantcontact, Objectsoort::InterneTaak]
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&KLANTCONTACTEN, &DEELNAMES, &PARTIJEN]
    }

    async fn dirty(
        &self,
        _: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        layer: Layer,
        mut fed: BTreeSet<Uuid>,
    ) -> Result<BTreeSet<Uuid>, ProjectError> {
        if layer.root == Objectsoort::Klantcontact {
            return Ok(bronnen.dirty_klantcontacten());
        }
        fed.extend(bronnen.touched(Objectsoort::Partij));
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
            bronnen.load(conn, ids.iter().copied().map(ObjectRef::partij)).await?;
            return Ok(vec![partijen(conn, bronnen, ids).await?]);
        }
        bronnen.load_klantcontacten(conn, ids).await?;
        klantcontacten(bronnen, ids, &self.inrichting)
    }
}

/// What is used last of a klantcontact: itself, or a taak that followed it.
fn laatste_gebruik(state: &KlantcontactToestand, taken: &[&InterneTaak]) -> DateTime<Utc> {
    let of_taken = taken.iter().map(|taak| taak.afgehandeld_op.unwrap_or(taak.toegewezen_op));
    of_taken.fold(state.klantcontact.plaatsgevonden_op, DateTime::max)
}

fn klantcontacten(
    bronnen: &Bronnen<'_>,
    ids: &BTreeSet<Uuid>,
    inrichting: &Inrichting,
) -> Result<Vec<Rows>, ProjectError> {
    let per_contact = bronnen.taken_per_klantcontact();
    let (mut rows, mut deelnames) = (Rows::new(&KLANTCONTACTEN), Rows::new(&DEELNAMES));
    for state in ids.iter().filter_map(|id| bronnen.klantcontact(*id)) {
        let contact = &state.klantcontact;
        let taken = per_contact.get(&contact.id).map_or(&[][..], Vec::as_slice);
        let gebruik = laatste_gebruik(state, taken);
        let open = taken.iter().any(|taak| taak.status == Taakstatus::TeVerwerken);
        let zaak_gekoppeld = !documents::zaaksleutels(state, &inrichting.zaakspellingen).is_empty();
        let partijen: BTreeSet<Uuid> = state.partijen().collect();
        let wees = partijen.is_empty() && !zaak_gekoppeld;
        let shown = BewaarDocument {
            object_id: contact.id,
            nummer: contact.nummer.clone(),
            laatste_gebruik: Some(gebruik),
            open,
            zaak_gekoppeld,
            wees,
        };
        rows.push([
            text(contact.id),
            moment(gebruik),
            text(open),
            text(zaak_gekoppeld),
            text(wees),
            text(document(&shown)?),
        ]);
        for partij in partijen {
            deelnames.push([
                text(partij),
                text(contact.id),
                moment(gebruik),
                text(open),
                text(zaak_gekoppeld),
            ]);
        }
    }
    Ok(vec![rows, deelnames])
}

/// What the klantcontacten of a partij say of it.
#[derive(Debug, FromRow)]
struct Gebruik {
    partij_id: Uuid,
    laatste: Option<DateTime<Utc>>,
    open: bool,
    zaak_gekoppeld: bool,
}

async fn partijen(
    conn: &mut PgConnection,
    bronnen: &Bronnen<'_>,
    ids: &BTreeSet<Uuid>,
) -> Result<Rows, ProjectError> {
    let table = bronnen.schema().table(DEELNAMES.name);
    let sql = format!(
        "SELECT p.id AS partij_id, max(d.laatste_gebruik) AS laatste,
                COALESCE(bool_or(d.open), false) AS open,
                COALESCE(bool_or(d.zaak_gekoppeld), false) AS zaak_gekoppeld
         FROM unnest($1::uuid[]) AS p (id) LEFT JOIN {table} d ON d.partij_id = p.id
         GROUP BY p.id ORDER BY p.id"
    );
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    let found: Vec<Gebruik> = sqlx::query_as(AssertSqlSafe(sql)).bind(ids).fetch_all(conn).await?;
    let mut rows = Rows::new(&PARTIJEN);
    for gebruik in found {
        // One that is not known yet gets its row when the partij comes.
        let Some((_, partij)) = bronnen.partij(gebruik.partij_id) else { continue };
        let wees = gebruik.laatste.is_none();
        let shown = BewaarDocument {
            object_id: gebruik.partij_id,
            nummer: partij.partij.nummer.clone(),
            laatste_gebruik: gebruik.laatste,
            open: gebruik.open,
            zaak_gekoppeld: gebruik.zaak_gekoppeld,
            wees,
        };
        rows.push([
            text(gebruik.partij_id),
            gebruik.laatste.and_then(moment),
            text(gebruik.open),
            text(gebruik.zaak_gekoppeld),
            text(wees),
            text(document(&shown)?),
        ]);
    }
    Ok(rows)
}
