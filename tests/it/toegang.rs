//! Who may see what: the three gates, each alone enough to refuse, and the table of roles and fields.

mod poorten;
mod rijen;
mod tabel;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::graphql::inzagedossier::inzage;
use crate::support::{App, Persona};

const JAN: &str = "999990019";
const AN: &str = "999990020";
const ZAAK: &str = "ZAAK-2026-1";
/// The privacy officer who asked for inzage.
const PRIVACY: &str = "petra";
/// Text that stands in every answer about the klant, contacts and taken of [`Scene`].
const MERK: &str = "merkteken";

/// One klant of everything: with a number, a contact about a zaak, a confidential one, a contactverzoek
/// of a team, and one of somebody who is not known.
struct Scene {
    app: App,
    team: Uuid,
    jan: Uuid,
    /// A request for inzage in the dossier of the klant, approved for [`PRIVACY`].
    verzoek: Uuid,
}

async fn scene() -> Scene {
    let app = App::start().await;
    let team = app.post("/organisatorische-eenheden", json!({ "naam": "Team" })).await.id();
    let jan = app.post("/personen", persoon(MERK, JAN)).await.id();
    app.post("/personen", persoon("An", AN)).await;
    for vertrouwelijk in [false, true] {
        let klant = json!({ "rol": "klant", "initiator": true, "wasPartij": jan });
        app.post("/klantcontacten", contact(team, vertrouwelijk, &klant)).await;
    }
    for (pad, code) in [
        ("/soorten-object", "formulierinzending"),
        ("/soorten-extern-id", "kenmerk"),
        ("/externe-registers", "formulieren"),
    ] {
        app.post(pad, json!({ "code": code, "naam": code })).await;
    }
    let klant = json!({ "rol": "klant", "initiator": true, "wasPartij": jan });
    app.post("/klantcontacten", verzoek(team, &klant)).await;
    let onbekend = json!({ "rol": "klant", "initiator": true,
        "contactnaam": { "voornaam": MERK, "achternaam": "Onbekend" },
        "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": "los@example.nl" }] });
    app.post("/klantcontacten", contact(team, false, &onbekend)).await;
    let verzoek = inzage(&app, PRIVACY, jan).await;
    Scene { app, team, jan, verzoek }
}

fn persoon(naam: &str, bsn: &str) -> Value {
    json!({
        "contactnaam": { "voornaam": naam },
        "partijIdentificatoren": [{ "partijIdentificator": { "objectId": bsn,
            "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn",
            "codeRegister": "brp" } }],
        "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": format!("{naam}@example.nl") }],
    })
}

fn contact(team: Uuid, vertrouwelijk: bool, betrokkene: &Value) -> Value {
    json!({
        "kanaal": "telefoon", "onderwerp": MERK, "vertrouwelijk": vertrouwelijk, "actoren": [team],
        "betrokkenen": [betrokkene],
        "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": ZAAK,
            "codeObjecttype": "zaak", "codeSoortObjectId": "zaakidentificatie",
            "codeRegister": "zakenregister" } }],
        "interneTaken": [{ "gevraagdeHandeling": MERK, "toegewezenAanActoren": [team] }],
    })
}

/// A form that somebody sent.
fn verzoek(team: Uuid, betrokkene: &Value) -> Value {
    json!({
        "kanaal": "e-formulier", "onderwerp": "Aanvraag", "actoren": [team],
        "betrokkenen": [betrokkene],
        "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": MERK,
            "codeObjecttype": "formulierinzending", "codeSoortObjectId": "kenmerk",
            "codeRegister": "formulieren" } }],
    })
}

impl Scene {
    /// Somebody of each role, who may see what the role may see at most.
    fn everybody(&self) -> Vec<Persona> {
        vec![
            Persona::kcc(),
            Persona::behandelaar(&["*"]).with(&[self.team], &[]),
            Persona::burger(JAN),
            Persona::systeem().claim("rollen", json!(["analist"])),
            Persona::systeem().claim("rollen", json!(["beheerder"])),
            Persona::outputmanagement(),
            Persona::teamleider(&[self.team]),
            Persona::archivaris(),
            Persona::privacyfunctionaris(PRIVACY),
        ]
    }
}
