//! The events themselves: one closed enum. Whoever matches on it names every variant, so that a new
//! event does not compile until every reader has decided what it means.

use std::io;

use serde_json::Value;

use crate::actor::Actor;
use crate::digitaal_adres::{
    DigitaalAdresGewijzigd, EigenDigitaalAdres, StandaardAdresAangewezen,
    VoorkeursDigitaalAdresGekozen,
};
use crate::envelope::ObjectRef;
use crate::interne_taak::{
    InterneTaak, InterneTaakAfgehandeld, InterneTaakHeropend, InterneTaakToegewezen,
};
use crate::inzage::Inzageverzoek;
use crate::klantcontact::{
    ActorKlantcontact, Betrokkene, Bijlage, Klantcontact, KlantcontactAangevuld, Onderwerpobject,
    PartijVanBetrokkeneOntkoppeld, Zaakkoppeling,
};
use crate::partij::{
    CategorieRelatie, Partij, PartijIdentificator, Rekeningnummer, VoorkeursRekeningnummerGekozen,
};
use crate::referentiewaarde::Referentiewaarde;
use crate::vernietiging::{InhoudVernietigd, Vernietigingsvoorstel};
use crate::vertegenwoordiging::Vertegenwoordiging;
use crate::wijziging::{Gecorrigeerd, Gewijzigd, Vernietigd, Verwijderd};
use crate::zaaksleutels::Zaaksleutels;

/// Why an event of the log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum GebeurtenisError {
    /// A type or schema version that this version of the program does not know.
    #[error("event type {soort:?} with schema version {schemaversie} is not known to this version")]
    Unknown {
        /// Event type.
        soort: String,
        /// Schema version.
        schemaversie: i16,
    },
    /// The data do not have the shape of their type.
    #[error("the data of event type {soort:?} do not have its shape")]
    Malformed {
        /// Event type.
        soort: String,
        /// What serde says; it names fields, never values.
        source: serde_json::Error,
    },
}

