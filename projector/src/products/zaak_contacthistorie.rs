//! ZaakContacthistorie: one row per contact and key of the zaak, whoever took part; and the
//! addresses that klanten gave for one zaak only.

use std::collections::BTreeSet;

use async_trait::async_trait;
use events::{Envelope, Objectsoort};
use read_side::werkdagen::Termijn;
use read_side::zaak_contacthistorie::ZaakAdresDocument;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::bronnen::{Bronnen, document};
use super::{documents, klant_document};
use crate::product::{Product, ProjectError, Schema};
use crate::toestanden::KlantcontactToestand;

/// The product.
#[derive(Debug)]
pub(super) struct ZaakContacthistorie {
    pub(super) termijn: Termijn,
}

#[derive(Debug)]
struct ContactRow<'b> {
    zaak: String,
    state: &'b KlantcontactToestand,
    document: String,
}

#[derive(Debug)]
struct AdresRow {
    zaak: String,
    adres_id: Uuid,
    partij_id: Uuid,
    document: String,
}

#[async_trait]
impl Product for ZaakContacthistorie {
    fn name(&self) -> &'static str {
        "zaak_contacthistorie"
    }

    fn version(&self) -> i32 {
        2
    }

    fn ddl(&self) -> &'static str {
        include_str!("../../../migrations/read-side/zaak_contacthistorie.sql")
    }

    async fn project(
        &self,
        conn: &mut PgConnection,
        schema: &Schema,
        batch: &[Envelope],
    ) -> Result<(), ProjectError> {
        let soorten = [Objectsoort::Partij, Objectsoort::Klantcontact, Objectsoort::InterneTaak];
        let mut bronnen = Bronnen::fold(conn, schema, batch, &soorten).await?;
        let dirty = bronnen.dirty_klantcontacten();
        bronnen.load_klantcontacten(conn, &dirty).await?;
        let rows = self.contact_rows(&bronnen, &dirty)?;
        delete_contacten(conn, schema, &dirty, &rows).await?;
        if !rows.is_empty() {
            upsert_contacten(conn, schema, &rows).await?;
        }
        let rows = adres_rows(&bronnen)?;
        let partijen: Vec<Uuid> = bronnen.touched(Objectsoort::Partij).collect();
        delete_adressen(conn, schema, &partijen, &rows).await?;
        if !rows.is_empty() {
            upsert_adressen(conn, schema, &rows).await?;
        }
        Ok(())
    }
}

impl ZaakContacthistorie {
    fn contact_rows<'b>(
        &self,
        bronnen: &'b Bronnen<'_>,
        dirty: &BTreeSet<Uuid>,
    ) -> Result<Vec<ContactRow<'b>>, ProjectError> {
        let taken = bronnen.taken_per_klantcontact();
        let mut rows = Vec::new();
        for id in dirty {
            let Some(state) = bronnen.klantcontact(*id) else {
                continue;
            };
            let keys = documents::zaaksleutels(state);
            if keys.is_empty() {
                continue;
            }
            let taken = taken.get(id).map_or(&[][..], Vec::as_slice);
            let text = document(&documents::contact(state, taken, &self.termijn))?;
            for zaak in keys {
                rows.push(ContactRow { zaak, state, document: text.clone() });
            }
        }
        Ok(rows)
    }
}

/// An address with a reference is for the zaak with that key.
fn adres_rows(bronnen: &Bronnen<'_>) -> Result<Vec<AdresRow>, ProjectError> {
    let mut rows = Vec::new();
    for id in bronnen.touched(Objectsoort::Partij) {
        let Some((_, partij)) = bronnen.partij(id) else {
            continue;
        };
        for adres in &partij.digitale_adressen {
            let Some(referentie) = &adres.referentie else {
                continue;
            };
            let shown = ZaakAdresDocument {
                partij_id: id,
                afgeschermd: partij.partij.indicatie_geheimhouding == Some(true)
                    || !partij.partij.indicatie_actief,
                adres: klant_document::adres(adres, partij.voorkeurs_digitaal_adres),
            };
            let zaak = referentie.to_lowercase();
            let text = document(&shown)?;
            rows.push(AdresRow { zaak, adres_id: adres.id, partij_id: id, document: text });
        }
    }
    Ok(rows)
}

/// Deletes the links that these klantcontacten no longer have.
async fn delete_contacten(
    conn: &mut PgConnection,
    schema: &Schema,
    dirty: &BTreeSet<Uuid>,
    rows: &[ContactRow<'_>],
) -> Result<(), ProjectError> {
    if dirty.is_empty() {
        return Ok(());
    }
    let table = schema.table("zaak_contacten");
    let sql = format!(
        "DELETE FROM {table} WHERE klantcontact_id = ANY($1)
         AND (zaak, klantcontact_id) NOT IN (SELECT * FROM unnest($2::text[], $3::uuid[]))"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(dirty.iter().copied().collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.zaak.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.state.klantcontact.id).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes the addresses that these partijen no longer have for a zaak.
async fn delete_adressen(
    conn: &mut PgConnection,
    schema: &Schema,
    partijen: &[Uuid],
    rows: &[AdresRow],
) -> Result<(), ProjectError> {
    if partijen.is_empty() {
        return Ok(());
    }
    let table = schema.table("zaak_adressen");
    let sql = format!(
        "DELETE FROM {table} WHERE partij_id = ANY($1)
         AND (zaak, adres_id) NOT IN (SELECT * FROM unnest($2::text[], $3::uuid[]))"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(partijen)
        .bind(rows.iter().map(|row| row.zaak.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.adres_id).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}

async fn upsert_contacten(
    conn: &mut PgConnection,
    schema: &Schema,
    rows: &[ContactRow<'_>],
) -> Result<(), ProjectError> {
    let table = schema.table("zaak_contacten");
    let sql = format!(
        "INSERT INTO {table} (zaak, klantcontact_id, op, kanaal, vertrouwelijk, document)
         SELECT zaak, klantcontact_id, op, kanaal, vertrouwelijk, document::json
         FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::text[], $5::boolean[],
                     $6::text[])
              AS nieuw (zaak, klantcontact_id, op, kanaal, vertrouwelijk, document)
         ON CONFLICT (zaak, klantcontact_id) DO UPDATE
         SET op = excluded.op, kanaal = excluded.kanaal, vertrouwelijk = excluded.vertrouwelijk,
             document = excluded.document"
    );
    let contacts = || rows.iter().map(|row| &row.state.klantcontact);
    sqlx::query(AssertSqlSafe(sql))
        .bind(rows.iter().map(|row| row.zaak.as_str()).collect::<Vec<_>>())
        .bind(contacts().map(|contact| contact.id).collect::<Vec<_>>())
        .bind(contacts().map(|contact| contact.plaatsgevonden_op).collect::<Vec<_>>())
        .bind(contacts().map(|contact| contact.kanaal.as_str()).collect::<Vec<_>>())
        .bind(contacts().map(|contact| contact.vertrouwelijk).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.document.as_str()).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}

async fn upsert_adressen(
    conn: &mut PgConnection,
    schema: &Schema,
    rows: &[AdresRow],
) -> Result<(), ProjectError> {
    let table = schema.table("zaak_adressen");
    let sql = format!(
        "INSERT INTO {table} (zaak, adres_id, partij_id, document)
         SELECT zaak, adres_id, partij_id, document::json
         FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[])
              AS nieuw (zaak, adres_id, partij_id, document)
         ON CONFLICT (zaak, adres_id) DO UPDATE SET document = excluded.document"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(rows.iter().map(|row| row.zaak.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.adres_id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.partij_id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.document.as_str()).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}
