//! What only the database can take in: events of handelingen that a filling does not do.

/// The pattern of those events.
macro_rules! alleen_database {
    () => {
        ::events::Gebeurtenis::PartijIdentificatorGecorrigeerd(_)
            | ::events::Gebeurtenis::PartijIdentificatorVerwijderd(_)
            | ::events::Gebeurtenis::StandaardAdresAangewezen(_)
            | ::events::Gebeurtenis::RekeningnummerGeregistreerd(_)
            | ::events::Gebeurtenis::RekeningnummerGewijzigd(_)
            | ::events::Gebeurtenis::RekeningnummerVerwijderd(_)
            | ::events::Gebeurtenis::VoorkeursRekeningnummerGekozen(_)
            | ::events::Gebeurtenis::PartijGecategoriseerd(_)
            | ::events::Gebeurtenis::CategorieRelatieBeeindigd(_)
            | ::events::Gebeurtenis::PartijVernietigd(_)
            | ::events::Gebeurtenis::DigitaalAdresGewijzigd(_)
            | ::events::Gebeurtenis::DigitaalAdresGeverifieerd(_)
            | ::events::Gebeurtenis::DigitaalAdresVerwijderd(_)
            | ::events::Gebeurtenis::ActorVanKlantcontactOntkoppeld(_)
            | ::events::Gebeurtenis::BetrokkeneBijKlantcontactGewijzigd(_)
            | ::events::Gebeurtenis::PartijAanBetrokkeneGekoppeld(_)
            | ::events::Gebeurtenis::PartijVanBetrokkeneOntkoppeld(_)
            | ::events::Gebeurtenis::BetrokkeneGeanonimiseerd(_)
            | ::events::Gebeurtenis::BetrokkeneBijKlantcontactVerwijderd(_)
            | ::events::Gebeurtenis::BijlageGecorrigeerd(_)
            | ::events::Gebeurtenis::BijlageVerwijderd(_)
            | ::events::Gebeurtenis::OnderwerpobjectGecorrigeerd(_)
            | ::events::Gebeurtenis::OnderwerpobjectVerwijderd(_)
            | ::events::Gebeurtenis::ZaakOntkoppeld(_)
            | ::events::Gebeurtenis::KlantcontactVernietigd(_)
            | ::events::Gebeurtenis::InterneTaakVernietigd(_)
            | ::events::Gebeurtenis::MedewerkerGewijzigd(_)
            | ::events::Gebeurtenis::OrganisatorischeEenheidGewijzigd(_)
            | ::events::Gebeurtenis::GeautomatiseerdeActorGewijzigd(_)
            | ::events::Gebeurtenis::ActorGeactiveerd(_)
            | ::events::Gebeurtenis::ActorGedeactiveerd(_)
            | ::events::vertegenwoordiging_events!()
            | ::events::referentiewaarde_events!()
            | ::events::vernietigingsvoorstel_events!()
            | ::events::zaaksleutels_events!()
            | ::events::inzage_events!()
            | ::events::Gebeurtenis::InhoudVernietigd(_)
    };
}

pub(super) use alleen_database;
