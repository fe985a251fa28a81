//! The words in which the cases are told: who takes part, and what happens.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, App};

/// The burgerservicenummer of the klant of the cases.
pub const BSN: &str = "999990019";
/// The burgerservicenummer of a klant who has nothing to do with it.
const BSN_OMSTANDER: &str = "999993653";
/// The zaak of the cases.
pub const ZAAK: &str = "a7b3c8d9-e4f5-4a7b-8c9d-e0f1a2b3c4d5";
/// The number at which a caller wants to be called back.
pub const TERUGBELNUMMER: &str = "0612345678";
/// The number that a klant gave earlier, for any contact.
pub const VAST_NUMMER: &str = "0201234567";
/// The address from which a question was mailed.
pub const AFZENDER: &str = "jan.janssen@VNG.example";
/// When the terugbelverzoek was made.
pub const OP_TERUGBELVERZOEK: &str = "2023-03-30T10:04:00+02:00";
/// When the question was mailed.
pub const OP_MAIL: &str = "2023-11-20T09:00:00+01:00";
/// When the other conversations took place.
pub const OP_GESPREK: &str = "2023-03-01T10:00:00+01:00";

/// The same with more in it, or with something else.
pub fn met(mut zo: Value, ook: Value) -> Value {
    let Value::Object(ook) = ook else { panic!("no object: {ook}") };
    zo.as_object_mut().expect("an object").extend(ook);
    zo
}

/// Nicole, of the customer contact centre.
pub async fn nicole(app: &App) -> Uuid {
    medewerker(app, "Nicole van Dijk", "medewerker KCC", "0340232221").await
}

/// An employee of the department of permits.
pub async fn vergunningen_medewerker(app: &App) -> Uuid {
    medewerker(app, "Medewerker Vergunningen", "vergunningverlener", "0340332002").await
}

/// The department of permits.
pub async fn afdeling_vergunningen(app: &App) -> Uuid {
    eenheid(app, "Afdeling vergunningen").await
}

/// The customer contact centre.
pub async fn kcc(app: &App) -> Uuid {
    eenheid(app, "KCC").await
}

/// The system that takes in mail.
pub async fn mailverwerker(app: &App) -> Uuid {
    systeem(app, "Mailverwerking info@", "e-mail afhandelen").await
}

/// The system that takes in letters.
pub async fn scanstraat(app: &App) -> Uuid {
    systeem(app, "Scanstraat postkamer", "scanstraat").await
}

async fn medewerker(app: &App, naam: &str, functie: &str, telefoonnummer: &str) -> Uuid {
    let body = json!({ "naam": naam, "functie": functie, "telefoonnummer": telefoonnummer });
    app.post("/medewerkers", body).await.id()
}

async fn eenheid(app: &App, naam: &str) -> Uuid {
    app.post("/organisatorische-eenheden", json!({ "naam": naam })).await.id()
}

async fn systeem(app: &App, naam: &str, functie: &str) -> Uuid {
    let body = json!({ "naam": naam, "functie": functie });
    app.post("/geautomatiseerde-actoren", body).await.id()
}

/// Jan de Vries: a klant whose identity is known.
pub async fn jan(app: &App) -> Uuid {
    jan_met(app, json!({})).await
}

/// Jan de Vries, of whom more is known.
pub async fn jan_met(app: &App, ook: Value) -> Uuid {
    let bekend = json!({
        "contactnaam": naam_jan(), "voorkeurstaal": "nld", "indicatieGeheimhouding": false
    });
    persoon(app, met(bekend, ook)).await
}

/// Karel van Deurne: a klant whose identity is known, with a telephone number.
pub async fn karel_bereikbaar_op(app: &App, digitaal_adres: Value) -> Uuid {
    let bekend = json!({
        "contactnaam": naam_karel(), "voorkeurstaal": "nld", "digitaleAdressen": [digitaal_adres]
    });
    persoon(app, bekend).await
}

