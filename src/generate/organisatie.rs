//! Teams, medewerkers and systems of the gemeente.

use std::sync::Arc;

use access::Identity;
use events::ObjectRef;
use serde_json::{Value, json};
use uuid::Uuid;
use write_side::vulling::{Soort, VullingError};

use super::gemeente::Gemeente;
use crate::random::Random;
use crate::voorbeeldstad::namen::{ACHTERNAMEN, VOORNAMEN};
use crate::voorbeeldstad::onderwerpen::Onderwerp;
use crate::voorbeeldstad::teams::TEAMS;

/// Inwoners per medewerker of the customer contact centre, and per medewerker of another team: an
/// assumption.
const INWONERS_PER_KCC: u32 = 800;
const INWONERS_PER_TEAMLID: u32 = 1500;
/// A team has at least so many.
const TEAM_MIN: u32 = 2;
/// The team of the customer contact centre, by its place in [`TEAMS`].
const KCC: usize = 0;
/// Systems that register contacts: mail, forms, chat.
const SYSTEMEN: [(&str, &str); 3] = [
    ("Mailverwerking info@", "e-mail afhandelen"),
    ("E-formulieren", "formulieren"),
    ("Chatbot Vera", "vragen beantwoorden"),
];
/// What medewerkers and systems may.
const SCOPES: [&str; 4] = [
    "klantcontacten:registreren",
    "interne-taken:afhandelen",
    "partijen:beheren",
    "actoren:beheren",
];

/// Somebody or something that does handelingen.
#[derive(Debug, Clone)]
pub(super) struct Uitvoerder {
    /// Its key as actor.
    pub(super) actor: Uuid,
    /// How the log knows it.
    pub(super) identity: Arc<Identity>,
}

/// A team with its people.
#[derive(Debug)]
pub(super) struct Team {
    pub(super) actor: Uuid,
    pub(super) leden: Vec<Uitvoerder>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Organisatie {
    teams: Vec<Team>,
    systemen: Vec<Uitvoerder>,
}

impl Organisatie {
    /// The team that knows a subject.
    pub(super) fn team_van(&self, onderwerp: &Onderwerp) -> &Team {
        let place = TEAMS.iter().position(|(naam, ..)| *naam == onderwerp.team.0);
        &self.teams[place.unwrap_or(KCC)]
    }

    /// Somebody of the customer contact centre.
    pub(super) fn kcc(&self, random: &mut Random) -> &Uitvoerder {
        random.pick(&self.teams[KCC].leden)
    }

    /// What registers what comes in along a channel by itself.
    pub(super) fn systeem(&self, kanaal: &str) -> Option<&Uitvoerder> {
        let place = match kanaal {
            "email" => 0,
            "e-formulier" | "mijn-omgeving" | "mijnoverheid" => 1,
            "chatbot" => 2,
            _ => return None,
        };
        self.systemen.get(place)
    }
}

/// Who an application says that it is.
pub(super) fn identity(subject: String) -> Arc<Identity> {
    Arc::new(Identity {
        subject,
        application: "klantbeeld-generate".to_owned(),
        scopes: SCOPES.map(str::to_owned).into(),
        ..Identity::of_rollen([])
    })
}

/// Registers teams, medewerkers and systems.
pub(super) fn registreer(gemeente: &mut Gemeente, inwoners: u32) -> Result<(), VullingError> {
    let mut number = 0;
    for (place, (naam, voluit, omschrijving)) in TEAMS.iter().enumerate() {
        let invoer = json!({ "naam": voluit, "omschrijving": omschrijving,
            "emailadres": format!("{naam}@voorbeeldstad.example") });
        let actor = actor(gemeente, Soort::RegistreerOrganisatorischeEenheid, &invoer)?;
        let per = if place == KCC { INWONERS_PER_KCC } else { INWONERS_PER_TEAMLID };
        let mut leden = Vec::new();
        for _ in 0..(inwoners / per).max(TEAM_MIN) {
            number += 1;
            leden.push(medewerker(gemeente, number, voluit)?);
        }
        gemeente.organisatie.teams.push(Team { actor, leden });
    }
    for (place, (naam, functie)) in SYSTEMEN.iter().enumerate() {
        let invoer = json!({ "naam": naam, "functie": functie });
        let actor = actor(gemeente, Soort::RegistreerGeautomatiseerdeActor, &invoer)?;
        let identity = identity(format!("systeem-{}", place + 1));
        gemeente.organisatie.systemen.push(Uitvoerder { actor, identity });
    }
    Ok(())
}

fn medewerker(
    gemeente: &mut Gemeente,
    number: u32,
    team: &str,
) -> Result<Uitvoerder, VullingError> {
    let (_, voornaam) = *gemeente.random.pick(&VOORNAMEN);
    let (voorvoegsel, achternaam) = *gemeente.random.pick(&ACHTERNAMEN);
    let naam = [voornaam, voorvoegsel, achternaam].join(" ").replace("  ", " ");
    let functie: String = format!("medewerker {team}").chars().take(40).collect();
    let invoer = json!({ "naam": naam, "functie": functie,
        "emailadres": format!("medewerker{number}@voorbeeldstad.example"),
        "telefoonnummer": format!("0999{number:06}") });
    let actor = actor(gemeente, Soort::RegistreerMedewerker, &invoer)?;
    Ok(Uitvoerder { actor, identity: identity(format!("medewerker-{number}")) })
}

fn actor(gemeente: &mut Gemeente, soort: Soort, invoer: &Value) -> Result<Uuid, VullingError> {
    let beheer = identity("beheer".to_owned());
    let done = gemeente.doe(&beheer, soort, None, invoer)?;
    let id = done.first().map(|item| item.id).unwrap_or_default();
    // An actor is asked for at every contact: it is held to the end.
    gemeente.houd(ObjectRef::actor(id));
    Ok(id)
}
