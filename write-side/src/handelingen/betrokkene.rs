//! Betrokkenen: as part of a klantcontact, and their coupling to a known partij (C1199, F3246).

pub(crate) mod beheer;

use events::{
    Betrokkene, Gebeurtenis, Klantcontactrol, ObjectRef, PartijVanBetrokkeneOntkoppeld, SoortPartij,
};
use uuid::Uuid;

use super::digitaal_adres::{self, DigitaalAdresInvoer, Eigenaar};
use super::partij::{NieuwePartij, empty_partij};
use super::vergrendeling::lock;
use super::zonder_fouten;
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::invoer::{AdresInvoer, ContactnaamInvoer, Rol, Tekst, invoer};
use crate::uitvoering::{Handeling, Onderdeel, Uitvoering, niet_gevonden};

/// Declares a betrokkene, with or without the fields that a short form fills itself.
macro_rules! betrokkene_invoer {
    ($(#[$meta:meta])* $naam:ident { $( $(#[$veldmeta:meta])* pub $veld:ident: $type:ty = $json:literal, )* }
     initiator $initiator:expr;) => {
        invoer! {
            $(#[$meta])*
            pub struct $naam {
                /// Rol in het contact.
                pub rol: Rol = "rol",
                $( $(#[$veldmeta])* pub $veld: $type = $json, )*
                /// De bekende partij, als die er is.
                pub was_partij: Option<Uuid> = "wasPartij",
                /// Naam voor de opvolging van dit contact.
                pub contactnaam: Option<ContactnaamInvoer> = "contactnaam",
                /// Organisatie waartoe de betrokkene hoorde.
                pub organisatienaam: Option<Tekst<200>> = "organisatienaam",
                /// Bezoekadres voor de opvolging van dit contact.
                pub bezoekadres: Option<AdresInvoer> = "bezoekadres",
                /// Postadres voor de opvolging van dit contact.
                pub correspondentieadres: Option<AdresInvoer> = "correspondentieadres",
                /// Digitale adressen voor de opvolging van dit contact.
                #[schema(required = false)]
                pub digitale_adressen: Vec<DigitaalAdresInvoer> = "digitaleAdressen",
            }
            check |lezer| {
                digitaal_adres::check_lijst(lezer, digitale_adressen.as_deref(), false);
            }
        }

        impl $naam {
            /// The betrokkene as it is registered; `index` is its place in the list.
            pub(super) fn nieuw(self, index: usize) -> NieuweBetrokkene {
                let initiator: fn(&Self, usize) -> bool = $initiator;
                NieuweBetrokkene {
                    initiator: initiator(&self, index),
                    rol: self.rol.0,
                    was_partij: self.was_partij,
                    contactnaam: self.contactnaam,
                    organisatienaam: self.organisatienaam.map(|naam| naam.0),
                    bezoekadres: self.bezoekadres,
                    correspondentieadres: self.correspondentieadres,
                    digitale_adressen: self.digitale_adressen,
                }
            }
        }
    };
}

betrokkene_invoer! {
    /// Iemand die aan de kant van de klant bij het contact was.
    BetrokkeneInvoer {
        /// Of deze betrokkene het contact begon.
        pub initiator: bool = "initiator",
    }
    initiator |invoer, _| invoer.initiator;
}

betrokkene_invoer! {
    /// Iemand die belde of meeluisterde; de eerste is degene die belde.
    BellerInvoer {
        /// Of deze betrokkene het contact begon; bij de eerste altijd waar.
        pub initiator: Option<bool> = "initiator",
    }
    initiator |invoer, index| index == 0 || invoer.initiator.unwrap_or_default();
}

/// A betrokkene to register. Its key is still to be given.
#[derive(Debug)]
pub(super) struct NieuweBetrokkene {
    pub(super) initiator: bool,
    rol: Klantcontactrol,
    pub(super) was_partij: Option<Uuid>,
    contactnaam: Option<ContactnaamInvoer>,
    organisatienaam: Option<String>,
    bezoekadres: Option<AdresInvoer>,
    correspondentieadres: Option<AdresInvoer>,
    digitale_adressen: Vec<DigitaalAdresInvoer>,
}

impl NieuweBetrokkene {
    /// The kind of partij that these data describe, for `indicatieHergebruikPartij`: none without a
    /// name.
    pub(super) fn soort_partij(&self) -> Option<SoortPartij> {
        match (&self.contactnaam, &self.organisatienaam, self.rol) {
            (Some(_), _, Klantcontactrol::Vertegenwoordiger) => Some(SoortPartij::Contactpersoon),
            (_, Some(_), _) => Some(SoortPartij::Organisatie),
            (Some(_), None, Klantcontactrol::Klant) => Some(SoortPartij::Persoon),
            (None, None, _) => None,
        }
    }

    /// Moves the data to a new partij, to be used again: what belongs to the partij is not repeated
    /// at the betrokkene.
    pub(super) async fn registreer_partij(
        &mut self,
        uitvoering: &mut Uitvoering<'_>,
        soort: SoortPartij,
    ) -> Result<(), HandelingError> {
        let mut partij = empty_partij(soort);
        match soort {
            SoortPartij::Organisatie => partij.naam = self.organisatienaam.take(),
            SoortPartij::Persoon | SoortPartij::Contactpersoon => {
                partij.contactnaam = self.contactnaam.take().map(|naam| naam.0);
            }
        }
        partij.bezoekadres = self.bezoekadres.take().map(|adres| adres.0);
        partij.correspondentieadres = self.correspondentieadres.take().map(|adres| adres.0);
        let nieuw = NieuwePartij {
            partij,
            identificatoren: Vec::new(),
            adressen: std::mem::take(&mut self.digitale_adressen),
            voorkeursadres: None,
            rekeningen: Vec::new(),
            voorkeursrekening: None,
        };
        self.was_partij = Some(nieuw.registreer(uitvoering).await?);
        Ok(())
    }

    /// Registers the betrokkene; gives its key and the addresses that are still to be registered.
    pub(super) async fn registreer(
        self,
        uitvoering: &mut Uitvoering<'_>,
        klantcontact: Uuid,
    ) -> Result<(Eigenaar, Vec<DigitaalAdresInvoer>), HandelingError> {
        let id = uitvoering.new_id();
        let betrokkene = Betrokkene {
            id,
            had_klantcontact: klantcontact,
            was_partij: self.was_partij,
            rol: self.rol,
            initiator: self.initiator,
            contactnaam: self.contactnaam.map(|naam| naam.0),
            organisatienaam: self.organisatienaam,
            bezoekadres: self.bezoekadres.map(|adres| adres.0),
            correspondentieadres: self.correspondentieadres.map(|adres| adres.0),
        };
        let event = Gebeurtenis::BetrokkeneBijKlantcontactGeregistreerd(betrokkene);
        uitvoering.gebeurt(event).await?;
        let object = ObjectRef::klantcontact(klantcontact);
        uitvoering.meld(Onderdeel { soort: "betrokkene", id, nummer: None, object });
        Ok((Eigenaar::Betrokkene { betrokkene: id, klantcontact }, self.digitale_adressen))
    }
}

invoer! {
    /// De partij die de betrokkene bleek te zijn.
    pub struct KoppelPartijAanBetrokkene {
        /// De partij.
        pub was_partij: Uuid = "wasPartij",
    }
}

invoer! {
    /// Waarom de koppeling met de partij niet klopt.
    pub struct OntkoppelPartijVanBetrokkene {
        /// Reden.
        pub reden: Tekst<200> = "reden",
    }
}

impl Handeling for KoppelPartijAanBetrokkene {
    const OPERATION_ID: &'static str = "koppelPartijAanBetrokkene";
    const SAMENVATTING: &'static str = "Koppel een betrokkene aan een bekende partij";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let betrokkene = lock::<Betrokkene>(uitvoering).await?;
        let mut fouten = Vec::new();
        if betrokkene.was_partij.is_some() {
            let melding = "de betrokkene is al gekoppeld; ontkoppel die partij eerst";
            fouten.push(Fout::new("wasPartij", Foutcode::Conflict, melding));
        }
        let known = uitvoering.register().soorten_partij(&[self.was_partij]).await?;
        if known.is_empty() {
            fouten.push(niet_gevonden("wasPartij"));
        }
        zonder_fouten(fouten)?;
        let betrokkene = Betrokkene { was_partij: Some(self.was_partij), ..betrokkene };
        uitvoering.gebeurt(Gebeurtenis::PartijAanBetrokkeneGekoppeld(betrokkene)).await
    }
}

impl Handeling for OntkoppelPartijVanBetrokkene {
    const OPERATION_ID: &'static str = "ontkoppelPartijVanBetrokkene";
    const SAMENVATTING: &'static str = "Maak de koppeling van een betrokkene met een partij los";
    const SCOPE: &'static str = "klantcontacten:registreren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let betrokkene = lock::<Betrokkene>(uitvoering).await?;
        let Some(vorige_partij) = betrokkene.was_partij else {
            let melding = "de betrokkene is aan geen partij gekoppeld";
            return Err(Fout::new("id", Foutcode::StatusConflict, melding).into());
        };
        let betrokkene = Betrokkene { was_partij: None, ..betrokkene };
        let event =
            PartijVanBetrokkeneOntkoppeld { betrokkene, vorige_partij, reden: self.reden.0 };
        uitvoering.gebeurt(Gebeurtenis::PartijVanBetrokkeneOntkoppeld(event)).await
    }
}
