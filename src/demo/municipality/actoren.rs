//! Teams, medewerkers and systems of the gemeente.

use serde_json::json;

use super::Opdracht;
use crate::voorbeeldstad::teams::TEAMS;

/// Team KCC.
pub(in crate::demo) const KCC_TEAM: &str = "team-kcc";
/// The kcc employee that is a persona.
pub(in crate::demo) const KCC_MEDEWERKER: &str = "nicole";
/// Team Vergunningen.
pub(in crate::demo) const BEHANDELAAR_TEAM: &str = "team-vergunningen";
/// The behandelaar that is a persona.
pub(in crate::demo) const BEHANDELAAR: &str = "bas";

/// Employees of the customer contact centre.
pub(super) const KCC: [&str; 4] = [KCC_MEDEWERKER, "omar", "tineke", "ruben"];
/// What handles web forms.
pub(super) const FORMULIEREN: &str = "formulierverwerker";
/// What handles e-mail.
pub(super) const MAIL: &str = "mailverwerker";

/// Medewerkers: name for reference, name, functie.
const MEDEWERKERS: [(&str, &str, &str); 12] = [
    (KCC_MEDEWERKER, "Nicole van Dijk", "medewerker KCC"),
    ("omar", "Omar Bensaïd", "medewerker KCC"),
    ("tineke", "Tineke Postma", "medewerker KCC"),
    ("ruben", "Ruben de Wit", "medewerker KCC"),
    (BEHANDELAAR, "Bas Verhoeven", "vergunningverlener"),
    ("lisanne", "Lisanne Kuipers", "vergunningverlener"),
    ("joke", "Joke Meijer", "medewerker burgerzaken"),
    ("stefan", "Stefan Brouwer", "heffingsambtenaar"),
    ("ayse", "Ayşe Demir", "medewerker invordering"),
    ("kees", "Kees van Leeuwen", "wijkbeheerder"),
    ("priya", "Priya Ramdin", "Wmo-consulent"),
    ("wouter", "Wouter Dijkstra", "inkomensconsulent"),
];

/// Systems: name for reference, name, functie.
const SYSTEMEN: [(&str, &str, &str); 2] = [
    (MAIL, "Mailverwerking info@", "e-mail afhandelen"),
    (FORMULIEREN, "E-formulieren", "formulieren"),
];

/// Registers them all.
pub(super) fn opdrachten() -> Vec<Opdracht> {
    let teams = TEAMS.iter().map(|(naam, voluit, omschrijving)| {
        let invoer = json!({ "naam": voluit, "omschrijving": omschrijving,
            "emailadres": format!("{naam}@voorbeeldstad.example") });
        Opdracht::named(*naam, "/organisatorische-eenheden", invoer)
    });
    let medewerkers = MEDEWERKERS.iter().zip(1..).map(|((naam, voluit, functie), number)| {
        let number: u32 = number;
        let invoer = json!({ "naam": voluit, "functie": functie,
            "emailadres": format!("{naam}@voorbeeldstad.example"),
            "telefoonnummer": format!("09990010{number:02}") });
        Opdracht::named(*naam, "/medewerkers", invoer)
    });
    let systemen = SYSTEMEN.iter().map(|(naam, voluit, functie)| {
        let invoer = json!({ "naam": voluit, "functie": functie });
        Opdracht::named(*naam, "/geautomatiseerde-actoren", invoer)
    });
    teams.chain(medewerkers).chain(systemen).collect()
}
