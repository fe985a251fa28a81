//! The feed: notifications in their order, for whoever comes to fetch them.

use chrono::{DateTime, Utc};
use events::{ObjectRef, Objectsoort};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use super::notificatie::Notificatie;

/// Which notifications are asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vraag {
    /// Those after this place.
    pub(crate) na: i64,
    /// Most of them.
    pub(crate) aantal: i64,
    /// Only of this word.
    pub(crate) soort: Option<String>,
    /// Only of this object.
    pub(crate) object: Option<Uuid>,
    /// Only this one.
    pub(crate) id: Option<Uuid>,
}

/// The notifications after a place, in order, at most so many.
///
/// # Errors
/// When the database fails.
pub async fn notificaties_na(
    pool: &PgPool,
    volgnummer: i64,
    max: i64,
) -> sqlx::Result<Vec<Notificatie>> {
    page(pool, &Vraag { na: volgnummer, aantal: max, ..Vraag::default() }).await
}

#[derive(Debug)]
struct Row {
    volgnummer: i64,
    handeling_id: Uuid,
    soort: String,
    objectsoort: String,
    object_id: Uuid,
    versie: i64,
    tijdstip: DateTime<Utc>,
    data: String,
}

/// One page, in order.
pub(crate) async fn page(pool: &PgPool, vraag: &Vraag) -> sqlx::Result<Vec<Notificatie>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT volgnummer, handeling_id, soort, objectsoort, object_id, versie, tijdstip,
                  data::text AS "data!"
           FROM write_side.notificaties
           WHERE volgnummer > $1 AND ($2::text IS NULL OR soort = $2)
             AND ($3::uuid IS NULL OR object_id = $3) AND ($4::uuid IS NULL OR handeling_id = $4)
           ORDER BY volgnummer LIMIT $5"#,
        vraag.na,
        vraag.soort,
        vraag.object,
        vraag.id,
        vraag.aantal,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(Row::notificatie).collect()
}

impl Row {
    fn notificatie(self) -> sqlx::Result<Notificatie> {
        let decode = |error: Box<dyn std::error::Error + Send + Sync>| sqlx::Error::Decode(error);
        let soort = Objectsoort::from_code(&self.objectsoort)
            .ok_or_else(|| decode(events::UnknownObjectsoort(self.objectsoort.clone()).into()))?;
        let data: Value = serde_json::from_str(&self.data).map_err(|error| decode(error.into()))?;
        Ok(Notificatie {
            volgnummer: self.volgnummer,
            handeling_id: self.handeling_id,
            soort: self.soort,
            object: ObjectRef { soort, id: self.object_id },
            versie: self.versie,
            tijdstip: self.tijdstip,
            data,
        })
    }
}
