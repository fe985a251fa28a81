//! What happens afterwards: interne taken are assigned, handled and opened again, unknown callers
//! turn out to be known, and people move.

use serde_json::{Value, json};

use super::actoren::{KCC_MEDEWERKER, KCC_TEAM};
use super::contacten::Taak;
use super::{Opdracht, zaak};

/// What becomes of an interne taak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lot {
    Open,
    Toegewezen,
    NaarKcc,
    Afgehandeld,
    Heropend,
}

/// How many days back there is still open work, with few exceptions.
const RECENT_DAGEN: i64 = 21;

/// What becomes of the taak with this place in the list: by turns, and mostly done when it is old.
fn lot(index: usize, taak: &Taak) -> Lot {
    if taak.dag > RECENT_DAGEN {
        return match index % 12 {
            5 => Lot::Heropend,
            9 => Lot::Open,
            _ => Lot::Afgehandeld,
        };
    }
    match index % 6 {
        0 | 2 | 4 => Lot::Open,
        1 => Lot::Toegewezen,
        3 => Lot::NaarKcc,
        _ => Lot::Afgehandeld,
    }
}

/// The steps, in order.
pub(super) fn stappen(taken: &[Taak], onbekenden: &[(String, String)]) -> Vec<Vec<Opdracht>> {
    let met = |gezocht: &[Lot]| -> Vec<&Taak> {
        let all = taken.iter().enumerate();
        all.filter(|(index, taak)| gezocht.contains(&lot(*index, taak)))
            .map(|(_, taak)| taak)
            .collect()
    };
    let toewijzingen = met(&[Lot::Toegewezen]).into_iter().map(|taak| {
        let medewerker = format!("@{}", taak.medewerker);
        toewijzing(taak, json!([medewerker]))
    });
    let naar_kcc = met(&[Lot::NaarKcc]).into_iter().map(|taak| {
        toewijzing(taak, json!([format!("@{KCC_MEDEWERKER}"), format!("@{KCC_TEAM}")]))
    });
    let afhandelingen = met(&[Lot::Afgehandeld, Lot::Heropend]).into_iter().map(afhandeling);
    let heropeningen = met(&[Lot::Heropend]).into_iter().map(heropening);
    vec![
        toewijzingen.chain(naar_kcc).chain(afhandelingen).collect(),
        heropeningen.chain(koppelingen(onbekenden)).chain(overig()).collect(),
    ]
}

fn op(taak: &Taak, wat: &str, invoer: Value) -> Opdracht {
    Opdracht::new(format!("/interne-taken/@{}/{wat}", taak.naam), invoer)
}

fn toewijzing(taak: &Taak, actoren: Value) -> Opdracht {
    op(taak, "toewijzingen", json!({ "toegewezenAanActoren": actoren }))
}

fn afhandeling(taak: &Taak) -> Opdracht {
    let mut invoer = json!({ "afsluittoelichting": "De klant is geholpen." });
    if let Some(antwoord) = &taak.antwoord {
        invoer["klantcontact"] = json!(format!("@{antwoord}"));
    }
    if let Some(nummer) = &taak.zaak {
        invoer["zaak"] = zaak(nummer);
    }
    op(taak, "afhandelingen", invoer)
}

fn heropening(taak: &Taak) -> Opdracht {
    op(taak, "heropeningen", json!({ "reden": "De klant belt dat het nog niet is opgelost." }))
}

fn koppelingen(onbekenden: &[(String, String)]) -> impl Iterator<Item = Opdracht> {
    onbekenden.iter().map(|(betrokkene, partij)| {
        let invoer = json!({ "wasPartij": format!("@{partij}") });
        Opdracht::new(format!("/betrokkenen/@{betrokkene}/partijkoppelingen"), invoer)
    })
}

fn overig() -> Vec<Opdracht> {
    let verhuisd = json!({ "bezoekadres": { "straatnaam": "Havenkade", "huisnummer": 3,
        "huisnummertoevoeging": "B", "postcode": "1999 AC", "stad": "Voorbeeldstad" } });
    let taal = json!({ "voorkeurstaal": "eng" });
    let naam = json!({ "naam": "Café Het Nieuwe Hoekje" });
    let taak = json!({
        "aanleidinggevendKlantcontact": "@c-0",
        "gevraagdeHandeling": "Bel na of de klant tevreden is",
        "toegewezenAanActoren": ["@tineke", "@team-kcc"],
    });
    vec![
        Opdracht::new("/personen/@inwoner-3/wijzigingen", verhuisd),
        Opdracht::new("/personen/@inwoner-8/wijzigingen", taal),
        Opdracht::new("/organisaties/@organisatie-3/wijzigingen", naam),
        Opdracht::new("/interne-taken", taak),
    ]
}
