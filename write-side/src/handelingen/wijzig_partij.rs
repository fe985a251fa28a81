//! Changing partijen: only given fields change, an explicit null empties (F2158). Identificatoren
//! and digital addresses have handelingen of their own.

use events::{Gebeurtenis, Gewijzigd, Partij, SoortPartij, VoorkeursDigitaalAdresGekozen};
use uuid::Uuid;

use super::partij::check_werkte_voor;
use super::vergrendeling::lock;
use super::zonder_fouten;
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::invoer::{AdresInvoer, ContactnaamInvoer, Indien, Taal, Tekst, Wijziging, invoer};
use crate::register;
use crate::uitvoering::{Handeling, Uitvoering, niet_gevonden};

/// Declares one of the three ways to change a partij: they share all but their first fields.
macro_rules! wijzig_partij {
    ($(#[$meta:meta])* $naam:ident {
        $( $(#[$veldmeta:meta])* pub $veld:ident: $type:ty = $json:literal, )*
    }) => {
        invoer! {
            $(#[$meta])*
            pub struct $naam {
                $( $(#[$veldmeta])* pub $veld: $type = $json, )*
                /// Waar de partij bezocht wil worden.
                #[schema(required = false, value_type = Option<AdresInvoer>)]
                pub bezoekadres: Wijziging<AdresInvoer> = "bezoekadres",
                /// Waar de partij post wil krijgen.
                #[schema(required = false, value_type = Option<AdresInvoer>)]
                pub correspondentieadres: Wijziging<AdresInvoer> = "correspondentieadres",
                /// Taal voor contact (ISO 639-2/T).
                #[schema(required = false, value_type = Option<Taal>)]
                pub voorkeurstaal: Wijziging<Taal> = "voorkeurstaal",
                /// Of om geheimhouding is gevraagd.
                #[schema(required = false, value_type = Option<bool>)]
                pub indicatie_geheimhouding: Wijziging<bool> = "indicatieGeheimhouding",
                /// Interne opmerkingen; nooit voor de klant.
                #[schema(required = false, value_type = Option<Tekst<1000>>)]
                pub interne_notitie: Wijziging<Tekst<1000>> = "interneNotitie",
                /// Het eigen digitale adres dat de voorkeur heeft.
                #[schema(required = false, value_type = Option<Uuid>)]
                pub voorkeurs_digitaal_adres: Wijziging<Uuid> = "voorkeursDigitaalAdres",
            }
        }

        impl $naam {
            /// Puts what is given into the partij; gives the choice of address apart.
            fn change(self, partij: &mut Partij) -> Wijziging<Uuid> {
                self.bezoekadres.into(&mut partij.bezoekadres, |adres| adres.0);
                self.correspondentieadres.into(&mut partij.correspondentieadres, |adres| adres.0);
                self.voorkeurstaal.into(&mut partij.voorkeurstaal, |taal| taal.0);
                self.indicatie_geheimhouding.into(&mut partij.indicatie_geheimhouding, |flag| flag);
                self.interne_notitie.into(&mut partij.interne_notitie, |text| text.0);
                self.voorkeurs_digitaal_adres
            }
        }
    };
}

wijzig_partij! {
    /// Wat verandert aan een persoon.
    WijzigPersoon {
        /// Naam die de persoon wil gebruiken.
        #[schema(required = false, value_type = Option<ContactnaamInvoer>)]
        pub contactnaam: Wijziging<ContactnaamInvoer> = "contactnaam",
    }
}

wijzig_partij! {
    /// Wat verandert aan een organisatie.
    WijzigOrganisatie {
        /// Naam van de organisatie.
        #[schema(required = false, value_type = Tekst<200>)]
        pub naam: Indien<Tekst<200>> = "naam",
    }
}

wijzig_partij! {
    /// Wat verandert aan een contactpersoon.
    WijzigContactpersoon {
        /// Naam die de contactpersoon wil gebruiken.
        #[schema(required = false, value_type = ContactnaamInvoer)]
        pub contactnaam: Indien<ContactnaamInvoer> = "contactnaam",
        /// De organisatie waarvoor de contactpersoon werkte.
        #[schema(required = false, value_type = Option<Uuid>)]
        pub werkte_voor_partij: Wijziging<Uuid> = "werkteVoorPartij",
    }
}

/// The partij that the path names, locked, if it is of this kind.
async fn lock_soort(
    uitvoering: &mut Uitvoering<'_>,
    soort: SoortPartij,
) -> Result<Partij, HandelingError> {
    let partij = lock::<Partij>(uitvoering).await?;
    Some(partij).filter(|item| item.soort_partij == soort).ok_or_else(|| niet_gevonden("id").into())
}

/// Records the change, if there is one.
async fn wijzig(
    uitvoering: &mut Uitvoering<'_>,
    oud: Partij,
    nieuw: Partij,
    voorkeur: Wijziging<Uuid>,
) -> Result<(), HandelingError> {
    let id = oud.id;
    let mut fouten = Vec::new();
    if let Some(organisatie) = nieuw.werkte_voor_partij
        && oud.werkte_voor_partij != nieuw.werkte_voor_partij
    {
        fouten.extend(check_werkte_voor(uitvoering, organisatie).await?);
    }
    let keuze = chosen_address(uitvoering, id, voorkeur, &mut fouten).await?;
    zonder_fouten(fouten)?;
    if oud != nieuw {
        let soort = nieuw.soort_partij;
        let change = Gewijzigd { oud, nieuw };
        uitvoering
            .gebeurt(match soort {
                SoortPartij::Persoon => Gebeurtenis::PersoonGewijzigd(change),
                SoortPartij::Organisatie => Gebeurtenis::OrganisatieGewijzigd(change),
                SoortPartij::Contactpersoon => Gebeurtenis::ContactpersoonGewijzigd(change),
            })
            .await?;
    }
    if let Some(digitaal_adres) = keuze {
        let event = VoorkeursDigitaalAdresGekozen { partij: id, digitaal_adres };
        uitvoering.gebeurt(Gebeurtenis::VoorkeursDigitaalAdresGekozen(event)).await?;
    }
    Ok(())
}

/// The new choice, if it differs from the present one; an address of another is a fault (I08).
async fn chosen_address(
    uitvoering: &mut Uitvoering<'_>,
    partij: Uuid,
    voorkeur: Wijziging<Uuid>,
    fouten: &mut Vec<Fout>,
) -> Result<Option<Option<Uuid>>, HandelingError> {
    let Wijziging::Nieuw(keuze) = voorkeur else {
        return Ok(None);
    };
    let (present, _) = register::partij::load_voorkeuren(uitvoering.conn()?, partij).await?;
    if keuze == present {
        return Ok(None);
    }
    if let Some(keuze) = keuze {
        let own = register::partij::load_digitale_adressen(uitvoering.conn()?, partij).await?;
        if !own.iter().any(|adres| adres.id == keuze) {
            let melding = "dit is geen digitaal adres van de partij zelf";
            fouten.push(Fout::new("voorkeursDigitaalAdres", Foutcode::Invalid, melding));
        }
    }
    Ok(Some(keuze))
}

impl Handeling for WijzigPersoon {
    const OPERATION_ID: &'static str = "wijzigPersoon";
    const SAMENVATTING: &'static str = "Wijzig een persoon";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(mut self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock_soort(uitvoering, SoortPartij::Persoon).await?;
        let mut nieuw = oud.clone();
        let contactnaam = std::mem::replace(&mut self.contactnaam, Wijziging::Ongewijzigd);
        contactnaam.into(&mut nieuw.contactnaam, |naam| naam.0);
        let voorkeur = self.change(&mut nieuw);
        wijzig(uitvoering, oud, nieuw, voorkeur).await
    }
}

impl Handeling for WijzigOrganisatie {
    const OPERATION_ID: &'static str = "wijzigOrganisatie";
    const SAMENVATTING: &'static str = "Wijzig een organisatie";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(mut self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock_soort(uitvoering, SoortPartij::Organisatie).await?;
        let mut nieuw = oud.clone();
        if let Some(naam) = self.naam.0.take() {
            nieuw.naam = Some(naam.0);
        }
        let voorkeur = self.change(&mut nieuw);
        wijzig(uitvoering, oud, nieuw, voorkeur).await
    }
}

impl Handeling for WijzigContactpersoon {
    const OPERATION_ID: &'static str = "wijzigContactpersoon";
    const SAMENVATTING: &'static str = "Wijzig een contactpersoon";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(mut self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock_soort(uitvoering, SoortPartij::Contactpersoon).await?;
        let mut nieuw = oud.clone();
        if let Some(naam) = self.contactnaam.0.take() {
            nieuw.contactnaam = Some(naam.0);
        }
        let werkte_voor = std::mem::replace(&mut self.werkte_voor_partij, Wijziging::Ongewijzigd);
        werkte_voor.into(&mut nieuw.werkte_voor_partij, |id| id);
        let voorkeur = self.change(&mut nieuw);
        wijzig(uitvoering, oud, nieuw, voorkeur).await
    }
}
