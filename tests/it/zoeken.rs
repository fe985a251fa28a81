//! Searching the register: what is found, by whom, and what is refused; and reading parts by key.

mod criteria;
mod inzage;
mod paginas;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, App, Persona};

const BSN: &str = "999990019";

/// Keys of what was registered.
struct Register {
    app: App,
    nicole: Uuid,
    team: Uuid,
    jan: Uuid,
    bakker: Uuid,
    piet: Uuid,
    contact: Answer,
    geheim: Answer,
}

impl Register {
    /// Two people, an organisatie, a contactpersoon of it, two actoren and two klantcontacten.
    async fn start() -> Self {
        let app = App::start_without_projector().await;
        let nicole = json!({ "naam": "Nicole Smit", "functie": "KCC-medewerker",
            "emailadres": "nicole@example.nl", "telefoonnummer": "0340232221" });
        let nicole = app.post("/medewerkers", nicole).await.id();
        let team = json!({ "naam": "Team Smitse", "omschrijving": "Vergunningen" });
        let team = app.post("/organisatorische-eenheden", team).await.id();
        let jan = app.post("/personen", jan()).await.id();
        let bakker = app.post("/organisaties", bakker()).await.id();
        let piet = json!({ "contactnaam": { "voornaam": "Piet", "achternaam": "Pietersen" },
            "werkteVoorPartij": bakker });
        let piet = app.post("/contactpersonen", piet).await.id();
        let pair = json!({ "vertegenwoordigendePartij": piet, "vertegenwoordigdePartij": jan });
        app.post("/vertegenwoordigingen", pair).await;
        let contact = app.post("/klantcontacten", contact(nicole, jan)).await;
        let mut geheim = contact_of(nicole);
        geheim["onderwerp"] = json!("Uithuisplaatsing");
        geheim["inhoud"] = json!("Het gezin aan de kade");
        geheim["vertrouwelijk"] = json!(true);
        geheim["onderwerpobjecten"] = json!([{ "onderwerpWasKlantcontact": contact.id() }]);
        let geheim = app.post("/klantcontacten", geheim).await;
        Self { app, nicole, team, jan, bakker, piet, contact, geheim }
    }
}

fn jan() -> Value {
    json!({
        "contactnaam": { "voorletters": "J", "voornaam": "Jan", "voorvoegselAchternaam": "de",
            "achternaam": "Vries" },
        "bezoekadres": { "straatnaam": "Kade", "huisnummer": 12, "postcode": "1234 AB",
            "stad": "Juinen" },
        "interneNotitie": "belt vaak",
        "partijIdentificatoren": [{ "partijIdentificator": { "objectId": BSN,
            "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn",
            "codeRegister": "brp" } }],
        "digitaleAdressen": [
            { "soortDigitaalAdres": "telefoonnummer", "adres": "06-12345678",
              "referentie": "portaal" },
            { "soortDigitaalAdres": "email", "adres": "Jan@example.nl", "isStandaardAdres": true,
              "verificatieDatum": "2024-01-01" },
        ],
        "rekeningnummers": [{ "iban": "NL91ABNA0417164300" }],
    })
}

fn bakker() -> Value {
    json!({
        "naam": "Bakkerij 50%_korting",
        "correspondentieadres": { "straatnaam": "Markt", "huisnummer": 1, "postcode": "1234 AC",
            "stad": "Juinen" },
        "partijIdentificatoren": [
            { "partijIdentificator": { "objectId": "12345678",
                "codeObjecttype": "niet_natuurlijk_persoon", "codeSoortObjectId": "kvk_nummer",
                "codeRegister": "hr" } },
            { "partijIdentificator": { "objectId": "123456789012",
                "codeObjecttype": "vestiging", "codeSoortObjectId": "vestigingsnummer",
                "codeRegister": "hr" } },
        ],
    })
}

fn contact_of(actor: Uuid) -> Value {
    json!({
        "kanaal": "telefoon", "onderwerp": "Vraag", "actoren": [actor],
        "plaatsgevondenOp": "2024-03-01T10:00:00Z",
        "betrokkenen": [{ "rol": "klant", "initiator": true }],
    })
}

fn contact(actor: Uuid, partij: Uuid) -> Value {
    json!({
        "kanaal": "email", "onderwerp": "Kapotte container", "inhoud": "Het deksel is stuk",
        "referentienummer": "77", "indicatieContactGelukt": "ja",
        "plaatsgevondenOp": "2024-02-01T10:00:00Z", "actoren": [actor],
        "betrokkenen": [
            { "rol": "klant", "initiator": true, "wasPartij": partij },
            { "rol": "vertegenwoordiger", "initiator": false,
              "contactnaam": { "achternaam": "Jansen" }, "organisatienaam": "Buurthuis",
              "bezoekadres": { "postcode": "4321 ZZ", "huisnummer": 3, "stad": "Elders" },
              "digitaleAdressen": [{ "soortDigitaalAdres": "email", "adres": "buur@example.nl" }] },
        ],
        "onderwerpobjecten": [{ "onderwerpobjectidentificator": {
            "objectId": "A7B3C8D9-E4F5-4A7B-8C9D-E0F1A2B3C4D5", "codeObjecttype": "zaak",
            "codeSoortObjectId": "uuid", "codeRegister": "zakenregister" } }],
        "bijlagen": [{ "bijlageidentificator": { "objectId": "brief-1",
            "codeObjecttype": "informatieobject",
            "codeSoortObjectId": "informatieobjectidentificatie",
            "codeRegister": "documentenregister" } }],
        "interneTaken": [{ "gevraagdeHandeling": "Deksel vervangen", "referentienummer": "88",
            "toelichting": "Bel Jansen", "toegewezenAanActoren": [actor] }],
    })
}

/// The keys that a search found, in its order.
fn ids(answer: &Answer) -> Vec<Uuid> {
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    let found = answer.body["resultaten"].as_array().expect("a list").iter();
    found.map(|item| item["id"].as_str().expect("an id").parse().expect("a UUID")).collect()
}

/// Searches as somebody.
async fn zoek_als(app: &App, who: &Persona, path: &str, body: &Value) -> Answer {
    app.als(who, Method::POST, path, Some(body)).await
}
