//! Inhabitants and organisations. Telephone numbers and burgerservicenummers are fictitious.

use serde_json::{Value, json};

use super::Opdracht;
use crate::random::Random;
use crate::voorbeeldstad::namen::{ACHTERNAMEN, CONTACTPERSONEN, ORGANISATIES, STRATEN, VOORNAMEN};
use crate::voorbeeldstad::nummers;

/// The burgerservicenummer of Jan de Vries.
pub(in crate::demo) const HOOFDPERSOON_BSN: &str = "999990019";
/// Jan de Vries.
pub(in crate::demo) const JAN: &str = "jan";
/// The mother of Jan, for whom he acts.
pub(super) const MOEDER: &str = "inwoner-1";
/// The inhabitant who asked for geheimhouding.
const GEHEIM: u32 = 7;
/// Number of inhabitants besides Jan.
pub(super) const INWONERS: u32 = 59;
/// The organisation that is registered with a vestiging.
const MET_VESTIGING: usize = 8;

/// The burgerservicenummers of the demo, that of Jan first.
pub(super) fn bsns() -> impl Iterator<Item = String> {
    nummers::bsns(999_990_019)
}

fn identificator(soort: &str, sleutel: &str, object_id: &str, register: &str) -> Value {
    json!({ "partijIdentificator": {
        "codeObjecttype": soort, "codeSoortObjectId": sleutel,
        "objectId": object_id, "codeRegister": register,
    }})
}

fn bsn(bsn: &str) -> Value {
    identificator("natuurlijk_persoon", "bsn", bsn, "brp")
}

fn telefoon(number: u32) -> Value {
    json!({ "soortDigitaalAdres": "telefoonnummer", "adres": format!("06000{number:05}"),
        "omschrijving": "mobiel", "isStandaardAdres": true })
}

fn email(local: &str) -> Value {
    json!({ "soortDigitaalAdres": "email", "adres": format!("{local}@example.nl"),
        "omschrijving": "privé", "isStandaardAdres": true })
}

fn adres(random: &mut Random) -> Value {
    json!({ "straatnaam": random.pick(&STRATEN), "huisnummer": 1 + random.below(180),
        "postcode": format!("1999 A{}", random.pick(&["A", "B", "C", "D"])),
        "stad": "Voorbeeldstad" })
}

fn contactnaam(voorletter: &str, voornaam: &str, voorvoegsel: &str, achternaam: &str) -> Value {
    let mut naam = json!({ "voorletters": voorletter, "voornaam": voornaam,
        "achternaam": achternaam });
    if !voorvoegsel.is_empty() {
        naam["voorvoegselAchternaam"] = json!(voorvoegsel);
    }
    naam
}

/// The inhabitants and the organisations.
pub(super) fn personen(random: &mut Random) -> Vec<Opdracht> {
    let inwoners = (1..).zip(bsns().skip(1)).take(INWONERS as usize);
    let inwoners: Vec<Opdracht> =
        inwoners.map(|(number, nummer)| inwoner(random, number, &nummer)).collect();
    let organisaties = (0..ORGANISATIES.len()).map(|index| organisatie(random, index));
    let organisaties: Vec<Opdracht> = organisaties.collect();
    std::iter::once(jan()).chain(inwoners).chain(organisaties).collect()
}

fn jan() -> Opdracht {
    let invoer = json!({
        "contactnaam": contactnaam("J", "Jan", "de", "Vries"),
        "partijIdentificatoren": [bsn(HOOFDPERSOON_BSN)],
        "digitaleAdressen": [
            telefoon(1),
            { "soortDigitaalAdres": "telefoonnummer", "adres": "0999002001",
              "omschrijving": "werk" },
            email("jan.de.vries"),
            { "soortDigitaalAdres": "email", "adres": "overkapping@example.nl",
              "omschrijving": "voor deze zaak", "referentie": super::hoofdpersoon::ZAAK },
        ],
        "voorkeursDigitaalAdres": 0,
        "rekeningnummers": [{ "iban": "NL02ABNA0123456789" }],
        "voorkeursRekeningnummer": 0,
        "bezoekadres": { "straatnaam": "Lindelaan", "huisnummer": 12, "postcode": "1999 AB",
            "stad": "Voorbeeldstad" },
        "voorkeurstaal": "nld",
        "indicatieGeheimhouding": false,
        "interneNotitie": "Belt het liefst na 17.00 uur. Trad eerder op voor zijn moeder.",
    });
    Opdracht::named(JAN, "/personen", invoer)
}

