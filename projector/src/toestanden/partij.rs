//! The state of a partij with its parts.

use events::{DigitaalAdres, Gebeurtenis, Partij, PartijIdentificator};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A partij with the parts that products show, each in order of registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartijToestand {
    /// The partij itself.
    pub partij: Partij,
    /// Keys in other registers.
    pub identificatoren: Vec<PartijIdentificator>,
    /// Digital addresses for future contact.
    pub digitale_adressen: Vec<DigitaalAdres>,
    /// The preferred one.
    pub voorkeurs_digitaal_adres: Option<Uuid>,
}

impl PartijToestand {
    /// A partij whose parts are still to come.
    #[must_use]
    pub const fn new(partij: Partij) -> Self {
        Self {
            partij,
            identificatoren: Vec::new(),
            digitale_adressen: Vec::new(),
            voorkeurs_digitaal_adres: None,
        }
    }

    /// The state after a later event; `None` = the event is not one of a partij.
    pub(super) fn fold(mut self, event: &Gebeurtenis) -> Option<Self> {
        use Gebeurtenis as G;
        match event {
            G::PersoonGewijzigd(change)
            | G::OrganisatieGewijzigd(change)
            | G::ContactpersoonGewijzigd(change) => self.partij = change.nieuw.clone(),
            G::PartijIdentificatorGeregistreerd(key) => self.identificatoren.push(key.clone()),
            G::DigitaalAdresGeregistreerd(event) => {
                self.digitale_adressen.push(event.digitaal_adres.clone());
            }
            G::StandaardAdresAangewezen(event) => {
                for adres in &mut self.digitale_adressen {
                    if adres.soort_digitaal_adres == event.soort_digitaal_adres {
                        adres.is_standaard_adres = adres.id == event.digitaal_adres;
                    }
                }
            }
            G::VoorkeursDigitaalAdresGekozen(event) => {
                self.voorkeurs_digitaal_adres = event.digitaal_adres;
            }
            // No product shows bank accounts.
            G::RekeningnummerGeregistreerd(_) | G::VoorkeursRekeningnummerGekozen(_) => {}
            G::PersoonGeregistreerd(_)
            | G::OrganisatieGeregistreerd(_)
            | G::ContactpersoonGeregistreerd(_)
            | G::VertegenwoordigingGeregistreerd(_)
            | G::KlantcontactGeregistreerd(_)
            | G::ActorAanKlantcontactGekoppeld(_)
            | G::BetrokkeneBijKlantcontactGeregistreerd(_)
            | G::PartijAanBetrokkeneGekoppeld(_)
            | G::PartijVanBetrokkeneOntkoppeld(_)
            | G::BijlageGeregistreerd(_)
            | G::OnderwerpobjectGeregistreerd(_)
            | G::ZaakGekoppeld(_)
            | G::InterneTaakGeregistreerd(_)
            | G::InterneTaakToegewezen(_)
            | G::InterneTaakGecorrigeerd(_)
            | G::InterneTaakAfgehandeld(_)
            | G::InterneTaakHeropend(_)
            | G::MedewerkerGeregistreerd(_)
            | G::OrganisatorischeEenheidGeregistreerd(_)
            | G::GeautomatiseerdeActorGeregistreerd(_) => return None,
        }
        Some(self)
    }
}
