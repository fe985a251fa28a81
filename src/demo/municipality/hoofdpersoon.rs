//! The year of Jan de Vries, who wants an overkapping: a klantbeeld in which there is much to see.

use serde_json::{Value, json};

use super::actoren::{BEHANDELAAR, BEHANDELAAR_TEAM, FORMULIEREN, KCC_MEDEWERKER};
use super::partijen::{JAN, MOEDER};
use super::{Dagen, Opdracht, bijlage, zaak};

/// The zaak of the overkapping.
pub(super) const ZAAK: &str = "ZAAK-2026-0000000001";
/// The team of the streets.
const RUIMTE: &str = "team-openbareruimte";

/// Channels with who registers along them.
const BALIE: (&str, &str) = ("balie", KCC_MEDEWERKER);
const TELEFOON: (&str, &str) = ("telefoon", KCC_MEDEWERKER);
const FORMULIER: (&str, &str) = ("e-formulier", FORMULIEREN);

/// A contact of Jan with `actor`, `dagen` days ago.
fn contact(dagen: &Dagen, geleden: i64, (kanaal, actor): (&str, &str), tekst: [&str; 2]) -> Value {
    let [onderwerp, inhoud] = tekst;
    json!({
        "kanaal": kanaal, "onderwerp": onderwerp, "inhoud": inhoud,
        "indicatieContactGelukt": "ja",
        "plaatsgevondenOp": dagen.geleden(geleden, 9, 30),
        "actoren": [format!("@{actor}")],
        "betrokkenen": [{ "rol": "klant", "initiator": true, "wasPartij": format!("@{JAN}") }],
    })
}

fn with(mut invoer: Value, changes: Value) -> Value {
    if let (Some(invoer), Value::Object(changes)) = (invoer.as_object_mut(), changes) {
        invoer.extend(changes);
    }
    invoer
}

/// The gemeente begins this contact, with these subjects.
fn uitgaand(invoer: Value, over: Value) -> Value {
    let jan = json!([{ "rol": "klant", "initiator": false, "wasPartij": format!("@{JAN}") }]);
    with(invoer, json!({ "betrokkenen": jan, "onderwerpobjecten": over }))
}

fn over_zaak() -> Value {
    json!({ "onderwerpobjectidentificator": zaak(ZAAK) })
}

fn over_contact(naam: &str) -> Value {
    json!({ "onderwerpWasKlantcontact": format!("@{naam}") })
}

fn taak(gevraagd: &str, actoren: [&str; 2]) -> Value {
    let actoren = actoren.map(|actor| format!("@{actor}"));
    json!([{ "gevraagdeHandeling": gevraagd, "toegewezenAanActoren": actoren }])
}

fn registreer(naam: &str, invoer: Value) -> Opdracht {
    Opdracht::named(naam, "/klantcontacten", invoer)
}

/// The steps, in order.
pub(super) fn stappen(dagen: &Dagen) -> Vec<Vec<Opdracht>> {
    vec![begin(dagen), antwoorden(dagen), vervolg(dagen), slot(), heropend()]
}

/// What Jan begins himself.
fn begin(dagen: &Dagen) -> Vec<Opdracht> {
    let aanvraag =
        ["Aanvraag vergunning overkapping", "Aanvraag voor een overkapping van 4 bij 3 m."];
    let stand = ["Hoe ver is mijn aanvraag?", "Klant vraagt hoe ver de aanvraag overkapping is."];
    let tegel = ["Losliggende stoeptegel", "Voor Lindelaan 12 ligt een tegel los."];
    let terugbellen =
        taak("Bel terug over de stand van de aanvraag", [BEHANDELAAR, BEHANDELAAR_TEAM]);
    let herstel = taak("Leg de tegel recht en meld het af", ["kees", RUIMTE]);
    let aanvraag = with(
        contact(dagen, 120, FORMULIER, aanvraag),
        json!({
            "onderwerpobjecten": [over_zaak()],
            "bijlagen": [bijlage("DOCUMENT-JAN-1"), bijlage("DOCUMENT-JAN-2")],
        }),
    );
    let stand = with(
        contact(dagen, 80, TELEFOON, stand),
        json!({ "onderwerpobjecten": [over_zaak()], "interneTaken": terugbellen }),
    );
    let tegel = with(contact(dagen, 10, TELEFOON, tegel), json!({ "interneTaken": herstel }));
    let mut opdrachten = vragen(dagen);
    opdrachten.extend([
        registreer("jan-aanvraag", aanvraag),
        registreer("jan-stand", stand),
        registreer("jan-tegel", tegel),
    ]);
    opdrachten
}

