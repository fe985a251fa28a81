//! What stands in a notification, and above all what does not.

use serde_json::{Value, json};

use super::*;
use crate::uitgaand::{CloudEvent, Herkomst};

/// Stands in every text of every event that is not a code of a list.
const CANARY: &str = "kanarie";

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn canary(naam: &str) -> String {
    format!("{CANARY}-{naam}")
}

fn adres() -> Value {
    json!({
        "nummeraanduidingId": canary("bag"), "straatnaam": canary("straat"), "huisnummer": 98765,
        "huisnummertoevoeging": canary("toevoeging"), "postcode": canary("postcode"),
        "stad": canary("stad"), "adresregel1": canary("regel1"), "adresregel2": canary("regel2"),
        "adresregel3": canary("regel3"), "land": canary("land"),
    })
}

fn naam() -> Value {
    json!({
        "voorletters": canary("letters"), "voornaam": canary("voornaam"),
        "voorvoegselAchternaam": canary("voorvoegsel"), "achternaam": canary("achternaam"),
    })
}

fn key() -> Value {
    json!({
        "codeObjecttype": "zaak", "codeSoortObjectId": "uuid", "objectId": canary("sleutel"),
        "codeRegister": "zakenregister",
    })
}

fn partij() -> Value {
    json!({
        "id": id(1), "nummer": canary("nummer"), "soortPartij": "persoon", "contactnaam": naam(),
        "naam": canary("naam"), "werkteVoorPartij": id(2), "bezoekadres": adres(),
        "correspondentieadres": adres(), "voorkeurstaal": canary("taal"),
        "indicatieGeheimhouding": true, "interneNotitie": canary("notitie"),
        "indicatieActief": true,
    })
}

fn taak() -> Value {
    json!({
        "id": id(3), "nummer": canary("nummer"), "referentienummer": canary("referentienummer"),
        "aanleidinggevendKlantcontact": id(4), "gevraagdeHandeling": canary("gevraagd"),
        "toelichting": canary("toelichting"), "toegewezenAanActoren": [id(5), id(6)],
        "toegewezenOp": "2026-01-05T09:00:00Z", "status": "verwerkt",
        "afgehandeldOp": "2026-01-06T09:00:00Z", "afsluittoelichting": canary("afsluiting"),
    })
}

fn betrokkene() -> Value {
    json!({
        "id": id(7), "hadKlantcontact": id(4), "wasPartij": id(1), "rol": "klant",
        "initiator": true, "contactnaam": naam(), "organisatienaam": canary("organisatie"),
        "bezoekadres": adres(), "correspondentieadres": adres(),
    })
}

fn klantcontact() -> Value {
    json!({
        "id": id(4), "nummer": canary("nummer"), "referentienummer": canary("referentienummer"),
        "kanaal": "telefoon", "onderwerp": canary("onderwerp"), "inhoud": canary("inhoud"),
        "reactie": canary("reactie"), "indicatieContactGelukt": "ja", "taal": canary("taal"),
        "vertrouwelijk": true, "plaatsgevondenOp": "2026-01-05T09:00:00Z",
        "hoofdOnderwerpType": canary("type"), "verdereActieOndernomen": false,
        "metadata": { canary("sleutel"): canary("waarde") },
    })
}

fn digitaal_adres() -> Value {
    json!({
        "hoortBij": { "soort": "partij", "id": id(1) },
        "digitaalAdres": {
            "id": id(8), "soortDigitaalAdres": "email", "adres": canary("adres"),
            "omschrijving": canary("omschrijving"), "isStandaardAdres": true,
            "referentie": canary("referentie"), "verificatieDatum": "2026-01-05",
            "verstrektDoorPartij": id(1), "verstrektDoorBetrokkene": null,
        },
    })
}

fn actor() -> Value {
    json!({
        "id": id(5), "soortActor": "medewerker", "naam": canary("naam"),
        "functie": canary("functie"), "omschrijving": canary("omschrijving"),
        "emailadres": canary("email"), "telefoonnummer": canary("telefoon"),
        "actoridentificator": key(), "indicatieActief": true,
    })
}