fn inwoner(random: &mut Random, number: u32, nummer: &str) -> Opdracht {
    let (letter, voornaam) = *random.pick(&VOORNAMEN);
    let (voorvoegsel, achternaam) = *random.pick(&ACHTERNAMEN);
    let mut adressen = Vec::new();
    if random.chance(80) {
        adressen.push(telefoon(100 + number));
    }
    if random.chance(65) {
        adressen.push(email(&format!("inwoner{number}")));
    }
    let mut invoer = json!({
        "contactnaam": contactnaam(letter, voornaam, voorvoegsel, achternaam),
        "partijIdentificatoren": [bsn(nummer)],
        "bezoekadres": adres(random),
        "indicatieGeheimhouding": number == GEHEIM,
    });
    if random.chance(40) && !adressen.is_empty() {
        invoer["voorkeursDigitaalAdres"] = json!(0);
    }
    if random.chance(15) {
        invoer["voorkeurstaal"] = json!(random.pick(&["eng", "tur", "pol", "ukr"]));
    }
    if random.chance(10) {
        invoer["interneNotitie"] = json!("Is slechthorend; spreek langzaam.");
    }
    invoer["digitaleAdressen"] = json!(adressen);
    Opdracht::named(format!("inwoner-{number}"), "/personen", invoer)
}

fn organisatie(random: &mut Random, index: usize) -> Opdracht {
    let (naam, kvk) = ORGANISATIES[index];
    let mut sleutels = vec![identificator("niet_natuurlijk_persoon", "kvk_nummer", kvk, "hr")];
    if index == MET_VESTIGING {
        let nummer = "000090000099";
        sleutels.push(identificator("vestiging", "vestigingsnummer", nummer, "hr"));
    }
    let invoer = json!({
        "naam": naam,
        "partijIdentificatoren": sleutels,
        "digitaleAdressen": [
            { "soortDigitaalAdres": "telefoonnummer", "adres": format!("09990031{index:02}"),
              "omschrijving": "receptie", "isStandaardAdres": true },
            { "soortDigitaalAdres": "email", "adres": format!("info{index}@example.nl"),
              "omschrijving": "algemeen", "isStandaardAdres": true },
        ],
        "bezoekadres": adres(random),
    });
    Opdracht::named(format!("organisatie-{index}"), "/organisaties", invoer)
}

/// The contactpersonen of organisations.
pub(super) fn contactpersonen() -> Vec<Opdracht> {
    let all = CONTACTPERSONEN.iter().zip(0_u32..);
    all.map(|((organisatie, voornaam, voorvoegsel, achternaam), number)| {
        let letter = &voornaam[..1];
        let invoer = json!({
            "contactnaam": contactnaam(letter, voornaam, voorvoegsel, achternaam),
            "werkteVoorPartij": format!("@organisatie-{organisatie}"),
            "digitaleAdressen": [telefoon(900 + number)],
        });
        Opdracht::named(format!("contactpersoon-{number}"), "/contactpersonen", invoer)
    })
    .collect()
}

/// Who acted for whom.
pub(super) fn vertegenwoordigingen() -> Vec<Opdracht> {
    let pairs = [
        (JAN.to_owned(), MOEDER.to_owned()),
        ("inwoner-12".to_owned(), "inwoner-13".to_owned()),
        ("inwoner-20".to_owned(), "inwoner-21".to_owned()),
        ("contactpersoon-3".to_owned(), "organisatie-4".to_owned()),
    ];
    let all = pairs.iter().map(|(acting, represented)| {
        let invoer = json!({ "vertegenwoordigendePartij": format!("@{acting}"),
            "vertegenwoordigdePartij": format!("@{represented}") });
        Opdracht::new("/vertegenwoordigingen", invoer)
    });
    all.collect()
}
