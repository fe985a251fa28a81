//! The logbook: whose data were processed and what was done by whom, before an answer leaves.

mod command;
mod lezen;
mod schrijven;
mod stuk;
mod wijzigen;

use logboek::{Modus, Oordeel};
use serde_json::{Value, json};
use sqlx::Row as _;
use uuid::Uuid;

use crate::support::{App, logboek_settings};

pub const BSN: &str = "999990019";

/// All that stands in the logbook, as text.
pub async fn in_logboek(app: &App) -> String {
    let sql = "SELECT string_agg(concat_ws(' ', a, v), E'\\n')
               FROM logboek.audit a LEFT JOIN logboek.verwerkingen v
               ON v.trace_id = a.trace_id AND v.verzoek_span_id = a.span_id";
    let text: Option<String> = sqlx::query_scalar(sql).fetch_one(app.pool()).await.expect("text");
    text.unwrap_or_default()
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Audit {
    pub trace_id: Vec<u8>,
    pub span_id: Vec<u8>,
    pub parent_span_id: Option<Vec<u8>>,
    pub kanaal: String,
    pub wie: Option<String>,
    pub toepassing: Option<String>,
    pub doelbinding: Option<String>,
    pub oorsprong: Option<String>,
    pub actie: String,
    pub document: Option<String>,
    pub producten: String,
    pub object: Option<String>,
    pub betrokkenen: i32,
    pub resultaat: String,
    pub status: i16,
    pub fouten: String,
}

/// A line of the log of processings.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Verwerking {
    pub trace_id: Vec<u8>,
    pub verzoek_span_id: Vec<u8>,
    pub span_id: Vec<u8>,
    pub parent_span_id: Vec<u8>,
    pub status: String,
    pub name: String,
    pub start_time: i64,
    pub end_time: i64,
    pub processing_activity_id: String,
    pub data_subject_id: Option<String>,
    pub data_subject_id_type: Option<String>,
}

/// What was logged since a moment.
#[derive(Debug, Clone, Default)]
pub struct Gelogd {
    pub audit: Vec<Audit>,
    pub verwerkingen: Vec<Verwerking>,
}

impl Gelogd {
    /// The betrokkenen of the lines, each once.
    pub fn betrokkenen(&self) -> std::collections::BTreeSet<String> {
        self.verwerkingen.iter().filter_map(|line| line.data_subject_id.clone()).collect()
    }
}

/// Everything that is logged.
pub async fn all(app: &App) -> Gelogd {
    since(app, "-infinity").await
}

/// What is logged of requests that began after a moment of the database.
pub async fn since(app: &App, moment: &str) -> Gelogd {
    let audit = sqlx::query_as(
        "SELECT * FROM logboek.audit WHERE tijdstip >= $1::text::timestamptz
         ORDER BY tijdstip, streng, nummer",
    );
    let verwerkingen = sqlx::query_as(
        "SELECT v.* FROM logboek.verwerkingen v JOIN logboek.audit a
         ON v.trace_id = a.trace_id AND v.verzoek_span_id = a.span_id
         WHERE tijdstip >= $1::text::timestamptz ORDER BY start_time, v.span_id",
    );
    Gelogd {
        audit: audit.bind(moment).fetch_all(app.pool()).await.expect("lines"),
        verwerkingen: verwerkingen.bind(moment).fetch_all(app.pool()).await.expect("lines"),
    }
}

/// The present moment, for [`since`].
pub fn now(app: &App) -> String {
    app.clock.now().to_rfc3339()
}

/// What stands in the logbook for a partij.
pub fn pseudoniem(partij: Uuid) -> String {
    logboek_settings(Modus::Strikt).sleutels.pseudoniem(partij).id
}

/// Whether the logbook is as it was written.
pub async fn verify(app: &App) -> Oordeel {
    let keys = logboek_settings(Modus::Strikt).sleutels;
    logboek::verify(app.pool(), &keys).await.expect("judged")
}

/// A klant with a burgerservicenummer, and others who all have one e-mail address.
pub async fn klanten(app: &App, others: usize) -> (Uuid, Vec<Uuid>) {
    let jan = json!({ "contactnaam": { "voornaam": "Jan", "achternaam": "Vries" },
        "partijIdentificatoren": [{ "partijIdentificator": { "objectId": BSN,
            "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn",
            "codeRegister": "brp" } }] });
    let jan = app.post("/personen", jan).await.id();
    let mut found = Vec::new();
    for _ in 0..others {
        let body = json!({ "contactnaam": { "voornaam": "An" },
            "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": "balie@example.nl" }] });
        found.push(app.post("/personen", body).await.id());
    }
    (jan, found)
}

/// A contact of these klanten about a zaak, with a taak for a team.
pub fn contact(team: Uuid, klanten: &[Uuid]) -> Value {
    let betrokkenen: Vec<Value> = klanten
        .iter()
        .enumerate()
        .map(|(index, id)| json!({ "rol": "klant", "initiator": index == 0, "wasPartij": id }))
        .collect();
    json!({
        "kanaal": "telefoon", "onderwerp": "Container", "actoren": [team],
        "betrokkenen": betrokkenen,
        "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": ZAAK,
            "codeObjecttype": "zaak", "codeSoortObjectId": "uuid",
            "codeRegister": "zakenregister" } }],
        "interneTaken": [{ "gevraagdeHandeling": "Bellen", "toegewezenAanActoren": [team] }],
    })
}

pub const ZAAK: &str = "a7b3c8d9-e4f5-4a7b-8c9d-e0f1a2b3c4d5";

/// A team.
pub async fn team(app: &App) -> Uuid {
    app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id()
}

/// Does something to the logbook that only who owns the tables can.
pub async fn tamper(app: &App, sql: &str) -> u64 {
    let mut conn = app.pool().acquire().await.expect("a connection");
    sqlx::query("SET session_replication_role = replica").execute(&mut *conn).await.expect("set");
    let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *conn).await.expect("done");
    sqlx::query("RESET session_replication_role").execute(&mut *conn).await.expect("reset");
    done.rows_affected()
}

/// The columns of a table of the logbook, with their types.
pub async fn columns(app: &App, table: &str) -> Vec<(String, String)> {
    let sql = "SELECT column_name::text, data_type::text FROM information_schema.columns
               WHERE table_schema = 'logboek' AND table_name = $1 ORDER BY ordinal_position";
    let rows = sqlx::query(sql).bind(table).fetch_all(app.pool()).await.expect("columns");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}
