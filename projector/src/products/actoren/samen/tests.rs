use std::collections::BTreeSet;

use events::Identificator;
use proptest::prelude::*;

use super::*;

fn actor(number: u128, soort_actor: SoortActor) -> Actor {
    Actor {
        id: Uuid::from_u128(number),
        soort_actor,
        naam: format!("Actor {number}"),
        functie: None,
        omschrijving: None,
        emailadres: None,
        telefoonnummer: None,
        actoridentificator: None,
        indicatie_actief: true,
    }
}

fn identificator(register: &str, object_id: &str) -> Option<Identificator> {
    Some(Identificator {
        code_objecttype: "medewerker".to_owned(),
        code_soort_object_id: "medewerkernummer".to_owned(),
        object_id: object_id.to_owned(),
        code_register: register.to_owned(),
    })
}

fn medewerker(number: u128, email: Option<&str>, key: Option<(&str, &str)>) -> Actor {
    Actor {
        emailadres: email.map(str::to_owned),
        actoridentificator: key.and_then(|(register, id)| identificator(register, id)),
        ..actor(number, SoortActor::Medewerker)
    }
}

/// The numbers of the leading actoren, in the order of the actoren.
fn found(actoren: &[Actor]) -> Vec<u128> {
    hoofden(actoren).into_values().map(|id| id.as_u128()).collect()
}

#[test]
fn an_address_and_a_key_make_one_of_three_that_two_by_two_share_one() {
    let actoren = [
        medewerker(1, Some("An@Example.nl "), None),
        medewerker(2, None, Some(("obj", "7"))),
        medewerker(3, Some("an@example.nl"), Some(("OBJ", "7"))),
        medewerker(4, Some("bo@example.nl"), Some(("obj", "8"))),
        medewerker(5, None, Some(("msei", "AN@example.nl"))),
    ];
    assert_eq!(found(&actoren), [1, 1, 1, 4, 1]);
}

#[test]
fn teams_are_one_by_their_key_only_and_programs_and_other_kinds_never() {
    let team = |number, key| Actor {
        emailadres: Some("balie@example.nl".to_owned()),
        actoridentificator: identificator("obj", key),
        ..actor(number, SoortActor::OrganisatorischeEenheid)
    };
    let program = |number| Actor {
        actoridentificator: identificator("obj", "1"),
        ..actor(number, SoortActor::GeautomatiseerdeActor)
    };
    let employee = medewerker(7, Some("balie@example.nl"), Some(("obj", "1")));
    let actoren = [team(1, "1"), team(2, "2"), team(3, "1"), program(4), program(5), employee];
    assert_eq!(found(&actoren), [1, 2, 1, 4, 5, 7]);
}

fn some_actoren() -> impl Strategy<Value = Vec<Actor>> {
    let key = prop::option::of((0..2_u8, 0..6_u8));
    let one = (prop::option::of(0..8_u8), key).prop_map(|(email, key)| {
        let email = email.map(|number| format!("m{number}@example.nl"));
        let key = key.map(|(register, id)| (format!("r{register}"), id.to_string()));
        let key = key.as_ref().map(|(register, id)| (register.as_str(), id.as_str()));
        medewerker(0, email.as_deref(), key)
    });
    prop::collection::vec(one, 0..14).prop_map(|actoren| {
        let numbered = actoren.into_iter().zip(1_u128..);
        numbered.map(|(one, number)| Actor { id: Uuid::from_u128(number), ..one }).collect()
    })
}

/// Those that one comes to from an actor by shared keys, step by step.
fn reached(actoren: &[Actor], from: &Actor) -> BTreeSet<Uuid> {
    let mut reached = BTreeSet::from([from.id]);
    loop {
        let keys: BTreeSet<Sleutel> =
            actoren.iter().filter(|one| reached.contains(&one.id)).flat_map(sleutels).collect();
        let shares = |one: &&Actor| sleutels(one).iter().any(|key| keys.contains(key));
        let more: BTreeSet<Uuid> =
            actoren.iter().filter(shares).map(|one| one.id).chain([from.id]).collect();
        if more == reached {
            return reached;
        }
        reached = more;
    }
}

proptest! {
    #[test]
    fn the_first_of_all_that_are_reached_leads_in_whatever_order_they_come(
        (ordered, shuffled) in some_actoren()
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        let found = hoofden(&ordered);
        prop_assert_eq!(&found, &hoofden(&shuffled));
        for one in &ordered {
            let first = reached(&ordered, one).into_iter().next();
            prop_assert_eq!(found.get(&one.id).copied(), first);
        }
    }
}
