//! Werkvoorraad: one row per interne taak, with what the klantcontact, the partij and the actoren
//! have to say about it; and what is counted of it.

mod afgerond;
mod ingangen;
mod perioden;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use events::{Envelope, InterneTaak, ObjectRef, Objectsoort, SoortActor};
use read_side::taak::ContactverzoekDocument;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::bronnen::{Bronnen, document};
use super::derived::{self, Derived, Layer};
use super::table::{Rows, Table, list, moment, text};
use super::{Inrichting, documents};
use crate::product::{Product, ProjectError, Schema};
use crate::toestanden::{KlantcontactToestand, TaakToestand};
use crate::wijzigingen::Tells;

/// The product.
#[derive(Debug)]
pub(super) struct Werkvoorraad {
    pub(super) inrichting: Inrichting,
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
        ("gewijzigd", "bigint"),
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
        &[&TAKEN, &ingangen::TAAK_INGANGEN, &perioden::VOORRAADPERIODEN, &afgerond::AFGERONDE_TAKEN]
    }

    fn tells(&self) -> Option<Tells> {
        Some(Tells { table: "taken", column: "actoren" })
    }

    async fn dirty(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        _: Layer,
        _: BTreeSet<Uuid>,
    ) -> Result<BTreeSet<Uuid>, ProjectError> {
        dirty_taken(conn, bronnen).await
    }

    async fn rows(
        &self,
        conn: &mut PgConnection,
        bronnen: &mut Bronnen<'_>,
        _: Layer,
        ids: &BTreeSet<Uuid>,
    ) -> Result<Vec<Rows>, ProjectError> {
        load_sources(conn, bronnen, ids).await?;
        let per_contact = bronnen.taken_per_klantcontact();
        let (mut rows, mut losse) = (Rows::new(&TAKEN), Rows::new(&ingangen::TAAK_INGANGEN));
        let mut perioden = Rows::new(&perioden::VOORRAADPERIODEN);
        let mut afgerond = Rows::new(&afgerond::AFGERONDE_TAKEN);
        let wanted = bronnen.taaktoestanden().filter(|(_, state)| ids.contains(&state.taak.id));
        for (versie, state) in wanted {
            let contact = bronnen.klantcontact(state.taak.aanleidinggevend_klantcontact);
            let shown = self.contactverzoek(bronnen, state, contact);
            let as_text = document(&shown)?;
            if let Some(contact) = contact {
                ingangen::add(&mut losse, &state.taak, contact, &as_text);
            }
            let termen = (shown.contact_op, shown.taak.streefdatum);
            perioden::add(&mut perioden, bronnen, state, termen);
            afgerond::add(&mut afgerond, bronnen, state, contact, &self.inrichting);
            let getoond = contact.map(|contact| self.contact(contact, &per_contact)).transpose()?;
            rows.push(row(
                (versie, &state.taak, gewijzigd(bronnen, &state.taak, contact, &per_contact)),
                bronnen,
                &shown,
                [Some(as_text), getoond, text(document(&documents::logboek(state, contact))?)],
            ));
        }
        Ok(vec![rows, losse, perioden, afgerond])
    }
}

/// When what a row is made of changed last: the taak, its klantcontact with all taken that followed it,
/// who asked, and those to whom it is assigned.
fn gewijzigd(
    bronnen: &Bronnen<'_>,
    taak: &InterneTaak,
    contact: Option<&KlantcontactToestand>,
    per_contact: &BTreeMap<Uuid, Vec<&InterneTaak>>,
) -> i64 {
    let of_contact = taak.aanleidinggevend_klantcontact;
    let siblings = per_contact.get(&of_contact).map_or(&[][..], Vec::as_slice);
    let vrager = contact.and_then(|contact| contact.vrager()?.was_partij);
    let actoren = taak.toegewezen_aan_actoren.iter().copied().map(ObjectRef::actor);
    let of_others = bronnen.gewijzigd(actoren.chain(vrager.map(ObjectRef::partij)));
    of_others.max(bronnen.contact_gewijzigd(of_contact, siblings))
}

/// The row of a taak in the table of taken; `documents` are its own, that of its contact and its logboek.
fn row(
    (versie, taak, gewijzigd): (i64, &InterneTaak, i64),
    bronnen: &Bronnen<'_>,
    shown: &ContactverzoekDocument,
    [document, contact, logboek]: [Option<String>; 3],
) -> [Option<String>; 16] {
    let is_medewerker = |id: &Uuid| {
        let actor = bronnen.actor(*id);
        actor.is_some_and(|actor| actor.soort_actor == SoortActor::Medewerker)
    };
    [
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
        text(gewijzigd),
        document,
        contact,
        logboek,
    ]
}

impl Werkvoorraad {
    /// What a work list shows of a taak.
    fn contactverzoek(
        &self,
        bronnen: &Bronnen<'_>,
        state: &TaakToestand,
        contact: Option<&KlantcontactToestand>,
    ) -> ContactverzoekDocument {
        let vrager = contact.and_then(|contact| bronnen.vrager(contact));
        documents::contactverzoek(&state.taak, contact, vrager, &self.inrichting)
    }

    /// The document of the klantcontact of a taak, with all taken that followed it.
    fn contact(
        &self,
        state: &KlantcontactToestand,
        taken: &BTreeMap<Uuid, Vec<&InterneTaak>>,
    ) -> Result<String, ProjectError> {
        let taken = taken.get(&state.klantcontact.id).map_or(&[][..], Vec::as_slice);
        document(&documents::contact(state, taken, &self.inrichting))
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
        let schema = bronnen.schema();
        let (taken, perioden) = (schema.table("taken"), schema.table("voorraadperioden"));
        let sql = format!(
            "SELECT taak_id FROM {taken} WHERE klant_id = ANY($1) OR actoren && $2
             UNION SELECT taak_id FROM {perioden} WHERE team = ANY($2) AND deel = 'onbekend'"
        );
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
    let taken = || bronnen.taaktoestanden().filter(|(_, state)| dirty.contains(&state.taak.id));
    let first: BTreeSet<ObjectRef> = taken()
        .flat_map(|(_, state)| {
            let contact = ObjectRef::klantcontact(state.taak.aanleidinggevend_klantcontact);
            let actoren = state.verloop.iter().flat_map(|stap| stap.actoren.iter());
            actoren.copied().map(ObjectRef::actor).chain([contact])
        })
        .collect();
    let contacts: BTreeSet<Uuid> =
        taken().map(|(_, state)| state.taak.aanleidinggevend_klantcontact).collect();
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
