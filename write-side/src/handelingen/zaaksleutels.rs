//! Recording that two keys are of one zaak. The register of zaken knows that; whoever watches it
//! tells.

use events::{Gebeurtenis, Gecorrigeerd, ObjectRef, Zaaksleutels};
use uuid::Uuid;

use super::vergrendeling::{Vergrendelbaar as _, lock};
use super::zonder_fouten;
use crate::fout::{Fout, HandelingError};
use crate::invoer::{ExternRegister, Indien, Tekst, invoer};
use crate::register;
use crate::uitvoering::{Handeling, Onderdeel, Uitvoering};

/// The scope of whoever knows the register of zaken.
const SCOPE: &str = "zaaksleutels:beheren";

invoer! {
    /// De twee sleutels van één zaak.
    pub struct LegZaaksleutelsVast {
        /// Sleutel van de zaak in het zaakregister.
        pub uuid: Uuid = "uuid",
        /// Zaaknummer zoals mensen het gebruiken.
        pub identificatie: Tekst<200> = "identificatie",
        /// Het register waarin de zaak staat.
        pub code_register: ExternRegister = "codeRegister",
    }
}

invoer! {
    /// Wat fout stond in de sleutels van een zaak.
    pub struct CorrigeerZaaksleutels {
        /// Wat er fout was.
        pub reden: Tekst<200> = "reden",
        /// Sleutel van de zaak in het zaakregister.
        #[schema(required = false, value_type = Uuid)]
        pub uuid: Indien<Uuid> = "uuid",
        /// Zaaknummer zoals mensen het gebruiken.
        #[schema(required = false, value_type = Tekst<200>)]
        pub identificatie: Indien<Tekst<200>> = "identificatie",
        /// Het register waarin de zaak staat.
        #[schema(required = false, value_type = ExternRegister)]
        pub code_register: Indien<ExternRegister> = "codeRegister",
    }
}

impl Handeling for LegZaaksleutelsVast {
    const OPERATION_ID: &'static str = "legZaaksleutelsVast";
    const SAMENVATTING: &'static str = "Leg vast dat twee sleutels van één zaak zijn";
    const SCOPE: &'static str = SCOPE;
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let nieuw = Zaaksleutels {
            id: uitvoering.new_id(),
            uuid: self.uuid,
            identificatie: self.identificatie.0,
            code_register: self.code_register.0,
        };
        let known = register::zaaksleutels::met(uitvoering.conn()?, &nieuw).await?;
        // Whoever watches the register of zaken may tell the same as often as it likes.
        if let Some(pair) = known.iter().find(|pair| says_the_same(pair, &nieuw)) {
            meld(uitvoering, pair.id);
            return Ok(());
        }
        zonder_fouten(fouten(&nieuw, &known))?;
        meld(uitvoering, nieuw.id);
        uitvoering.gebeurt(Gebeurtenis::ZaaksleutelsVastgelegd(nieuw)).await
    }
}

impl Handeling for CorrigeerZaaksleutels {
    const OPERATION_ID: &'static str = "corrigeerZaaksleutels";
    const SAMENVATTING: &'static str = "Corrigeer de sleutels van een zaak";
    const SCOPE: &'static str = SCOPE;
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock::<Zaaksleutels>(uitvoering).await?;
        let nieuw = Zaaksleutels {
            id: oud.id,
            uuid: self.uuid.0.unwrap_or(oud.uuid),
            identificatie: self
                .identificatie
                .0
                .map_or_else(|| oud.identificatie.clone(), |it| it.0),
            code_register: self
                .code_register
                .0
                .map_or_else(|| oud.code_register.clone(), |it| it.0),
        };
        if oud == nieuw {
            return Ok(());
        }
        let known = register::zaaksleutels::met(uitvoering.conn()?, &nieuw).await?;
        zonder_fouten(fouten(&nieuw, &known))?;
        let correction = Gecorrigeerd { oud, nieuw, reden: self.reden.0 };
        uitvoering.gebeurt(Gebeurtenis::ZaaksleutelsGecorrigeerd(correction)).await
    }
}

fn meld(uitvoering: &mut Uitvoering<'_>, id: Uuid) {
    let object = ObjectRef::zaaksleutelpaar(id);
    uitvoering.meld(Onderdeel { soort: Zaaksleutels::SOORT, id, nummer: None, object });
}

/// The keys that belong to another zaak.
fn fouten(nieuw: &Zaaksleutels, known: &[Zaaksleutels]) -> Vec<Fout> {
    let others = || known.iter().filter(|other| other.id != nieuw.id);
    let uuid = others().any(|other| other.uuid == nieuw.uuid).then(Fout::zaak_uuid_gebruikt);
    let identificatie =
        others().any(|other| has_same_nummer(other, nieuw)).then(Fout::zaakidentificatie_gebruikt);
    uuid.into_iter().chain(identificatie).collect()
}

fn says_the_same(one: &Zaaksleutels, other: &Zaaksleutels) -> bool {
    let of_one_zaak = one.uuid == other.uuid && has_same_nummer(one, other);
    of_one_zaak && one.code_register == other.code_register
}

/// Whether people would read the same number: capitals aside.
fn has_same_nummer(one: &Zaaksleutels, other: &Zaaksleutels) -> bool {
    one.identificatie.to_lowercase() == other.identificatie.to_lowercase()
}
