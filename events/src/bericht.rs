//! An event on its way over a stream of messages: the form in which the internal Kafka topic carries
//! the log. Whoever reads the log there needs nothing but the message.
//!
//! The message's key is the object's key, so that the events of one object stay in one partition and
//! come in the order of their versions. They may come more than once: `versie` tells what the reader
//! already has. Between objects there is no order; `positie` says how far the log was when the event
//! was recorded.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::envelope::{Envelope, ObjectRef, Objectsoort, UnknownObjectsoort};
use crate::gebeurtenis::{Gebeurtenis, GebeurtenisError};

/// The version of the message's shape that this program writes, and the only one that it reads.
pub const BERICHTVORM: u16 = 1;

/// The value of a message: one JSON object, with the fields of [`Envelope`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bericht<'b> {
    /// Version of this shape.
    vorm: u16,
    /// Place in the log.
    positie: i64,
    /// Key of the event; the same when the message is sent again.
    gebeurtenis_id: Uuid,
    /// Key of the handeling of which it is a part.
    handeling_id: Uuid,
    /// Kind of the object to which it happened.
    #[serde(borrow)]
    objectsoort: Cow<'b, str>,
    /// Key of that object.
    object_id: Uuid,
    /// Number of the event within its object: 1, 2, 3, … without holes.
    versie: i64,
    /// Event type.
    #[serde(borrow)]
    soort: Cow<'b, str>,
    /// Version of the shape of `data`.
    schemaversie: i16,
    /// When it was recorded.
    tijdstip: DateTime<Utc>,
    /// What happened, as it stands in the log.
    #[serde(borrow)]
    data: &'b RawValue,
}

/// The part that every version of the shape has.
#[derive(Deserialize)]
struct Vorm {
    vorm: u16,
}

/// Why a message could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BerichtError {
    /// No JSON, or not the shape that it says it has.
    #[error("the message has not the shape of an event")]
    Malformed(#[source] serde_json::Error),
    /// A shape that this version of the program does not know.
    #[error("shape {0} of the message is not known to this version, which reads {BERICHTVORM}")]
    UnknownVorm(u16),
    /// An object kind that this version of the program does not know.
    #[error(transparent)]
    UnknownObject(#[from] UnknownObjectsoort),
    /// An event that this version of the program cannot read.
    #[error("{soort} at positie {positie} cannot be read", soort = kop.soort, positie = kop.positie)]
    Undecodable {
        /// Which it is.
        kop: Box<Kop>,
        /// What is wrong with it; never its data.
        source: GebeurtenisError,
    },
}

/// What a message tells of an event, whether or not it can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kop {
    /// Place in the log.
    pub positie: i64,
    /// The object to which it happened.
    pub object: ObjectRef,
    /// Number of the event within its object.
    pub versie: i64,
    /// Event type.
    pub soort: String,
    /// When it was recorded.
    pub tijdstip: DateTime<Utc>,
}

impl Envelope {
    /// The value of the message that carries this event.
    ///
    /// # Errors
    /// When the payload cannot be written as JSON, which no payload of ours does.
    pub fn to_bericht(&self) -> Result<String, serde_json::Error> {
        let data = serde_json::value::to_raw_value(&self.gebeurtenis.data()?)?;
        serde_json::to_string(&Bericht {
            vorm: BERICHTVORM,
            positie: self.positie,
            gebeurtenis_id: self.gebeurtenis_id,
            handeling_id: self.handeling_id,
            objectsoort: self.object.soort.code().into(),
            object_id: self.object.id,
            versie: self.versie,
            soort: self.gebeurtenis.soort().into(),
            schemaversie: Gebeurtenis::SCHEMAVERSIE,
            tijdstip: self.tijdstip,
            data: &data,
        })
    }

