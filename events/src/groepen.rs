//! The events by the kind of object to which they happen, as patterns: who folds one kind names the
//! others by these, and a new event that stands in none of them does not compile.

/// Every event of a partij.
#[macro_export]
macro_rules! partij_events {
    () => {
        $crate::Gebeurtenis::PersoonGeregistreerd(_)
            | $crate::Gebeurtenis::OrganisatieGeregistreerd(_)
            | $crate::Gebeurtenis::ContactpersoonGeregistreerd(_)
            | $crate::Gebeurtenis::PersoonGewijzigd(_)
            | $crate::Gebeurtenis::OrganisatieGewijzigd(_)
            | $crate::Gebeurtenis::ContactpersoonGewijzigd(_)
            | $crate::Gebeurtenis::PartijGeactiveerd(_)
            | $crate::Gebeurtenis::PartijGedeactiveerd(_)
            | $crate::Gebeurtenis::PartijIdentificatorGeregistreerd(_)
            | $crate::Gebeurtenis::PartijIdentificatorGecorrigeerd(_)
            | $crate::Gebeurtenis::PartijIdentificatorVerwijderd(_)
            | $crate::Gebeurtenis::StandaardAdresAangewezen(_)
            | $crate::Gebeurtenis::VoorkeursDigitaalAdresGekozen(_)
            | $crate::Gebeurtenis::RekeningnummerGeregistreerd(_)
            | $crate::Gebeurtenis::RekeningnummerGewijzigd(_)
            | $crate::Gebeurtenis::RekeningnummerVerwijderd(_)
            | $crate::Gebeurtenis::VoorkeursRekeningnummerGekozen(_)
            | $crate::Gebeurtenis::PartijGecategoriseerd(_)
            | $crate::Gebeurtenis::CategorieRelatieBeeindigd(_)
            | $crate::Gebeurtenis::PartijVernietigd(_)
    };
}

/// Every event of a digital address, of a partij or of a betrokkene.
#[macro_export]
macro_rules! digitaal_adres_events {
    () => {
        $crate::Gebeurtenis::DigitaalAdresGeregistreerd(_)
            | $crate::Gebeurtenis::DigitaalAdresGewijzigd(_)
            | $crate::Gebeurtenis::DigitaalAdresGeverifieerd(_)
            | $crate::Gebeurtenis::DigitaalAdresVerwijderd(_)
    };
}

/// Every event of a vertegenwoordiging.
#[macro_export]
macro_rules! vertegenwoordiging_events {
    () => {
        $crate::Gebeurtenis::VertegenwoordigingGeregistreerd(_)
            | $crate::Gebeurtenis::VertegenwoordigingBeeindigd(_)
    };
}

/// Every event of a klantcontact.
#[macro_export]
macro_rules! klantcontact_events {
    () => {
        $crate::Gebeurtenis::KlantcontactGeregistreerd(_)
            | $crate::Gebeurtenis::KlantcontactAangevuld(_)
            | $crate::Gebeurtenis::KlantcontactGecorrigeerd(_)
            | $crate::Gebeurtenis::ActorAanKlantcontactGekoppeld(_)
            | $crate::Gebeurtenis::ActorVanKlantcontactOntkoppeld(_)
            | $crate::Gebeurtenis::BetrokkeneBijKlantcontactGeregistreerd(_)
            | $crate::Gebeurtenis::BetrokkeneBijKlantcontactGewijzigd(_)
            | $crate::Gebeurtenis::PartijAanBetrokkeneGekoppeld(_)
            | $crate::Gebeurtenis::PartijVanBetrokkeneOntkoppeld(_)
            | $crate::Gebeurtenis::BetrokkeneGeanonimiseerd(_)
            | $crate::Gebeurtenis::BetrokkeneBijKlantcontactVerwijderd(_)
            | $crate::Gebeurtenis::BijlageGeregistreerd(_)
            | $crate::Gebeurtenis::BijlageGecorrigeerd(_)
            | $crate::Gebeurtenis::BijlageVerwijderd(_)
            | $crate::Gebeurtenis::OnderwerpobjectGeregistreerd(_)
            | $crate::Gebeurtenis::OnderwerpobjectGecorrigeerd(_)
            | $crate::Gebeurtenis::OnderwerpobjectVerwijderd(_)
            | $crate::Gebeurtenis::ZaakGekoppeld(_)
            | $crate::Gebeurtenis::ZaakOntkoppeld(_)
            | $crate::Gebeurtenis::KlantcontactVernietigd(_)
    };
}

/// Every event of an interne taak.
#[macro_export]
macro_rules! interne_taak_events {
    () => {
        $crate::Gebeurtenis::InterneTaakGeregistreerd(_)
            | $crate::Gebeurtenis::InterneTaakToegewezen(_)
            | $crate::Gebeurtenis::InterneTaakGecorrigeerd(_)
            | $crate::Gebeurtenis::InterneTaakAfgehandeld(_)
            | $crate::Gebeurtenis::InterneTaakHeropend(_)
            | $crate::Gebeurtenis::InterneTaakVernietigd(_)
    };
}

/// Every event of an actor.
#[macro_export]
macro_rules! actor_events {
    () => {
        $crate::Gebeurtenis::MedewerkerGeregistreerd(_)
            | $crate::Gebeurtenis::OrganisatorischeEenheidGeregistreerd(_)
            | $crate::Gebeurtenis::GeautomatiseerdeActorGeregistreerd(_)
            | $crate::Gebeurtenis::MedewerkerGewijzigd(_)
            | $crate::Gebeurtenis::OrganisatorischeEenheidGewijzigd(_)
            | $crate::Gebeurtenis::GeautomatiseerdeActorGewijzigd(_)
            | $crate::Gebeurtenis::ActorGeactiveerd(_)
            | $crate::Gebeurtenis::ActorGedeactiveerd(_)
    };
}

/// Every event of a value of a reference list.
#[macro_export]
macro_rules! referentiewaarde_events {
    () => {
        $crate::Gebeurtenis::ReferentiewaardeGeregistreerd(_)
            | $crate::Gebeurtenis::ReferentiewaardeGecorrigeerd(_)
            | $crate::Gebeurtenis::ReferentiewaardeGeactiveerd(_)
            | $crate::Gebeurtenis::ReferentiewaardeGedeactiveerd(_)
    };
}

/// Every event of a proposal to destroy something.
#[macro_export]
macro_rules! vernietigingsvoorstel_events {
    () => {
        $crate::Gebeurtenis::VernietigingVoorgesteld(_)
            | $crate::Gebeurtenis::VernietigingGoedgekeurd(_)
            | $crate::Gebeurtenis::VernietigingAfgewezen(_)
            | $crate::Gebeurtenis::VernietigingUitgevoerd(_)
    };
}

/// Every event of the keys of a zaak.
#[macro_export]
macro_rules! zaaksleutels_events {
    () => {
        $crate::Gebeurtenis::ZaaksleutelsVastgelegd(_)
            | $crate::Gebeurtenis::ZaaksleutelsGecorrigeerd(_)
    };
}

/// Every event of a request for inzage.
#[macro_export]
macro_rules! inzage_events {
    () => {
        $crate::Gebeurtenis::InzageAangevraagd(_)
            | $crate::Gebeurtenis::InzageGoedgekeurd(_)
            | $crate::Gebeurtenis::InzageAfgewezen(_)
    };
}
