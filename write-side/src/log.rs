//! The log: appends the events of a handeling, in the transaction that writes the register.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use clock::Clock;
use events::{Gebeurtenis, ObjectRef};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fout::{Doing, HandelingError};

/// A handeling as the log keeps it: who did what, with which application, for what purpose.
#[derive(Debug)]
pub(crate) struct HandelingRegel<'h> {
    /// Key of the handeling.
    pub(crate) id: Uuid,
    /// Its operationId.
    pub(crate) soort: &'h str,
    /// When it was done.
    pub(crate) tijdstip: DateTime<Utc>,
    /// Who did it.
    pub(crate) door: &'h str,
    /// With which application.
    pub(crate) toepassing: &'h str,
    /// The key in the path.
    pub(crate) pad_id: Option<Uuid>,
    /// For what purpose.
    pub(crate) doelbinding: Option<&'h str>,
}

/// What was appended.
#[derive(Debug, Default)]
pub(crate) struct Appended {
    /// Place in the log of the last event.
    pub(crate) positie: i64,
    /// Number of the last event of each object.
    pub(crate) versies: BTreeMap<ObjectRef, i64>,
}

/// Appends the handeling and its events, in their order. Locks and raises the version of each
/// object before it draws positions: versions have no holes, and a rollback takes them back.
pub(crate) async fn append_events(
    conn: &mut PgConnection,
    clock: &dyn Clock,
    regel: &HandelingRegel<'_>,
    gebeurtenissen: &[Gebeurtenis],
) -> Result<Appended, HandelingError> {
    sqlx::query!(
        "INSERT INTO write_side.handelingen
             (handeling_id, soort, tijdstip, door, toepassing, doelbinding, pad_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        regel.id,
        regel.soort,
        regel.tijdstip,
        regel.door,
        regel.toepassing,
        regel.doelbinding,
        regel.pad_id,
    )
    .execute(&mut *conn)
    .await
    .doing("writing the handeling")?;
    let versies = raise_versions(conn, gebeurtenissen).await?;
    let rows = Rows::new(clock, gebeurtenissen, &versies)?;
    let positie = rows.insert(conn, regel).await?;
    Ok(Appended { positie, versies })
}

/// Raises the version of each object by its number of events; the rows are locked in the order of
/// their keys, so that two handelingen never wait for each other.
async fn raise_versions(
    conn: &mut PgConnection,
    gebeurtenissen: &[Gebeurtenis],
) -> Result<BTreeMap<ObjectRef, i64>, HandelingError> {
    let mut versies = BTreeMap::new();
    for (object, count) in count_per_object(gebeurtenissen) {
        let versie = sqlx::query_scalar!(
            "INSERT INTO write_side.objecten AS o (objectsoort, object_id, versie)
             VALUES ($1, $2, $3)
             ON CONFLICT (objectsoort, object_id) DO UPDATE SET versie = o.versie + $3
             RETURNING versie",
            object.soort.code(),
            object.id,
            count,
        )
        .fetch_one(&mut *conn)
        .await
        .doing("raising the version of an object")?;
        versies.insert(object, versie);
    }
    Ok(versies)
}

fn count_per_object(gebeurtenissen: &[Gebeurtenis]) -> BTreeMap<ObjectRef, i64> {
    let mut counts = BTreeMap::new();
    for gebeurtenis in gebeurtenissen {
        *counts.entry(gebeurtenis.object()).or_default() += 1;
    }
    counts
}

#[derive(Debug, Default)]
struct Rows {
    ids: Vec<Uuid>,
    objectsoorten: Vec<String>,
    object_ids: Vec<Uuid>,
    versies: Vec<i64>,
    soorten: Vec<String>,
    data: Vec<String>,
}

impl Rows {
    fn new(
        clock: &dyn Clock,
        gebeurtenissen: &[Gebeurtenis],
        versies: &BTreeMap<ObjectRef, i64>,
    ) -> Result<Self, HandelingError> {
        let mut rows = Self::default();
        let mut left = count_per_object(gebeurtenissen);
        for gebeurtenis in gebeurtenissen {
            let object = gebeurtenis.object();
            let left = left.entry(object).or_default();
            *left -= 1;
            rows.ids.push(clock.new_id());
            rows.objectsoorten.push(object.soort.code().to_owned());
            rows.object_ids.push(object.id);
            rows.versies.push(versies.get(&object).copied().unwrap_or_default() - *left);
            rows.soorten.push(gebeurtenis.soort().to_owned());
            rows.data.push(gebeurtenis.data()?.to_string());
        }
        Ok(rows)
    }

    async fn insert(
        &self,
        conn: &mut PgConnection,
        regel: &HandelingRegel<'_>,
    ) -> Result<i64, HandelingError> {
        let posities = sqlx::query_scalar!(
            "INSERT INTO write_side.gebeurtenissen (gebeurtenis_id, handeling_id, objectsoort,
                 object_id, versie, soort, schemaversie, data, tijdstip)
             SELECT id, $1, objectsoort, object_id, versie, soort, $2, data::json, $3
             FROM unnest($4::uuid[], $5::text[], $6::uuid[], $7::bigint[], $8::text[], $9::text[])
                  WITH ORDINALITY
                  AS nieuw (id, objectsoort, object_id, versie, soort, data, volgnummer)
             ORDER BY volgnummer
             RETURNING positie",
            regel.id,
            Gebeurtenis::SCHEMAVERSIE,
            regel.tijdstip,
            &self.ids,
            &self.objectsoorten,
            &self.object_ids,
            &self.versies,
            &self.soorten,
            &self.data,
        )
        .fetch_all(conn)
        .await
        .doing("appending to the log")?;
        Ok(posities.into_iter().max().unwrap_or_default())
    }
}
