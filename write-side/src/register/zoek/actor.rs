//! Searching actoren: medewerkers, organisatorische eenheden, geautomatiseerde actoren, or any. They
//! work for the gemeente, so no key is asked.

use access::Identity;
use uuid::Uuid;

use super::{Pagina, Voorwaarden, Zoekvraag, json_sleutel};
use crate::invoer::{Aantal, ActorSoort, Cursor, Identificatorcriterium, Tekst, invoer};
use crate::register::weergave::Actorgegevens;

/// Declares a search in actoren; `soort` says which.
macro_rules! zoek_actoren {
    (
        $(#[$doc:meta])* $naam:ident, $operation:literal, $samenvatting:literal,
        |$zelf:ident| $soort:expr,
        { $($(#[$veldmeta:meta])* $veld:ident: $type:ty = $json:literal)? }
    ) => {
        invoer! {
            $(#[$doc])*
            pub struct $naam {
                /// Sleutel van de actor.
                pub id: Option<Uuid> = "id",
                $($(#[$veldmeta])* pub $veld: $type = $json,)?
                /// Deel van de naam; hoofdletters maken niet uit.
                pub naam: Option<Tekst<200>> = "naam",
                /// Deel van de functie.
                pub functie: Option<Tekst<200>> = "functie",
                /// Deel van de omschrijving.
                pub omschrijving: Option<Tekst<200>> = "omschrijving",
                /// E-mailadres, precies; hoofdletters maken niet uit.
                pub emailadres: Option<Tekst<254>> = "emailadres",
                /// Sleutel van de actor in een ander register.
                pub actoridentificator: Option<Identificatorcriterium> = "actoridentificator",
                /// Of de actor nieuw werk kan krijgen.
                pub indicatie_actief: Option<bool> = "indicatieActief",
                /// Aantal per pagina.
                #[schema(required = false)]
                pub aantal: Aantal = "aantal",
                /// De pagina na deze plaats: `volgende` uit het vorige antwoord.
                pub na: Option<Cursor> = "na",
            }
        }

        impl Zoekvraag for $naam {
            const OPERATION_ID: &'static str = $operation;
            const SAMENVATTING: &'static str = $samenvatting;
            const SCOPE: &'static str = "actoren:lezen";
            type Geeft = Actorgegevens;

            fn pagina(&self) -> Pagina {
                Pagina::new(self.aantal, self.na)
            }

            fn voorwaarden(self, identity: &Identity) -> Voorwaarden {
                let soort: Option<&'static str> = {
                    let $zelf = &self;
                    $soort
                };
                let text = |tekst: Option<Tekst<200>>| tekst.map(|tekst| tekst.0);
                Voorwaarden::van("actoren", identity)
                    .als("o.soort_actor = ?", soort)
                    .als("o.id = ?", self.id)
                    .als("position(lower(?) IN lower(o.naam)) > 0", text(self.naam))
                    .als("position(lower(?) IN lower(o.functie)) > 0", text(self.functie))
                    .als("position(lower(?) IN lower(o.omschrijving)) > 0", text(self.omschrijving))
                    .als("lower(o.emailadres) = lower(?)", self.emailadres.map(|adres| adres.0))
                    .sleutel(
                        "actoridentificator",
                        ["", ""],
                        json_sleutel!("o.actoridentificator"),
                        self.actoridentificator,
                    )
                    .als("o.indicatie_actief = ?", self.indicatie_actief)
            }
        }
    };
}

zoek_actoren! {
    /// Waarop medewerkers worden gezocht; alles wat wordt genoemd, moet kloppen.
    ZoekMedewerker, "zoekMedewerker", "Zoek medewerkers", |_zelf| Some("medewerker"), {}
}

zoek_actoren! {
    /// Waarop organisatorische eenheden worden gezocht; alles wat wordt genoemd, moet kloppen.
    ZoekOrganisatorischeEenheid, "zoekOrganisatorischeEenheid", "Zoek organisatorische eenheden",
    |_zelf| Some("organisatorische_eenheid"), {}
}

zoek_actoren! {
    /// Waarop geautomatiseerde actoren worden gezocht; alles wat wordt genoemd, moet kloppen.
    ZoekGeautomatiseerdeActor, "zoekGeautomatiseerdeActor", "Zoek geautomatiseerde actoren",
    |_zelf| Some("geautomatiseerde_actor"), {}
}

zoek_actoren! {
    /// Waarop actoren worden gezocht; alles wat wordt genoemd, moet kloppen.
    ZoekActor, "zoekActor", "Zoek actoren van elke soort",
    |zelf| zelf.soort_actor.map(|soort| soort.0.code()),
    {
        /// Soort actor.
        soort_actor: Option<ActorSoort> = "soortActor"
    }
}
