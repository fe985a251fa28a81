//! Actoren, and what they have to do.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::codes::{Actorsoort, Taakstand};
use super::groepen::Identificatorgegevens;
use super::weergave;

weergave! {
    /// Een actor: een medewerker, organisatorische eenheid of geautomatiseerde actor.
    Actorgegevens toont Actor {
        /// Sleutel van de actor.
        id: Uuid,
        /// Soort actor.
        soort_actor: Actorsoort,
        /// Naam.
        naam: String,
        /// Wat de actor doet.
        functie: Option<String>,
        /// Omschrijving.
        omschrijving: Option<String>,
        /// E-mailadres waarop de actor gewoonlijk te bereiken is.
        #[schema(examples("burgerzaken@example.nl"))]
        emailadres: Option<String>,
        /// Telefoonnummer waarop de actor gewoonlijk te bereiken is.
        #[schema(examples("0999001099"))]
        telefoonnummer: Option<String>,
        /// Sleutel van de actor in een ander register.
        actoridentificator: Option<Identificatorgegevens>,
        /// Of de actor nieuw werk kan krijgen.
        indicatie_actief: bool,
    }
}

weergave! {
    /// Een interne taak: wat een actor moet doen om een klantcontact op te volgen.
    InterneTaakgegevens toont InterneTaak {
        /// Sleutel van de taak.
        id: Uuid,
        /// Nummer om de taak in gesprek te noemen.
        nummer: String,
        /// Eigen nummer van de afnemer.
        referentienummer: Option<String>,
        /// Het klantcontact waar de taak uit kwam.
        aanleidinggevend_klantcontact: Uuid,
        /// Wat er moet gebeuren.
        gevraagde_handeling: String,
        /// Toelichting.
        toelichting: Option<String>,
        /// Wie het moet doen; de eerste is de hoofdverantwoordelijke.
        toegewezen_aan_actoren: Vec<Uuid>,
        /// Wanneer de taak is toegewezen.
        toegewezen_op: DateTime<Utc>,
        /// Of de taak nog te verwerken is.
        status: Taakstand,
        /// Wanneer de taak is verwerkt; null zolang dat niet is gebeurd.
        afgehandeld_op: Option<DateTime<Utc>>,
        /// Opmerking bij het verwerken.
        afsluittoelichting: Option<String>,
    }
}
