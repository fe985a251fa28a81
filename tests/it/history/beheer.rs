//! The handelingen that change, correct and remove parts; and vernietiging by three people.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Known, Player, bijlage, zaak_key};
use crate::support::Persona;

/// A path with the kind of object or part that it names, and a body.
struct Beheer {
    path: &'static str,
    soort: &'static str,
    body: fn(Uuid) -> Value,
}

const fn on(path: &'static str, soort: &'static str, body: fn(Uuid) -> Value) -> Beheer {
    Beheer { path, soort, body }
}

fn nothing(_: Uuid) -> Value {
    json!({})
}

fn reden(_: Uuid) -> Value {
    json!({ "reden": "vergissing" })
}

/// What there is to do; the key given to a body is one of an object of the same kind.
const BEHEER: [Beheer; 27] = [
    on("/partijen/{}/activeringen", "partij", nothing),
    on("/partijen/{}/deactiveringen", "partij", nothing),
    on("/partijen/{}/partij-identificatoren", "partij", sleutel),
    on("/partij-identificatoren/{}/correcties", "partijIdentificator", |id| {
        let mut body = sleutel(id);
        body["reden"] = json!("typefout");
        body
    }),
    on("/partij-identificatoren/{}/verwijderingen", "partijIdentificator", reden),
    on("/partijen/{}/digitale-adressen", "partij", |_| {
        json!({ "soortDigitaalAdres": "email", "adres": "nieuw@example.nl",
                "isStandaardAdres": true })
    }),
    on(
        "/digitale-adressen/{}/wijzigingen",
        "digitaalAdres",
        |_| json!({ "omschrijving": "werk", "isStandaardAdres": true }),
    ),
    on(
        "/digitale-adressen/{}/wijzigingen",
        "digitaalAdres",
        |_| json!({ "omschrijving": null, "isStandaardAdres": false, "referentie": "portaal" }),
    ),
    on("/digitale-adressen/{}/verificaties", "digitaalAdres", nothing),
    on("/digitale-adressen/{}/verwijderingen", "digitaalAdres", nothing),
    on("/partijen/{}/voorkeurs-digitale-adressen", "partij", |_| json!({ "digitaalAdres": null })),
    on("/partijen/{}/rekeningnummers", "partij", |_| json!({ "iban": "NL91ABNA0417164300" })),
    on(
        "/rekeningnummers/{}/wijzigingen",
        "rekeningnummer",
        |_| json!({ "rekeningnummer": { "iban": "NL91ABNA0417164300", "bic": "ABNANL2A" } }),
    ),
    on("/rekeningnummers/{}/verwijderingen", "rekeningnummer", nothing),
    on("/vertegenwoordigingen/{}/beeindigingen", "vertegenwoordiging", nothing),
    on("/klantcontacten/{}/aanvullingen", "klantcontact", |_| json!({ "aanvulling": "en verder" })),
    on(
        "/klantcontacten/{}/correcties",
        "klantcontact",
        |_| json!({ "reden": "typefout", "onderwerp": "Andere vraag", "inhoud": null }),
    ),
    on("/klantcontacten/{}/betrokkenen", "klantcontact", |_| {
        json!({ "rol": "vertegenwoordiger", "initiator": false,
                "contactnaam": { "achternaam": "Bakker" } })
    }),
    on(
        "/betrokkenen/{}/wijzigingen",
        "betrokkene",
        |_| json!({ "rol": "vertegenwoordiger", "organisatienaam": "De Ochtend" }),
    ),
    on("/betrokkenen/{}/verwijderingen", "betrokkene", reden),
    on(
        "/betrokkenen/{}/digitale-adressen",
        "betrokkene",
        |_| json!({ "soortDigitaalAdres": "telefoonnummer", "adres": "0687654321" }),
    ),
    on(
        "/onderwerpobjecten/{}/correcties",
        "onderwerpobject",
        |_| json!({ "reden": "andere zaak", "onderwerpobjectidentificator": zaak_key() }),
    ),
    on("/onderwerpobjecten/{}/verwijderingen", "onderwerpobject", nothing),
    on("/bijlagen/{}/correcties", "bijlage", |_| {
        let mut body = bijlage();
        body["reden"] = json!("ander document");
        body["bijlageidentificator"]["objectId"] = json!("document-2");
        body
    }),
    on("/bijlagen/{}/verwijderingen", "bijlage", reden),
    on("/actorkoppelingen/{}/verwijderingen", "actorkoppeling", nothing),
    on(
        "/klantcontacten/{}/interne-taak-verwijzingen",
        "klantcontact",
        |id| json!({ "interneTaak": id }),
    ),
];

/// A key of a domain system, the same for few.
fn sleutel(id: Uuid) -> Value {
    json!({ "partijIdentificator": {
        "objectId": format!("99999{:04}", id.as_u128() % 3),
        "codeObjecttype": "natuurlijk_persoon",
        "codeSoortObjectId": "bsn",
        "codeRegister": "brp",
    } })
}

impl Known {
    fn of(&self, soort: &str) -> Vec<Uuid> {
        match soort {
            "partij" => self.partijen.clone(),
            "klantcontact" => self.contacten.clone(),
            "betrokkene" => self.betrokkenen.clone(),
            other => self.onderdelen.get(other).cloned().unwrap_or_default(),
        }
    }
}

impl Player<'_> {
    /// The request of one of the handelingen of this file.
    pub(super) fn beheer(&self, wat: usize, een: usize, ander: usize) -> Option<(String, Value)> {
        let known = self.known.lock().expect("unpoisoned");
        if wat.is_multiple_of(6) {
            let (taak, actor) = (known.taken.as_slice(), known.actoren.as_slice());
            let taak = taak.get(een.checked_rem(taak.len())?)?;
            let body = json!({ "nieuweTaak": { "gevraagdeHandeling": "Neem over",
                "toegewezenAanActoren": [actor[ander % actor.len()]] } });
            return Some((format!("/interne-taken/{taak}/doorsturingen"), body));
        }
        let Beheer { path, soort, body } = &BEHEER[wat % BEHEER.len()];
        let objects = known.of(soort);
        let id = objects.get(een.checked_rem(objects.len())?)?;
        let other = match *path {
            "/klantcontacten/{}/interne-taak-verwijzingen" => {
                *known.taken.get(ander.checked_rem(known.taken.len())?)?
            }
            _ => *id,
        };
        Some((path.replace("{}", &id.to_string()), body(other)))
    }

    /// One proposes, one approves, one executes; each may be refused.
    pub(super) async fn vernietig(&self, partij: bool, welke: usize) {
        let (soort, path) =
            if partij { ("partij", "partijen") } else { ("klantcontact", "klantcontacten") };
        let objects = self.known.lock().expect("unpoisoned").of(soort);
        let Some(id) = welke.checked_rem(objects.len()).and_then(|index| objects.get(index)) else {
            return;
        };
        let person = |name: &str| Persona::systeem().claim("sub", json!(name));
        let body = json!({ "objectsoort": soort, "objectId": id, "grond": "categorie 1",
                           "besluit": "B-1" });
        let proposed = self.app.try_post_as(&person("an"), "/vernietigingsvoorstellen", body).await;
        if !proposed.status.is_success() {
            return;
        }
        let voorstel = proposed.id();
        let approve = format!("/vernietigingsvoorstellen/{voorstel}/goedkeuringen");
        self.app.try_post_as(&person("bo"), &approve, json!({})).await;
        let execute = format!("/{path}/{id}/vernietigingen");
        self.app.try_post_as(&person("cas"), &execute, json!({ "voorstel": voorstel })).await;
    }
}
