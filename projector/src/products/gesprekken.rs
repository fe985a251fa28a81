//! Gesprekken: klantcontacten that are about one another. Which those are follows from the links of all
//! of them, so it is derived in two layers: the links first, then what hangs together.

mod beeld;
mod samenhang;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use events::{Envelope, Objectsoort};
use sqlx::PgConnection;
use uuid::Uuid;

use self::beeld::{GESPREKKEN, Lid};
use self::samenhang::{SCHAKELS, Samenhang};
use super::Inrichting;
use super::bronnen::{Bronnen, document};
use super::derived::{self, Derived, Layer};
use super::documents;
use super::table::{Rows, Table, list, moment, text};
use crate::product::{Product, ProjectError, Schema};
use crate::wijzigingen::Tells;

/// The links, and then the berichten and gesprekken: all belong to klantcontacten.
const SCHAKELLAAG: Layer = Layer::of(Objectsoort::Klantcontact);
const GESPREKSLAAG: Layer = SCHAKELLAAG.next();

/// The product.
#[derive(Debug)]
pub(super) struct Gesprekken {
    pub(super) inrichting: Inrichting,
}

const BERICHTEN: Table = Table {
    name: "gesprek_berichten",
    root: Objectsoort::Klantcontact,
    root_column: "klantcontact_id",
    key: &["klantcontact_id"],
    columns: &[
        ("klantcontact_id", "uuid"),
        ("gesprek_id", "uuid"),
        ("op", "timestamptz"),
        ("vertrouwelijk", "boolean"),
        ("alleen_klant", "boolean"),
        ("voor_klant", "boolean"),
        ("partijen", "uuid[]"),
        ("document", "json"),
    ],
    feeds: None,
};

#[async_trait]
impl Product for Gesprekken {
    fn name(&self) -> &'static str {
        "gesprekken"
    }

    fn version(&self) -> i32 {
        2
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/gesprekken.sql")
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
impl Derived for Gesprekken {
    fn objectsoorten(&self) -> &'static [Objectsoort] {
        &[Objectsoort::Klantcontact, Objectsoort::InterneTaak]
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&SCHAKELS, &BERICHTEN, &GESPREKKEN]
    }

    fn layers(&self) -> Vec<Layer> {
        vec![SCHAKELLAAG, GESPREKSLAAG]
    }

    fn tells(&self) -> Option<Tells> {
        Some(Tells { table: "gesprekken", column: "partij_id" })
    }

    async fn dirty(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        layer: Layer,
        mut fed: BTreeSet<Uuid>,
    ) -> Result<BTreeSet<Uuid>, ProjectError> {
        if layer == SCHAKELLAAG {
            return Ok(bronnen.dirty_klantcontacten());
        }
        // Both ends of every link that came or went: what a gesprek fell apart into has one of them.
        let samenhang = Samenhang::around(conn, bronnen.schema(), &fed).await?;
        fed.extend(samenhang.gesprekken());
        fed.extend(samenhang.moved(conn, bronnen.schema()).await?);
        Ok(fed)
    }

    async fn rows(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        layer: Layer,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Rows>, ProjectError> {
        if layer == SCHAKELLAAG {
            return Ok(vec![samenhang::rows(conn, bronnen, ids).await?]);
        }
        let samenhang = Samenhang::around(conn, bronnen.schema(), ids).await?;
        // A gesprek belongs to the klantcontact that it has its key from.
        let leden = samenhang.leden(ids);
        let wanted: BTreeSet<Uuid> = leden.values().flatten().chain(ids).copied().collect();
        bronnen.load_klantcontacten(conn, &wanted).await?;
        let bekend = self.bekend(bronnen, &wanted);
        let mut berichten = Rows::new(&BERICHTEN);
        for (id, lid) in bekend.iter().filter(|(id, _)| ids.contains(id)) {
            add_bericht(&mut berichten, samenhang.gesprek(*id), lid)?;
        }
        let mut gesprekken = Rows::new(&GESPREKKEN);
        for (gesprek, leden) in leden {
            let leden = leden.iter().filter_map(|id| bekend.get(id)).collect();
            beeld::add(&mut gesprekken, gesprek, leden)?;
        }
        Ok(vec![berichten, gesprekken])
    }
}

impl Gesprekken {
    /// The klantcontacten that are known of these, which are loaded.
    fn bekend(&self, bronnen: &Bronnen<'_>, ids: &BTreeSet<Uuid>) -> BTreeMap<Uuid, Lid> {
        let per_contact = bronnen.taken_per_klantcontact();
        let lid = |id: &Uuid| {
            let state = bronnen.klantcontact(*id)?;
            let taken = per_contact.get(id).map_or(&[][..], Vec::as_slice);
            let hidden = self.inrichting.verborgen_kanalen.contains(&state.klantcontact.kanaal);
            let partijen: BTreeSet<Uuid> = state.partijen().collect();
            let lid = Lid {
                document: documents::contact(state, taken, &self.inrichting),
                alleen_klant: partijen.iter().any(|partij| state.alleen_klant(*partij)),
                voor_klant: !hidden && (!partijen.is_empty() || state.zonder_betrokkene()),
                partijen,
                zaken: documents::zaaksleutels(state, &self.inrichting.zaakspellingen),
                gewijzigd: bronnen.contact_gewijzigd(*id, taken),
            };
            Some((*id, lid))
        };
        ids.iter().filter_map(lid).collect()
    }
}

fn add_bericht(rows: &mut Rows, gesprek: Uuid, lid: &Lid) -> Result<(), ProjectError> {
    let contact = &lid.document;
    rows.push([
        text(contact.klantcontact_id),
        text(gesprek),
        moment(contact.op),
        text(contact.vertrouwelijk),
        text(lid.alleen_klant),
        text(lid.voor_klant),
        list(&lid.partijen),
        text(document(contact)?),
    ]);
    Ok(())
}
