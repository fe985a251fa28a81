//! Partij: a known persoon, organisatie or contactpersoon, with its identificatoren and accounts.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::waarden::{Adres, Contactnaam, Identificator, exchange_form};

/// Which subtype a partij is; fixed at registration (I01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoortPartij {
    /// Natural person.
    Persoon,
    /// Formalised entity that is not a natural person.
    Organisatie,
    /// Natural person who worked for an organisatie or represented another person.
    Contactpersoon,
}
exchange_form!(SoortPartij {
    Persoon = "persoon",
    Organisatie = "organisatie",
    Contactpersoon = "contactpersoon",
});

/// A partij, without its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Partij {
    /// Technical key.
    pub id: Uuid,
    /// Number for use in conversation; unique, never a key.
    pub nummer: String,
    /// Subtype.
    pub soort_partij: SoortPartij,
    /// Name of a persoon or contactpersoon.
    pub contactnaam: Option<Contactnaam>,
    /// Name of an organisatie.
    pub naam: Option<String>,
    /// Organisatie for which a contactpersoon worked (I13).
    pub werkte_voor_partij: Option<Uuid>,
    /// Where the partij wants visits.
    pub bezoekadres: Option<Adres>,
    /// Where the partij wants post.
    pub correspondentieadres: Option<Adres>,
    /// Preferred language, ISO 639-2/T.
    pub voorkeurstaal: Option<String>,
    /// Whether the supplier asked for secrecy; `None` = not stated.
    pub indicatie_geheimhouding: Option<bool>,
    /// Internal remarks; never for the klant (B0606).
    pub interne_notitie: Option<String>,
    /// Whether contact data may still be used.
    pub indicatie_actief: bool,
}

impl Partij {
    /// The name to show: naam of an organisatie, else the joined contactnaam.
    #[must_use]
    pub fn weergavenaam(&self) -> Option<String> {
        self.naam
            .clone()
            .or_else(|| self.contactnaam.as_ref().and_then(Contactnaam::volledige_naam))
    }
}

/// A key of a partij in another register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartijIdentificator {
    /// Technical key.
    pub id: Uuid,
    /// The partij identified.
    pub identificeerde_partij: Uuid,
    /// The key itself.
    pub partij_identificator: Identificator,
    /// Parent key inside which this key is unique (I11).
    pub sub_identificator_van: Option<Uuid>,
    /// The parent key itself, so that a vestiging is known by its KVK number.
    pub hoofdidentificator: Option<Identificator>,
}

/// A bank account of a partij.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rekeningnummer {
    /// Technical key.
    pub id: Uuid,
    /// Owner.
    pub partij: Uuid,
    /// IBAN.
    pub iban: String,
    /// BIC.
    pub bic: Option<String>,
}

/// The partij chose its preferred account, or none (I08).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoorkeursRekeningnummerGekozen {
    /// The partij.
    pub partij: Uuid,
    /// Its preferred account.
    pub rekeningnummer: Option<Uuid>,
}

/// That a partij belonged to a category, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CategorieRelatie {
    /// Technical key.
    pub id: Uuid,
    /// The partij.
    pub partij: Uuid,
    /// Code of the list categorie.
    pub categorie: String,
    /// First day.
    pub begin_datum: NaiveDate,
    /// Last day; `None` = it still holds.
    pub eind_datum: Option<NaiveDate>,
}