/// Questions that were answered at once, and what is confidential.
fn vragen(dagen: &Dagen) -> Vec<Opdracht> {
    let afval = ["Afvalinzameling rond kerst", "Wanneer wordt het afval rond kerst opgehaald?"];
    let paspoort = ["Paspoort aanvragen", "Wat moet ik meenemen voor een nieuw paspoort?"];
    let app = ["Parkeervergunning", "Mag de tweede auto op dezelfde vergunning?"];
    let bijstand = ["Bijzondere bijstand", "Aanvraag voor de kosten van een gehoorapparaat."];
    let hulp =
        ["Hulp bij het huishouden", "Jan vraagt namens zijn moeder om hulp in het huishouden."];
    let namens = json!([
        { "rol": "vertegenwoordiger", "initiator": true, "wasPartij": format!("@{JAN}") },
        { "rol": "klant", "initiator": false, "wasPartij": format!("@{MOEDER}") },
    ]);
    let antwoord = |reactie: &str| json!({ "reactie": reactie });
    let afval = with(contact(dagen, 332, TELEFOON, afval), antwoord("De zaterdag voor kerst."));
    let paspoort =
        with(contact(dagen, 210, BALIE, paspoort), antwoord("Het oude paspoort en een pasfoto."));
    let app = with(
        contact(dagen, 60, ("whatsapp", "omar"), app),
        antwoord("Nee, voor elke auto is er een vergunning."),
    );
    let bijstand = with(
        contact(dagen, 45, FORMULIER, bijstand),
        json!({ "vertrouwelijk": true, "bijlagen": [bijlage("DOCUMENT-JAN-3")] }),
    );
    let moeder = with(
        contact(dagen, 21, BALIE, hulp),
        json!({ "betrokkenen": namens, "vertrouwelijk": true }),
    );
    vec![
        registreer("jan-afval", afval),
        registreer("jan-paspoort", paspoort),
        registreer("jan-app", app),
        registreer("jan-bijstand", bijstand),
        registreer("jan-moeder", moeder),
    ]
}

/// What the gemeente answers.
fn antwoorden(dagen: &Dagen) -> Vec<Opdracht> {
    let ontvangst = ["Ontvangst van uw aanvraag", "Uw aanvraag voor een overkapping is ontvangen."];
    let gebeld = ["Hoe ver is mijn aanvraag?", "Verteld dat er nog een tekening ontbreekt."];
    let ontvangst = contact(dagen, 119, ("email", BEHANDELAAR), ontvangst);
    let gebeld = contact(dagen, 79, ("telefoon", BEHANDELAAR), gebeld);
    vec![
        registreer(
            "jan-ontvangst",
            uitgaand(ontvangst, json!([over_zaak(), over_contact("jan-aanvraag")])),
        ),
        registreer("jan-gebeld", uitgaand(gebeld, json!([over_zaak(), over_contact("jan-stand")]))),
    ]
}

/// How it goes on.
fn vervolg(dagen: &Dagen) -> Vec<Opdracht> {
    let tekening = ["Aanvullende tekening", "De tekening van de zijkant, waar u om vroeg."];
    let besluit = ["Wanneer is het besluit er?", "Klant wil weten wanneer het besluit er is."];
    let mijn = ("mijn-omgeving", FORMULIEREN);
    let over = json!([over_zaak(), over_contact("jan-gebeld")]);
    let terugbellen = taak("Bel terug over het besluit", [BEHANDELAAR, BEHANDELAAR_TEAM]);
    vec![
        registreer(
            "jan-tekening",
            with(contact(dagen, 77, mijn, tekening), json!({ "onderwerpobjecten": over })),
        ),
        registreer(
            "jan-besluit",
            with(
                contact(dagen, 2, TELEFOON, besluit),
                json!({ "onderwerpobjecten": [over_zaak()], "interneTaken": terugbellen }),
            ),
        ),
        Opdracht::new(
            "/interne-taken/@jan-stand.interneTaak.0/afhandelingen",
            json!({
            "klantcontact": "@jan-gebeld", "zaak": zaak(ZAAK),
            "afsluittoelichting": "Klant gesproken; tekening opgevraagd." }),
        ),
        Opdracht::new(
            "/interne-taken/@jan-tegel.interneTaak.0/afhandelingen",
            json!({ "afsluittoelichting": "Tegel rechtgelegd." }),
        ),
    ]
}

/// Documents that come later, and a call of this moment.
fn slot() -> Vec<Opdracht> {
    let gesprek = json!({
        "onderwerp": "Terugbelverzoek over de leges",
        "inhoud": "Klant begrijpt de legesnota voor de overkapping niet.",
        "actoren": [format!("@{KCC_MEDEWERKER}")],
        "betrokkenen": [{ "rol": "klant", "wasPartij": format!("@{JAN}"),
            "digitaleAdressen": [{ "soortDigitaalAdres": "telefoonnummer",
                "adres": "0600000002", "omschrijving": "overdag" }] }],
        "onderwerpobjecten": [over_zaak()],
        "interneTaken": taak("Leg de legesnota uit", [BEHANDELAAR, "team-belastingen"]),
    });
    vec![
        Opdracht::named("jan-leges", "/binnenkomende-telefoongesprekken", gesprek),
        Opdracht::new("/klantcontacten/@jan-tekening/bijlagen", bijlage("DOCUMENT-JAN-4")),
        Opdracht::new(
            "/klantcontacten/@jan-app/onderwerpobjecten",
            json!({ "onderwerpobjectidentificator": zaak("ZAAK-2026-0000000002") }),
        ),
    ]
}

/// What was not done after all.
fn heropend() -> Vec<Opdracht> {
    vec![
        Opdracht::new(
            "/interne-taken/@jan-tegel.interneTaak.0/heropeningen",
            json!({ "reden": "De tegel ligt weer los." }),
        ),
        Opdracht::new(
            "/interne-taken/@jan-besluit.interneTaak.0/correcties",
            json!({ "toelichting": "Graag na 17.00 uur bellen." }),
        ),
    ]
}
