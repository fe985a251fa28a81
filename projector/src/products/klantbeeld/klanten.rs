//! The row of a klant: its own data from the state of the partij; counts, newest contacts and open
//! contactverzoeken from the rows beside it, set-based.

use std::collections::BTreeSet;

use events::{ObjectRef, Objectsoort};
use read_side::klantbeeld::{OPEN_CONTACTVERZOEKEN_MAX, RECENTE_CONTACTEN_MAX};
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

use super::super::bronnen::{Bronnen, document};
use super::super::klant_document::{self, Sleutels};
use crate::product::{ProjectError, Schema};
use crate::toestanden::PartijToestand;

#[derive(Debug)]
struct Row<'b> {
    versie: i64,
    partij: &'b PartijToestand,
    sleutels: Sleutels,
    document: String,
}

/// Derives the rows of these klanten again. One whose partij is not known yet gets its row when the
/// partij comes.
pub(super) async fn write(
    conn: &mut PgConnection,
    schema: &Schema,
    bronnen: &mut Bronnen<'_>,
    klanten: &BTreeSet<Uuid>,
) -> Result<(), ProjectError> {
    bronnen.load(conn, klanten.iter().copied().map(ObjectRef::partij)).await?;
    bronnen.load_of(conn, Objectsoort::Vertegenwoordiging, klanten).await?;
    let mut rows = Vec::new();
    for id in klanten {
        let Some((versie, partij)) = bronnen.partij(*id) else {
            continue;
        };
        let trad_op_voor = bronnen
            .vertegenwoordigingen()
            .filter(|item| item.vertegenwoordigende_partij == *id)
            .map(|item| item.vertegenwoordigde_partij)
            .collect();
        rows.push(Row {
            versie,
            partij,
            sleutels: klant_document::sleutels(partij),
            document: document(&klant_document::klant(partij, trad_op_voor))?,
        });
    }
    let gone: Vec<Uuid> = klanten.iter().copied().filter(|id| bronnen.is_weg(*id)).collect();
    if !gone.is_empty() {
        let sql = format!("DELETE FROM {} WHERE partij_id = ANY($1)", schema.table("klanten"));
        sqlx::query(AssertSqlSafe(sql)).bind(gone).execute(&mut *conn).await?;
    }
    if rows.is_empty() { Ok(()) } else { upsert(conn, schema, &rows).await }
}

fn statement(schema: &Schema) -> String {
    let (klanten, contacten, taken) =
        (schema.table("klanten"), schema.table("klant_contacten"), schema.table("klant_taken"));
    format!(
        "INSERT INTO {klanten} (partij_id, versie, soort, nummer, bsn, rsin, kvk_nummer,
             vestigingsnummer, document, aantal_contacten, aantal_vertrouwelijk, laatste_contact_op,
             aantal_open_contactverzoeken, recente_contacten, open_contactverzoeken)
         SELECT n.partij_id, n.versie, n.soort, n.nummer, n.bsn, n.rsin, n.kvk_nummer,
                n.vestigingsnummer, n.document::json, telling.aantal, telling.vertrouwelijk,
                telling.laatste, openstaand.aantal, recent.contacten, dringend.taken
         FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[],
                     $7::text[], $8::text[], $9::text[])
              AS n (partij_id, versie, soort, nummer, bsn, rsin, kvk_nummer, vestigingsnummer,
                    document)
         CROSS JOIN LATERAL (
             SELECT count(*) AS aantal, count(*) FILTER (WHERE vertrouwelijk) AS vertrouwelijk,
                    max(op) AS laatste
             FROM {contacten} AS c WHERE c.partij_id = n.partij_id) AS telling
         CROSS JOIN LATERAL (
             SELECT count(*) AS aantal FROM {taken} AS t
             WHERE t.partij_id = n.partij_id AND t.open) AS openstaand
         CROSS JOIN LATERAL (
             SELECT COALESCE(json_agg(document ORDER BY op DESC, klantcontact_id DESC), '[]')
                    AS contacten
             FROM (SELECT document, op, klantcontact_id FROM {contacten} AS c
                   WHERE c.partij_id = n.partij_id
                   ORDER BY op DESC, klantcontact_id DESC
                   LIMIT {RECENTE_CONTACTEN_MAX}) AS nieuwste) AS recent
         CROSS JOIN LATERAL (
             SELECT COALESCE(json_agg(document ORDER BY streefdatum NULLS LAST, taak_id), '[]')
                    AS taken
             FROM (SELECT document, streefdatum, taak_id FROM {taken} AS t
                   WHERE t.partij_id = n.partij_id AND t.open
                   ORDER BY streefdatum NULLS LAST, taak_id
                   LIMIT {OPEN_CONTACTVERZOEKEN_MAX}) AS eerste) AS dringend
         ON CONFLICT (partij_id) DO UPDATE
         SET versie = excluded.versie, bsn = excluded.bsn, rsin = excluded.rsin,
             kvk_nummer = excluded.kvk_nummer, vestigingsnummer = excluded.vestigingsnummer,
             document = excluded.document, aantal_contacten = excluded.aantal_contacten,
             aantal_vertrouwelijk = excluded.aantal_vertrouwelijk,
             laatste_contact_op = excluded.laatste_contact_op,
             aantal_open_contactverzoeken = excluded.aantal_open_contactverzoeken,
             recente_contacten = excluded.recente_contacten,
             open_contactverzoeken = excluded.open_contactverzoeken"
    )
}

async fn upsert(
    conn: &mut PgConnection,
    schema: &Schema,
    rows: &[Row<'_>],
) -> Result<(), ProjectError> {
    let partijen = || rows.iter().map(|row| &row.partij.partij);
    let keys = || rows.iter().map(|row| &row.sleutels);
    sqlx::query(AssertSqlSafe(statement(schema)))
        .bind(partijen().map(|partij| partij.id).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.versie).collect::<Vec<_>>())
        .bind(partijen().map(|partij| partij.soort_partij.code()).collect::<Vec<_>>())
        .bind(partijen().map(|partij| partij.nummer.as_str()).collect::<Vec<_>>())
        .bind(keys().map(|keys| keys.bsn.as_deref()).collect::<Vec<_>>())
        .bind(keys().map(|keys| keys.rsin.as_deref()).collect::<Vec<_>>())
        .bind(keys().map(|keys| keys.kvk_nummer.as_deref()).collect::<Vec<_>>())
        .bind(keys().map(|keys| keys.vestigingsnummer.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.document.as_str()).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}
