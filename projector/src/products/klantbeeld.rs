//! Klantbeeld: one row per klant with all that the usual screen shows, prepared; and the rows from
//! which deeper pages, and the counts, come.

mod klanten;

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use events::{Envelope, InterneTaak, ObjectRef, Objectsoort};
use read_side::werkdagen::Termijn;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::bronnen::{Bronnen, document};
use super::documents;
use crate::product::{Product, ProjectError, Schema};
use crate::toestanden::KlantcontactToestand;

/// The product.
#[derive(Debug)]
pub(super) struct Klantbeeld {
    pub(super) termijn: Termijn,
}

/// A contact of a klant.
#[derive(Debug)]
struct ContactRow<'b> {
    partij_id: Uuid,
    state: &'b KlantcontactToestand,
    document: String,
}

/// A contactverzoek of a klant.
#[derive(Debug)]
struct TaakRow {
    partij_id: Uuid,
    taak_id: Uuid,
    klantcontact_id: Uuid,
    open: bool,
    vertrouwelijk: bool,
    streefdatum: Option<DateTime<Utc>>,
    document: String,
}

#[async_trait]
impl Product for Klantbeeld {
    fn name(&self) -> &'static str {
        "klantbeeld"
    }

    fn version(&self) -> i32 {
        2
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/klantbeeld.sql")
    }

    async fn project(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
        batch: &[Envelope],
    ) -> Result<(), ProjectError> {
        let soorten = [
            Objectsoort::Partij,
            Objectsoort::Klantcontact,
            Objectsoort::InterneTaak,
            Objectsoort::Vertegenwoordiging,
        ];
        let mut bronnen = Bronnen::fold(conn, schema, batch, &soorten).await?;
        let mut contacts = bronnen.dirty_klantcontacten();
        contacts.extend(with_taken_of_partijen(conn, schema, &bronnen).await?);
        bronnen.load_klantcontacten(conn, &contacts).await?;
        let participants: BTreeSet<Uuid> = contacts
            .iter()
            .filter_map(|id| bronnen.klantcontact(*id))
            .flat_map(KlantcontactToestand::partijen)
            .collect();
        bronnen.load(conn, participants.iter().copied().map(ObjectRef::partij)).await?;

        let mut klanten = participants;
        klanten.extend(self.write_contacts(conn, schema, &bronnen, &contacts).await?);
        klanten.extend(bronnen.touched(Objectsoort::Partij));
        klanten.extend(bronnen.touched_of(Objectsoort::Vertegenwoordiging));
        klanten::write(conn, schema, &mut bronnen, &klanten).await
    }
}

/// The klantcontacten of the contactverzoeken that show a name or number of a touched partij.
async fn with_taken_of_partijen(
    conn: &mut PgConnection,
    schema: &Schema,
    bronnen: &Bronnen<'_>,
) -> Result<Vec<Uuid>, ProjectError> {
    let partijen: Vec<Uuid> = bronnen.touched(Objectsoort::Partij).collect();
    if partijen.is_empty() {
        return Ok(Vec::new());
    }
    let table = schema.table("klant_taken");
    let sql = format!("SELECT DISTINCT klantcontact_id FROM {table} WHERE partij_id = ANY($1)");
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(partijen).fetch_all(conn).await?)
}

impl Klantbeeld {
    /// Writes the rows of these klantcontacten; gives the klanten that lost one.
    async fn write_contacts(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
        bronnen: &Bronnen<'_>,
        contacts: &BTreeSet<Uuid>,
    ) -> Result<Vec<Uuid>, ProjectError> {
        if contacts.is_empty() {
            return Ok(Vec::new());
        }
        let (contact_rows, taak_rows) = self.rows(bronnen, contacts)?;
        let lost = delete_vanished(conn, schema, contacts, &contact_rows).await?;
        if !contact_rows.is_empty() {
            upsert_contacten(conn, schema, &contact_rows).await?;
        }
        if !taak_rows.is_empty() {
            upsert_taken(conn, schema, &taak_rows).await?;
        }
        Ok(lost)
    }

