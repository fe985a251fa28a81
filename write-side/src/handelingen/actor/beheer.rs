//! Changing actoren (F9810), and whether they may be involved in something new (I04).

use events::{Actor, Gebeurtenis, Gewijzigd, SoortActor};

use crate::fout::HandelingError;
use crate::handelingen::vergrendeling::lock;
use crate::invoer::{
    Emailadres, IdentificatorInvoer, Indien, Tekst, Telefoonnummer, Wijziging, invoer,
};
use crate::uitvoering::{Handeling, Uitvoering, niet_gevonden};

invoer! {
    /// Wat verandert aan een medewerker.
    pub struct WijzigMedewerker {
        /// Naam.
        #[schema(required = false, value_type = Tekst<200>)]
        pub naam: Indien<Tekst<200>> = "naam",
        /// Functie: taken, rechten en plichten in het kort.
        #[schema(required = false, value_type = Tekst<40>)]
        pub functie: Indien<Tekst<40>> = "functie",
        /// Gewone e-mailadres.
        #[schema(required = false, value_type = Option<Emailadres>)]
        pub emailadres: Wijziging<Emailadres> = "emailadres",
        /// Gewone telefoonnummer.
        #[schema(required = false, value_type = Telefoonnummer)]
        pub telefoonnummer: Indien<Telefoonnummer> = "telefoonnummer",
        /// Sleutel in een ander register.
        #[schema(required = false, value_type = Option<IdentificatorInvoer>)]
        pub actoridentificator: Wijziging<IdentificatorInvoer> = "actoridentificator",
    }
}

invoer! {
    /// Wat verandert aan een organisatorische eenheid.
    pub struct WijzigOrganisatorischeEenheid {
        /// Naam.
        #[schema(required = false, value_type = Tekst<200>)]
        pub naam: Indien<Tekst<200>> = "naam",
        /// Omschrijving.
        #[schema(required = false, value_type = Option<Tekst<200>>)]
        pub omschrijving: Wijziging<Tekst<200>> = "omschrijving",
        /// Gewone e-mailadres.
        #[schema(required = false, value_type = Option<Emailadres>)]
        pub emailadres: Wijziging<Emailadres> = "emailadres",
        /// Gewone telefoonnummer.
        #[schema(required = false, value_type = Option<Telefoonnummer>)]
        pub telefoonnummer: Wijziging<Telefoonnummer> = "telefoonnummer",
        /// Sleutel in een ander register.
        #[schema(required = false, value_type = Option<IdentificatorInvoer>)]
        pub actoridentificator: Wijziging<IdentificatorInvoer> = "actoridentificator",
    }
}

invoer! {
    /// Wat verandert aan een geautomatiseerde actor.
    pub struct WijzigGeautomatiseerdeActor {
        /// Naam.
        #[schema(required = false, value_type = Tekst<200>)]
        pub naam: Indien<Tekst<200>> = "naam",
        /// Functie: wat het systeem doet.
        #[schema(required = false, value_type = Tekst<40>)]
        pub functie: Indien<Tekst<40>> = "functie",
        /// Omschrijving.
        #[schema(required = false, value_type = Option<Tekst<200>>)]
        pub omschrijving: Wijziging<Tekst<200>> = "omschrijving",
        /// Sleutel in een ander register.
        #[schema(required = false, value_type = Option<IdentificatorInvoer>)]
        pub actoridentificator: Wijziging<IdentificatorInvoer> = "actoridentificator",
    }
}

invoer! {
    /// De actor die weer iets nieuws kan krijgen; het pad noemt hem.
    pub struct ActiveerActor {
    }
}

invoer! {
    /// De actor die niets nieuws meer krijgt; het pad noemt hem. Zijn open taken houdt hij.
    pub struct DeactiveerActor {
    }
}

/// The actor that the path names, locked, if it is of this kind.
async fn lock_soort(
    uitvoering: &mut Uitvoering<'_>,
    soort: SoortActor,
) -> Result<Actor, HandelingError> {
    let actor = lock::<Actor>(uitvoering).await?;
    Some(actor).filter(|actor| actor.soort_actor == soort).ok_or_else(|| niet_gevonden("id").into())
}

