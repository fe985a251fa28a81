//! Klantcontact: the record of one contact over one subject, with all its parts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::actor::SoortActor;
use crate::waarden::{Adres, Contactnaam, Identificator, IndicatieJaNeeOnbekend, exchange_form};

/// A klantcontact, without its parts. Documentary: after registration it is only corrected (I18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Klantcontact {
    /// Technical key.
    pub id: Uuid,
    /// Number for use in conversation; unique, never a key.
    pub nummer: String,
    /// The client's own number; unique when filled (I02).
    pub referentienummer: Option<String>,
    /// Code of the list kanaal.
    pub kanaal: String,
    /// The one subject (B7682).
    pub onderwerp: String,
    /// What was exchanged.
    pub inhoud: Option<String>,
    /// The answer given during the contact.
    pub reactie: Option<String>,
    /// Whether the attempt to make contact succeeded.
    pub indicatie_contact_gelukt: IndicatieJaNeeOnbekend,
    /// Language, ISO 639-2/T.
    pub taal: String,
    /// Whether subject and content are confidential.
    pub vertrouwelijk: bool,
    /// When it took place; never in the future (I17).
    pub plaatsgevonden_op: DateTime<Utc>,
    /// Type of the main subject, a URI.
    pub hoofd_onderwerp_type: Option<String>,
    /// The source system itself acts because the klant was not reached (I14).
    pub verdere_actie_ondernomen: bool,
    /// Free key/value data; no rule depends on it.
    pub metadata: BTreeMap<String, String>,
}

/// An actor took part in a klantcontact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActorKlantcontact {
    /// Technical key of the coupling.
    pub id: Uuid,
    /// The klantcontact.
    pub klantcontact: Uuid,
    /// The actor.
    pub actor: Uuid,
    /// Its kind, which never changes (I01): whether it was a program tells of the direction.
    pub soort_actor: SoortActor,
}

/// Content was appended to a klantcontact during the contact, as when a caller is put through (F0796).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KlantcontactAangevuld {
    /// The klantcontact as it is now.
    pub klantcontact: Klantcontact,
    /// What was appended to its content.
    pub aanvulling: String,
}

/// Role played during the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Klantcontactrol {
    /// The final interested party.
    Klant,
    /// Acted for someone else or for an organisation.
    Vertegenwoordiger,
}
exchange_form!(Klantcontactrol { Klant = "klant", Vertegenwoordiger = "vertegenwoordiger" });

/// Betrokkene bij klantcontact: a known partij, or contact data of someone not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Betrokkene {
    /// Technical key.
    pub id: Uuid,
    /// The klantcontact.
    pub had_klantcontact: Uuid,
    /// The known partij, if any.
    pub was_partij: Option<Uuid>,
    /// Role played.
    pub rol: Klantcontactrol,
    /// Whether this betrokkene started the contact.
    pub initiator: bool,
    /// Name for the follow-up.
    pub contactnaam: Option<Contactnaam>,
    /// Organisation the betrokkene belonged to.
    pub organisatienaam: Option<String>,
    /// Visiting address for the follow-up.
    pub bezoekadres: Option<Adres>,
    /// Post address for the follow-up.
    pub correspondentieadres: Option<Adres>,
}

impl Betrokkene {
    /// The betrokkene's own name for this contact: contactnaam, else organisatienaam.
    #[must_use]
    pub fn eigen_naam(&self) -> Option<String> {
        self.contactnaam
            .as_ref()
            .and_then(Contactnaam::volledige_naam)
            .or_else(|| self.organisatienaam.clone())
    }
}

/// A betrokkene was uncoupled from its partij.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartijVanBetrokkeneOntkoppeld {
    /// The betrokkene as it is now, without partij.
    pub betrokkene: Betrokkene,
    /// The partij it was coupled to.
    pub vorige_partij: Uuid,
    /// Why.
    pub reden: String,
}

/// What a klantcontact was about: an object of another register or an earlier klantcontact (I15).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Onderwerpobject {
    /// Technical key.
    pub id: Uuid,
    /// The klantcontact that was about it.
    pub was_onderwerp_van_klantcontact: Uuid,
    /// Key of the object.
    pub onderwerpobjectidentificator: Option<Identificator>,
    /// The earlier klantcontact.
    pub onderwerp_was_klantcontact: Option<Uuid>,
    /// Whether the object arose from the contact, rather than being its subject.
    pub ontstond_uit_klantcontact: bool,
}

/// The link of a zaak to a klantcontact, which lives here (B4237).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Zaakkoppeling {
    /// Key of the zaak.
    pub zaak: Identificator,
    /// The klantcontact.
    pub klantcontact: Uuid,
    /// The onderwerpobject that holds the link.
    pub onderwerpobject: Uuid,
    /// The interne taak through which the zaak came, if it did.
    pub via_interne_taak: Option<Uuid>,
}

/// An object created or handed over during the klantcontact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bijlage {
    /// Technical key.
    pub id: Uuid,
    /// The klantcontact.
    pub was_bijlage_van_klantcontact: Uuid,
    /// Key of the object.
    pub bijlageidentificator: Identificator,
}
