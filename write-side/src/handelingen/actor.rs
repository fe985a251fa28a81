//! Registering actoren: management work, an actor exists before it is used (F5592).

pub(crate) mod beheer;

use events::{Actor, Gebeurtenis, ObjectRef, SoortActor};

use crate::fout::HandelingError;
use crate::invoer::{Emailadres, IdentificatorInvoer, Tekst, Telefoonnummer, invoer};
use crate::uitvoering::{Handeling, Onderdeel, Uitvoering};

invoer! {
    /// Een medewerker van de gemeente.
    pub struct RegistreerMedewerker {
        /// Naam.
        pub naam: Tekst<200> = "naam",
        /// Functie: taken, rechten en plichten in het kort.
        pub functie: Tekst<40> = "functie",
        /// Gewone e-mailadres.
        pub emailadres: Option<Emailadres> = "emailadres",
        /// Gewone telefoonnummer.
        pub telefoonnummer: Telefoonnummer = "telefoonnummer",
        /// Sleutel in een ander register.
        pub actoridentificator: Option<IdentificatorInvoer> = "actoridentificator",
    }
}

invoer! {
    /// Een afdeling, team of groep.
    pub struct RegistreerOrganisatorischeEenheid {
        /// Naam.
        pub naam: Tekst<200> = "naam",
        /// Omschrijving.
        pub omschrijving: Option<Tekst<200>> = "omschrijving",
        /// Gewone e-mailadres.
        pub emailadres: Option<Emailadres> = "emailadres",
        /// Gewone telefoonnummer.
        pub telefoonnummer: Option<Telefoonnummer> = "telefoonnummer",
        /// Sleutel in een ander register.
        pub actoridentificator: Option<IdentificatorInvoer> = "actoridentificator",
    }
}

invoer! {
    /// Een systeem dat zelf klantcontacten registreert, zoals een mailverwerker.
    pub struct RegistreerGeautomatiseerdeActor {
        /// Naam.
        pub naam: Tekst<200> = "naam",
        /// Functie: wat het systeem doet.
        pub functie: Tekst<40> = "functie",
        /// Omschrijving.
        pub omschrijving: Option<Tekst<200>> = "omschrijving",
        /// Sleutel in een ander register.
        pub actoridentificator: Option<IdentificatorInvoer> = "actoridentificator",
    }
}

fn new_actor(
    uitvoering: &Uitvoering<'_>,
    soort_actor: SoortActor,
    naam: String,
    key: Option<IdentificatorInvoer>,
) -> Actor {
    Actor {
        id: uitvoering.new_id(),
        soort_actor,
        naam,
        functie: None,
        omschrijving: None,
        emailadres: None,
        telefoonnummer: None,
        actoridentificator: key.map(|IdentificatorInvoer(key)| key),
        indicatie_actief: true,
    }
}

async fn registreer(
    uitvoering: &mut Uitvoering<'_>,
    actor: Actor,
    gebeurtenis: impl FnOnce(Actor) -> Gebeurtenis,
) -> Result<(), HandelingError> {
    let object = ObjectRef::actor(actor.id);
    uitvoering.meld(Onderdeel { soort: "actor", id: actor.id, nummer: None, object });
    uitvoering.gebeurt(gebeurtenis(actor)).await
}

impl Handeling for RegistreerMedewerker {
    const OPERATION_ID: &'static str = "registreerMedewerker";
    const SAMENVATTING: &'static str = "Registreer een medewerker";
    const SCOPE: &'static str = "actoren:beheren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let soort = SoortActor::Medewerker;
        let actor = Actor {
            functie: Some(self.functie.0),
            emailadres: self.emailadres.map(|email| email.0),
            telefoonnummer: Some(self.telefoonnummer.0),
            ..new_actor(uitvoering, soort, self.naam.0, self.actoridentificator)
        };
        registreer(uitvoering, actor, Gebeurtenis::MedewerkerGeregistreerd).await
    }
}

impl Handeling for RegistreerOrganisatorischeEenheid {
    const OPERATION_ID: &'static str = "registreerOrganisatorischeEenheid";
    const SAMENVATTING: &'static str = "Registreer een organisatorische eenheid";
    const SCOPE: &'static str = "actoren:beheren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let soort = SoortActor::OrganisatorischeEenheid;
        let actor = Actor {
            omschrijving: self.omschrijving.map(|text| text.0),
            emailadres: self.emailadres.map(|email| email.0),
            telefoonnummer: self.telefoonnummer.map(|number| number.0),
            ..new_actor(uitvoering, soort, self.naam.0, self.actoridentificator)
        };
        registreer(uitvoering, actor, Gebeurtenis::OrganisatorischeEenheidGeregistreerd).await
    }
}

impl Handeling for RegistreerGeautomatiseerdeActor {
    const OPERATION_ID: &'static str = "registreerGeautomatiseerdeActor";
    const SAMENVATTING: &'static str = "Registreer een geautomatiseerde actor";
    const SCOPE: &'static str = "actoren:beheren";
    const REGISTREERT: bool = true;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let soort = SoortActor::GeautomatiseerdeActor;
        let actor = Actor {
            functie: Some(self.functie.0),
            omschrijving: self.omschrijving.map(|text| text.0),
            ..new_actor(uitvoering, soort, self.naam.0, self.actoridentificator)
        };
        registreer(uitvoering, actor, Gebeurtenis::GeautomatiseerdeActorGeregistreerd).await
    }
}
