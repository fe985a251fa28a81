//! Notifications as CloudEvents in binary mode: attributes as headers, data as value.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgPool;

use super::levering::Bericht;
use super::round::{Gelezen, ROUND_MAX, RondeError, Stroom};
use crate::uitgaand::{Afzender, Notificatie, notificaties_na};

/// Under which name the progress is kept.
pub(crate) const NAAM: &str = "kafka";

/// The number of the last notification that arrived.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Voortgang {
    pub(crate) volgnummer: i64,
}

/// Reads the notifications, in the order of their numbers.
#[derive(Debug)]
pub(super) struct Notificaties {
    pub(super) afzender: Afzender,
}

#[async_trait]
impl Stroom for Notificaties {
    fn naam(&self) -> &'static str {
        NAAM
    }

    fn begin(&self) -> Result<Value, RondeError> {
        to_json(&Voortgang::default())
    }

    async fn read(&mut self, pool: &PgPool, after: &Value) -> Result<Gelezen, RondeError> {
        let Voortgang { volgnummer } = serde_json::from_value(after.clone())
            .map_err(|error| RondeError::Json("the progress kafka", error))?;
        let max = i64::try_from(ROUND_MAX).unwrap_or(i64::MAX);
        let rows = notificaties_na(pool, volgnummer, max)
            .await
            .map_err(|error| RondeError::Database("reading the notifications", error))?;
        let volgnummer = rows.last().map_or(volgnummer, |last| last.volgnummer);
        let berichten = rows.iter().map(|row| bericht(&self.afzender, row)).collect();
        let cursor = to_json(&Voortgang { volgnummer })?;
        Ok(Gelezen { berichten, cursor })
    }
}

fn to_json(voortgang: &Voortgang) -> Result<Value, RondeError> {
    serde_json::to_value(voortgang).map_err(|error| RondeError::Json("the progress kafka", error))
}

/// The Kafka binding of CloudEvents: `datacontenttype` becomes `content-type`, every other attribute
/// `ce_<name>`.
fn bericht(afzender: &Afzender, notificatie: &Notificatie) -> Bericht {
    let headers = afzender.attributes(notificatie).into_iter().map(|(name, value)| match name {
        "datacontenttype" => ("content-type".to_owned(), value),
        name => (format!("ce_{name}"), value),
    });
    Bericht {
        key: notificatie.object.id.to_string(),
        headers: headers.collect(),
        value: notificatie.data.to_string(),
    }
}
