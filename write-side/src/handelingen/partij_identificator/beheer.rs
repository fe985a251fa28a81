//! Keys of a partij that is there: added (F6257), corrected (F8226), removed.

use events::{Gebeurtenis, Gecorrigeerd, ObjectRef, Partij, PartijIdentificator, Verwijderd};
use uuid::Uuid;

use super::{KVK_NUMMER, PartijIdentificatorregel, keur, registreer};
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::handelingen::vergrendeling::{lock, lock_owner, lock_part};
use crate::handelingen::zonder_fouten;
use crate::invoer::{PartijIdentificatorInvoer, Tekst, invoer};
use crate::register;
use crate::uitvoering::{Handeling, Uitvoering};

/// Een sleutel van de partij in een ander register.
pub type RegistreerPartijIdentificator = PartijIdentificatorregel;

invoer! {
    /// Wat fout stond in een sleutel. De soort sleutel blijft: een andere soort is een andere sleutel.
    pub struct CorrigeerPartijIdentificator {
        /// Wat er fout was.
        pub reden: Tekst<200> = "reden",
        /// De juiste sleutel.
        pub partij_identificator: PartijIdentificatorInvoer = "partijIdentificator",
    }
}

invoer! {
    /// Waarom de sleutel niet bij de partij hoort.
    pub struct VerwijderPartijIdentificator {
        /// Reden.
        pub reden: Tekst<200> = "reden",
    }
}

/// Faults name the fields of this one key, not of a list.
fn of_one(fouten: Vec<Fout>) -> Vec<Fout> {
    let one = |fout: Fout| {
        let veld = fout.veld.trim_start_matches("partijIdentificatoren[0]").trim_start_matches('.');
        let veld = if veld.is_empty() { "partijIdentificator" } else { veld };
        Fout { veld: veld.to_owned(), ..fout }
    };
    fouten.into_iter().map(one).collect()
}

impl Handeling for RegistreerPartijIdentificator {
    const OPERATION_ID: &'static str = "registreerPartijIdentificator";
    const SAMENVATTING: &'static str = "Registreer een identificator van een partij";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let partij = lock_owner::<Partij>(uitvoering).await?.id;
        let own = register::partij::load_identificatoren(uitvoering.conn()?, partij).await?;
        let soort = self.partij_identificator.0.code_soort_object_id.clone();
        let regel = with_own_parent(self, &own);
        let mut fouten = Vec::new();
        let keys = keur(uitvoering, vec![regel], &mut fouten).await?;
        if own.iter().any(|key| key.partij_identificator.code_soort_object_id == soort) {
            let melding = "een partij heeft van elke soort ten hoogste één identificator";
            fouten.push(Fout::new("partijIdentificator", Foutcode::Unique, melding));
        }
        zonder_fouten(of_one(fouten))?;
        registreer(uitvoering, partij, keys).await
    }
}

/// A vestigingsnummer lives under the KVK number that the partij has, when no other is named.
fn with_own_parent(
    mut regel: PartijIdentificatorregel,
    own: &[PartijIdentificator],
) -> PartijIdentificatorregel {
    if regel.sub_identificator_van.is_none() && super::is_vestiging(&regel.partij_identificator.0) {
        let kvk = |key: &&PartijIdentificator| {
            key.partij_identificator.code_soort_object_id == KVK_NUMMER
        };
        regel.sub_identificator_van = own.iter().find(kvk).map(|key| key.id);
    }
    regel
}

impl Handeling for CorrigeerPartijIdentificator {
    const OPERATION_ID: &'static str = "corrigeerPartijIdentificator";
    const SAMENVATTING: &'static str = "Corrigeer een identificator van een partij";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock::<PartijIdentificator>(uitvoering).await?;
        let key = self.partij_identificator.0;
        if key == oud.partij_identificator {
            return Ok(());
        }
        let mut fouten = Vec::new();
        if key.code_soort_object_id != oud.partij_identificator.code_soort_object_id {
            let melding = "de soort sleutel verandert niet; verwijder deze en registreer de andere";
            let veld = "partijIdentificator.codeSoortObjectId";
            fouten.push(Fout::new(veld, Foutcode::ReadOnly, melding));
        }
        let parent = oud.sub_identificator_van;
        if uitvoering.register().identificator_exists(&key, parent).await? {
            let melding = "deze identificator hoort al bij een geregistreerde partij";
            fouten.push(Fout::new("partijIdentificator", Foutcode::Unique, melding));
        }
        zonder_fouten(fouten)?;
        let nieuw = PartijIdentificator { partij_identificator: key, ..oud.clone() };
        let children = register::partij::sub_identificatoren(uitvoering.conn()?, oud.id).await?;
        let (parent, reden) = (nieuw.partij_identificator.clone(), self.reden.0);
        let event = Gecorrigeerd { oud, nieuw, reden: reden.clone() };
        uitvoering.gebeurt(Gebeurtenis::PartijIdentificatorGecorrigeerd(event)).await?;
        for child in children {
            correct_child(uitvoering, child, &parent, &reden).await?;
        }
        Ok(())
    }
}

/// A key that lives under a corrected one carries the corrected one.
async fn correct_child(
    uitvoering: &mut Uitvoering<'_>,
    child: Uuid,
    parent: &events::Identificator,
    reden: &str,
) -> Result<(), HandelingError> {
    let Some(found) = lock_part::<PartijIdentificator>(uitvoering, child).await? else {
        return Ok(());
    };
    let nieuw = PartijIdentificator { hoofdidentificator: Some(parent.clone()), ..found.clone() };
    let object = ObjectRef::partij(nieuw.identificeerde_partij);
    uitvoering.meld_deel("partijIdentificator", child, object);
    let event = Gecorrigeerd { oud: found, nieuw, reden: reden.to_owned() };
    uitvoering.gebeurt(Gebeurtenis::PartijIdentificatorGecorrigeerd(event)).await
}

impl Handeling for VerwijderPartijIdentificator {
    const OPERATION_ID: &'static str = "verwijderPartijIdentificator";
    const SAMENVATTING: &'static str = "Verwijder een identificator van een partij";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let onderdeel = lock::<PartijIdentificator>(uitvoering).await?;
        let conn = uitvoering.conn()?;
        let children = register::partij::sub_identificatoren(conn, onderdeel.id).await?;
        if !children.is_empty() {
            let melding = "onder deze sleutel leven andere; verwijder die eerst";
            let code = Foutcode::SubIdentificatorInGebruik;
            return Err(Fout::new("id", code, melding).into());
        }
        let event = Verwijderd { onderdeel, reden: self.reden.0 };
        uitvoering.gebeurt(Gebeurtenis::PartijIdentificatorVerwijderd(event)).await
    }
}
