//! C0992: a klant calls with a question that can be answered at once.

use serde_json::{Value, json};
use uuid::Uuid;

use super::views::*;
use super::vocabulary::*;
use crate::support::{Answer, App, Persona};

const ONDERWERP: &str = "Afvalinzameling rond kerst";

#[tokio::test]
async fn c0992_a_an_answer_at_once_to_somebody_unknown_is_not_recorded() {
    let app = App::start().await;
    let nicole = nicole(&app).await;
    let before = app.positie().await;

    // Somebody gives a name and asks when waste is collected; Nicole answers and that is all.

    assert_niets_vastgelegd(&app, before, nicole).await;
}

#[tokio::test]
async fn c0992_b_a_known_klant_sees_question_and_answer_and_nothing_internal() {
    let app = App::start().await;
    let nicole = nicole(&app).await;
    let notitie = json!({ "interneNotitie": "Belt graag lang." });
    let jan = jan_met(&app, notitie.clone()).await;
    let before = app.positie().await;

    let inhoud = "Vraag: welke dag met kerst het afval gaat. Antwoord: de zaterdag ervoor.";
    let ook = json!({ "inhoud": inhoud, "betrokkenen": [klant(jan)] });
    let kc1 = registreer(&app, telefoongesprek(ONDERWERP, OP_GESPREK, nicole, ook)).await;

    let verwacht = json!([{
        "contactId": kc1.id(),
        "onderwerp": ONDERWERP,
        "samenvatting": inhoud,
        "kanaal": "telefoon",
        "op": moment(OP_GESPREK),
        "taal": "nld"
    }]);
    assert_toont(&contacten(&app, jan).await, &verwacht);
    assert_toont(&partij(&app, jan).await, &notitie);
    let zonder_recht =
        klantbeeld_voor(&app, &Persona::behandelaar(&[]), json!({ "bsn": BSN })).await;
    assert_toont(&zonder_recht["recenteContacten"]["nodes"], &verwacht);
    assert_eq!(zonder_recht["interneNotitie"], Value::Null);
    assert!(!zonder_recht.to_string().contains("Belt graag"), "{zonder_recht:#}");
    let eigen = eigen_contactgeschiedenis(&app, BSN).await;
    assert_toont(&eigen, &verwacht);
    assert!(!eigen.to_string().contains("Belt graag"), "{eigen:#}");
    let gesprekken = mijn_gesprekken(&app, BSN).await;
    let bericht =
        json!({ "contactId": kc1.id(), "tekst": inhoud, "van": "IK", "team": "Gemeente" });
    assert_toont(
        &gesprekken,
        &json!([{
            "onderwerp": ONDERWERP, "status": "BEANTWOORD", "berichten": { "nodes": [bericht] }
        }]),
    );
    for name in ["Nicole", "Belt graag"] {
        assert!(!gesprekken.to_string().contains(name), "{gesprekken:#}");
    }
    assert_geregistreerd(&app, (nicole, jan), &kc1).await;
    assert_toont(&werkvoorraad_van(&app, nicole).await, &json!([]));
    assert_eq!(
        app.events_after(before).await,
        [
            "KlantcontactGeregistreerd",
            "ActorAanKlantcontactGekoppeld",
            "BetrokkeneBijKlantcontactGeregistreerd"
        ]
    );
    let ook = json!({ "betrokkenen": [klant(jan)] });
    let next = registreer(&app, telefoongesprek(ONDERWERP, OP_GESPREK, nicole, ook)).await;
    assert_ne!(next.nummer(), kc1.nummer());
}

/// The register has the klantcontact with who took part, and nothing to do after it.
async fn assert_geregistreerd(app: &App, (nicole, jan): (Uuid, Uuid), kc1: &Answer) {
    assert_toont(
        &klantcontact(app, kc1.id()).await,
        &json!({
            "id": kc1.id(),
            "nummer": kc1.nummer(),
            "hadBetrokkenActoren": [{ "actor": nicole }],
            "hadBetrokkenen": [{ "wasPartij": jan }],
            "leiddeTotInterneTaken": []
        }),
    );
}

#[tokio::test]
async fn c0992_c_what_a_vertegenwoordiger_gives_holds_for_this_contact_only() {
    let app = App::start().await;
    let nicole = nicole(&app).await;
    let jan = app.post("/contactpersonen", json!({ "contactnaam": naam_jan() })).await.id();

    let namens_winkel = json!({
        "rol": "vertegenwoordiger",
        "initiator": true,
        "wasPartij": jan,
        "organisatienaam": "Wereldwinkel 't kikkertje",
        "contactnaam": naam_jan(),
        "bezoekadres": { "nummeraanduidingId": "0518200000637599" },
        "correspondentieadres": { "adresregel1": "Postbus 2700", "adresregel2": "3200 TD Turfstad" }
    });
    let ook = json!({
        "inhoud": "Welke dag gaat met kerst het afval van de winkel?",
        "reactie": "Het kan de zaterdag ervoor aan de straat.",
        "referentienummer": "23009182",
        "betrokkenen": [namens_winkel]
    });
    let kc1 = registreer(&app, telefoongesprek(ONDERWERP, OP_GESPREK, nicole, ook)).await;

    let beeld = klantbeeld(&app, jan).await;
    assert_toont(
        &beeld,
        &json!({
            "bezoekadres": null,
            "correspondentieadres": null,
            "recenteContacten": { "nodes": [{
                "contactId": kc1.id(),
                "antwoord": "Het kan de zaterdag ervoor aan de straat.",
                "deelnemers": [{
                    "naam": "Jan de Vries",
                    "rol": "VERTEGENWOORDIGER",
                    "namens": "Wereldwinkel 't kikkertje",
                    "eigenContactgegevens": true
                }]
            }] }
        }),
    );
    assert_toont(
        &klantcontact(&app, kc1.id()).await,
        &json!({
            "referentienummer": "23009182",
            "hadBetrokkenen": [namens_winkel]
        }),
    );
    assert_toont(
        &partij(&app, jan).await,
        &json!({ "bezoekadres": null, "correspondentieadres": null }),
    );
}

#[tokio::test]
async fn c0992_c_a_bezoekadres_in_two_forms_is_refused() {
    let app = App::start().await;
    let nicole = nicole(&app).await;
    let dubbel = json!({
        "nummeraanduidingId": "0518200000637599",
        "adresregel1": "Van Puffelenstraat 12",
        "adresregel2": "3219 FC Turfstad"
    });
    let ook =
        json!({ "betrokkenen": [{ "rol": "klant", "initiator": false, "bezoekadres": dubbel }] });
    let gesprek = telefoongesprek(ONDERWERP, OP_GESPREK, nicole, ook);
    assert_eq!(
        app.refused("/klantcontacten", gesprek).await,
        afwijzing(400, "betrokkenen[0].bezoekadres", "invalid-adres")
    );
}