    fn rows<'b>(
        &self,
        bronnen: &'b Bronnen<'_>,
        contacts: &BTreeSet<Uuid>,
    ) -> Result<(Vec<ContactRow<'b>>, Vec<TaakRow>), ProjectError> {
        let per_contact = bronnen.taken_per_klantcontact();
        let mut contact_rows = Vec::new();
        let mut taak_rows = Vec::new();
        for id in contacts {
            let Some(state) = bronnen.klantcontact(*id) else {
                continue;
            };
            let taken = per_contact.get(id).map_or(&[][..], Vec::as_slice);
            let text = document(&documents::contact(state, taken, &self.termijn))?;
            let partijen: BTreeSet<Uuid> = state.partijen().collect();
            for taak in taken {
                taak_rows.extend(self.taak_rows(bronnen, &partijen, state, taak)?);
            }
            for partij_id in partijen {
                contact_rows.push(ContactRow { partij_id, state, document: text.clone() });
            }
        }
        Ok((contact_rows, taak_rows))
    }

    /// A contactverzoek is shown the same to every partij of its klantcontact.
    fn taak_rows(
        &self,
        bronnen: &Bronnen<'_>,
        partijen: &BTreeSet<Uuid>,
        state: &KlantcontactToestand,
        taak: &InterneTaak,
    ) -> Result<Vec<TaakRow>, ProjectError> {
        let vrager = bronnen.vrager(state);
        let shown = documents::contactverzoek(taak, Some(state), vrager, &self.termijn);
        let text = document(&shown)?;
        let row = |partij_id| TaakRow {
            partij_id,
            taak_id: taak.id,
            klantcontact_id: state.klantcontact.id,
            open: shown.taak.open,
            vertrouwelijk: shown.vertrouwelijk,
            streefdatum: shown.taak.streefdatum,
            document: text.clone(),
        };
        Ok(partijen.iter().copied().map(row).collect())
    }
}

/// Deletes what these klantcontacten no longer have to do with: a klant that was uncoupled.
async fn delete_vanished(
    conn: &mut PgConnection,
    schema: &Schema,
    contacts: &BTreeSet<Uuid>,
    rows: &[ContactRow<'_>],
) -> Result<Vec<Uuid>, ProjectError> {
    let contacts: Vec<Uuid> = contacts.iter().copied().collect();
    let partijen: Vec<Uuid> = rows.iter().map(|row| row.partij_id).collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.state.klantcontact.id).collect();
    let mut lost = Vec::new();
    for table in ["klant_taken", "klant_contacten"] {
        let table = schema.table(table);
        let sql = format!(
            "DELETE FROM {table} WHERE klantcontact_id = ANY($1)
             AND (partij_id, klantcontact_id) NOT IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))
             RETURNING partij_id"
        );
        let deleted: Vec<Uuid> = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(&contacts)
            .bind(&partijen)
            .bind(&ids)
            .fetch_all(&mut *conn)
            .await?;
        lost.extend(deleted);
    }
    Ok(lost)
}

async fn upsert_contacten(
    conn: &mut PgConnection,
    schema: &Schema,
    rows: &[ContactRow<'_>],
) -> Result<(), ProjectError> {
    let table = schema.table("klant_contacten");
    let sql = format!(
        "INSERT INTO {table} (partij_id, klantcontact_id, op, vertrouwelijk, verzoek, document)
         SELECT partij_id, klantcontact_id, op, vertrouwelijk, verzoek, document::json
         FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::boolean[], $5::boolean[],
                     $6::text[])
              AS nieuw (partij_id, klantcontact_id, op, vertrouwelijk, verzoek, document)
         ON CONFLICT (partij_id, klantcontact_id) DO UPDATE
         SET op = excluded.op, vertrouwelijk = excluded.vertrouwelijk, verzoek = excluded.verzoek,
             document = excluded.document"
    );
    let contacts = || rows.iter().map(|row| &row.state.klantcontact);
    sqlx::query(AssertSqlSafe(sql))
        .bind(rows.iter().map(|row| row.partij_id).collect::<Vec<_>>())
        .bind(contacts().map(|contact| contact.id).collect::<Vec<_>>())
        .bind(contacts().map(|contact| contact.plaatsgevonden_op).collect::<Vec<_>>())
        .bind(contacts().map(|contact| contact.vertrouwelijk).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| documents::is_verzoek(row.state)).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.document.as_str()).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}

async fn upsert_taken(
    conn: &mut PgConnection,
    schema: &Schema,
    rows: &[TaakRow],
) -> Result<(), ProjectError> {
    let table = schema.table("klant_taken");
    let sql = format!(
        "INSERT INTO {table} (partij_id, taak_id, klantcontact_id, open, vertrouwelijk, streefdatum,
             document)
         SELECT partij_id, taak_id, klantcontact_id, open, vertrouwelijk, streefdatum,
                document::json
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::boolean[], $5::boolean[],
                     $6::timestamptz[], $7::text[])
              AS nieuw (partij_id, taak_id, klantcontact_id, open, vertrouwelijk, streefdatum,
                        document)
         ON CONFLICT (partij_id, taak_id) DO UPDATE
         SET open = excluded.open, vertrouwelijk = excluded.vertrouwelijk,
             streefdatum = excluded.streefdatum, document = excluded.document"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(rows.iter().map(|row| row.partij_id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.taak_id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.klantcontact_id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.open).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.vertrouwelijk).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.streefdatum).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.document.as_str()).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}
