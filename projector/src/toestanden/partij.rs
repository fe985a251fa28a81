//! The state of a partij with its parts.

use events::{
    DigitaalAdres, Gebeurtenis, Partij, PartijIdentificator, actor_events, interne_taak_events,
    inzage_events, klantcontact_events, referentiewaarde_events, vernietigingsvoorstel_events,
    vertegenwoordiging_events, zaaksleutels_events,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Toestand, replace};

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

    fn apply(&mut self, event: &Gebeurtenis) -> Option<()> {
        use Gebeurtenis as G;
        match event {
            G::PersoonGewijzigd(change)
            | G::OrganisatieGewijzigd(change)
            | G::ContactpersoonGewijzigd(change) => self.partij = change.nieuw.clone(),
            G::PartijGeactiveerd(partij) | G::PartijGedeactiveerd(partij) => {
                self.partij = partij.clone();
            }
            G::PartijIdentificatorGeregistreerd(key) => self.identificatoren.push(key.clone()),
            G::PartijIdentificatorGecorrigeerd(change) => {
                replace(&mut self.identificatoren, &change.nieuw, |key| key.id)?;
            }
            G::PartijIdentificatorVerwijderd(event) => {
                self.identificatoren.retain(|key| key.id != event.onderdeel.id);
            }
            G::DigitaalAdresGeregistreerd(event) => {
                self.digitale_adressen.push(event.digitaal_adres.clone());
            }
            G::DigitaalAdresGewijzigd(change) => {
                replace(&mut self.digitale_adressen, &change.nieuw, |adres| adres.id)?;
            }
            G::DigitaalAdresGeverifieerd(event) => {
                replace(&mut self.digitale_adressen, &event.digitaal_adres, |adres| adres.id)?;
            }
            G::DigitaalAdresVerwijderd(event) => {
                self.digitale_adressen.retain(|adres| adres.id != event.digitaal_adres.id);
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
            // No product shows bank accounts or categories.
            G::RekeningnummerGeregistreerd(_)
            | G::RekeningnummerGewijzigd(_)
            | G::RekeningnummerVerwijderd(_)
            | G::VoorkeursRekeningnummerGekozen(_)
            | G::PartijGecategoriseerd(_)
            | G::CategorieRelatieBeeindigd(_) => {}
            G::PersoonGeregistreerd(_)
            | G::OrganisatieGeregistreerd(_)
            | G::ContactpersoonGeregistreerd(_)
            | G::PartijVernietigd(_)
            | G::InhoudVernietigd(_)
            | vertegenwoordiging_events!()
            | klantcontact_events!()
            | interne_taak_events!()
            | actor_events!()
            | referentiewaarde_events!()
            | vernietigingsvoorstel_events!()
            | inzage_events!()
            | zaaksleutels_events!() => return None,
        }
        Some(())
    }
}

/// The state after an event of a partij; `None` = the event does not fit.
pub(super) fn fold(before: Option<Toestand>, event: &Gebeurtenis) -> Option<Toestand> {
    use Gebeurtenis as G;
    match (before, event) {
        (_, G::PartijVernietigd(_)) => Some(Toestand::Weg { hoort_bij: None }),
        (
            None,
            G::PersoonGeregistreerd(partij)
            | G::OrganisatieGeregistreerd(partij)
            | G::ContactpersoonGeregistreerd(partij),
        ) => Some(Toestand::Partij(Box::new(PartijToestand::new(partij.clone())))),
        (Some(Toestand::Partij(mut state)), event) => {
            state.apply(event)?;
            Some(Toestand::Partij(state))
        }
        (before, _) => before.filter(Toestand::is_weg),
    }
}