macro_rules! gebeurtenissen {
    ($($(#[$doc:meta])* $variant:ident($payload:ty) => |$p:ident| $object:expr,)+) => {
        /// What happened.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Gebeurtenis {
            $($(#[$doc])* $variant($payload),)+
        }

        impl Gebeurtenis {
            /// Every event type, in the order of the catalogue.
            pub const SOORTEN: &'static [&'static str] = &[$(stringify!($variant)),+];

            /// The version of the data's shape that this program writes.
            pub const SCHEMAVERSIE: i16 = 1;

            /// The event type as it stands in the log.
            #[must_use]
            pub const fn soort(&self) -> &'static str {
                match self { $(Self::$variant(_) => stringify!($variant)),+ }
            }

            /// The object to which it happened, whose version it raises.
            #[must_use]
            pub fn object(&self) -> ObjectRef {
                match self { $(Self::$variant($p) => $object),+ }
            }

            /// The data as they stand in the log.
            ///
            /// # Errors
            /// When the payload cannot be written as JSON, which no payload of ours does.
            pub fn data(&self) -> Result<Value, serde_json::Error> {
                match self { $(Self::$variant(payload) => serde_json::to_value(payload)),+ }
            }

            /// Writes the data without a value in between. The fields stand in the order of their
            /// type, not in that of the alphabet as in [`Self::data`]; no reader looks at it.
            ///
            /// # Errors
            /// As [`Self::data`].
            pub fn write_data(&self, out: impl io::Write) -> Result<(), serde_json::Error> {
                match self { $(Self::$variant(payload) => serde_json::to_writer(out, payload)),+ }
            }

            /// Reads an event of the log.
            ///
            /// # Errors
            /// When the type is unknown or the data do not have its shape.
            pub fn from_log(
                soort: &str,
                schemaversie: i16,
                data: &str,
            ) -> Result<Self, GebeurtenisError> {
                let malformed =
                    |source| GebeurtenisError::Malformed { soort: soort.to_owned(), source };
                match (soort, schemaversie) {
                    $((stringify!($variant), Self::SCHEMAVERSIE) => {
                        serde_json::from_str(data).map(Self::$variant).map_err(malformed)
                    })+
                    _ => Err(GebeurtenisError::Unknown { soort: soort.to_owned(), schemaversie }),
                }
            }
        }
    };
}

gebeurtenissen! {
    /// A persoon was registered.
    PersoonGeregistreerd(Partij) => |p| ObjectRef::partij(p.id),
    /// An organisatie was registered.
    OrganisatieGeregistreerd(Partij) => |p| ObjectRef::partij(p.id),
    /// A contactpersoon was registered.
    ContactpersoonGeregistreerd(Partij) => |p| ObjectRef::partij(p.id),
    /// A persoon changed.
    PersoonGewijzigd(Gewijzigd<Partij>) => |p| ObjectRef::partij(p.nieuw.id),
    /// An organisatie changed.
    OrganisatieGewijzigd(Gewijzigd<Partij>) => |p| ObjectRef::partij(p.nieuw.id),
    /// A contactpersoon changed.
    ContactpersoonGewijzigd(Gewijzigd<Partij>) => |p| ObjectRef::partij(p.nieuw.id),
    /// The contact data of a partij may be used again.
    PartijGeactiveerd(Partij) => |p| ObjectRef::partij(p.id),
    /// The contact data of a partij may no longer be used.
    PartijGedeactiveerd(Partij) => |p| ObjectRef::partij(p.id),
    /// A key of a partij was registered.
    PartijIdentificatorGeregistreerd(PartijIdentificator)
        => |p| ObjectRef::partij(p.identificeerde_partij),
    /// A key of a partij was corrected.
    PartijIdentificatorGecorrigeerd(Gecorrigeerd<PartijIdentificator>)
        => |p| ObjectRef::partij(p.nieuw.identificeerde_partij),
    /// A key of a partij was removed.
    PartijIdentificatorVerwijderd(Verwijderd<PartijIdentificator>)
        => |p| ObjectRef::partij(p.onderdeel.identificeerde_partij),
    /// A digital address was registered.
    DigitaalAdresGeregistreerd(EigenDigitaalAdres) => |p| p.hoort_bij,
    /// A digital address changed.
    DigitaalAdresGewijzigd(DigitaalAdresGewijzigd) => |p| p.hoort_bij,
    /// A digital address was verified.
    DigitaalAdresGeverifieerd(EigenDigitaalAdres) => |p| p.hoort_bij,
    /// A digital address was removed.
    DigitaalAdresVerwijderd(EigenDigitaalAdres) => |p| p.hoort_bij,
    /// The standard address of a partij moved.
    StandaardAdresAangewezen(StandaardAdresAangewezen) => |p| ObjectRef::partij(p.partij),
    /// A partij chose its preferred address.
    VoorkeursDigitaalAdresGekozen(VoorkeursDigitaalAdresGekozen)
        => |p| ObjectRef::partij(p.partij),
    /// A bank account was registered.
    RekeningnummerGeregistreerd(Rekeningnummer) => |p| ObjectRef::partij(p.partij),
    /// A bank account changed.
    RekeningnummerGewijzigd(Gewijzigd<Rekeningnummer>) => |p| ObjectRef::partij(p.nieuw.partij),
    /// A bank account was removed.
    RekeningnummerVerwijderd(Rekeningnummer) => |p| ObjectRef::partij(p.partij),
    /// A partij chose its preferred account.
    VoorkeursRekeningnummerGekozen(VoorkeursRekeningnummerGekozen)
        => |p| ObjectRef::partij(p.partij),
    /// A partij was put in a category.
    PartijGecategoriseerd(CategorieRelatie) => |p| ObjectRef::partij(p.partij),
    /// A partij left a category.
    CategorieRelatieBeeindigd(CategorieRelatie) => |p| ObjectRef::partij(p.partij),
    /// A partij was destroyed.
    PartijVernietigd(Vernietigd) => |p| ObjectRef::partij(p.id),
    /// One partij represented another.
    VertegenwoordigingGeregistreerd(Vertegenwoordiging)
        => |p| ObjectRef::vertegenwoordiging(p.id),
    /// A representation was taken back.
    VertegenwoordigingBeeindigd(Vertegenwoordiging) => |p| ObjectRef::vertegenwoordiging(p.id),
    /// A klantcontact was registered.
    KlantcontactGeregistreerd(Klantcontact) => |p| ObjectRef::klantcontact(p.id),
    /// Content was appended to a klantcontact.
    KlantcontactAangevuld(KlantcontactAangevuld)
        => |p| ObjectRef::klantcontact(p.klantcontact.id),
    /// A klantcontact was corrected.
    KlantcontactGecorrigeerd(Gecorrigeerd<Klantcontact>)
        => |p| ObjectRef::klantcontact(p.nieuw.id),
    /// An actor was coupled to a klantcontact.
    ActorAanKlantcontactGekoppeld(ActorKlantcontact)
        => |p| ObjectRef::klantcontact(p.klantcontact),
    /// An actor was uncoupled from a klantcontact.
    ActorVanKlantcontactOntkoppeld(ActorKlantcontact)
        => |p| ObjectRef::klantcontact(p.klantcontact),
    /// A betrokkene was registered with a klantcontact.
    BetrokkeneBijKlantcontactGeregistreerd(Betrokkene)
        => |p| ObjectRef::klantcontact(p.had_klantcontact),
    /// A betrokkene changed.
    BetrokkeneBijKlantcontactGewijzigd(Gewijzigd<Betrokkene>)
        => |p| ObjectRef::klantcontact(p.nieuw.had_klantcontact),
    /// A betrokkene turned out to be a known partij.
    PartijAanBetrokkeneGekoppeld(Betrokkene) => |p| ObjectRef::klantcontact(p.had_klantcontact),
    /// A betrokkene was uncoupled from its partij.
    PartijVanBetrokkeneOntkoppeld(PartijVanBetrokkeneOntkoppeld)
        => |p| ObjectRef::klantcontact(p.betrokkene.had_klantcontact),
    /// A betrokkene lost everything by which one could know it, because its partij was destroyed.
    BetrokkeneGeanonimiseerd(Betrokkene) => |p| ObjectRef::klantcontact(p.had_klantcontact),
    /// A betrokkene was removed from a klantcontact.
    BetrokkeneBijKlantcontactVerwijderd(Verwijderd<Betrokkene>)
        => |p| ObjectRef::klantcontact(p.onderdeel.had_klantcontact),
    /// A bijlage was registered with a klantcontact.
    BijlageGeregistreerd(Bijlage)
        => |p| ObjectRef::klantcontact(p.was_bijlage_van_klantcontact),
    /// A bijlage was corrected.
    BijlageGecorrigeerd(Gecorrigeerd<Bijlage>)
        => |p| ObjectRef::klantcontact(p.nieuw.was_bijlage_van_klantcontact),
    /// A bijlage was removed.
    BijlageVerwijderd(Verwijderd<Bijlage>)
        => |p| ObjectRef::klantcontact(p.onderdeel.was_bijlage_van_klantcontact),
    /// An onderwerpobject was registered with a klantcontact.
    OnderwerpobjectGeregistreerd(Onderwerpobject)
        => |p| ObjectRef::klantcontact(p.was_onderwerp_van_klantcontact),
    /// An onderwerpobject was corrected.
    OnderwerpobjectGecorrigeerd(Gecorrigeerd<Onderwerpobject>)
        => |p| ObjectRef::klantcontact(p.nieuw.was_onderwerp_van_klantcontact),
    /// An onderwerpobject was removed.
    OnderwerpobjectVerwijderd(Onderwerpobject)
        => |p| ObjectRef::klantcontact(p.was_onderwerp_van_klantcontact),
    /// A zaak was linked to a klantcontact.
    ZaakGekoppeld(Zaakkoppeling) => |p| ObjectRef::klantcontact(p.klantcontact),
    /// A zaak is no longer linked to a klantcontact.
    ZaakOntkoppeld(Zaakkoppeling) => |p| ObjectRef::klantcontact(p.klantcontact),
    /// A klantcontact was destroyed.
    KlantcontactVernietigd(Vernietigd) => |p| ObjectRef::klantcontact(p.id),
    /// An interne taak was registered.
    InterneTaakGeregistreerd(InterneTaak) => |p| ObjectRef::interne_taak(p.id),
    /// An interne taak was assigned to others.
    InterneTaakToegewezen(InterneTaakToegewezen)
        => |p| ObjectRef::interne_taak(p.interne_taak.id),
    /// An interne taak was corrected.
    InterneTaakGecorrigeerd(Gewijzigd<InterneTaak>) => |p| ObjectRef::interne_taak(p.nieuw.id),
    /// An interne taak was handled.
    InterneTaakAfgehandeld(InterneTaakAfgehandeld)
        => |p| ObjectRef::interne_taak(p.interne_taak.id),
    /// A handled taak was opened again.
    InterneTaakHeropend(InterneTaakHeropend)
        => |p| ObjectRef::interne_taak(p.interne_taak.id),
    /// An interne taak was destroyed.
    InterneTaakVernietigd(Vernietigd) => |p| ObjectRef::interne_taak(p.id),
    /// A medewerker was registered.
    MedewerkerGeregistreerd(Actor) => |p| ObjectRef::actor(p.id),
    /// An organisatorische eenheid was registered.
    OrganisatorischeEenheidGeregistreerd(Actor) => |p| ObjectRef::actor(p.id),
    /// A geautomatiseerde actor was registered.
    GeautomatiseerdeActorGeregistreerd(Actor) => |p| ObjectRef::actor(p.id),
    /// A medewerker changed.
    MedewerkerGewijzigd(Gewijzigd<Actor>) => |p| ObjectRef::actor(p.nieuw.id),
    /// An organisatorische eenheid changed.
    OrganisatorischeEenheidGewijzigd(Gewijzigd<Actor>) => |p| ObjectRef::actor(p.nieuw.id),
    /// A geautomatiseerde actor changed.
    GeautomatiseerdeActorGewijzigd(Gewijzigd<Actor>) => |p| ObjectRef::actor(p.nieuw.id),
    /// An actor may be involved in new klantcontacten again.
    ActorGeactiveerd(Actor) => |p| ObjectRef::actor(p.id),
    /// An actor may no longer be involved in new klantcontacten.
    ActorGedeactiveerd(Actor) => |p| ObjectRef::actor(p.id),
    /// A value was added to a reference list.
    ReferentiewaardeGeregistreerd(Referentiewaarde) => |p| ObjectRef::referentiewaarde(p.id),
    /// A value of a reference list was corrected.
    ReferentiewaardeGecorrigeerd(Gewijzigd<Referentiewaarde>)
        => |p| ObjectRef::referentiewaarde(p.nieuw.id),
    /// A value of a reference list may be used again.
    ReferentiewaardeGeactiveerd(Referentiewaarde) => |p| ObjectRef::referentiewaarde(p.id),
    /// A value of a reference list was retired.
    ReferentiewaardeGedeactiveerd(Referentiewaarde) => |p| ObjectRef::referentiewaarde(p.id),
    /// Destroying an object was proposed.
    VernietigingVoorgesteld(Vernietigingsvoorstel)
        => |p| ObjectRef::vernietigingsvoorstel(p.id),
    /// Somebody else approved it.
    VernietigingGoedgekeurd(Vernietigingsvoorstel)
        => |p| ObjectRef::vernietigingsvoorstel(p.id),
    /// Somebody else refused it.
    VernietigingAfgewezen(Vernietigingsvoorstel) => |p| ObjectRef::vernietigingsvoorstel(p.id),
    /// A third person executed it.
    VernietigingUitgevoerd(Vernietigingsvoorstel)
        => |p| ObjectRef::vernietigingsvoorstel(p.id),
    /// Two keys turned out to be of one zaak.
    ZaaksleutelsVastgelegd(Zaaksleutels) => |p| ObjectRef::zaaksleutelpaar(p.id),
    /// The keys of a zaak were corrected.
    ZaaksleutelsGecorrigeerd(Gecorrigeerd<Zaaksleutels>)
        => |p| ObjectRef::zaaksleutelpaar(p.nieuw.id),
    /// Somebody asked to see all that is known of a partij.
    InzageAangevraagd(Inzageverzoek) => |p| ObjectRef::inzageverzoek(p.id),
    /// Somebody else approved it, for a time.
    InzageGoedgekeurd(Inzageverzoek) => |p| ObjectRef::inzageverzoek(p.id),
    /// Somebody else refused it.
    InzageAfgewezen(Inzageverzoek) => |p| ObjectRef::inzageverzoek(p.id),
    /// What this event said was destroyed.
    InhoudVernietigd(InhoudVernietigd) => |p| p.object,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Contactnaam, SoortPartij};
    use uuid::Uuid;

    #[test]
    fn an_event_survives_the_log() {
        let partij = Partij {
            id: Uuid::from_u128(7),
            nummer: "12".to_owned(),
            soort_partij: SoortPartij::Persoon,
            contactnaam: Some(Contactnaam {
                voornaam: Some("Jan".to_owned()),
                ..Contactnaam::default()
            }),
            naam: None,
            werkte_voor_partij: None,
            bezoekadres: None,
            correspondentieadres: None,
            voorkeurstaal: Some("nld".to_owned()),
            indicatie_geheimhouding: None,
            interne_notitie: None,
            indicatie_actief: true,
        };
        let event = Gebeurtenis::PersoonGeregistreerd(partij);
        let data = event.data().expect("JSON").to_string();
        assert_eq!(Gebeurtenis::from_log(event.soort(), 1, &data).expect("the event"), event);
        assert_eq!(event.object(), ObjectRef::partij(Uuid::from_u128(7)));
    }

    #[test]
    fn an_unknown_type_or_version_is_an_error_with_its_name() {
        let unknown = Gebeurtenis::from_log("KlantVerdwenen", 1, "{}").expect_err("refused");
        assert!(unknown.to_string().contains("KlantVerdwenen"));
        let newer = Gebeurtenis::from_log("PersoonGeregistreerd", 2, "{}").expect_err("refused");
        assert!(matches!(newer, GebeurtenisError::Unknown { schemaversie: 2, .. }));
    }
}
