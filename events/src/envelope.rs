//! The envelope around an event: where it stands in the log, and to which object it happened.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::gebeurtenis::Gebeurtenis;
use crate::waarden::exchange_form;

/// The kinds of object whose events are numbered contiguously (aggregates).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objectsoort {
    /// Partij with its identificatoren, digital addresses and accounts.
    Partij,
    /// Klantcontact with its betrokkenen, couplings, onderwerpobjecten and bijlagen.
    Klantcontact,
    /// Interne taak.
    InterneTaak,
    /// Actor.
    Actor,
    /// Vertegenwoordiging.
    Vertegenwoordiging,
    /// One value of a reference list.
    Referentiewaarde,
    /// A proposal to destroy an object.
    Vernietigingsvoorstel,
    /// The two keys of one zaak.
    Zaaksleutelpaar,
    /// A request to see all that is known of a partij.
    Inzageverzoek,
}
exchange_form!(Objectsoort {
    Partij = "partij",
    Klantcontact = "klantcontact",
    InterneTaak = "interne_taak",
    Actor = "actor",
    Vertegenwoordiging = "vertegenwoordiging",
    Referentiewaarde = "referentiewaarde",
    Vernietigingsvoorstel = "vernietigingsvoorstel",
    Zaaksleutelpaar = "zaaksleutelpaar",
    Inzageverzoek = "inzageverzoek",
});

/// A kind of object that this version of the program does not know.
#[derive(Debug, thiserror::Error)]
#[error("objectsoort {0:?} is not known to this version")]
pub struct UnknownObjectsoort(pub String);

/// One object: its kind and its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectRef {
    /// Kind.
    pub soort: Objectsoort,
    /// Key.
    pub id: Uuid,
}

impl ObjectRef {
    /// The object with this key of the kind with this code; `None` when this program does not know
    /// the kind.
    #[must_use]
    pub fn from_code(soort: &str, id: Uuid) -> Option<Self> {
        Some(Self { soort: Objectsoort::from_code(soort)?, id })
    }

    /// The partij with this key.
    #[must_use]
    pub const fn partij(id: Uuid) -> Self {
        Self { soort: Objectsoort::Partij, id }
    }

    /// The klantcontact with this key.
    #[must_use]
    pub const fn klantcontact(id: Uuid) -> Self {
        Self { soort: Objectsoort::Klantcontact, id }
    }

    /// The interne taak with this key.
    #[must_use]
    pub const fn interne_taak(id: Uuid) -> Self {
        Self { soort: Objectsoort::InterneTaak, id }
    }

    /// The actor with this key.
    #[must_use]
    pub const fn actor(id: Uuid) -> Self {
        Self { soort: Objectsoort::Actor, id }
    }

    /// The vertegenwoordiging with this key.
    #[must_use]
    pub const fn vertegenwoordiging(id: Uuid) -> Self {
        Self { soort: Objectsoort::Vertegenwoordiging, id }
    }

    /// The value of a reference list with this key.
    #[must_use]
    pub const fn referentiewaarde(id: Uuid) -> Self {
        Self { soort: Objectsoort::Referentiewaarde, id }
    }

    /// The proposal with this key.
    #[must_use]
    pub const fn vernietigingsvoorstel(id: Uuid) -> Self {
        Self { soort: Objectsoort::Vernietigingsvoorstel, id }
    }

    /// The pair of keys with this key.
    #[must_use]
    pub const fn zaaksleutelpaar(id: Uuid) -> Self {
        Self { soort: Objectsoort::Zaaksleutelpaar, id }
    }

    /// The request for inzage with this key.
    #[must_use]
    pub const fn inzageverzoek(id: Uuid) -> Self {
        Self { soort: Objectsoort::Inzageverzoek, id }
    }
}

/// One event as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Place in the log; ascending, with holes where a transaction was rolled back.
    pub positie: i64,
    /// Key of the event (UUIDv7).
    pub gebeurtenis_id: Uuid,
    /// Key of the handeling of which it is a part.
    pub handeling_id: Uuid,
    /// The object to which it happened.
    pub object: ObjectRef,
    /// Number of the event within its object: 1, 2, 3, … without holes.
    pub versie: i64,
    /// When it was recorded.
    pub tijdstip: DateTime<Utc>,
    /// What happened.
    pub gebeurtenis: Gebeurtenis,
}
