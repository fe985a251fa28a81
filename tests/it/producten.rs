//! `docs/producten.md` says what the service answers: each query in it is asked of one small
//! municipality, and its answer compared.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::graphql::inzagedossier::inzage;
use crate::support::{App, Persona};

const DOC: &str = "docs/producten.md";
/// What renews the answers.
const RENEW: &str = "KLANTBEELD_VERNIEUW=1 cargo test --test it producten";
const QUERY: &str = "```graphql\n";
const ANSWER: &str = "```json\n";
const END: &str = "```\n";
const JAN: &str = "999990019";
/// The privacy officer who asked for inzage.
const PRIVACY: &str = "petra";

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(DOC)
}

/// A part of the document: the heading of a product up to the next one.
struct Section<'d> {
    product: &'d str,
    /// What stands before the answer, the query included.
    before: &'d str,
    query: &'d str,
    answer: &'d str,
    after: &'d str,
}

/// The sections of products, and what stands before the first of them.
fn sections(text: &str) -> (&str, Vec<Section<'_>>) {
    let (intro, _) = text.split_once("\n## ").expect("a heading");
    let parts = text[intro.len()..].split("\n## ").skip(1);
    (intro, parts.map(section).collect())
}

fn section(text: &str) -> Section<'_> {
    let product = text.lines().next().expect("a name");
    let (_, rest) = text.split_once(QUERY).unwrap_or_else(|| panic!("{product}: a query"));
    let (query, rest) = rest.split_once(END).expect("the end of the query");
    let (_, rest) = rest.split_once(ANSWER).unwrap_or_else(|| panic!("{product}: an answer"));
    let before = &text[..text.len() - rest.len()];
    let (answer, _) = rest.split_once(END).expect("the end of the answer");
    Section { product, before, query, answer, after: &rest[answer.len()..] }
}

/// Contacts of each kind that make a count.
const COUNTED: u32 = 15;

/// What the queries are asked of.
struct Municipality {
    app: App,
    team: Uuid,
    /// An approved request for inzage in the dossier of the klant.
    verzoek: Uuid,
}

/// A municipality with one klant, who called about a zaak and waits for an answer, and the team that
/// must give it.
async fn municipality() -> Municipality {
    let app = App::start().await;
    let eenheid = json!({ "naam": "Vergunningen" });
    let team = app.post("/organisatorische-eenheden", eenheid).await.id();
    let jan = json!({
        "contactnaam": { "voornaam": "Jan", "voorvoegselAchternaam": "de", "achternaam": "Vries" },
        "partijIdentificatoren": [{ "partijIdentificator": { "objectId": JAN,
            "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn",
            "codeRegister": "brp" } }],
        "digitaleAdressen": [
            { "soortDigitaalAdres": "telefoonnummer", "adres": "0612345678" },
            { "soortDigitaalAdres": "email", "adres": "jan.de.vries@example.nl",
              "verificatieDatum": "2025-11-03" },
            { "soortDigitaalAdres": "email", "adres": "overkapping@example.nl",
              "referentie": "ZAAK-2026-1" },
        ],
        "voorkeursDigitaalAdres": 0,
        "voorkeurstaal": "nld",
        "bezoekadres": { "straatnaam": "Lindelaan", "huisnummer": 12, "postcode": "1999 AB",
            "stad": "Voorbeeldstad" },
    });
    let jan = app.post("/personen", jan).await.id();
    let vraag = json!({
        "kanaal": "telefoon", "onderwerp": "Hoe ver is mijn aanvraag?",
        "plaatsgevondenOp": "2026-03-02T10:00:00+01:00", "indicatieContactGelukt": "ja",
        "actoren": [team],
        "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": jan }],
        "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": "ZAAK-2026-1",
            "codeObjecttype": "zaak", "codeSoortObjectId": "zaakidentificatie",
            "codeRegister": "zakenregister" } }],
        "interneTaken": [{ "gevraagdeHandeling": "Bel terug over de stand van de aanvraag",
            "toegewezenAanActoren": [team] }],
    });
    app.post("/klantcontacten", vraag).await;
    app.post("/klantcontacten", los(team)).await;
    let aanvraag = app.post("/klantcontacten", aanvraag(team, jan)).await.id();
    app.post("/klantcontacten", antwoord(team, jan, aanvraag)).await;
    crowd(&app, team).await;
    let verzoek = inzage(&app, PRIVACY, jan).await;
    Municipality { app, team, verzoek }
}

/// The application of Jan, by a form.
fn aanvraag(team: Uuid, jan: Uuid) -> Value {
    json!({
        "kanaal": "e-formulier", "onderwerp": "Aanvraag overkapping", "actoren": [team],
        "plaatsgevondenOp": "2026-02-16T20:15:00+01:00",
        "inhoud": "Ik wil achter mijn huis een overkapping bouwen.",
        "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": jan }],
        "onderwerpobjecten": [{ "onderwerpobjectidentificator": { "objectId": "ZAAK-2026-1",
            "codeObjecttype": "zaak", "codeSoortObjectId": "zaakidentificatie",
            "codeRegister": "zakenregister" } }],
        "bijlagen": [{ "bijlageidentificator": { "objectId": "bouwtekening.pdf",
            "codeObjecttype": "informatieobject", "codeRegister": "documentenregister",
            "codeSoortObjectId": "informatieobjectidentificatie" } }],
    })
}

