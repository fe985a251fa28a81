//! Bank accounts of a partij that is there, and the one it prefers (I08).

use events::{Gebeurtenis, Gewijzigd, Partij, Rekeningnummer, VoorkeursRekeningnummerGekozen};
use uuid::Uuid;

use super::{RekeningnummerInvoer, registreer};
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::handelingen::vergrendeling::{lock, lock_owner};
use crate::invoer::invoer;
use crate::register;
use crate::uitvoering::{Handeling, Uitvoering};

/// Een bankrekening van de partij.
pub type RegistreerRekeningnummer = RekeningnummerInvoer;

invoer! {
    /// Hoe de bankrekening voortaan luidt.
    pub struct WijzigRekeningnummer {
        /// De rekening.
        pub rekeningnummer: RekeningnummerInvoer = "rekeningnummer",
    }
}

invoer! {
    /// De bankrekening die weg kan; het pad noemt haar.
    pub struct VerwijderRekeningnummer {
    }
}

invoer! {
    /// De bankrekening die de partij verkiest.
    pub struct KiesVoorkeursrekeningnummer {
        /// Een eigen bankrekening van de partij; null kiest er geen.
        pub rekeningnummer: Option<Uuid> = "rekeningnummer",
    }
}

impl Handeling for RegistreerRekeningnummer {
    const OPERATION_ID: &'static str = "registreerRekeningnummer";
    const SAMENVATTING: &'static str = "Registreer een bankrekening van een partij";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let partij = lock_owner::<Partij>(uitvoering).await?.id;
        registreer(uitvoering, partij, vec![self]).await.map(|_| ())
    }
}

impl Handeling for WijzigRekeningnummer {
    const OPERATION_ID: &'static str = "wijzigRekeningnummer";
    const SAMENVATTING: &'static str = "Wijzig een bankrekening";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock::<Rekeningnummer>(uitvoering).await?;
        let RekeningnummerInvoer { iban, bic } = self.rekeningnummer;
        let nieuw = Rekeningnummer { iban, bic, ..oud.clone() };
        if oud == nieuw {
            return Ok(());
        }
        let event = Gewijzigd { oud, nieuw };
        uitvoering.gebeurt(Gebeurtenis::RekeningnummerGewijzigd(event)).await
    }
}

impl Handeling for VerwijderRekeningnummer {
    const OPERATION_ID: &'static str = "verwijderRekeningnummer";
    const SAMENVATTING: &'static str = "Verwijder een bankrekening";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let account = lock::<Rekeningnummer>(uitvoering).await?;
        let (_, preferred) =
            register::partij::load_voorkeuren(uitvoering.conn()?, account.partij).await?;
        if preferred == Some(account.id) {
            record_choice(uitvoering, account.partij, None).await?;
        }
        uitvoering.gebeurt(Gebeurtenis::RekeningnummerVerwijderd(account)).await
    }
}

impl Handeling for KiesVoorkeursrekeningnummer {
    const OPERATION_ID: &'static str = "kiesVoorkeursrekeningnummer";
    const SAMENVATTING: &'static str = "Kies de bankrekening die een partij verkiest";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let partij = lock::<Partij>(uitvoering).await?.id;
        let (_, present) = register::partij::load_voorkeuren(uitvoering.conn()?, partij).await?;
        if present == self.rekeningnummer {
            return Ok(());
        }
        if let Some(keuze) = self.rekeningnummer {
            let own = register::partij::load_rekeningnummers(uitvoering.conn()?, partij).await?;
            if !own.iter().any(|account| account.id == keuze) {
                let melding = "dit is geen bankrekening van de partij zelf";
                return Err(Fout::new("rekeningnummer", Foutcode::Invalid, melding).into());
            }
        }
        record_choice(uitvoering, partij, self.rekeningnummer).await
    }
}

async fn record_choice(
    uitvoering: &mut Uitvoering<'_>,
    partij: Uuid,
    rekeningnummer: Option<Uuid>,
) -> Result<(), HandelingError> {
    let event = VoorkeursRekeningnummerGekozen { partij, rekeningnummer };
    uitvoering.gebeurt(Gebeurtenis::VoorkeursRekeningnummerGekozen(event)).await
}
