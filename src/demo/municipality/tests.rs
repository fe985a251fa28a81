use std::collections::BTreeSet;

use super::*;

fn spel() -> Spel {
    Spel::new(DateTime::from_timestamp(1_795_000_000, 0).expect("a moment"))
}

/// Every `@name` in a request.
fn used(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.extend(text.strip_prefix(MARK).map(str::to_owned)),
        Value::Array(items) => items.iter().for_each(|item| used(item, found)),
        Value::Object(map) => map.values().for_each(|item| used(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn it_is_the_same_municipality_every_time() {
    assert_eq!(spel().stappen, spel().stappen);
}

#[test]
fn every_name_is_registered_in_an_earlier_step() {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for stap in spel().stappen {
        for opdracht in &stap {
            let mut names = Vec::new();
            used(&opdracht.invoer, &mut names);
            names.extend(
                opdracht
                    .pad
                    .split('/')
                    .filter_map(|part| part.strip_prefix(MARK).map(str::to_owned)),
            );
            for name in names {
                let object = name.split('.').next().expect("a name");
                assert!(known.contains(object), "{name} in {}", opdracht.pad);
            }
        }
        for naam in stap.into_iter().filter_map(|opdracht| opdracht.naam) {
            assert!(known.insert(naam.clone()), "{naam} twice");
        }
    }
}

#[test]
fn it_is_as_large_as_a_demonstration_needs() {
    let spel = spel();
    let count = |pad: &str| spel.stappen.iter().flatten().filter(|item| item.pad == pad).count();
    assert_eq!((count("/personen"), count("/organisaties")), (60, 10));
    assert_eq!((count("/organisatorische-eenheden"), count("/medewerkers")), (6, 12));
    let contacten = count("/klantcontacten")
        + count("/binnenkomende-telefoongesprekken")
        + count("/keukentafelgesprekken");
    assert!((270..=340).contains(&contacten), "{contacten}");
    for wat in ["afhandelingen", "toewijzingen", "heropeningen", "correcties", "partijkoppelingen"]
    {
        let has = spel.stappen.iter().flatten().any(|item| item.pad.ends_with(wat));
        assert!(has, "no {wat}");
    }
}

#[test]
fn no_contact_lies_in_the_future() {
    let spel = spel();
    let now = "2026-11-18T";
    for opdracht in spel.stappen.iter().flatten() {
        if let Some(moment) = opdracht.invoer["plaatsgevondenOp"].as_str() {
            assert!(moment <= "2026-11-18T11:06:40Z", "{moment} after {now}");
        }
    }
}

#[test]
fn burgerservicenummers_are_fictitious_and_pass_the_elfproef() {
    let bsns: Vec<String> = partijen::bsns().take(60).collect();
    assert_eq!(bsns[0], HOOFDPERSOON_BSN);
    assert!(bsns.iter().all(|bsn| bsn.starts_with("99999") && bsn.len() == 9));
    // A known good one and a known bad one.
    assert!(!partijen::bsns().take(60).any(|bsn| bsn == "999990231"));
}