/// What the gemeente wrote about it.
fn antwoord(team: Uuid, jan: Uuid, aanvraag: Uuid) -> Value {
    json!({
        "kanaal": "email", "onderwerp": "Ontvangstbevestiging", "actoren": [team],
        "plaatsgevondenOp": "2026-02-17T09:00:00+01:00",
        "inhoud": "Uw aanvraag is in behandeling genomen.",
        "betrokkenen": [{ "rol": "klant", "initiator": false, "wasPartij": jan }],
        "onderwerpobjecten": [{ "onderwerpWasKlantcontact": aanvraag }],
    })
}

/// Enough contacts to be counted: by telephone, each with a taak that was done, and at the desk.
async fn crowd(app: &App, team: Uuid) {
    for index in 0..COUNTED {
        let mut contact = los(team);
        contact["plaatsgevondenOp"] = json!(format!("2026-02-{:02}T09:00:00Z", 2 + index));
        contact["metadata"] = json!({ "gespreksduur": (180 + 10 * index).to_string() });
        contact["indicatieContactGelukt"] = json!(if index % 4 == 0 { "nee" } else { "ja" });
        contact["betrokkenen"] = json!([{ "rol": "klant", "initiator": true }]);
        let done = app.post("/klantcontacten", contact.clone()).await.nth("interneTaak", 0);
        let done = format!("/interne-taken/{done}/afhandelingen");
        let op = format!("2026-02-{:02}T{:02}:00:00Z", 3 + index, 9 + index % 8);
        app.post(&done, json!({ "afgehandeldOp": op })).await;
        contact["kanaal"] = json!("balie");
        contact["interneTaken"] = json!([]);
        app.post("/klantcontacten", contact).await;
    }
}

/// A call of somebody who is not known.
fn los(team: Uuid) -> Value {
    json!({
        "kanaal": "telefoon", "onderwerp": "Losliggende tegel", "actoren": [team],
        "plaatsgevondenOp": "2026-03-03T10:00:00+01:00",
        "betrokkenen": [{ "rol": "klant", "initiator": true,
            "contactnaam": { "voornaam": "Karel", "achternaam": "Deurne" },
            "digitaleAdressen": [
                { "soortDigitaalAdres": "telefoonnummer", "adres": "0687654321" },
                { "soortDigitaalAdres": "email", "adres": "karel@example.nl" },
            ] }],
        "interneTaken": [{ "gevraagdeHandeling": "Bel terug", "toegewezenAanActoren": [team] }],
    })
}

/// Who asks for a product.
fn persona(product: &str, team: Uuid) -> Persona {
    match product {
        "mijnContactgegevens" | "mijnGesprekken" | "mijnVerzoeken" => Persona::burger(JAN),
        "klantZoeken" | "losseContactverzoeken" | "klantbeeld" | "contactgeschiedenis" => {
            Persona::kcc()
        }
        "zaakContacthistorie" => Persona::behandelaar(&["ZAAK-2026-1"]),
        "werkvoorraad" => Persona::behandelaar(&[]).with(&[team], &[]),
        "voorraadPerTeam" => Persona::teamleider(&[team]),
        "doorlooptijden" | "kanaalgebruik" => Persona::analist(),
        "projectieStatus" => Persona::systeem().claim("rollen", json!(["beheerder"])),
        "contactverzoek" => Persona::behandelaar(&[]).with(&[team], &[]),
        "bereikbaarheid" => Persona::outputmanagement(),
        "bewaaroverzicht" => Persona::archivaris(),
        "inzageverzoeken" | "inzagedossier" => Persona::privacyfunctionaris(PRIVACY),
        other => panic!("who asks for {other}?"),
    }
}

/// What is filled in for the variables of a query.
fn variables(product: &str, there: &Municipality) -> Value {
    match product {
        "werkvoorraad" => json!({ "teams": [there.team] }),
        "inzagedossier" => json!({ "verzoek": there.verzoek }),
        _ => json!({}),
    }
}

#[tokio::test]
async fn every_query_of_the_document_has_the_answer_that_stands_there() {
    let text = std::fs::read_to_string(file()).expect("the document");
    let (intro, sections) = sections(&text);
    let there = municipality().await;
    let mut renewed = intro.to_owned();
    let mut wrong = Vec::new();
    for section in &sections {
        let who = persona(section.product, there.team);
        let variables = variables(section.product, &there);
        let data = there.app.ask(&who, section.query, variables).await;
        let answer = serde_json::to_string_pretty(&data).expect("JSON");
        renewed.push_str(&format!("\n## {}{answer}\n{}", section.before, section.after));
        let committed: Value = serde_json::from_str(section.answer).expect("JSON");
        if committed != data {
            wrong.push(section.product);
        }
    }
    if std::env::var_os("KLANTBEELD_VERNIEUW").is_some() {
        std::fs::write(file(), renewed).expect("written");
        return;
    }
    assert!(wrong.is_empty(), "{wrong:?}: other answers; renew them: {RENEW}");
}
