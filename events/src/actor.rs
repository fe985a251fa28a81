//! Actor: someone or something working for the gemeente; a stub for lack of an HR standard (T12).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::waarden::{Identificator, exchange_form};

/// Which subtype an actor is; fixed at registration (I01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoortActor {
    /// A person.
    Medewerker,
    /// A program.
    GeautomatiseerdeActor,
    /// A team or department.
    OrganisatorischeEenheid,
}
exchange_form!(SoortActor {
    Medewerker = "medewerker",
    GeautomatiseerdeActor = "geautomatiseerde_actor",
    OrganisatorischeEenheid = "organisatorische_eenheid",
});

/// An actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// Technical key.
    pub id: Uuid,
    /// Subtype.
    pub soort_actor: SoortActor,
    /// Name.
    pub naam: String,
    /// Work it performs (medewerker, geautomatiseerde actor).
    pub functie: Option<String>,
    /// Description (organisatorische eenheid, geautomatiseerde actor).
    pub omschrijving: Option<String>,
    /// Normal e-mail address.
    pub emailadres: Option<String>,
    /// Normal telephone number.
    pub telefoonnummer: Option<String>,
    /// Key in another register.
    pub actoridentificator: Option<Identificator>,
    /// Whether it may be involved in new klantcontacten (I04).
    pub indicatie_actief: bool,
}
