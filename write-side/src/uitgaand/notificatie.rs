//! A notification: what others hear of one handeling. Made from all its events, kept as a row.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use events::{Gebeurtenis, ObjectRef, Objectsoort};
use serde_json::{Map, Value, json};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use super::error::{Doing, UitgaandError};
use super::kenmerken::kenmerken;
use super::soort::Soort;

/// One notification as its row has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notificatie {
    /// Its number: 1, 2, 3, … without holes.
    pub volgnummer: i64,
    /// The handeling that it is about.
    pub handeling_id: Uuid,
    /// Place in the log of the handeling's last event.
    pub positie: i64,
    /// What happened, such as `klantcontact-geregistreerd`.
    pub soort: String,
    /// Kind of the main object.
    pub objectsoort: String,
    /// The main object.
    pub object_id: Uuid,
    /// Its version after the handeling.
    pub versie: i64,
    /// When it was recorded.
    pub tijdstip: DateTime<Utc>,
    /// Keys, versions, codes, flags and counts.
    pub data: Value,
    /// Whether the handeling was done by a program for itself, and not for somebody.
    pub door_programma: bool,
}

/// A handeling with its events, as the log has them.
#[derive(Debug)]
pub(super) struct Gedaan {
    handeling_id: Uuid,
    handeling: String,
    tijdstip: DateTime<Utc>,
    positie: i64,
    gebeurtenissen: Vec<Gebeurtenis>,
    objecten: BTreeMap<ObjectRef, i64>,
}

impl Gedaan {
    /// The notification, which gets its number when it is written; `None` when nothing happened.
    pub(super) fn notificatie(&self, volgnummer: i64) -> Option<Notificatie> {
        let hoofd = self.gebeurtenissen.first()?;
        let object = hoofd.object();
        let versie = self.objecten.get(&object).copied().unwrap_or_default();
        Some(Notificatie {
            volgnummer,
            handeling_id: self.handeling_id,
            positie: self.positie,
            soort: Soort::of(hoofd).code().to_owned(),
            objectsoort: object.soort.code().to_owned(),
            object_id: object.id,
            versie,
            tijdstip: self.tijdstip,
            data: self.data(object, versie),
            door_programma: false,
        })
    }

    fn data(&self, hoofd: ObjectRef, versie: i64) -> Value {
        let mut data = Map::new();
        data.insert("handeling".to_owned(), json!(capitalized(&self.handeling)));
        let key = json!({ "id": hoofd.id, "versie": versie });
        data.insert(camel_case(hoofd.soort.code()), key);
        for (naam, waarde) in kenmerken(&self.gebeurtenissen) {
            data.insert(naam.to_owned(), waarde);
        }
        let objecten: Vec<Value> = self
            .objecten
            .iter()
            .map(|(object, versie)| {
                json!({ "soort": object.soort.code(), "id": object.id, "versie": versie })
            })
            .collect();
        data.insert("objecten".to_owned(), Value::Array(objecten));
        Value::Object(data)
    }
}

/// `registreerPersoon` → `RegistreerPersoon`.
fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// `interne_taak` → `interneTaak`: the name under which the data have the main object.
pub(super) fn camel_case(code: &str) -> String {
    let mut words = code.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &capitalized(word))
}

struct LogRow {
    handeling_id: Uuid,
    handeling: String,
    tijdstip: DateTime<Utc>,
    positie: i64,
    objectsoort: String,
    object_id: Uuid,
    versie: i64,
    soort: String,
    schemaversie: i16,
    data: String,
}

/// The handelingen among these of which there is no notification yet, whole, in the order of their
/// first events. Their events became visible together, wherever a batch of the log ended.
pub(super) async fn load_gedaan(
    conn: &mut PgConnection,
    handelingen: &[Uuid],
) -> Result<Vec<Gedaan>, UitgaandError> {
    let rows = sqlx::query_as!(
        LogRow,
        r#"SELECT h.handeling_id, h.soort AS handeling, h.tijdstip, g.positie, g.objectsoort,
                  g.object_id, g.versie, g.soort, g.schemaversie, g.data::text AS "data!"
           FROM write_side.gebeurtenissen g JOIN write_side.handelingen h USING (handeling_id)
           WHERE handeling_id = ANY($1) AND NOT EXISTS
               (SELECT FROM write_side.notificaties n WHERE n.handeling_id = h.handeling_id)
           ORDER BY g.positie"#,
        handelingen,
    )
    .fetch_all(conn)
    .await
    .doing("reading the events of handelingen")?;
    let mut gedaan: Vec<Gedaan> = Vec::new();
    let mut places: BTreeMap<Uuid, usize> = BTreeMap::new();
    for row in rows {
        let place = *places.entry(row.handeling_id).or_insert(gedaan.len());
        if place == gedaan.len() {
            gedaan.push(Gedaan {
                handeling_id: row.handeling_id,
                handeling: row.handeling.clone(),
                tijdstip: row.tijdstip,
                positie: row.positie,
                gebeurtenissen: Vec::new(),
                objecten: BTreeMap::new(),
            });
        }
        add(&mut gedaan[place], row)?;
    }
    Ok(gedaan)
}

