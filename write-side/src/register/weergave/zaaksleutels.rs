//! The keys of a zaak, as a reader gets them.

use uuid::Uuid;

use super::weergave;

weergave! {
    /// De twee sleutels van één zaak.
    Zaaksleutelgegevens toont Zaaksleutels {
        /// Sleutel van dit paar.
        id: Uuid,
        /// Sleutel van de zaak in het zaakregister.
        uuid: Uuid,
        /// Zaaknummer zoals mensen het gebruiken.
        #[schema(examples("ZAAK-2026-0001"))]
        identificatie: String,
        /// Het register waarin de zaak staat (referentielijst externRegister).
        #[schema(examples("zakenregister"))]
        code_register: String,
    }
}