async fn record(
    uitvoering: &mut Uitvoering<'_>,
    oud: Actor,
    nieuw: Actor,
) -> Result<(), HandelingError> {
    if oud == nieuw {
        return Ok(());
    }
    let soort = nieuw.soort_actor;
    let change = Gewijzigd { oud, nieuw };
    uitvoering
        .gebeurt(match soort {
            SoortActor::Medewerker => Gebeurtenis::MedewerkerGewijzigd(change),
            SoortActor::OrganisatorischeEenheid => {
                Gebeurtenis::OrganisatorischeEenheidGewijzigd(change)
            }
            SoortActor::GeautomatiseerdeActor => {
                Gebeurtenis::GeautomatiseerdeActorGewijzigd(change)
            }
        })
        .await
}

/// Fields that all kinds have.
fn change_shared(actor: &mut Actor, naam: Indien<Tekst<200>>, key: Wijziging<IdentificatorInvoer>) {
    if let Some(naam) = naam.0 {
        actor.naam = naam.0;
    }
    key.into(&mut actor.actoridentificator, |key| key.0);
}

impl Handeling for WijzigMedewerker {
    const OPERATION_ID: &'static str = "wijzigMedewerker";
    const SAMENVATTING: &'static str = "Wijzig een medewerker";
    const SCOPE: &'static str = "actoren:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock_soort(uitvoering, SoortActor::Medewerker).await?;
        let mut nieuw = oud.clone();
        change_shared(&mut nieuw, self.naam, self.actoridentificator);
        nieuw.functie = self.functie.0.map(|text| text.0).or(nieuw.functie);
        nieuw.telefoonnummer =
            self.telefoonnummer.0.map(|number| number.0).or(nieuw.telefoonnummer);
        self.emailadres.into(&mut nieuw.emailadres, |email| email.0);
        record(uitvoering, oud, nieuw).await
    }
}

impl Handeling for WijzigOrganisatorischeEenheid {
    const OPERATION_ID: &'static str = "wijzigOrganisatorischeEenheid";
    const SAMENVATTING: &'static str = "Wijzig een organisatorische eenheid";
    const SCOPE: &'static str = "actoren:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock_soort(uitvoering, SoortActor::OrganisatorischeEenheid).await?;
        let mut nieuw = oud.clone();
        change_shared(&mut nieuw, self.naam, self.actoridentificator);
        self.omschrijving.into(&mut nieuw.omschrijving, |text| text.0);
        self.emailadres.into(&mut nieuw.emailadres, |email| email.0);
        self.telefoonnummer.into(&mut nieuw.telefoonnummer, |number| number.0);
        record(uitvoering, oud, nieuw).await
    }
}

impl Handeling for WijzigGeautomatiseerdeActor {
    const OPERATION_ID: &'static str = "wijzigGeautomatiseerdeActor";
    const SAMENVATTING: &'static str = "Wijzig een geautomatiseerde actor";
    const SCOPE: &'static str = "actoren:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let oud = lock_soort(uitvoering, SoortActor::GeautomatiseerdeActor).await?;
        let mut nieuw = oud.clone();
        change_shared(&mut nieuw, self.naam, self.actoridentificator);
        nieuw.functie = self.functie.0.map(|text| text.0).or(nieuw.functie);
        self.omschrijving.into(&mut nieuw.omschrijving, |text| text.0);
        record(uitvoering, oud, nieuw).await
    }
}

impl Handeling for ActiveerActor {
    const OPERATION_ID: &'static str = "activeerActor";
    const SAMENVATTING: &'static str = "Activeer een actor";
    const SCOPE: &'static str = "actoren:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let actor = lock::<Actor>(uitvoering).await?;
        if actor.indicatie_actief {
            return Ok(());
        }
        let actor = Actor { indicatie_actief: true, ..actor };
        uitvoering.gebeurt(Gebeurtenis::ActorGeactiveerd(actor)).await
    }
}

impl Handeling for DeactiveerActor {
    const OPERATION_ID: &'static str = "deactiveerActor";
    const SAMENVATTING: &'static str = "Deactiveer een actor";
    const SCOPE: &'static str = "actoren:beheren";
    const REGISTREERT: bool = false;

    async fn voer_uit(self, uitvoering: &mut Uitvoering<'_>) -> Result<(), HandelingError> {
        let actor = lock::<Actor>(uitvoering).await?;
        if !actor.indicatie_actief {
            return Ok(());
        }
        let actor = Actor { indicatie_actief: false, ..actor };
        uitvoering.gebeurt(Gebeurtenis::ActorGedeactiveerd(actor)).await
    }
}
