//! What a reader gets of the register. Each answer is one declaration: the struct, how it is filled
//! from the published language, and its schema in the API document, so that the document cannot say
//! something else than the answer.

mod actor;
mod codes;
mod groepen;
mod inzage;
mod klantcontact;
mod partij;
mod referentiewaarde;
#[cfg(test)]
mod tests;
mod vernietiging;
mod zaaksleutels;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

pub(crate) use actor::{Actorgegevens, InterneTaakgegevens};
pub(crate) use codes::{Objectsoortcode, Objectsoortnaam};
pub(crate) use inzage::Inzageverzoekgegevens;
pub(crate) use klantcontact::{
    BetrokkeneMetAdressen, Bijlagegegevens, KlantcontactMetOnderdelen, Onderwerpobjectgegevens,
};
pub(crate) use partij::{
    DigitaalAdresgegevens, PartijIdentificatorgegevens, PartijMetOnderdelen,
    Rekeningnummergegevens, Vertegenwoordiginggegevens,
};
pub(crate) use referentiewaarde::{Lijstnaam, Referentiewaardegegevens};
pub(crate) use vernietiging::Vernietigingsvoorstelgegevens;
pub(crate) use zaaksleutels::Zaaksleutelgegevens;

/// How something is shown, from what the register has.
pub(crate) trait Toon<T> {
    /// Shows it.
    fn toon(waarde: T) -> Self;
}

impl<A, B: Toon<A>> Toon<Option<A>> for Option<B> {
    fn toon(waarde: Option<A>) -> Self {
        waarde.map(B::toon)
    }
}

impl<A, B: Toon<A>> Toon<Vec<A>> for Vec<B> {
    fn toon(waarde: Vec<A>) -> Self {
        waarde.into_iter().map(B::toon).collect()
    }
}

/// A field that is always filled, but not for every reader: see `redact`.
impl Toon<String> for Option<String> {
    fn toon(waarde: String) -> Self {
        Some(waarde)
    }
}

macro_rules! as_it_is {
    ($($type:ty),+) => {$(
        impl Toon<Self> for $type {
            fn toon(waarde: Self) -> Self {
                waarde
            }
        }
    )+};
}
as_it_is!(Uuid, String, bool, u32, NaiveDate, DateTime<Utc>, BTreeMap<String, String>);

/// Declares an answer and what it shows. Every field of the source has its field here, or it does not
/// compile; a field is always there, if need be with null.
macro_rules! weergave {
    (
        $(#[$meta:meta])*
        $naam:ident toont $bron:ident {
            $( $(#[$veldmeta:meta])* $veld:ident: $type:ty, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $naam {
            $( $(#[$veldmeta])* #[schema(required)] $veld: $type, )*
        }

        impl $crate::register::weergave::Toon<events::$bron> for $naam {
            fn toon(bron: events::$bron) -> Self {
                let events::$bron { $($veld),* } = bron;
                Self { $( $veld: $crate::register::weergave::Toon::toon($veld), )* }
            }
        }
    };
}
use weergave;