/// An event of each type with something in every field. A new type that tells others anything gets
/// its line here; the test says so.
fn data_of(soort: &str) -> Option<Value> {
    let data = match soort {
        "PersoonGeregistreerd" | "OrganisatieGeregistreerd" | "ContactpersoonGeregistreerd" => {
            partij()
        }
        "PersoonGewijzigd" | "OrganisatieGewijzigd" | "ContactpersoonGewijzigd" => {
            json!({ "oud": partij(), "nieuw": partij() })
        }
        "PartijIdentificatorGeregistreerd" => json!({
            "id": id(9), "identificeerdePartij": id(1), "partijIdentificator": key(),
            "subIdentificatorVan": id(10), "hoofdidentificator": key(),
        }),
        "DigitaalAdresGeregistreerd" => digitaal_adres(),
        "StandaardAdresAangewezen" => json!({
            "partij": id(1), "soortDigitaalAdres": "email", "digitaalAdres": id(8),
            "vorigDigitaalAdres": id(11),
        }),
        "VoorkeursDigitaalAdresGekozen" => json!({ "partij": id(1), "digitaalAdres": id(8) }),
        "RekeningnummerGeregistreerd" => json!({
            "id": id(12), "partij": id(1), "iban": canary("iban"), "bic": canary("bic"),
        }),
        "VoorkeursRekeningnummerGekozen" => json!({ "partij": id(1), "rekeningnummer": id(12) }),
        "VertegenwoordigingGeregistreerd" => json!({
            "id": id(13), "vertegenwoordigendePartij": id(1), "vertegenwoordigdePartij": id(2),
        }),
        "KlantcontactGeregistreerd" => klantcontact(),
        "ActorAanKlantcontactGekoppeld" => json!({
            "id": id(14), "klantcontact": id(4), "actor": id(5), "soortActor": "medewerker",
        }),
        "BetrokkeneBijKlantcontactGeregistreerd" | "PartijAanBetrokkeneGekoppeld" => betrokkene(),
        "PartijVanBetrokkeneOntkoppeld" => json!({
            "betrokkene": betrokkene(), "vorigePartij": id(1), "reden": canary("reden"),
        }),
        "BijlageGeregistreerd" => json!({
            "id": id(15), "wasBijlageVanKlantcontact": id(4), "bijlageidentificator": key(),
        }),
        "OnderwerpobjectGeregistreerd" => json!({
            "id": id(16), "wasOnderwerpVanKlantcontact": id(4),
            "onderwerpobjectidentificator": key(), "onderwerpWasKlantcontact": id(17),
            "ontstondUitKlantcontact": true,
        }),
        "ZaakGekoppeld" => json!({
            "zaak": key(), "klantcontact": id(4), "onderwerpobject": id(16),
            "viaInterneTaak": id(3),
        }),
        "InterneTaakGeregistreerd" => taak(),
        "InterneTaakToegewezen" => json!({ "interneTaak": taak(), "vorigeActoren": [id(6)] }),
        "InterneTaakGecorrigeerd" => json!({ "oud": taak(), "nieuw": taak() }),
        "InterneTaakAfgehandeld" => json!({
            "interneTaak": taak(), "zaak": key(), "antwoordKlantcontact": id(17),
            "afgehandeldDoor": canary("door"),
        }),
        "InterneTaakHeropend" => json!({ "interneTaak": taak(), "reden": canary("reden") }),
        "MedewerkerGeregistreerd"
        | "OrganisatorischeEenheidGeregistreerd"
        | "GeautomatiseerdeActorGeregistreerd" => actor(),
        _ => return None,
    };
    Some(data)
}

fn event(soort: &str) -> Gebeurtenis {
    let data = data_of(soort).unwrap_or_else(|| panic!("add {soort} to the test"));
    assert!(
        data.to_string().contains(CANARY) || !data.to_string().contains("naam"),
        "{soort} has no canary"
    );
    Gebeurtenis::from_log(soort, Gebeurtenis::SCHEMAVERSIE, &data.to_string()).expect(soort)
}

fn gedaan(gebeurtenissen: Vec<Gebeurtenis>) -> Gedaan {
    let objecten = gebeurtenissen.iter().map(|event| (event.object(), 3)).collect();
    Gedaan {
        handeling_id: id(99),
        handeling: "doeIets".to_owned(),
        tijdstip: DateTime::from_timestamp(1_767_600_000, 250_000_000).expect("a moment"),
        positie: 12,
        gebeurtenissen,
        objecten,
    }
}

