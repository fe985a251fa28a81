//! An answer is what the published language says, in the same words and the same order: whoever reads
//! an object and hears of it reads the same.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::klantcontact::{Betrokkenegegevens, Klantcontactgegevens, Koppelinggegevens};
use super::partij::{CategorieRelatiegegevens, Partijgegevens};
use super::*;

const ID: &str = "0192f0c8-5c1e-7d10-9a4b-2f3e4d5c6b7a";

/// Holds the view of a source against the source itself: with all its fields, and without those that
/// may be empty.
fn same<E, V>(filled: &Value, optional: &[&str])
where
    E: DeserializeOwned + Serialize,
    V: Toon<E> + Serialize,
{
    let mut bare = filled.clone();
    let fields = bare.as_object_mut().expect("an object");
    for name in optional {
        assert!(fields.remove(*name).is_some(), "{name}");
    }
    for source in [filled, &bare] {
        let read = || serde_json::from_value::<E>(source.clone()).expect("a source");
        let own = serde_json::to_string(&read()).expect("JSON");
        assert_eq!(serde_json::to_string(&V::toon(read())).expect("JSON"), own);
    }
}

fn sleutel() -> Value {
    json!({ "codeObjecttype": "zaak", "codeSoortObjectId": "uuid", "objectId": ID,
            "codeRegister": "zakenregister" })
}

fn naam() -> Value {
    json!({ "voorletters": "J.", "voornaam": "Jan", "voorvoegselAchternaam": "de",
            "achternaam": "Vries" })
}

fn adres() -> Value {
    json!({
        "nummeraanduidingId": "0518200000637599", "straatnaam": "Dorpsstraat", "huisnummer": 12,
        "huisnummertoevoeging": "a", "postcode": "1234 AB", "stad": "Voorbeeldstad",
        "adresregel1": "een", "adresregel2": "twee", "adresregel3": "drie", "land": "BE",
    })
}

#[test]
fn a_partij_and_its_parts_are_shown_as_they_are() {
    let partij = json!({
        "id": ID, "nummer": "0000000042", "soortPartij": "contactpersoon", "contactnaam": naam(),
        "naam": "Bakkerij", "werkteVoorPartij": ID, "bezoekadres": adres(),
        "correspondentieadres": adres(), "voorkeurstaal": "nld", "indicatieGeheimhouding": false,
        "interneNotitie": "let op", "indicatieActief": true,
    });
    let optional = [
        "contactnaam",
        "naam",
        "werkteVoorPartij",
        "bezoekadres",
        "correspondentieadres",
        "voorkeurstaal",
        "indicatieGeheimhouding",
        "interneNotitie",
    ];
    same::<events::Partij, Partijgegevens>(&partij, &optional);
    let identificator = json!({ "id": ID, "identificeerdePartij": ID,
        "partijIdentificator": sleutel(), "subIdentificatorVan": ID,
        "hoofdidentificator": sleutel() });
    let optional = ["subIdentificatorVan", "hoofdidentificator"];
    same::<events::PartijIdentificator, PartijIdentificatorgegevens>(&identificator, &optional);
    let adres = json!({
        "id": ID, "soortDigitaalAdres": "email", "adres": "jan@example.nl", "omschrijving": "werk",
        "isStandaardAdres": true, "referentie": "z", "verificatieDatum": "2026-11-23",
        "verstrektDoorPartij": ID, "verstrektDoorBetrokkene": ID,
    });
    let optional = [
        "omschrijving",
        "referentie",
        "verificatieDatum",
        "verstrektDoorPartij",
        "verstrektDoorBetrokkene",
    ];
    same::<events::DigitaalAdres, DigitaalAdresgegevens>(&adres, &optional);
    let rekening = json!({ "id": ID, "partij": ID, "iban": "NL91ABNA0417164300",
        "bic": "ABNANL2A" });
    same::<events::Rekeningnummer, Rekeningnummergegevens>(&rekening, &["bic"]);
    let relatie = json!({ "id": ID, "partij": ID, "categorie": "vip",
        "beginDatum": "2026-11-23", "eindDatum": "2026-11-24" });
    same::<events::CategorieRelatie, CategorieRelatiegegevens>(&relatie, &["eindDatum"]);
    let paar = json!({ "id": ID, "vertegenwoordigendePartij": ID,
        "vertegenwoordigdePartij": ID });
    same::<events::Vertegenwoordiging, Vertegenwoordiginggegevens>(&paar, &[]);
    let zaak = json!({ "id": ID, "uuid": ID, "identificatie": "ZAAK-1",
        "codeRegister": "zakenregister" });
    same::<events::Zaaksleutels, Zaaksleutelgegevens>(&zaak, &[]);
}

