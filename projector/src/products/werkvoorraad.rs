//! Werkvoorraad: one row per interne taak, with what the klantcontact, the partij and the actoren
//! have to say about it.

mod ingangen;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use events::{Envelope, InterneTaak, ObjectRef, Objectsoort, SoortActor};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::bronnen::{Bronnen, document};
use super::derived::{self, Derived};
use super::table::{Rows, Table, list, moment, text};
use super::{Settings, documents};
use crate::product::{Product, ProjectError, Schema};
use crate::toestanden::KlantcontactToestand;

/// The product.
#[derive(Debug)]
pub(super) struct Werkvoorraad {
    pub(super) settings: Settings,
}

const TAKEN: Table = Table {
    name: "taken",
    root: Objectsoort::InterneTaak,
    root_column: "taak_id",
    key: &["taak_id"],
    columns: &[
        ("taak_id", "uuid"),
        ("nummer", "text"),
        ("versie", "bigint"),
        ("klantcontact_id", "uuid"),
        ("klant_id", "uuid"),
        ("open", "boolean"),
        ("kanaal", "text"),
        ("contact_op", "timestamptz"),
        ("toegewezen_op", "timestamptz"),
        ("streefdatum", "timestamptz"),
        ("zonder_behandelaar", "boolean"),
        ("actoren", "uuid[]"),
        ("document", "json"),
        ("contact", "json"),
        ("logboek", "json"),
    ],
    feeds: None,
};

#[async_trait]
impl Product for Werkvoorraad {
    fn name(&self) -> &'static str {
        "werkvoorraad"
    }

    fn version(&self) -> i32 {
        7
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/werkvoorraad.sql")
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
impl Derived for Werkvoorraad {
    fn objectsoorten(&self) -> &'static [Objectsoort] {
        &[
            Objectsoort::InterneTaak,
            Objectsoort::Klantcontact,
            Objectsoort::Partij,
            Objectsoort::Actor,
        ]
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TAKEN, &ingangen::TAAK_INGANGEN]
    }

    async fn dirty(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        _: Objectsoort,
        _: BTreeSet<Uuid>,
    ) -> Result<BTreeSet<Uuid>, ProjectError> {
        dirty_taken(conn, bronnen).await
    }

    async fn rows(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        _: Objectsoort,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Rows>, ProjectError> {
        load_sources(conn, bronnen, ids).await?;
        let per_contact = bronnen.taken_per_klantcontact();
        let (mut rows, mut losse) = (Rows::new(&TAKEN), Rows::new(&ingangen::TAAK_INGANGEN));
        for (versie, taak) in bronnen.taken().filter(|(_, taak)| ids.contains(&taak.id)) {
            let contact = bronnen.klantcontact(taak.aanleidinggevend_klantcontact);
            let vrager = contact.and_then(|contact| bronnen.vrager(contact));
            let shown = documents::contactverzoek(taak, contact, vrager, &self.settings);
            let is_medewerker = |id: &Uuid| {
                let actor = bronnen.actor(*id);
                actor.is_some_and(|actor| actor.soort_actor == SoortActor::Medewerker)
            };
            let getoond = contact.map(|state| self.contact(state, &per_contact)).transpose()?;
            let as_text = document(&shown)?;
            if let Some(contact) = contact {
                ingangen::add(&mut losse, taak, contact, &as_text);
            }
            rows.push([
                text(taak.id),
                text(&taak.nummer),
                text(versie),
                text(taak.aanleidinggevend_klantcontact),
                shown.klant_id.and_then(text),
                text(shown.taak.open),
                shown.kanaal.as_ref().and_then(text),
                shown.contact_op.and_then(moment),
                moment(taak.toegewezen_op),
                shown.taak.streefdatum.and_then(moment),
                text(!taak.toegewezen_aan_actoren.iter().any(is_medewerker)),
                list(&taak.toegewezen_aan_actoren),
                text(&as_text),
                getoond,
                text(document(&documents::logboek(taak, contact))?),
            ]);
        }
        Ok(vec![rows, losse])
    }
}

impl Werkvoorraad {
    /// The document of the klantcontact of a taak, with all taken that followed it.
    fn contact(
        &self,
        state: &KlantcontactToestand,
        taken: &BTreeMap<Uuid, Vec<&InterneTaak>>,
    ) -> Result<String, ProjectError> {
        let taken = taken.get(&state.klantcontact.id).map_or(&[][..], Vec::as_slice);
        document(&documents::contact(state, taken, &self.settings))
    }
}

/// The taken whose row this batch may have changed: those that it touched, those of the
/// klantcontacten, partijen and actoren that it touched, and those that followed the same
/// klantcontact.
async fn dirty_taken(
    conn: &mut PgConnection,
    bronnen: &mut Bronnen<'_>,
) -> Result<BTreeSet<Uuid>, ProjectError> {
    let contacts = bronnen.dirty_klantcontacten();
    bronnen.load_of(conn, Objectsoort::InterneTaak, &contacts).await?;
    let of_contacts = bronnen
        .taken()
        .filter(|(_, taak)| contacts.contains(&taak.aanleidinggevend_klantcontact))
        .map(|(_, taak)| taak.id);
    let mut dirty: BTreeSet<Uuid> =
        bronnen.touched(Objectsoort::InterneTaak).chain(of_contacts).collect();
    let partijen: Vec<Uuid> = bronnen.touched(Objectsoort::Partij).collect();
    let actoren: Vec<Uuid> = bronnen.touched(Objectsoort::Actor).collect();
    if !partijen.is_empty() || !actoren.is_empty() {
        let table = bronnen.schema().table("taken");
        let sql = format!("SELECT taak_id FROM {table} WHERE klant_id = ANY($1) OR actoren && $2");
        let found: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(partijen)
            .bind(actoren)
            .fetch_all(conn)
            .await?;
        dirty.extend(found);
    }
    Ok(dirty)
}

/// Loads all that the rows of these taken are made of.
async fn load_sources(
    conn: &mut PgConnection,
    bronnen: &mut Bronnen<'_>,
    dirty: &BTreeSet<Uuid>,
) -> Result<(), ProjectError> {
    bronnen.load(conn, dirty.iter().copied().map(ObjectRef::interne_taak)).await?;
    let taken = || bronnen.taken().filter(|(_, taak)| dirty.contains(&taak.id));
    let first: BTreeSet<ObjectRef> = taken()
        .flat_map(|(_, taak)| {
            let contact = ObjectRef::klantcontact(taak.aanleidinggevend_klantcontact);
            let actoren = taak.toegewezen_aan_actoren.iter().copied().map(ObjectRef::actor);
            actoren.chain([contact])
        })
        .collect();
    let contacts: BTreeSet<Uuid> =
        taken().map(|(_, taak)| taak.aanleidinggevend_klantcontact).collect();
    bronnen.load(conn, first).await?;
    bronnen.load_of(conn, Objectsoort::InterneTaak, &contacts).await?;
    let partijen: BTreeSet<ObjectRef> = contacts
        .into_iter()
        .filter_map(|id| bronnen.klantcontact(id))
        .filter_map(KlantcontactToestand::vrager)
        .filter_map(|betrokkene| betrokkene.was_partij)
        .map(ObjectRef::partij)
        .collect();
    bronnen.load(conn, partijen).await
}
