//! C0534: a klant calls with a question that a colleague can answer at once.

use serde_json::json;

use super::views::*;
use super::vocabulary::*;
use crate::support::App;

#[tokio::test]
async fn c0534_a_putting_somebody_unknown_through_is_not_recorded() {
    let app = App::start().await;
    let (nicole, collega) = (nicole(&app).await, vergunningen_medewerker(&app).await);
    let before = app.positie().await;

    // Nicole tells the colleague what is asked and puts the caller through; the colleague answers.

    assert_niets_vastgelegd(&app, before, nicole).await;
    assert_niets_vastgelegd(&app, before, collega).await;
}

#[tokio::test]
async fn c0534_b_the_colleague_finds_the_contact_by_its_number_and_completes_it() {
    let app = App::start().await;
    let (nicole, collega) = (nicole(&app).await, vergunningen_medewerker(&app).await);
    let jan = jan(&app).await;
    let before = app.positie().await;
    let vraag = "Klant wil een overkapping bouwen en vraagt of een vergunning nodig is.";
    let ook = json!({ "inhoud": vraag, "betrokkenen": [klant(jan)] });
    // A contact is completed on its own day: this one is now.
    let op = app.clock.now().to_rfc3339();
    let kc1 = registreer(&app, telefoongesprek("Vergunning overkapping", &op, nicole, ook)).await;
    let eerst = klantcontact(&app, kc1.id()).await;

    // Nicole reads the number aloud, and puts the caller through.
    let zoek = json!({ "nummer": kc1.nummer() });
    let gevonden = app.try_post("/klantcontacten/_zoek", zoek).await;
    assert_toont(&gevonden.body["resultaten"], &json!([{ "id": kc1.id(), "inhoud": vraag }]));
    let of_kc1 = |deel: &str| format!("/klantcontacten/{}/{deel}", kc1.id());
    let antwoord = "Antwoord: er geldt alleen een meldingsplicht.";
    app.post(&of_kc1("aanvullingen"), json!({ "aanvulling": antwoord })).await;
    let erbij = json!({ "actor": collega });
    app.post(&of_kc1("actorkoppelingen"), erbij.clone()).await;

    let aangevuld = klantcontact(&app, kc1.id()).await;
    assert_toont(
        &aangevuld,
        &json!({ "nummer": kc1.nummer(), "plaatsgevondenOp": eerst["plaatsgevondenOp"] }),
    );
    let inhoud = aangevuld["inhoud"].as_str().expect("a text");
    assert!(inhoud.starts_with(vraag) && inhoud.ends_with(antwoord), "{inhoud}");
    let actoren = aangevuld["hadBetrokkenActoren"].as_array().expect("actoren");
    assert_eq!(actoren.len(), 2, "{actoren:?}");
    assert_toont(
        &contacten(&app, jan).await,
        &json!([{ "contactId": kc1.id(), "samenvatting": inhoud }]),
    );
    assert_eq!(
        app.events_after(before).await,
        [
            "KlantcontactGeregistreerd",
            "ActorAanKlantcontactGekoppeld",
            "BetrokkeneBijKlantcontactGeregistreerd",
            "KlantcontactAangevuld",
            "ActorAanKlantcontactGekoppeld",
        ]
    );
    assert_eq!(
        app.refused(&of_kc1("actorkoppelingen"), erbij).await,
        afwijzing(409, "actor", "conflict")
    );
}