#[test]
fn a_klantcontact_and_its_parts_are_shown_as_they_are() {
    let contact = json!({
        "id": ID, "nummer": "0000000042", "referentienummer": "r", "kanaal": "telefoon",
        "onderwerp": "Vraag", "inhoud": "i", "reactie": "r", "indicatieContactGelukt": "onbekend",
        "taal": "nld", "vertrouwelijk": true, "plaatsgevondenOp": "2026-11-23T10:00:00.123456Z",
        "hoofdOnderwerpType": "https://example.nl/type", "verdereActieOndernomen": false,
        "metadata": { "bron": "kcc" },
    });
    let optional = ["referentienummer", "inhoud", "reactie", "hoofdOnderwerpType"];
    same::<events::Klantcontact, Klantcontactgegevens>(&contact, &optional);
    let betrokkene = json!({
        "id": ID, "hadKlantcontact": ID, "wasPartij": ID, "rol": "vertegenwoordiger",
        "initiator": true, "contactnaam": naam(), "organisatienaam": "Bakkerij",
        "bezoekadres": adres(), "correspondentieadres": adres(),
    });
    let optional =
        ["wasPartij", "contactnaam", "organisatienaam", "bezoekadres", "correspondentieadres"];
    same::<events::Betrokkene, Betrokkenegegevens>(&betrokkene, &optional);
    let koppeling = json!({ "id": ID, "klantcontact": ID, "actor": ID,
        "soortActor": "geautomatiseerde_actor" });
    same::<events::ActorKlantcontact, Koppelinggegevens>(&koppeling, &[]);
    let object = json!({ "id": ID, "wasOnderwerpVanKlantcontact": ID,
        "onderwerpobjectidentificator": sleutel(), "onderwerpWasKlantcontact": ID,
        "ontstondUitKlantcontact": true });
    let optional = ["onderwerpobjectidentificator", "onderwerpWasKlantcontact"];
    same::<events::Onderwerpobject, Onderwerpobjectgegevens>(&object, &optional);
    let bijlage = json!({ "id": ID, "wasBijlageVanKlantcontact": ID,
        "bijlageidentificator": sleutel() });
    same::<events::Bijlage, Bijlagegegevens>(&bijlage, &[]);
}

#[test]
fn other_objects_are_shown_as_they_are() {
    let actor = json!({
        "id": ID, "soortActor": "medewerker", "naam": "Jo", "functie": "KCC",
        "omschrijving": "o", "emailadres": "jo@example.nl", "telefoonnummer": "0999001099",
        "actoridentificator": sleutel(), "indicatieActief": false,
    });
    let optional =
        ["functie", "omschrijving", "emailadres", "telefoonnummer", "actoridentificator"];
    same::<events::Actor, Actorgegevens>(&actor, &optional);
    let taak = json!({
        "id": ID, "nummer": "1", "referentienummer": "r", "aanleidinggevendKlantcontact": ID,
        "gevraagdeHandeling": "Bel", "toelichting": "t", "toegewezenAanActoren": [ID],
        "toegewezenOp": "2026-11-23T10:00:00Z", "status": "te_verwerken",
        "afgehandeldOp": "2026-11-23T10:00:00Z", "afsluittoelichting": "a",
    });
    let optional = ["referentienummer", "toelichting", "afgehandeldOp", "afsluittoelichting"];
    same::<events::InterneTaak, InterneTaakgegevens>(&taak, &optional);
    let voorstel = json!({
        "id": ID, "object": { "soort": "interne_taak", "id": ID }, "grond": "14.1",
        "besluit": "B-1", "status": "uitgevoerd", "voorgesteldDoor": "an",
        "beoordeeldDoor": "bo", "uitgevoerdDoor": "cas",
    });
    let optional = ["beoordeeldDoor", "uitgevoerdDoor"];
    same::<events::Vernietigingsvoorstel, Vernietigingsvoorstelgegevens>(&voorstel, &optional);
    let verzoek = json!({
        "id": ID, "partij": ID, "kenmerk": "AVG-1", "reden": "r", "status": "goedgekeurd",
        "aangevraagdDoor": "an", "aangevraagdOp": "2026-11-23T10:00:00Z", "beoordeeldDoor": "bo",
        "beoordeeldOp": "2026-11-23T10:00:00Z", "geldigTot": "2026-11-23T10:00:00Z",
    });
    let optional = ["beoordeeldDoor", "beoordeeldOp", "geldigTot"];
    same::<events::Inzageverzoek, Inzageverzoekgegevens>(&verzoek, &optional);
    let waarde = json!({
        "id": ID, "lijst": "kanaal", "code": "telefoon", "naam": "Telefoon",
        "indicatieActief": true, "validatie": "email", "hoortBij": "brp",
        "ingangsdatum": "2026-11-23", "einddatum": "2026-11-24",
    });
    let optional = ["validatie", "hoortBij", "ingangsdatum", "einddatum"];
    same::<events::Referentiewaarde, Referentiewaardegegevens>(&waarde, &optional);
}
