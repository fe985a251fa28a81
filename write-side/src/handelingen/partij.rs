//! Registering partijen: a persoon, an organisatie or a contactpersoon, with identificatoren,
//! digital addresses, accounts and preferences in one transaction (F7554).

use events::{
    Gebeurtenis, ObjectRef, Partij, SoortPartij, VoorkeursDigitaalAdresGekozen,
    VoorkeursRekeningnummerGekozen,
};
use uuid::Uuid;

use super::digitaal_adres::{self, DigitaalAdresInvoer, Eigenaar};
use super::partij_identificator::{self, PartijIdentificatorregel};
use super::rekeningnummer::{self, RekeningnummerInvoer};
use super::{nummer, zonder_fouten};
use crate::fout::{Fout, Foutcode, HandelingError};
use crate::invoer::{AdresInvoer, ContactnaamInvoer, Lezer, Taal, Tekst, invoer};
use crate::uitvoering::{Handeling, Onderdeel, Uitvoering, niet_gevonden};

/// Declares one of the three ways to register a partij: they share all but their first fields.
macro_rules! registreer_partij {
    ($(#[$meta:meta])* $naam:ident {
        $( $(#[$veldmeta:meta])* pub $veld:ident: $type:ty = $json:literal, )*
    }) => {
        invoer! {
            $(#[$meta])*
            pub struct $naam {
                $( $(#[$veldmeta])* pub $veld: $type = $json, )*
                /// Sleutels in andere registers.
                #[schema(required = false)]
                pub partij_identificatoren: Vec<PartijIdentificatorregel> = "partijIdentificatoren",
                /// Adressen voor toekomstig contact.
                #[schema(required = false)]
                pub digitale_adressen: Vec<DigitaalAdresInvoer> = "digitaleAdressen",
                /// Volgnummer, vanaf 0, van het digitale adres dat de voorkeur heeft.
                pub voorkeurs_digitaal_adres: Option<u32> = "voorkeursDigitaalAdres",
                /// Bankrekeningen.
                #[schema(required = false)]
                pub rekeningnummers: Vec<RekeningnummerInvoer> = "rekeningnummers",
                /// Volgnummer, vanaf 0, van de bankrekening die de voorkeur heeft.
                pub voorkeurs_rekeningnummer: Option<u32> = "voorkeursRekeningnummer",
                /// Waar de partij bezocht wil worden.
                pub bezoekadres: Option<AdresInvoer> = "bezoekadres",
                /// Waar de partij post wil krijgen.
                pub correspondentieadres: Option<AdresInvoer> = "correspondentieadres",
                /// Taal voor contact (ISO 639-2/T).
                pub voorkeurstaal: Option<Taal> = "voorkeurstaal",
                /// Of om geheimhouding is gevraagd.
                pub indicatie_geheimhouding: Option<bool> = "indicatieGeheimhouding",
                /// Interne opmerkingen; nooit voor de klant.
                pub interne_notitie: Option<Tekst<1000>> = "interneNotitie",
            }
            check |lezer| {
                digitaal_adres::check_lijst(lezer, digitale_adressen.as_deref(), true);
                partij_identificator::check_lijst(lezer, partij_identificatoren.as_deref());
                check_index(
                    lezer,
                    "voorkeursDigitaalAdres",
                    voorkeurs_digitaal_adres.flatten(),
                    digitale_adressen.as_ref().map(Vec::len),
                );
                check_index(
                    lezer,
                    "voorkeursRekeningnummer",
                    voorkeurs_rekeningnummer.flatten(),
                    rekeningnummers.as_ref().map(Vec::len),
                );
            }
        }

        impl $naam {
            fn parts(self, soort_partij: SoortPartij) -> NieuwePartij {
                let partij = Partij {
                    bezoekadres: self.bezoekadres.map(|adres| adres.0),
                    correspondentieadres: self.correspondentieadres.map(|adres| adres.0),
                    voorkeurstaal: self.voorkeurstaal.map(|taal| taal.0),
                    indicatie_geheimhouding: self.indicatie_geheimhouding,
                    interne_notitie: self.interne_notitie.map(|text| text.0),
                    ..empty_partij(soort_partij)
                };
                NieuwePartij {
                    partij,
                    identificatoren: self.partij_identificatoren,
                    adressen: self.digitale_adressen,
                    voorkeursadres: self.voorkeurs_digitaal_adres,
                    rekeningen: self.rekeningnummers,
                    voorkeursrekening: self.voorkeurs_rekeningnummer,
                }
            }
        }
    };
}

registreer_partij! {
    /// Een natuurlijk persoon van wie de identiteit is vastgesteld.
    RegistreerPersoon {
        /// Naam die de persoon wil gebruiken.
        pub contactnaam: Option<ContactnaamInvoer> = "contactnaam",
    }
}

registreer_partij! {
    /// Een organisatie van wie de identiteit is vastgesteld.
    RegistreerOrganisatie {
        /// Naam van de organisatie.
        pub naam: Tekst<200> = "naam",
    }
}

registreer_partij! {
    /// Iemand die voor een organisatie werkte of een ander vertegenwoordigde.
    RegistreerContactpersoon {
        /// Naam die de contactpersoon wil gebruiken.
        pub contactnaam: ContactnaamInvoer = "contactnaam",
        /// De organisatie waarvoor de contactpersoon werkte.
        pub werkte_voor_partij: Option<Uuid> = "werkteVoorPartij",
    }
}

fn check_index(lezer: &mut Lezer<'_>, veld: &str, index: Option<u32>, count: Option<usize>) {
    let Some(count) = count else {
        return;
    };
    let outside = |index: u32| usize::try_from(index).is_ok_and(|index| index >= count);
    if index.is_some_and(outside) {
        let melding = format!("een volgnummer vanaf 0, kleiner dan {count}");
        lezer.fout_bij(veld, Foutcode::Invalid, melding);
    }
}

/// A partij with nothing filled.
pub(super) fn empty_partij(soort_partij: SoortPartij) -> Partij {
    Partij {
        id: Uuid::nil(),
        nummer: String::new(),
        soort_partij,
        contactnaam: None,
        naam: None,
        werkte_voor_partij: None,
        bezoekadres: None,
        correspondentieadres: None,
        voorkeurstaal: None,
        indicatie_geheimhouding: None,
        interne_notitie: None,
        indicatie_actief: true,
    }
}

/// A partij to register, with its parts. Its key and number are still to be given.
#[derive(Debug)]
pub(super) struct NieuwePartij {
    pub(super) partij: Partij,
    pub(super) identificatoren: Vec<PartijIdentificatorregel>,
    pub(super) adressen: Vec<DigitaalAdresInvoer>,
    pub(super) voorkeursadres: Option<u32>,
    pub(super) rekeningen: Vec<RekeningnummerInvoer>,
    pub(super) voorkeursrekening: Option<u32>,
}

fn pick(ids: &[Uuid], index: Option<u32>) -> Option<Uuid> {
    ids.get(usize::try_from(index?).ok()?).copied()
}

impl NieuwePartij {
    /// Registers the partij and its parts; gives its key.
    pub(super) async fn registreer(
        self,
        uitvoering: &mut Uitvoering<'_>,
    ) -> Result<Uuid, HandelingError> {
        let mut fouten = Vec::new();
        if let Some(id) = self.partij.werkte_voor_partij {
            fouten.extend(check_werkte_voor(uitvoering, id).await?);
        }
        let keys =
            partij_identificator::keur(uitvoering, self.identificatoren, &mut fouten).await?;
        zonder_fouten(fouten)?;

        let id = uitvoering.new_id();
        let nummer = nummer::partij(uitvoering).await?;
        let object = ObjectRef::partij(id);
        let onderdeel = Onderdeel { soort: "partij", id, nummer: Some(nummer.clone()), object };
        uitvoering.meld(onderdeel);
        let partij = Partij { id, nummer, ..self.partij };
        uitvoering
            .gebeurt(match partij.soort_partij {
                SoortPartij::Persoon => Gebeurtenis::PersoonGeregistreerd(partij),
                SoortPartij::Organisatie => Gebeurtenis::OrganisatieGeregistreerd(partij),
                SoortPartij::Contactpersoon => Gebeurtenis::ContactpersoonGeregistreerd(partij),
            })
            .await?;
        partij_identificator::registreer(uitvoering, id, keys).await?;
        let eigenaar = Eigenaar::Partij(id);
        let adressen = digitaal_adres::registreer(uitvoering, eigenaar, self.adressen).await?;
        let rekeningen = rekeningnummer::registreer(uitvoering, id, self.rekeningen).await?;
        if let Some(adres) = pick(&adressen, self.voorkeursadres) {
            let event = VoorkeursDigitaalAdresGekozen { partij: id, digitaal_adres: Some(adres) };
            uitvoering.gebeurt(Gebeurtenis::VoorkeursDigitaalAdresGekozen(event)).await?;
        }
        if let Some(rekening) = pick(&rekeningen, self.voorkeursrekening) {
            let event =
                VoorkeursRekeningnummerGekozen { partij: id, rekeningnummer: Some(rekening) };
            uitvoering.gebeurt(Gebeurtenis::VoorkeursRekeningnummerGekozen(event)).await?;
        }
        Ok(id)
    }
}

/// I13: `werkteVoorPartij` points to an organisatie.
pub(super) async fn check_werkte_voor(
    uitvoering: &mut Uitvoering<'_>,
    id: Uuid,
) -> Result<Option<Fout>, HandelingError> {
    let veld = "werkteVoorPartij";
    let soorten = uitvoering.register().soorten_partij(&[id]).await?;
    Ok(match soorten.first() {
        Some((_, SoortPartij::Organisatie)) => None,
        Some((_, SoortPartij::Persoon | SoortPartij::Contactpersoon)) => {
            Some(Fout::new(veld, Foutcode::Invalid, "deze partij is geen organisatie"))
        }
        None => Some(niet_gevonden(veld)),
    })
}

impl Handeling for RegistreerPersoon {
    const OPERATION_ID: &'static str = "registreerPersoon";
    const SAMENVATTING: &'static str = "Registreer een persoon";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = true;

    async fn voer_uit(mut self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let contactnaam = self.contactnaam.take().map(|naam| naam.0);
        let mut nieuw = self.parts(SoortPartij::Persoon);
        nieuw.partij.contactnaam = contactnaam;
        nieuw.registreer(uitvoering).await.map(|_| ())
    }
}

impl Handeling for RegistreerOrganisatie {
    const OPERATION_ID: &'static str = "registreerOrganisatie";
    const SAMENVATTING: &'static str = "Registreer een organisatie";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let naam = self.naam.0.clone();
        let mut nieuw = self.parts(SoortPartij::Organisatie);
        nieuw.partij.naam = Some(naam);
        nieuw.registreer(uitvoering).await.map(|_| ())
    }
}

impl Handeling for RegistreerContactpersoon {
    const OPERATION_ID: &'static str = "registreerContactpersoon";
    const SAMENVATTING: &'static str = "Registreer een contactpersoon";
    const SCOPE: &'static str = "partijen:beheren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let contactnaam = self.contactnaam.0.clone();
        let werkte_voor = self.werkte_voor_partij;
        let mut nieuw = self.parts(SoortPartij::Contactpersoon);
        nieuw.partij.contactnaam = Some(contactnaam);
        nieuw.partij.werkte_voor_partij = werkte_voor;
        nieuw.registreer(uitvoering).await.map(|_| ())
    }
}
