//! Betrokkenen of a klantcontact that is there: added, changed, removed (F2599, F3246).

use events::{Betrokkene, Gebeurtenis, Gewijzigd, Klantcontact, Verwijderd};

use super::BetrokkeneInvoer;
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::handelingen::digitaal_adres;
use crate::handelingen::vergrendeling::{lock, lock_owner};
use crate::invoer::{AdresInvoer, ContactnaamInvoer, Indien, Rol, Tekst, Wijziging, invoer};
use crate::register;
use crate::uitvoering::{Handeling, Uitvoering, niet_gevonden};

/// Iemand die ook aan de kant van de klant bij het contact was.
pub type RegistreerBetrokkeneBijKlantcontact = BetrokkeneInvoer;

invoer! {
    /// Wat verandert aan een betrokkene. Het klantcontact en de partij hebben eigen handelingen.
    pub struct WijzigBetrokkeneBijKlantcontact {
        /// Rol in het contact.
        #[schema(required = false, value_type = Rol)]
        pub rol: Indien<Rol> = "rol",
        /// Of deze betrokkene het contact begon.
        #[schema(required = false, value_type = bool)]
        pub initiator: Indien<bool> = "initiator",
        /// Naam voor de opvolging van dit contact.
        #[schema(required = false, value_type = Option<ContactnaamInvoer>)]
        pub contactnaam: Wijziging<ContactnaamInvoer> = "contactnaam",
        /// Organisatie waartoe de betrokkene hoorde.
        #[schema(required = false, value_type = Option<Tekst<200>>)]
        pub organisatienaam: Wijziging<Tekst<200>> = "organisatienaam",
        /// Bezoekadres voor de opvolging van dit contact.
        #[schema(required = false, value_type = Option<AdresInvoer>)]
        pub bezoekadres: Wijziging<AdresInvoer> = "bezoekadres",
        /// Postadres voor de opvolging van dit contact.
        #[schema(required = false, value_type = Option<AdresInvoer>)]
        pub correspondentieadres: Wijziging<AdresInvoer> = "correspondentieadres",
    }
}

invoer! {
    /// Waarom de betrokkene er niet bij hoort.
    pub struct VerwijderBetrokkeneBijKlantcontact {
        /// Reden.
        pub reden: Tekst<200> = "reden",
    }
}

impl Handeling for RegistreerBetrokkeneBijKlantcontact {
    const OPERATION_ID: &'static str = "registreerBetrokkeneBijKlantcontact";
    const SAMENVATTING: &'static str = "Registreer een betrokkene bij een klantcontact";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let contact = lock_owner::<Klantcontact>(uitvoering).await?.id;
        if let Some(partij) = self.was_partij {
            let known = uitvoering.register().soorten_partij(&[partij]).await?;
            if known.is_empty() {
                return Err(niet_gevonden("wasPartij").into());
            }
        }
        let (eigenaar, adressen) = self.nieuw(0).registreer(uitvoering, contact).await?;
        digitaal_adres::registreer(uitvoering, eigenaar, adressen).await.map(|_| ())
    }
}

impl Handeling for WijzigBetrokkeneBijKlantcontact {
    const OPERATION_ID: &'static str = "wijzigBetrokkeneBijKlantcontact";
    const SAMENVATTING: &'static str = "Wijzig een betrokkene bij een klantcontact";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock::<Betrokkene>(uitvoering).await?;
        let mut nieuw = oud.clone();
        if let Some(rol) = self.rol.0 {
            nieuw.rol = rol.0;
        }
        nieuw.initiator = self.initiator.0.unwrap_or(nieuw.initiator);
        self.contactnaam.into(&mut nieuw.contactnaam, |naam| naam.0);
        self.organisatienaam.into(&mut nieuw.organisatienaam, |naam| naam.0);
        self.bezoekadres.into(&mut nieuw.bezoekadres, |adres| adres.0);
        self.correspondentieadres.into(&mut nieuw.correspondentieadres, |adres| adres.0);
        if oud == nieuw {
            return Ok(());
        }
        let event = Gewijzigd { oud, nieuw };
        uitvoering.gebeurt(Gebeurtenis::BetrokkeneBijKlantcontactGewijzigd(event)).await
    }
}

impl Handeling for VerwijderBetrokkeneBijKlantcontact {
    const OPERATION_ID: &'static str = "verwijderBetrokkeneBijKlantcontact";
    const SAMENVATTING: &'static str = "Verwijder een betrokkene van een klantcontact";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let onderdeel = lock::<Betrokkene>(uitvoering).await?;
        let conn = uitvoering.conn()?;
        let all =
            register::klantcontact::load_betrokkenen(conn, onderdeel.had_klantcontact).await?;
        if all.len() == 1 {
            let melding =
                "een klantcontact heeft ten minste één betrokkene; registreer eerst een ander";
            return Err(Fout::new("id", Foutcode::Conflict, melding).into());
        }
        let event = Verwijderd { onderdeel, reden: self.reden.0 };
        uitvoering.gebeurt(Gebeurtenis::BetrokkeneBijKlantcontactVerwijderd(event)).await
    }
}
