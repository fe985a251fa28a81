//! Groups of values: a name, an address, a key in another register.

use super::weergave;

weergave! {
    /// Naam die iemand wil gebruiken in contact met de gemeente.
    Contactnaamgegevens toont Contactnaam {
        /// Voorletters.
        voorletters: Option<String>,
        /// Voornaam of voornamen.
        voornaam: Option<String>,
        /// Voorvoegsel van de achternaam.
        voorvoegsel_achternaam: Option<String>,
        /// Achternaam.
        achternaam: Option<String>,
    }
}

weergave! {
    /// Adres in één vorm: de BAG-sleutel, de Nederlandse velden, of adresregels met land.
    Adresgegevens toont Adres {
        /// Sleutel van het adres in de BAG.
        nummeraanduiding_id: Option<String>,
        /// Straatnaam.
        straatnaam: Option<String>,
        /// Huisnummer.
        huisnummer: Option<u32>,
        /// Huisletter of toevoeging.
        huisnummertoevoeging: Option<String>,
        /// Postcode, zoals 1234 AB.
        postcode: Option<String>,
        /// Woonplaats.
        stad: Option<String>,
        /// Eerste adresregel.
        adresregel1: Option<String>,
        /// Tweede adresregel.
        adresregel2: Option<String>,
        /// Derde adresregel.
        adresregel3: Option<String>,
        /// Land, ISO 3166-1 alpha-2.
        land: Option<String>,
    }
}

weergave! {
    /// Sleutel van een object in een register.
    Identificatorgegevens toont Identificator {
        /// Soort object (referentielijst soortObject).
        #[schema(examples("zaak"))]
        code_objecttype: String,
        /// Soort sleutel (referentielijst soortObjectId).
        #[schema(examples("uuid"))]
        code_soort_object_id: String,
        /// De sleutel zelf; null als het een burgerservicenummer is en de scope bsn:lezen ontbreekt.
        object_id: Option<String>,
        /// Register (referentielijst externRegister).
        #[schema(examples("zakenregister"))]
        code_register: String,
    }
}
