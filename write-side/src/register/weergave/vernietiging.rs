//! Proposals to destroy something.

use uuid::Uuid;

use super::codes::{Objectsoortcode, Voorstelstand};
use super::weergave;

weergave! {
    /// Een object van het register.
    Objectverwijzing toont ObjectRef {
        /// Soort object.
        soort: Objectsoortcode,
        /// Sleutel van het object.
        id: Uuid,
    }
}

weergave! {
    /// Een voorstel om een object te vernietigen.
    Vernietigingsvoorstelgegevens toont Vernietigingsvoorstel {
        /// Sleutel van het voorstel.
        id: Uuid,
        /// Wat zou worden vernietigd.
        object: Objectverwijzing,
        /// Categorie van de selectielijst, of een andere grond.
        grond: String,
        /// Het besluit waarop het rust.
        besluit: String,
        /// Hoe ver het is.
        status: Voorstelstand,
        /// Wie het voorstelde: het subject van het token.
        voorgesteld_door: String,
        /// Wie het goedkeurde of afwees.
        beoordeeld_door: Option<String>,
        /// Wie het uitvoerde.
        uitgevoerd_door: Option<String>,
    }
}
