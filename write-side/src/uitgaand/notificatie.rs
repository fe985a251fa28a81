//! The one notification of a handeling, made of all its events.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use events::{Gebeurtenis, ObjectRef};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::codes;
use crate::spelling::{camel, capitalized};

/// The word for a taak that was handled by passing it on.
const DOORGESTUURD: &str = "interne-taak-doorgestuurd";

/// A handeling with its events, as the log has them.
#[derive(Debug)]
pub(super) struct Handelingslog {
    /// Its key.
    pub(super) id: Uuid,
    /// Its operationId.
    pub(super) soort: String,
    /// When it was recorded.
    pub(super) tijdstip: DateTime<Utc>,
    /// Its events with their versions, in order; never empty.
    pub(super) gebeurtenissen: Vec<(i64, Gebeurtenis)>,
}

/// What others are told of a handeling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notificatie {
    /// Place in the order in which notifications are told: 1, 2, 3, … without holes.
    pub volgnummer: i64,
    /// Key of the handeling, which is the key of the notification too.
    pub handeling_id: Uuid,
    /// What happened, such as `klantcontact-geregistreerd`.
    pub soort: String,
    /// To what it happened.
    pub object: ObjectRef,
    /// The version that the object has since.
    pub versie: i64,
    /// When it was recorded.
    pub tijdstip: DateTime<Utc>,
    /// Codes, booleans and keys; never empty.
    pub data: Value,
}

impl Handelingslog {
    /// The notification with this place.
    pub(super) fn notificatie(&self, volgnummer: i64) -> Option<Notificatie> {
        let main = self.main()?;
        let mut versies = BTreeMap::new();
        for (versie, gebeurtenis) in &self.gebeurtenissen {
            versies.insert(gebeurtenis.object(), *versie);
        }
        let object = main.object();
        let versie = versies.get(&object).copied()?;
        let data = self.data(main, versie, &versies);
        Some(Notificatie {
            volgnummer,
            handeling_id: self.id,
            soort: soort(main),
            object,
            versie,
            tijdstip: self.tijdstip,
            data,
        })
    }

    /// The event that names the handeling: the first, unless a later one is what it was all for.
    fn main(&self) -> Option<&Gebeurtenis> {
        let events = || self.gebeurtenissen.iter().map(|(_, gebeurtenis)| gebeurtenis);
        events().find(|event| is_purpose(event)).or_else(|| events().next())
    }

    fn data(&self, main: &Gebeurtenis, versie: i64, versies: &BTreeMap<ObjectRef, i64>) -> Value {
        let object = main.object();
        let mut data = Map::new();
        data.insert("handeling".to_owned(), json!(capitalized(&self.soort)));
        data.insert(camel(object.soort.code()), json!({ "id": object.id, "versie": versie }));
        data.extend(codes::of(main));
        if matches!(main, Gebeurtenis::KlantcontactGeregistreerd(_)) {
            let count = |is: fn(&Gebeurtenis) -> bool| {
                self.gebeurtenissen.iter().filter(|(_, event)| is(event)).count()
            };
            let taken = count(|event| matches!(event, Gebeurtenis::InterneTaakGeregistreerd(_)));
            let zaken = count(|event| matches!(event, Gebeurtenis::ZaakGekoppeld(_)));
            data.insert("leiddeTotInterneTaken".to_owned(), json!(taken));
            data.insert("gekoppeldeZaken".to_owned(), json!(zaken));
        }
        let objecten: Vec<Value> = versies
            .iter()
            .map(|(object, versie)| {
                json!({ "soort": object.soort, "id": object.id, "versie": versie })
            })
            .collect();
        data.insert("objecten".to_owned(), Value::Array(objecten));
        Value::Object(data)
    }
}

/// Whether this event is what its handeling was for, though others come before it.
const fn is_purpose(event: &Gebeurtenis) -> bool {
    use Gebeurtenis as G;
    let removed = matches!(event, G::DigitaalAdresVerwijderd(_) | G::RekeningnummerVerwijderd(_));
    let destroyed = matches!(event, G::PartijVernietigd(_) | G::KlantcontactVernietigd(_));
    removed || destroyed || is_passed_on(event)
}

const fn is_passed_on(event: &Gebeurtenis) -> bool {
    matches!(event, Gebeurtenis::InterneTaakAfgehandeld(event)
        if event.vervangen_door_interne_taak.is_some())
}

/// The word for an event, such as `klantcontact-geregistreerd`.
fn soort(event: &Gebeurtenis) -> String {
    if is_passed_on(event) { DOORGESTUURD.to_owned() } else { kebab(event.soort()) }
}

/// Every word that a notification can have, in order.
#[must_use]
pub fn soorten() -> Vec<String> {
    let mut all: Vec<String> = Gebeurtenis::SOORTEN.iter().map(|soort| kebab(soort)).collect();
    all.push(DOORGESTUURD.to_owned());
    all.sort();
    all
}

fn kebab(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_spelled_as_the_profile_asks() {
        assert_eq!(kebab("KlantcontactGeregistreerd"), "klantcontact-geregistreerd");
        assert!(soorten().contains(&"interne-taak-doorgestuurd".to_owned()));
    }
}