/// Somebody whose identity is known, with these data.
pub async fn persoon(app: &App, ook: Value) -> Uuid {
    app.post("/personen", met(alleen_bsn(BSN), ook)).await.id()
}

/// Another klant, who has nothing to do with it.
pub async fn omstander(app: &App) -> Uuid {
    app.post("/personen", alleen_bsn(BSN_OMSTANDER)).await.id()
}

/// A persoon of whom nothing is kept but the burgerservicenummer.
pub fn alleen_bsn(bsn: &str) -> Value {
    let sleutel = json!({
        "objectId": bsn,
        "codeObjecttype": "natuurlijk_persoon",
        "codeSoortObjectId": "bsn",
        "codeRegister": "brp"
    });
    json!({ "partijIdentificatoren": [{ "partijIdentificator": sleutel }] })
}

/// The name of Jan de Vries.
pub fn naam_jan() -> Value {
    json!({
        "voorletters": "J", "voornaam": "Jan", "voorvoegselAchternaam": "de", "achternaam": "Vries"
    })
}

/// The name of Karel van Deurne.
pub fn naam_karel() -> Value {
    json!({ "voornaam": "Karel", "voorvoegselAchternaam": "van", "achternaam": "Deurne" })
}

/// A telephone number.
pub fn telefoon(nummer: &str) -> Value {
    json!({ "soortDigitaalAdres": "telefoonnummer", "adres": nummer })
}

/// An e-mail address.
pub fn email(adres: &str) -> Value {
    json!({ "soortDigitaalAdres": "email", "adres": adres })
}

/// The address as the standard one of its soort.
pub fn standaard(adres: Value) -> Value {
    met(adres, json!({ "isStandaardAdres": true }))
}

/// A known klant, who seeks contact.
pub fn klant(partij: Uuid) -> Value {
    json!({ "rol": "klant", "initiator": true, "wasPartij": partij })
}

/// A klant of whom it is not known who it is, who seeks contact and gives these data for it.
pub fn onbekende(gegevens: Value) -> Value {
    met(json!({ "rol": "klant", "initiator": true }), gegevens)
}

/// A klant of whom it is not known who it is, with whom the gemeente seeks contact.
pub fn benaderde(gegevens: Value) -> Value {
    met(json!({ "rol": "klant", "initiator": false }), gegevens)
}

/// The betrokkene of a terugbelverzoek of Karel, who is not known.
pub fn karel_onbekend() -> Value {
    onbekende(json!({
        "contactnaam": naam_karel(), "digitaleAdressen": [telefoon(TERUGBELNUMMER)]
    }))
}

/// That this actor must call back.
pub fn terugbellen(door: Uuid) -> Value {
    json!({ "gevraagdeHandeling": "Terugbellen", "toegewezenAanActoren": [door] })
}

/// Key of a zaak.
pub fn zaaksleutel(uuid: &str) -> Value {
    json!({
        "objectId": uuid,
        "codeObjecttype": "zaak",
        "codeSoortObjectId": "uuid",
        "codeRegister": "zakenregister"
    })
}

/// That a contact is about a zaak.
pub fn over_zaak(uuid: &str) -> Value {
    json!({ "onderwerpobjectidentificator": zaaksleutel(uuid) })
}

/// That a contact is about an earlier one.
pub fn over_contact(eerder: Uuid) -> Value {
    json!({ "onderwerpWasKlantcontact": eerder })
}

/// A document as bijlage; it is in the documentenregister already.
pub fn document(id: &str) -> Value {
    let sleutel = json!({
        "objectId": id,
        "codeObjecttype": "informatieobject",
        "codeSoortObjectId": "informatieobjectidentificatie",
        "codeRegister": "documentenregister"
    });
    json!({ "bijlageidentificator": sleutel })
}

