//! Werkvoorraad: one row per interne taak, with what the klantcontact, the partij and the actoren
//! have to say about it.

use std::collections::BTreeSet;

use async_trait::async_trait;
use events::{Envelope, InterneTaak, ObjectRef, Objectsoort, SoortActor};
use read_side::taak::ContactverzoekDocument;
use read_side::werkdagen::Termijn;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::bronnen::{Bronnen, document};
use super::documents;
use crate::product::{Product, ProjectError, Schema};
use crate::toestanden::KlantcontactToestand;

/// The product.
#[derive(Debug)]
pub(super) struct Werkvoorraad {
    pub(super) termijn: Termijn,
}

#[derive(Debug)]
struct Row<'b> {
    versie: i64,
    taak: &'b InterneTaak,
    zonder_behandelaar: bool,
    document: ContactverzoekDocument,
}

#[async_trait]
impl Product for Werkvoorraad {
    fn name(&self) -> &'static str {
        "werkvoorraad"
    }

    fn version(&self) -> i32 {
        2
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/werkvoorraad.sql")
    }

    async fn project(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
        batch: &[Envelope],
    ) -> Result<(), ProjectError> {
        let soorten = [
            Objectsoort::InterneTaak,
            Objectsoort::Klantcontact,
            Objectsoort::Partij,
            Objectsoort::Actor,
        ];
        let mut bronnen = Bronnen::fold(conn, schema, batch, &soorten).await?;
        let dirty = dirty_taken(conn, schema, &mut bronnen).await?;
        if dirty.is_empty() {
            return Ok(());
        }
        load_sources(conn, &mut bronnen, &dirty).await?;
        let rows = self.rows(&bronnen, &dirty);
        delete_vanished(conn, schema, &dirty, &rows).await?;
        if rows.is_empty() { Ok(()) } else { upsert(conn, schema, &rows).await }
    }
}

/// The taken whose row this batch may have changed: those that it touched, and those of the
/// klantcontacten, partijen and actoren that it touched.
async fn dirty_taken(
    conn: &mut PgConnection,
    schema: &Schema,
    bronnen: &mut Bronnen<'_>,
) -> Result<BTreeSet<Uuid>, ProjectError> {
    let contacts: BTreeSet<Uuid> = bronnen.touched(Objectsoort::Klantcontact).collect();
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
        let table = schema.table("taken");
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
    let partijen: BTreeSet<ObjectRef> = contacts
        .into_iter()
        .filter_map(|id| bronnen.klantcontact(id))
        .filter_map(KlantcontactToestand::vrager)
        .filter_map(|betrokkene| betrokkene.was_partij)
        .map(ObjectRef::partij)
        .collect();
    bronnen.load(conn, partijen).await
}

impl Werkvoorraad {
    fn rows<'b>(&self, bronnen: &'b Bronnen<'_>, dirty: &BTreeSet<Uuid>) -> Vec<Row<'b>> {
        bronnen
            .taken()
            .filter(|(_, taak)| dirty.contains(&taak.id))
            .map(|(versie, taak)| {
                let contact = bronnen.klantcontact(taak.aanleidinggevend_klantcontact);
                let vrager = contact.and_then(|contact| bronnen.vrager(contact));
                let is_medewerker = |id: &Uuid| {
                    let actor = bronnen.actor(*id);
                    actor.is_some_and(|actor| actor.soort_actor == SoortActor::Medewerker)
                };
                Row {
                    versie,
                    taak,
                    zonder_behandelaar: !taak.toegewezen_aan_actoren.iter().any(is_medewerker),
                    document: documents::contactverzoek(taak, contact, vrager, &self.termijn),
                }
            })
            .collect()
    }
}

/// Deletes the rows of taken that were destroyed.
async fn delete_vanished(
    conn: &mut PgConnection,
    schema: &Schema,
    dirty: &BTreeSet<Uuid>,
    rows: &[Row<'_>],
) -> Result<(), ProjectError> {
    let kept: BTreeSet<Uuid> = rows.iter().map(|row| row.taak.id).collect();
    let gone: Vec<Uuid> = dirty.difference(&kept).copied().collect();
    if gone.is_empty() {
        return Ok(());
    }
    let sql = format!("DELETE FROM {} WHERE taak_id = ANY($1)", schema.table("taken"));
    sqlx::query(AssertSqlSafe(sql)).bind(gone).execute(conn).await?;
    Ok(())
}

async fn upsert(
    conn: &mut PgConnection,
    schema: &Schema,
    rows: &[Row<'_>],
) -> Result<(), ProjectError> {
    let table = schema.table("taken");
    // Lists travel as JSON: unnest would take a list of lists apart.
    let sql = format!(
        "INSERT INTO {table} (taak_id, versie, klantcontact_id, klant_id, open, kanaal, contact_op,
             toegewezen_op, streefdatum, zonder_behandelaar, actoren, document)
         SELECT taak_id, versie, klantcontact_id, klant_id, open, kanaal, contact_op, toegewezen_op,
                streefdatum, zonder_behandelaar,
                ARRAY(SELECT json_array_elements_text(actoren::json)::uuid), document::json
         FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::boolean[], $6::text[],
                     $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::boolean[],
                     $11::text[], $12::text[])
              AS nieuw (taak_id, versie, klantcontact_id, klant_id, open, kanaal, contact_op,
                        toegewezen_op, streefdatum, zonder_behandelaar, actoren, document)
         ON CONFLICT (taak_id) DO UPDATE
         SET versie = excluded.versie, klant_id = excluded.klant_id, open = excluded.open,
             kanaal = excluded.kanaal, contact_op = excluded.contact_op,
             toegewezen_op = excluded.toegewezen_op, streefdatum = excluded.streefdatum,
             zonder_behandelaar = excluded.zonder_behandelaar, actoren = excluded.actoren,
             document = excluded.document"
    );
    let taken = || rows.iter().map(|row| row.taak);
    let shown = || rows.iter().map(|row| &row.document);
    let actoren = taken().map(|taak| document(&taak.toegewezen_aan_actoren));
    sqlx::query(AssertSqlSafe(sql))
        .bind(taken().map(|taak| taak.id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.versie).collect::<Vec<_>>())
        .bind(taken().map(|taak| taak.aanleidinggevend_klantcontact).collect::<Vec<_>>())
        .bind(shown().map(|item| item.klant_id).collect::<Vec<_>>())
        .bind(shown().map(|item| item.taak.open).collect::<Vec<_>>())
        .bind(shown().map(|item| item.kanaal.as_deref()).collect::<Vec<_>>())
        .bind(shown().map(|item| item.contact_op).collect::<Vec<_>>())
        .bind(taken().map(|taak| taak.toegewezen_op).collect::<Vec<_>>())
        .bind(shown().map(|item| item.taak.streefdatum).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.zonder_behandelaar).collect::<Vec<_>>())
        .bind(actoren.collect::<Result<Vec<_>, _>>()?)
        .bind(shown().map(document).collect::<Result<Vec<_>, _>>()?)
        .execute(conn)
        .await?;
    Ok(())
}
