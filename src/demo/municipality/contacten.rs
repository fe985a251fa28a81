//! The klantcontacten of a year, except those of Jan de Vries.

use serde_json::{Value, json};

use super::actoren::{BEHANDELAAR_TEAM, FORMULIEREN, KCC, MAIL};
use super::partijen::INWONERS;
use super::{Dagen, Opdracht, bijlage, zaak};
use crate::random::Random;
use crate::voorbeeldstad::namen::{ACHTERNAMEN, CONTACTPERSONEN, ORGANISATIES, VOORNAMEN};
use crate::voorbeeldstad::onderwerpen::{ALLE, Onderwerp};

/// Number of contacts that somebody begins.
const AANTAL: u32 = 228;
/// The first number of the zaken of this part; those before it are of Jan.
const EERSTE_ZAAK: u32 = 100;

/// What is planned.
#[derive(Debug, Default)]
pub(super) struct Contacten {
    /// Contacts that stand by themselves.
    pub(super) eerste: Vec<Opdracht>,
    /// Answers to them.
    pub(super) reacties: Vec<Opdracht>,
    /// Conversations that take place now.
    pub(super) nu: Vec<Opdracht>,
    /// The interne taken that follow.
    pub(super) taken: Vec<Taak>,
    /// Betrokkenen who are not known, and who they turn out to be.
    pub(super) onbekenden: Vec<(String, String)>,
}

/// An interne taak that follows a contact.
#[derive(Debug)]
pub(super) struct Taak {
    /// Its name.
    pub(super) naam: String,
    /// The medewerker who knows the subject.
    pub(super) medewerker: &'static str,
    /// How many days ago it came.
    pub(super) dag: i64,
    /// The contact in which it was answered.
    pub(super) antwoord: Option<String>,
    /// The zaak that comes out of it.
    pub(super) zaak: Option<String>,
}

/// Who is at the other side.
enum Wie {
    Inwoner(u32),
    Contactpersoon(usize),
    Onbekend,
}

impl Wie {
    fn some(random: &mut Random) -> Self {
        match random.below(100) {
            0..78 => Self::Inwoner(1 + random.below(INWONERS)),
            78..88 => {
                let bound = u32::try_from(CONTACTPERSONEN.len()).unwrap_or_default();
                Self::Contactpersoon(usize::try_from(random.below(bound)).unwrap_or_default())
            }
            _ => Self::Onbekend,
        }
    }

    fn betrokkenen(&self, random: &mut Random, index: u32, initiator: bool) -> Value {
        match self {
            Self::Inwoner(number) => {
                let mut betrokkene = klant(&format!("@inwoner-{number}"), initiator);
                if random.chance(12) {
                    betrokkene["digitaleAdressen"] = json!([{
                        "soortDigitaalAdres": "telefoonnummer",
                        "adres": format!("06001{index:05}"), "omschrijving": "alleen hiervoor",
                    }]);
                }
                json!([betrokkene])
            }
            Self::Contactpersoon(number) => {
                let organisatie = CONTACTPERSONEN[*number].0;
                json!([
                    { "rol": "vertegenwoordiger", "initiator": initiator,
                      "wasPartij": format!("@contactpersoon-{number}"),
                      "organisatienaam": ORGANISATIES[organisatie].0 },
                    klant(&format!("@organisatie-{organisatie}"), false),
                ])
            }
            Self::Onbekend => {
                let (letter, voornaam) = random.pick(&VOORNAMEN);
                let (_, achternaam) = random.pick(&ACHTERNAMEN);
                json!([{ "rol": "klant", "initiator": initiator,
                    "contactnaam": { "voorletters": letter, "voornaam": voornaam,
                        "achternaam": achternaam },
                    "digitaleAdressen": [{ "soortDigitaalAdres": "telefoonnummer",
                        "adres": format!("06002{index:05}") }] }])
            }
        }
    }
}

fn klant(partij: &str, initiator: bool) -> Value {
    json!({ "rol": "klant", "initiator": initiator, "wasPartij": partij })
}

/// The actor that registers what comes in along a channel.
fn actor(random: &mut Random, kanaal: &str) -> &'static str {
    match kanaal {
        "email" => MAIL,
        "e-formulier" | "mijn-omgeving" => FORMULIEREN,
        _ => {
            let medewerker: &&'static str = random.pick(&KCC);
            medewerker
        }
    }
}

/// Plans the year.
pub(super) fn plan(random: &mut Random, dagen: &Dagen) -> Contacten {
    let mut contacten = Contacten::default();
    for index in 0..AANTAL {
        add(&mut contacten, random, dagen, index);
    }
    contacten.nu = nu(random);
    contacten
}

/// How many days ago a contact was: spread over the year, and some in these days, so that there is
/// work whose term is not over.
fn dag(random: &mut Random, index: u32) -> i64 {
    let span = if index.is_multiple_of(6) { 4 } else { 364 };
    i64::from(random.below(span))
}