fn cloudevent(gedaan: &Gedaan) -> CloudEvent {
    let notificatie = gedaan.notificatie(42).expect("a notification");
    let herkomst = Herkomst {
        source: "urn:nld:oin:00000001823288444000:systeem:klantbeeld".to_owned(),
        base_url: "https://klantbeeld.example.nl".to_owned(),
    };
    CloudEvent::new(&notificatie, &herkomst)
}

#[test]
fn nothing_personal_of_any_event_leaves() {
    let all: Vec<Gebeurtenis> = Gebeurtenis::SOORTEN.iter().copied().map(event).collect();
    for hoofd in &all {
        let mut gebeurtenissen = vec![hoofd.clone()];
        gebeurtenissen.extend(all.iter().cloned());
        let text = serde_json::to_string(&cloudevent(&gedaan(gebeurtenissen))).expect("JSON");
        assert!(!text.contains(CANARY), "{}: {text}", hoofd.soort());
        assert!(!text.contains("98765"), "{}: {text}", hoofd.soort());
    }
}

#[test]
fn the_data_are_what_the_documentation_of_the_soort_names() {
    for soort in Gebeurtenis::SOORTEN {
        let gedaan = gedaan(vec![event(soort)]);
        let notificatie = gedaan.notificatie(1).expect("a notification");
        let data = notificatie.data.as_object().expect("an object");
        let outward = Soort::of(&event(soort));
        let mut expected: Vec<String> =
            outward.kenmerken().iter().map(|naam| (*naam).to_owned()).collect();
        expected.extend(["handeling".to_owned(), "objecten".to_owned()]);
        expected.push(camel_case(&notificatie.objectsoort));
        expected.sort();
        let mut names: Vec<String> = data.keys().cloned().collect();
        names.sort();
        assert_eq!(names, expected, "{soort}");
    }
}

#[test]
fn a_klantcontact_is_told_as_the_profile_asks() {
    let events = ["KlantcontactGeregistreerd", "InterneTaakGeregistreerd"].map(event);
    let told = serde_json::to_value(cloudevent(&gedaan(events.to_vec()))).expect("JSON");
    let contact = id(4);
    let expected = json!({
        "specversion": "1.0",
        "id": id(99),
        "source": "urn:nld:oin:00000001823288444000:systeem:klantbeeld",
        "type": "nl.klantinteracties.klantcontact-geregistreerd.v1",
        "subject": contact,
        "time": "2026-01-05T08:00:00.250Z",
        "datacontenttype": "application/json",
        "dataschema":
            "https://klantbeeld.example.nl/schemas/klantcontact-geregistreerd/v1.json",
        "dataref": format!("https://klantbeeld.example.nl/bijhouding/v1/klantcontacten/{contact}"),
        "sequence": "00000000000000000042",
        "sequencetype": "volgnummer",
        "partitionkey": contact,
        "authtype": "app_user",
        "correlationid": id(99),
        "data": {
            "handeling": "DoeIets",
            "klantcontact": { "id": contact, "versie": 3 },
            "kanaal": "telefoon",
            "indicatieContactGelukt": "ja",
            "hadBetrokkenen": 0,
            "gingOverOnderwerpobjecten": 0,
            "omvatteBijlagen": 0,
            "leiddeTotInterneTaken": 1,
            "objecten": [
                { "soort": "klantcontact", "id": contact, "versie": 3 },
                { "soort": "interne_taak", "id": id(3), "versie": 3 },
            ],
        },
    });
    assert_eq!(told, expected);
}

#[test]
fn the_attributes_of_binary_mode_are_those_of_the_json() {
    let event = cloudevent(&gedaan(vec![event("MedewerkerGeregistreerd")]));
    let mut told = serde_json::to_value(&event).expect("JSON");
    told.as_object_mut().expect("an object").remove("data");
    let headers: Map<String, Value> = event
        .attributes()
        .iter()
        .map(|(naam, waarde)| ((*naam).to_owned(), json!(waarde)))
        .collect();
    assert_eq!(told, Value::Object(headers));
}
