//! What the inzagedossier asks of the loaded objects.

use std::collections::BTreeMap;

use events::{Inzageverzoek, ObjectRef};
use uuid::Uuid;

use super::Bronnen;
use crate::toestanden::Toestand;

impl Bronnen<'_> {
    /// The request for inzage, if it is known and loaded.
    pub(crate) fn inzageverzoek(&self, id: Uuid) -> Option<&Inzageverzoek> {
        match self.state(ObjectRef::inzageverzoek(id))? {
            Toestand::Inzageverzoek(verzoek) => Some(verzoek),
            Toestand::Partij(_)
            | Toestand::Klantcontact(_)
            | Toestand::InterneTaak(_)
            | Toestand::Actor(_)
            | Toestand::Vertegenwoordiging(_)
            | Toestand::Zaaksleutels(_)
            | Toestand::Weg { .. } => None,
        }
    }

    /// Whether an object is known to be no more.
    pub(crate) fn is_weg(&self, object: ObjectRef) -> bool {
        self.state(object).is_some_and(Toestand::is_weg)
    }

    /// The number of the last event of these objects, of those that are loaded.
    pub(crate) fn versies(
        &self,
        objects: impl IntoIterator<Item = ObjectRef>,
    ) -> BTreeMap<ObjectRef, i64> {
        let found = objects
            .into_iter()
            .filter_map(|object| Some((object, self.objects.get(&object)?.versie)));
        found.collect()
    }
}
