//! Contactgeschiedenis: one row per contact and klant that took part in it, and what is counted of
//! each contact.

mod feiten;

use std::collections::BTreeSet;

use async_trait::async_trait;
use events::{Envelope, Objectsoort};
use sqlx::PgConnection;
use uuid::Uuid;

use super::bronnen::{Bronnen, document};
use super::derived::{self, Derived, Layer};
use super::table::{Rows, Table, list, moment, text};
use super::{Inrichting, documents};
use crate::product::{Product, ProjectError, Schema};
use crate::toestanden::KlantcontactToestand;
use crate::wijzigingen::Tells;

/// The product.
#[derive(Debug)]
pub(super) struct Contactgeschiedenis {
    pub(super) inrichting: Inrichting,
}

const CONTACTEN: Table = Table {
    name: "contacten",
    root: Objectsoort::Klantcontact,
    root_column: "klantcontact_id",
    key: &["partij_id", "klantcontact_id"],
    columns: &[
        ("partij_id", "uuid"),
        ("klantcontact_id", "uuid"),
        ("op", "timestamptz"),
        ("kanaal", "text"),
        ("vertrouwelijk", "boolean"),
        ("alleen_klant", "boolean"),
        ("contactverzoek", "boolean"),
        ("verzoek", "boolean"),
        ("product", "text"),
        ("actoren", "uuid[]"),
        ("zaken", "text[]"),
        ("tekst", "text"),
        ("gewijzigd", "bigint"),
        ("document", "json"),
    ],
    feeds: None,
};

#[async_trait]
impl Product for Contactgeschiedenis {
    fn name(&self) -> &'static str {
        "contactgeschiedenis"
    }

    fn version(&self) -> i32 {
        5
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/contactgeschiedenis.sql")
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
impl Derived for Contactgeschiedenis {
    fn objectsoorten(&self) -> &'static [Objectsoort] {
        &[Objectsoort::Klantcontact, Objectsoort::InterneTaak]
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&CONTACTEN, &feiten::CONTACTFEITEN]
    }

    fn tells(&self) -> Option<Tells> {
        Some(Tells { table: "contacten", column: "partij_id" })
    }

    async fn dirty(
        &self,
        _: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        _: Layer,
        _: BTreeSet<Uuid>,
    ) -> Result<BTreeSet<Uuid>, ProjectError> {
        Ok(bronnen.dirty_klantcontacten())
    }

    async fn rows(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        _: Layer,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Rows>, ProjectError> {
        bronnen.load_klantcontacten(conn, ids).await?;
        let per_contact = bronnen.taken_per_klantcontact();
        let (mut rows, mut counted) = (Rows::new(&CONTACTEN), Rows::new(&feiten::CONTACTFEITEN));
        for state in ids.iter().filter_map(|id| bronnen.klantcontact(*id)) {
            let contact = &state.klantcontact;
            let taken = per_contact.get(&contact.id).map_or(&[][..], Vec::as_slice);
            let gewijzigd = bronnen.contact_gewijzigd(contact.id, taken);
            let shown = documents::contact(state, taken, &self.inrichting);
            feiten::add(&mut counted, state, !taken.is_empty(), &self.inrichting.toegestaan)?;
            let as_text = document(&shown)?;
            for partij in state.partijen().collect::<BTreeSet<Uuid>>() {
                rows.push([
                    text(partij),
                    text(contact.id),
                    moment(contact.plaatsgevonden_op),
                    text(&contact.kanaal),
                    text(contact.vertrouwelijk),
                    text(state.alleen_klant(partij)),
                    text(!taken.is_empty()),
                    text(documents::is_verzoek(state)),
                    shown.product().map(str::to_lowercase),
                    list(state.actor_ids()),
                    list(documents::zaaksleutels(state, &self.inrichting.zaakspellingen)),
                    text(zoektekst(state)),
                    text(gewijzigd),
                    text(&as_text),
                ]);
            }
        }
        Ok(vec![rows, counted])
    }
}

/// What a search for text looks in: subject, content and answer, capitals aside.
fn zoektekst(state: &KlantcontactToestand) -> String {
    let contact = &state.klantcontact;
    [Some(&contact.onderwerp), contact.inhoud.as_ref(), contact.reactie.as_ref()]
        .into_iter()
        .flatten()
        .map(|text| text.to_lowercase())
        .collect::<Vec<_>>()
        .join("\n")
}