fn add(contacten: &mut Contacten, random: &mut Random, dagen: &Dagen, index: u32) {
    // Enough work of these days for the team of the behandelaar.
    let vergunning = index.is_multiple_of(12);
    let onderwerp = if vergunning {
        let all: Vec<&Onderwerp> =
            ALLE.iter().filter(|onderwerp| onderwerp.team.0 == BEHANDELAAR_TEAM).collect();
        *random.pick(&all)
    } else {
        random.pick(ALLE)
    };
    let kanaal = *random.pick(onderwerp.kanalen);
    let wie = Wie::some(random);
    let naam = format!("c-{index}");
    let dag = dag(random, index);
    let moment = dagen.geleden(dag, 7 + random.below(9), random.below(60));
    let actor = actor(random, kanaal);
    let automatisch = [MAIL, FORMULIEREN].contains(&actor);
    let mut invoer = json!({
        "kanaal": kanaal, "onderwerp": onderwerp.titel, "inhoud": onderwerp.vraag,
        "plaatsgevondenOp": moment, "vertrouwelijk": onderwerp.vertrouwelijk,
        "actoren": [format!("@{actor}")],
        "betrokkenen": wie.betrokkenen(random, index, true),
    });
    if !automatisch {
        invoer["indicatieContactGelukt"] = json!("ja");
    }
    if kanaal == "e-formulier" {
        let document = format!("DOCUMENT-2026-{index:06}");
        invoer["bijlagen"] = json!([bijlage(&document)]);
    }
    let mut zaaknummer = onderwerp.zaak.then(|| format!("ZAAK-2026-{:010}", EERSTE_ZAAK + index));
    // Else the zaak comes out of the interne taak.
    if random.chance(70)
        && let Some(nummer) = zaaknummer.take()
    {
        invoer["onderwerpobjecten"] = json!([{ "onderwerpobjectidentificator": zaak(&nummer) }]);
    }
    let later = random.chance(if automatisch { 55 } else { 35 }) || vergunning;
    let antwoord = (automatisch && random.chance(50) && dag > 2)
        .then(|| reactie(dagen, (&naam, index), (onderwerp, &wie), dag));
    if later {
        invoer["interneTaken"] = json!([taak(random, onderwerp)]);
        contacten.taken.push(Taak {
            naam: format!("{naam}.interneTaak.0"),
            medewerker: onderwerp.team.1,
            dag,
            antwoord: antwoord.is_some().then(|| format!("r-{index}")),
            zaak: zaaknummer,
        });
    } else if !automatisch {
        invoer["reactie"] = json!(onderwerp.antwoord);
    }
    invoer["metadata"] = gesprek(index, automatisch, later);
    if matches!(wie, Wie::Onbekend) && random.chance(35) {
        let inwoner = format!("inwoner-{}", 1 + random.below(INWONERS));
        contacten.onbekenden.push((format!("{naam}.betrokkene.0"), inwoner));
    }
    contacten.eerste.push(Opdracht::named(naam, "/klantcontacten", invoer));
    contacten.reacties.extend(antwoord);
}

/// What a desk keeps of a conversation.
fn gesprek(index: u32, automatisch: bool, later: bool) -> Value {
    if automatisch {
        return json!({});
    }
    let resultaat = if later { "terugbelverzoek gemaakt" } else { "direct beantwoord" };
    json!({ "gespreksresultaat": resultaat, "gespreksduur": (90 + index % 40 * 15).to_string() })
}

fn taak(random: &mut Random, onderwerp: &Onderwerp) -> Value {
    let (team, medewerker) = onderwerp.team;
    let team = format!("@{team}");
    let actoren = if random.chance(55) { vec![format!("@{medewerker}"), team] } else { vec![team] };
    let mut taak = json!({ "gevraagdeHandeling": onderwerp.taak, "toegewezenAanActoren": actoren });
    if random.chance(30) {
        taak["toelichting"] = json!("De klant is het best na 15.00 uur te bereiken.");
    }
    taak
}

/// The gemeente answers by e-mail, some days later.
fn reactie(
    dagen: &Dagen,
    (naam, index): (&str, u32),
    (onderwerp, wie): (&Onderwerp, &Wie),
    dag: i64,
) -> Opdracht {
    // The same way of writing at every start: an answer needs no chance.
    let betrokkenen = wie.betrokkenen(&mut Random::new(u64::from(index)), index, false);
    let invoer = json!({
        "kanaal": "email", "onderwerp": format!("Antwoord: {}", onderwerp.titel),
        "inhoud": onderwerp.antwoord, "indicatieContactGelukt": "ja",
        "vertrouwelijk": onderwerp.vertrouwelijk,
        "plaatsgevondenOp": dagen.geleden((dag - 2).max(0), 9, index % 60),
        "actoren": [format!("@{}", onderwerp.team.1)],
        "betrokkenen": betrokkenen,
        "onderwerpobjecten": [{ "onderwerpWasKlantcontact": format!("@{naam}") }],
    });
    Opdracht::named(format!("r-{index}"), "/klantcontacten", invoer)
}

/// Conversations that take place now, by their short forms.
fn nu(random: &mut Random) -> Vec<Opdracht> {
    let bellers = [5, 15, 25, 35, 45, 55].map(|inwoner: u32| {
        let onderwerp = random.pick(ALLE);
        let invoer = json!({
            "onderwerp": onderwerp.titel, "inhoud": onderwerp.vraag,
            "reactie": onderwerp.antwoord, "vertrouwelijk": onderwerp.vertrouwelijk,
            "actoren": [format!("@{}", random.pick(&KCC))],
            "betrokkenen": [{ "rol": "klant", "wasPartij": format!("@inwoner-{inwoner}") }],
        });
        Opdracht::new("/binnenkomende-telefoongesprekken", invoer)
    });
    let thuis = [10, 30].map(|inwoner: u32| {
        let invoer = json!({
            "onderwerp": "Huishoudelijke hulp via de Wmo",
            "inhoud": "Besproken wat nog zelf gaat en waar hulp bij nodig is.",
            "vertrouwelijk": true, "actoren": ["@priya"],
            "betrokkenen": [klant(&format!("@inwoner-{inwoner}"), false)],
            "interneTaken": [{ "gevraagdeHandeling": "Stel het ondersteuningsplan op",
                "toegewezenAanActoren": ["@priya", "@team-samenleving"] }],
        });
        Opdracht::new("/keukentafelgesprekken", invoer)
    });
    bellers.into_iter().chain(thuis).collect()
}
