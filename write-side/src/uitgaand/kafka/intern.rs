//! The full events of the log, for our own projectors elsewhere.

use async_trait::async_trait;
use events::{BERICHTVORM, Envelope};
use log_source::{Bounds, Cursor, PostgresLog, Source as _};
use serde_json::Value;
use sqlx::PgPool;

use super::levering::Bericht;
use super::round::{Gelezen, ROUND_MAX, RondeError, Stroom};

/// Under which name the progress is kept.
pub(crate) const NAAM: &str = "kafka-intern";

/// Reads the log, with the same guarantees as the projector.
#[derive(Debug, Default)]
pub(super) struct Intern {
    log: Option<PostgresLog>,
}

#[async_trait]
impl Stroom for Intern {
    fn naam(&self) -> &'static str {
        NAAM
    }

    fn begin(&self) -> Result<Value, RondeError> {
        to_json(&Cursor::default())
    }

    async fn read(&mut self, pool: &PgPool, after: &Value) -> Result<Gelezen, RondeError> {
        let log = match self.log.take() {
            Some(log) => log,
            None => PostgresLog::open(pool).await?,
        };
        let cursor: Cursor = serde_json::from_value(after.clone())
            .map_err(|error| RondeError::Json("the progress kafka-intern", error))?;
        let bounds = Bounds { max: ROUND_MAX, until: i64::MAX };
        let batch = self.log.insert(log).poll(&cursor, bounds).await?;
        let berichten = batch.events.iter().map(bericht).collect::<Result<_, _>>()?;
        let cursor = to_json(&batch.cursor_after)?;
        Ok(Gelezen { berichten, cursor })
    }
}

fn to_json(cursor: &Cursor) -> Result<Value, RondeError> {
    serde_json::to_value(cursor)
        .map_err(|error| RondeError::Json("the progress kafka-intern", error))
}

/// The headers let a reader choose without reading the value; the value has everything.
fn bericht(event: &Envelope) -> Result<Bericht, RondeError> {
    let value =
        event.to_bericht().map_err(|error| RondeError::Json("an event of the log", error))?;
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Ok(Bericht {
        key: event.object.id.to_string(),
        headers: vec![
            header("content-type", "application/json"),
            header("vorm", &BERICHTVORM.to_string()),
            header("gebeurtenis-id", &event.gebeurtenis_id.to_string()),
            header("objectsoort", event.object.soort.code()),
            header("soort", event.gebeurtenis.soort()),
        ],
        value,
    })
}