    /// Reads the value of a message.
    ///
    /// # Errors
    /// When it is no event, or one that this version of the program does not know.
    pub fn from_bericht(value: &[u8]) -> Result<Self, BerichtError> {
        let Vorm { vorm } = serde_json::from_slice(value).map_err(BerichtError::Malformed)?;
        if vorm != BERICHTVORM {
            return Err(BerichtError::UnknownVorm(vorm));
        }
        let bericht: Bericht<'_> =
            serde_json::from_slice(value).map_err(BerichtError::Malformed)?;
        let soort = Objectsoort::from_code(&bericht.objectsoort)
            .ok_or_else(|| UnknownObjectsoort(bericht.objectsoort.to_string()))?;
        let object = ObjectRef { soort, id: bericht.object_id };
        let (positie, versie, tijdstip) = (bericht.positie, bericht.versie, bericht.tijdstip);
        let gebeurtenis =
            Gebeurtenis::from_log(&bericht.soort, bericht.schemaversie, bericht.data.get())
                .map_err(|source| {
                    let soort = bericht.soort.into_owned();
                    let kop = Box::new(Kop { positie, object, versie, soort, tijdstip });
                    BerichtError::Undecodable { kop, source }
                })?;
        let (gebeurtenis_id, handeling_id) = (bericht.gebeurtenis_id, bericht.handeling_id);
        Ok(Self { positie, gebeurtenis_id, handeling_id, object, versie, tijdstip, gebeurtenis })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VoorkeursDigitaalAdresGekozen;
    use serde_json::{Value, json};

    fn envelope() -> Envelope {
        let gekozen = VoorkeursDigitaalAdresGekozen {
            partij: Uuid::from_u128(5),
            digitaal_adres: Some(Uuid::from_u128(6)),
        };
        Envelope {
            positie: 184_213,
            gebeurtenis_id: Uuid::from_u128(1),
            handeling_id: Uuid::from_u128(2),
            object: ObjectRef::partij(Uuid::from_u128(5)),
            versie: 7,
            tijdstip: "2026-11-23T13:05:09.412345Z".parse().expect("a moment"),
            gebeurtenis: Gebeurtenis::VoorkeursDigitaalAdresGekozen(gekozen),
        }
    }

    #[test]
    fn an_event_survives_the_message() {
        let text = envelope().to_bericht().expect("JSON");
        assert_eq!(Envelope::from_bericht(text.as_bytes()).expect("the event"), envelope());
    }

    #[test]
    fn the_shape_is_as_agreed() {
        let value: Value = serde_json::from_str(&envelope().to_bericht().expect("JSON")).unwrap();
        let expected = json!({
            "vorm": 1,
            "positie": 184_213,
            "gebeurtenisId": Uuid::from_u128(1),
            "handelingId": Uuid::from_u128(2),
            "objectsoort": "partij",
            "objectId": Uuid::from_u128(5),
            "versie": 7,
            "soort": "VoorkeursDigitaalAdresGekozen",
            "schemaversie": 1,
            "tijdstip": "2026-11-23T13:05:09.412345Z",
            "data": { "partij": Uuid::from_u128(5), "digitaalAdres": Uuid::from_u128(6) },
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let mut value: Value = serde_json::from_str(&envelope().to_bericht().unwrap()).unwrap();
        let read = |value: &Value| Envelope::from_bericht(value.to_string().as_bytes());
        value["vorm"] = json!(2);
        // A later shape may have lost every other field.
        let later = json!({ "vorm": 2 });
        for value in [&value, &later] {
            assert!(matches!(read(value), Err(BerichtError::UnknownVorm(2))));
        }
        value["vorm"] = json!(1);
        value["objectsoort"] = json!("zaak");
        let error = read(&value).expect_err("refused").to_string();
        assert!(error.contains("zaak"), "{error}");
        value["objectsoort"] = json!("partij");
        value["soort"] = json!("KlantVerdwenen");
        let error = read(&value).expect_err("refused");
        assert!(error.to_string().contains("KlantVerdwenen"), "{error}");
        let BerichtError::Undecodable { kop, .. } = error else { panic!("{error:?}") };
        let of = envelope();
        assert_eq!((kop.positie, kop.object, kop.versie), (of.positie, of.object, of.versie));
        let no_json = Envelope::from_bericht(b"").expect_err("refused");
        assert!(matches!(no_json, BerichtError::Malformed(_)));
    }
}
