//! Contactgeschiedenis: one row per contact and klant that took part in it.

use std::collections::BTreeSet;

use async_trait::async_trait;
use events::{Envelope, Klantcontactrol, Objectsoort};
use read_side::werkdagen::Termijn;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::bronnen::{Bronnen, document};
use super::documents;
use crate::product::{Product, ProjectError, Schema};
use crate::toestanden::KlantcontactToestand;

/// The product.
#[derive(Debug)]
pub(super) struct Contactgeschiedenis {
    pub(super) termijn: Termijn,
}

/// One row; every field is a column of the same name.
#[derive(Debug)]
struct Row<'b> {
    partij_id: Uuid,
    state: &'b KlantcontactToestand,
    alleen_klant: bool,
    contactverzoek: bool,
    document: String,
}

#[async_trait]
impl Product for Contactgeschiedenis {
    fn name(&self) -> &'static str {
        "contactgeschiedenis"
    }

    fn version(&self) -> i32 {
        2
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/contactgeschiedenis.sql")
    }

    async fn project(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
        batch: &[Envelope],
    ) -> Result<(), ProjectError> {
        let soorten = [Objectsoort::Klantcontact, Objectsoort::InterneTaak];
        let mut bronnen = Bronnen::fold(conn, schema, batch, &soorten).await?;
        let dirty = bronnen.dirty_klantcontacten();
        if dirty.is_empty() {
            return Ok(());
        }
        bronnen.load_klantcontacten(conn, &dirty).await?;
        let rows = self.rows(&bronnen, &dirty)?;
        delete_vanished(conn, schema, &dirty, &rows).await?;
        upsert(conn, schema, &rows).await
    }
}

impl Contactgeschiedenis {
    fn rows<'b>(
        &self,
        bronnen: &'b Bronnen<'_>,
        dirty: &BTreeSet<Uuid>,
    ) -> Result<Vec<Row<'b>>, ProjectError> {
        let taken = bronnen.taken_per_klantcontact();
        let mut rows = Vec::new();
        for id in dirty {
            let Some(state) = bronnen.klantcontact(*id) else {
                continue;
            };
            let taken = taken.get(id).map_or(&[][..], Vec::as_slice);
            let text = document(&documents::contact(state, taken, &self.termijn))?;
            let partijen: BTreeSet<Uuid> = state.partijen().collect();
            for partij_id in partijen {
                rows.push(Row {
                    partij_id,
                    state,
                    alleen_klant: is_only_klant(state, partij_id),
                    contactverzoek: !taken.is_empty(),
                    document: text.clone(),
                });
            }
        }
        Ok(rows)
    }
}

/// Whether this partij took part for itself, and nobody else did.
fn is_only_klant(state: &KlantcontactToestand, partij: Uuid) -> bool {
    state.betrokkenen.iter().all(|betrokkene| {
        betrokkene.was_partij == Some(partij) && betrokkene.rol == Klantcontactrol::Klant
    })
}

async fn delete_vanished(
    conn: &mut PgConnection,
    schema: &Schema,
    dirty: &BTreeSet<Uuid>,
    rows: &[Row<'_>],
) -> Result<(), ProjectError> {
    let table = schema.table("contacten");
    let sql = format!(
        "DELETE FROM {table} WHERE klantcontact_id = ANY($1)
         AND (partij_id, klantcontact_id) NOT IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(dirty.iter().copied().collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.partij_id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.state.klantcontact.id).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}

async fn upsert(
    conn: &mut PgConnection,
    schema: &Schema,
    rows: &[Row<'_>],
) -> Result<(), ProjectError> {
    let table = schema.table("contacten");
    // Lists travel as JSON: unnest would take a list of lists apart.
    let sql = format!(
        "INSERT INTO {table} (partij_id, klantcontact_id, op, kanaal, vertrouwelijk, alleen_klant,
             contactverzoek, actoren, zaken, tekst, document)
         SELECT partij_id, klantcontact_id, op, kanaal, vertrouwelijk, alleen_klant, contactverzoek,
                ARRAY(SELECT json_array_elements_text(actoren::json)::uuid),
                ARRAY(SELECT json_array_elements_text(zaken::json)), tekst, document::json
         FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::boolean[],
                     $6::boolean[], $7::boolean[], $8::text[], $9::text[], $10::text[], $11::text[])
              AS nieuw (partij_id, klantcontact_id, op, kanaal, vertrouwelijk, alleen_klant,
                        contactverzoek, actoren, zaken, tekst, document)
         ON CONFLICT (partij_id, klantcontact_id) DO UPDATE
         SET op = excluded.op, kanaal = excluded.kanaal, vertrouwelijk = excluded.vertrouwelijk,
             alleen_klant = excluded.alleen_klant, contactverzoek = excluded.contactverzoek,
             actoren = excluded.actoren, zaken = excluded.zaken, tekst = excluded.tekst,
             document = excluded.document"
    );
    let contacts = || rows.iter().map(|row| &row.state.klantcontact);
    let actoren = rows.iter().map(|row| document(&row.state.actor_ids()));
    let zaken = rows.iter().map(|row| document(&documents::zaaksleutels(row.state)));
    sqlx::query(AssertSqlSafe(sql))
        .bind(rows.iter().map(|row| row.partij_id).collect::<Vec<_>>())
        .bind(contacts().map(|contact| contact.id).collect::<Vec<_>>())
        .bind(contacts().map(|contact| contact.plaatsgevonden_op).collect::<Vec<_>>())
        .bind(contacts().map(|contact| contact.kanaal.as_str()).collect::<Vec<_>>())
        .bind(contacts().map(|contact| contact.vertrouwelijk).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.alleen_klant).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.contactverzoek).collect::<Vec<_>>())
        .bind(actoren.collect::<Result<Vec<_>, _>>()?)
        .bind(zaken.collect::<Result<Vec<_>, _>>()?)
        .bind(rows.iter().map(|row| zoektekst(row.state)).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.document.as_str()).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
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
