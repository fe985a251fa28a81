//! BT: the registration examples of the basisterminologie.

use serde_json::json;

use super::views::*;
use super::vocabulary::*;
use crate::support::App;

const OP: &str = "2023-08-21T11:00:00+02:00";

#[tokio::test]
async fn bt1_a_an_anonymous_question_answered_at_once_is_not_recorded() {
    let app = App::start().await;
    let nicole = nicole(&app).await;
    let before = app.positie().await;

    // Somebody asks; Nicole answers, and nobody need do anything more.

    assert_niets_vastgelegd(&app, before, nicole).await;
}

#[tokio::test]
async fn bt2_a_a_number_given_for_once_is_called_and_the_usual_one_stays() {
    let app = App::start().await;
    let nicole = nicole(&app).await;
    let medewerker = vergunningen_medewerker(&app).await;
    let bekend = json!({ "digitaleAdressen": [standaard(telefoon(VAST_NUMMER))] });
    let jan = jan_met(&app, bekend).await;

    let eenmalig =
        met(telefoon(TERUGBELNUMMER), json!({ "omschrijving": "Alleen voor deze keer" }));
    let ook = json!({
        "inhoud": "Wat aan de balie is besproken.",
        "taal": "nld",
        "betrokkenen": [met(klant(jan), json!({ "digitaleAdressen": [eenmalig] }))],
        "interneTaken": [terugbellen(medewerker)]
    });
    let kc1 = registreer(&app, contact("balie", "Vraag aan de balie", OP, nicole, ook)).await;

    assert_toont(
        &werkvoorraad_van(&app, medewerker).await,
        &json!([{ "taakId": kc1.nth("interneTaak", 0), "telefoon": TERUGBELNUMMER }]),
    );
    assert_toont(
        &partij(&app, jan).await["digitaleAdressen"],
        &json!([{ "adres": VAST_NUMMER, "isStandaardAdres": true }]),
    );
    assert_toont(
        &klantbeeld(&app, jan).await["telefoonnummers"],
        &json!([{ "waarde": VAST_NUMMER, "isStandaard": true }]),
    );
}

#[tokio::test]
async fn bt4_a_an_announcement_by_mail_keeps_all_its_bijlagen_and_must_be_published() {
    let app = App::start().await;
    let (kcc, medewerker) = (kcc(&app).await, vergunningen_medewerker(&app).await);

    let bijlagen = ["aankondiging buurtfeest.eml", "flyer buurtfeest.pdf", "routekaart.pdf"];
    let sam = json!({
        "contactnaam": { "voornaam": "Sam" }, "digitaleAdressen": [email("sam@voorbeeld.example")]
    });
    let publiceren = json!({
        "gevraagdeHandeling": "Buurtfeest op de website zetten",
        "toegewezenAanActoren": [medewerker]
    });
    let ook = json!({
        "betrokkenen": [onbekende(sam)],
        "bijlagen": bijlagen.map(document),
        "interneTaken": [publiceren]
    });
    let kc1 = registreer(&app, contact("email", "Aankondiging buurtfeest", OP, kcc, ook)).await;

    assert_toont(
        &klantcontact(&app, kc1.id()).await,
        &json!({
            "inhoud": null,
            "omvatteBijlagen": bijlagen.map(document),
            "hadBetrokkenen": [{ "wasPartij": null }]
        }),
    );
    assert_toont(
        &werkvoorraad_van(&app, medewerker).await,
        &json!([{
            "taakId": kc1.nth("interneTaak", 0),
            "klantnaam": "Sam",
            "klantGeverifieerd": false,
            "documenten": bijlagen.map(|id| json!({ "id": id }))
        }]),
    );
}

#[tokio::test]
async fn bt6_a_a_drawing_for_a_running_zaak_shows_with_the_zaak() {
    let app = App::start().await;
    let (afdeling, jan) = (afdeling_vergunningen(&app).await, jan(&app).await);

    let ook = json!({
        "inhoud": "Wat de aanvrager bij de tekening schreef.",
        "taal": "nld",
        "betrokkenen": [klant(jan)],
        "onderwerpobjecten": [over_zaak(ZAAK)],
        "bijlagen": [document("tekening wegafzetting.pdf")]
    });
    let aanvulling = contact("mijn-omgeving", "Aanvulling op aanvraag", OP, afdeling, ook);
    let kc1 = registreer(&app, aanvulling).await;

    assert_toont(
        &zaakbeeld(&app, ZAAK).await,
        &json!([{
            "contactId": kc1.id(),
            "documenten": [{ "id": "tekening wegafzetting.pdf" }],
            "deelnemers": [
                { "naam": "Jan de Vries", "klantId": jan, "eigenContactgegevens": false }
            ]
        }]),
    );
    assert_toont(
        &klantcontact(&app, kc1.id()).await,
        &json!({
            "digitaleAdressen": [],
            "hadBetrokkenen": [{
                "wasPartij": jan,
                "contactnaam": null,
                "organisatienaam": null,
                "bezoekadres": null,
                "correspondentieadres": null
            }]
        }),
    );
    assert_toont(
        &mijn_gesprekken(&app, BSN).await,
        &json!([{
            "gesprekId": kc1.id(),
            "status": "WACHT_OP_GEMEENTE",
            "zaken": [{ "uuid": ZAAK }],
            "documenten": [{ "id": "tekening wegafzetting.pdf" }],
            "berichten": { "nodes": [{ "contactId": kc1.id(), "van": "IK" }] }
        }]),
    );
}