fn add(gedaan: &mut Gedaan, row: LogRow) -> Result<(), UitgaandError> {
    let positie = row.positie;
    let soort = Objectsoort::from_code(&row.objectsoort)
        .ok_or(UitgaandError::UnknownObject { positie, objectsoort: row.objectsoort })?;
    let gebeurtenis = Gebeurtenis::from_log(&row.soort, row.schemaversie, &row.data)
        .map_err(|source| UitgaandError::Undecodable { positie, source })?;
    gedaan.positie = positie;
    gedaan.gebeurtenissen.push(gebeurtenis);
    gedaan.objecten.insert(ObjectRef { soort, id: row.object_id }, row.versie);
    Ok(())
}

/// Writes notifications, in one statement.
pub(super) async fn insert(
    conn: &mut PgConnection,
    notificaties: &[Notificatie],
) -> Result<(), UitgaandError> {
    fn column<T>(rows: &[Notificatie], value: impl Fn(&Notificatie) -> T) -> Vec<T> {
        rows.iter().map(value).collect()
    }
    sqlx::query!(
        "INSERT INTO write_side.notificaties (volgnummer, handeling_id, positie, soort,
             objectsoort, object_id, versie, tijdstip, data)
         SELECT volgnummer, handeling_id, positie, soort, objectsoort, object_id, versie, tijdstip,
                data::json
         FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::uuid[],
                     $7::bigint[], $8::timestamptz[], $9::text[])
              AS nieuw (volgnummer, handeling_id, positie, soort, objectsoort, object_id, versie,
                        tijdstip, data)",
        &column(notificaties, |row| row.volgnummer),
        &column(notificaties, |row| row.handeling_id),
        &column(notificaties, |row| row.positie),
        &column(notificaties, |row| row.soort.clone()),
        &column(notificaties, |row| row.objectsoort.clone()),
        &column(notificaties, |row| row.object_id),
        &column(notificaties, |row| row.versie),
        &column(notificaties, |row| row.tijdstip),
        &column(notificaties, |row| row.data.to_string()),
    )
    .execute(conn)
    .await
    .doing("writing notifications")?;
    Ok(())
}

/// The highest number; 0 when there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn last_volgnummer(executor: impl PgExecutor<'_>) -> Result<i64, UitgaandError> {
    sqlx::query_scalar!(
        r#"SELECT COALESCE(max(volgnummer), 0) AS "volgnummer!" FROM write_side.notificaties"#
    )
    .fetch_one(executor)
    .await
    .doing("reading the number of the last notification")
}

/// The notifications after a number, in their order, at most `max`. Numbers are written in their
/// order by one publisher at a time: what is not there yet has a higher number than all that is.
///
/// # Errors
/// When the database does not answer.
pub async fn notificaties_na(
    executor: impl PgExecutor<'_>,
    volgnummer: i64,
    max: i64,
) -> Result<Vec<Notificatie>, UitgaandError> {
    sqlx::query_as!(
        Notificatie,
        r#"SELECT n.volgnummer, n.handeling_id, n.positie, n.soort, n.objectsoort, n.object_id,
                  n.versie, n.tijdstip, n.data AS "data: Value",
                  (h.door = h.toepassing) AS "door_programma!"
           FROM write_side.notificaties n JOIN write_side.handelingen h USING (handeling_id)
           WHERE n.volgnummer > $1 ORDER BY n.volgnummer LIMIT $2"#,
        volgnummer,
        max,
    )
    .fetch_all(executor)
    .await
    .doing("reading notifications")
}

#[cfg(test)]
#[path = "notificatie_tests.rs"]
mod tests;