/// A product request as bijlage; it is in its own register already.
pub fn productaanvraag() -> Value {
    let sleutel = json!({
        "objectId": "5c2b7f1e-3f0a-4b69-9a55-0d3f8a7f1c11",
        "codeObjecttype": "overig_object",
        "codeSoortObjectId": "uuid",
        "codeRegister": "overige-objecten"
    });
    json!({ "bijlageidentificator": sleutel })
}

/// A contact by this actor that succeeded.
pub fn contact(kanaal: &str, onderwerp: &str, op: &str, door: Uuid, ook: Value) -> Value {
    let zo = json!({
        "kanaal": kanaal,
        "onderwerp": onderwerp,
        "plaatsgevondenOp": op,
        "indicatieContactGelukt": "ja",
        "vertrouwelijk": false,
        "actoren": [door]
    });
    met(zo, ook)
}

/// A conversation by telephone in Dutch.
pub fn telefoongesprek(onderwerp: &str, op: &str, door: Uuid, ook: Value) -> Value {
    met(contact("telefoon", onderwerp, op, door, ook), json!({ "taal": "nld" }))
}

/// Registers a klantcontact.
pub async fn registreer(app: &App, contact: Value) -> Answer {
    app.post("/klantcontacten", contact).await
}

/// A caller asks whether a permit is needed; `afdeling` must call back.
pub async fn terugbelverzoek(app: &App, door: Uuid, afdeling: Uuid, beller: Value) -> Answer {
    let ook = json!({
        "inhoud": "Beller wil weten of voor een overkapping een vergunning nodig is.",
        "betrokkenen": [beller],
        "interneTaken": [terugbellen(afdeling)]
    });
    registreer(app, telefoongesprek("Vergunning overkapping", OP_TERUGBELVERZOEK, door, ook)).await
}

/// A mail with a question comes in, from somebody who is not known; `kcc` must read it.
pub async fn vraag_per_mail(app: &App, door: Uuid, kcc: Uuid) -> Answer {
    registreer(app, mail(door, kcc, "Uit een ontvangen e-mail")).await
}

/// The same mail, whose sender's address is described like this.
pub fn mail(door: Uuid, kcc: Uuid, omschrijving_adres: &str) -> Value {
    let afzender = met(email(AFZENDER), json!({ "omschrijving": omschrijving_adres }));
    let taak = json!({
        "gevraagdeHandeling": "Lezen en bepalen benodigde actie",
        "toelichting": "Ontstaan uit een ontvangen e-mail",
        "toegewezenAanActoren": [kcc]
    });
    let ook = json!({
        "inhoud": "Beste gemeente, op welke dag komt het huisvuil rond kerst? Groet, ...",
        "betrokkenen": [onbekende(json!({ "digitaleAdressen": [afzender] }))],
        "bijlagen": [document("9245590b-5566-48c0-ae88-bc6c3fb9a650")],
        "interneTaken": [taak]
    });
    contact("email", "Ophaalschema vuilnis", OP_MAIL, door, ook)
}

/// A known klant asks for an extract.
pub fn aanvraag_uittreksel(door: Uuid, partij: Uuid) -> Value {
    let ook = json!({
        "inhoud": "Beller vraagt een uittreksel aan.", "betrokkenen": [klant(partij)]
    });
    telefoongesprek("Aanvraag uittreksel BRP", OP_GESPREK, door, ook)
}

/// Marks an interne taak as done.
pub async fn markeer_verwerkt(app: &App, taak: Uuid, hoe: Value) -> Answer {
    app.post(&format!("/interne-taken/{taak}/afhandelingen"), hoe).await
}

/// Couples a betrokkene to the partij that it turned out to be.
pub async fn koppel_partij(app: &App, betrokkene: Uuid, partij: Uuid) -> Answer {
    let path = format!("/betrokkenen/{betrokkene}/partijkoppelingen");
    app.post(&path, json!({ "wasPartij": partij })).await
}
