//! The row of a klant: its own data from the state of the partij; counts, newest contacts and open
//! contactverzoeken from the rows beside it, set-based.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use events::{ObjectRef, Objectsoort};
use read_side::klantbeeld::{OPEN_CONTACTVERZOEKEN_MAX, RECENTE_CONTACTEN_MAX};
use sqlx::{AssertSqlSafe, FromRow, PgConnection};
use uuid::Uuid;

use super::super::bronnen::{Bronnen, document};
use super::super::klant_document;
use super::super::table::{Rows, Table, moment, text};
use crate::product::{ProjectError, Schema};

pub(super) const KLANTEN: Table = Table {
    name: "klanten",
    root: Objectsoort::Partij,
    root_column: "partij_id",
    key: &["partij_id"],
    columns: &[
        ("partij_id", "uuid"),
        ("versie", "bigint"),
        ("soort", "text"),
        ("nummer", "text"),
        ("bsn", "text"),
        ("rsin", "text"),
        ("kvk_nummer", "text"),
        ("vestigingsnummer", "text"),
        ("aantal_contacten", "integer"),
        ("aantal_vertrouwelijk", "integer"),
        ("laatste_contact_op", "timestamptz"),
        ("aantal_open_contactverzoeken", "integer"),
        ("document", "json"),
        ("recente_contacten", "json"),
        ("open_contactverzoeken", "json"),
    ],
    feeds: None,
};

/// What the rows beside it say of a klant.
#[derive(Debug, FromRow)]
struct Telling {
    partij_id: Uuid,
    contacten: i64,
    vertrouwelijk: i64,
    laatste: Option<DateTime<Utc>>,
    openstaand: i64,
    recent: String,
    dringend: String,
}

/// The rows of these klanten. One whose partij is not known yet gets its row when the partij comes.
pub(super) async fn rows(
    conn: &mut PgConnection,
    bronnen: &mut Bronnen<'_>,
    klanten: &BTreeSet<Uuid>,
) -> Result<Rows, ProjectError> {
    bronnen.load(conn, klanten.iter().copied().map(ObjectRef::partij)).await?;
    bronnen.load_of(conn, Objectsoort::Vertegenwoordiging, klanten).await?;
    let mut trad_op_voor: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for item in bronnen.vertegenwoordigingen() {
        let voor = trad_op_voor.entry(item.vertegenwoordigende_partij).or_default();
        voor.push(item.vertegenwoordigde_partij);
    }
    let mut rows = Rows::new(&KLANTEN);
    for telling in tellingen(conn, bronnen.schema(), klanten).await? {
        let Some((versie, partij)) = bronnen.partij(telling.partij_id) else {
            continue;
        };
        let sleutels = klant_document::sleutels(partij);
        let voor = trad_op_voor.remove(&telling.partij_id).unwrap_or_default();
        rows.push([
            text(telling.partij_id),
            text(versie),
            text(partij.partij.soort_partij.code()),
            text(&partij.partij.nummer),
            sleutels.bsn,
            sleutels.rsin,
            sleutels.kvk_nummer,
            sleutels.vestigingsnummer,
            text(telling.contacten),
            text(telling.vertrouwelijk),
            telling.laatste.and_then(moment),
            text(telling.openstaand),
            text(document(&klant_document::klant(partij, voor))?),
            text(telling.recent),
            text(telling.dringend),
        ]);
    }
    Ok(rows)
}

async fn tellingen(
    conn: &mut PgConnection,
    schema: &Schema,
    klanten: &BTreeSet<Uuid>,
) -> Result<Vec<Telling>, ProjectError> {
    let (contacten, taken) = (schema.table("klant_contacten"), schema.table("klant_taken"));
    let sql = format!(
        "SELECT n.partij_id, telling.contacten, telling.vertrouwelijk, telling.laatste,
                openstaand.aantal AS openstaand, recent.contacten::text AS recent,
                dringend.taken::text AS dringend
         FROM unnest($1::uuid[]) AS n (partij_id)
         CROSS JOIN LATERAL (
             SELECT count(*) AS contacten, count(*) FILTER (WHERE vertrouwelijk) AS vertrouwelijk,
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
                   LIMIT {OPEN_CONTACTVERZOEKEN_MAX}) AS eerste) AS dringend"
    );
    let klanten: Vec<Uuid> = klanten.iter().copied().collect();
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(klanten).fetch_all(conn).await?)
}
